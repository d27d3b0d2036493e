"""Owns the courtesies around a question, which no SOP is about (pure)."""

import re

WHOM = r"(?: (?:there|coach|all|team))?"
HELLO = rf"(?:hi|hiya|hello|hey|howdy|yo|good (?:morning|afternoon|evening)){WHOM}"
ASKS = (
    "how|what|whats|when|where|who|whos|why|which|can|could|do|does|did|is|are|may|should|must|will|would|have|has|i|im"
    "|we|my|if|a customer|quick|just|one|sorry"
)
HELLO_BEFORE = re.compile(
    rf"\s*(?:{HELLO}|/?coach)(?:(?:\s*[,.!:;\n–—]|\s+-|-(?=\s))\s*|\s+(?=(?:{ASKS})\b))", re.IGNORECASE
)
QUICK_BEFORE = re.compile(r"\s*(?:just )?(?:a )?quick (?:q|question)\b(?: for you)?\s*[,.:;\n–—-]*\s*", re.IGNORECASE)
THANKS = r"(?:thanks?(?: you)?|thank you|thx|cheers|ta)(?: (?:so much|a lot|in advance|coach|again|all))*"
THANKS_BEHIND = re.compile(
    rf"(?:(?<=[?.!,;\n])\s*(?:lol\s+)?{THANKS}|\s+lol(?:[\s,]+{THANKS})?)[\s.!]*$", re.IGNORECASE
)
MOST_CHARACTERS_OF_THANKS = 100
FEWEST_WORDS = 2


def without_courtesies(question: str) -> str:
    """Return a question without the hello before it and the thanks behind it; as it is where hardly a word would stay.

    They would be searched for like any word: "hey coach" alone can make a certain answer an uncertain one.
    """
    behind = THANKS_BEHIND.search(question, max(len(question) - MOST_CHARACTERS_OF_THANKS, 0))
    bare = question[: behind.start()] if behind else question
    for before in (HELLO_BEFORE, QUICK_BEFORE):
        found = before.match(bare)
        bare = bare[found.end() :] if found else bare
    return bare if len(bare.split()) >= FEWEST_WORDS else question
