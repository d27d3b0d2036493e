"""The one policy module: who may do what, as a pure function of the asker and the subject."""

from dataclasses import dataclass
from enum import StrEnum

EVERYONE_KEY = "everyone"


class Action(StrEnum):
    """What somebody wants to do; each names the type of its subject."""

    READ_SOP = "read_sop"  # an Audience
    SEE_PROGRESS = "see_progress"  # a ProgressOf: what is mastered, and what needs support
    SEE_PRACTICE = "see_practice"  # a ProgressOf: attempts, scores, confidence, questions
    SUPPORT = "support"  # a ProgressOf: check in, recognise, say that somebody did it alone
    SEE_COMPANY = "see_company"  # a WholeCompany: figures of groups
    SEE_CONTENT = "see_content"  # a WholeCompany: how lessons and SOPs do, in figures of the company
    SEE_GAPS = "see_gaps"  # an SopGaps: the words of questions an SOP did not answer
    SEE_ANSWER = "see_answer"  # an AnswerOf: what was asked, and how the answer came about
    SEE_HEALTH = "see_health"  # a WholeCompany: whether Coach itself is well
    SEND_LESSON = "send_lesson"  # a ProgressOf
    ASSIGN_TRACK = "assign_track"  # a TrackOf
    SIGN_OFF = "sign_off"  # a SignOffOf
    APPROVE_LESSON = "approve_lesson"  # a CompanyContent


@dataclass(frozen=True)
class Asker:
    """Whoever asks: a person with their roles, or nobody in particular (no id, no roles)."""

    person_id: int | None = None
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Audience:
    """Who may read an SOP: members of any of these roles; `None` is everyone, the empty set nobody."""

    roles: frozenset[str] | None

    def __repr__(self) -> str:
        # A frozenset prints in an order that differs between processes; documents are compared by what they print.
        return f"Audience.from_key({self.key!r})"

    @property
    def key(self) -> str:
        """The audience as one string, equal exactly for equal audiences."""
        return EVERYONE_KEY if self.roles is None else "roles:" + "|".join(sorted(self.roles))

    @classmethod
    def from_key(cls, key: str) -> "Audience":
        """Return the audience that `key` names. Raises ValueError for any other string."""
        if key == EVERYONE_KEY:
            return EVERYONE
        audience = cls(frozenset(name for name in key.removeprefix("roles:").split("|") if name))
        if audience.key != key:
            raise ValueError(f"not an audience: {key!r}")
        return audience

    def narrowed_to(self, other: "Audience") -> "Audience":
        """Return who is in both audiences."""
        if self.roles is None:
            return other
        return self if other.roles is None else Audience(self.roles & other.roles)


EVERYONE = Audience(None)


@dataclass(frozen=True)
class ProgressOf:
    """How somebody is doing; `manager_ids` are their manager, that one's manager, and so on up.

    `admin_ids` are who looks after Coach.
    """

    person_id: int
    manager_ids: frozenset[int] = frozenset()
    admin_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class TrackOf:
    """What somebody is to learn; `manager_ids` as in ProgressOf, `admin_ids` who looks after Coach."""

    person_id: int
    manager_ids: frozenset[int] = frozenset()
    admin_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class SignOffOf:
    """A step or skill of somebody that another person confirms: any manager above them, or who holds one of `roles`."""

    person_id: int
    manager_ids: frozenset[int] = frozenset()
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CompanyContent:
    """Something in the company folder; `admin_ids` look after Coach, `audience` reads the SOPs it is made of."""

    admin_ids: frozenset[int]
    audience: Audience


@dataclass(frozen=True)
class WholeCompany:
    """What is about everybody: `admin_ids` look after Coach, `auditor_ids` see figures of groups and nobody's own."""

    admin_ids: frozenset[int] = frozenset()
    auditor_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class SopGaps:
    """What one SOP did not answer; `owner_ids` own it, `admin_ids` look after Coach, `audience` may read it."""

    owner_ids: frozenset[int]
    admin_ids: frozenset[int]
    audience: Audience


@dataclass(frozen=True)
class AnswerOf:
    """One answer: who asked for it, `admin_ids` look after Coach; `is_rated` says that the asker judged it."""

    asker_id: int
    admin_ids: frozenset[int] = frozenset()
    is_rated: bool = False


Subject = Audience | ProgressOf | TrackOf | SignOffOf | CompanyContent | WholeCompany | SopGaps | AnswerOf


def may(asker: Asker, action: Action, subject: Subject) -> bool:
    """Say whether `asker` may do `action` to `subject`; everything not granted here is denied."""
    match action, subject:
        case Action.READ_SOP, Audience(roles):
            return roles is None or not roles.isdisjoint(asker.roles)
        case Action.SEE_PROGRESS, ProgressOf(person_id, manager_ids, admin_ids):
            return asker.person_id is not None and asker.person_id in {person_id, *manager_ids, *admin_ids}
        case Action.SEE_PRACTICE, ProgressOf(person_id):
            return asker.person_id is not None and asker.person_id == person_id
        case Action.SUPPORT | Action.SEND_LESSON, ProgressOf(person_id, manager_ids):
            return asker.person_id is not None and asker.person_id in manager_ids - {person_id}
        case Action.SEE_COMPANY | Action.SEE_CONTENT, WholeCompany(admin_ids, auditor_ids):
            return asker.person_id is not None and asker.person_id in admin_ids | auditor_ids
        case Action.SEE_HEALTH, WholeCompany(admin_ids):
            return asker.person_id is not None and asker.person_id in admin_ids
        case Action.SEE_GAPS, SopGaps(owner_ids, admin_ids, audience):
            is_theirs = asker.person_id is not None and asker.person_id in owner_ids | admin_ids
            return is_theirs and may(asker, Action.READ_SOP, audience)
        case Action.SEE_ANSWER, AnswerOf(asker_id, admin_ids, is_rated):
            # A verdict asks for the answer to be looked at; without one it is nobody else's.
            seen_by = {asker_id, *(admin_ids if is_rated else ())}
            return asker.person_id is not None and asker.person_id in seen_by
        case Action.ASSIGN_TRACK, TrackOf(_, manager_ids, admin_ids):
            return asker.person_id is not None and asker.person_id in manager_ids | admin_ids
        case Action.SIGN_OFF, SignOffOf(person_id, manager_ids, roles):
            is_another = asker.person_id is not None and asker.person_id != person_id
            return is_another and (asker.person_id in manager_ids or not roles.isdisjoint(asker.roles))
        case Action.APPROVE_LESSON, CompanyContent(admin_ids, audience):
            return asker.person_id in admin_ids and may(asker, Action.READ_SOP, audience)
        case _:
            return False
