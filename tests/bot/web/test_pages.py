"""What pages show to whom: the same figures as everywhere, of nobody more than may be seen, and nothing unescaped."""

import csv
import io
import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import select, update

from bot.views.page_content import BEHIND, EVENTS
from bot.views.page_lesson import CHANGES, REASONS
from coach.answer import Abstention, Trace
from coach.conflict_tables import SopConflict
from coach.questions import keep_question
from coach.tables import SopDocument, SopSection
from lessons.reports import person_report
from lessons.revise import Change, Reason
from lessons.shelf import store_modules
from metrics.behind import KINDS
from metrics.definitions import DEFINITIONS
from metrics.events.kinds import ItemAnswered, LessonApplied, LessonOpened, NudgeEnded, QuestionAsked
from metrics.events.record import EventRow, record
from metrics.policy import Audience
from metrics.work import WorkEvent
from tests.bot.web.shop_pages import EVERYBODY, HOSTILE
from tests.lessons.learners import make_module
from tests.lessons.shop import MONTH, NOW, viewer


def facts(text):
    """Return the figures of a page by their labels."""
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd><span class=\"value\">(.*?)</span>", text, re.DOTALL)
    return {re.sub("<.*?>", "", label): unescape(re.sub("<.*?>", "", value)) for label, value in pairs}


def test_who_sees_whose_page(pages):
    seen = {
        (name, about): text
        for name in EVERYBODY
        for about in EVERYBODY
        if (text := pages.get(name, "/person/{handle}", "person", about)) is not None
    }
    team = ("ana", "ben", "cem", "dee", "eli", "fay")
    expected = {(name, name) for name in EVERYBODY}
    expected |= {("boss", name) for name in team} | {("head", name) for name in (*team, "boss")}
    expected |= {("admin", name) for name in EVERYBODY}
    assert set(seen) == expected
    for (name, about), text in seen.items():
        is_own = name == about
        assert ("Quiz answers right" in text) is is_own
        assert ("Streak" in text) is is_own
    looks = {(viewer, about) for viewer, about, _ in pages.looks()}
    assert looks == {(name.capitalize(), about.capitalize()) for name, about in expected if name != about}


def test_figures_are_those_of_the_report(pages):
    found = facts(pages.get("ana", "/person/{handle}", "person", "ana"))
    with pages.database.session() as session:
        ana = pages.person(session, "ana")
        report = person_report(session, viewer(ana), ana, MONTH, NOW)
    tally = report.own.tally
    assert found["Quiz answers right"] == f"{tally.right} of {tally.answered}" == "2 of 3"
    assert found["Lessons done"] == str(tally.lessons_completed) == "1"
    assert found["Minutes of practice"] == "5 min"
    assert found["Days practised"] == str(report.own.days_practised) == "1"
    assert facts(pages.get("boss", "/person/{handle}", "person", "ana"))["Lessons done"] == "1"


def test_staff_land_on_their_own_page_and_managers_on_their_teams(pages):
    assert "Your Progress" in pages.get("ana", "")
    text = pages.get("boss", "")
    assert re.findall(r"/pages/person/[0-9a-f]{32}\">(\w+)</a></th>", text) == [
        "Ana",
        "Ben",
        "Cem",
        "Dee",
        "Eli",
        "Fay",
    ]
    assert {(viewer, what) for viewer, _, what in pages.looks()} == {("Boss", "team")}
    assert pages.get("boss", "", team="Elsewhere") is None
    assert "Zoe" in pages.get("admin", "", team="Elsewhere")


def test_an_auditor_sees_groups_and_no_name_anywhere(pages):
    every = [
        pages.get("auditor", ""),
        pages.get("auditor", "", by="team"),
        pages.get("auditor", "", team="Quayside"),
        pages.get("auditor", "/skill/{handle}", "skill", "refunds"),
        pages.get("auditor", "/events", kind="answers"),
        pages.get("auditor", "/revise"),
        pages.get("auditor", "/use"),
        pages.get("auditor", "/export.csv", by="team"),
        pages.get("auditor", "/export.csv"),
    ]
    for text in every:
        assert text is not None
        assert not re.search(r"\b(Ana|Ben|Cem|Dee|Eli|Fay|Boss|Zoe|Head)\b", text)
    assert pages.looks() == set()
    # Three people need keys: too few for an auditor, by skill or by a team beside all others.
    assert "Refunds" in every[0]
    assert "Keys" not in every[0]
    assert "Refunds" not in every[2]
    few = pages.get("auditor", "/skill/{handle}", "skill", "keys")
    assert "Fewer than 5 people need it" in few
    assert "<svg" not in few


