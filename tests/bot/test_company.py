"""Reading a company folder: what is wrong with it is said in a sentence, and the rest goes on."""

import os

import pytest

from bot.company import read_folder
from metrics.errors import Refusal
from tests.lessons.good_module import DELTA
from tests.lessons.good_module import REFUNDS as TAUGHT

REFUNDS = "# Refunds\n\nA customer gets their money back within 30 days with the receipt.\n"
TILL = "# Closing the till\n\nCount the drawer twice. Write both counts on the sheet.\n"
SOPS = {"sops/refunds.md": REFUNDS, "sops/till.md": TILL}
ROLES = "roles: [cashier, manager]\n"
PEOPLE = "name,email,role\n" + "".join(f"Person {n},p{n}@example.test,cashier\n" for n in range(1, 7))


BAD_SOPS = {
    "front matter broken": ("a.md", "---\nowner: [x\n---\n# A\n\nText.\n", "line 3, column 1"),
    "front matter open": ("a.md", "---\nowner: x\n# A\n\nText.\n", "never closes it"),
    "front matter a list": ("a.md", "---\n- x\n---\n# A\n\nText.\n", "not a list of `key: value` lines"),
    "review date": ("a.md", "---\nreview_by: soon\n---\n# A\n\nText.\n", "'soon', which is not a date like 2027-03-31"),
    "not UTF-8": ("a.md", "# A\n\nCaf\xe9.\n".encode("latin-1"), "line 3 holds the byte 0xE9"),
    "binary": ("a.md", b"# A\n\x00\n", "is not a text file"),
    "Word": ("a.docx", b"PK\x03\x04", "is cut off, damaged or no Office file"),
    "empty": ("a.md", "", "has no text to quote"),
    "only a heading": ("a.md", "# A\n", "has no text to quote"),
    "FAQ without answer column": ("a.csv", "question,reply\nWhy?,So.\n", "it lacks answer"),
    "FAQ with a broken quote": ("a.csv", 'question,answer\nWhy?,"So.\n', "Check the quotes there"),
    "FAQ with a cell too many": ("a.csv", "question,answer\nWhy?,So,it.\n", "has 3 cells in line 2"),
    "unknown role": ("a.md", "---\naudience: boss\n---\n# A\n\nText.\n", "has audience: 'boss', a role company.yaml"),
    "no audience at all": ("a.md", "---\naudience: []\n---\n# A\n\nText.\n", "neither everyone, a role, nor a list"),
}


def reasons(folder):
    return {rejection.file: rejection.reason for rejection in read_folder(folder).sops.rejected}


