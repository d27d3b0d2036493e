"""Owns taking in what other systems report of the work: read, checked, and stored once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from sqlalchemy.orm import Session

from metrics.csv_rows import read_rows
from metrics.db import insert_new
from metrics.errors import Refusal
from metrics.events.kinds import WorkReported
from metrics.events.record import record
from metrics.people import find_person
from metrics.work import WorkEvent, WorkOutcome

FACTS = ("person", "workflow", "step", "outcome", "at", "reference")
OPTIONAL = ("step",)
OUTCOMES = get_args(WorkOutcome)
MOST_CHARACTERS = {"person": 320, "workflow": 100, "step": 100, "outcome": 16, "at": 40, "reference": 200}


@dataclass(frozen=True)
class WorkReport:
    """One step of the work as reported; `person` is an e-mail, an id or an account, `at` aware."""

    person: str
    workflow: str
    step: str | None
    outcome: str
    at: datetime
    reference: str


@dataclass(frozen=True)
class Stored:
    """A report that was taken, and whose it is."""

    person_id: int
    report: WorkReport


@dataclass(frozen=True)
class Intake:
    """How taking reports ended: those stored now, how many were known, and why others were not taken."""

    stored: tuple[Stored, ...]
    known: int
    refused: tuple[str, ...]


def read_report(values: Mapping[str, object]) -> WorkReport:
    """Read one report given as names and values. Raises Refusal with a sentence that says what to correct."""
    if unknown := [str(name) for name in values if name not in FACTS]:
        raise Refusal(f"{unknown[0]!r} is not known here. Send {', '.join(FACTS)}.")
    said = {name: _said(name, values.get(name)) for name in FACTS}
    if said["outcome"] not in OUTCOMES:
        raise Refusal(f"outcome is {said['outcome']!r}. Send one of {', '.join(OUTCOMES)}.")
    return WorkReport(
        person=said["person"],
        workflow=said["workflow"],
        step=said["step"] or None,
        outcome=said["outcome"],
        at=_instant(said["at"]),
        reference=said["reference"],
    )


def read_csv(file: str, text: str) -> tuple[list[WorkReport], list[str]]:
    """Return the reports of a CSV file with the columns of FACTS, and every mistake with its line."""
    required = [name for name in FACTS if name not in OPTIONAL]
    rows, mistakes = read_rows(file, text, FACTS, required)
    reports = []
    for number, values in rows:
        try:
            reports.append(read_report(values))
        except Refusal as refusal:
            mistakes.append(f"{file} line {number}: {refusal}")
    return reports, mistakes


def take(session: Session, source: str, reports: Iterable[WorkReport], now: datetime) -> Intake:
    """Store reports with their events; one whose source and reference are known changes nothing.

    Somebody who is not known, or has left, is refused and leaves no trace.
    """
    stored: list[Stored] = []
    refused: list[str] = []
    known = 0
    for report in reports:
        try:
            person = find_person(session, report.person)
        except Refusal as refusal:
            refused.append(f"{report.reference}: {refusal}")
            continue
        if not person.is_active:
            refused.append(f"{report.reference}: {report.person!r} does not work here any more.")
            continue
        row_id = insert_new(
            session,
            WorkEvent,
            person_id=person.id,
            source=source,
            reference=report.reference,
            workflow=report.workflow,
            step=report.step,
            outcome=report.outcome,
            at=report.at,
            received_at=now,
        )
        if row_id is None:
            known += 1
            continue
        event = WorkReported(source, report.workflow, report.step, report.outcome)
        record(session, event, report.at, person.id, cause=f"work:{row_id}")
        stored.append(Stored(person.id, report))
    return Intake(tuple(stored), known, tuple(refused))


def _said(name: str, value: object) -> str:
    if value is None or value == "":
        if name in OPTIONAL:
            return ""
        raise Refusal(f"{name} is missing. Send {', '.join(FACTS)}; only step may be left out.")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refusal(f"{name} is not a text. Send it in quotes.")
    said = " ".join(str(value).split())
    if not said and name not in OPTIONAL:
        raise Refusal(f"{name} is missing. Send {', '.join(FACTS)}; only step may be left out.")
    if len(said) > MOST_CHARACTERS[name]:
        raise Refusal(f"{name} has {len(said):,} characters; {MOST_CHARACTERS[name]} fit.")
    if not _is_storable(said):
        raise Refusal(f"{name} holds a character no text has. Take it out.")
    return said if name in ("person", "reference", "at", "step") else said.casefold()


def _is_storable(said: str) -> bool:
    try:
        return b"\0" not in said.encode()
    except UnicodeEncodeError:
        return False


def _instant(said: str) -> datetime:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 2000 <= at.year <= 2100:
        raise Refusal(f"at is {said!r}. Send an instant with its zone, like 2026-11-24T16:05:00+00:00.")
    return at
