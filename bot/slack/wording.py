"""Owns how people's words are read out of Slack's text: mentions, links and escapes become plain words."""

import re

from bot.arrivals import COACH, SOMEONE, Wording, clean, without_coach

# Slack itself cuts messages here.
MAX_CHARACTERS = 40_000
TO_MANY = ("here", "channel", "everyone")
TOKEN = re.compile(r"<([^<>]*)>")


NO_WORDS = Wording("")


def read_wording(text: str, coach_user_id: str) -> Wording:
    """Return what a message of Slack's says: others become `@someone`, links their label, escapes their sign.

    Takes time in proportion to the text.
    """
    mentioned: set[str] = set()
    accounts: list[str] = []

    def plain(token: re.Match[str]) -> str:
        target, _, label = token[1].partition("|")
        sign, name = target[:1], target[1:]
        if sign == "@":
            mentioned.add(name)
            if name == coach_user_id:
                return COACH
            accounts.append(name)
            return SOMEONE
        if sign == "#":
            return f"#{label or 'channel'}"
        if sign != "!":
            return label or target.removeprefix("mailto:").removeprefix("tel:")
        if name.startswith("subteam^"):
            mentioned.add(name)
            accounts.append("")
            return SOMEONE
        if name in TO_MANY:
            mentioned.add(name)
            return f"@{name}"
        return label

    said = without_coach(TOKEN.sub(plain, clean(text[:MAX_CHARACTERS])))
    for escape, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        said = said.replace(escape, sign)
    return Wording(said.strip(), coach_user_id in mentioned, bool(mentioned - {coach_user_id}), tuple(accounts))