def test_a_folder_without_sops_says_what_to_do(company, tmp_path):
    with pytest.raises(Refusal, match=r"There is no folder .*nowhere\. Give the path"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(Refusal, match=r"has no folder sops/\. Put your SOPs into"):
        read_folder(company({"company.yaml": ROLES}))


def test_hidden_and_temporary_files_are_passed_over(company):
    folder = company({**SOPS, "sops/.git/a.md": REFUNDS, "sops/~$till.docx": b"", "sops/a/.hidden.md": REFUNDS})
    assert read_folder(folder).is_clean
    assert [document.file for document in read_folder(folder).sops.documents] == ["refunds.md", "till.md"]


@pytest.mark.parametrize(("name", "content", "reason"), BAD_SOPS.values(), ids=BAD_SOPS.keys())
def test_a_bad_sop_is_rejected_alone_with_its_reason(company, name, content, reason):
    folder = company({**SOPS, "company.yaml": ROLES, f"sops/{name}": content})
    read = read_folder(folder)
    assert read.mistakes == ()
    assert not read.is_clean
    [rejection] = read.sops.rejected
    assert rejection.file == name
    assert reason in rejection.reason
    assert rejection.reason.endswith(".")
    assert [document.file for document in read.sops.documents] == ["refunds.md", "till.md"]


def test_two_sops_with_one_title_are_noted_and_both_kept(company):
    folder = company({"sops/a.md": "# Refunds\n\nA.\n", "sops/b/c.md": "# refunds\n\nB.\n", "sops/till.md": TILL})
    read = read_folder(folder)
    assert read.is_clean
    assert read.sops.notes == (
        "a.md and b/c.md have the same title. Staff cannot tell their quotes apart: give each its own.",
    )
    assert len(read.sops.documents) == 3


@pytest.fixture
def outside(tmp_path):
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.md").write_text("# Secret\n\nNobody may read this here.\n")
    return folder


@pytest.mark.parametrize("target", ["secret.md", "", "../outside/secret.md"])
def test_a_link_out_of_the_folder_is_rejected(company, outside, target):
    folder = company(SOPS)
    (folder / "sops/link.md").symlink_to(outside / target)
    assert reasons(folder) == {"link.md": "is a link to outside the company folder. Copy the file itself into sops/."}
    assert len(read_folder(folder).sops.documents) == 2


def test_sops_that_are_a_link_out_of_the_folder_are_refused(company, outside):
    folder = company({"company.yaml": ROLES})
    (folder / "sops").symlink_to(outside)
    with pytest.raises(Refusal, match="sops is a link to outside the company folder"):
        read_folder(folder)


@pytest.mark.parametrize("name", ["company.yaml", "people.csv"])
def test_a_settings_file_that_is_a_link_out_of_the_folder_is_a_mistake(company, outside, name):
    folder = company(SOPS)
    (folder / name).symlink_to(outside / "secret.md")
    assert read_folder(folder).mistakes == (f"{name} is a link to outside the company folder. Copy the file itself.",)


def test_a_link_to_a_folder_nothing_or_itself_is_rejected(company):
    folder = company({**SOPS, "drafts/a.md": REFUNDS})
    (folder / "sops/drafts").symlink_to(folder / "drafts")
    (folder / "sops/gone.md").symlink_to(folder / "gone.md")
    (folder / "sops/loop.md").symlink_to(folder / "sops/loop.md")
    assert reasons(folder) == {
        "drafts": "is a link to a folder. Copy the files themselves into sops/.",
        "gone.md": "is a link to nothing. Copy the file itself into sops/.",
        "loop.md": "is a link to nothing. Copy the file itself into sops/.",
    }


def test_a_link_inside_the_folder_and_a_linked_folder_as_a_whole_are_read(company, tmp_path):
    folder = company({**SOPS, "drafts/a.md": "# Draft\n\nWords.\n"})
    (folder / "sops/a.md").symlink_to(folder / "drafts/a.md")
    (tmp_path / "by-another-name").symlink_to(folder)
    read = read_folder(tmp_path / "by-another-name")
    assert read.is_clean
    assert [document.file for document in read.sops.documents] == ["a.md", "refunds.md", "till.md"]


def test_a_name_that_is_not_utf_8_is_rejected(company):
    folder = company(SOPS)
    with open(os.fsencode(folder / "sops") + b"/caf\xe9.md", "wb") as file:
        file.write(REFUNDS.encode())
    assert reasons(folder) == {"'caf\\udce9.md'": "has a name that is not UTF-8. Rename it."}


@pytest.mark.parametrize("mark", ["\x1b[2J", "\n", "\u202e"])
def test_a_name_that_plays_tricks_on_a_screen_is_rejected(company, mark):
    folder = company(SOPS)
    name = f"x{mark}y.md"
    (folder / "sops" / name).write_text(REFUNDS)
    assert reasons(folder) == {ascii(name): "has a name with characters that nobody sees. Rename it."}


def test_a_file_that_cannot_be_opened_is_rejected(company):
    folder = company(SOPS)
    (folder / "sops/locked.md").write_text(REFUNDS)
    (folder / "sops/locked.md").chmod(0)
    if os.access(folder / "sops/locked.md", os.R_OK):
        pytest.skip("this user may read every file")
    assert "cannot be opened (Permission denied)" in reasons(folder)["locked.md"]


@pytest.mark.parametrize(
    "settings",
    [
        "default_audience: everyone\naudiences: {a.md: manager}\n",
        "default_audience: nobody\n",
    ],
)
def test_an_sop_that_its_own_audience_closes_to_everybody_is_rejected(company, settings):
    folder = company({**SOPS, "company.yaml": ROLES + settings, "sops/a.md": "---\naudience: cashier\n---\n" + REFUNDS})
    assert reasons(folder) == {
        "a.md": "is open to nobody: its own audience: and the one in company.yaml have no role in common."
    }


def test_two_lines_without_a_common_role_reject_the_sop(company):
    settings = ROLES + "default_audience: everyone\naudiences: {'*.md': manager, refunds.md: cashier}\n"
    assert list(reasons(company({**SOPS, "company.yaml": settings}))) == ["refunds.md"]


def test_nobody_by_default_is_meant(company):
    folder = company({**SOPS, "company.yaml": ROLES + "default_audience: nobody\naudiences: {till.md: cashier}\n"})
    read = read_folder(folder)
    assert read.is_clean
    assert [document.audience.key for document in read.sops.documents] == ["roles:", "roles:cashier"]


def test_a_broken_company_file_is_not_blamed_on_sops_and_people(company):
    folder = company(
        {
            **SOPS,
            "company.yaml": "roles: [",
            "people.csv": PEOPLE,
            "sops/a.md": "---\naudience: cashier\n---\n# A\n\nText.\n",
        }
    )
    read = read_folder(folder)
    assert len(read.mistakes) == 1
    assert read.sops.rejected == ()


def test_an_admin_must_be_on_the_list(company):
    settings = "roles: [cashier]\nadmins: [P1@Example.test, ghost@example.test]\n"
    folder = company({**SOPS, "company.yaml": settings, "people.csv": PEOPLE})
    assert read_folder(folder).mistakes == (
        "company.yaml: the admin ghost@example.test is not in people.csv. Add the person or take the line out.",
    )
    assert read_folder(company({}), with_people=False).mistakes == ()


@pytest.mark.parametrize("name", ["company.yaml", "people.csv"])
def test_a_settings_file_that_is_not_utf_8_is_a_mistake(company, name):
    [mistake] = read_folder(company({**SOPS, name: b"name\xff"})).mistakes
    assert mistake.startswith(f"{name} is not UTF-8: line 1 holds the byte 0xFF.")


SKILLS = "roles: [sales associate, support desk]\nskills: {refunds: {title: Refunds}}\n"
TEACHABLE = {"company.yaml": SKILLS, "sops/stores/refunds.md": TAUGHT.text}
TRACK = "title: New here\nsteps: [{module: a.md}, {acknowledge: stores/refunds.md @ 4.2}]\n"


def test_a_broken_lesson_is_rejected_alone_and_stops_nothing(company):
    folder = company({**TEACHABLE, "lessons/a.md": DELTA, "lessons/later/b.md": "# B\n", "lessons/c.md": b"\xff"})
    read = read_folder(folder)
    assert read.mistakes == ()
    assert not read.is_clean
    assert [module.file for module in read.shelf.modules] == ["a.md"]
    assert [rejection.file for rejection in read.shelf.rejected] == ["c.md", "later/b.md"]
    assert len(read.sops.documents) == 1


def test_modules_and_tracks_are_read_and_told_apart(company):
    read = read_folder(company({**TEACHABLE, "lessons/a.md": DELTA, "lessons/tracks/new.yaml": TRACK}))
    assert read.is_clean
    assert [module.file for module in read.shelf.modules] == ["a.md"]
    assert [track.name for track in read.shelf.tracks] == ["new"]


def test_a_broken_track_is_rejected_alone_and_a_rejected_module_is_told_to_its_track(company):
    files = {"lessons/a.md": "# A\n", "lessons/tracks/new.yaml": TRACK, "lessons/tracks/old.yml": "steps: []\n"}
    shelf = read_folder(company({**TEACHABLE, **files, "lessons/plan.yaml": "x: 1\n"})).shelf
    assert [rejection.file for rejection in shelf.rejected] == ["a.md", "tracks/old.yml"]
    assert [track.name for track in shelf.tracks] == ["new"]
    assert shelf.notes == (
        "holds files of a kind Coach does not read: plan.yaml.",
        "tracks/new.yaml names a.md, which was rejected. Until that is corrected the step is left out.",
    )


def test_a_lesson_must_cite_a_skill_and_an_sop_the_folder_has(company):
    reason = {
        "company.yaml": "roles: [sales associate, support desk]\nskills: {}\n",
        "sops/stores/refunds.md": "# Refunds\n\nNo exceptions.\n",
    }
    for path, content in reason.items():
        [rejection] = read_folder(company({**TEACHABLE, "lessons/a.md": DELTA, path: content})).shelf.rejected
        assert "company.yaml" in rejection.reason or "stores/refunds.md" in rejection.reason
    folder = company({**TEACHABLE, "lessons/a.md": DELTA, "sops/stores/refunds.md": b"\xff", "sops/till.md": TILL})
    assert "which is not among the SOPs that can be read" in read_folder(folder).shelf.rejected[0].reason


def test_a_broken_company_file_is_not_blamed_on_lessons(company):
    read = read_folder(company({**TEACHABLE, "company.yaml": "skills: [", "lessons/a.md": DELTA}))
    assert len(read.mistakes) == 1
    assert read.shelf.rejected == ()


def test_links_and_other_files_among_lessons_are_told(company, outside):
    folder = company({**TEACHABLE, "lessons/a.md": DELTA, "lessons/plan.pptx": b"PK", "lessons/.keep": ""})
    (folder / "lessons/link.md").symlink_to(outside / "secret.md")
    shelf = read_folder(folder).shelf
    assert [(rejection.file, rejection.reason) for rejection in shelf.rejected] == [
        ("link.md", "is a link to outside the company folder. Copy the file itself into lessons/.")
    ]
    assert shelf.notes == ("holds files of a kind Coach does not read: plan.pptx.",)


def test_lessons_that_are_a_link_out_of_the_folder_are_a_mistake(company, outside):
    folder = company(TEACHABLE)
    (folder / "lessons").symlink_to(outside)
    read = read_folder(folder)
    assert read.mistakes == ("lessons is a link to outside the company folder. Copy the lessons themselves.",)
    assert read.shelf.modules == ()


def test_a_file_by_the_name_of_the_lessons_folder_holds_no_lesson(company):
    assert read_folder(company({**TEACHABLE, "lessons": "Nothing.\n"})).shelf.modules == ()
