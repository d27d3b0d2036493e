"""Words and buttons for an answer in chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.messages import Actions, Block, Button, Citation, Menu, Message, Note, Quote, Text
from bot.views.answer import as_text, contact_named, head_of, quotes_sources, reviewed
from bot.views.disagreement import disagreements
from bot.views.phrased import section_numbers, section_of, sentence_blocks, whose_words
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
    return tuple(
        Citation(number, " › ".join(section), words[section]) for section, number in section_numbers(sources).items()
    )


def _answer(reply: Answer, names: Mapping[str, str], today: date, has_citations: bool) -> list[Block]:
    blocks: list[Block] = [] if reply.is_certain else [Text(head_of(reply), is_strong=True)]
    blocks += [Text(words) for words in disagreements(reply, contact_named(reply.refer_to, names))]
    blocks += sentence_blocks(reply)
    words = whose_words(reply)
    blocks += [Note(words)] if words else []
    blocks += _citations(reply.sources, today, has_citations or bool(reply.sentences))
    if not reply.is_certain:
        blocks.append(Text(f"If none of these is it, ask {contact_named(reply.refer_to, names)}."))
    return blocks


def _abstention(reply: Abstention, names: Mapping[str, str], today: date, has_citations: bool) -> list[Block]:
    if reply.rule is None:
        return [Text(as_text(reply, names, today))]
    without_sources = Abstention(reply.rule, reply.refer_to, reply.trace)
    blocks: list[Block] = [Text(as_text(without_sources, names, today))]
    return [*blocks, *_citations(reply.sources, today, has_citations)]


def _citations(sources: Sequence[Source], today: date, has_citations: bool) -> list[Block]:
    blocks: list[Block] = []
    numbers = section_numbers(sources)
    for source in sources:
        number = numbers[section_of(source)]
        mark = f"[{number}] " if has_citations else f"{number} · " if len(numbers) > 1 else ""
        place = "Quoted from " + " › ".join([source.file, *source.heading_path])
        blocks += [Quote(source.words), Note(mark + " · ".join([place, *reviewed(source, today)]))]
    return blocks


def _masked(maskings: Sequence[Masking]) -> list[str]:
    return [
        f"I took a {masking.kind} out of your message before storing it."
        + (" It still stands in the chat: delete it there." if masking.is_still_shown else "")
        for masking in maskings
    ]


def _buttons(reply: Reply, setting: Setting) -> list[Block]:
    numbers = section_numbers(reply.sources)
    first = {section_of(source): place for place, source in reversed(list(enumerate(reply.sources, start=1)))}
    reading: list[Button | Menu] = [
        Button(
            f"Read Section {number}" if len(numbers) > 1 else "Read the Section",
            f"read_section_{first[section]}",
            setting.public_id,
        )
        for section, number in numbers.items()
    ]
    if setting.offers_share and not setting.is_shared:
        reading.append(Button("Share in Channel", "share", setting.public_id))
    blocks: list[Block] = [Actions(tuple(reading))] if reading else []
    if not setting.has_ratings and _is_rateable(reply, setting):
        rating = (
            Button("Helpful", RATE_HELPFUL, setting.public_id),
            Menu("Something Is Off", RATE_MENU, setting.public_id),
        )
        blocks.append(Actions(rating))
    return blocks


def _is_rateable(reply: Reply, setting: Setting) -> bool:
    is_answer = isinstance(reply, Answer) or reply.rule is None
    return setting.rating is None and setting.shared_by is None and is_answer
