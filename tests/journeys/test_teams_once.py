"""However often and in whatever order Teams delivers something, it is answered once."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from bot.tables import InboxItem
from bot.teams import windows
from coach.tables import AskedQuestion
from metrics.events.record import EventRow
from tests import slack_trial, teams_trial
from tests.slack_trial import ANSWER, OTHER_ANSWER, OTHER_QUESTION, QUESTION, until
from tests.teams_cards import pressable

MENTIONS, DIRECT, CHATTER, EDITED, DELETED = 111, 60, 69, 30, 30
EVENTS, COPIES = 300, 2
PEOPLE, ROOMS, AT_ONCE = DIRECT, 8, 6
SEED = 7


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    with teams_trial.teams_trial(tmp_path_factory.mktemp("trial")) as running:
        yield running
        assert running.connector.rejections == []


@pytest.fixture
def room(trial, cara):
    return trial.tenant.channel(f"Till {len(trial.tenant.places)}", cara.user, trial.manager().user)


def outcomes(trial):
    return Counter(
        row.payload.get("outcome", row.kind)
        for row in trial.rows(EventRow)
        if row.cause is not None and row.cause.startswith("inbox:")
    )


def newest(person, label, conversation=None):
    return next(seen for seen in reversed(person.by_coach(conversation)) if label in pressable(seen.activity))


def at_once(person, sent, times):
    """Deliver the same so many times at the same moment."""
    with ThreadPoolExecutor(times) as posting:
        return [each.result().status for each in [posting.submit(person.again, sent) for _ in range(times)]]


@pytest.mark.parametrize("times", [2, 4])
def test_what_is_delivered_again_is_one_question(trial, cara, room, times):
    before = outcomes(trial)
    asked = [trial.act(cara.say, QUESTION), trial.act(cara.mention, QUESTION, room)]
    for sent in asked:
        assert at_once(cara, sent, times - 1) == [200] * (times - 1)
    trial.settle()
    assert sum(ANSWER in seen.words for seen in cara.by_coach()) == 1
    assert len(cara.by_coach(room)) == 1
    assert outcomes(trial) - before == {"question_asked": 2}


def test_copies_that_come_at_the_same_moment_are_one_question(trial, cara):
    post, caught = cara.post, []
    cara.post = lambda activity: (caught.append(activity), (200, ""))[1]
    asked = cara.say(QUESTION)
    cara.post = post
    assert at_once(cara, asked, 8) == [200] * 8
    trial.settle()
    assert sum(ANSWER in seen.words for seen in cara.by_coach()) == 1


@contextmanager
def busy(trial):
    """Let whoever handles something of a newcomer wait until the end; yields how to wait for that."""
    gate, is_waiting = threading.Event(), threading.Event()

    def wait(call):
        if call.name == "member":
            is_waiting.set()
            gate.wait(5)

    trial.connector.faults = wait
    try:
        yield lambda: until(is_waiting.is_set)
    finally:
        gate.set()
        trial.connector.faults = None


def test_while_an_answer_takes_its_time_teams_is_not_kept_waiting(trial, cara):
    with busy(trial) as is_being_handled:
        asked = cara.say(QUESTION)
        assert asked.status == 200
        assert is_being_handled()
        # Teams delivers again what it believes unheard, as it does after 15 seconds.
        assert at_once(cara, asked, 3) == [200] * 3
        assert cara.by_coach() == []
    trial.settle()
    assert sum(ANSWER in seen.words for seen in cara.by_coach()) == 1
    assert [item.state for item in trial.rows(InboxItem) if item.key.endswith(f":{asked.id}")] == ["done"]


@pytest.mark.parametrize("where", ["alone", "room"])
def test_a_question_deleted_before_it_is_answered_keeps_no_answer(trial, cara, room, where):
    conversation = room if where == "room" else None
    with busy(trial) as is_being_handled:
        asked = cara.mention(QUESTION, room) if conversation else cara.say(QUESTION)
        assert is_being_handled()
        assert cara.delete(asked.id).status == 200
    trial.settle()
    assert [seen for seen in cara.by_coach(conversation) if ANSWER in seen.words] == []


def without_limits(trial, monkeypatch):
    """Let nobody wait for Teams: people here do in a second what takes them minutes."""
    slack_trial.without_limits(monkeypatch)
    monkeypatch.setattr(windows, "LIMITS", ((10**6, 1),))
    monkeypatch.setattr(trial.connector, "limits_rates", False)


def test_presses_ratings_and_edits_delivered_again_change_nothing(trial, cara, room, monkeypatch):
    without_limits(trial, monkeypatch)
    trial.act(cara.slash, QUESTION, room)
    shared = trial.act(cara.press, "Share in Channel")
    rated = trial.act(cara.rate, "like", newest(cara, "Read the Section").id)
    question = trial.act(cara.mention, QUESTION, room)
    edited = trial.act(cara.edit, question.id, OTHER_QUESTION)
    trial.act(cara.say, "lesson")
    answered = trial.act(cara.press, "Start")
    installed = trial.act(cara.install)
    read = trial.act(cara.press, "Read the Section")
    before, stored = trial.connector.standing(), trial.everything_stored()
    for sent in (shared, rated, question, edited, answered, *installed, read):
        assert set(at_once(cara, sent, 2)) == {200}
        trial.settle()
    assert trial.connector.standing() == before
    after = trial.everything_stored()
    assert {name for name, rows in after.items() if rows != stored[name]} == set()


def test_a_button_pressed_twice_has_one_effect(trial, cara, room):
    trial.act(cara.slash, QUESTION, room)
    seen = newest(cara, "Share in Channel")
    before = outcomes(trial)
    with ThreadPoolExecutor(4) as posting:
        pressing = [posting.submit(cara.press_late, seen, "Share in Channel") for _ in range(4)]
        assert {each.result().status for each in pressing} == {200}
    trial.settle()
    assert len(cara.by_coach(room)) == 1
    assert outcomes(trial) - before == {"shared": 1, "closed": 3}


def test_an_exercise_answered_twice_at_once_counts_once(trial, cara):
    trial.act(cara.say, "lesson")
    for label in ("Start", "To Practice"):
        trial.act(cara.press, label)
    seen = newest(cara, "B: Call a manager.")
    before = outcomes(trial)
    labels = ["A: Pay it back in cash.", "B: Call a manager."] * 2
    with ThreadPoolExecutor(4) as posting:
        list(posting.map(lambda label: cara.press_late(seen, label), labels))
    trial.settle()
    assert outcomes(trial) - before == {"lesson_chosen": 1, "lesson_shown_again": 3}


class Storm:
    """What people do within a moment, held back, then delivered in disorder and more than once."""

    def __init__(self, trial, chance, share):
        self.trial, self.chance = trial, chance
        self.held, self.lock = [], threading.Lock()
        self.people = [trial.newcomer() for _ in range(PEOPLE)]
        users = [person.user for person in self.people]
        self.rooms = [trial.tenant.channel(f"Room {number}", *users, hears_all=True) for number in range(ROOMS)]
        for person in self.people:
            self.post, person.post = person.post, self._hold
        self.asked, self.edited, self.deleted = {}, set(), set()
        self._happen(*(number // share for number in (MENTIONS, DIRECT, CHATTER, EDITED, DELETED)))

    def _hold(self, activity):
        self.held.append(activity)
        return 200, ""

    def _happen(self, mentions, direct, chatter, edits, deletions):
        for _ in range(mentions):
            person, room = self.chance.choice(self.people), self.chance.choice(self.rooms)
            self.asked[person.mention(QUESTION, room).id] = person, room
        # What one asked before tells what the next question means, so nobody asks Coach alone twice.
        for person in self.people[:direct]:
            self.asked[person.say(QUESTION).id] = person, None
        for _ in range(chatter):
            self.chance.choice(self.people).say(QUESTION, self.chance.choice(self.rooms))
        chosen = self.chance.sample(sorted(self.asked), edits + deletions)
        self.edited, self.deleted = set(chosen[:edits]), set(chosen[edits:])
        for id_ in sorted(self.edited):
            self.asked[id_][0].edit(id_, OTHER_QUESTION)
        for id_ in sorted(self.deleted):
            self.asked[id_][0].delete(id_)

    def break_loose(self):
        """Deliver everything; return the statuses."""
        deliveries = self.held * COPIES
        self.chance.shuffle(deliveries)
        # A deletion does not say what it deletes: in company it concerns Coach only where Coach has heard that.
        begun = {}
        for place, activity in enumerate(deliveries):
            begun.setdefault((activity["id"], activity["type"]), place)
        for id_ in self.deleted:
            first, gone = begun[id_, "message"], begun[id_, "messageDelete"]
            if self.asked[id_][1] is not None and gone < first:
                deliveries[first], deliveries[gone] = deliveries[gone], deliveries[first]
        with ThreadPoolExecutor(AT_ONCE) as posting:
            return Counter(status for status, _ in posting.map(self.post, deliveries))

    def answers(self):
        """Count the answers that stand by their conversation or thread, each with whether it is of an edit."""
        standing = Counter()
        for place in list(self.trial.tenant.places.values()):
            for seen in self.trial.connector.messages(place.id, place.members[0]):
                if seen.by == self.trial.tenant.bot_id and (ANSWER in seen.words or OTHER_ANSWER in seen.words):
                    standing[seen.root or place.id, OTHER_ANSWER in seen.words] += 1
        return standing

    def expected(self):
        standing = Counter()
        for id_ in self.asked.keys() - self.deleted:
            person, room = self.asked[id_]
            standing[id_ if room else self.trial.tenant.personal(person.user).id, id_ in self.edited] += 1
        return standing


def test_three_hundred_events_doubled_and_reordered_get_one_answer_each(tmp_path, database_url, monkeypatch):
    # All of them once; the other database shows with fewer that it claims and locks alike.
    share = 1 if database_url.startswith("sqlite") else 3
    with teams_trial.teams_trial(tmp_path, database_url) as trial:
        without_limits(trial, monkeypatch)
        storm = Storm(trial, random.Random(SEED), share)
        assert len(storm.held) == EVENTS // share
        assert storm.break_loose() == {200: EVENTS // share * COPIES}
        trial.settle(240)
        assert storm.answers() == storm.expected()
        trial.assert_counts_agree(kept=(EVENTS - CHATTER) // share)
        kept = {row.words for row in trial.rows(AskedQuestion)}
        assert kept <= {QUESTION, OTHER_QUESTION}
