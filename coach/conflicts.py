"""Owns where two quoted sections disagree (pure): the same matter with another figure, or no against yes."""

from collections.abc import Collection, Sequence
from itertools import combinations, product
from pathlib import PurePosixPath

from coach.sections import sentences
from coach.sources import Conflict, Source
from coach.statements import SCOPE, Stance, Statement
from coach.wording import stems

ABOUT = ("money", "time", "duration", "date", "share", "number", "permission")
FEWEST_SHARED = 2
MOST_EXTRA = 0.25
AT_MOST_AGAINST_AT_LEAST = {(True, False), (False, True)}
OPPOSED = (
    {Stance.FORBIDDEN, Stance.ALLOWED},
    {Stance.FORBIDDEN, Stance.REQUIRED},
    {Stance.OPTIONAL, Stance.REQUIRED},
)


def conflicts_among(sources: Sequence[Source], apart: Collection[str] = ()) -> tuple[Conflict, ...]:
    """Return the pairs of sources that disagree, in order, with the first sentences that do.

    `apart` names sites and teams of the company: what holds for one says nothing of another. Two quotes of one section
    never disagree, nor do SOPs for different sites.
    """
    stated = [_statements(source) for source in sources]
    found = []
    for one, other in combinations(range(len(sources)), 2):
        if _section(sources[one]) == _section(sources[other]) or sources[one].site != sources[other].site:
            continue
        for first, second in product(stated[one], stated[other]):
            if (about := disagreement(first, second, apart)) is not None:
                found.append(Conflict(one, other, about, first.words, second.words))
                break
    return tuple(found)


def disagreement(first: Statement, second: Statement, apart: Collection[str] = ()) -> str | None:
    """Return what two sentences disagree about, of ABOUT; None where they do not, or may be about different matters.

    They must share their words, and neither may say to whom, where, when or in which case unless the other does.
    """
    if first.plain.endswith("?") or second.plain.endswith("?"):
        return None
    if not (_are_of_one_matter(first, second) and _are_of_one_case(first, second, apart)):
        return None
    return _other_figure(first, second) or _other_stance(first, second)


def _are_of_one_matter(first: Statement, second: Statement) -> bool:
    if first.matter - second.matter and second.matter - first.matter:
        return False
    own, others = _unshared(first, second), _unshared(second, first)
    if own & first.qualifiers or others & second.qualifiers:
        return False
    shared, said = first.matter & second.matter, first.matter | second.matter
    return len(shared) >= FEWEST_SHARED and len(own | others) <= MOST_EXTRA * len(said)


def _unshared(one: Statement, other: Statement) -> set[str]:
    """Return what a sentence is about and another not, whose headings do not say it either."""
    return one.matter - other.matter - other.place_stems


def _are_of_one_case(first: Statement, second: Statement, apart: Collection[str]) -> bool:
    return (
        not _are_beside_each_other(first, second)
        and (first.labels, first.limits, first.is_dated) == (second.labels, second.limits, second.is_dated)
        and {first.bounds, second.bounds} != AT_MOST_AGAINST_AT_LEAST
        and first.cases <= second.whole_words
        and second.cases <= first.whole_words
        and first.whole_words & SCOPE == second.whole_words & SCOPE
        and all((name.casefold() in first.whole) == (name.casefold() in second.whole) for name in apart)
    )


def _are_beside_each_other(first: Statement, second: Statement) -> bool:
    """Say whether sections are cases of one SOP, or of one template that was filled in for two things."""
    if first.file == second.file:
        last, other_last = (stems(" ".join(each.heading_path[-1:])) for each in (first, second))
        return bool(last - other_last) and bool(other_last - last)
    is_one_folder = PurePosixPath(first.file).parent == PurePosixPath(second.file).parent
    return is_one_folder and first.heading_path[1:] == second.heading_path[1:] != ()


def _other_figure(first: Statement, second: Statement) -> str | None:
    one, other = first.measures, second.measures
    differing = [kind for kind in one if one[kind] != other.get(kind)]
    if one.keys() != other.keys() or len(differing) != 1 or differing == ["label"]:
        return None
    here, there = one[differing[0]], other[differing[0]]
    is_one_figure = len(here - there) == len(there - here) == 1
    is_alone = len(here) == 1 or not (_unshared(first, second) or _unshared(second, first))
    return differing[0].split()[0] if is_one_figure and is_alone else None


def _other_stance(first: Statement, second: Statement) -> str | None:
    if _unshared(first, second) or _unshared(second, first) or first.measures != second.measures:
        return None
    stances = {first.stance, second.stance}
    is_denied = None in stances and Stance.OPTIONAL not in stances and first.is_denied != second.is_denied
    return "permission" if is_denied or stances in OPPOSED else None


def _statements(source: Source) -> list[Statement]:
    spans = sentences(source.words, 0, len(source.words))
    return [Statement(source.words[span.start : span.end], source.file, source.heading_path) for span in spans]


def _section(source: Source) -> tuple[str, tuple[str, ...]]:
    return source.file, source.heading_path
