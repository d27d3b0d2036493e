"""Owns xAPI statements: events as a learning record store reads them (xAPI 1.0.3, timestamps as IEEE 9274.1.1 asks).

Verbs and types of activity are those of the ADL vocabulary (xapi.vocab.pub/datasets/adl) and the Tin Can registry where
they have one; what neither names has an IRI under the company's own address.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from metrics.events import kinds
from metrics.events.record import EventRow
from metrics.periods import Period
from metrics.tallies import RIGHT_SCORE

ADL_VERBS, ADL_ACTIVITIES = "http://adlnet.gov/expapi/verbs/", "http://adlnet.gov/expapi/activities/"
ADL_ABANDONED = "https://w3id.org/xapi/adl/verbs/abandoned"
RATED = "http://id.tincanapi.com/verb/rated"
APPLICATION = "http://activitystrea.ms/schema/1.0/application"
LANGUAGE, PLATFORM = "en", "Coach"
ROWS_AT_ONCE = 1000

Json = dict[str, Any]

# The verb of each kind of event that is stated; one without a colon is the company's own.
VERBS: Mapping[str, str] = {
    kinds.QuestionAsked.kind: ADL_VERBS + "asked",
    kinds.AnswerRated.kind: RATED,
    kinds.InteractionHandled.kind: ADL_VERBS + "interacted",
    kinds.TrackAssigned.kind: ADL_VERBS + "registered",
    kinds.LessonOpened.kind: ADL_VERBS + "initialized",
    kinds.LessonPartDone.kind: ADL_VERBS + "progressed",
    kinds.ItemAnswered.kind: ADL_VERBS + "answered",
    kinds.LessonCompleted.kind: ADL_VERBS + "completed",
    kinds.LessonAbandoned.kind: ADL_ABANDONED,
    kinds.LessonSnoozed.kind: "postponed",
    kinds.LessonApplied.kind: "applied",
    kinds.SkillMastered.kind: ADL_VERBS + "mastered",
    kinds.SkillLapsed.kind: "lapsed",
}
SEEN_BY_OTHERS = (kinds.LessonCompleted.kind, kinds.SkillMastered.kind)
ABOUT_SKILL = (kinds.SkillMastered.kind, kinds.SkillLapsed.kind)
NOT_BEGUN = "offer"
# Facts xAPI has no place for, by kind of event.
NOTED: Mapping[str, tuple[str, ...]] = {
    kinds.QuestionAsked.kind: ("band",),
    kinds.InteractionHandled.kind: ("what", "outcome"),
    kinds.LessonPartDone.kind: ("part",),
    kinds.ItemAnswered.kind: ("confidence", "is_scenario"),
    kinds.LessonAbandoned.kind: ("part", "position"),
    kinds.LessonSnoozed.kind: ("until",),
    kinds.LessonApplied.kind: ("by",),
    kinds.SkillLapsed.kind: ("reason",),
}
TIMED = (kinds.LessonPartDone.kind, kinds.ItemAnswered.kind, kinds.LessonCompleted.kind)
SCORED = (kinds.ItemAnswered.kind, kinds.LessonCompleted.kind)


@dataclass(frozen=True)
class Naming:
    """How statements name things for one deployment.

    `home` is the company's own address of Coach, below which its IRIs lie; `namespace` is this deployment's secret,
    from which ids follow that stay the same. `account_of` makes an opaque account name of a person's id. `titles` are
    those of skills by key, and of modules by file.
    """

    home: str
    namespace: UUID
    account_of: Callable[[int], str]
    titles: Mapping[str, str] = field(default_factory=dict)

    def iri(self, *path: str) -> str:
        """Return an IRI of the company's own."""
        return "/".join((self.home.rstrip("/"), "xapi", *(quote(step, safe="") for step in path)))

    def title(self, key: str) -> str:
        """Return what a skill, module or track is called, its key where nothing else is known."""
        return self.titles.get(key, key)


@dataclass(frozen=True)
class Exporter:
    """Whose own statements these are: their e-mail names them, and they get all of it."""

    person_id: int
    email: str


@dataclass(frozen=True)
class _Told:
    id: int
    kind: str
    at: datetime
    person_id: int
    skill: str | None
    score: float | None
    seconds: float | None
    payload: Mapping[str, Any]


def statements_of_others(
    session: Session, person_ids: Collection[int], period: Period, naming: Naming
) -> Iterator[Json]:
    """Yield what others may hand on of these people: lessons completed, without a score, and skills mastered."""
    for told in _events(session, SEEN_BY_OTHERS, person_ids, period):
        account = {"homePage": naming.home, "name": naming.account_of(told.person_id)}
        yield _statement(replace(told, score=None), naming, {"account": account}, f"event:{told.id}")


def statements_of_own(session: Session, exporter: Exporter, period: Period, naming: Naming) -> Iterator[Json]:
    """Yield all that somebody may hand on of themselves, under their e-mail.

    Ids differ from those of `statements_of_others`: a record store takes no second statement of the same id that says
    more.
    """
    for told in _events(session, tuple(VERBS), (exporter.person_id,), period):
        is_begun = told.kind != kinds.LessonAbandoned.kind or told.payload.get("part") != NOT_BEGUN
        if is_begun:
            yield _statement(told, naming, {"mbox": f"mailto:{exporter.email}"}, f"own event:{told.id}")


