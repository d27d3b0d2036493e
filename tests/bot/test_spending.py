"""The day's budget for models: what fits, what does not, and what two processes cannot both take."""

import threading
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.spending import reserve, settle, spent_on_day_of
from coach.spending import Limits, Spent
from tests.strategies import few, utc

HUNDRED = Limits(tokens=100)
NOW = utc(2026, 11, 23, 9)


def take(database, tokens, money="0", limits=HUNDRED, now=NOW, model="m"):
    with database.transaction() as session:
        return reserve(session, model, Spent(tokens, Decimal(money)), limits, now)


def spent(database, now=NOW):
    with database.session() as session:
        return spent_on_day_of(session, now)


def test_calls_fit_until_the_day_is_full_and_again_the_next_day(database):
    assert [take(database, 60), take(database, 41), take(database, 40)] == [True, False, True]
    assert spent(database).tokens == 100
    assert take(database, 100, now=NOW + timedelta(days=1))


def test_models_share_one_budget(database):
    assert take(database, 60, model="one")
    assert not take(database, 60, model="two")


def test_money_is_a_limit_of_its_own_to_the_millionth(database):
    limits = Limits(money=Decimal("0.000003"))
    assert [take(database, 1, "0.0000015", limits) for _ in range(2)] == [True, False]


def test_without_limits_everything_fits(database):
    assert all(take(database, 10**9, "1000", Limits()) for _ in range(3))


@few
@given(
    calls=st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 50), st.decimals(0, 1, places=6), st.decimals(0, 1, places=6))
    )
)
def test_what_is_settled_is_what_was_spent(database, calls):
    with database.rehearsal() as session:
        for tokens, used, money, cost in calls:
            reserved = Spent(tokens, money)
            assert reserve(session, "m", reserved, Limits(), NOW)
            settle(session, "m", reserved, Spent(used, cost), NOW)
        total = Spent(sum(used for _, used, _, _ in calls), sum((cost for *_, cost in calls), Decimal(0)))
        assert spent_on_day_of(session, NOW) == total


def test_two_that_ask_at_once_cannot_both_have_the_last_of_a_day(database):
    taken, start = [], threading.Barrier(8)

    def ask():
        start.wait()
        taken.append(take(database, 30))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 5 + [True] * 3
    assert spent(database).tokens == 90
