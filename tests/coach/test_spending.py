from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from coach.spending import Limits, Prices, Spent, may_spend

MONEY = st.decimals(0, 1000, places=4)
TOKENS = st.integers(0, 10**7)


def test_a_call_costs_by_the_million():
    assert Prices(Decimal(3), Decimal(15)).cost(2_000, 100) == Decimal("0.0075")
    assert Prices().cost(2_000, 100) == 0


def test_a_day_ends_at_either_limit():
    one = Spent(1_000, Decimal("0.01"))
    assert may_spend(Spent(), Limits(), one)
    assert may_spend(Spent(9_000), Limits(tokens=10_000), one)
    assert not may_spend(Spent(9_001), Limits(tokens=10_000), one)
    assert may_spend(Spent(0, Decimal("1.99")), Limits(money=Decimal(2)), one)
    assert not may_spend(Spent(0, Decimal("1.995")), Limits(money=Decimal(2)), one)


@given(st.lists(st.tuples(TOKENS, MONEY), max_size=20), TOKENS, MONEY)
def test_a_day_never_costs_more_than_its_limits(calls, tokens, money):
    limits, today = Limits(tokens, money), Spent()
    for call in calls:
        if may_spend(today, limits, Spent(*call)):
            today = Spent(today.tokens + call[0], today.money + call[1])
    assert today.tokens <= tokens
    assert today.money <= money
