"""Owns how a spreadsheet's numbers and dates read, by the number format of their cell (ECMA-376, part 1, 18.8.30)."""

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

GENERAL = "General"
ISO_DATE = "yyyy-mm-dd"
# Formats files use without stating them. 14 and 22 follow the reader's own country; the one none mistakes is used.
BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    14: ISO_DATE,
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: f"{ISO_DATE} h:mm",
    **dict.fromkeys((37, 38), "#,##0;-#,##0"),
    **dict.fromkeys((39, 40), "#,##0.00;-#,##0.00"),
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
}
TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]|(am/pm|a/p|y+|m+|d+|h+|s+(?:\.0+)?|[0#?.,%/]+|e[+-]0+)|(.)', re.I
)
DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
CURRENCY = re.compile(r"\$([^-]*)")
MONTHS = (
    "",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EPOCH, EPOCH_1904 = datetime(1899, 12, 30, tzinfo=UTC), datetime(1904, 1, 1, tzinfo=UTC)
LAST_DAY = 2_958_465
# What Excel keeps of a number; and beyond what a format is written out to.
SIGNIFICANT = 15
MOST_DIGITS, MOST_PLACES = 20, 20
WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


def is_date(code: str) -> bool:
    """Say whether a number format shows a date or a time."""
    return code.lower() != "general" and bool(DATE_LETTERS.search(QUOTED.sub("", code.split(";", 1)[0])))


def moment_of(number: float, starts_1904: bool) -> datetime | None:
    """Return the date and time a number stands for, to the second; None outside 1900 to 9999."""
    if not 0 <= number <= LAST_DAY:
        return None
    # Excel holds 1900 for a leap year: before its day 60 the count is one short.
    shift = 1 if not starts_1904 and 0 < number < 60 else 0
    start = EPOCH_1904 if starts_1904 else EPOCH
    return start + timedelta(days=shift + int(number), seconds=round(number % 1 * 86_400))


def shown(value: str, code: str, starts_1904: bool = False) -> str:
    """Return a number as its cell shows it; as it is stored where the format says nothing that is known."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        return value
    if is_date(code):
        moment = moment_of(float(number), starts_1904)
        return _dated(code.split(";", 1)[0], moment, float(number)) if moment else _general(number)
    sections = code.split(";")
    if code.lower() in ("general", "@", ""):
        return _general(number)
    if number < 0 and len(sections) > 1 and sections[1]:
        return _formatted(sections[1], -number)
    if number == 0 and len(sections) > 2:
        return _formatted(sections[2], number)
    sign = "-" if number < 0 else ""
    return sign + _formatted(sections[0], abs(number))


def _general(number: Decimal) -> str:
    """Return a number without the tail that binary fractions leave (0.1 + 0.2)."""
    if number == 0:
        return "0"
    last = number.adjusted() - SIGNIFICANT + 1
    whole = format(number.quantize(Decimal(1).scaleb(last), context=WIDE), "f")
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def _formatted(code: str, number: Decimal) -> str:
    """Return a number by one section of a format: its digits once, words and signs around them."""
    before, digits, after = "", "", ""
    for quoted, escaped, bracket, token, other in TOKEN.findall(code):
        currency = CURRENCY.match(bracket)
        words = quoted + escaped + other + (currency[1] if currency else "")
        if token and token[0] in "0#?.,":
            digits += token
        elif token.startswith("%"):
            words = token
        elif token:
            # Fractions and powers of ten read best as plain numbers.
            digits += token if token[0] in "eE" else ""
        if digits:
            after += words
        else:
            before += words
    percents = (digits + after + before).count("%")
    if not digits:
        return (before + after).strip() or _general(number)
    return f"{before}{_digits(digits.rstrip('%'), number.scaleb(2 * percents))}{'%' * digits.count('%')}{after}".strip()


def _digits(pattern: str, number: Decimal) -> str:
    if "/" in pattern or "e" in pattern.lower():
        return _general(number)
    thousands = len(pattern) - len(pattern.rstrip(","))
    whole, _, fraction = pattern.rstrip(",").partition(".")
    places = min(MOST_PLACES, sum(fraction.count(mark) for mark in "0#?"))
    rounded = number.scaleb(-3 * thousands).quantize(Decimal(1).scaleb(-places), context=WIDE)
    least = whole.count("0")
    integer, _, decimals = format(rounded, "f").partition(".")
    integer = integer.lstrip("0").zfill(least)
    if "," in whole:
        integer = f"{int(integer or 0):,}".zfill(least)
    optional = len(fraction) - len(fraction.rstrip("#?"))
    kept = (
        decimals[: len(decimals) - optional] + decimals[len(decimals) - optional :].rstrip("0")
        if optional
        else decimals
    )
    return f"{integer or '0'}.{kept}" if kept else integer or "0"


def _dated(code: str, moment: datetime, number: float) -> str:
    written, is_after_hours = "", False
    tokens = TOKEN.findall(code)
    half_day = any(token.lower() in ("am/pm", "a/p") for *_, token, _ in tokens)
    for place, (quoted, escaped, bracket, token, other) in enumerate(tokens):
        elapsed = bracket if ELAPSED.fullmatch(bracket) else ""
        kind = (token or elapsed)[:1].lower()
        follows = next((later[3][0].lower() for later in tokens[place + 1 :] if later[3][:1].isalpha()), "")
        is_minutes = kind == "m" and (is_after_hours or follows == "s")
        if elapsed:
            written += str(int(number * {"h": 24, "m": 1_440, "s": 86_400}[kind] + 1e-6))
        elif token:
            written += _part("n" if is_minutes else kind, token, moment, half_day)
        else:
            written += quoted + escaped + other
        if kind.isalpha():
            is_after_hours = kind == "h"
    return written.strip()


def _part(kind: str, token: str, moment: datetime, half_day: bool) -> str:
    width = len(token)
    if kind == "y":
        return f"{moment.year:04d}" if width > 2 else f"{moment.year % 100:02d}"
    if kind == "m":
        month = MONTHS[moment.month]
        return {1: str(moment.month), 2: f"{moment.month:02d}", 3: month[:3], 5: month[:1]}.get(width, month)
    if kind == "d":
        day = DAYS[moment.weekday()]
        return {1: str(moment.day), 2: f"{moment.day:02d}", 3: day[:3]}.get(width, day)
    if kind == "h":
        hour = (moment.hour - 1) % 12 + 1 if half_day else moment.hour
        return f"{hour:02d}" if width > 1 else str(hour)
    if kind == "a":
        return "AM" if moment.hour < 12 else "PM"
    if kind in ("n", "s"):
        part = moment.minute if kind == "n" else moment.second
        return f"{part:02d}" if width > 1 else str(part)
    return token
