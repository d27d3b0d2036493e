"""Plays the first conversation through the trial workspace, as its people would: they type, press, and read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from sqlalchemy import select

from bot.app import App
from bot.serving import Serving
from bot.trial.conversation import AOIFE, DIRECT, FIRST_CONVERSATION, LEILA, Scene
from bot.trial.human import Human
from bot.trial.simulator import Simulator
from bot.trial.typed import unescaped
from bot.views.exercise import WRITTEN_FIELD
from coach.questions import reply_of
from coach.tables import AskedQuestion
from lessons.run import Course, Progress, standing
from lessons.runs import course_of, progress_of, unfinished
from metrics.people import person_with_account

WAIT_SECONDS = 60
MOST_STEPS = 100
WRITTEN_ANSWER = "I will ask who can decide, and you have an answer by tomorrow."


@dataclass(frozen=True)
class Line:
    """One exchange of the conversation; `surprise` says what it should have been, None when it is as it should be."""

    who: str
    said: str
    answer: str
    surprise: str | None = None


class Play:
    """The people of a trial workspace at their screens."""

    def __init__(self, app: App, serving: Serving, simulator: Simulator) -> None:
        self._app = app
        self._serving = serving
        self._simulator = simulator
        self._thread: str | None = None
        self._first: dict[str, str] = {}

    def first_address(self) -> str:
        """Return where the page shows the first question and its answer, as the query of its address."""
        return urlencode(self._first)

    def questions(self) -> Iterator[Line]:
        """Ask what new colleagues ask, one after another."""
        for scene in FIRST_CONVERSATION:
            yield self._ask(scene)

    def practice(self) -> Iterator[Line]:
        """Let Leila ask for a lesson, go through it and look at her progress, and her shift lead at the team's."""
        leila, aoife = self._human(LEILA), self._human(AOIFE)
        yield self._command("Leila", leila, "/coach", "lesson", "Your lesson is in our direct messages")
        yield _checked("Coach, to Leila directly", "", self._newest(leila, leila.dm()), "Lesson:")
        answers = self._go_through_lesson(leila)
        yield _checked("Leila goes through it", "", self._newest(leila, leila.dm()), "Done:")
        yield self._command("Leila", leila, "/progress", "", f"You answered {answers} of {answers} right")
        yield self._command("Aoife, her shift lead", aoife, "/progress", "team", "2 of 3 need help")

    def _go_through_lesson(self, human: Human) -> int:
        """Press what is right at every step of the lesson that stands; return how many answers that took."""
        answers = 0
        for _ in range(MOST_STEPS):
            with self._app.database.session() as session:
                person = person_with_account(session, "slack", human.user_id)
                run = unfinished(session, person.id) if person is not None else None
                action = right_press(course_of(run), progress_of(run)) if run is not None else None
            if action is None:
                break
            answers += action == "run_sure"
            self._act(partial(self._press, human, action))
        return answers

    def _press(self, human: Human, action: str) -> None:
        human.press(action).result(WAIT_SECONDS)
        if action == "run_write":
            self._simulator.settle(WAIT_SECONDS)
            human.submit({WRITTEN_FIELD: WRITTEN_ANSWER}).result(WAIT_SECONDS)

    def _ask(self, scene: Scene) -> Line:
        human = self._human(scene.email)
        if scene.place == "/coach":
            return self._judged(scene, self._command(scene.asker, human, "/coach", scene.question, "").answer)
        channel = human.dm() if scene.place == DIRECT else scene.place
        thread = self._thread if scene.follows_previous else None
        asked: list[str] = []
        self._act(lambda: asked.append(human.say(channel, scene.typed, thread_ts=thread)))
        self._thread = thread or asked[0]
        if not self._first:
            place = self._simulator.workspace.channel_named(channel).id
            self._first = {"as": human.user_id, "channel": place, "thread": self._thread}
        replies = [
            message
            for message in human.messages(channel)
            if message["user"] == self._simulator.workspace.bot_user_id and message["ts"] > asked[0]
        ]
        return self._judged(scene, unescaped(replies[-1]["text"]) if replies else "")

    def _judged(self, scene: Scene, answer: str) -> Line:
        with self._app.database.session() as session:
            newest = session.scalars(select(AskedQuestion).order_by(AskedQuestion.id.desc()).limit(1)).one_or_none()
        files = [source.file for source in reply_of(newest).sources] if newest else []
        is_right = newest is not None and newest.words == scene.question and newest.band == scene.status
        if answer and is_right and (scene.file is None or files[:1] == [scene.file]):
            return Line(scene.asker, scene.typed, answer)
        wanted = f"{scene.status}{f' from {scene.file}' if scene.file else ''}"
        return Line(scene.asker, scene.typed, answer, f"this should be {wanted}")

    def _command(self, who: str, human: Human, command: str, text: str, begins: str) -> Line:
        channel = next(channel.id for channel in human.channels() if channel.name != "general")
        before = len(human.messages(channel))
        self._act(lambda: human.slash(command, text, channel).result(WAIT_SECONDS))
        answer = self._newest(human, channel) if len(human.messages(channel)) > before else ""
        return _checked(who, f"{command} {text}".strip(), answer, begins)

    def _newest(self, human: Human, channel: str) -> str:
        mine = [
            message for message in human.messages(channel) if message["user"] == self._simulator.workspace.bot_user_id
        ]
        return unescaped(mine[-1]["text"]) if mine else ""

    def _act(self, what: Callable[[], object]) -> None:
        what()
        self._simulator.settle(WAIT_SECONDS)
        self._serving.drain(WAIT_SECONDS)
        self._simulator.settle(WAIT_SECONDS)

    def _human(self, email: str) -> Human:
        users = self._simulator.workspace.users.values()
        return Human(self._simulator, next(user.id for user in users if user.email == email))


def right_press(course: Course, progress: Progress) -> str | None:
    """Return the action of the button that is right at a step of a lesson, None after its end."""
    exercise = course.exercise_at(progress.position)
    match standing(course, progress):
        case "offer":
            return "run_start"
        case "card" | "told":
            return "run_next"
        case "sure":
            return "run_sure"
        case "comparing":
            return "run_said_all"
    if exercise is None:
        return None
    item = course.item_of(exercise)
    if item.kind == "write":
        return "run_write"
    wanted = len(progress.picked) if item.kind == "order" else item.right
    return f"run_pick_{exercise.shown.index(wanted or 0)}"


def _checked(who: str, said: str, answer: str, begins: str) -> Line:
    is_right = bool(answer) and answer.startswith(begins)
    return Line(who, said, answer, None if is_right else f"this should begin with {begins!r}")
