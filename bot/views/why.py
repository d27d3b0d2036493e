"""Words for why an answer said what it said: as text for the command line, and as a message for its asker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages import Block, Facts, Heading, Message, Note, Table, Text
from bot.views.citing import place
from bot.views.figures import day
from bot.views.phrased import sentence_lines
from coach.answer import Abstention, Answer, Drafted, ModelUse, Reply, Trace
from coach.model import FaultCode
from coach.phrase import Outcome, Prepared
from coach.questions import Delivery, delivery_of
from coach.reranking import RERANKED
from coach.search import Considered
from coach.tables import AskedQuestion
from coach.why import AnswerRecord
from metrics.time_zones import local_time

BANDS = {
    "answered": "Certain enough to answer from your SOPs",
    "uncertain": "The closest passages, not called the answer",
    "not_covered": "Not covered",
    "refused": "Refused by a rule",
}
GOT = {
    Delivery.CHANGED: "A line in its place: an SOP behind it was changed before it was sent.",
    Delivery.CLOSED: "A line in its place: an SOP behind it was taken away or closed to its reader before it was sent.",
    Delivery.UNDELIVERED: "Nothing, or not all of it: the chat platform did not take it.",
    Delivery.UNKNOWN: "Perhaps nothing: the chat platform never said whether it took it.",
}
ENDINGS = {
    Delivery.CHANGED: "Held back",
    Delivery.CLOSED: "Held back",
    Delivery.UNDELIVERED: "Not delivered",
    Delivery.UNKNOWN: "Perhaps not delivered",
}
VERDICTS = {
    "helpful": "Helpful",
    "not_helpful": "Not helpful",
    "wrong_source": "Wrong source",
    "wrong_answer": "Wrong answer",
    "outdated": "Outdated",
}
SCORES = {
    "late": "word by word",
    "window": "best 60 words",
    "grams": "spelling",
    "passage": "whole passage",
    "rerank": "reranker",
}
SIGNALS = {
    "window": "nearest 60 words",
    "foreign": "nearest text of no company",
    "needed": "what the asked words add",
    "alone": "the asked words one by one",
    "absent": "share of them in no SOP",
}
OUTCOMES: dict[str, str] = {
    Outcome.PHRASED: "Its words were checked against the quotes, and are the answer.",
    Outcome.INSUFFICIENT: "It found that the passages do not answer the question.",
    Outcome.UNVERIFIED: "What it wrote went beyond the quotes, so the quotes are the answer.",
    Outcome.NOT_TYPED: "What it wrote could not be checked, so the quotes are the answer.",
    Outcome.CONFLICT: "Two of the quotes disagree, so they stand as they are.",
    Outcome.OVER_BUDGET: "The budget of the day was used up, so the quotes are the answer.",
    Outcome.NO_PASSAGES: "There was nothing to phrase.",
    FaultCode.TIMEOUT: "It did not answer in time, so the quotes are the answer.",
    FaultCode.CONNECT: "It could not be reached, so the quotes are the answer.",
    FaultCode.UNAUTHORIZED: "Its provider refused the key, so the quotes are the answer.",
    FaultCode.NOT_FOUND: "Its provider knows no such model, so the quotes are the answer.",
    FaultCode.RATE_LIMITED: "Its provider took no more questions just then, so the quotes are the answer.",
    FaultCode.OVERLOADED: "Its provider had a fault, so the quotes are the answer.",
    FaultCode.CONTEXT_OVERFLOW: "The passages were too long for it, so the quotes are the answer.",
    FaultCode.REJECTED: "Its provider rejected the request, so the quotes are the answer.",
    FaultCode.BAD_ANSWER: "Its provider sent something unreadable, so the quotes are the answer.",
    FaultCode.EMPTY: "It wrote nothing, so the quotes are the answer.",
    FaultCode.BUSY: "Too many questions were with it, so the quotes are the answer.",
    FaultCode.BREAKER_OPEN: "It had failed several times in a row and was not asked, so the quotes are the answer.",
}
FOLLOW_UP = "a follow-up to what was asked before in the conversation"
GUESSED = f"{FOLLOW_UP}; that is a guess, so it was not taken for certain"
FOR_UPKEEP = "Whoever looks after Coach finds the rest under answer {answer_id}."
SHOWN_IN_CHAT = 5
CHECKS = {True: "held", False: "did not hold"}
LETTERS_ALONE = "by spelling alone: the embeddings service failed"
NO_RECORD = "Nothing was searched."
NONE_KEPT = "No answers are kept yet."
MOST_WORDS = 80


@dataclass(frozen=True)
class SentToSearch:
    """What searching sends: the `question` as it leaves, to an embedding model and to a reranker's address, if any."""

    question: str
    embeddings: str | None
    reranker: str | None


