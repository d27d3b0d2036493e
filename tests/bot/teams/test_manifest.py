"""The package is one Teams takes, asks for nothing Coach does not use, and offers only words Coach understands."""

import io
import json
import struct
import zipfile
import zlib

import jsonschema
import pytest

from bot.grammar import read_wish
from bot.teams.manifest import FILES, ICONS, Publisher, is_package, manifest, package
from metrics.errors import Refusal

APP_ID = "11111111-2222-3333-4444-555555555555"
WEBSITE = "https://www.harbourbean.example"
PUBLISHER = Publisher("Harbour Bean", WEBSITE, f"{WEBSITE}/privacy", f"{WEBSITE}/terms")
BOTH = pytest.mark.parametrize("has_slash", [False, True], ids=["plain", "slash"])
MEANT = {
    "help": "help",
    "about": "about",
    "home": "home",
    "lesson": "lesson",
    "practice": "practice",
    "progress": "progress",
    "progress team": "progress team",
    "link": "link",
    "settings": "settings",
    "my data": "my data",
}


@pytest.fixture(scope="module")
def made():
    return manifest(APP_ID, "1.0.0", PUBLISHER)


def bot_of(made):
    (bot,) = made["bots"]
    return bot


def commands_of(made):
    return [command for offered in bot_of(made)["commandLists"] for command in offered["commands"]]


def titles(offered, kind="basic"):
    return [command["title"] for command in offered["commands"] if command.get("type", "basic") == kind]


# What Teams takes


@BOTH
def test_teams_takes_it(shared, has_slash):
    schema = json.loads((shared / "wire" / "teams" / "schemas" / "MicrosoftTeams.manifest.schema.json").read_text())
    longest = Publisher("x" * 32, *[f"{WEBSITE}/{'x' * (2047 - len(WEBSITE))}"] * 3)
    for publisher in (PUBLISHER, longest):
        jsonschema.Draft4Validator(schema).validate(manifest(APP_ID, "1.0.0", publisher, has_slash))
    broken = manifest(APP_ID, "1.0.0", PUBLISHER, has_slash)
    bot_of(broken)["commandLists"][0]["commands"] *= 2
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(schema).validate(broken)


def test_app_and_bot_bear_the_id_of_the_registration(made):
    assert (made["id"], bot_of(made)["botId"]) == (APP_ID, APP_ID)


def test_the_publisher_is_the_company(made):
    assert made["developer"] == {
        "name": "Harbour Bean",
        "websiteUrl": WEBSITE,
        "privacyUrl": f"{WEBSITE}/privacy",
        "termsOfUseUrl": f"{WEBSITE}/terms",
    }


@BOTH
def test_it_asks_for_no_consent_no_sign_in_no_site_and_no_files(has_slash):
    made = manifest(APP_ID, "1.0.0", PUBLISHER, has_slash)
    assert {"authorization", "webApplicationInfo", "permissions", "devicePermissions", "validDomains"} & {
        *made
    } == set()
    bot = bot_of(made)
    assert bot["scopes"] == ["personal", "team", "groupChat"]
    assert [bot[name] for name in ("supportsFiles", "supportsCalling", "supportsVideo", "isNotificationOnly")] == [
        False
    ] * 4


# What people are offered


@BOTH
def test_every_command_means_what_it_says(has_slash):
    offered = commands_of(manifest(APP_ID, "1.0.0", PUBLISHER, has_slash))
    assert {command["title"] for command in offered if "prompt" not in command} == set(MEANT)
    for command in offered:
        wish = read_wish(command["title"])
        if "prompt" in command:
            assert (wish.kind, command["type"], command["prompt"]) == ("question", "prompt", command["title"])
        else:
            assert (wish.kind, wish.name) == ("command", MEANT[command["title"]])


def test_a_person_is_offered_all_and_a_team_what_fits_there(made):
    personal, shared = bot_of(made)["commandLists"]
    assert (personal["scopes"], shared["scopes"]) == (["personal"], ["team", "groupChat"])
    assert set(titles(personal)) == set(MEANT)
    assert set(titles(personal)) - set(titles(shared)) == {"home", "link", "settings", "my data"}
    assert titles(personal, "prompt") == ["How do I call in sick?"]
    assert titles(shared, "prompt") == ["How do I call in sick?", "privately how do I call in sick?"]


def test_slash_commands_are_offered_only_when_asked_for(made):
    assert "supportsTargetedMessages" not in bot_of(made)
    assert [offered for offered in bot_of(made)["commandLists"] if "triggers" in offered] == []
    bot = bot_of(manifest(APP_ID, "1.0.0", PUBLISHER, has_slash=True))
    _, shared, slash = bot["commandLists"]
    assert bot["supportsTargetedMessages"] is True
    assert (slash["triggers"], slash["scopes"]) == (["slash"], ["team", "groupChat"])
    assert titles(slash) == titles(shared)


# What is refused


