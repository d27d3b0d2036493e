"""A track from its assignment to its last sign-off, by real doors, in Slack and in Teams alike."""

import pytest

from bot.trial.shown import shown_text
from tests import slack_trial, teams_trial
from tests.slack_trial import FILES, until

TRACK = """title: New here
steps:
  - acknowledge: shop/keys.md @ 2
  - human: Count the keys with a colleague
    who: manager
    minutes: 10
  - sign_off: keys
    who: manager
"""
WITH_TRACK = {
    "company.yaml": FILES["company.yaml"].replace(
        "{title: Refunds}}", "{title: Refunds}, keys: {title: Keys, sign_off: true}}"
    ),
    "sops/shop/keys.md": f"---\ntitle: Keys of the till\nversion: 2\n---\n{FILES['sops/shop/keys.md']}",
    "lessons/tracks/new-here.yaml": TRACK,
}


class InSlack:
    """Ada and Cara in the trial workspace."""

    def __init__(self, trial):
        self.trial, self.manager, self.newcomer = trial, trial.manager(), trial.newcomer()

    def say(self, person, words):
        self.trial.act(person.say, person.dm(), words)

    def press(self, person, label):
        self.trial.act(person.press, label)

    def read_section(self, person):
        self.press(person, "Read Section 1")
        read = str(until(person.modal))
        person.close_view()
        return read

    def told(self, person):
        return shown_text(self.trial.by_coach(person, person.dm())[-1])

    def settle(self):
        self.trial.settle()


class InTeams:
    """Ada and Cara in the tenant."""

    def __init__(self, trial):
        self.trial, self.manager, self.newcomer = trial, trial.manager(), trial.newcomer()

    def say(self, person, words):
        self.trial.act(person.say, words)

    def press(self, person, label):
        self.trial.act(person.press, label)

    def read_section(self, person):
        before = len(person.by_coach())
        self.press(person, "Read Section 1")
        return " ".join(seen.words for seen in person.by_coach()[before:])

    def told(self, person):
        return self.trial.last(person).words

    def settle(self):
        self.trial.settle()


@pytest.fixture(params=[InSlack, InTeams], ids=["slack", "teams"])
def place(request, tmp_path, monkeypatch):
    for name, content in WITH_TRACK.items():
        monkeypatch.setitem(FILES, name, content)
    opened = slack_trial.trial if request.param is InSlack else teams_trial.teams_trial
    with opened(tmp_path) as trial:
        yield request.param(trial)


def tick(place):
    place.trial.serving.tick()
    place.settle()


def test_a_newcomer_goes_through_a_track_and_others_confirm_it_with_one_tap(place):
    ada, cara = place.manager, place.newcomer
    for person in (ada, cara):
        place.say(person, "hello")
    place.say(ada, "assign c0@example.test new here")
    assert "Cara Elm 0 is on “New here” now" in place.told(ada)
    tick(place)
    assert "Ada Oak put you on the track “New here”." in place.told(cara)
    place.press(cara, "Show My Track")
    assert "0 of 3 steps done" in place.told(cara)
    place.press(cara, "Read for Step 1")
    assert "The keys of the till hang in the safe." in place.read_section(cara)
    place.press(cara, "I Have Read It")
    place.say(cara, "track")
    assert "1 of 3 steps done" in place.told(cara)
    place.press(cara, "Ask About Step 2")
    place.press(cara, "Ask for Sign-Off, Step 3")
    tick(place)
    assert "Cara Elm 0: Count the keys with a colleague. Is it done?" in place.told(ada)
    place.press(ada, "Done")
    assert "Sign off Cara Elm 0 for Keys?" in place.told(ada)
    place.press(ada, "Sign Off")
    assert "Kept with your name and the date." in place.told(ada)
    place.say(cara, "track")
    assert "confirmed by Ada Oak" in place.told(cara)
