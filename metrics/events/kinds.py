"""Owns the kinds of event: each dataclass is one fact somebody can later count."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class QuestionAsked:
    """A question and how it ended. Its words are not kept; passages are named by id, files by path.

    `band` is answered, uncertain, not_covered or refused; `confidence` 0-1 or None before calibration.
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


Event = QuestionAsked | CompanyApplied | PersonExported
