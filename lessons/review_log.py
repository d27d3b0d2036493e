"""Owns reading a review log of flash cards, so that predictions can be compared where others have measured too."""

import csv
from datetime import UTC, datetime
from io import StringIO

from coach.reading import Rejected, decode
from lessons.attempts import Attempt

COLUMNS = ("card_id", "review_rating", "review_time")
AGAIN = "1"
RATINGS = ("1", "2", "3", "4")


def read_review_log(data: bytes) -> list[Attempt]:
    """Return the reviews of one person, oldest first; other columns are passed over.

    `card_id` names the item, `review_rating` is 1 (again: not remembered) to 4, `review_time` an ISO instant, in UTC
    where it names no zone. Raises Rejected for the first line that cannot be read.
    """
    rows = csv.DictReader(StringIO(decode(data)))
    try:
        header = rows.fieldnames or ()
        if missing := [name for name in COLUMNS if name not in header]:
            raise Rejected(
                f"has no column {', '.join(missing)} in its first line. A review log has {', '.join(COLUMNS)}."
            )
        attempts = [_attempt(row, rows.line_num) for row in rows]
    except csv.Error as error:
        raise Rejected(f"cannot be read: {error}. Export it again as CSV.") from None
    return sorted(attempts, key=lambda attempt: attempt.at)


def _attempt(row: dict[str, str | None], line: int) -> Attempt:
    card, rating, time = (row[name] or "" for name in COLUMNS)
    if not card.strip():
        raise Rejected(f"line {line}: card_id is empty.")
    if rating not in RATINGS:
        raise Rejected(f"line {line}: {rating[:20]!r} is not a rating from 1 to 4.")
    try:
        at = datetime.fromisoformat(time)
        in_utc = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Rejected(f"line {line}: {time[:40]!r} is not a time like 2026-11-23T08:30:00+00:00.") from None
    return Attempt(1, card.strip(), in_utc, float(rating != AGAIN))
