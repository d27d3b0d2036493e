"""Walks the company folder; owns check and apply. Each room parses its own content from bytes."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from secrets import token_hex

from sqlalchemy.orm import Session

from bot.company_file import FILE as COMPANY_FILE
from bot.company_file import Company, read_company
from bot.database import Database
from bot.folder_files import files_in, leads_outside, real
from bot.lessons_block import without_person
from bot.roster_files import empty_cohorts, find_rosters
from bot.tables import ONLY_ROW, CompanySettings
from coach.documents import Document, is_readable
from coach.embed import Embedder
from coach.index.port import OnStep, Step, ignore
from coach.ingest import Changes, Ingestion, Intake, Rejection, compare, embed_passages, read_sops, store
from coach.reading import Rejected, decode
from lessons.assignments import assign_by_role
from lessons.intake import Shelf, read_modules
from lessons.module_file import is_module
from lessons.roster import store_rosters
from lessons.shelf import store_modules, store_tracks
from lessons.shifts import Rosters
from lessons.stale import Stale, Stand, note_stale, stand_of
from lessons.track_file import is_track, read_tracks
from metrics.errors import Refusal
from metrics.events.kinds import CompanyApplied
from metrics.events.record import record
from metrics.people import PersonRow, RosterChange, active_emails, load_roster
from metrics.policy import EVERYONE, Audience
from metrics.privacy import without_erased
from metrics.roster import read_people

PEOPLE_FILE = "people.csv"
SOPS_FOLDER = "sops"
LESSONS_FOLDER = "lessons"
MAX_MISSING_SHARE = 0.2
MOST_NAMED = 5
MOST_NAMESAKES = 100


@dataclass(frozen=True)
class Folder:
    """A company folder, read and checked. `mistakes` stop an apply, rejected SOPs and lessons do not.

    `people` and `rosters` are None where they are to stay as they are.
    """

    path: Path
    company: Company
    people: tuple[PersonRow, ...] | None
    sops: Intake
    mistakes: tuple[str, ...]
    shelf: Shelf = field(default_factory=Shelf)
    rosters: Rosters | None = None

    @property
    def is_clean(self) -> bool:
        """Whether a check finds nothing to correct."""
        return not self.mistakes and not self.sops.rejected and not self.shelf.rejected


@dataclass(frozen=True)
class Applied:
    """What an apply changed; `ingestion` is None in a rehearsal, `people` where the folder lists none.

    `put_on_tracks` counts people put on a track by their role.
    """

    sops: Changes
    ingestion: Ingestion | None
    people: RosterChange | None
    erased_left_out: int
    stale: Stale = field(default_factory=Stale)
    put_on_tracks: int = 0


def read_folder(path: Path, with_people: bool = True, on_step: OnStep = ignore) -> Folder:
    """Read a company folder and gather every mistake. Raises Refusal when there is nothing to read."""
    root = real(path)
    if not root.is_dir():
        raise Refusal(f"There is no folder {path}. Give the path of your company folder.")
    if not (root / SOPS_FOLDER).is_dir():
        raise Refusal(
            f"{path} has no folder {SOPS_FOLDER}/. Put your SOPs into {path}/{SOPS_FOLDER}/ and run it again."
        )
    if leads_outside(root / SOPS_FOLDER, root):
        raise Refusal(f"{path}/{SOPS_FOLDER} is a link to outside the company folder. Copy the SOPs themselves.")
    found = files_in(root / SOPS_FOLDER, root, is_readable)
    company, mistakes = _read_company(root, list(found.contents))
    mistakes += found.mistakes
    people, rosters = None, None
    if with_people:
        people, faults = _read_people(root, company)
        rosters, wrong = find_rosters(root, people)
        mistakes += faults + wrong
    if company is not None and people is not None:
        mistakes += _unknown_admins(company, people) + empty_cohorts(company, people)
    stated = company or Company()
    # Without a readable company.yaml nobody knows the roles, and each SOP would be blamed for that.
    sops = read_sops(
        found.contents, lambda document: _audience(document, company) if company else document.audience, on_step
    )
    if not (sops.documents or sops.rejected or found.rejected or found.mistakes):
        mistakes.append(
            f"{SOPS_FOLDER}/ holds no SOP. Put Word, PDF, Excel, Markdown, text, HTML or CSV files into it."
        )
    sops = Intake(sops.documents, _by_file(*found.rejected, *sops.rejected), sops.notes + _note_on(found.unread))
    shelf, faults = _read_lessons(root, company, sops)
    mistakes += faults
    return Folder(root, stated, tuple(people) if people is not None else None, sops, tuple(mistakes), shelf, rosters)


def apply_folder(
    folder: Folder,
    database: Database,
    embedder: Embedder,
    now: datetime,
    on_step: OnStep = ignore,
    may_shrink: bool = False,
) -> Applied:
    """Make SQL hold what the folder says, in one transaction; the index follows from there.

    Raises Refusal for a folder with mistakes, and when more than a fifth of the people would be deactivated
    without `may_shrink`.
    """
    _refuse_mistakes(folder)
    begun = time.monotonic()
    with database.session() as session:
        # Before the long part, and so that a refusal leaves no vectors behind.
        _people_to_load(session, folder, may_shrink)
    embed_passages(database.session, database.transaction, folder.sops.documents, embedder, on_step)
    with database.transaction(is_alone=True) as session:
        stood = stand_of(session)
        people, erased = _load_people(session, folder, now, may_shrink)
        sops = store(session, folder.sops.documents, embedder, now, on_step)
        stale, put_on_tracks = _load_lessons(session, folder, stood, now)
        _store_company(session, folder, now)
        if folder.rosters is not None:
            workflows = folder.company.lesson_rules().workflows
            store_rosters(session, folder.rosters, folder.company.timezone, workflows, now)
        applied = Applied(sops.changes, sops, people, erased, stale, put_on_tracks)
        record(session, _event(applied, folder, time.monotonic() - begun), now)
        on_step(Step("committing", 1, 1))
    on_step(Step("committed", 1, 1))
    return applied


def rehearse_folder(folder: Folder, database: Database, now: datetime, may_shrink: bool = False) -> Applied:
    """Return what apply_folder would change, leaving everything as it is. Raises what apply_folder raises."""
    _refuse_mistakes(folder)
    with database.rehearsal() as session:
        stood = stand_of(session)
        people, erased = _load_people(session, folder, now, may_shrink)
        changes = compare(session, folder.sops.documents)
        return Applied(changes, None, people, erased, *_load_lessons(session, folder, stood, now))


def stored_company(session: Session) -> Company:
    """Return company.yaml as last applied, its defaults before the first apply."""
    row = session.get(CompanySettings, ONLY_ROW)
    return Company.model_validate(row.values) if row else Company()


def write_lesson(session: Session, file: str, text: str) -> str | None:
    """Write an approved lesson into the company folder last applied, never over another file.

    Return its name relative to lessons/, with a number where the name is taken; None where that folder is not on this
    machine or may not be written. Nobody gets it before the folder is applied again.
    """
    row = session.get(CompanySettings, ONLY_ROW)
    lessons = Path(row.folder) / LESSONS_FOLDER if row is not None and row.folder else None
    if lessons is None or not (lessons.parent / SOPS_FOLDER).is_dir() or leads_outside(lessons, real(lessons.parent)):
        return None
    stem, dot, ending = file.rpartition(".")
    for name in (file, *(f"{stem}-{number}{dot}{ending}" for number in range(2, MOST_NAMESAKES))):
        try:
            lessons.mkdir(exist_ok=True)
            with (lessons / name).open("x", encoding="utf-8", newline="") as opened:
                opened.write(text)
        except FileExistsError:
            if (lessons / name).is_file() and (lessons / name).read_bytes() == text.encode():
                return name
        except OSError:
            return None
        else:
            return name
    return None


def listed(names: Sequence[str], most: int) -> str:
    """Return names as words, at most so many of them, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def forget_in_settings(session: Session, email: str) -> None:
    """Take an e-mail out of the stored company.yaml, wherever it stands."""
    row = session.get(CompanySettings, ONLY_ROW)
    if row is None:
        return
    values = {key: None if str(value).lower() == email else value for key, value in row.values.items()}
    for key in ("admins", "auditors"):
        values[key] = [held for held in row.values.get(key, []) if held.lower() != email]
    if block := values.get("lessons"):
        values["lessons"] = without_person(block, email)
    row.values = values


