"""Owns how people's words are read out of a Teams message: mentions and escapes become plain words."""

import html
import re
from collections import defaultdict

from bot.arrivals import COACH, SOMEONE, Body, Wording, clean, dict_of, list_of, text_of, without_coach
from metrics.people import entra_id

MAX_CHARACTERS = 40_000
MENTION = re.compile(r"<at(?: [^<>]{0,100})?>[^<>]{0,300}</at>")


def read_wording(activity: Body, coach_id: str) -> Wording:
    """Return what a message says: others become `@someone`, escapes their sign; other `<at>` stays.

    Takes time in proportion to the text.
    """
    mentioned: dict[str, list[str]] = defaultdict(list)
    known_as: dict[str, str] = {}
    accounts: list[str] = []
    for entity in list_of(activity, "entities"):
        if isinstance(entity, dict) and entity.get("type") == "mention":
            who = dict_of(entity, "mentioned")
            mentioned[text_of(entity, "text")].append(text_of(who, "id"))
            known_as[text_of(who, "id")] = entra_id(text_of(who, "aadObjectId")) or text_of(who, "id")
    everybody = {name for names in mentioned.values() for name in names}
    # Where an activity does not say who Coach is, a mention of nobody is none of Coach.
    ours = coach_id or None

    def plain(token: re.Match[str]) -> str:
        names = mentioned.get(token[0])
        if not names:
            return token[0]
        if (name := names.pop(0)) == ours:
            return COACH
        accounts.append(known_as[name])
        return SOMEONE

    said = without_coach(MENTION.sub(plain, text_of(activity, "text")[:MAX_CHARACTERS]))
    words = clean(html.unescape(said)).replace("\xa0", " ").strip()
    return Wording(words, ours in everybody, bool(everybody - {ours}), tuple(accounts))
