"""Owns the tables of the practice: modules and tracks as applied, what is planned and under way, what is known."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from metrics.db import NAMES_ANOTHER, Base, UtcInstant, kept


class LessonRow(Base):
    """One module file as last applied; `content` is the module as JSON, `version` counts its changes from 1."""

    __tablename__ = "lessons"
    __table_args__ = {"info": kept("while the lesson is in the company folder")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file: Mapped[str] = mapped_column(String(1000), unique=True)
    title: Mapped[str] = mapped_column(String(500))
    skill: Mapped[str] = mapped_column(String(100))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Integer, default=1)
    changed_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class TrackRow(Base):
    """One track as last applied; `name` is its file without the ending, `content` the track as JSON."""

    __tablename__ = "tracks"
    __table_args__ = {"info": kept("while the track is in the company folder")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    title: Mapped[str] = mapped_column(String(500))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class TrackAssignment(Base):
    """A track somebody is on. `assigned_by_id` is None where it came with their role; `ended_at` when it was done."""

    __tablename__ = "track_assignments"
    __table_args__ = (UniqueConstraint("person_id", "track"), {"info": kept("as long as the person")})

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    track: Mapped[str] = mapped_column(String(200))
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), info=NAMES_ANOTHER)
    assigned_at: Mapped[datetime] = mapped_column(UtcInstant)
    due_on: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class Confirmation(Base):
    """Something about one person that somebody confirms with one tap.

    `kind` is step (a human step of a track), sign_off (a skill, by another person), acknowledge (an SOP's version),
    applied ("I used this"), applied_seen (a manager saw it), or module: a lesson of a track that ended. `subject` names
    it within its kind, such as "new-at-the-counter/shadow-a-colleague" or "stores/refunds.md@4.2". `asked_id` is who is
    to answer, then who did, None for the person themselves; `answer` is yes or no.
    """

    __tablename__ = "confirmations"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "subject"),
        {"info": kept("as long as the person: it is the evidence of required training")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(400))
    asked_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), info=NAMES_ANOTHER)
    asked_at: Mapped[datetime] = mapped_column(UtcInstant)
    due_on: Mapped[date | None] = mapped_column(Date)
    answer: Mapped[str | None] = mapped_column(String(10))
    answered_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class LessonRun(Base):
    """One lesson of one person, from its offer to its end; at most one of theirs is offered or open.

    `content` is the course as shown (lessons.run.Course), `progress` what was answered so far, `position` the place in
    it. `token` is what the buttons of the standing message carry: each step has its own, so a press on an old one is
    known. `message_key` is the outbox row whose message shows the run. `state` is offered, open, completed, abandoned
    (left open until another took its place) or dropped (never opened). `module` is None for a review of several,
    `module_version` the version it had when it was offered.
    """

    __tablename__ = "lesson_runs"
    __table_args__ = (
        Index(None, "person_id", "state"),
        {"info": kept("13 months", days=395, since="offered_at")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    nudge_id: Mapped[int | None] = mapped_column(ForeignKey("nudges.id", ondelete="SET NULL"))
    token: Mapped[str] = mapped_column(String(32), unique=True)
    module: Mapped[str | None] = mapped_column(String(1000))
    module_version: Mapped[int | None] = mapped_column(Integer)
    skill: Mapped[str] = mapped_column(String(100))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    progress: Mapped[dict[str, Any]] = mapped_column(JSON)
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    minutes: Mapped[float] = mapped_column(Float)
    message_key: Mapped[str | None] = mapped_column(String(300))
    offered_at: Mapped[datetime] = mapped_column(UtcInstant)
    opened_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class Nudge(Base):
    """One message of practice for one person on one local date; `state` is planned, queued, sent, missed or unknown.

    `slot` says what it is for, such as "before_shift", "reminder" or "requested". It is due at `due_at` and missed
    after `late_at`. `reason` is a constant: why it was missed, or was put back. `content` is the choice planned for it,
    as JSON.
    """

    __tablename__ = "nudges"
    __table_args__ = (
        UniqueConstraint("person_id", "local_on", "slot"),
        Index(None, "state", "due_at"),
        {"info": kept("13 months", days=395, since="due_at")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id", ondelete="SET NULL"))
    local_on: Mapped[date] = mapped_column(Date)
    slot: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(40))
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    due_at: Mapped[datetime] = mapped_column(UtcInstant)
    late_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class CohortPost(Base):
    """The one message in a channel that offers a cohort its practice on one date; states as those of Nudge."""

    __tablename__ = "cohort_posts"
    __table_args__ = (
        UniqueConstraint("cohort", "local_on", "slot"),
        Index(None, "state", "due_at"),
        {"info": kept("13 months", days=395, since="due_at")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    cohort: Mapped[str] = mapped_column(String(100))
    local_on: Mapped[date] = mapped_column(Date)
    slot: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[datetime] = mapped_column(UtcInstant)
    late_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class ItemMemory(Base):
    """What one person is thought to remember of one item; `item` is "file#slug". See lessons.memory for its units.

    `answered` and `right` count attempts, `missed_in_row` those wrong since the last right one. `step` is the step of
    the SOP it is about; `last_score` and `last_confidence` are 0-1.
    """

    __tablename__ = "item_memories"
    __table_args__ = (UniqueConstraint("person_id", "item"), {"info": kept("as long as the person")})

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    item: Mapped[str] = mapped_column(String(1200))
    skill: Mapped[str] = mapped_column(String(100))
    step: Mapped[int | None] = mapped_column(Integer)
    stability: Mapped[float] = mapped_column(Float)
    difficulty: Mapped[float] = mapped_column(Float)
    answered: Mapped[int] = mapped_column(Integer)
    right: Mapped[int] = mapped_column(Integer)
    missed_in_row: Mapped[int] = mapped_column(Integer)
    last_score: Mapped[float] = mapped_column(Float)
    last_confidence: Mapped[float | None] = mapped_column(Float)
    last_at: Mapped[datetime] = mapped_column(UtcInstant)


class RecallModel(Base):
    """What one person's answers taught about predicting their recall; `content` is lessons.recalibration as JSON."""

    __tablename__ = "recall_models"
    __table_args__ = {"info": kept("as long as the person")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant)


class SkillAbility(Base):
    """How able one person is thought to be in one skill (see lessons.ability), and since when it is mastered.

    `stale_since` is when a section taught for it changed: mastery waits until they completed a lesson about it since.
    """

    __tablename__ = "skill_abilities"
    __table_args__ = (UniqueConstraint("person_id", "skill"), {"info": kept("as long as the person")})

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    skill: Mapped[str] = mapped_column(String(100))
    estimate: Mapped[float] = mapped_column(Float)
    answered: Mapped[int] = mapped_column(Integer)
    mastered_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    stale_since: Mapped[datetime | None] = mapped_column(UtcInstant)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant)


