"""Owns the tables of the doors, and the metadata of every room's tables for migrations, export and erase."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Date, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

# Importing a room's tables registers them.
import coach.conflict_tables
import coach.tables  # noqa: F401
import lessons.tables  # noqa: F401
import metrics.events.record
import metrics.link_codes
import metrics.looks
import metrics.people
import metrics.privacy
import metrics.work  # noqa: F401
from metrics.db import CLEARS_WITH_ACCOUNT, GOES_WITH_ACCOUNT, Base, UtcInstant, kept

METADATA = Base.metadata
ONLY_ROW = 1
KEY_DAYS = 30


class CompanySettings(Base):
    """company.yaml as last applied, and where its folder was; one row, since one deployment serves one company."""

    __tablename__ = "company_settings"
    __table_args__ = {"info": kept("until the next apply")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    applied_at: Mapped[datetime] = mapped_column(UtcInstant)
    folder: Mapped[str | None] = mapped_column(String(4000))


class InboxItem(Base):
    """One thing that came in. `state` is new, working, done or dead; `body` (an Incoming) is emptied when done.

    `lease_token` grows with each claim: only its newest holder may finish the row.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index(None, "state", "run_at"),
        {
            # Events name their causes by it.
            "sqlite_autoincrement": True,
            "info": kept("words until handled (7 days if it failed), its key 30 days", days=KEY_DAYS),
        },
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(300), unique=True)
    platform: Mapped[str] = mapped_column(String(16))
    account: Mapped[str | None] = mapped_column(String(220), index=True, info=GOES_WITH_ACCOUNT)
    body_hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    received_at: Mapped[datetime] = mapped_column(UtcInstant)
    state: Mapped[str] = mapped_column(String(16))
    run_at: Mapped[datetime] = mapped_column(UtcInstant)
    lease_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    lease_token: Mapped[int] = mapped_column(Integer, default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None] = mapped_column(String(200))
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class OutboxItem(Base):
    """One message to send, replace or take back. `state` is new, sending, sent, unknown, dead or cancelled.

    `operation` is post, update or delete; the message acted upon is `target_id`, or whatever the row `after_key` sent.
    `priority` 0 is an answer, 10 a nudge. `account` is the one person it is for, if any; `quotes_sops` outlives the
    question it answers. Address, message and account are emptied when done.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(None, "state", "priority", "run_at"),
        {
            "sqlite_autoincrement": True,
            "info": kept("words until sent (7 days if that failed), its key 30 days", days=KEY_DAYS),
        },
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(300), unique=True)
    platform: Mapped[str] = mapped_column(String(16))
    operation: Mapped[str] = mapped_column(String(8))
    address: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    message: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    target_id: Mapped[str | None] = mapped_column(String(100))
    after_key: Mapped[str | None] = mapped_column(String(300))
    priority: Mapped[int] = mapped_column(Integer)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("asked_questions.id", ondelete="SET NULL"))
    quotes_sops: Mapped[bool] = mapped_column(Boolean, default=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    account: Mapped[str | None] = mapped_column(String(220), index=True, info=GOES_WITH_ACCOUNT)
    state: Mapped[str] = mapped_column(String(16))
    run_at: Mapped[datetime] = mapped_column(UtcInstant)
    lease_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    lease_token: Mapped[int] = mapped_column(Integer, default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None] = mapped_column(String(200))
    platform_id: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class AnswerClaim(Base):
    """One message that is answered once, however often and in whatever order the platform delivers it.

    `first_key` is the outbox row of its first answer, which an edit replaces and a deletion takes back.
    """

    __tablename__ = "answer_claims"
    __table_args__ = (
        UniqueConstraint("workspace", "channel", "message_id", "edited_id"),
        {"info": kept("30 days", days=KEY_DAYS, since="claimed_at")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    workspace: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(200))
    message_id: Mapped[str] = mapped_column(String(100))
    edited_id: Mapped[str] = mapped_column(String(100))
    account: Mapped[str | None] = mapped_column(String(220), index=True, info=GOES_WITH_ACCOUNT)
    first_key: Mapped[str | None] = mapped_column(String(300))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("asked_questions.id", ondelete="SET NULL"))
    claimed_at: Mapped[datetime] = mapped_column(UtcInstant)


class SpokenThread(Base):
    """A thread in a channel where Coach has spoken: who last asked there, and whether somebody else wrote since."""

    __tablename__ = "spoken_threads"
    __table_args__ = (
        UniqueConstraint("workspace", "channel", "thread_id"),
        {"info": kept("30 days", days=KEY_DAYS, since="last_asked_at")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    workspace: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(200))
    thread_id: Mapped[str] = mapped_column(String(100))
    last_asker: Mapped[str | None] = mapped_column(String(220), index=True, info=CLEARS_WITH_ACCOUNT)
    last_asked_at: Mapped[datetime] = mapped_column(UtcInstant)
    interrupted_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class DirectAddress(Base):
    """The direct conversation with a person on a platform, as JSON of ours.

    `blocked_at` is since when they do not let Coach write there: no lesson is sent until they write again.
    """

    __tablename__ = "direct_addresses"
    __table_args__ = (UniqueConstraint("person_id", "platform"), {"info": kept("as long as the person")})

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    platform: Mapped[str] = mapped_column(String(16))
    address: Mapped[dict[str, Any]] = mapped_column(JSON)
    seen_at: Mapped[datetime] = mapped_column(UtcInstant)
    blocked_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class StoredAddress(Base):
    """How a conversation is reached on a platform that says so with each message, as JSON of ours; newest wins.

    `account` is whose direct conversation it is, None for one of several people.
    """

    __tablename__ = "stored_addresses"
    __table_args__ = (
        UniqueConstraint("platform", "conversation"),
        {"info": kept("13 months after it was last used", days=395, since="seen_at")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    platform: Mapped[str] = mapped_column(String(16))
    conversation: Mapped[str] = mapped_column(String(200))
    account: Mapped[str | None] = mapped_column(String(220), index=True, info=GOES_WITH_ACCOUNT)
    reach: Mapped[dict[str, Any]] = mapped_column(JSON)
    seen_at: Mapped[datetime] = mapped_column(UtcInstant)


class RateBucket(Base):
    """How many calls a method or channel has left; shared by every process that sends."""

    __tablename__ = "rate_buckets"
    __table_args__ = {"info": kept("a day after its last use; it names nobody")}

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    tokens: Mapped[float] = mapped_column(Float)
    filled_at: Mapped[datetime] = mapped_column(UtcInstant)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcInstant)


class Connection(Base):
    """Whether Coach may speak on a platform. `reason` is a constant: uninstalled, token_revoked or the platform's.

    `reach` is how its conversations are reached where none has an address of its own.
    """

    __tablename__ = "connections"
    __table_args__ = {"info": kept("as long as the platform is connected")}

    platform: Mapped[str] = mapped_column(String(16), primary_key=True)
    workspace: Mapped[str] = mapped_column(String(64))
    is_stopped: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str | None] = mapped_column(String(100))
    reach: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    changed_at: Mapped[datetime] = mapped_column(UtcInstant)


class DeploymentKey(Base):
    """A secret of this deployment, made when first needed; `name` says what for, `value` is hexadecimal."""

    __tablename__ = "deployment_keys"
    __table_args__ = {"info": kept("as long as the deployment; it names nobody")}

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(64))


class ModelDay(Base):
    """What one model used on one day (UTC), of every process together; a call under way counts as estimated.

    `money_millionths` are millionths of the company's currency.
    """

    __tablename__ = "model_days"
    __table_args__ = {"info": kept("13 months; it names nobody", days=395, since="begun_at")}

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    model: Mapped[str] = mapped_column(String(200), primary_key=True)
    begun_at: Mapped[datetime] = mapped_column(UtcInstant)
    calls: Mapped[int] = mapped_column(Integer)
    tokens: Mapped[int] = mapped_column(BigInteger)
    money_millionths: Mapped[int] = mapped_column(BigInteger)


class SignInLink(Base):
    """A link that signs one person in to the pages, once, until `expires_at`; only a hash of its token is kept."""

    __tablename__ = "sign_in_links"
    __table_args__ = {"info": kept("a day after it ended", days=1, since="expires_at")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    used_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class WebSession(Base):
    """Somebody signed in to the pages until `expires_at` or `ended_at`; only a hash of the cookie's token is kept."""

    __tablename__ = "web_sessions"
    __table_args__ = {"info": kept("a day after it ended", days=1, since="expires_at")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    begun_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
