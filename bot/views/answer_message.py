"""Words and buttons for an answer in chat."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.messages import Actions, Block, Button, Citation, Divider, Menu, Message, Note, Quote, Steps, Text
from bot.views.answer import (
    NEAREST,
    as_text,
    contact_named,
    doubt_of,
    leads,
    nearest_line,
    none_of_these,
    not_covered,
    quotes_sources,
    refusal,
)
from bot.views.citing import section_names, section_numbers, section_of, standing
from bot.views.disagreement import disagreement_blocks
from bot.views.phrased import PHRASED, sentence_blocks, whose_words
from coach.answer import Abstention, Answer, Reply
from coach.sources import Source

RATE_HELPFUL = "rate_helpful"
RATE_MENU = (
    ("Wrong Source", "rate_wrong_source"),
    ("Wrong Answer", "rate_wrong_answer"),
    ("Outdated", "rate_outdated"),
)
RATED = {
    "helpful": "You marked this as helpful.",
    "not_helpful": "You marked this as not helpful. Thank you: it counts towards fixing the answer.",
    "wrong_source": "You marked this as the wrong source. Thank you: it counts towards fixing the answer.",
    "wrong_answer": "You marked this as a wrong answer. Thank you: it counts towards fixing it.",
    "outdated": "You marked this as outdated. Thank you: it counts towards reviewing the SOP.",
}
MORE_FOR_YOU = "The SOPs open to everyone in this channel do not answer this well. One that you may read does."
STANDS_IN_CHANNEL = "Your message stands in the channel, where others can read it. You can delete it."
SHARED = "You shared this in the channel."


@dataclass(frozen=True)
class Masking:
    """A secret that was taken out of a question, and whether the chat still shows it."""

    kind: str
    is_still_shown: bool


@dataclass(frozen=True)
class Setting:
    """How an answer stands in a conversation: the id its buttons carry, and what may be offered beside it.

    `has_ratings` and `has_citations` say what the platform shows by itself (bot.messages.Capabilities).
    """

    public_id: str
    offers_private: bool = False
    offers_share: bool = False
    masked: tuple[Masking, ...] = ()
    rating: str | None = None
    is_shared: bool = False
    shared_question: str | None = None
    shared_by: str | None = None
    is_in_channel: bool = False
    has_ratings: bool = False
    has_citations: bool = False


def as_message(reply: Reply, names: Mapping[str, str], today: date, setting: Setting) -> Message:
    """Return an answer or an abstention as a message.

    `names` turns an e-mail into a person's name, `today` dates the reviews.
    """
    if setting.offers_private:
        return _more_for_you(setting)
    blocks: list[Block] = []
    if setting.shared_question is not None:
        blocks.append(Text(f"Question: {setting.shared_question}", is_strong=True))
    if isinstance(reply, Answer):
        blocks += _answer(reply, names, today, setting.has_citations)
    else:
        blocks += _abstention(reply, names, today, setting.has_citations)
    notes = [*_masked(setting.masked), *([STANDS_IN_CHANNEL] if setting.is_in_channel else [])]
    if setting.shared_by:
        notes.append(f"{setting.shared_by} asked this privately and shared the answer.")
    if setting.is_shared:
        notes.append(SHARED)
    if setting.rating:
        notes.append(RATED[setting.rating])
    blocks += [Note(note) for note in notes]
    blocks += _buttons(reply, setting)
    text = as_text(reply, names, today)
    if setting.shared_question is not None:
        text = f"Question: {setting.shared_question}\n\n{text}"
    return Message(
        "\n\n".join([text, *notes]),
        tuple(blocks),
        citations=_numbered(reply.sources) if setting.has_citations and quotes_sources(reply) else (),
        is_by_machine=True,
        is_rateable=setting.has_ratings and _is_rateable(reply, setting),
    )


def _more_for_you(setting: Setting) -> Message:
    notes = _masked(setting.masked)
    press = Actions((Button("Answer Privately", "answer_privately", setting.public_id, is_primary=True),))
    return Message("\n\n".join([MORE_FOR_YOU, *notes]), (Text(MORE_FOR_YOU), *(Note(note) for note in notes), press))


def _numbered(sources: Sequence[Source]) -> tuple[Citation, ...]:
    words = {section_of(source): source.words for source in reversed(sources)}
    names = section_names(sources)
    return tuple(
        Citation(number, names[section], words[section]) for section, number in section_numbers(sources).items()
    )


def _answer(reply: Answer, names: Mapping[str, str], today: date, has_citations: bool) -> list[Block]:
    contact, doubt, words = contact_named(reply.refer_to, names), doubt_of(reply), whose_words(reply)
    blocks: list[Block] = [Text(doubt, is_strong=True)] if doubt else []
    blocks += disagreement_blocks(reply, contact)
    if reply.sentences:
        blocks += [*sentence_blocks(reply), Note(PHRASED), *_evidence(reply.sources, today)]
    else:
        blocks += [*_quotes(reply, today, has_citations), *([Note(words)] if words else [])]
    return blocks if reply.is_certain else [*blocks, Text(none_of_these(contact))]


def _abstention(reply: Abstention, names: Mapping[str, str], today: date, has_citations: bool) -> list[Block]:
    if reply.rule is not None:
        return [Text(refusal(reply, names)), *_quotes(reply, today, has_citations)]
    said = not_covered(reply, names)
    blocks: list[Block] = [Text(said.point, is_strong=True), Text(said.advice)]
    if len(said.nearest) > 1:
        return [*blocks, Note(NEAREST), Steps(said.nearest, is_numbered=True)]
    return [*blocks, *(Note(nearest_line(section)) for section in said.nearest)]


def _quotes(reply: Reply, today: date, has_citations: bool) -> list[Block]:
    """Return quotes: the one that is the point above where it stands, all else below where it stands."""
    blocks: list[Block] = []
    for place, (source, mark, line) in enumerate(_marked(reply.sources, today, has_citations)):
        if not leads(reply):
            blocks += [Note(f"{mark}{line}"), Quote(source.words)]
        elif place == 0:
            blocks += [Quote(source.words), Note(f"{mark}Quoted from {line}")]
        else:
            blocks += [*([Divider()] if place == 1 else []), Note(f"{mark}Also in {line}"), Quote(source.words)]
    return blocks


def _evidence(sources: Sequence[Source], today: date) -> list[Block]:
    return [Note(f"{mark}{line}: “{source.words}”") for source, mark, line in _marked(sources, today, True)]


def _marked(sources: Sequence[Source], today: date, has_citations: bool) -> Iterator[tuple[Source, str, str]]:
    """Yield each source with the number of its section, where there is something to tell apart, and where it stands."""
    numbers = section_numbers(sources)
    for source, line in zip(sources, standing(sources, today), strict=True):
        number = numbers[section_of(source)]
        yield source, f"[{number}] " if has_citations else f"{number} · " if len(numbers) > 1 else "", line


def _masked(maskings: Sequence[Masking]) -> list[str]:
    return [
        f"I took a {masking.kind} out of your message before storing it."
        + (" It still stands in the chat: delete it there." if masking.is_still_shown else "")
        for masking in maskings
    ]


def _buttons(reply: Reply, setting: Setting) -> list[Block]:
    numbers = section_numbers(reply.sources)
    first = {section_of(source): place for place, source in reversed(list(enumerate(reply.sources, start=1)))}
    items: list[Button | Menu] = [
        Button(
            f"Source {number}" if len(numbers) > 1 else "Read the Section",
            f"read_section_{first[section]}",
            setting.public_id,
        )
        for section, number in numbers.items()
    ]
    if setting.offers_share and not setting.is_shared:
        items.append(Button("Share in Channel", "share", setting.public_id))
    if not setting.has_ratings and _is_rateable(reply, setting):
        items.append(Button("Helpful", RATE_HELPFUL, setting.public_id))
        items.append(Menu("Something Is Off", RATE_MENU, setting.public_id))
    return [Actions(tuple(items))] if items else []


def _is_rateable(reply: Reply, setting: Setting) -> bool:
    is_answer = isinstance(reply, Answer) or reply.rule is None
    return setting.rating is None and setting.shared_by is None and is_answer