def _refuse_mistakes(folder: Folder) -> None:
    if folder.mistakes:
        raise Refusal("Nothing was changed. Correct this first:\n" + "\n".join(folder.mistakes))


def _load_people(session: Session, folder: Folder, now: datetime, may_shrink: bool) -> tuple[RosterChange | None, int]:
    rows, erased = _people_to_load(session, folder, may_shrink)
    return None if rows is None else load_roster(session, rows, now), erased


def _load_lessons(session: Session, folder: Folder, stood: Stand, now: datetime) -> tuple[Stale, int]:
    shelf, zone = folder.shelf, folder.company.timezone
    store_modules(session, shelf.modules, now)
    store_tracks(session, shelf.tracks)
    left_out = {rejection.file for rejection in shelf.rejected}
    ids = partial(token_hex, 16)
    stale = note_stale(session, stood, folder.sops.documents, shelf.modules, left_out, ids, now, zone)
    return stale, assign_by_role(session, now, zone)


def _people_to_load(session: Session, folder: Folder, may_shrink: bool) -> tuple[list[PersonRow] | None, int]:
    if folder.people is None:
        return None, 0
    rows, erased = without_erased(session, folder.people)
    _refuse_to_shrink(session, rows, may_shrink)
    return rows, erased


def _read_lessons(root: Path, company: Company | None, sops: Intake) -> tuple[Shelf, list[str]]:
    if leads_outside(root / LESSONS_FOLDER, root):
        return Shelf(), [f"{LESSONS_FOLDER} is a link to outside the company folder. Copy the lessons themselves."]
    found = files_in(root / LESSONS_FOLDER, root, lambda file: is_module(file) or is_track(file))
    contents: list[tuple[str, bytes]] = []
    locked: list[Rejection] = []
    for file in found.contents:
        try:
            contents.append((file, found.contents[file]))
        except Rejected as reason:
            locked.append(Rejection(file, str(reason)))
    # Without a readable company.yaml nobody knows skills and roles, and each file would be blamed for that.
    skills, roles = (company.skill_rules(), company.roles) if company else (None, None)
    shelf = read_modules([file for file in contents if is_module(file[0])], skills, roles, sops.documents)
    shelf = read_tracks(shelf, [file for file in contents if is_track(file[0])], skills, roles, sops.documents)
    left_out = _by_file(*found.rejected, *locked, *shelf.rejected)
    return replace(shelf, rejected=left_out, notes=_note_on(found.unread) + shelf.notes), list(found.mistakes)


