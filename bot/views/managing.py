"""Words for supporting somebody: the check-in script, thanks, first tasks alone, and early warnings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.messages import Actions, Block, Button, Heading, Message, Note, Steps, Text
from bot.views.figures import LEARNING_ONLY, day, listed, mastered, needs_words
from bot.views.progress_team import MOST_SCRIPTS, NO_ANSWERS, script_label
from lessons.check_ins import CheckIn
from lessons.early_warnings import EarlyWarning, WarningKind
from lessons.supports import Achieved
from metrics.charts import shown
from metrics.standing import Need, NeedKind

Handle = Callable[[str, str], str]

MOST_CHOICES = 5
NOT_YOURS = "You see the people you manage now, and this person is not among them. Write “progress team” to see who is."
ONLY_MANAGERS = "Only a manager above {name} can note that. You can see their progress: write “progress {name}”."
STOPPED = (
    "You get no digest and no early warnings from now on; lessons of your own come as before. “progress team” shows "
    "the same whenever you like."
)
STARTED = "You get the digest again, on the first working day of each week at 09:00, and early warnings between."
NOT_YOUR_DIGEST = "That digest is not kept any more. Write “progress team” to see how everybody is doing now."
GONE = "That is not among what can be noted any more. Open the script again: write “progress {name}”."
NOTHING_ACHIEVED = (
    "In the last 30 days {name} has not said that they used a lesson at work, nor mastered a skill, so there is no "
    "skill to name. Tell them what you saw yourself."
)
ALL_ALONE = "There is no work of {name}'s skills left that they have not done alone before."
QUESTIONS: Mapping[NeedKind | None, str] = {
    NeedKind.MISSED_AT_WORK: "When ‘{title}’ came up lately, how did {step} go, and what got in the way?",
    NeedKind.SCENARIO_FAILED: "Which situation in ‘{title}’ would you like to talk through before it comes up again?",
    NeedKind.MISSED_IN_PRACTICE: "How would you explain {step} of ‘{title}’ to somebody new?",
    NeedKind.OVERDUE: "What has kept ‘{title}’ from being finished, and which day would suit you?",
    NeedKind.STALLED: "What would make a few minutes of practice fit into your week?",
    NeedKind.LAPSED: "When did you last need ‘{title}’, and what would you look up today?",
    NeedKind.SOP_CHANGED: "What have you heard of the change in ‘{title}’, and what does it change for you?",
    NeedKind.NOT_STARTED: "What do you know of ‘{title}’ already, and what would you like to see first?",
    None: "What went well this week, and what would you like to get better at?",
}
SUGGESTIONS: Mapping[NeedKind, str] = {
    NeedKind.MISSED_AT_WORK: "Do {step} together once, then let {name} do the next one beside you.",
    NeedKind.SCENARIO_FAILED: "Talk one situation through, then let {name} try it again.",
    NeedKind.MISSED_IN_PRACTICE: "Let {name} explain {step}, and show it once.",
    NeedKind.OVERDUE: "Agree on a day to finish it.",
    NeedKind.STALLED: "Find fifteen minutes for practice in the next shift.",
    NeedKind.LAPSED: "Send a lesson: a refresher takes a few minutes.",
    NeedKind.SOP_CHANGED: "Go through what changed together.",
    NeedKind.NOT_STARTED: "Say why it matters here, and send the first lesson.",
}
WARNED: Mapping[WarningKind, tuple[str, str, str]] = {
    WarningKind.MISSED_AT_WORK_BY_MANY: (
        "{people} people missed {step} of “{title}” at work in 30 days: {names}.",
        "What several people miss is often unclear or hard to do as it stands.",
        "Go through {step} with all of them once, and ask what makes it hard.",
    ),
    WarningKind.MISSED_AT_WORK: (
        "{names} missed {step} of “{title}” at work {times} in 30 days.",
        "The same step twice is seldom chance.",
        SUGGESTIONS[NeedKind.MISSED_AT_WORK],
    ),
    WarningKind.SCENARIO_FAILED: (
        "{names} did all lessons in “{title}” and has not passed its scenarios.",
        "More of the same lessons will not help; talking it through may.",
        SUGGESTIONS[NeedKind.SCENARIO_FAILED],
    ),
    WarningKind.MISSED_IN_PRACTICE_BY_MANY: (
        "{people} people missed {step} of “{title}” in practice in 30 days.",
        "What several people miss is often unclear as it is written. Who they are is not shown: answers stay private.",
        "Go through {step} with everybody at the next briefing.",
    ),
    WarningKind.MISSED_IN_PRACTICE: (
        "{names} missed {step} of “{title}” in practice {times} in 30 days.",
        "It can be put right before it happens at work.",
        SUGGESTIONS[NeedKind.MISSED_IN_PRACTICE],
    ),
    WarningKind.STALLED: (
        "{names} began and has not practised since {since}.",
        "What was begun is forgotten again within weeks.",
        SUGGESTIONS[NeedKind.STALLED],
    ),
}


def script_message(one: CheckIn, zone: str, handle: Handle, may_support: bool, noted: str = "") -> Message:
    """Return the script for a check-in with somebody; days are those of `zone`.

    Without `may_support` it is to read only. `noted` says that the check-in happened, in place of its button.
    """
    name = one.whose.name
    lines = tuple(script_lines(one, zone, has_buttons=may_support))
    blocks: list[Block] = [Heading(f"Check-in with {shown(name, 100)}")]
    if noted:
        blocks.append(Text(noted, is_strong=True))
    blocks.append(Steps(lines, is_numbered=True))
    if buttons := tuple(_buttons(one, handle, is_noted=bool(noted)) if may_support else ()):
        blocks.append(Actions(buttons))
    blocks.append(Note(f"{NO_ANSWERS} {name} can see that you looked. {LEARNING_ONLY}"))
    spoken = (noted, *(f"{number}. {said}" for number, said in enumerate(lines, start=1)))
    return Message("\n".join((f"Check-in with {name}.", *filter(None, spoken))), tuple(blocks))


def script_lines(one: CheckIn, zone: str, has_buttons: bool) -> Iterator[str]:
    """Yield the four parts of a script: what to ask, what is known, what to offer, what to recognise.

    `has_buttons` says that what is offered and recognised can be pressed beside it.
    """
    need, name = one.need, first_name(one.whose.name)
    title = one.skill.title if one.skill is not None else "the work"
    kind = need.kind if need is not None else None
    yield f"Ask: “{_filled(QUESTIONS[kind], need, name, title)}”"
    known = needs_words(one.standing, zone) or f"{name} needs no help now"
    last = f"last practised {day(one.standing.last_at, zone)}" if one.standing.last_at else "has not practised yet"
    yield f"What is known: {known}. Skills mastered: {mastered(one.standing)}; {last}."
    suggestion = _filled(SUGGESTIONS[need.kind], need, name, title) if need is not None else ""
    offered = ""
    if one.practise is not None:
        lesson = "Send a Lesson sends one" if has_buttons else "There is a lesson"
        offered = f"{lesson} on “{one.practise.title}”."
    yield f"Offer: {' '.join(filter(None, (suggestion, offered))) or 'time to show you something they do well.'}"
    step = f"{_step(need.step)} of “{title}”" if need is not None and need.step else f"“{title}”"
    seen = f"{name} mastered “{one.mastered.title}”: say so. " if one.mastered is not None else ""
    pressed = f" Recognise thanks {name} for a skill; Did It Alone notes the first time without help."
    say = f"When you see {step} done without a prompt, say what you saw."
    yield f"Recognise: {seen}{say}{pressed if has_buttons else ''}"


def suggestion_for(need: Need, name: str) -> str:
    """Return the one thing to do about a need."""
    return _filled(SUGGESTIONS[need.kind], need, name, need.title or need.about)


def checked_in_line(name: str, at: datetime, zone: str) -> str:
    """Return that a check-in was noted."""
    return f"Noted: you checked in with {name} on {day(at, zone)}."


def noted_already(name: str, what: str = "a check-in with {name}") -> str:
    """Return that something was noted before; `what` names it."""
    return f"You noted {what.format(name=name)} this week already. It counts once."


def which_achieved(name: str, person: str, found: Sequence[Achieved], handle: Handle) -> Message:
    """Return the question for which skill somebody is to be thanked; `person` is their handle."""
    buttons = [
        Button(shown(each.title, 70), "recognise_for", person + handle("skill", each.skill))
        for each in found[:MOST_CHOICES]
    ]
    return _asking(f"Which skill did {name} show? They get a short thank-you that names it.", buttons)


def which_workflow(name: str, person: str, workflows: Sequence[str], handle: Handle) -> Message:
    """Return the question which work somebody did alone; `person` is their handle."""
    buttons = [
        Button(shown(workflow_words(each).title(), 70), "alone_at", person + handle("workflow", each))
        for each in workflows
    ]
    return _asking(f"What did {name} do without help, for the first time?", buttons)


def recognised_line(name: str, title: str) -> str:
    """Return what a manager reads who recognised somebody."""
    return f"{name} gets a short thank-you that names “{title}” and you, when I may write to them."


def alone_line(name: str, workflow: str) -> str:
    """Return that somebody's first task alone was noted."""
    return f"Noted: {name} did “{workflow_words(workflow)}” alone for the first time."