def test_behind_a_figure_of_others_stand_lessons_and_mastery_alone(pages):
    own = pages.get("ana", "/events/{handle}", "person", "ana", kind="answers")
    assert own.count("Question of a lesson answered") == 3
    assert "3 answers from you" in own
    lessons = pages.get("boss", "/events/{handle}", "person", "ana", kind="lessons")
    assert "1 lesson done from Ana" in lessons
    assert pages.get("boss", "/events/{handle}", "person", "ana", kind="mastery") is not None
    for kind in ("answers", "use", "questions", "nothing", ""):
        assert pages.get("boss", "/events/{handle}", "person", "ana", kind=kind) is None
    assert pages.get("ben", "/events/{handle}", "person", "ana", kind="lessons") is None
    assert "18 answers from 6 people" in pages.get("boss", "/events", kind="answers")
    assert pages.get("ana", "/events", kind="answers") is None
    assert pages.get("boss", "/events", kind="questions") is None


def test_a_file_is_what_the_page_shows_harmless_and_noted(pages):
    with pages.database.transaction() as session:
        pages.person(session, "ana").name = '=HYPERLINK("https://elsewhere.test")'
    rows = list(csv.DictReader(io.StringIO(pages.get("boss", "/export.csv"))))
    assert len(rows) == 6
    assert any(row["person"].startswith("'=HYPERLINK") for row in rows)
    assert {what for _, _, what in pages.looks()} == {"export"}
    own = list(csv.DictReader(io.StringIO(pages.get("ana", "/export.csv"))))
    assert [(row["skill"], row["answered"], row["right"]) for row in own] == [("Refunds", "3", "2")]
    assert pages.get("boss", "/person/{handle}/export.csv", "person", "ana") is None
    with pages.database.session() as session:
        told = session.scalars(select(EventRow).where(EventRow.kind == "progress_exported").order_by(EventRow.id))
        assert [(event.payload["door"], event.payload["rows"]) for event in told] == [("web", 6), ("web", 1)]


def test_names_are_shown_as_they_are_and_never_run(pages):
    with pages.database.transaction() as session:
        for name in ("ana", "ben"):
            pages.person(session, name).name = HOSTILE
    for text in (pages.get("boss", ""), pages.get("boss", "/person/{handle}", "person", "ana")):
        assert "<script" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; =1+1" in text


def test_every_definition_that_is_linked_to_is_there(pages):
    anchors = set(re.findall(r'<section id="([^"]+)"', pages.get("ana", "/definitions")))
    assert anchors == set(DEFINITIONS)
    texts = [
        pages.get("ana", ""),
        pages.get("boss", "", by="team"),
        pages.get("boss", "/person/{handle}", "person", "ana"),
        pages.get("boss", "/skill/{handle}", "skill", "refunds"),
        pages.get("ana", "/skill/{handle}", "skill", "refunds"),
        pages.get("admin", "/revise"),
    ]
    linked = set(re.findall(r'/pages/definitions#([^"]+)"', "".join(texts)))
    assert len(linked) > 8
    assert linked <= anchors


def test_what_is_said_of_use_and_what_the_work_shows_stand_beside_each_other(pages):
    at = NOW - timedelta(days=6)
    with pages.database.transaction() as session:
        for place, name in enumerate(("ana", "ben", "cem", "dee", "eli")):
            person = pages.person(session, name)
            used = LessonApplied("slack", "refunds", float(place < 2), 1, "self", "refunds.md", 1)
            record(session, used, at, person.id)
            answered = ItemAnswered("slack", "refunds", float(place < 4), 9.0, 1, "refunds.md#a", "choice", 3)
            record(session, answered, at, person.id)
            work = {"source": "till", "reference": name, "workflow": "refund", "step": "3", "received_at": at}
            session.add(WorkEvent(person_id=person.id, at=at, outcome="done" if place else "missed", **work))
    text = pages.get("boss", "/skill/{handle}", "skill", "refunds")
    labels = list(facts(text))
    assert labels.index("Work done as taught") == labels.index("Used at work, people say") + 1
    assert facts(text)["Used at work, people say"] == "40%"
    assert facts(text)["Work done as taught"] == "80%"
    # A day after the lesson, for four of six.
    assert facts(text)["First used after a lesson"] == "half in 24 hours"
    assert "4 of 6 lessons" in text
    linked = set(re.findall(r'/pages/definitions#([^"]+)"', text))
    assert {"consistency", "first_application", "application", "adherence", "work_mistakes"} <= linked


def test_a_period_is_chosen_and_kept(pages):
    text = pages.get("ana", "", period="week")
    assert facts(text)["Lessons done"] == "0"
    assert '?period=week">Refunds</a>' in text
    # Their lesson was seven days ago to the minute.
    assert facts(pages.get("ana", "", period="quarter"))["Lessons done"] == "1"
    assert pages.get("ana", "", period="century") == pages.get("ana", "")


