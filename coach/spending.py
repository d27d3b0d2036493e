"""Owns what a model may cost: prices, the limits of a day, and whether one more call fits."""

from dataclasses import dataclass
from decimal import Decimal

PER_MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class Prices:
    """Money for a million tokens sent (`into`) and written (`out`), in the company's currency."""

    into: Decimal = Decimal(0)
    out: Decimal = Decimal(0)

    def cost(self, tokens_in: int, tokens_out: int) -> Decimal:
        """Return what one call costs, unrounded."""
        return (self.into * tokens_in + self.out * tokens_out) / PER_MILLION


@dataclass(frozen=True)
class Spent:
    """Tokens sent and written together, and their price."""

    tokens: int = 0
    money: Decimal = Decimal(0)


@dataclass(frozen=True)
class Limits:
    """The most a day may cost; None is no limit."""

    tokens: int | None = None
    money: Decimal | None = None


def may_spend(today: Spent, limits: Limits, estimate: Spent) -> bool:
    """Say whether a call of about `estimate` still fits into the day."""
    fits_tokens = limits.tokens is None or today.tokens + estimate.tokens <= limits.tokens
    fits_money = limits.money is None or today.money + estimate.money <= limits.money
    return fits_tokens and fits_money