def thanks_line(manager: str, one: Achieved) -> str:
    """Return the thank-you that somebody reads."""
    did = f"used “{one.title}” at work" if one.how == "applied" else f"mastered “{one.title}”"
    return f"{first_name(manager)} noticed that you {did}."


def warning_message(
    warning: EarlyWarning, people: Sequence[tuple[int, str]], zone: str, handle: Handle, manager_id: int
) -> Message:
    """Return one early warning: what, why it matters, one thing to do; `people` are ids and names of whom it is about.

    Nobody is named where only answers tell of them.
    """
    names = [name for _, name in people]
    words = {
        "people": warning.people,
        "names": listed(names, most=MOST_SCRIPTS),
        "name": first_name(names[0]) if len(names) == 1 else "them",
        "step": _step(warning.step),
        "title": warning.title,
        "times": "twice" if warning.times == 2 else f"{warning.times} times",
        "since": day(warning.since, zone),
    }
    what, why, action = (said.format_map(words) for said in WARNED[warning.kind])
    what, action = what[:1].upper() + what[1:], f"To do: {action}"
    scripts = [
        Button(script_label(name), "checkin_script", handle("person", str(person_id)))
        for person_id, name in people[:MOST_SCRIPTS]
    ]
    stop = Button("Stop Digest and Warnings", "digest_stop", handle("manager", str(manager_id)))
    blocks = (
        Heading("Early warning"),
        Text(what, is_strong=True),
        Text(why),
        Text(action),
        Actions((*scripts, stop)),
        Note(LEARNING_ONLY),
    )
    return Message("\n".join((what, why, action)), blocks)


