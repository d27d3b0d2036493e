"""Owns how the number of a list item is printed: in digits, letters or Roman numerals."""

ROMAN = [(100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")]
MOST_ROMAN = 400


def numeral(count: int, form: str) -> str:
    """Return a number as a list prints it; `form` is Word's name for that (`lowerLetter`), decimal for any unknown."""
    if form in ("lowerLetter", "upperLetter") and count > 0:
        # After z Word writes aa, bb, cc.
        letters = "abcdefghijklmnopqrstuvwxyz"[(count - 1) % 26] * min(5, (count - 1) // 26 + 1)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("lowerRoman", "upperRoman") and 0 < count < MOST_ROMAN:
        return _roman(count).upper() if form == "upperRoman" else _roman(count)
    return f"{count:02d}" if form == "decimalZero" else str(count)


def _roman(count: int) -> str:
    written = ""
    for worth, digits in ROMAN:
        written += digits * (count // worth)
        count %= worth
    return written
