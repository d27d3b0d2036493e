"""Words of the home page for what needs somebody: confirmations, people to help, and how their team stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import Actions, Block, Button, Chart, Divider, Facts, Heading, Note, Text
from bot.views.figures import LEARNING_ONLY, listed, needs_words, of
from bot.views.progress import Handle
from bot.views.progress_team import NONE_MASTERED, most_in_need, names_of, script_label, skills_chart
from bot.views.tracks import count
from lessons.report import PersonReport, SkillCoverage

MOST_STUCK = 3
MOST_NAMED = 3
EXAMPLE = "Whoever does stands here with the reason, such as “Ana: Refunds, step 3 missed twice at work”."
NO_SKILLS = (
    "No skills are listed for their roles, so there is nothing to master yet. Write “progress team” to me to see who "
    "practises."
)


@dataclass(frozen=True)
class TeamPart:
    """The people somebody manages, team by team, who needs help most first, and how many stand where in each skill."""

    people: tuple[PersonReport, ...]
    skills: tuple[SkillCoverage, ...]

    @property
    def stuck(self) -> list[PersonReport]:
        """Who is named: the first of each team who need help."""
        return most_in_need(self.people)[:MOST_STUCK]

    @property
    def needing(self) -> int:
        """How many need help."""
        return sum(bool(each.standing.needs) for each in self.people)


def needs_you(waiting: Sequence[str], team: TeamPart | None, zone: str, handle: Handle, public_id: str) -> list[Block]:
    """Return what waits for somebody's word and who needs their help; nothing for who manages nobody and is not asked.

    `waiting` names whom each confirmation is about.
    """
    if not waiting and team is None:
        return []
    blocks: list[Block] = [Divider(), Heading("Needs you")]
    if waiting:
        whom = listed(list(dict.fromkeys(waiting)), MOST_NAMED)
        asked = count(len(waiting), "confirmation waits", "confirmations wait")
        blocks.append(Text(f"{asked} for your word: {whom}."))
        blocks.append(Actions((Button("Show What Waits", "confirm_show", public_id),)))
    if team is not None and team.stuck:
        names = names_of(team.people)
        blocks.append(Text(team_line(team)))
        blocks.append(Facts(tuple((each.whose.name, needs_words(each.standing, zone, 1)) for each in team.stuck)))
        scripts = (
            Button(
                script_label(names[each.whose.person_id]),
                "checkin_script",
                handle("person", str(each.whose.person_id)),
            )
            for each in team.stuck
        )
        blocks.append(Actions(tuple(scripts)))
    elif team is not None:
        blocks.append(Text(team_line(team) if waiting else f"{team_line(team)} {EXAMPLE}"))
    return blocks


def team_line(team: TeamPart) -> str:
    """Return in a sentence how many need help."""
    everybody = len(team.people)
    if everybody == 1:
        return f"The one person you manage needs {'help' if team.needing else 'no help now'}."
    if not team.needing:
        return f"None of the {everybody} people you manage needs help now."
    if team.needing == everybody:
        return f"All {everybody} people you manage need help."
    return f"{team.needing} of the {everybody} people you manage {'needs' if team.needing == 1 else 'need'} help."


def team_card(team: TeamPart) -> list[Block]:
    """Return how the team stands: skills mastered of those needed, and by skill as a chart."""
    mastered, needed = (sum(getattr(skill, name) for skill in team.skills) for name in ("mastered", "needed"))
    size = count(len(team.people), "person", "people")
    blocks: list[Block] = [Heading("Your team")]
    if not needed:
        return [*blocks, Text(NO_SKILLS)]
    if (chart := skills_chart(team.skills)) is not None:
        blocks += [Text(f"{size}; of the skills they need, {of(mastered, needed)} are mastered."), Chart(chart)]
    else:
        blocks.append(Text(f"{size}. {NONE_MASTERED}"))
    return [*blocks, Note(f"Write “progress team” to me for all of it. {LEARNING_ONLY}")]
