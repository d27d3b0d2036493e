"""Words for an answer or an abstention: the text a person reads, and the object a program reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.views.citing import place, reviewed, section_names, section_numbers, section_of
from bot.views.disagreement import disagreements
from bot.views.phrased import PHRASED, sentence_lines, whose_words
from coach.answer import Abstention, Answer, Reply
from coach.sources import Source

UNCERTAIN = "I'm not certain. These are the closest passages, quoted from your SOPs:"
LETTERS_ALONE = "Part of my search is not available just now, so I compared spellings alone"
CLOSEST_BY_LETTERS = f"{LETTERS_ALONE} and I'm not certain. These are the closest passages, quoted from your SOPs:"
PERHAPS = "I'm not certain that this is all of it:"
REFUSALS = {
    "no_words": "I can only read words. Ask me how something is done here, for example: “How do I call in sick?”",
    "too_long": "That is too long for me to read as one question. Ask it in a sentence or two (2,000 characters at "
    "most).",
    "instruction_override": "I answer from your company's SOPs, and a message cannot change how I do that. "
    "Ask me how something is done here.",
    "cannot_approve": "I can't approve, sign or decide anything for anyone. Ask {contact}.",
    "harmful_request": "I won't help with that. If you are under pressure to do it, or something has already gone "
    "wrong, talk to {contact}.",
    "secret": "I don't give out passwords, codes or keys. Ask {contact}.",
    "personal_data": "I don't give out personal details of colleagues or customers. Ask {contact}.",
    "somebodys_pay": "I don't answer what a particular person earns. Ask {contact}.",
    "medical_advice": "I can't give medical advice. Ask a doctor or pharmacist; for time off or help at work, "
    "ask {contact}.",
    "legal_advice": "I can't give legal advice. Ask {contact}, who can bring in a lawyer.",
    "financial_advice": "I can't give personal tax or money advice. Ask a tax adviser; for how the company's scheme "
    "works, ask {contact}.",
    "emergency": "If someone is in danger, call {contact} now. Then tell whoever is in charge of the shift.",
    "self_harm": "I'm sorry you are carrying this. You don't have to do it alone. If you might act on it, call "
    "{contact} now, or a crisis line (988 in the US and Canada, 116 123 in the UK and Ireland). Talking to someone you "
    "trust today helps too. I have told nobody that you wrote this.",
}
ANYBODY = {
    "emergency": "your emergency number (112, 999 or 911)",
    "self_harm": "your emergency number (112, 999 or 911)",
}
NOT_FOUND = "Not covered: I found nothing in your SOPs that answers this."
NEAREST = "The nearest sections are:"
NOBODY_NAMED = "the person in charge of your shift"


@dataclass(frozen=True)
class NotCovered:
    """What is said where nothing covers a question: that, what to do, and the sections nearest to it."""

    point: str
    advice: str
    nearest: tuple[str, ...] = ()


def as_json(reply: Reply, text: str, seconds: float) -> dict[str, Any]:
    """Return the reply as the command line's JSON object; `text` is as_text's, `seconds` how long it took."""
    return {
        "status": reply.status,
        "rule": reply.rule if isinstance(reply, Abstention) else None,
        "refer_to": reply.refer_to,
        "text": text,
        "sources": [
            {
                "file": source.file,
                "heading_path": list(source.heading_path),
                "quote": source.verbatim,
                "score": source.score,
            }
            for source in reply.sources
            if quotes_sources(reply)
        ],
        "confidence": None if reply.trace.confidence is None else round(reply.trace.confidence, 3),
        "seconds": round(seconds, 3),
    }


def as_text(reply: Reply, names: Mapping[str, str], today: date) -> str:
    """Return the reply as plain text, the point first; `names` turns an e-mail into a name, `today` dates reviews."""
    if isinstance(reply, Answer):
        return "\n\n".join(_answer_parts(reply, contact_named(reply.refer_to, names), today))
    if reply.rule:
        return "\n\n".join([refusal(reply, names), *_quotes(reply, today)])
    said = not_covered(reply, names)
    if len(said.nearest) > 1:
        nearest = "\n".join(f"{number}. {section}" for number, section in enumerate(said.nearest, 1))
        return f"{said.point} {said.advice}\n\n{NEAREST}\n{nearest}"
    return " ".join([said.point, said.advice, *(f"({nearest_line(section)})" for section in said.nearest)])


def _answer_parts(reply: Answer, contact: str, today: date) -> list[str]:
    doubt, words = doubt_of(reply), whose_words(reply)
    parts = [*([doubt] if doubt else []), *disagreements(reply, contact)]
    if reply.sentences:
        numbers = section_numbers(reply.sources)
        parts += ["\n".join(sentence_lines(reply)), f"({PHRASED})"]
        parts += [f"[{numbers[section_of(source)]}] {_quote(source, today)}" for source in reply.sources]
    else:
        parts += [*_quotes(reply, today), *([words] if words else [])]
    return parts if reply.is_certain else [*parts, none_of_these(contact)]


def leads(reply: Reply) -> bool:
    """Say whether the first quote of a reply is its point, so that the others are beside it."""
    return not isinstance(reply, Answer) or (reply.is_certain and not reply.conflicts)


def refusal(reply: Abstention, names: Mapping[str, str]) -> str:
    """Return why Coach will not answer, and whom to ask instead; empty where nothing covers a question."""
    contact = _contact(reply.refer_to, names) or ANYBODY.get(reply.rule or "", NOBODY_NAMED)
    return REFUSALS[reply.rule].format(contact=contact) if reply.rule else ""


def quotes_sources(reply: Reply) -> bool:
    """Whether the words of its sources are shown; where nothing covers a question, only their places are."""
    return isinstance(reply, Answer) or reply.rule is not None


def doubt_of(reply: Answer) -> str | None:
    """Return the line above an answer that Coach is not certain of, None where it is."""
    if reply.is_certain:
        return None
    if reply.sentences:
        return PERHAPS
    return CLOSEST_BY_LETTERS if reply.trace.is_degraded else UNCERTAIN


def none_of_these(contact: str) -> str:
    """Return the line below an answer that Coach is not certain of: whom to ask."""
    return f"If none of these is it, ask {contact}."


def not_covered(reply: Abstention, names: Mapping[str, str]) -> NotCovered:
    """Return what is said where nothing covers a question."""
    contact = contact_named(reply.refer_to, names)
    if reply.sources:
        return NotCovered(NOT_FOUND, f"Ask {contact}.", tuple(section_names(reply.sources).values()))
    if reply.trace.is_degraded:
        return NotCovered(f"{LETTERS_ALONE}, and found nothing.", f"Ask me again later, or ask {contact} now.")
    if reply.nearest is None:
        return NotCovered("Not covered: no SOP you can read is about this.", f"Ask {contact}.")
    return NotCovered(NOT_FOUND, f"Ask {contact}.", (reply.nearest,))


def nearest_line(section: str) -> str:
    """Return a section named as the nearest one."""
    return f"The nearest section is “{section}”."


def contact_named(refer_to: str | None, names: Mapping[str, str]) -> str:
    """Return whom to ask, by name where it is known; never nobody."""
    return _contact(refer_to, names) or NOBODY_NAMED


def _quotes(reply: Reply, today: date) -> list[str]:
    begun = "Quoted from " if leads(reply) else ""
    return [
        _quote(source, today, "Also in " if begun and number else begun) for number, source in enumerate(reply.sources)
    ]


def _quote(source: Source, today: date, begun: str = "") -> str:
    facts = reviewed(source, today)
    where = begun + place(source.file, source.heading_path)
    return f"“{source.words}”\n  {where}" + (f" ({', '.join(facts)})" if facts else "")


def _contact(refer_to: str | None, names: Mapping[str, str]) -> str | None:
    if refer_to is None:
        return None
    name = names.get(refer_to.lower())
    return f"{name} ({refer_to})" if name else refer_to
