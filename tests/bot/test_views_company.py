"""The words for what a check or an apply found and changed."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.company import Applied, Folder
from bot.company_file import Company
from bot.views.company import MOST_NAMES, applied_text, checked_text
from coach.documents import parse_document
from coach.ingest import Changes, Ingestion, Intake, Rejection
from lessons.calendars import Event
from lessons.intake import Shelf
from lessons.shifts import LeaveDays, Rosters
from lessons.tracks import Step, Track
from metrics.people import RosterChange
from tests.conftest import NOW
from tests.lessons.good_module import parse
from tests.metrics.test_people import ADA

TILL = parse_document("till.md", b"# Till\n\nCount.\n\n## Sheet\n\nSign.\n")
CLEAN = Folder(Path("/c"), Company(name="Harbour"), None, Intake((TILL,), (), ()), ())
REJECTED = Rejection("a.docx", "cannot be read yet.")


def applied(changes, people=None, erased=0, ingestion=True):
    return Applied(changes, Ingestion(3, 42, changes) if ingestion else None, people, erased)


def test_a_clean_check_is_one_line():
    assert checked_text(CLEAN) == "1 SOP with 2 sections can be read. Nothing to correct."
    assert checked_text(replace(CLEAN, people=(ADA,))).startswith("1 SOP with 2 sections can be read, 1 person.")


def test_rosters_are_counted():
    day = date(2026, 11, 23)
    rosters = Rosters(shifts=(Event("ada@x.example", NOW, NOW),) * 2, leave=(LeaveDays("ada@x.example", day, day),))
    said = "1 SOP with 2 sections can be read, 2 shifts, 1 leave. Nothing to correct."
    assert checked_text(replace(CLEAN, rosters=rosters)) == said


def test_a_check_tells_mistakes_then_rejections_then_notes():
    folder = replace(CLEAN, people=(), mistakes=("First.", "Second."), sops=Intake((), (REJECTED,), ("x is odd.",)))
    assert checked_text(folder).splitlines() == [
        "First.",
        "Second.",
        "Rejected: sops/a.docx cannot be read yet.",
        "Note: sops/x is odd.",
        "0 SOPs with 0 sections can be read, 0 people.",
    ]


def test_a_first_apply_counts_without_listing_every_file():
    text = applied_text(applied(Changes(added=("a.md", "b.md")), RosterChange(added=2)), CLEAN)
    assert text.splitlines() == [
        "Applied Harbour: 2 SOPs added, 0 changed, 0 unchanged, 0 removed, 0 rejected.",
        "People: 2 added, 0 changed, 0 unchanged, 0 deactivated.",
        "42 passages can be quoted.",
    ]


def test_a_later_apply_names_what_changed_and_what_was_left_out():
    folder = replace(CLEAN, sops=Intake((TILL,), (REJECTED,), ("x is odd.",)))
    changes = Changes(added=("a.md",), changed=("b.md",), unchanged=("till.md",), removed=("c.md", "d.md"))
    assert applied_text(applied(changes, erased=1), folder).splitlines() == [
        "Applied Harbour: 1 SOP added, 1 changed, 1 unchanged, 2 removed, 1 rejected.",
        "  added: a.md",
        "  changed: b.md",
        "  removed: c.md, d.md",
        "Rejected: sops/a.docx cannot be read yet.",
        "Note: sops/x is odd.",
        "1 person in people.csv asked to be erased and stayed out. Take those lines out of people.csv.",
        "42 passages can be quoted.",
    ]


def test_a_long_list_of_files_is_cut():
    names = tuple(f"{place}.md" for place in range(MOST_NAMES + 3))
    text = applied_text(applied(Changes(changed=names, unchanged=("till.md",))), CLEAN)
    assert f"{names[MOST_NAMES - 1]} and 3 more" in text
    assert names[MOST_NAMES] not in text


def test_a_rehearsal_says_that_nothing_was_changed():
    text = applied_text(applied(Changes(added=("a.md",)), ingestion=False), CLEAN)
    assert (
        text
        == "Nothing was changed. It would apply Harbour: 1 SOP added, 0 changed, 0 unchanged, 0 removed, 0 rejected."
    )


def test_lessons_are_counted_and_what_is_wrong_with_them_told():
    track = Track("new", "New here", (Step("module", "a.md"),))
    broken = (Rejection("b.md", "has no title."), Rejection("tracks/c.yaml", "line 1, column 1: title: has no words."))
    folder = replace(CLEAN, shelf=Shelf((parse(),), (track,), broken, ("holds x.",)))
    told = [
        "Rejected: lessons/b.md has no title.",
        "Rejected: lessons/tracks/c.yaml line 1, column 1: title: has no words.",
        "Note: lessons/holds x.",
    ]
    assert checked_text(folder).splitlines() == [
        *told,
        "Module: lessons/a.md “Promise an answer, not a refund” (refunds, 6 min)",
        "Track: lessons/tracks/new “New here” (1 step)",
        "1 SOP with 2 sections can be read, 1 module, 1 track.",
    ]
    lines = applied_text(applied(Changes(added=("a.md",))), folder).splitlines()
    assert lines[1:] == [*told, "42 passages can be quoted, 1 module, 1 track."]
