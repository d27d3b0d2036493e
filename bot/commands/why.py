"""`coach why`: why an answer said what it said, or the newest answers with the ids to ask for."""

from typing import Annotated

import typer

from bot.commands.terminal import opened_app, out
from bot.company import stored_company
from bot.views.why import listed_answers, why_text
from coach.why import answer_record, found_answer, newest_answers
from metrics.errors import Refusal

MOST_LISTED = 20


def command(
    answer_id: Annotated[
        str | None, typer.Argument(metavar="ANSWER_ID", help="An answer; without one, the newest are listed.")
    ] = None,
) -> None:
    """Show why an answer said what it said: question, passages, scores, checks, verdict. Who asked is not shown."""
    with opened_app() as app:
        app.database.check_schema()
        with app.database.session() as session:
            zone = stored_company(session).timezone
            if answer_id is None:
                out.print(listed_answers(newest_answers(session, MOST_LISTED), zone))
                return
            asked = found_answer(session, answer_id)
            if asked is None:
                raise Refusal(
                    f"No answer {answer_id} is kept. Run `coach why` to list the newest; questions are kept "
                    f"{stored_company(session).privacy.question_text_days} days."
                )
            out.print(why_text(answer_record(session, asked, None), zone))
