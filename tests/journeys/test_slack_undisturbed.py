"""In the trial somebody pauses notifications: the lesson that is due waits, over Slack's own wire."""

from datetime import timedelta

from sqlalchemy import update

from lessons.nudges import PLANNED, SENT, SENT_BY_MANAGER
from lessons.sequence import CHOICE, Choice
from lessons.tables import Nudge
from metrics.people import person_with_account
from tests import slack_trial
from tests.slack_trial import LESSON


def plan(trial, human):
    """Plan a lesson for somebody, due now."""
    now = trial.app.now()
    content = CHOICE.dump_python(Choice("module", "refunds.md", "refunds", (), 3.0, "Ada Oak sent it."), mode="json")
    times = {"local_on": now.date(), "due_at": now, "late_at": now + timedelta(hours=2)}
    with trial.app.database.transaction() as session:
        person_id = person_with_account(session, "slack", human.user_id).id
        session.add(Nudge(person_id=person_id, slot=SENT_BY_MANAGER, state=PLANNED, content=content, **times))


def test_a_lesson_waits_while_notifications_are_paused(tmp_path):
    with slack_trial.trial(tmp_path) as trial:
        cara = trial.newcomer()
        trial.act(cara.say, cara.dm(), "hello")
        cara.pause_notifications(60)
        plan(trial, cara)
        trial.act(trial.serving.tick)
        [waiting] = trial.rows(Nudge)
        assert (waiting.state, waiting.reason) == (PLANNED, "do_not_disturb")
        assert timedelta(minutes=9) < waiting.due_at - trial.app.now() <= timedelta(minutes=10)
        assert LESSON not in " ".join(cara.texts(cara.dm()))
        cara.pause_notifications(0)
        with trial.app.database.transaction() as session:
            session.execute(update(Nudge).values(due_at=trial.app.now()))
        trial.act(trial.serving.tick)
        assert LESSON in trial.last(cara, cara.dm())[0]
        assert [(nudge.state, nudge.reason) for nudge in trial.rows(Nudge)] == [(SENT, None)]
        assert [call.arguments for call in trial.workspace.calls("dnd.teamInfo")] == [{"users": cara.user_id}] * 2
        assert trial.workspace.rejections == []
