"""Words for how an answer came by its words: a model's sentences with marks, and what says whose words they are."""

import re
from collections.abc import Iterator
from itertools import groupby

from bot.messages import Block, Steps, Text
from bot.views.citing import section_numbers, section_of
from coach.answer import Answer, Reply
from coach.model import FaultCode
from coach.phrase import Outcome

PHRASED = "AI-phrased, quotes checked"
# A model may copy the mark of the line it quotes; steps get numbers of their own.
LIST_MARK = re.compile(r"^(?:\d{1,2}[.)]|[•*-])\s+(?=\S)")
UNAVAILABLE = "The AI model is not available, so this is quoted from the SOPs."
WHY_QUOTED: dict[str, str] = {
    Outcome.UNVERIFIED: "The AI model's words went beyond the SOPs, so this is quoted from them.",
    Outcome.NOT_TYPED: "The AI model's words could not be checked, so this is quoted from the SOPs.",
    Outcome.OVER_BUDGET: "The day's budget for the AI model is used up, so this is quoted from the SOPs.",
    **dict.fromkeys(FaultCode, UNAVAILABLE),
}


def whose_words(reply: Reply) -> str | None:
    """Return whose words an answer is in: a model's, or the SOPs' in place of a model's; None where none was asked."""
    use = reply.trace.model_use
    if not isinstance(reply, Answer) or use is None:
        return None
    return PHRASED if reply.sentences else WHY_QUOTED.get(use.outcome)


def sentence_lines(reply: Answer) -> list[str]:
    """Return a model's sentences as lines, steps numbered, each with the numbers of the sources that bear it."""
    lines: list[str] = []
    for is_step, words in _marked(reply):
        lines += [f"{number}. {line}" for number, line in enumerate(words, 1)] if is_step else words
    return lines


def sentence_blocks(reply: Answer) -> list[Block]:
    """Return a model's sentences as blocks: steps as a numbered list, the others as lines."""
    runs = _marked(reply)
    return [Steps(tuple(words), is_numbered=True) if is_step else Text("\n".join(words)) for is_step, words in runs]


def _marked(reply: Answer) -> Iterator[tuple[bool, list[str]]]:
    """Yield sentences in runs of steps and of others, each with the numbers of the sections that bear it."""
    numbers = section_numbers(reply.sources)
    for is_step, group in groupby(reply.sentences, key=lambda sentence: sentence.is_step):
        words = []
        for sentence in group:
            marks = dict.fromkeys(numbers[section_of(reply.sources[place])] for place in sentence.places)
            words.append(" ".join([LIST_MARK.sub("", sentence.text), *(f"[{number}]" for number in marks)]))
        yield is_step, words
