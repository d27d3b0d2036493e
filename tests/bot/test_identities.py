"""Who somebody is: asked once a day, but for who is no member."""

from datetime import timedelta

import pytest

from bot.identities import Identities
from bot.messages import Identity, NotSent


@pytest.fixture
def asked():
    return []


@pytest.fixture
def who(now, asked):
    clock = [now]
    identities = Identities(lambda: clock[0])

    def who(is_member=True, hours=0, error=None):
        clock[0] = now + timedelta(hours=hours)

        def ask():
            asked.append(hours)
            if error:
                raise error
            return Identity("U1", is_member)

        return identities.get("U1", ask)

    return who


def test_a_member_is_asked_for_once_a_day(who, asked):
    assert [who(hours=hours).is_member for hours in (0, 23, 24)] == [True, True, True]
    assert asked == [0, 24]


def test_who_is_no_member_may_be_one_a_moment_later(who, asked):
    assert [who(is_member=False).is_member, who().is_member, who().is_member] == [False, True, True]
    assert len(asked) == 2


def test_a_failure_is_not_remembered(who, asked):
    with pytest.raises(NotSent):
        who(error=NotSent("down"))
    assert who().is_member
    assert len(asked) == 2
