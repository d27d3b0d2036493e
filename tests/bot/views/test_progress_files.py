"""Progress as CSV and JSON: the numbers of the report and no others, and nothing of a group too small to show."""

import csv
import io
import json
from dataclasses import replace

from bot.views.progress_files import GROUP_COLUMNS, PEOPLE_COLUMNS, as_json, own_csv, team_csv
from metrics.tallies import Tally
from tests.progress_values import ANA, BY_SITE, FOR_AUDITOR, MYSELF, NEWCOMER, TEAM, ZONE


def table(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_people_stand_in_the_order_of_the_report_with_their_skills():
    rows = table(team_csv(TEAM, ZONE))
    assert list(rows[0]) == [*PEOPLE_COLUMNS, "Refunds", "Using the till"]
    assert [row["person"] for row in rows] == [each.whose.name for each in TEAM.people]
    ana = next(row for row in rows if row["person"] == "Ana Oak")
    assert ana == {
        "person": "Ana Oak",
        "team": "Quayside",
        "site": "",
        "roles": "",
        "skills_mastered": "1",
        "skills_needed": "3",
        "needs_help_with": "Refunds: step 3 missed twice at work; First aid: not started",
        "lessons": "3",
        "minutes": "24",
        "last_practised_at_utc": "2026-11-21T20:00:00+00:00",
        "Refunds": "Practising",
        "Using the till": "Mastered",
    }
    assert {row["last_practised_at_utc"] for row in rows if row["person"] == "Dan Fir"} == {""}


def test_a_name_is_no_formula():
    bad = replace(ANA, whose=replace(ANA.whose, name='=HYPERLINK("http://x")', team="+1"))
    (row,) = table(team_csv(replace(TEAM, people=(bad,)), ZONE))
    assert (row["person"], row["team"]) == ('\'=HYPERLINK("http://x")', "'+1")


def test_groups_too_small_to_show_give_their_size_alone():
    rows = table(team_csv(BY_SITE, ZONE))
    assert list(rows[0]) == list(GROUP_COLUMNS)
    whole, quayside, millgate = (tuple(row.values()) for row in rows)
    assert whole == ("everybody", "9", "6", "44", "3", "24", "83", "75", "")
    assert quayside == ("Quayside", "6", "6", "44", "3", "24", "83", "75", "")
    assert millgate == ("Millgate", "3", *[""] * 7)


def test_what_too_few_of_a_group_did_is_empty_and_not_nothing():
    whole = BY_SITE.whole
    few = replace(whole, figures=replace(whole.figures, tally=Tally(answered=16, right=13)))
    (row,) = table(team_csv(replace(BY_SITE, whole=few, groups=()), ZONE))
    assert (row["practised"], row["lessons"], row["minutes"], row["quiz_right_percent"]) == ("6", "", "", "81")
    told = as_json(replace(BY_SITE, whole=few))["whole"]["figures"]
    assert (told["lessons"], told["minutes"]) == (None, None)


def test_who_sees_no_names_gets_groups_whether_asked_for_or_not():
    assert team_csv(FOR_AUDITOR, ZONE) == team_csv(BY_SITE, ZONE)
    assert table(team_csv(replace(FOR_AUDITOR, by=None, groups=()), ZONE))[0]["group"] == "everybody"


def test_own_practice_goes_to_its_person_skill_by_skill():
    rows = table(own_csv(MYSELF))
    assert [tuple(row.values()) for row in rows] == [
        ("Refunds", "Practising", "yes", "8", "5", "0", "0"),
        ("Using the till", "Mastered", "yes", "8", "8", "0", "0"),
        ("First aid", "Not started", "yes", "", "", "", ""),
    ]
    # Of somebody else there are no answers to write.
    assert {(row["answered"], row["right"]) for row in table(own_csv(ANA))} == {("", "")}


def test_json_holds_what_the_report_holds():
    told = as_json(BY_SITE)
    assert json.loads(json.dumps(told)) == told
    assert [person["whose"]["name"] for person in told["people"]] == [each.whose.name for each in BY_SITE.people]
    quayside, millgate = told["groups"]
    assert quayside["figures"] == {
        "practised": 6,
        "skills_mastered": 4,
        "skills_needed": 9,
        "coverage": 4 / 9,
        "lessons": 3,
        "minutes": 24.0,
        "accuracy": 13 / 16,
        "quiz_accuracy": 10 / 12,
        "scenario_accuracy": 3 / 4,
        "application": None,
    }
    assert quayside["before"]["accuracy"] == 0.5
    assert (millgate["people"], millgate["figures"], millgate["before"]) == (3, None, None)
    assert told["groups_period"]["until"] == "2026-11-23T00:00:00+00:00"


def test_json_of_a_person_says_how_they_answered_to_themselves_alone():
    told = as_json(MYSELF)
    assert json.loads(json.dumps(told)) == told
    assert (told["skills_mastered"], told["skills_needed"]) == (1, 3)
    assert (told["own"]["tally"]["accuracy"], told["own"]["before"]["accuracy"]) == (13 / 16, 0.5)
    assert told["own"]["by_skill"]["till"]["right"] == 8
    assert as_json(ANA)["own"] is None
    assert as_json(NEWCOMER)["own"]["tally"]["accuracy"] is None
