"""Reads people.csv into checked rows, reporting every mistake at once with its line."""

import csv
import io
from datetime import date
from zoneinfo import available_timezones

from metrics.people import PersonRow

COLUMNS = ("name", "email", "slack_id", "teams_id", "team", "role", "site", "manager", "start_date", "time_zone")
REQUIRED = ("name", "email")


def read_people(text: str, roles: frozenset[str]) -> tuple[list[PersonRow], list[str]]:
    """Return the rows and every mistake as a sentence; `roles` are those company.yaml lists."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        return [], [f"people.csv line {reader.line_num}: {error}. Check the quotes on that line."]
    if not lines:
        return [], ["people.csv is empty. Its first line must be: " + ",".join(COLUMNS)]
    header = [cell.strip().lower() for cell in lines[0][1]]
    mistakes = [
        f"people.csv has no column {name!r}. Add it to the first line." for name in REQUIRED if name not in header
    ]
    unknown = [name for name in header if name not in COLUMNS]
    mistakes += [f"people.csv has an unknown column {name!r}. Use: {', '.join(COLUMNS)}." for name in unknown]
    if mistakes:
        return [], mistakes
    rows: list[PersonRow] = []
    for line_number, cells in lines[1:]:
        if len(cells) != len(header):
            mistakes.append(f"people.csv line {line_number} has {len(cells)} cells, the first line has {len(header)}.")
            continue
        values = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        row, faults = _person(values, roles)
        mistakes += [f"people.csv line {line_number}: {fault}" for fault in faults]
        if row is not None:
            rows.append(row)
    return rows, mistakes + _mistakes_between(rows)


def _person(values: dict[str, str], roles: frozenset[str]) -> tuple[PersonRow | None, list[str]]:
    faults = []
    email = values["email"].lower()
    if "@" not in email or " " in email:
        faults.append(f"{values['email']!r} is not an e-mail address.")
    if not values["name"]:
        faults.append("the name is missing.")
    held = tuple(dict.fromkeys(name.strip() for name in values.get("role", "").split(";") if name.strip()))
    faults += [f"the role {name!r} is not listed under roles: in company.yaml." for name in held if name not in roles]
    started_on = None
    if values.get("start_date"):
        try:
            started_on = date.fromisoformat(values["start_date"])
        except ValueError:
            faults.append(f"the start date {values['start_date']!r} is not a date like 2026-11-02.")
    zone = values.get("time_zone") or None
    if zone and zone not in available_timezones():
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
            teams_user_id=values.get("teams_id") or None,
        ),
        [],
    )


def _mistakes_between(rows: list[PersonRow]) -> list[str]:
    mistakes = []
    emails: set[str] = set()
    accounts: set[tuple[str, str]] = set()
    for row in rows:
        if row.email in emails:
            mistakes.append(f"people.csv names {row.email} twice. Keep one line a person.")
        emails.add(row.email)
        for account in row.identities().items():
            if account in accounts:
                mistakes.append(f"people.csv gives the {account[0]} account {account[1]} to two people.")
            accounts.add(account)
    for row in rows:
        if row.manager_email and row.manager_email not in emails:
            mistakes.append(f"people.csv: the manager {row.manager_email} of {row.email} is not on the list.")
        if row.manager_email == row.email:
            mistakes.append(f"people.csv: {row.email} is their own manager.")
    return mistakes