def duration(seconds: float) -> str:
    """Return seconds as a duration by ISO 8601 (4.4.3.2), in hundredths at most: PT61.5S."""
    return f"PT{max(seconds, 0.0):.2f}".rstrip("0").rstrip(".") + "S"


def timestamp(at: datetime) -> str:
    """Return an instant by RFC 3339, in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _events(session: Session, stated: Collection[str], person_ids: Collection[int], period: Period) -> Iterator[_Told]:
    """Yield events in the order they were recorded, however many, a thousand held at a time."""
    columns = (EventRow.id, EventRow.kind, EventRow.at, EventRow.person_id, EventRow.skill, EventRow.score)
    query = (
        select(*columns, EventRow.seconds, EventRow.payload)
        .where(
            EventRow.kind.in_(stated),
            EventRow.person_id.in_(person_ids),
            EventRow.at > period.since,
            EventRow.at <= period.until,
        )
        .order_by(EventRow.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    for row in session.execute(query):
        yield _Told(*row)


def _statement(told: _Told, naming: Naming, identity: Json, name: str) -> Json:
    verb = VERBS[told.kind]
    verb = verb if ":" in verb else naming.iri("verbs", verb)
    statement: Json = {
        "id": str(uuid5(naming.namespace, name)),
        "actor": {"objectType": "Agent", **identity},
        "verb": {"id": verb, "display": {LANGUAGE: verb.rpartition("/")[2]}},
        "object": _object(told, naming),
        "context": _context(told, naming),
        "timestamp": timestamp(told.at),
    }
    if result := _result(told, naming):
        statement["result"] = result
    return statement


def _object(told: _Told, naming: Naming) -> Json:
    match told.kind:
        case kinds.QuestionAsked.kind | kinds.AnswerRated.kind | kinds.InteractionHandled.kind:
            return _activity(naming.iri("coach"), APPLICATION, PLATFORM)
        case kinds.TrackAssigned.kind:
            track = str(told.payload["track"])
            return _activity(naming.iri("tracks", track), ADL_ACTIVITIES + "course", naming.title(track))
        case kinds.ItemAnswered.kind if "item" in told.payload:
            file, _, slug = str(told.payload["item"]).partition("#")
            return _activity(naming.iri("lessons", file, "items", slug), ADL_ACTIVITIES + "question", slug)
        case kind if kind in ABOUT_SKILL:
            return _skill(told, naming)
        case _:
            return _lesson(told, naming)


def _lesson(told: _Told, naming: Naming) -> Json:
    """Return the module of an event, or a lesson of its skill: a review of several, or one whose module is not kept."""
    file = told.payload.get("module") or str(told.payload.get("item", "")).partition("#")[0]
    skill = told.skill or ""
    iri = naming.iri("lessons", file) if file else naming.iri("skills", skill, "lesson")
    return _activity(iri, ADL_ACTIVITIES + "lesson", naming.title(file or skill))


def _skill(told: _Told, naming: Naming) -> Json:
    skill = told.skill or ""
    return _activity(naming.iri("skills", skill), ADL_ACTIVITIES + "objective", naming.title(skill))


def _activity(iri: str, type_iri: str, title: str) -> Json:
    return {"objectType": "Activity", "id": iri, "definition": {"type": type_iri, "name": {LANGUAGE: title}}}


def _context(told: _Told, naming: Naming) -> Json:
    context: Json = {"platform": PLATFORM}
    if (run_id := told.payload.get("run_id")) is not None:
        context["registration"] = str(uuid5(naming.namespace, f"run:{run_id}"))
    around: Json = {}
    if told.kind == kinds.ItemAnswered.kind:
        around["parent"] = [_lesson(told, naming)]
    if told.skill is not None and told.kind not in ABOUT_SKILL:
        around["grouping"] = [_skill(told, naming)]
    if around:
        context["contextActivities"] = around
    return context


def _result(told: _Told, naming: Naming) -> Json:
    result: Json = {}
    if told.kind in SCORED and told.score is not None:
        result["score"] = {"scaled": told.score}
    if told.kind in TIMED and told.seconds is not None:
        result["duration"] = duration(told.seconds)
    match told.kind:
        case kinds.ItemAnswered.kind if told.score is not None:
            result["success"] = told.score >= RIGHT_SCORE
        case kinds.LessonApplied.kind:
            result["success"] = told.score == 1
        case kinds.SkillMastered.kind:
            result["success"] = True
        case kinds.LessonCompleted.kind:
            result["completion"] = True
        case kinds.AnswerRated.kind:
            result["response"] = str(told.payload["rating"])
    noted = {name: told.payload.get(name) for name in NOTED.get(told.kind, ())}
    if said := {naming.iri("extensions", name): value for name, value in noted.items() if value is not None}:
        result["extensions"] = said
    return result