@pytest.mark.parametrize("version", ["1.0.0", "0.9.10", "12.0.345"])
def test_three_numbers_are_a_version(version):
    assert manifest(APP_ID, version, PUBLISHER)["version"] == version


@pytest.mark.parametrize(
    "version", ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.0-beta", "v1.0.0", "1.0.x", "1.0.0\n", "١.0.0"]
)
def test_what_is_no_version_is_refused(version):
    with pytest.raises(Refusal, match=r"^--version takes three numbers"):
        manifest(APP_ID, version, PUBLISHER)


@pytest.mark.parametrize("company", ["", "  ", "x" * 33, "Harbour\nBean", "Harbour\x1b[2J", "Harbour\u202eBean"])
def test_a_name_teams_cannot_show_is_refused(company):
    with pytest.raises(Refusal, match=r"^--company takes .* 32 characters"):
        manifest(APP_ID, "1.0.0", Publisher(company, WEBSITE, WEBSITE, WEBSITE))


@pytest.mark.parametrize("url", ["HTTPS://Harbour-Bean.example", "https://a.example:8443/x?y=1#z", f"{WEBSITE}/%C3%A4"])
def test_a_page_with_https_is_taken_as_it_is(url):
    assert manifest(APP_ID, "1.0.0", Publisher("x", url, url, url))["developer"]["websiteUrl"] == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "www.harbourbean.example",
        "http://www.harbourbean.example",
        "ftp://www.harbourbean.example",
        "javascript:alert(1)",
        "https://",
        "https://localhost",
        "https://user:secret@harbourbean.example",
        "https://harbourbean.example/a b",
        "https://harbourbean.example\n",
        "https://harbourbean..example",
        "https://harbourbean.example\\evil",
        f"https://harbourbean.example/{'x' * 2048}",
    ],
)
@pytest.mark.parametrize(("place", "option"), [(0, "--website"), (1, "--privacy"), (2, "--terms")])
def test_what_is_no_page_with_https_is_refused_by_its_option(url, place, option):
    pages = [WEBSITE] * 3
    pages[place] = url
    with pytest.raises(Refusal, match=f"^{option} takes the address of a page with https"):
        manifest(APP_ID, "1.0.0", Publisher("Harbour Bean", *pages))


# The zip and its icons


def test_the_zip_holds_three_files_at_its_top_and_the_same_each_time(made):
    packed = package(made)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert tuple(archive.namelist()) == FILES == ("manifest.json", *sorted(made["icons"].values()))
        assert archive.testzip() is None
        assert json.loads(archive.read("manifest.json")) == made
    assert package(manifest(APP_ID, "1.0.0", PUBLISHER)) == packed
    assert package(manifest(APP_ID, "1.0.1", PUBLISHER)) != packed


def test_a_package_is_told_from_another_zip(made, tmp_path):
    (tmp_path / "ours.zip").write_bytes(package(made))
    assert is_package(tmp_path / "ours.zip")
    with zipfile.ZipFile(tmp_path / "theirs.zip", "w") as archive:
        for name in FILES:
            archive.writestr(name, "{}")
    (tmp_path / "cut.zip").write_bytes(package(made)[:-30])
    assert [is_package(tmp_path / f"{name}.zip") for name in ("theirs", "cut")] == [False, False]


def pixels(name):
    """Return the size of an icon, saved without filters, and its pixels as (red, green, blue, alpha)."""
    data = (ICONS / name).read_bytes()
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert (data[:8], depth, kind) == (b"\x89PNG\r\n\x1a\n", 8, 6)
    start = data.index(b"IDAT")
    lines = zlib.decompress(data[start + 4 : start + 4 + int.from_bytes(data[start - 4 : start], "big")])
    step = 1 + 4 * width
    assert len(lines) == height * step
    assert set(lines[::step]) == {0}
    return (width, height), [
        tuple(lines[row + 1 + 4 * x : row + 5 + 4 * x]) for row in range(0, len(lines), step) for x in range(width)
    ]


def test_the_colour_icon_is_full_and_its_mark_stands_in_the_middle(made):
    size, found = pixels("color.png")
    ground = (*bytes.fromhex(made["accentColor"].removeprefix("#")), 255)
    assert size == (192, 192)
    assert {alpha for *_, alpha in found} == {255}
    marked = [divmod(place, 192) for place, pixel in enumerate(found) if pixel != ground]
    assert 0.15 < len(marked) / len(found) < 0.4
    assert all(36 <= row < 156 and 36 <= column < 156 for row, column in marked)


def test_the_outline_icon_is_white_on_nothing():
    size, found = pixels("outline.png")
    assert size == (32, 32)
    assert {pixel[:3] for pixel in found} == {(255, 255, 255)}
    assert {0, 255} <= {alpha for *_, alpha in found}
    assert 0.15 < sum(alpha > 127 for *_, alpha in found) / len(found) < 0.5