def why_text(record: AnswerRecord, zone: str) -> str:
    """Return the whole record as lines of text."""
    lines = [f"Answer {record.answer_id}, {when(record.asked_at, zone)}", f"Question: {record.words}", ""]
    lines += [f"{label}: {value}" for label, value in [*facts(record), *workings(record)]]
    if record.considered:
        lines += ["", "Passages weighed, best first:"]
        lines += [f"  {' · '.join(row)}" for row in considered_rows(record)]
    phrased = phrased_lines(record)
    if phrased:
        lines += ["", "In a model's words:", *(f"  {line}" for line in phrased)]
    if record.sources:
        lines += ["", "Quoted:"]
        lines += [f"  “{source.words}”\n    {place(source.file, source.heading_path)}" for source in record.sources]
    checks = check_rows(record.reply.trace.model_use)
    if checks:
        lines += ["", "Checked by code in what the model wrote:", *(f"  {name}: {held}" for name, held in checks)]
    return "\n".join([*lines, *(["", *notes(record)] if notes(record) else [])])


def explained_text(
    drafted: Drafted, prepared: Prepared | None, model: str | None, sent: SentToSearch | None = None
) -> str:
    """Return what was found for a question, and what would leave the machine, as lines of text.

    `sent` is what searching sent already.
    """
    trace = drafted.reply.trace
    lines = [f"Question as searched: {drafted.question}", f"Without a model: {BANDS[drafted.reply.status]}"]
    if trace.confidence is not None:
        lines.append(f"Probability that the quotes answer it: {_probability(trace)}")
    if trace.signals and not trace.is_degraded:
        lines.append(f"Computed from: {_signals(trace)}")
    if trace.is_degraded:
        lines.append(f"Search: {LETTERS_ALONE}")
    lines += _sent_lines(sent) if sent else []
    if trace.considered:
        lines += ["", "Passages weighed, best first:"]
        lines += [f"  {' · '.join(row)}" for row in _rows(trace.considered, frozenset())]
    if prepared is None:
        return "\n".join([*lines, "", "No model would be asked."])
    prompt = prepared.prompt
    if model is None:
        nothing = "Nothing else leaves" if sent else "Nothing leaves"
        lines += ["", f"{nothing} this machine: COACH_MODEL is not set. With it, this would be sent:"]
    else:
        lines += ["", f"This, and nothing else, would be sent to {model}:"]
    lines += [f"(about {prompt.tokens} tokens; {prompt.version}; SHA-256 {prompt.hash})", "", prompt.system.rstrip()]
    return "\n".join([*lines, "", prompt.user])


def _sent_lines(sent: SentToSearch) -> list[str]:
    lines = ["", f"Sent to search, earlier questions in a conversation with it: {sent.question}"]
    if sent.embeddings:
        lines.append(f"  to {sent.embeddings}, also in parts, with words left out, and word by word")
    if sent.reranker:
        lines.append(f"  to {sent.reranker}, with the text of the first {RERANKED} passages that the asker may read")
    return lines


def why_message(record: AnswerRecord, zone: str) -> Message:
    """Return the record as its asker reads it in chat, without the workings; the quotes stand in the answer."""
    rows = considered_rows(record)[:SHOWN_IN_CHAT]
    blocks: list[Block] = [
        Heading("Why This Answer"),
        Text(record.words, is_strong=True),
        Facts(tuple(facts(record))),
    ]
    if rows:
        weighed = tuple((row[0], row[1]) for row in rows)
        blocks.append(Table("The nearest passages, best first", ("Passage", "Score"), weighed))
    blocks += [Note(note) for note in [*notes(record), FOR_UPKEEP.format(answer_id=record.answer_id)]]
    return Message(why_text(record, zone), tuple(blocks))


def facts(record: AnswerRecord) -> list[tuple[str, str]]:
    """Return what there is to say in a line each: band, confidence, whose words they are, the asker's verdict."""
    reply, trace = record.reply, record.reply.trace
    said = [("How it was answered", BANDS[reply.status])]
    if record.delivery is not None:
        said.append(("What its asker got", GOT[record.delivery]))
    if isinstance(reply, Abstention) and reply.rule:
        said.append(("Rule", reply.rule.replace("_", " ")))
    if trace.confidence is not None:
        said.append(("Probability that the quotes answer it", _probability(trace)))
    elif trace.is_degraded:
        said.append(("Search", LETTERS_ALONE))
    elif trace.generation is None:
        said.append(("Search", NO_RECORD))
    if trace.is_follow_up:
        said.append(("Read as", GUESSED if _is_held_back(reply) else FOLLOW_UP))
    if isinstance(reply, Answer) and reply.conflicts:
        said.append(("Disagreement", "two of the quotes say different things, and both stand in it"))
    use = trace.model_use
    if use is None:
        said.append(("Words", "quoted from the SOPs, no model"))
    else:
        said.append(("Model", f"{use.model}. {OUTCOMES.get(use.outcome, use.outcome)}"))
    said.append(("Asker's verdict", VERDICTS.get(record.rating or "", "none")))
    if record.rating_note:
        said.append(("In their words", record.rating_note))
    return said


