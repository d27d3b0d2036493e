"""Reading track files: what they hold, and one precise sentence with its place for every mistake in one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.ingest import Rejection
from lessons.intake import Shelf
from lessons.skills import SkillRule
from lessons.track_file import is_track, read_tracks
from lessons.tracks import TRACK, Step, Track
from metrics.policy import Audience
from tests.lessons.good_module import REFUNDS, ROLES, SOPS, parse
from tests.strategies import many

SECRET = replace(REFUNDS, file="managers/pay.md", audience=Audience(frozenset({"shift lead"})))
DOCUMENTS = (*SOPS.values(), SECRET)
SKILLS = {"refunds": SkillRule("refunds", "Refunds"), "allergens": SkillRule("allergens", "Allergens", sign_off=True)}
PAY = replace(parse(), file="pay.md", roles=(), teaches=(replace(parse().teaches[0], sop="managers/pay.md"),))
SHELF = Shelf((parse(file="a.md"), PAY), rejected=(Rejection("broken.md", "has no title."),))
WHOLE = """title: New at the counter
roles: [sales associate]
is_onboarding: yes
required: yes
due_days: 30
steps:
  - module: a.md
  - acknowledge: stores/refunds.md @ 4.2
    minutes: 5
  - human: Shadow a colleague for one shift
    who: shift lead
    minutes: 240
  - sign_off: allergens
    who: manager
