"""Owns the kinds of event: each dataclass is one fact somebody can later count."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class QuestionAsked:
    """A question and how it ended. Its words are not kept here; passages are named by id, files by path.

    `band` is answered, uncertain, not_covered or refused; `confidence` 0-1 or None before calibration. `is_open` says
    that everyone in a channel could read it, `masked` which kinds of secret were taken out of it.
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


@dataclass(frozen=True)
class CompanyApplied:
    """A company folder was loaded; counts of SOP files and people."""

    kind: ClassVar[str] = "company_applied"

    generation: int | None
    sops_added: int
    sops_changed: int
    sops_removed: int
    sops_rejected: int
    people_added: int
    people_deactivated: int
    seconds: float


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
class QuizAnswered:
    """A quiz question answered; `score` is 1 for right and 0 for wrong, `seconds` since it was shown."""

    kind: ClassVar[str] = "quiz_answered"

    door: str
    skill: str
    score: float
    seconds: float
    quiz_id: int


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


Event = QuestionAsked | CompanyApplied | PersonExported | InteractionHandled | AnswerRated | QuizAnswered | MessageSent
