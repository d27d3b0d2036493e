"""Hypothesis strategies and settings that tests share: roles, audiences, instants and small rosters."""

from datetime import UTC, date, datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from metrics.people import PersonRow
from metrics.policy import EVERYONE, Audience

# A database fixture outlives an example; such tests leave it as they found it.
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
many = settings(max_examples=60, deadline=None)

EMAILS = tuple(f"{name}@example.test" for name in ("ada", "ben", "cleo", "dov", "eve"))
FORBIDDEN_IN_ROLES = "|;,"

role_names = (
    st.text(st.characters(exclude_categories=["C"], exclude_characters=FORBIDDEN_IN_ROLES), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)
few_roles = st.sampled_from(["cashier", "manager", "stockroom", "owner"])
role_sets = st.frozensets(few_roles)
audiences = st.one_of(st.just(EVERYONE), role_sets.map(Audience))
instants = st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1), timezones=st.timezones())  # noqa: DTZ001


@st.composite
def rosters(draw: st.DrawFn) -> list[PersonRow]:
    """Up to five people of a fixed few, each account given to one of them at most, managers from the list."""
    emails = draw(st.lists(st.sampled_from(EMAILS), min_size=1, unique=True))
    slack_ids = draw(st.permutations(["U1", "U2", "U3", None, None]))
    teams_ids = draw(st.permutations(["T1", "T2", None, None, None]))
    return [
        PersonRow(
            email=email,
            name=draw(st.sampled_from(["Ada Oak", "Ben Ash", "Zoë Ó Súilleabháin"])),
            team=draw(st.sampled_from([None, "Harbour"])),
            site=draw(st.sampled_from([None, "Quay"])),
            roles=tuple(sorted(draw(role_sets))),
            manager_email=draw(st.sampled_from([None, *(other for other in emails if other != email)])),
            started_on=draw(st.sampled_from([None, date(2026, 2, 28)])),
            time_zone=draw(st.sampled_from([None, "Europe/London"])),
            slack_user_id=slack_ids[place],
            teams_user_id=teams_ids[place],
        )
        for place, email in enumerate(emails)
    ]


def utc(*parts: int) -> datetime:
    """Return an instant in UTC."""
    return datetime(*parts, tzinfo=UTC)