"""


def read(text, file="tracks/new-at-the-counter.yaml", skills=SKILLS, roles=ROLES):
    return read_tracks(SHELF, [(file, text.encode(errors="replace"))], skills, roles, DOCUMENTS)


def test_a_track_is_read_whole():
    shelf = read(WHOLE)
    assert (shelf.modules, shelf.rejected, shelf.notes) == (SHELF.modules, SHELF.rejected, ())
    [track] = shelf.tracks
    assert track == Track(
        name="new-at-the-counter",
        title="New at the counter",
        steps=(
            Step("module", "a.md"),
            Step("acknowledge", "stores/refunds.md@4.2", who="self", minutes=5),
            Step("human", "shadow-a-colleague-for-one-shift", "Shadow a colleague for one shift", "shift lead", 240),
            Step("sign_off", "allergens", who="manager"),
        ),
        roles=("sales associate",),
        is_onboarding=True,
        is_required=True,
        due_days=30,
    )
    assert TRACK.validate_json(TRACK.dump_json(track)) == track


def test_a_track_needs_no_more_than_a_title_and_a_step():
    [track] = read("title: Short\nsteps: [{module: a.md}]\n", "tracks/desk/short.yml").tracks
    assert track == Track("desk/short", "Short", (Step("module", "a.md"),))


def test_a_step_somebody_confirms_of_themselves():
    [track] = read(WHOLE.replace("who: shift lead", "who: self")).tracks
    assert track.steps[2].who == "self"


BROKEN = {
    "no mapping": (
        WHOLE,
        "- a\n",
        "line 1, column 1: this is not a list of `key: value` lines. Begin with title: and steps:.",
    ),
    "no YAML": (
        "title: New",
        "title: [New",
        "line 2, column 6: expected ',' or ']', but got ':'. Check the spelling and the indentation there.",
    ),
    "a key twice": ("due_days: 30", "title: Again", "line 5, column 1: the key 'title' is written twice. Keep one."),
    "an unknown key": (
        "due_days: 30",
        "due: 30",
        "line 5, column 1: the key 'due' is not known here. There are title, roles, is_onboarding, required, due_days, "
        "steps.",
    ),
    "no title": (
        "title: New at the counter\n",
        "",
        "line 1, column 1: title: has no words. Write them after the colon, in quotes if they hold one.",
    ),
    "a long title": ("New at", "New " * 60 + "at", "line 1, column 1: title: has 254 characters; 200 fit. Shorten it."),
    "an unknown role": (
        "[sales associate]",
        "[sales associate, boss]",
        "line 2, column 26: the role 'boss' is not listed under roles: in company.yaml. Correct one.",
    ),
    "one unknown role": (
        "[sales associate]",
        "boss",
        "line 2, column 1: the role 'boss' is not listed under roles: in company.yaml. Correct one.",
    ),
    "roles that are no list": (
        "[sales associate]",
        "{a: b}",
        "line 2, column 1: roles: is not a list. Write roles: [sales associate].",
    ),
    "perhaps required": (
        "required: yes",
        "required: perhaps",
        "line 4, column 1: required: is neither yes nor no. Write one of them.",
    ),
    "no days": (
        "due_days: 30",
        "due_days: 0",
        "line 5, column 1: due_days: is not a whole number from 1 to 365. Correct it.",
    ),
    "no steps": (
        WHOLE[WHOLE.index("steps:") :],
        "steps: []\n",
        "line 6, column 1: a track has 1 to 30 steps:. Write one after each -.",
    ),
    "an unknown kind of step": (
        "module: a.md",
        "lesson: a.md",
        "line 7, column 5: a step is one of module:, acknowledge:, human:, sign_off:. Write exactly one of them.",
    ),
    "two steps in one": (
        "    minutes: 5",
        "    module: a.md",
        "line 8, column 5: a step is one of module:, acknowledge:, human:, sign_off:. Write exactly one of them.",
    ),
    "a key a step does not have": (
        "  - module: a.md\n",
        "  - module: a.md\n    minutes: 3\n",
        "line 8, column 5: the key 'minutes' is not known in a step module:. Take it out.",
    ),
    "a step twice": (
        "  - module: a.md\n",
        "  - module: a.md\n  - module: a.md\n",
        "line 8, column 5: this step stands in the track twice. Keep one.",
    ),
    "an unknown module": (
        "module: a.md",
        "module: z.md",
        "line 7, column 5: there is no module 'z.md' in lessons/. Correct the name or take the step out.",
    ),
    "a module its role may not take": (
        "module: a.md",
        "module: pay.md",
        "line 7, column 5: a sales associate may not read managers/pay.md, which pay.md teaches. Take the step or the"
        " role out.",
    ),
    "a module for other roles": (
        "[sales associate]",
        "[shift lead]",
        "line 7, column 5: a.md is not for the role 'shift lead'. Add it to roles: there or take the step out.",
    ),
    "an unknown SOP": (
        "stores/refunds.md @",
        "refunds.md @",
        "line 8, column 5: 'refunds.md' is not among the SOPs that can be read. Write a path such as "
        "stores/refunds.md @ 4.",
    ),
    "an SOP its role may not read": (
        "stores/refunds.md @",
        "managers/pay.md @",
        "line 8, column 5: a sales associate may not read managers/pay.md. Take the step or the role out.",
    ),
    "a version that stood before": (
        "@ 4.2",
        "@ 4.1",
        "line 8, column 5: version 4.1 of stores/refunds.md does not stand any more. Write stores/refunds.md @ 4.2.",
    ),
    "no version": (
        " @ 4.2",
        "",
        "line 8, column 5: stores/refunds.md needs its version here. Write stores/refunds.md @ 4.2.",
    ),
    "an SOP without a version": (
        "stores/refunds.md @ 4.2",
        "till.txt @ 1",
        "line 8, column 5: till.txt states no version to acknowledge. Write version: in its front matter.",
    ),
    "nobody to confirm": (
        "    who: shift lead\n",
        "",
        "line 10, column 5: a step human: needs who:. Write who confirms it: a role, manager or self.",
    ),
    "an unknown role to confirm": (
        "who: shift lead",
        "who: boss",
        "line 11, column 5: 'boss' is neither a role of company.yaml nor manager nor self.",
    ),
    "no minutes": (
        "    minutes: 240\n",
        "",
        "line 10, column 5: a step human: needs minutes:. Write how long it takes, 1 to 2400.",
    ),
    "more minutes than a week": (
        "minutes: 240",
        "minutes: 2401",
        "line 12, column 5: minutes: is not a whole number from 1 to 2400. Correct it.",
    ),
    "a sign-off of oneself": (
        "who: manager",
        "who: self",
        "line 14, column 5: nobody signs off themselves. Write a role or manager.",
    ),
    "a sign-off by nobody": (
        "    who: manager\n",
        "",
        "line 13, column 5: a step sign_off: needs who:. Write who confirms it: a role or manager.",
    ),
    "an unknown skill": (
        "sign_off: allergens",
        "sign_off: juggling",
        "line 13, column 5: company.yaml lists no skill 'juggling'. Add it there or correct it.",
    ),
    "a skill that needs none": (
        "sign_off: allergens",
        "sign_off: refunds",
        "line 13, column 5: the skill 'refunds' needs no sign-off. Write sign_off: true beside it in company.yaml.",
    ),
    "words of no letters": (
        "Shadow a colleague for one shift",
        "…",
        "line 10, column 5: these words have no letter from a to z. Write what to do.",
    ),
}


@pytest.mark.parametrize(("old", "new", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_every_broken_track_gets_its_one_precise_sentence(old, new, sentence):
    assert old in WHOLE
    shelf = read(WHOLE.replace(old, new, 1))
    assert shelf.tracks == ()
    assert shelf.rejected == (*SHELF.rejected, Rejection("tracks/new-at-the-counter.yaml", sentence))


def test_a_broken_track_is_rejected_alone():
    files = [("tracks/a.yaml", WHOLE.encode()), ("tracks/b.yaml", b"\xff"), ("tracks/a.yml", WHOLE.encode())]
    shelf = read_tracks(SHELF, files, SKILLS, ROLES, DOCUMENTS)
    assert [track.name for track in shelf.tracks] == ["a"]
    assert [(one.file, one.reason[:20]) for one in shelf.rejected[1:]] == [
        ("tracks/b.yaml", "is not UTF-8: line 1"),
        ("tracks/a.yml", "has the same name as"),
    ]


def test_a_name_must_be_one_word_to_be_written_in_a_command():
    [rejection] = read(WHOLE, "tracks/new people.yaml").rejected[1:]
    assert rejection.reason.startswith("has a name with spaces or more than 200 characters. Rename it")


def test_a_track_with_a_rejected_module_is_kept_and_says_so():
    shelf = read(WHOLE.replace("module: a.md", "module: broken.md"))
    assert shelf.tracks[0].steps[0] == Step("module", "broken.md")
    assert shelf.notes == (
        "tracks/new-at-the-counter.yaml names broken.md, which was rejected. Until that is corrected the step is left "
        "out.",
    )


def test_without_a_readable_company_file_no_role_and_no_skill_is_blamed():
    text = WHOLE.replace("who: shift lead", "who: boss").replace("sign_off: allergens", "sign_off: juggling")
    assert len(read(text, skills=None, roles=None).tracks) == 1


def test_tracks_are_yaml_in_their_folder():
    names = ["tracks/a.yaml", "tracks/b/c.YML", "a.yaml", "tracks/a.md", "x/tracks/a.yaml"]
    assert [name for name in names if is_track(name)] == ["tracks/a.yaml", "tracks/b/c.YML"]


@many
@given(st.text(max_size=200), st.integers(0, len(WHOLE)))
def test_whatever_stands_in_a_file_is_a_track_or_a_sentence(noise, place):
    for text in (noise, WHOLE[:place] + noise + WHOLE[place:]):
        shelf = read(text)
        assert len(shelf.tracks) + len(shelf.rejected) - len(SHELF.rejected) == 1
        assert all(step.minutes <= 2400 for track in shelf.tracks for step in track.steps)
