"""Rosters in a company folder: found, checked with the people, loaded by an apply, left alone by an ingest."""

from sqlalchemy import select

from bot.company import apply_folder, read_folder, stored_company
from bot.erasing import erase_everything
from bot.trial.conversation import SAMPLE_COMPANY
from coach.embed import WordHashEmbedder
from lessons.tables import Leave, Shift
from metrics.people import find_person
from tests.conftest import NOW

SOP = "# Refunds\n\nAsk for the receipt.\n"
PEOPLE = "name,email,role\nAda,ada@x.example,\nBo,bo@x.example,\n"
FOLDER = {
    "sops/refunds.md": SOP,
    "people.csv": PEOPLE,
    "shifts.csv": "email,date,starts,ends\nada@x.example,2026-11-24,08:15,16:15\n",
    "leave.csv": "email,from,to\nbo@x.example,2026-11-24,2026-11-30\n",
    "company.yaml": "lessons: {cohorts: {ada: {people: [ada@x.example], when: [before shift]}}}\n",
}


def counted(database):
    with database.session() as session:
        return len(session.scalars(select(Shift)).all()), len(session.scalars(select(Leave)).all())


def test_an_apply_loads_rosters_and_an_ingest_leaves_them(database, company):
    folder = company(FOLDER)
    for _ in range(2):
        apply_folder(read_folder(folder), database, WordHashEmbedder(), NOW)
        assert counted(database) == (1, 1)
    (folder / "shifts.csv").unlink()
    apply_folder(read_folder(folder, with_people=False), database, WordHashEmbedder(), NOW)
    assert counted(database) == (1, 1)
    apply_folder(read_folder(folder), database, WordHashEmbedder(), NOW)
    assert counted(database) == (0, 1)


def test_mistakes_in_rosters_are_told_with_the_others(company, tmp_path):
    outside = tmp_path / "elsewhere.ics"
    outside.write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    folder = company(
        FOLDER
        | {
            "shifts.csv": "email,date,starts,ends\ncy@x.example,2026-11-24,08:15,16:15\n",
            "shifts/ada@x.example.ics": "hello",
            "company.yaml": "lessons: {cohorts: {desk: {teams: [Desk], when: [before shift]}}}\n",
        }
    )
    (folder / "calls.ics").symlink_to(outside)
    assert list(read_folder(folder).mistakes) == [
        "calls.ics is a link to outside the company folder. Copy the file itself.",
        "shifts.csv line 2: 'cy@x.example' is not in people.csv. Add the person or take the line out.",
        "shifts/ada@x.example.ics is not an iCalendar file. Export it again as .ics.",
        "company.yaml: nobody in people.csv belongs to the cohort 'desk'. Correct who it names.",
    ]


def test_an_erased_person_leaves_rosters_and_cohorts_and_does_not_come_back(database, company):
    folder = company(FOLDER)
    apply_folder(read_folder(folder), database, WordHashEmbedder(), NOW)
    with database.transaction(is_alone=True) as session:
        erase_everything(session, find_person(session, "ada@x.example"), NOW, "0" * 32)
        assert stored_company(session).lesson_rules().cohorts == ()
    apply_folder(read_folder(folder), database, WordHashEmbedder(), NOW, may_shrink=True)
    assert counted(database) == (0, 1)


def test_the_sample_company_sends_lessons_to_whom_it_has_shifts_of():
    folder = read_folder(SAMPLE_COMPANY)
    assert not folder.mistakes
    assert folder.rosters is not None
    assert [len(each) for each in vars(folder.rosters).values()] == [169, 2, 1]
    rules = folder.company.lesson_rules()
    cohorts = {
        person.email: rules.cohort_of(person.email, person.roles, person.team, person.site)
        for person in folder.people or ()
    }
    assert all(cohorts[shift.email] for shift in folder.rosters.shifts)
    assert {cohort.name for cohort in cohorts.values() if cohort} == {"desk", "stores"}
    assert rules.workflows == {"client_call"}
