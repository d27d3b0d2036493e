"""Keeps what models use within the day's budget, whatever number of processes ask at once."""

from datetime import datetime
from decimal import ROUND_UP, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.tables import ModelDay
from coach.spending import Limits, Spent, may_spend
from metrics.db import insert_new

MILLIONTHS = 1_000_000


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


def _own_day(session: Session, model: str, now: datetime) -> ModelDay:
    insert_new(session, ModelDay, day=now.date(), model=model, begun_at=now, calls=0, tokens=0, money_millionths=0)
    # All of the day are held, so that two processes cannot both take the last of it.
    of_day = select(ModelDay).where(ModelDay.day == now.date()).order_by(ModelDay.model).with_for_update()
    return next(day for day in session.scalars(of_day.execution_options(populate_existing=True)) if day.model == model)


def _add(day: ModelDay, spent: Spent) -> None:
    day.tokens += spent.tokens
    day.money_millionths += int((spent.money * MILLIONTHS).to_integral_value(ROUND_UP))
