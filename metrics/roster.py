"""Reads people.csv into checked rows, reporting every mistake at once with its line."""

import re
from datetime import date

from metrics.csv_rows import read_rows
from metrics.people import PersonRow, entra_id
from metrics.time_zones import is_time_zone

COLUMNS = ("name", "email", "slack_id", "teams_id", "team", "role", "site", "manager", "start_date", "time_zone")
REQUIRED = ("name", "email")
MAX_CHARACTERS = {"name": 200, "email": 320, "slack_id": 200, "teams_id": 200, "team": 200, "site": 200}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def read_people(text: str, roles: frozenset[str] | None) -> tuple[list[PersonRow], list[str]]:
    """Return the rows and every mistake as a sentence.

    `roles` are those company.yaml lists; None, when it cannot be read, allows any.
    """
    lines, mistakes = read_rows("people.csv", text, COLUMNS, REQUIRED)
    rows: dict[int, PersonRow] = {}
    listed: set[str] = set()
    for line_number, values in lines:
        listed.add(values["email"].lower())
        row, faults = _person(values, roles)
        mistakes += [f"people.csv line {line_number}: {fault}" for fault in faults]
        if row is not None:
            rows[line_number] = row
    return list(rows.values()), mistakes + _mistakes_between(rows, listed)


def _person(values: dict[str, str], roles: frozenset[str] | None) -> tuple[PersonRow | None, list[str]]:
    faults = [
        f"the {name} is longer than {limit} characters."
        for name, limit in MAX_CHARACTERS.items()
        if len(values.get(name, "")) > limit
    ]
    email = values["email"].lower()
    if not EMAIL.fullmatch(email):
        faults.append(f"{values['email']!r} is not an e-mail address.")
    if not values["name"]:
        faults.append("the name is missing.")
    held = tuple(dict.fromkeys(name.strip() for name in values.get("role", "").split(";") if name.strip()))
    unlisted = [name for name in held if roles is not None and name not in roles]
    faults += [f"the role {name!r} is not listed under roles: in company.yaml." for name in unlisted]
    started_on = None
    if values.get("start_date"):
        try:
            started_on = date.fromisoformat(values["start_date"])
        except ValueError:
            faults.append(f"the start date {values['start_date']!r} is not a date like 2026-11-02.")
    zone = values.get("time_zone") or None
    if zone and not is_time_zone(zone):
        faults.append(f"{zone!r} is not a time zone like Europe/London.")
    if faults:
        return None, faults
    return (
        PersonRow(
            email=email,
            name=values["name"],
            team=values.get("team") or None,
            site=values.get("site") or None,
            roles=held,
            manager_email=(values.get("manager") or "").lower() or None,
            started_on=started_on,
            time_zone=zone,
            slack_user_id=values.get("slack_id") or None,
            teams_user_id=entra_id(values.get("teams_id") or "") or None,
        ),
        [],
    )


def _mistakes_between(rows: dict[int, PersonRow], listed: set[str]) -> list[str]:
    mistakes = []
    emails: dict[str, int] = {}
    accounts: dict[tuple[str, str], int] = {}
    for line_number, row in rows.items():
        if (first := emails.setdefault(row.email, line_number)) != line_number:
            mistakes.append(f"people.csv line {line_number}: {row.email} stands on line {first} too. Keep one.")
        mistakes += [
            f"people.csv line {line_number}: the {platform} account {user_id} stands on line {first} too."
            for platform, user_id in row.identities().items()
            if (first := accounts.setdefault((platform, user_id), line_number)) != line_number
        ]
        if row.manager_email and row.manager_email not in listed:
            mistakes.append(f"people.csv line {line_number}: the manager {row.manager_email} is not on the list.")
        if row.email in _managers_above(row.email, {row.email: row.manager_email for row in rows.values()}):
            mistakes.append(f"people.csv line {line_number}: {row.email} is among their own managers.")
    return mistakes


def _managers_above(email: str, manager_of: dict[str, str | None]) -> set[str]:
    above: set[str] = set()
    manager = manager_of.get(email)
    while manager and manager not in above:
        above.add(manager)
        manager = manager_of.get(manager)
    return above
