"""The sample company's lessons hold: each is read, fits its minutes, quotes its SOP, and leads somewhere in a track."""

from collections import Counter

import pytest

from bot.company import read_folder
from bot.trial.conversation import SAMPLE_COMPANY
from lessons.adapt import for_roles
from lessons.budget import PHASES, estimate

FOLDER = read_folder(SAMPLE_COMPANY)
MODULES = {module.file: module for module in FOLDER.shelf.modules}
TRACKS = {track.name: track for track in FOLDER.shelf.tracks}
NOTES = MODULES["handoff-notes.md"]
# Of its minutes, at 200 words a minute: somebody who reads a little slower is still in time.
MOST_OF_A_PART = 0.96


def test_every_file_is_read_without_a_word():
    assert FOLDER.mistakes == ()
    assert FOLDER.shelf.rejected == ()
    assert FOLDER.shelf.notes == ()


def test_every_skill_has_a_module_and_there_are_at_least_twelve():
    assert len(MODULES) >= 12
    assert {module.skill for module in MODULES.values()} == set(FOLDER.company.skills)


def test_all_kinds_are_practised():
    kinds = Counter(item.kind for module in MODULES.values() for item in module.items)
    assert min(kinds[kind] for kind in ("choice", "order", "spot", "write")) >= 5


@pytest.mark.parametrize("file", MODULES)
def test_a_module_has_something_to_practise_to_ask_oneself_and_to_think_about(file):
    module = MODULES[file]
    phases = Counter(item.phase for item in module.items)
    assert phases["practice"] >= 2
    assert phases["reflection"] >= 1
    assert module.closing.endswith("?")
    if module.minutes.total == 11:
        assert 3 <= phases["practice"] <= 5
    assert all(item.why for item in module.items)


@pytest.mark.parametrize("file", MODULES)
def test_a_part_leaves_its_minutes_some_room(file):
    module = MODULES[file]
    seconds = estimate(for_roles(module, []))
    for phase in PHASES:
        assert seconds[phase] <= MOST_OF_A_PART * 60 * getattr(module.minutes, phase)


def test_several_modules_are_of_the_pattern_and_several_shorter():
    totals = Counter(module.minutes.total for module in MODULES.values())
    assert totals[11] >= 4
    assert sum(times for total, times in totals.items() if total < 11) >= 4


def test_neither_place_nor_length_gives_the_right_answer_away():
    choices = [item for module in MODULES.values() for item in module.items if item.kind == "choice"]
    longest = [item for item in choices if len(item.options[item.right]) == max(map(len, item.options))]
    assert len(longest) < len(choices) / 2
    for number in (3, 4):
        places = Counter(item.right for item in choices if len(item.options) == number)
        assert max(places.values()) <= 2 * min(places[place] for place in range(number))


def test_the_tracks_lead_into_the_work():
    onboarding = [track for track in TRACKS.values() if track.is_onboarding]
    assert [track.roles for track in onboarding] == [("sales associate",)]
    assert len(TRACKS) - len(onboarding) >= 2
    assert any(track.is_required and track.due_days for track in TRACKS.values())
    for track in TRACKS.values():
        assert {"module", "acknowledge", "human"} <= {step.kind for step in track.steps}
    signed_off = {step.subject for track in TRACKS.values() for step in track.steps if step.kind == "sign_off"}
    assert signed_off == {key for key, skill in FOLDER.company.skills.items() if skill.sign_off}
    assert "allergens" in signed_off


def test_clearer_handoff_notes_are_taught_in_three_roles():
    of = [track for track in TRACKS.values() if any(step.subject == NOTES.file for step in track.steps)]
    assert {role for track in of for role in track.roles} == {"support desk", "sales desk", "shift lead"}


def test_a_role_changes_the_words_of_the_handoff_notes_and_nothing_that_counts():
    told = [for_roles(NOTES, [role]) for role in ("support desk", "sales desk", "shift lead")]
    assert len({module.cards for module in told}) == 3
    assert len({tuple(item.situation for item in module.items) for module in told}) == 3
    same = {
        tuple((item.slug, item.right, item.quote, item.options, item.key_points, item.step) for item in module.items)
        for module in told
    }
    assert len(same) == 1
    assert not any("{" in part.text for module in told for card in module.cards for part in card.parts)