def test_content_is_for_who_looks_after_coach_and_auditors(pages):
    for path in ("/revise", "/use", "/programme"):
        seen = {name for name in EVERYBODY if pages.get(name, path) is not None}
        assert seen == {"admin", "auditor"}
    assert "No programme is set up" in pages.get("admin", "/programme")
    assert all(pages.get(name, "/definitions") for name in EVERYBODY)


@pytest.fixture
def gaps(pages):
    """An SOP of Ana's that cashiers read, which did not answer Ben, and one that nobody here may read."""
    with pages.database.transaction() as session:
        cashiers, nobody = Audience(frozenset({"cashier", "office"})), Audience(frozenset())
        for file, title, audience in (("a.md", "Refunds", cashiers), ("b.md", "Pay", nobody)):
            document = SopDocument(
                file=file, title=title, text="", content_key="", audience=audience.key, ingested_at=NOW
            )
            session.add(document)
            session.flush()
            section = SopSection(
                document_id=document.id,
                number=1,
                heading_path=[title, "Cash"],
                start=0,
                end=0,
                owner="ANA@example.test",
                review_on=date(2026, 11, 1),
            )
            session.add(section)
            asker, reply = pages.person(session, "ben").id, Abstention(None, None, Trace(), f"{title} > Cash")
            at = NOW - timedelta(days=1)
            keep_question(session, f"{file:0>32}", asker, "t", f"My own {title} words?", False, reply, at)
    return pages


def test_what_an_sop_lacks_is_for_its_owner_and_admins_who_may_read_it(gaps):
    seen = {name for name in EVERYBODY if gaps.get(name, "/sop/{handle}", "sop", "a.md") is not None}
    assert seen == {"ana", "admin"}
    assert [name for name in EVERYBODY if gaps.get(name, "/sop/{handle}", "sop", "b.md")] == []
    text = gaps.get("ana", "/sop/{handle}", "sop", "a.md")
    assert "My own Refunds words?" in text
    assert "Ben" not in text
    assert "Refunds &gt; Cash" in text
    assert "1 Nov 2026" in text
    listed = gaps.get("ana", "/sops")
    assert "Pay" not in listed
    assert gaps.get("zoe", "/sops") is None


def test_where_sections_disagree_is_for_who_may_read_both(gaps):
    with gaps.database.transaction() as session:
        cashiers = session.scalars(select(SopDocument).where(SopDocument.file == "a.md")).one().audience
        facts = {"title": "Till", "text": "", "content_key": "", "ingested_at": NOW}
        session.add(SopDocument(file="c.md", audience=cashiers, **facts))
        for other in ("b.md", "c.md"):
            session.add(
                SopConflict(
                    first_hash="a",
                    second_hash=other,
                    first_file="a.md",
                    second_file=other,
                    first_headings=["Cash"],
                    second_headings=["Limit"],
                    first_words="Pay out £50.",
                    second_words=f"Pay out £75, says {other}.",
                    about="money",
                    first_seen_at=NOW,
                    last_seen_at=NOW,
                    times_shown=3,
                )
            )
    text = gaps.get("ana", "/sop/{handle}", "sop", "a.md")
    assert "Where Sections Disagree" in text
    assert "Refunds › Cash says “Pay out £50”" in text
    assert "Till › Limit says “Pay out £75, says c.md”" in text
    assert "says b.md" not in text
    assert "Pay ›" not in text


def test_of_two_sops_of_one_title_the_closed_one_keeps_its_questions(gaps):
    with gaps.database.transaction() as session:
        closed = session.scalars(select(SopDocument).where(SopDocument.file == "b.md")).one()
        closed.title = "Refunds"
        asker, reply = gaps.person(session, "cem").id, Abstention(None, None, Trace(), "Refunds > Fraud")
        keep_question(session, "c" * 32, asker, "t", "Whom did we catch?", False, reply, NOW - timedelta(days=1))
    for text in (gaps.get("ana", "/sop/{handle}", "sop", "a.md"), gaps.get("ana", "/sops")):
        assert "Whom did we catch?" not in text
        assert "Refunds" in text
    with gaps.database.transaction() as session:
        session.execute(update(SopDocument).values(audience=Audience(frozenset({"cashier", "office"})).key))
    assert "Whom did we catch?" in gaps.get("ana", "/sop/{handle}", "sop", "a.md")