def _by_file(*rejected: Rejection) -> tuple[Rejection, ...]:
    return tuple(sorted(rejected, key=lambda rejection: rejection.file))


def _note_on(unread: Sequence[str]) -> tuple[str, ...]:
    if not unread:
        return ()
    return (f"holds files of a kind Coach does not read: {listed(unread, MOST_NAMED)}.",)


def _read_company(root: Path, files: list[str]) -> tuple[Company | None, list[str]]:
    text, mistakes = _text(root / COMPANY_FILE)
    if text is None:
        return (None if mistakes else Company()), mistakes
    return read_company(text, files)


def _read_people(root: Path, company: Company | None) -> tuple[list[PersonRow] | None, list[str]]:
    text, mistakes = _text(root / PEOPLE_FILE)
    if text is None:
        return None, mistakes
    rows, mistakes = read_people(text, frozenset(company.roles) if company else None)
    return None if mistakes else rows, mistakes


def _text(path: Path) -> tuple[str | None, list[str]]:
    if leads_outside(path, path.parent):
        return None, [f"{path.name} is a link to outside the company folder. Copy the file itself."]
    if not path.is_file():
        return None, []
    try:
        return decode(path.read_bytes()), []
    except Rejected as reason:
        return None, [f"{path.name} {reason}"]


def _unknown_admins(company: Company, people: list[PersonRow]) -> list[str]:
    emails = {person.email for person in people}
    return [
        f"{COMPANY_FILE}: the {what} {email} is not in {PEOPLE_FILE}. Add the person or take the line out."
        for what, named in (("admin", company.admins), ("auditor", company.auditors))
        for email in named
        if email.lower() not in emails
    ]


def _audience(document: Document, company: Company) -> Audience:
    unknown = sorted((document.audience.roles or frozenset()) - set(company.roles))
    if unknown:
        raise Rejected(f"has audience: {unknown[0]!r}, a role company.yaml does not list under roles:. Correct one.")
    audience = company.audience_of(document.file).narrowed_to(document.audience)
    is_restricted = company.names(document.file) or document.audience != EVERYONE
    if audience.roles == frozenset() and is_restricted:
        raise Rejected("is open to nobody: its own audience: and the one in company.yaml have no role in common.")
    return audience


def _refuse_to_shrink(session: Session, rows: list[PersonRow], may_shrink: bool) -> None:
    active = active_emails(session)
    missing = active - {row.email for row in rows}
    if not may_shrink and len(missing) > MAX_MISSING_SHARE * len(active):
        raise Refusal(
            f"{len(missing)} of {len(active)} people are missing from {PEOPLE_FILE} and would be deactivated. "
            "Nothing was changed. If that is right, run it again with --yes."
        )


def _store_company(session: Session, folder: Folder, now: datetime) -> None:
    row = session.get(CompanySettings, ONLY_ROW) or CompanySettings(id=ONLY_ROW)
    row.values, row.applied_at, row.folder = folder.company.model_dump(mode="json"), now, str(folder.path)
    session.add(row)


def _event(applied: Applied, folder: Folder, seconds: float) -> CompanyApplied:
    people = applied.people or RosterChange()
    return CompanyApplied(
        generation=applied.ingestion.generation if applied.ingestion else None,
        sops_added=len(applied.sops.added),
        sops_changed=len(applied.sops.changed),
        sops_removed=len(applied.sops.removed),
        sops_rejected=len(folder.sops.rejected),
        people_added=people.added,
        people_deactivated=people.deactivated,
        modules=len(folder.shelf.modules),
        tracks=len(folder.shelf.tracks),
        lessons_rejected=len(folder.shelf.rejected),
        seconds=round(seconds, 3),
    )
