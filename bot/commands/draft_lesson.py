"""`coach draft-lesson`: a module drafted from an SOP, for a person to correct and approve."""

import secrets
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import App
from bot.commands.terminal import err, opened_app, out
from bot.company import listed, stored_company
from bot.company_file import Company
from bot.globs import matches
from bot.handlers.drafting import ask_to_approve
from bot.queue import put
from bot.rewriting import writer
from bot.views.tellings import telling_lines
from coach.documents import Document
from coach.hosted import roster_names
from coach.reader import stored_document
from coach.reading import Rejected
from coach.tables import SopDocument
from lessons.adapt import Write
from lessons.drafts import Draft, draft_module, sections_to_draft
from metrics.errors import Refusal
from metrics.people import find_person

MOST_NAMED = 8


TO = typer.Option(metavar="FILE", help="Write the draft there.")
ASK = typer.Option(metavar="PERSON", help="Send it to this admin to approve in chat.")


def command(
    sop: Annotated[str, typer.Argument(metavar="SOP", help="An SOP as applied, such as stores/refunds.md.")],
    section: Annotated[
        str | None, typer.Option(help="The heading to draft from; else the one with most in it.")
    ] = None,
    skill: Annotated[str | None, typer.Option(help="The key of its skill; else the one company.yaml names.")] = None,
    with_model: Annotated[bool, typer.Option("--with-model", help="Have the model tell its situations.")] = False,
    to: Annotated[Path | None, TO] = None,
    ask: Annotated[str | None, ASK] = None,
) -> None:
    """Draft a lesson from the steps, amounts and rules of an SOP. Nobody gets it before a person approves it."""
    with opened_app() as app:
        app.database.check_schema()
        with app.database.session() as session:
            company, names = stored_company(session), roster_names(session)
            document = _document(session, sop)
            refuse_early(session, to, ask)
        write = writer(app, names) if with_model else None
        draft = _drafted(company, document, section, skill, write)
        hand_over(app, draft, to, ask)
    if write is not None:
        for sentence in telling_lines(write.tellings):
            err.print(sentence)


def refuse_early(session: Session, to: Path | None, ask: str | None) -> None:
    """Raise Refusal for a file or person that cannot take a draft, before a model is paid for one."""
    if to is not None and to.exists():
        raise Refusal(_is_there(to))
    if ask is not None:
        find_person(session, ask)


def hand_over(app: App, draft: Draft, to: Path | None, ask: str | None) -> None:
    """Send a draft to the admin who is asked to approve it, write it, or print it where neither is wanted."""
    if ask is not None:
        with app.database.transaction() as session:
            admin, now = find_person(session, ask), app.now()
            put(session, ask_to_approve(session, admin, draft, secrets.token_hex(16), now), now)
    if to is not None:
        _write(to, draft.text)
        out.print(f"Written to {to}. Read it, correct it, and move it into lessons/ of the company folder.")
    if ask is not None:
        out.print(f"Sent to {admin.name} as a preview with Approve, Edit and No.")
    if to is None and ask is None:
        out.print(draft.text, end="")
    for sentence in draft.to_complete:
        err.print(f"To complete: {sentence}")


def _document(session: Session, sop: str) -> Document:
    document = stored_document(session, sop.removeprefix("sops/"))
    if document is None:
        files = session.scalars(select(SopDocument.file).order_by(SopDocument.file)).all()
        raise Refusal(f"There is no SOP {sop!r}. There are: {listed(files, MOST_NAMED) or 'none yet'}.")
    return document


def _drafted(
    company: Company, document: Document, section: str | None, skill: str | None, write: Write | None
) -> Draft:
    if skill is not None and skill not in company.skills:
        raise Refusal(f"company.yaml lists no skill {skill!r}. It lists: {', '.join(company.skills) or 'none'}.")
    try:
        key = skill or _skill_of(company, document.file)
        return draft_module(document, _heading_path(document, section), key, company.skills, write)
    except Rejected as reason:
        raise Refusal(f"{document.file} {reason}") from None


def _heading_path(document: Document, section: str | None) -> tuple[str, ...]:
    if section is None:
        found = sections_to_draft(document)
        if not found:
            raise Refusal(f"{document.file} has no steps, lists or amounts to practise. Write the module by hand.")
        return found[0]
    paths = list(dict.fromkeys(part.section.heading_path for part in document.sections))
    wanted = section.strip().casefold()
    matching = [path for path in paths if path and wanted in (path[-1].casefold(), " > ".join(path).casefold())]
    if len(matching) != 1:
        headings = [" > ".join(path) for path in matching or paths if path]
        raise Refusal(
            f"{document.file} has {len(matching) or 'no'} sections {section!r}. Give one of: "
            f"{listed(headings, MOST_NAMED)}."
        )
    return matching[0]


def _skill_of(company: Company, file: str) -> str | None:
    found = [key for key, skill in company.skills.items() if any(matches(glob, file) for glob in skill.sops)]
    return found[0] if len(found) == 1 else None


def _write(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8", newline="") as opened:
            opened.write(text)
    except FileExistsError:
        raise Refusal(_is_there(file)) from None
    except OSError as error:
        raise Refusal(
            f"{file} cannot be written ({error.strerror}). Name a file in a folder you may write to."
        ) from None


def _is_there(file: Path) -> str:
    return f"{file} is there already. Name another file."
