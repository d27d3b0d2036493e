"""Applying a company folder: SQL becomes what the folder says, whole or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.company import apply_folder, read_folder, rehearse_folder, stored_company
from bot.company_file import Company
from bot.tables import METADATA, CompanySettings
from coach.documents import parse_document
from coach.embed import WordHashEmbedder
from coach.ingest import content_key
from coach.tables import PassageVector, SopDocument, SopGeneration, SopPassage, SopSection
from lessons.shelf import tracks
from lessons.tables import LessonRow
from metrics.errors import Refusal
from metrics.events.record import EventRow
from metrics.people import active_emails, find_person
from metrics.privacy import erase_person
from tests.bot.test_company import BAD_SOPS, PEOPLE, REFUNDS, ROLES, SOPS, TEACHABLE, TILL, TRACK
from tests.lessons.good_module import DELTA
from tests.strategies import few, utc

NOW = utc(2026, 11, 23, 8, 30)
LATER = NOW + timedelta(days=1)


def apply(database, folder, now=NOW, **options):
    return apply_folder(read_folder(folder), database, WordHashEmbedder(), now, **options)


def rows(database, *without):
    """Return every row of every table but those `without`."""
    with database.session() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in METADATA.sorted_tables
            if table.name not in without
        }


def files(database):
    with database.session() as session:
        return sorted(session.scalars(select(SopDocument.file)))


def test_only_sops_are_needed(database, company):
    folder = read_folder(company({"sops/refunds.md": REFUNDS}))
    assert folder.is_clean
    assert (folder.people, folder.company) == (None, Company())
    applied = apply_folder(folder, database, WordHashEmbedder(), NOW)
    assert (applied.sops.added, applied.people, applied.erased_left_out) == (("refunds.md",), None, 0)
    assert files(database) == ["refunds.md"]


def test_an_empty_sops_folder_is_a_mistake(database, company):
    folder = company({"sops/.keep": "", "sops/logo.png": b"\x89PNG"})
    assert read_folder(folder).mistakes == (
        "sops/ holds no SOP. Put Word, PDF, Excel, Markdown, text, HTML or CSV files into it.",
    )
    with pytest.raises(Refusal, match="Nothing was changed"):
        apply(database, folder)


def test_all_bad_sops_are_told_at_once_and_the_rest_is_applied(database, company):
    bad = {f"sops/{place}-{name}": content for place, (name, content, _) in enumerate(BAD_SOPS.values())}
    folder = company({**SOPS, "company.yaml": ROLES, **bad})
    assert len(read_folder(folder).sops.rejected) == len(BAD_SOPS)
    applied = apply(database, folder)
    assert applied.sops.added == ("refunds.md", "till.md")
    assert files(database) == ["refunds.md", "till.md"]


def test_a_broken_sop_that_was_fine_before_is_withdrawn(database, company):
    folder = company(SOPS)
    apply(database, folder)
    company({"sops/till.md": b"\xff"})
    applied = apply(database, folder, LATER)
    assert applied.sops.removed == ("till.md",)
    assert files(database) == ["refunds.md"]
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(SopSection)) == 1
        assert session.scalar(select(func.count()).select_from(PassageVector)) == 1


def test_the_only_sop_broken_leaves_none(database, company):
    folder = company({"sops/till.md": TILL})
    apply(database, folder)
    company({"sops/till.md": b"\xff"})
    assert apply(database, folder, LATER).sops.removed == ("till.md",)
    assert files(database) == []


def test_company_file_and_front_matter_narrow_each_other(database, company):
    closed = "---\naudience: [cashier, manager]\n---\n" + REFUNDS
    settings = ROLES + "default_audience: everyone\naudiences: {'m/**': manager}\n"
    folder = company({"company.yaml": settings, "sops/m/a.md": closed, "sops/a.md": closed, "sops/till.md": TILL})
    apply(database, folder)
    with database.session() as session:
        found = session.execute(select(SopDocument.file, SopDocument.audience)).all()
    assert {file: audience for file, audience in found} == {  # noqa: C416
        "m/a.md": "roles:manager",
        "a.md": "roles:cashier|manager",
        "till.md": "everyone",
    }


def test_every_mistake_of_the_folder_is_told_at_once(database, company):
    folder = company(
        {
            **SOPS,
            "company.yaml": ROLES
            + "default_audience: everyone\naudiences:\n  gone.md: [boss]\nadmins: [x@example.test]\n",
            "people.csv": "name,email,role\nAda,ada,boss\n",
            "sops/a.docx": b"",
        }
    )
    read = read_folder(folder)
    assert [mistake.split(".")[0] for mistake in read.mistakes] == ["company"] * 2 + ["people"] * 2
    assert [rejection.file for rejection in read.sops.rejected] == ["a.docx"]
    with pytest.raises(Refusal) as refused:
        apply(database, folder)
    assert all(mistake in str(refused.value) for mistake in read.mistakes)


def test_after_a_refused_apply_sql_is_exactly_as_before(database, company):
    fine = {**SOPS, "company.yaml": ROLES, "people.csv": PEOPLE}
    apply(database, company(fine))
    before = rows(database)
    for broken in (
        {"company.yaml": "roles: ["},
        {"company.yaml": ROLES + "default_audience: everyone\naudiences: {gone.md: manager}\n"},
        {"people.csv": PEOPLE + "Ghost,ghost,cashier\n"},
        {"people.csv": "name,email,role\nPerson 1,p1@example.test,cashier\n"},
    ):
        folder = company({**fine, **broken, "sops/new.md": "# New\n\nWords.\n", "sops/till.md": TILL + "More.\n"})
        with pytest.raises(Refusal, match="Nothing was changed"):
            apply(database, folder, LATER)
        assert rows(database) == before, broken


def test_after_an_apply_that_dies_sql_holds_no_part_of_it_but_vectors(database, company):
    folder = company({**SOPS, "people.csv": PEOPLE.replace("cashier", "")})
    apply(database, folder)
    before = rows(database, "passage_vectors")
    company({"sops/new.md": "# New\n\nNever seen before.\n", "people.csv": "name,email\nNew,new@example.test\n"})

    def die(step):
        if step.name == "committing":
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        apply(database, folder, LATER, on_step=die, may_shrink=True)
    assert rows(database, "passage_vectors") == before


def test_the_second_apply_changes_nothing(database, company):
    folder = company({**SOPS, "company.yaml": ROLES, "people.csv": PEOPLE})
    first = apply(database, folder)
    before = rows(database, "company_settings", "events")
    second = apply(database, folder, LATER)
    assert second.sops.unchanged == ("refunds.md", "till.md")
    assert (second.sops.added, second.sops.changed, second.sops.removed) == ((), (), ())
    assert (second.people.unchanged, second.people.changed) == (6, 0)
    assert second.ingestion.generation == first.ingestion.generation
    assert rows(database, "company_settings", "events") == before


def test_only_what_changed_is_written(database, company):
    folder = company(SOPS)
    apply(database, folder)
    with database.session() as session:
        before = dict(_passages(session))
    company({"sops/till.md": TILL.replace("twice", "three times")})
    applied = apply(database, folder, LATER)
    assert (applied.sops.changed, applied.sops.unchanged) == (("till.md",), ("refunds.md",))
    with database.session() as session:
        after = dict(_passages(session))
        ingested = dict(session.execute(select(SopDocument.file, SopDocument.ingested_at)).all())
        assert session.scalar(select(func.count()).select_from(SopGeneration)) == 2
    assert ingested == {"refunds.md": NOW, "till.md": LATER}
    assert after["refunds.md"] == before["refunds.md"]
    assert after["till.md"] > before["till.md"]


def test_a_removed_file_leaves_sql(database, company):
    folder = company(SOPS)
    apply(database, folder)
    (folder / "sops/till.md").unlink()
    assert apply(database, folder, LATER).sops.removed == ("till.md",)
    assert files(database) == ["refunds.md"]
    assert "drawer" not in str(rows(database))


def test_a_changed_audience_alone_is_a_change(database, company):
    folder = company({**SOPS, "company.yaml": ROLES})
    apply(database, folder)
    company({"company.yaml": ROLES + "default_audience: everyone\naudiences: {till.md: manager}\n"})
    assert apply(database, folder, LATER).sops.changed == ("till.md",)


def test_the_order_in_which_roles_are_written_is_no_change():
    # Eighteen names fill Python's set so far that some must collide, and then its order is the order of writing.
    roles = [f"role {number}" for number in range(18)]
    documents = [
        parse_document("a.md", f"---\naudience: [{', '.join(order)}]\n---\n# A\n\nText.\n".encode())
        for order in (roles, roles[::-1])
    ]
    keys = {content_key(replace(document, text="")) for document in documents}
    assert len(keys) == 1


@few
@given(first=st.sets(st.sampled_from("abcd"), min_size=1), second=st.sets(st.sampled_from("abcd"), min_size=1))
def test_sql_holds_the_sops_of_the_last_apply_whatever_was_there(database, tmp_path_factory, first, second):
    for names in (first, second):
        folder = tmp_path_factory.mktemp("company")
        (folder / "sops").mkdir()
        for name in names:
            (folder / f"sops/{name}.md").write_text(f"# {name.upper()}\n\nWords of {name}.\n")
        apply(database, folder)
        assert files(database) == sorted(f"{name}.md" for name in names)


def test_the_settings_are_stored_as_they_were_applied(database, company):
    settings = (
        ROLES + "holidays: [2026-12-25]\nskills: {till: {title: Till, sops: [till.md]}}\ndefault_owner: x@y.test\n"
    )
    folder = company({**SOPS, "company.yaml": settings})
    with database.session() as session:
        assert stored_company(session) == Company()
    apply(database, folder)
    with database.session() as session:
        assert stored_company(session) == read_folder(folder).company
        assert session.scalars(select(CompanySettings.applied_at)).one() == NOW


def test_each_apply_is_one_event(database, company):
    folder = company({**SOPS, "people.csv": PEOPLE.replace("cashier", ""), "sops/a.docx": b""})
    apply(database, folder)
    with database.session() as session:
        [event] = session.scalars(select(EventRow)).all()
    assert (event.kind, event.at, event.person_id) == ("company_applied", NOW, None)
    assert event.seconds >= 0
    assert event.payload == {
        "generation": 1,
        "sops_added": 2,
        "sops_changed": 0,
        "sops_removed": 0,
        "sops_rejected": 1,
        "people_added": 6,
        "people_deactivated": 0,
        "modules": 0,
        "tracks": 0,
        "lessons_rejected": 0,
    }


def without_people(count):
    return "".join(PEOPLE.splitlines(keepends=True)[: 1 + 6 - count])


def test_a_fifth_of_the_people_may_go_but_no_more_without_yes(database, company):
    folder = company({**SOPS, "company.yaml": ROLES, "people.csv": PEOPLE})
    apply(database, folder)
    company({"people.csv": without_people(2)})
    with pytest.raises(Refusal, match=r"2 of 6 people are missing from people\.csv .* with --yes"):
        apply(database, folder, LATER)
    company({"people.csv": without_people(1)})
    assert apply(database, folder, LATER).people.deactivated == 1
    # One of the five that are left is exactly a fifth.
    company({"people.csv": without_people(2)})
    assert apply(database, folder, LATER).people.deactivated == 1
    company({"people.csv": without_people(6)})
    assert apply(database, folder, LATER, may_shrink=True).people.deactivated == 4
    with database.session() as session:
        assert active_emails(session) == set()


def test_a_refusal_to_shrink_comes_before_the_long_part(database, company):
    folder = company({**SOPS, "company.yaml": ROLES, "people.csv": PEOPLE})
    apply(database, folder)
    company({"people.csv": without_people(6), "sops/new.md": "# New\n\nNever seen before.\n"})
    steps = []
    with pytest.raises(Refusal):
        apply(database, folder, LATER, on_step=steps.append)
    assert steps == []


def test_without_people_csv_people_stay_as_they_are(database, company):
    folder = company({**SOPS, "company.yaml": ROLES, "people.csv": PEOPLE})
    apply(database, folder)
    (folder / "people.csv").unlink()
    assert apply(database, folder, LATER).people is None
    with database.session() as session:
        assert len(active_emails(session)) == 6


def test_an_erased_person_stays_out_although_people_csv_names_them(database, company):
    folder = company({**SOPS, "company.yaml": ROLES, "people.csv": PEOPLE})
    apply(database, folder)
    with database.transaction() as session:
        erase_person(session, METADATA, find_person(session, "p3@example.test"), NOW, "ab" * 16)
    applied = apply(database, folder, LATER)
    assert (applied.erased_left_out, applied.people.added, applied.people.unchanged) == (1, 0, 5)
    assert "p3@example.test" not in str(rows(database))


def test_a_rehearsal_tells_what_an_apply_would_change_and_changes_nothing(database, company):
    folder = company({**SOPS, "company.yaml": ROLES, "people.csv": PEOPLE})
    apply(database, folder)
    before = rows(database)
    (folder / "sops/till.md").unlink()
    company({"sops/new.md": "# New\n\nNever seen before.\n", "people.csv": without_people(1)})
    rehearsed = rehearse_folder(read_folder(folder), database, LATER)
    assert rows(database) == before
    applied = apply(database, folder, LATER)
    assert rehearsed.ingestion is None
    assert (rehearsed.sops, rehearsed.people) == (applied.sops, applied.people)
    assert (applied.sops.added, applied.sops.removed, applied.people.deactivated) == (("new.md",), ("till.md",), 1)


def test_a_rehearsal_refuses_what_an_apply_refuses(database, company):
    folder = company({**SOPS, "company.yaml": ROLES, "people.csv": PEOPLE})
    apply(database, folder)
    company({"people.csv": without_people(3)})
    with pytest.raises(Refusal, match="3 of 6 people"):
        rehearse_folder(read_folder(folder), database, LATER)
    assert rehearse_folder(read_folder(folder), database, LATER, may_shrink=True).people.deactivated == 3
    company({"company.yaml": "roles: ["})
    with pytest.raises(Refusal, match="Correct this first"):
        rehearse_folder(read_folder(folder), database, LATER)


def _passages(session):
    query = select(SopDocument.file, func.min(SopPassage.id)).join(SopSection, SopSection.document_id == SopDocument.id)
    return session.execute(query.join(SopPassage).group_by(SopDocument.file)).all()


def test_lessons_are_stored_with_the_sops_and_go_with_their_files(database, company):
    folder = company({**TEACHABLE, "lessons/a.md": DELTA, "lessons/b.md": DELTA, "lessons/tracks/new.yaml": TRACK})
    apply(database, folder)
    before = rows(database, "events", "company_settings", "sop_generations", "sop_documents")
    assert (len(before["lessons"]), len(before["tracks"])) == (2, 1)
    apply(database, folder, LATER)
    assert rows(database, "events", "company_settings", "sop_generations", "sop_documents") == before
    company({"lessons/a.md": "# Broken\n"})
    (folder / "lessons/b.md").write_text(DELTA.replace("title: Promise", "title: Give"))
    (folder / "lessons/tracks/new.yaml").unlink()
    apply(database, folder, LATER)
    with database.session() as session:
        held = [(row.file, row.title) for row in session.scalars(select(LessonRow))]
        assert held == [("b.md", "Give an answer, not a refund")]
        assert tracks(session) == {}
        [_, _, event] = session.scalars(
            select(EventRow).where(EventRow.kind == "company_applied").order_by(EventRow.id)
        )
        assert [event.payload[key] for key in ("modules", "tracks", "lessons_rejected")] == [1, 0, 1]


def test_a_rehearsal_stores_no_lesson(database, company):
    rehearse_folder(
        read_folder(company({**TEACHABLE, "lessons/a.md": DELTA, "lessons/tracks/new.yaml": TRACK})), database, NOW
    )
    assert (rows(database)["lessons"], rows(database)["tracks"]) == ([], [])