def workings(record: AnswerRecord) -> list[tuple[str, str]]:
    """Return what only whoever looks after Coach asks: what the probability comes from, which index, what was spent."""
    trace, said = record.reply.trace, []
    if trace.signals and not trace.is_degraded:
        said.append(("Computed from", _signals(trace)))
    if trace.generation is not None:
        said.append(("SOPs as loaded by apply number", str(trace.generation)))
    return said + (_spent(trace.model_use) if trace.model_use else [])


def considered_rows(record: AnswerRecord) -> list[tuple[str, ...]]:
    """Return each passage weighed: where it stands, its score together, then what that was made of."""
    return _rows(record.considered, record.changed)


def _rows(considered: Sequence[Considered], changed_ids: frozenset[int]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for each in considered:
        changed = " (changed since)" if each.passage_id in changed_ids else ""
        parts = [f"{SCORES.get(name, name)} {value:.2f}" for name, value in each.scores.items() if name != "fused"]
        fused = each.scores.get("fused")
        score = "" if fused is None else f"{fused:.3f}"
        rows.append((place(each.file, each.heading_path) + changed, score, ", ".join(parts)))
    return rows


def phrased_lines(record: AnswerRecord) -> list[str]:
    """Return a model's sentences as lines; none where one of the quotes behind them is not the reader's to read."""
    reply = record.reply
    if not isinstance(reply, Answer) or len(record.sources) < len(reply.sources):
        return []
    return sentence_lines(reply)


def check_rows(use: ModelUse | None) -> list[tuple[str, str]]:
    """Return each check of a model's words and whether it held."""
    return [(check.name.replace("_", " "), CHECKS[check.is_met]) for check in use.checks] if use else []


def notes(record: AnswerRecord) -> list[str]:
    """Return what is left out of the record, and that words change."""
    said = []
    if record.closed:
        said.append(f"{record.closed} more of them stand in SOPs that you may not read now.")
    if record.changed:
        said.append("What is marked as changed stood so in the SOP then; the SOP was changed since.")
    return said


def ending(band: str, delivery: Delivery | None) -> str:
    """Return how an answer ended for its asker: what kept it from them, else how it was answered."""
    return BANDS[band] if delivery is None else ENDINGS[delivery]


def listed_answers(answers: Sequence[AskedQuestion], zone: str) -> str:
    """Return answers as lines of text, each with the id to ask for."""
    if not answers:
        return NONE_KEPT
    return "\n".join(
        f"{asked.public_id}  {when(asked.asked_at, zone)}  {_in_a_word(asked):13}  "
        f"{asked.rating or '':12}  {cut_words(asked.words)}".rstrip()
        for asked in answers
    )


def _in_a_word(asked: AskedQuestion) -> str:
    delivery = delivery_of(asked)
    return asked.band if delivery is None else ENDINGS[delivery].lower()


def cut_words(words: str) -> str:
    """Return a question on one line, cut to its first words."""
    line = " ".join(words.split())
    return line if len(line) <= MOST_WORDS else line[: MOST_WORDS - 1].rsplit(" ", 1)[0] + "…"


def when(at: datetime, zone: str) -> str:
    """Return an instant on the clock of a zone, such as 3 Nov 2026, 14:05."""
    return f"{day(at, zone)}, {local_time(at, zone):%H:%M}"


def _signals(trace: Trace) -> str:
    return ", ".join(f"{SIGNALS.get(name, name)} {value:.2f}" for name, value in trace.signals.items())


def _probability(trace: Trace) -> str:
    words = f"{trace.confidence:.0%}"
    if trace.low is None or trace.high is None:
        return words
    return f"{words} (closest passages from {trace.low:.0%}, certain from {trace.high:.0%})"


def _is_held_back(reply: Reply) -> bool:
    confidence, high = reply.trace.confidence, reply.trace.high
    return reply.status == "uncertain" and confidence is not None and high is not None and confidence >= high


def _spent(use: ModelUse) -> list[tuple[str, str]]:
    spent = f"{use.tokens_in + use.tokens_out} tokens, {use.seconds:.1f} s, tries: {use.tries}"
    return [("Prompt", f"{use.prompt_version}, SHA-256 {use.prompt_hash}"), ("Spent", spent)]
