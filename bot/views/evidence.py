"""Words for the evidence of required training: a summary with what is overdue, and a table for other programs."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from bot.views.csv_text import csv_text
from bot.views.tracks import count, day
from lessons.evidence import EvidenceRow

COLUMNS = (
    "person", "email", "track", "step", "kind", "what", "due_on", "done_at_utc", "confirmed_by", "sop_versions",
    "score_percent", "is_overdue",
)  # fmt: skip
NO_REQUIRED_TRACK = "No track is required. Write required: yes in a file of lessons/tracks/ and apply the folder."
NOBODY = "Nobody is on a required track yet. Tracks come with a role at the next apply, or are assigned in chat."
CHANGED = "SOPs to acknowledge again"


def evidence_text(rows: Sequence[EvidenceRow], skills: Mapping[str, str]) -> str:
    """Return how many steps are done and overdue by track, and every overdue one; `skills` are titles by key."""
    if not rows:
        return NOBODY
    lines = []
    for track, group in groupby(rows, key=lambda row: row.track):
        of_track = list(group)
        people = {row.email for row in of_track}
        finished = people - {row.email for row in of_track if row.done_at is None}
        late = len({row.email for row in of_track if row.is_overdue})
        told = f"{len(finished)} of {count(len(people), 'person', 'people')} done"
        lines.append(f"{track or CHANGED}: {told}{f', {late} overdue' if late else ''}.")
    overdue = [row for row in rows if row.is_overdue]
    lines += ["", "Overdue:"] if overdue else ["", "Nothing is overdue."]
    for row in overdue:
        where = f"{row.track}, step {row.number}" if row.track else CHANGED
        due = f", due {day(row.due_on)}" if row.due_on else ""
        lines.append(f"  {row.person} ({row.email}): {what(row, skills)} ({where}{due})")
    return "\n".join(lines)


def evidence_csv(rows: Sequence[EvidenceRow], skills: Mapping[str, str]) -> str:
    """Return every row as CSV that no spreadsheet takes for formulas; instants are UTC."""
    return csv_text(COLUMNS, (_cells(row, skills) for row in rows))


def _cells(row: EvidenceRow, skills: Mapping[str, str]) -> Sequence[str]:
    return (
        row.person,
        row.email,
        row.track or CHANGED,
        str(row.number or ""),
        row.kind,
        what(row, skills),
        row.due_on.isoformat() if row.due_on else "",
        row.done_at.isoformat(timespec="seconds") if row.done_at else "",
        row.by,
        "; ".join(row.versions),
        "" if row.score is None else f"{row.score:.0%}".rstrip("%"),
        "yes" if row.is_overdue else "no",
    )


def what(row: EvidenceRow, skills: Mapping[str, str]) -> str:
    """Return what a step is."""
    match row.kind:
        case "acknowledge":
            return f"Read {row.title}, version {row.versions[0]}" if row.versions and row.versions[0] else row.title
        case "sign_off":
            return f"Sign-off for {skills.get(row.title, row.title)}"
        case _:
            return row.title
