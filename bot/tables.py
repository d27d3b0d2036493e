"""Owns the tables of the doors, and the metadata of every room's tables for migrations, export and erase."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer
from sqlalchemy.orm import Mapped, mapped_column

import coach.tables  # noqa: F401 (importing a room's tables registers them)
import metrics.events.record
import metrics.people
import metrics.privacy  # noqa: F401
from metrics.db import Base, UtcInstant, kept

METADATA = Base.metadata
ONLY_ROW = 1


class CompanySettings(Base):
    """company.yaml as last applied; one row, since one deployment serves one company."""

    __tablename__ = "company_settings"
    __table_args__ = {"info": kept("until the next apply")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    applied_at: Mapped[datetime] = mapped_column(UtcInstant)
