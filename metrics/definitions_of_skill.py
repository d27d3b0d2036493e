"""Owns the definitions of figures about skill: what people can do, how soon, and where they need help."""

from metrics.definition import THOSE_WHO_HELP, WORK_EVENTS, Definition
from metrics.events.kinds import ItemAnswered, LessonOpened, SkillLapsed, SkillMastered

OF_SKILL = (
    Definition(
        "mastery",
        "Skills mastered",
        "Which skills somebody can do now. Mastery ends when much of it is likely forgotten, or its SOP changed.",
        "of the last 20 answers given 7 days or more after the last one to the same item, the 90 % lower bound of the "
        "share right is at least .8, and one scenario was passed at first sight or 7 days later; mean predicted "
        "recall is at least .8; no taught section changed since; where the company asks for it, a person signed it off",
        "not started, practising, awaits sign-off, mastered or lapsed",
        (ItemAnswered.kind, SkillMastered.kind, SkillLapsed.kind),
        "lessons/ability.py",
        "lower bound: Wilson 1927; recall: FSRS-6",
        seen_by=THOSE_WHO_HELP,
    ),
    Definition(
        "coverage",
        "Skills covered",
        "How many of the skills that a role needs are mastered now.",
        "skills of the role mastered now / skills of the role",
        "share 0-1; none where the role needs no skill",
        (ItemAnswered.kind, SkillMastered.kind, SkillLapsed.kind),
        "metrics/standing.py",
        seen_by=THOSE_WHO_HELP,
    ),
    Definition(
        "needs",
        "Who needs help with what",
        "Why somebody needs help, the gravest reason first. It sorts people inside one team and ranks nobody.",
        "a step missed or put right at work twice in 30 days; all modules done and the newest scenarios failed; a step "
        "missed twice in practice in 30 days, the last time too; a track past its date; begun and no practice for two "
        "weeks; nothing practised yet of what is needed. Apart from it stands what lessons bring by themselves: recall "
        "under the rule, its SOP changed, a needed skill not begun",
        "a list of reasons",
        (ItemAnswered.kind, WORK_EVENTS),
        "metrics/standing.py",
        seen_by=THOSE_WHO_HELP,
        groups_seen_by=(),
    ),
    Definition(
        "velocity",
        "Days to competence",
        "How long it takes from the first lesson to the first new situation decided right.",
        "days of 24 hours from the first lesson opened in the skill to the first scenario passed that was never seen "
        "before (score of at least .75)",
        "days; none while it is still open",
        (LessonOpened.kind, ItemAnswered.kind),
        "metrics/velocity.py",
        seen_by=THOSE_WHO_HELP,
    ),
    Definition(
        "benchmark",
        "Within the days expected",
        "Whether competence was shown in the days the company expects of the skill; of a group, how many did so.",
        "of one person: days to competence are at most the days expected; of a group: 1 − Kaplan-Meier share still "
        "waiting on that day",
        "reached or not; of a group a share 0-1; none where nothing is expected or nobody was seen for that long",
        (LessonOpened.kind, ItemAnswered.kind),
        "metrics/velocity.py",
        "Kaplan and Meier 1958",
        seen_by=THOSE_WHO_HELP,
    ),
    Definition(
        "time_to_proficiency",
        "Days until half can do it",
        "By which day half of a group has mastered a skill. Who is not there yet is counted, not left out.",
        "median of the Kaplan-Meier curve of days from the first lesson to mastery, who is not there yet censored "
        "today, with a 95 % interval from 6 people on; groups are compared by the log-rank test",
        "days; none while fewer than half are there",
        (LessonOpened.kind, ItemAnswered.kind, SkillMastered.kind),
        "metrics/survival.py",
        "Kaplan and Meier 1958; interval: Brookmeyer and Crowley 1982; test: Mantel 1966",
        seen_by=(),
    ),
    Definition(
        "independence",
        "Days until working alone",
        "How long it takes from the first lesson to the first task of a workflow done without help.",
        "days of 24 hours from the first lesson opened in a skill of the workflow to the first report of it done alone",
        "days; of a group the Kaplan-Meier median",
        (LessonOpened.kind, WORK_EVENTS),
        "metrics/velocity.py",
        "Kaplan and Meier 1958",
        seen_by=THOSE_WHO_HELP,
    ),
)
