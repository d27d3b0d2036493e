"""The progress of a team and of groups in words: who needs help with what, team by team, and no order of teams."""

from dataclasses import replace

import pytest

from bot.messages import Actions, Button, Chart, Link, Note, Table, Text
from bot.views.progress_team import (
    COLUMNS,
    MOST_SCRIPTS,
    MOST_TABLES,
    NONE_MASTERED,
    most_in_need,
    named_ids,
    names_of,
    skills_chart,
    team_message,
    team_takeaway,
)
from lessons.report import SkillCoverage
from tests.progress_values import (
    ANA,
    BY_SITE,
    CARA,
    COVERAGE,
    DAN,
    FOR_AUDITOR,
    MISSED,
    NOT_BEGUN,
    SCREEN,
    TEAM,
    WHOLE,
    ZOE,
    person,
)


def blocks(message, kind):
    return [block for block in message.blocks if isinstance(block, kind)]


def buttons(message):
    return [item for actions in blocks(message, Actions) for item in actions.items]


def test_the_takeaway_says_who_needs_help_with_what():
    message = team_message(TEAM, SCREEN)
    said = "3 of 4 need help: Dan (not started), Ana (Refunds) and Cara (no practice lately)."
    assert message.blocks[0] == Text(said, is_strong=True)
    assert message.text.startswith(said)
    assert team_takeaway(replace(TEAM, people=(ANA, ZOE))) == "1 of 2 needs help: Ana (Refunds)."
    assert team_takeaway(replace(TEAM, people=(ZOE,))) == "Nobody of 1 person needs help now."


def test_who_began_elsewhere_is_not_said_to_have_begun_nothing():
    begun = person(9, "Eve Ivy", needs=(NOT_BEGUN,))
    assert team_takeaway(replace(TEAM, people=(begun,))) == "1 of 1 needs help: Eve (First aid)."


def test_each_team_has_a_table_sorted_by_need():
    first, second = blocks(team_message(TEAM, SCREEN), Table)
    assert first == Table(
        "Millgate, by need for help; lessons of the last 30 days",
        COLUMNS,
        (
            ("Dan Fir", "First aid: not started", "0 of 1", "not yet", "3 (24 min)"),
            ("Zoë Ó Súilleabháin", "nothing now", "1 of 1", "21 Nov 2026", "3 (24 min)"),
        ),
    )
    assert [row[0] for row in second.rows] == ["Ana Oak", "Cara Elm"]


def test_teams_take_turns_so_that_none_comes_before_another():
    assert most_in_need(TEAM.people) == [DAN, ANA, CARA]
    of_one_team = [person(n, f"P{n}", "A", (MISSED,)) for n in range(8)]
    of_another = person(99, "Last", "B", (NOT_BEGUN,))
    assert most_in_need([*of_one_team, of_another])[:3] == [of_one_team[0], of_another, of_one_team[1]]


def test_a_check_in_is_offered_with_the_first_five():
    many = tuple(person(n, f"Person{n} Oak", needs=(MISSED,)) for n in range(9))
    message = team_message(replace(TEAM, people=many), SCREEN)
    scripts = [button for button in buttons(message) if button.action == "checkin_script"]
    assert [(button.label, button.value) for button in scripts] == [
        (f"Check-in Script: Person{n}", f"person:{n}") for n in range(MOST_SCRIPTS)
    ]
    assert not [
        button for button in buttons(team_message(replace(TEAM, people=(ZOE,)), SCREEN)) if "Check" in button.label
    ]


def test_two_of_one_first_name_are_told_apart():
    people = (ANA, CARA, person(8, "Ana Elm"))
    assert names_of(people) == {1: "Ana Oak", 3: "Cara", 8: "Ana Elm"}


def test_more_teams_than_fit_are_told_in_a_line_and_nobody_in_them_is_named():
    people = tuple(person(n, f"P{n} Oak", f"Team {n}", (MISSED,) if n < 3 else ()) for n in range(MOST_TABLES + 2))
    report = replace(TEAM, people=people)
    message = team_message(report, SCREEN)
    assert len(blocks(message, Table)) == MOST_TABLES
    [rest] = [block.text for block in blocks(message, Text) if block.text.startswith("Further teams.")]
    assert rest == (
        "Further teams. Team 4: 0 of 1 need help; Team 5: 0 of 1 need help. Write “progress team Team 4” to see one of "
        "them."
    )
    assert named_ids(report) == [0, 1, 2, 3]
    assert "P5" not in repr(message)