def stopped_message(value: str) -> Message:
    """Return that digests and warnings are stopped, with the way back."""
    return Message(STOPPED, (Text(STOPPED), Actions((Button("Start Digest", "digest_start", value),))))


def workflow_words(workflow: str) -> str:
    """Return a workflow as people read it."""
    return workflow.replace("_", " ")


def first_name(name: str) -> str:
    """Return what somebody is called in passing."""
    return name.split(" ", maxsplit=1)[0] or name


def _buttons(one: CheckIn, handle: Handle, is_noted: bool) -> Iterator[Button]:
    person = handle("person", str(one.whose.person_id))
    if not is_noted:
        yield Button("Check-in Done", "checkin_done", person, is_primary=True)
    if one.practise is not None:
        yield Button("Send a Lesson", "checkin_lesson", person + handle("skill", one.practise.skill))
    yield Button("Recognise", "recognise", person)
    yield Button("Did It Alone", "alone", person)


def _asking(words: str, buttons: Sequence[Button]) -> Message:
    spoken = "\n".join((words, *(button.label for button in buttons)))
    return Message(spoken, (Text(words, is_strong=True), Actions(tuple(buttons))))


def _filled(words: str, need: Need | None, name: str, title: str) -> str:
    about = (need.title or need.about) if need is not None else ""
    said = words.format(name=name, title=about or title, step=_step(need.step if need is not None else None))
    return said[:1].upper() + said[1:]


def _step(step: str | None) -> str:
    return "a step" if not step else f"step {step}" if step.isdecimal() else f"“{step}”"
