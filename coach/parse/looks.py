"""Owns what looks say: near-white and tiny words go unseen, raised digits are of no number, Wingdings tick boxes."""

import re

SMALLEST_POINTS = 4.0
# Contrast to white paper by WCAG 2.2: readable text needs 4.5, light grey (#ddd) has 1.36.
LEAST_CONTRAST = 1.3
SIX_DIGITS = re.compile(r"#?(?:[0-9a-f]{2})?([0-9a-f]{6})", re.IGNORECASE)
THREE_DIGITS = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])", re.IGNORECASE)
BY_PARTS = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})[^)]*\)", re.IGNORECASE)
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# A tick and a cross may be all that a cell of a table says; other letters of Wingdings say nothing.
TICKS = {"\uf0fc": "✓", "\uf0fb": "✗", "\uf0fe": "☑", "\uf0fd": "☒", "\uf06f": "☐", "\uf0a8": "☐"}
NAMED = {"white": "ffffff", "snow": "fffafa", "ivory": "fffff0", "ghostwhite": "f8f8ff", "whitesmoke": "f5f5f5"}


def is_near_white(colour: str) -> bool:
    """Say whether a colour (`#fff`, `FFFFFF`, `FFFFFFFF` with alpha first, `rgb(..)`, a name) is lost on paper."""
    parts = _parts(colour.strip().lower())
    return parts is not None and 1.05 / (_luminance(parts) + 0.05) < LEAST_CONTRAST


def _parts(colour: str) -> tuple[int, int, int] | None:
    colour = NAMED.get(colour, colour)
    if short := THREE_DIGITS.fullmatch(colour):
        colour = "".join(digit * 2 for digit in short.groups())
    if by_parts := BY_PARTS.fullmatch(colour):
        red, green, blue = (min(255, int(part)) for part in by_parts.groups())
        return red, green, blue
    if digits := SIX_DIGITS.fullmatch(colour):
        red, green, blue = bytes.fromhex(digits[1])
        return red, green, blue
    return None


def _luminance(parts: tuple[int, int, int]) -> float:
    linear = [part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
