"""Judges whether answers to choose from differ enough that only one of them can be defended."""

import re
from collections.abc import Sequence
from itertools import combinations

WORD = re.compile(r"\w+")
# Words that change nothing about what somebody does. Not, no, never, only, without are none of them.
STOP_WORDS = frozenset(
    WORD.findall(
        "a an the and or of to in on at for from by with into as it its is are be been was were do does did will would "
        "you your we our they their them he his she her this that these those there then so just please also"
    )
)
LONG_WORD = 6
MUCH_LONGER = 1.6
LONG_OPTION_CHARACTERS = 60


def alike(options: Sequence[str]) -> tuple[str, str] | None:
    """Return the first two options that say the same, None when all differ.

    Two say the same when, case, punctuation, order, plural endings and stop words aside, they hold the same words; or
    all but one, and that one differs by a single letter in a word of six or more, as a slip of the pen does.
    """
    for one, other in combinations(options, 2):
        if _say_the_same(one, other):
            return one, other
    return None


def stands_out(options: Sequence[str]) -> int | None:
    """Return the place of an option much longer than every other, which gives itself away; None when there is none."""
    lengths = [len(option) for option in options]
    longest = max(range(len(options)), key=lengths.__getitem__)
    others = lengths[:longest] + lengths[longest + 1 :]
    is_much_longer = lengths[longest] >= LONG_OPTION_CHARACTERS and lengths[longest] > MUCH_LONGER * max(others)
    return longest if is_much_longer else None


def _say_the_same(one: str, other: str) -> bool:
    left, right = _content(one), _content(other)
    if not left or not right:
        return _words(one) == _words(other)
    only_left, only_right = left - right, right - left
    if not only_left and not only_right:
        return True
    if len(only_left) != 1 or len(only_right) != 1:
        return False
    return _differ_by_a_letter(only_left.pop(), only_right.pop())


def _content(text: str) -> set[str]:
    return {_singular(word) for word in _words(text) if word not in STOP_WORDS}


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _differ_by_a_letter(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) < LONG_WORD or len(long) - len(short) > 1 or not (one.isalpha() and other.isalpha()):
        return False
    same = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    rest = same + 1 if len(long) == len(short) else same
    return short[rest:] == long[same + 1 :]
