"""Words for an answer or an abstention: the text a person reads, and the object a program reads."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.views.disagreement import disagreements
from bot.views.phrased import PHRASED, section_numbers, section_of, sentence_lines, whose_words
from coach.answer import Abstention, Answer, Reply
from coach.sources import Source

CERTAIN = "Quoted from your SOPs:"
UNCERTAIN = "I'm not certain. These are the closest passages, quoted from your SOPs:"
FROM = "From your SOPs:"
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
NOBODY_NAMED = "the person in charge of your shift"


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
    """Return the reply as plain text; `names` turns an e-mail into a person's name, `today` dates the reviews."""
    contact = _contact(reply.refer_to, names)
    if isinstance(reply, Answer):
        words = whose_words(reply)
        parts = [words] if words and not reply.sentences else []
        parts += [head_of(reply), *disagreements(reply, contact or NOBODY_NAMED)]
        if reply.sentences:
            parts += ["\n".join(sentence_lines(reply)), f"({PHRASED})"]
            numbers = section_numbers(reply.sources)
            parts += [f"[{numbers[section_of(source)]}] {_citation(source, today)}" for source in reply.sources]
        else:
            parts += [_citation(source, today) for source in reply.sources]
        if not reply.is_certain:
            parts.append(f"If none of these is it, ask {contact or NOBODY_NAMED}.")
        return "\n\n".join(parts)
    if reply.rule:
        refusal = REFUSALS[reply.rule].format(contact=contact or ANYBODY.get(reply.rule, NOBODY_NAMED))
        if not reply.sources:
            return refusal
        return "\n\n".join([refusal, CERTAIN, *(_citation(source, today) for source in reply.sources)])
    return _not_covered(reply, contact)


def quotes_sources(reply: Reply) -> bool:
    """Whether the words of its sources are shown; where nothing covers a question, only their places are."""
    return isinstance(reply, Answer) or reply.rule is not None


def head_of(reply: Answer) -> str:
    """Return the line above an answer: how certain it is, and whether it is quoted."""
    if reply.sentences:
        return FROM if reply.is_certain else PERHAPS
    if reply.trace.is_degraded:
        return CLOSEST_BY_LETTERS
    return CERTAIN if reply.is_certain else UNCERTAIN


def sections_of(sources: Sequence[Source]) -> list[str]:
    """Return the sections that quotes stand in, each once, as "file > headings"."""
    return [" > ".join(section) for section in section_numbers(sources)]


def _not_covered(reply: Abstention, contact: str | None) -> str:
    if reply.trace.is_degraded and not reply.sources:
        return f"{LETTERS_ALONE}, and found nothing. Ask me again later, or ask {contact or NOBODY_NAMED} now."
    if reply.sources:
        near = sections_of(reply.sources)
        nearest = "\n".join(f"{number}. {section}" for number, section in enumerate(near, 1))
        head = "The nearest section is:" if len(near) == 1 else "The nearest sections are:"
        return f"{NOT_FOUND} Ask {contact or NOBODY_NAMED}.\n\n{head}\n{nearest}"
    if reply.nearest is None:
        return f"Not covered: no SOP you can read is about this. Ask {contact or NOBODY_NAMED}."
    return f"{NOT_FOUND} Ask {contact or NOBODY_NAMED}. (The nearest section is “{reply.nearest}”.)"


def reviewed(source: Source, today: date) -> list[str]:
    """Return what an SOP says of its version and review, none where it says nothing."""
    facts = []
    if source.version:
        facts.append(f"version {source.version}")
    if source.review_on:
        day = f"{source.review_on.day} {source.review_on:%b %Y}"
        facts.append(f"review was due {day}" if source.review_on < today else f"review by {day}")
    return facts


def contact_named(refer_to: str | None, names: Mapping[str, str]) -> str:
    """Return whom to ask, by name where it is known; never nobody."""
    return _contact(refer_to, names) or NOBODY_NAMED


def _citation(source: Source, today: date) -> str:
    facts = reviewed(source, today)
    place = " > ".join([source.file, *source.heading_path])
    return f"“{source.words}”\n  {place}" + (f" ({', '.join(facts)})" if facts else "")


def _contact(refer_to: str | None, names: Mapping[str, str]) -> str | None:
    if refer_to is None:
        return None
    name = names.get(refer_to.lower())
    return f"{name} ({refer_to})" if name else refer_to
