"""The block lessons: of company.yaml: what it means, and every mistake in it at its line and column."""

import re
from datetime import date
from pathlib import Path

import pytest

from bot.company_file import Company, read_company
from bot.lessons_block import without_person
from lessons.hours import Hours
from lessons.rules import Cohort, When, read_when


def read(*lines):
    return read_company("\n".join(lines) + "\n", [])


def test_without_the_block_nobody_is_sent_anything_unasked():
    rules = Company().lesson_rules()
    assert rules.cohorts == ()
    assert rules.quiet == Hours(20 * 60, 7 * 60)


def test_every_key_is_read_and_survives_being_stored():
    company, mistakes = read(
        "roles: [cashier]",
        "working_days: [monday, saturday]",
        "holidays: [2026-12-25]",
        "lessons:",
        "  weekly_minutes: 25",
        "  quiet_hours: 21:00-06:30",
        "  reminder_hours: 4",
        "  cohorts:",
        "    till:",
        "      roles: [cashier]",
        "      teams: [Quayside]",
        "      sites: [Quay]",
        "      people: [Ada@x.example]",
        "      when: [15 minutes before shift, at 12:30]",
        "      minutes: 8",
        "      hours: {monday: 09:00-17:00}",
        "      channel: slack:C0123",
        "    rest: {when: [end of friday]}",
    )
    assert mistakes == []
    rules = company.lesson_rules()
    assert (rules.weekly_minutes, rules.quiet, rules.reminder_hours) == (25, Hours(1260, 390), 4)
    assert (rules.working_days, rules.holidays) == ({0, 5}, {date(2026, 12, 25)})
    till, rest = rules.cohorts
    assert till == Cohort(
        "till",
        (When("before_shift", 15), When("at_time", at_minute=750)),
        8,
        frozenset({"cashier"}),
        frozenset({"Quayside"}),
        frozenset({"Quay"}),
        frozenset({"ada@x.example"}),
        {0: Hours(540, 1020)},
        "slack:C0123",
    )
    assert rest == Cohort("rest", (When("end_of_day", weekday=4),))
    assert Company.model_validate(company.model_dump(mode="json")).lesson_rules() == rules


@pytest.mark.parametrize(
    ("lines", "mistake"),
    [
        (
            ["  quiet_hours: 20:00"],
            "line 2, column 3: quiet_hours: '20:00' is not two different times like 20:00-07:00.",
        ),
        (["  weekly_minutes: 0"], "line 2, column 3: weekly_minutes: must be greater than or equal to 1."),
        (["  cohort: {}"], "line 2, column 3: the key 'cohort' is not known here. Correct or remove it."),
        (["  cohorts: {all: {}}"], "line 2, column 13: when: is missing. Add it."),
        (
            ["  cohorts:", "    all:", "      when: [at 25:00]"],
            "line 4, column 14: when: '25:00' is not a time like 08:45.",
        ),
        (
            ["  cohorts:", "    all:", "      when: [at 08:00]", "      hours: {monday: nine}"],
            "line 5, column 15: monday: 'nine' is not two different times like 20:00-07:00.",
        ),
        (
            ["  cohorts:", "    all: {when: [at 06:00]}"],
            "line 1, column 1: lessons: the cohort 'all' has 'at 06:00', which lies in the quiet hours 20:00-07:00.",
        ),
        (
            ["  cohorts:", "    all: {when: [after sale], roles: [boss]}"],
            "line 3, column 39: the role 'boss' is not listed under roles:. Add it there or correct it.",
        ),
        (
            ["  cohorts:", "    all: {when: [after sale], channel: lessons}"],
            "line 3, column 31: channel: 'lessons' is not a channel by its id, like slack:C0123ABCD or "
            "teams:19:abc@thread.tacv2; a name alone cannot be found.",
        ),
    ],
)
def test_each_mistake_is_told_at_its_place(lines, mistake):
    assert read("lessons:", *lines)[1] == [f"company.yaml {mistake}"]


def test_who_is_erased_leaves_their_cohort_and_a_cohort_of_theirs_alone_goes():
    company, _ = read(
        "lessons:",
        "  cohorts:",
        "    both: {when: [after sale], people: [Ada@x.example, bo@x.example]}",
        "    ada: {when: [after sale], people: [ada@x.example]}",
        "    all: {when: [after sale]}",
    )
    left = without_person(company.model_dump(mode="json")["lessons"], "ada@x.example")
    rules = Company.model_validate({"lessons": left}).lesson_rules()
    assert [(cohort.name, cohort.people) for cohort in rules.cohorts] == [("both", {"bo@x.example"}), ("all", set())]


def test_the_example_of_the_page_is_read():
    page = (Path(__file__).parents[2] / "docs" / "schedule.md").read_text(encoding="utf-8")
    company, mistakes = read(*page.partition("```yaml\n")[2].partition("```")[0].splitlines())
    assert mistakes == []
    assert [cohort.name for cohort in company.lesson_rules().cohorts] == ["desk", "office"]
    for row in page.partition("|---|---|\n")[2].partition("\n\n")[0].splitlines():
        for words in re.findall("`([^`]+)`", row.split("|")[1]):
            assert read_when(words)
