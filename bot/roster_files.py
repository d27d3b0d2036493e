"""Finds the rosters of a company folder and the people its cohorts mean."""

import os
from collections.abc import Sequence
from pathlib import Path

from bot.company_file import FILE, Company
from lessons.shifts import CALLS, SHIFTS, Rosters, is_roster, read_rosters
from metrics.people import PersonRow


def find_rosters(root: Path, people: Sequence[PersonRow] | None) -> tuple[Rosters, list[str]]:
    """Return the shifts, calls and leave a company folder holds, and every mistake in them.

    `people` are those of people.csv, None where it is missing or cannot be read. Nothing is followed out of the folder.
    """
    contents: dict[str, bytes] = {}
    mistakes: list[str] = []
    for path in sorted([*root.glob("*"), *root.glob(f"{SHIFTS}/*"), *root.glob(f"{CALLS}/*")]):
        file = path.relative_to(root).as_posix()
        if not is_roster(file) or path.is_dir():
            continue
        if not Path(os.path.realpath(path)).is_relative_to(root):
            mistakes.append(f"{file} is a link to outside the company folder. Copy the file itself.")
            continue
        try:
            contents[file] = path.read_bytes()
        except OSError as error:
            mistakes.append(f"{file} cannot be opened ({error.strerror}). Correct its permissions.")
    rosters, found = read_rosters(contents, None if people is None else {person.email for person in people})
    return rosters, mistakes + found


def empty_cohorts(company: Company, people: Sequence[PersonRow]) -> list[str]:
    """Return a sentence for each cohort nobody belongs to: most often, a filter is spelled wrongly."""
    return [
        f"{FILE}: nobody in people.csv belongs to the cohort {cohort.name!r}. Correct who it names."
        for cohort in company.lesson_rules().cohorts
        if not any(cohort.holds(person.email, person.roles, person.team, person.site) for person in people)
    ]
