"""Home pages as values, for whoever looks at how they are shown."""

from dataclasses import replace
from datetime import date

from bot.views.home import Home, Item, Question, home_message
from bot.views.home_team import TeamPart
from bot.views.home_upkeep import Gap, Health, Review, Setup, UpkeepPart
from coach.conflict_record import KnownConflict, Side
from metrics.standing import Standing
from tests import progress_values
from tests.progress_values import ANA, COVERAGE, ID, NEWCOMER, NOW, ZONE, handle_of_ids, person
from tests.strategies import utc

ASKED = (
    Question("who waters the plants?", utc(2026, 11, 22, 9), "not covered; ask Ada Oak", is_open=True),
    Question("how do I pay it back?", utc(2026, 11, 21, 9), "answered from your SOPs", is_open=False),
)
AT_FIRST = Home(
    NOW,
    ZONE,
    Item("none", state="No lessons are sent to you unasked. Write “lesson” for one."),
    replace(NEWCOMER, own=None),
)
STAFF = Home(NOW, ZONE, Item("begun", "Refund without a receipt", 11), ANA, ASKED, open_questions=1)
TEAM = TeamPart(progress_values.TEAM.people, COVERAGE)
MANAGER = replace(
    STAFF,
    item=Item("planned", "Refunds", at=utc(2026, 11, 23, 14, 45), is_today=True),
    waiting=("Ana Oak", "Ana Oak", "Zoë Ó Súilleabháin"),
    team=TEAM,
    dashboard_url="https://coach.example.test/pages",
)
NOT_SET_UP = Setup(0, 1, 0, 0, ("Slack",), (("Teams", "token_revoked"),), has_address=False)
SET_UP = Setup(20, 25, 0, 2, ("Slack", "Teams"), (), has_address=True)
LACKING = UpkeepPart(
    (
        Review("Refunds", "Ben Ash", date(2026, 11, 3)),
        *(Review(f"Opening up {number}", None, date(2026, 12, number)) for number in range(1, 7)),
    ),
    (
        Gap("can I refund a gift card in cash?", 3, "Refunds"),
        *(Gap(f"who waters plant {number}?", 1, None) for number in range(9)),
    ),
    SET_UP,
    Health(utc(2026, 11, 23, 7, 30), 2, 1),
    tuple(
        KnownConflict(
            Side("till.md", "Till", "everyone", ("Refunds",), "Refund within 14 days."),
            Side(f"returns{number}.md", f"Returns {number}", "everyone", (), "Refund within 30 days."),
            "duration",
            6 - number,
            NOW,
        )
        for number in range(6)
    ),
)
ADMIN = replace(MANAGER, upkeep=LACKING)
FIRST_ADMIN = replace(AT_FIRST, upkeep=UpkeepPart((), (), NOT_SET_UP, Health(None, 0, 0)))
WITHOUT_SKILLS = replace(
    AT_FIRST, team=TeamPart((person(2, "Ben Ash", skills=(), last_at=None),), ()), report=person(skills=())
)


def messages():
    """Every home page, as a message to pin."""
    homes = {
        "home of a newcomer": AT_FIRST,
        "home of staff": STAFF,
        "home of a manager": MANAGER,
        "home of an admin": ADMIN,
        "home of the first admin": FIRST_ADMIN,
        "home without skills": WITHOUT_SKILLS,
    }
    return {name: home_message(home, handle_of_ids, ID, is_page=False) for name, home in homes.items()}


def of_words(a, b, c, d, e, f):
    """A home page whose every word somebody else wrote."""
    team = TeamPart((person(2, a, b, needs=(replace(progress_values.MISSED, title=c, step=d),)),), ())
    side = Side(a, b, "everyone", (c,), d)
    known = KnownConflict(side, side, "money", 1, NOW)
    upkeep = UpkeepPart((Review(e, f, date(2026, 11, 3)),), (Gap(a, 2, b),), conflicts=(known,))
    questions = (Question(c, NOW, d, is_open=True),)
    report = replace(ANA, standing=Standing(1, (replace(progress_values.REFUNDS, title=e),)))
    item = Item("offered", f, 3)
    home = Home(NOW, ZONE, item, report, questions, 1, (a,), team, upkeep)
    return home_message(home, handle_of_ids, ID, is_page=False)
