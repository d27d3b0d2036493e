"""`coach adapt-lesson`: a lesson told for one role by a model, for a person to correct and approve."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from bot.commands.draft_lesson import ASK, MOST_NAMED, TO, hand_over, refuse_early
from bot.commands.terminal import err, opened_app
from bot.company import listed, stored_company
from bot.rewriting import writer
from bot.views.tellings import telling_lines
from coach.hosted import roster_names
from coach.reader import stored_document
from lessons.drafts import adapted_draft
from lessons.shelf import modules_in
from lessons.tables import LessonRow
from metrics.errors import Refusal


def command(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="A lesson as applied, such as refund-exceptions.md.")],
    role: Annotated[str, typer.Option(help="The role to tell its situations for, as company.yaml lists it.")],
    to: Annotated[Path | None, TO] = None,
    ask: Annotated[str | None, ASK] = None,
) -> None:
    """Tell a lesson's situations for one role with the model. Nobody gets it before a person approves it."""
    with opened_app() as app:
        app.database.check_schema()
        with app.database.session() as session:
            company, names = stored_company(session), roster_names(session)
            file = lesson.removeprefix("lessons/")
            module = modules_in(session, [file]).get(file)
            if module is None:
                files = session.scalars(select(LessonRow.file).order_by(LessonRow.file)).all()
                raise Refusal(f"There is no lesson {lesson!r}. There are: {listed(files, MOST_NAMED) or 'none yet'}.")
            if role not in company.roles:
                raise Refusal(f"company.yaml lists no role {role!r}. It lists: {', '.join(company.roles) or 'none'}.")
            refuse_early(session, to, ask)
            found = (stored_document(session, taught.sop) for taught in module.teaches)
            sops = {document.file: document for document in found if document is not None}
        write = writer(app, names, role)
        draft = adapted_draft(module, role, write, sops, company.skills, company.roles)
        hand_over(app, draft, to, ask)
    for sentence in telling_lines(write.tellings):
        err.print(sentence)
    if not module.roles or role in module.roles:
        err.print(f"{module.file} is for {role} too. List only the other roles in it when you add this one.")
