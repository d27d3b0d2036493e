"""Owns the kinds of event: each dataclass is one fact somebody can later count."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class QuestionAsked:
    """A question and how it ended. Its words are not kept here; passages are named by id, files by path.

    `band` is answered, uncertain, not_covered or refused; `confidence` 0-1 or None before calibration. `is_open` says
    that everyone in a channel could read it, `masked` which kinds of secret were taken out of it. `phrasing` is what
    came of asking a model (coach.phrase.Outcome or a fault's code), None where none was asked.
    """

    kind: ClassVar[str] = "question_asked"

    door: str
    band: str
    rule: str | None
    confidence: float | None
    generation: int | None
    seconds: float
    passage_ids: list[int] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    is_follow_up: bool = False
    is_open: bool = False
    masked: list[str] = field(default_factory=list)
    phrasing: str | None = None


@dataclass(frozen=True)
class CompanyApplied:
    """A company folder was loaded; counts of SOP files, people, modules and tracks."""

    kind: ClassVar[str] = "company_applied"

    generation: int | None
    sops_added: int
    sops_changed: int
    sops_removed: int
    sops_rejected: int
    people_added: int
    people_deactivated: int
    seconds: float
    modules: int = 0
    tracks: int = 0
    lessons_rejected: int = 0


@dataclass(frozen=True)
class PersonExported:
    """Somebody's data was handed out, on request."""

    kind: ClassVar[str] = "person_exported"

    rows: int


@dataclass(frozen=True)
class InteractionHandled:
    """Anything else that came in from a chat platform: `what` was done there, and the `outcome`, both constants."""

    kind: ClassVar[str] = "interaction_handled"

    door: str
    what: str
    outcome: str


@dataclass(frozen=True)
class AnswerRated:
    """The asker's verdict on an answer: helpful, wrong_source, wrong_answer or outdated."""

    kind: ClassVar[str] = "answer_rated"

    door: str
    rating: str
    question_id: int


@dataclass(frozen=True)
class LessonOffered:
    """A lesson stood in front of somebody; `choice` is module, review or delta, `origin` why it came then.

    `origin` is nudge, reminder, asked, practice, channel or sent (by a manager). `version` counts the module's changes
    from 1, here and below; None for a review, and before versions were counted.
    """

    kind: ClassVar[str] = "lesson_offered"

    door: str
    skill: str
    run_id: int
    module: str | None
    choice: str
    origin: str
    minutes: float
    version: int | None = None


@dataclass(frozen=True)
class LessonOpened:
    """Somebody began a lesson; `seconds` since it was offered."""

    kind: ClassVar[str] = "lesson_opened"

    door: str
    skill: str
    seconds: float
    run_id: int
    module: str | None
    version: int | None = None


@dataclass(frozen=True)
class LessonPartDone:
    """A part of a lesson was gone through; `part` is concept, practice or reflection, `budget_seconds` its budget."""

    kind: ClassVar[str] = "lesson_part_done"

    door: str
    skill: str
    seconds: float
    run_id: int
    module: str | None
    part: str
    budget_seconds: float
    version: int | None = None


@dataclass(frozen=True)
class ItemAnswered:
    """An item answered; `score` 0-1, `seconds` since it was shown, `confidence` and `predicted_recall` 0-1 or None.

    `item` is "file#slug", `item_kind` choice, order, spot or write, `step` the SOP's step it is about. A written
    answer's score is what the person said of themselves. `is_first` says that the person never saw it before,
    `is_scenario` that it is a decision to take in a situation; both False before they were noted.
    """

    kind: ClassVar[str] = "item_answered"

    door: str
    skill: str
    score: float
    seconds: float
    run_id: int | None
    item: str
    item_kind: str
    step: int | None = None
    confidence: float | None = None
    predicted_recall: float | None = None
    is_first: bool = False
    is_scenario: bool = False


@dataclass(frozen=True)
class LessonCompleted:
    """A lesson was gone through to its end; `score` is the mean of its items, `seconds` without the pauses."""

    kind: ClassVar[str] = "lesson_completed"

    door: str
    skill: str
    score: float
    seconds: float
    run_id: int
    module: str | None
    version: int | None = None


@dataclass(frozen=True)
class LessonAbandoned:
    """Another lesson took the place of one that was offered or begun; `position` is where it was left."""

    kind: ClassVar[str] = "lesson_abandoned"

    door: str
    skill: str
    run_id: int
    module: str | None
    part: str
    position: int
    version: int | None = None


@dataclass(frozen=True)
class LessonSnoozed:
    """Somebody put a lesson off; `until` is later_today, tomorrow or skipped."""

    kind: ClassVar[str] = "lesson_snoozed"

    door: str
    skill: str
    run_id: int
    until: str


@dataclass(frozen=True)
class LessonApplied:
    """Somebody says they used what a lesson taught (`score` 1) or not yet (0); `by` is self or manager."""

    kind: ClassVar[str] = "lesson_applied"

    door: str
    skill: str
    score: float
    run_id: int
    by: str
    module: str | None = None
    version: int | None = None


@dataclass(frozen=True)
class SkillMastered:
    """The evidence for a mastery became enough with an answer, or a lesson renewed it after its SOP changed."""

    kind: ClassVar[str] = "skill_mastered"

    door: str
    skill: str


@dataclass(frozen=True)
class SkillLapsed:
    """Somebody's mastery ended; `reason` is answers (newer ones were wrong) or sop_changed.

    Mastery that lapses because recall faded leaves no event: it is told from the memory of the moment.
    """

    kind: ClassVar[str] = "skill_lapsed"

    skill: str
    reason: str


@dataclass(frozen=True)
class Supported:
    """A manager supported this person; `what` is check_in, recognised or alone (their first task without help)."""

    kind: ClassVar[str] = "supported"

    door: str
    what: str
    skill: str | None = None


@dataclass(frozen=True)
class ManagerActed:
    """A manager supported somebody, or opened their digest; `what` is as in Supported, or digest_read."""

    kind: ClassVar[str] = "manager_acted"

    door: str
    what: str


@dataclass(frozen=True)
class ProgressExported:
    """Somebody took progress out of Coach: `what` is csv or xapi, `rows` how much."""

    kind: ClassVar[str] = "progress_exported"

    door: str
    what: str
    rows: int


@dataclass(frozen=True)
class NudgeEnded:
    """A nudge was sent, missed, or nobody knows; `reason` is a constant, empty for one that was sent."""

    kind: ClassVar[str] = "nudge_ended"

    slot: str
    state: str
    reason: str


@dataclass(frozen=True)
class PreferenceChanged:
    """Somebody, or three ignored nudges, changed how they are written to; `what` is a constant."""

    kind: ClassVar[str] = "preference_changed"

    door: str
    what: str


@dataclass(frozen=True)
class TrackAssigned:
    """Somebody was put on a track."""

    kind: ClassVar[str] = "track_assigned"

    door: str
    track: str


@dataclass(frozen=True)
class Confirmed:
    """A human step, a sign-off or an acknowledged SOP: `what` is its kind, `subject` names it; `score` 1 yes, 0 no."""

    kind: ClassVar[str] = "confirmed"

    door: str
    score: float
    what: str
    subject: str


@dataclass(frozen=True)
class WorkReported:
    """Another system reported a step of the work; `outcome` is done, missed, corrected or alone."""

    kind: ClassVar[str] = "work_reported"

    source: str
    workflow: str
    step: str | None
    outcome: str


@dataclass(frozen=True)
class MessageSent:
    """A message was posted, replaced or taken back. `seconds` from the wish to the platform's word.

    `operation` is post, update or delete, `purpose` answer or nudge.
    """

    kind: ClassVar[str] = "message_sent"

    door: str
    operation: str
    purpose: str
    attempts: int
    seconds: float


Event = (
    QuestionAsked
    | CompanyApplied
    | PersonExported
    | InteractionHandled
    | AnswerRated
    | LessonOffered
    | LessonOpened
    | LessonPartDone
    | ItemAnswered
    | LessonCompleted
    | LessonAbandoned
    | LessonSnoozed
    | LessonApplied
    | SkillMastered
    | SkillLapsed
    | Supported
    | ManagerActed
    | ProgressExported
    | NudgeEnded
    | PreferenceChanged
    | TrackAssigned
    | Confirmed
    | WorkReported
    | MessageSent
)
