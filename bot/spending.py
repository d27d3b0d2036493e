"""Keeps what models use within the day's budget, whatever number of processes ask at once."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_UP, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import App
from bot.settings import Settings
from bot.tables import ModelDay
from coach.spending import Limits, Prices, Spent, may_spend
from metrics.db import insert_new

MILLIONTHS = 1_000_000


@dataclass(frozen=True)
class Reservation:
    """A call that is counted in its day until what it really used is known."""

    app: App
    model: str
    counted: Spent
    at: datetime

    def settle(self, tokens_in: int, tokens_out: int) -> None:
        """Count what the call used, in a transaction of its own."""
        with self.app.database.transaction() as session:
            settle(session, self.model, self.counted, _spent(self.app.settings, tokens_in, tokens_out), self.at)


def reserve_call(app: App, model: str, most_tokens_in: int, most_tokens_out: int) -> Reservation | None:
    """Count a call to come, in a transaction of its own; None where it does not fit into the day any more."""
    counted, now = _spent(app.settings, most_tokens_in, most_tokens_out), app.now()
    limits = Limits(app.settings.model_tokens_a_day, app.settings.model_money_a_day)
    with app.database.transaction() as session:
        fits = reserve(session, model, counted, limits, now)
    return Reservation(app, model, counted, now) if fits else None


def reserve(session: Session, model: str, estimate: Spent, limits: Limits, now: datetime) -> bool:
    """Count a call to come into its day (UTC), if it still fits; False, and nothing counted, where it does not."""
    own = _own_day(session, model, now)
    if not may_spend(spent_on_day_of(session, now), limits, estimate):
        return False
    own.calls += 1
    _add(own, estimate)
    return True


def settle(session: Session, model: str, reserved: Spent, spent: Spent, at: datetime) -> None:
    """Put what a call really used in place of what was counted for it; `at` is when that was reserved."""
    _add(_own_day(session, model, at), Spent(spent.tokens - reserved.tokens, spent.money - reserved.money))


def spent_on_day_of(session: Session, now: datetime) -> Spent:
    """Return what every model used on the day (UTC) of an instant."""
    days = session.scalars(select(ModelDay).where(ModelDay.day == now.date())).all()
    money = Decimal(sum(day.money_millionths for day in days)) / MILLIONTHS
    return Spent(sum(day.tokens for day in days), money)


def _spent(settings: Settings, tokens_in: int, tokens_out: int) -> Spent:
    prices = Prices(settings.model_price_in, settings.model_price_out)
    return Spent(tokens_in + tokens_out, prices.cost(tokens_in, tokens_out))


def _own_day(session: Session, model: str, now: datetime) -> ModelDay:
    insert_new(session, ModelDay, day=now.date(), model=model, begun_at=now, calls=0, tokens=0, money_millionths=0)
    # All of the day are held, so that two processes cannot both take the last of it.
    of_day = select(ModelDay).where(ModelDay.day == now.date()).order_by(ModelDay.model).with_for_update()
    return next(day for day in session.scalars(of_day.execution_options(populate_existing=True)) if day.model == model)


def _add(day: ModelDay, spent: Spent) -> None:
    day.tokens += spent.tokens
    day.money_millionths += int((spent.money * MILLIONTHS).to_integral_value(ROUND_UP))
