"""Definitions: the page in docs/ is the one in the code, and what they name exists."""

import re
from pathlib import Path
from typing import get_args

from metrics.definition import WORK_EVENTS, Reader
from metrics.definitions import CHAPTERS, DEFINITIONS, definitions_page
from metrics.events.kinds import Event, ItemAnswered, QuestionAsked

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "metrics.md").read_text()
# What the issue of this page asks to have defined.
ASKED_FOR = """
frequency minutes completion quiz_accuracy scenario_accuracy confidence calibration brier streak coverage mastery
practice_mistakes work_mistakes error_reduction confidence_gain consistency drop_off time_over_budget first_application
application adherence weekly_askers helpful returned nudges_ignored muted questions repeated_questions
time_to_proficiency velocity benchmark independence needs reinforcement
"""
# What managers and who looks after Coach see of one person: skills, needs, lessons and minutes, and how soon.
OF_ONE_PERSON = {
    *("mastery", "coverage", "needs", "minutes", "completion"),
    *("velocity", "benchmark", "independence"),
}


def test_the_page_in_docs_is_an_introduction_and_what_the_code_says():
    introduction, _, rest = PAGE.partition("## Skill\n")
    assert "## Skill\n" + rest == definitions_page()
    assert introduction.startswith("# ")
    assert "##" not in introduction


def test_everything_asked_for_is_defined_once():
    assert set(DEFINITIONS) == set(ASKED_FOR.split())
    defined = [definition for _, definitions in CHAPTERS for definition in definitions]
    assert len(defined) == len(DEFINITIONS)
    assert len({definition.title for definition in defined}) == len(defined)
    assert all(DEFINITIONS[key].key == key and re.fullmatch("[a-z_]+", key) for key in DEFINITIONS)


def test_what_a_source_names_exists():
    kinds = {event.kind for event in get_args(Event)} | {WORK_EVENTS}
    for definition in DEFINITIONS.values():
        assert definition.kinds
        assert set(definition.kinds) <= kinds, definition.key
        assert (ROOT / definition.code).is_file(), definition.key
        assert definition.code in definition.source


def test_a_sentence_is_one_for_somebody_on_shift():
    for definition in DEFINITIONS.values():
        assert definition.sentence.endswith("."), definition.key
        assert len(definition.sentence.split()) <= 45, definition.key
        assert not definition.formula.endswith("."), definition.key
        assert len(definition.title) <= 40, definition.key


def test_others_see_of_one_person_only_what_the_policy_grants():
    others = {Reader.MANAGER, Reader.ADMIN}
    assert {key for key, each in DEFINITIONS.items() if others & set(each.seen_by)} == OF_ONE_PERSON
    assert not any(Reader.AUDITOR in each.seen_by or Reader.OWN in each.groups_seen_by for each in DEFINITIONS.values())
    assert all(each.seen_by or each.groups_seen_by for each in DEFINITIONS.values())
    answers = {QuestionAsked.kind, ItemAnswered.kind}
    private = [each for each in DEFINITIONS.values() if set(each.kinds) <= answers]
    assert private
    assert all(set(each.seen_by) <= {Reader.OWN} for each in private)


def test_no_line_of_the_page_turns_into_a_point_by_being_wrapped():
    continued = [line for line in definitions_page().splitlines() if line.startswith("  ")]
    assert continued
    assert [line for line in continued if re.match(r"\s+(?:[-+*]|\d+[.)])\s", line)] == []
    assert max(map(len, definitions_page().splitlines())) <= 120