def test_a_lesson_says_nothing_of_fewer_than_five_people(pages):
    with pages.database.transaction() as session:
        store_modules(session, [make_module("refunds.md"), make_module("few.md"), make_module("none.md")], NOW)
        for name in ("ana", "ben", "cem", "dee"):
            opened = LessonOpened("slack", "refunds", 5.0, 9, "few.md", 1)
            record(session, opened, NOW - timedelta(days=4), pages.person(session, name).id)
    shown = pages.get("auditor", "/lesson/{handle}", "lesson", "refunds.md")
    assert facts(shown)["Finished"] == "6 of 6"
    assert facts(shown)["Time, half of them"] == "5:00 min"
    few = pages.get("auditor", "/lesson/{handle}", "lesson", "few.md")
    assert "Fewer than 5 people have opened this lesson" in few
    assert facts(few) == {}
    assert few.count("not shown") == 4
    assert "Fewer than 5" in pages.get("admin", "/lesson/{handle}", "lesson", "none.md")
    assert pages.get("boss", "/lesson/{handle}", "lesson", "refunds.md") is None
    queue = pages.get("admin", "/revise")
    # 5 minutes are not more than the 5 planned, and nobody was asked whether it was used.
    assert "No lesson misses its target; 3 lessons in all." in queue
    assert queue.count("not shown") == 8


def test_a_lesson_and_the_queue_say_one_figure(pages):
    with pages.database.transaction() as session:
        store_modules(session, [make_module("refunds.md")], NOW)
        team = [pages.person(session, name).id for name in ("ana", "ben", "cem", "dee", "eli", "fay")]
        # Fay said so this week, which is not over, and a year ago it was another lesson.
        for place, person_id in enumerate(team):
            at = NOW - timedelta(days=1 if place == 5 else 5)
            record(
                session, LessonApplied("slack", "refunds", float(place == 0), 1, "self", "refunds.md", 1), at, person_id
            )
            old = LessonApplied("slack", "refunds", 1.0, 2, "self", "refunds.md", 1)
            record(session, old, NOW - timedelta(days=200), person_id)
    text = pages.get("admin", "/lesson/{handle}", "lesson", "refunds.md")
    assert facts(text)["Used at work"] == "20%"
    assert "Used within seven days by 20% instead of 60%; 6 of 6 who opened it" in text
    assert "Version 1 in the last 90 days up to last Monday" in text
    assert "The last 90 days up to last Monday, from refunds.md." in text
    assert "used within seven days by 20% instead of 60%" in pages.get("auditor", "/revise")
    with pages.database.transaction() as session:
        record(session, LessonApplied("slack", "refunds", 1.0, 1, "self", "refunds.md", 1), NOW, team[1])
    assert pages.get("admin", "/lesson/{handle}", "lesson", "refunds.md") == text


def test_use_that_few_told_of_is_not_shown(pages):
    with pages.database.transaction() as session:
        store_modules(session, [make_module("refunds.md")], NOW)
        for name in ("ana", "ben", "cem", "dee"):
            told = LessonApplied("slack", "refunds", 0.0, 1, "self", "refunds.md", 1)
            record(session, told, NOW - timedelta(days=5), pages.person(session, name).id)
    text = pages.get("admin", "/lesson/{handle}", "lesson", "refunds.md")
    assert facts(text)["Used at work"] == "not shown"
    assert "Used within" not in text


def test_use_of_coach_is_told_in_figures_of_enough_people(pages):
    few = pages.get("auditor", "/use")
    assert "Fewer than 5 people asked Coach anything." in few
    assert "<svg" not in few
    shown = facts(few)
    assert [label for label, value in shown.items() if value not in ("not shown", "fewer than 5")] == ["Days practised"]
    with pages.database.transaction() as session:
        for name in ("ana", "ben", "cem", "dee", "eli"):
            whose = pages.person(session, name).id
            record(session, QuestionAsked("slack", "not_covered", None, None, 1, 0.2), NOW - timedelta(days=9), whose)
            record(session, NudgeEnded("before_shift", "sent", ""), NOW - timedelta(days=9), whose)
    text = pages.get("admin", "/use")
    # Five of eleven in one week of four.
    assert facts(text)["Ask in a week"] == "11%"
    assert facts(text)["Lessons sent and ignored"] == "100%"
    assert "11% of 11 people ask Coach in a week; 100% of the lessons it sent were ignored." in text
    assert "0% asked in the week of 26 Oct, 45% in the week of 16 Nov." in text
    assert "See what the SOPs could not answer" in text
    assert "nearer to the work" in text


def test_every_reason_and_change_of_the_queue_has_its_words():
    assert set(REASONS) == set(Reason)
    assert set(CHANGES) == set(Change)
    assert {kind for kinds in KINDS.values() for kind in kinds} == {*EVENTS, "item_answered"}
    assert set(BEHIND) == set(KINDS)