class Preference(Base):
    """What somebody chose about being written to. Minutes of the day count from midnight in their zone.

    `is_weekly` since three nudges in a row were ignored (`ignored_in_row`) or by choice; `quiet_from` and `quiet_to`
    are their own quiet hours. `is_digest_stopped` says that a manager wants no digest and no early warning.
    """

    __tablename__ = "preferences"
    __table_args__ = {"info": kept("as long as the person")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), unique=True)
    is_stopped: Mapped[bool] = mapped_column(Boolean, default=False)
    is_weekly: Mapped[bool] = mapped_column(Boolean, default=False)
    weekly_since: Mapped[datetime | None] = mapped_column(UtcInstant)
    ignored_in_row: Mapped[int] = mapped_column(Integer, default=0)
    paused_until: Mapped[date | None] = mapped_column(Date)
    minutes_before_shift: Mapped[int | None] = mapped_column(Integer)
    at_minute: Mapped[int | None] = mapped_column(Integer)
    quiet_from: Mapped[int | None] = mapped_column(Integer)
    quiet_to: Mapped[int | None] = mapped_column(Integer)
    weekly_minutes: Mapped[int | None] = mapped_column(Integer)
    is_digest_stopped: Mapped[bool] = mapped_column(Boolean, default=False)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant)


class Shift(Base):
    """When somebody works, as last applied."""

    __tablename__ = "shifts"
    __table_args__ = (
        UniqueConstraint("person_id", "starts_at"),
        {"info": kept("60 days after it ended", days=60, since="ends_at")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(UtcInstant)
    ends_at: Mapped[datetime] = mapped_column(UtcInstant)
    site: Mapped[str | None] = mapped_column(String(200))


class Appointment(Base):
    """Something at work practice can come before or after, such as a client call; `kind` is its workflow."""

    __tablename__ = "appointments"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "starts_at"),
        {"info": kept("60 days", days=60, since="starts_at")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(100))
    starts_at: Mapped[datetime] = mapped_column(UtcInstant)


class Leave(Base):
    """Days somebody is away, both included."""

    __tablename__ = "leaves"
    __table_args__ = (
        UniqueConstraint("person_id", "from_on"),
        {"info": kept("as last applied, until the next apply")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date] = mapped_column(Date)


class LearningDay(Base):
    """A workshop on a skill that somebody took part in; practice that follows it up is planned by itself."""

    __tablename__ = "learning_days"
    __table_args__ = (UniqueConstraint("person_id", "skill", "held_on"), {"info": kept("as long as the person")})

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    skill: Mapped[str] = mapped_column(String(100))
    held_on: Mapped[date] = mapped_column(Date)


class LessonDraft(Base):
    """A module drafted from an SOP, waiting for a person: `state` is open, approved or refused."""

    __tablename__ = "lesson_drafts"
    __table_args__ = {"info": kept("13 months", days=395, since="made_at")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    file: Mapped[str] = mapped_column(String(1000))
    content: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime] = mapped_column(UtcInstant)
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)
