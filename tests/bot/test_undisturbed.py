"""Who is asked about before nudges go out: those who have one due, fifty at a time, on every platform they are on."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.in_process import InProcessPlatform
from bot.messages import NotSent
from bot.queue import resume_sending
from bot.tables import Connection
from bot.undisturbed import undisturbed_people
from metrics.people import PlatformIdentity
from tests.lessons.people import add_person, make_nudge

DUE, LATER = 110, 120


@pytest.fixture
def ids(database, now):
    """120 people on Slack, all but the last ten with a nudge due; the first one is on Teams too."""
    with database.transaction() as session:
        for platform in ("slack", "teams"):
            resume_sending(session, platform, "T1", now)
        people = [add_person(session, now, f"p{number}") for number in range(LATER)]
        for number, person in enumerate(people):
            session.add(PlatformIdentity(person_id=person.id, platform="slack", platform_user_id=f"U{number}"))
            make_nudge(session, person, "at_time", now + timedelta(hours=number >= DUE))
        session.add(PlatformIdentity(person_id=people[0].id, platform="teams", platform_user_id="U1"))
        return [person.id for person in people]


@pytest.fixture
def platforms(now):
    return {name: InProcessPlatform(lambda: now, name=name) for name in ("slack", "teams")}


def test_fifty_are_asked_about_at_once_and_only_those_with_something_due(database, ids, platforms, now):
    slack = platforms["slack"]
    slack.paused |= {"U7", "U109", "U115"}
    assert undisturbed_people(database, platforms, now) == {ids[7], ids[109]}
    assert [len(asked) for asked in slack.asked] == [50, 50, 10]
    assert frozenset.union(*slack.asked) == {f"U{number}" for number in range(DUE)}


def test_somebody_is_asked_about_on_each_platform_they_are_on_by_their_account_there(database, ids, platforms, now):
    platforms["teams"].paused.add("U1")
    assert undisturbed_people(database, platforms, now) == {ids[0]}
    assert platforms["teams"].asked == [{"U1"}]


def test_a_platform_that_fails_is_not_asked_on_and_what_others_said_counts(database, ids, platforms, now):
    platforms["slack"].fail(NotSent("ratelimited", 30))
    platforms["slack"].paused.add("U7")
    platforms["teams"].paused.add("U1")
    with capture_logs() as lines:
        assert undisturbed_people(database, platforms, now) == {ids[0]}
    assert platforms["slack"].asked == []
    assert [(line["event"], line["platform"]) for line in lines] == [("do_not_disturb_unknown", "slack")]


class Tiring(InProcessPlatform):
    """Says it once, then asks to wait."""

    def undisturbed(self, user_ids):
        if self.asked:
            raise NotSent("ratelimited", 30)
        return super().undisturbed(user_ids)


def test_what_was_said_before_a_platform_failed_counts(database, ids, now):
    slack = Tiring(lambda: now, name="slack")
    slack.paused |= {"U7", "U109"}
    assert undisturbed_people(database, {"slack": slack}, now) == {ids[7]}
    assert len(slack.asked) == 1


def test_a_platform_that_is_not_connected_or_not_there_is_not_asked(database, ids, platforms, now):
    assert undisturbed_people(database, {}, now) == set()
    with database.transaction() as session:
        session.execute(update(Connection).values(is_stopped=True))
    assert undisturbed_people(database, platforms, now) == set()
    assert platforms["slack"].asked == platforms["teams"].asked == []


def test_with_nothing_due_nobody_is_asked_about(database, ids, platforms, now):
    assert undisturbed_people(database, platforms, now - timedelta(minutes=1)) == set()
    assert platforms["slack"].asked == []
