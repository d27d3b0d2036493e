"""`coach teams-package`: the file it writes, and a sentence for each bad input."""

import json
import zipfile

import pytest
from typer import Typer
from typer.testing import CliRunner

from bot.commands.teams_package import command
from metrics.errors import Refusal

APP_ID = "11111111-2222-3333-4444-555555555555"
WEBSITE = "https://www.harbourbean.example"
NEEDED = ("--company", "Harbour Bean", "--website", WEBSITE)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command in a folder of its own and return what it printed. Raises what it raises."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEAMS_APP_ID", APP_ID)
    monkeypatch.setenv("TEAMS_APP_PASSWORD", "secret-value")
    monkeypatch.setenv("TEAMS_TENANT_ID", "99999999-8888-7777-6666-555555555555")
    cli = Typer()
    cli.command()(command)

    def run(*words):
        done = CliRunner().invoke(cli, words)
        if isinstance(done.exception, Exception):
            raise done.exception
        return done.exit_code, done.output

    return run


def written(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))


def test_it_writes_the_package_and_says_what_is_in_it(run, tmp_path):
    code, told = run(*NEEDED)
    assert code == 0
    assert (
        told
        == f"coach-teams.zip: Coach 1.0.0 for Harbour Bean, with the bot {APP_ID}. Upload it as docs/teams.md says.\n"
    )
    assert b"secret-value" not in (tmp_path / "coach-teams.zip").read_bytes()
    made = written(tmp_path / "coach-teams.zip")
    assert (made["version"], made["id"]) == ("1.0.0", APP_ID)
    assert made["developer"] == {
        "name": "Harbour Bean",
        "websiteUrl": WEBSITE,
        "privacyUrl": WEBSITE,
        "termsOfUseUrl": WEBSITE,
    }


def test_every_option_reaches_the_package(run, tmp_path):
    pages = ("--privacy", f"{WEBSITE}/privacy", "--terms", f"{WEBSITE}/terms")
    code, _ = run(*NEEDED, *pages, "--version", "1.2.3", "--output", "other.zip", "--preview-slash")
    made = written(tmp_path / "other.zip")
    assert (code, made["version"]) == (0, "1.2.3")
    assert made["developer"]["privacyUrl"] == f"{WEBSITE}/privacy"
    assert made["developer"]["termsOfUseUrl"] == f"{WEBSITE}/terms"
    assert made["bots"][0]["supportsTargetedMessages"] is True
    assert [path.name for path in tmp_path.iterdir()] == ["other.zip"]


def test_its_own_package_is_written_over(run, tmp_path):
    run(*NEEDED)
    code, _ = run(*NEEDED, "--version", "1.0.1")
    assert (code, written(tmp_path / "coach-teams.zip")["version"]) == (0, "1.0.1")


def test_anything_else_is_not(run, tmp_path):
    (tmp_path / "people.csv").write_text("name,email\n")
    with pytest.raises(Refusal, match=r"^people\.csv is something else than a package made by this command"):
        run(*NEEDED, "--output", "people.csv")
    assert (tmp_path / "people.csv").read_text() == "name,email\n"


def test_without_a_bot_it_says_what_to_set(run, monkeypatch):
    for name in ("TEAMS_APP_ID", "TEAMS_APP_PASSWORD", "TEAMS_TENANT_ID"):
        monkeypatch.delenv(name)
    with pytest.raises(Refusal, match=r"^Set TEAMS_APP_ID to the Application \(client\) id"):
        run(*NEEDED)


def test_an_id_that_is_none_is_named(run, monkeypatch):
    monkeypatch.setenv("TEAMS_APP_ID", "coach")
    with pytest.raises(Refusal, match="TEAMS_APP_ID: must be an id like"):
        run(*NEEDED)


@pytest.mark.parametrize("output", [".", "missing/coach.zip", "file/coach.zip", "x" * 300])
def test_a_place_that_cannot_be_written_is_said(run, tmp_path, output):
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match=r"^Coach cannot write .*: [A-Z][a-z ]+\. Choose another --output\.$"):
        run(*NEEDED, "--output", output)


@pytest.mark.parametrize("wrong", [("--website", "http://www.harbourbean.example"), ("--version", "1.0")])
def test_bad_input_writes_nothing(run, tmp_path, wrong):
    with pytest.raises(Refusal, match=f"^{wrong[0]} takes"):
        run(*NEEDED, *wrong)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [(), NEEDED[:2], NEEDED[2:]])
def test_company_and_website_must_be_given(run, words):
    code, told = run(*words)
    assert (code, "Missing option" in told) == (2, True)
