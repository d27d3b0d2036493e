"""Words for what can be asked of progress, and for what is not there for who asks."""

from bot.messages import Actions, Link, Message, Note, Steps, Text
from bot.views.figures import LEARNING_ONLY
from bot.views.lines import line

NO_REPORTS = (
    "Nobody is listed as reporting to you, so you can see only your own progress: write “progress me”, or “progress "
    "skill” with a skill for the steps in it."
)
FILE_COMES_DIRECTLY = "The file is in our direct messages."
NO_PAGES = "Coach has no pages here: everything they would show is in chat. Write “progress help” for what there is."
OWN = "progress me: your own progress in 30 days; add week, quarter or year for another period"
SKILL = "progress skill refunds: one skill; any words of its name will do"
MY_DATA = "my data: what is stored about you, who looked, and what managers see"
DASHBOARD = "dashboard: a link to the same figures as pages, good for ten minutes"
TEAM = (
    "progress team: who needs help with what; add a period, “by site”, role, tenure, team or cohort, or a team’s name"
)
PERSON = "progress Ana: one person you see; an @mention or e-mail works too"
GROUPS = "progress team: figures of groups, without names; add a period, “by site”, role, tenure or cohort"


def help_message(sees_people: bool, sees_company: bool) -> Message:
    """Return what somebody can ask for, in at most five lines."""
    items: tuple[str, ...]
    if sees_people:
        items = (TEAM, PERSON, SKILL, OWN, f"{MY_DATA}; {DASHBOARD}")
    elif sees_company:
        items = (GROUPS, SKILL, OWN, MY_DATA, DASHBOARD)
    else:
        items = (OWN, SKILL, MY_DATA, DASHBOARD)
    begins = "What you can write; /progress takes the same words after it, and only you see the answer."
    text = "\n".join((begins, *items))
    return Message(text, (Text(begins, is_strong=True), Steps(items), Note(LEARNING_ONLY)))


def file_title(period: str, by: str | None, team: str | None) -> str:
    """Return what an exported file holds."""
    whose = f"the team {team}" if team else f"groups by {by}" if by else "the people you see"
    return f"Progress of {whose}, {period}"


def dashboard(url: str) -> Message:
    """Return the link that signs somebody in to the pages; the address itself is said nowhere."""
    says = "Your dashboard is one press away."
    note = "The link is for you alone, works once, and ends in ten minutes. Write “dashboard” for a new one."
    return Message(f"{says} {note}", (Text(says), Actions((Link("Open Dashboard", url),)), Note(note)))


def no_pages() -> Message:
    """Return that there are no pages, and what there is instead."""
    return line(NO_PAGES)