def test_whoever_a_button_names_is_named_even_beyond_the_tables():
    people = tuple(person(n, f"P{n} Oak", f"Team {n}", (MISSED,)) for n in range(MOST_TABLES + 2))
    report = replace(TEAM, people=people)
    message = repr(team_message(report, SCREEN))
    assert [n for n in range(len(people)) if f"P{n}" in message] == named_ids(report) == [0, 1, 2, 3, 4]


def test_groups_stand_beside_each_other_and_small_ones_show_their_size():
    message = team_message(BY_SITE, SCREEN)
    table = blocks(message, Table)[-1]
    assert table.caption == "By site, 24 Oct 2026 to 22 Nov 2026"
    assert table.columns == ("Site", "People", "Took part", "Quiz right", "Scenarios right", "Skills mastered")
    assert table.rows == (
        ("Quayside", "6", "6", "83% (up 33 points)", "75%", "44%"),
        ("Millgate", "3", "not shown", "not shown", "not shown", "not shown"),
    )
    assert any("fewer than 5 people took part" in note.text for note in blocks(message, Note))
    assert "Millgate: 3 people; figures not shown" in message.text


def test_an_auditor_sees_groups_without_a_name():
    message = team_message(FOR_AUDITOR, replace(SCREEN, own=""))
    assert message.text.startswith("9 people, 6 took part. Quiz answers right: 83%; scenarios: 75%; skills mastered:")
    assert "Counted: 24 Oct 2026 to 22 Nov 2026." in message.text
    assert not any(name in repr(message) for name in ("Ana", "Cara", "Dan", "Zoë"))
    assert [button.label for button in buttons(message)] == ["Export CSV"]


def test_an_auditor_of_a_small_company_sees_its_size_alone():
    hidden = replace(FOR_AUDITOR, whole=replace(WHOLE, figures=None), groups=FOR_AUDITOR.groups[1:])
    message = team_message(hidden, replace(SCREEN, own=""))
    assert message.text.startswith("9 people; too few of them took part to show more.")
    assert blocks(message, Chart) == []
    assert NONE_MASTERED not in message.text


def test_one_chart_shows_what_is_mastered():
    [chart] = blocks(team_message(TEAM, SCREEN), Chart)
    assert (chart.spec.kind, chart.spec.categories) == ("bar", ("Refunds", "Using the till"))
    assert chart.spec.series[0].values == (20.0, 75.0)
    assert chart.spec.takeaway == "Using the till: 3 of 4 mastered it; Refunds: 1 of 5."
    many = tuple(SkillCoverage(f"s{n}", f"Skill {n}", 30, n) for n in range(30))
    assert skills_chart(many).categories == tuple(f"Skill {n}" for n in range(20))


@pytest.mark.parametrize("skills", [(), (SkillCoverage("refunds", "Refunds", 3, 0),)])
def test_a_chart_of_nothing_is_not_drawn(skills):
    message = team_message(replace(TEAM, skills=skills), SCREEN)
    assert blocks(message, Chart) == []
    assert (Text(NONE_MASTERED) in message.blocks) == bool(skills)
    assert skills_chart(COVERAGE) is not None


def test_the_pages_are_linked_only_where_there_are_any():
    assert [item for item in buttons(team_message(TEAM, SCREEN)) if isinstance(item, Link)] == []
    linked = team_message(TEAM, replace(SCREEN, dashboard_url="https://coach.example.test/pages"))
    assert buttons(linked)[-2:] == [
        Button("Export CSV", "progress_csv", "csv:30"),
        Link("Open Dashboard", "https://coach.example.test/pages"),
    ]
    assert "https" not in linked.text


def test_a_manager_reads_how_they_do_themselves():
    assert Text("Your own progress. Quiz accuracy 81%.") in team_message(TEAM, SCREEN).blocks
    assert "own progress" not in repr(team_message(TEAM, replace(SCREEN, own="")))
