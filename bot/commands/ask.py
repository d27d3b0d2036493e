"""`coach ask`: one question, or a file of them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.app import App
from bot.asking import Told, ask, explain, sent_to_search
from bot.commands.terminal import err, opened_app, out
from bot.company import stored_company
from bot.views.why import explained_text
from coach.conversation import Turn
from metrics.errors import Refusal
from metrics.people import asker_for, find_person
from metrics.policy import Asker


class BatchTurn(BaseModel):
    """An earlier message of a batch question."""

    speaker: Literal["user", "coach"] = "user"
    text: str


class BatchQuestion(BaseModel):
    """One line of a batch file."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str
    question: str
    role: str | None = None
    person: str | None = None
    history: list[BatchTurn] = []


def command(
    question: Annotated[str | None, typer.Argument(help="The question, in your own words.")] = None,
    role: Annotated[str | None, typer.Option(help="Ask as a member of this role.")] = None,
    person: Annotated[str | None, typer.Option(help="Ask as this person: id, e-mail, slack:U… or teams:…")] = None,
    batch: Annotated[Path | None, typer.Option(help="A JSONL file of {id, question, role, history} lines.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")] = False,
    is_explained: Annotated[
        bool, typer.Option("--explain", help="Answer nothing: show what was found, and all that a model would be sent.")
    ] = False,
) -> None:
    """Ask the coach, and get quotes from your SOPs or whom to ask instead."""
    if (question is None) == (batch is None):
        raise Refusal('Give one question, as in coach ask "How do I close the till?", or --batch FILE.jsonl.')
    if is_explained and (batch is not None or as_json):
        raise Refusal("--explain goes with one question, and without --json.")
    with opened_app() as app:
        app.database.check_schema()
        if batch is not None:
            ask_batch(app, batch, role, person, as_json)
        elif question is not None:
            asker = asker_named(app, role, person)
            app.get_ready()
            if is_explained:
                drafted, prepared = explain(app, asker, question)
                sent = sent_to_search(app, drafted)
                out.print(explained_text(drafted, prepared, app.settings.model, sent))
                return
            told = ask(app, asker, question)
            out.print(json.dumps(told.as_json(), ensure_ascii=False) if as_json else told.text)


def ask_batch(app: App, file: Path, role: str | None, person: str | None, as_json: bool) -> None:
    """Print the answer to each question of a JSONL file; `role` and `person` hold where a line names none.

    Raises Refusal with every mistake, before anything is asked.
    """
    questions = _read_batch(file)
    # Everybody is looked up first: a stranger on the last line must not be found out after an hour of answers.
    askers = [asker_named(app, asked.role or role, asked.person or person) for asked in questions]
    app.get_ready()
    for asked, asker in zip(questions, askers, strict=True):
        history = [Turn(turn.speaker, turn.text) for turn in asked.history]
        told = ask(app, asker, asked.question, history)
        out.print(
            json.dumps({"id": asked.id, **told.as_json()}, ensure_ascii=False) if as_json else _titled(asked, told)
        )


def _titled(asked: BatchQuestion, told: Told) -> str:
    return f"[{asked.id}] {asked.question}\n\n{told.text}\n"


def _read_batch(file: Path) -> Sequence[BatchQuestion]:
    if not file.is_file():
        raise Refusal(f"There is no file {file}.")
    questions, mistakes = [], []
    try:
        # Only a newline ends a line of JSONL; other separators may stand inside its strings.
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise Refusal(f"{file} is not UTF-8. Save it as UTF-8 and try again.") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            questions.append(BatchQuestion.model_validate_json(line))
        except ValidationError as error:
            mistakes += [f"{file} line {number}: {_field(fault)}" for fault in error.errors(include_input=False)]
    if mistakes:
        raise Refusal("Nothing was asked. Correct this first:\n" + "\n".join(mistakes))
    return questions


def _field(fault: Any) -> str:
    if fault["type"] == "json_invalid":
        # The parser sees one line at a time and calls each line 1.
        return f"{fault['msg']}.".replace("at line 1 column", "at column")
    return f"{'.'.join(str(step) for step in fault['loc']) or 'the line'}: {fault['msg']}."


def asker_named(app: App, role: str | None, person: str | None) -> Asker:
    """Return who asks: the person if one is named, else a member of the role, with a note for an unlisted one."""
    with app.database.session() as session:
        if person:
            return asker_for(find_person(session, person))
        if not role:
            return Asker()
        if role not in stored_company(session).roles:
            err.print(f"Note: your company lists no role {role!r}; asking as a member without one.")
            return Asker()
        return Asker(roles=frozenset({role}))
