"""The budget of a lesson is honest: readers at three paces go through every module of the sample company in chat."""

import random

import pytest
from sqlalchemy import event, select

from bot.app import App
from bot.company import apply_folder, read_folder
from bot.handlers.offers import offer
from bot.handlers.request import new_id
from bot.messages import Address, Identity, Kind
from bot.outcome import ANSWER
from bot.queue import put, resume_sending
from bot.settings import Settings
from bot.trial.conversation import SAMPLE_COMPANY
from bot.trial.play import right_press
from bot.views.exercise import WRITTEN_FIELD, WRITTEN_FORM
from coach.embed import WordHashEmbedder
from lessons.adapt import for_roles
from lessons.budget import WORDS_A_MINUTE, estimate
from lessons.runs import course_of, progress_of, unfinished
from lessons.sequence import Choice
from lessons.shelf import modules_for
from lessons.tables import LessonRow
from metrics.events.kinds import LessonCompleted, LessonPartDone
from metrics.events.record import EventRow
from metrics.people import Person, PlatformIdentity, asker_for
from tests.chat import Chat
from tests.conftest import NOW
from tests.scripted_reader import Reader, thinking_seconds

SLOW, FAST = 150, 250
MOST_OFF = 0.25
WRITTEN = "I will ask somebody who may decide."


class ReadersChat(Chat):
    """A chat whose clock only the reader moves: Coach itself takes no time."""

    def settle(self):
        while self.workers.run_once():
            pass

    def incoming(self, user, kind=Kind.MESSAGE, **more):
        now = self.now
        made = super().incoming(user, kind, **more)
        self.now = now
        return made


@pytest.fixture(scope="module")
def chat(tmp_path_factory):
    app = App(Settings(home=tmp_path_factory.mktemp("home")), embedder=WordHashEmbedder())
    # Thousands of steps are stored, and what is measured here is not what survives a power cut.
    event.listen(app.database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    app.database.upgrade()
    apply_folder(read_folder(SAMPLE_COMPANY), app.database, app.embedder, NOW)
    with app.database.transaction() as session:
        resume_sending(session, "slack", "T1", NOW)
        accounts = session.scalars(select(PlatformIdentity.platform_user_id)).all()
    yield ReadersChat(app, NOW, tuple(Identity(account, is_member=True) for account in accounts))
    app.close()


def readers(chat):
    """Return one person for every module: file -> (person id, account, the module in their words)."""
    found = {}
    with chat.app.database.session() as session:
        identities = session.scalars(select(PlatformIdentity).where(PlatformIdentity.platform == "slack"))
        accounts = {identity.person_id: identity.platform_user_id for identity in identities}
        for person in session.scalars(select(Person).order_by(Person.id)):
            for file, module in modules_for(session, asker_for(person)).items():
                found.setdefault(file, (person.id, accounts[person.id], for_roles(module, person.roles)))
    return found


def go_through(chat, person_id, account, module, words_a_minute):
    """Offer a module and take it to its end at a pace; return the seconds recorded."""
    choice = Choice("module", module.file, module.skill, (), float(module.minutes.total), "")
    key = f"lesson:{module.file}:{words_a_minute}"
    with chat.app.database.transaction() as session:
        person, address = session.get_one(Person, person_id), Address("slack", "T1", only_for=account)
        given = (chat.now, new_id, random.Random(1), "practice", key, ANSWER)
        for outgoing in offer(session, person, None, choice, address, *given):
            put(session, outgoing, chat.now)
    chat.settle()
    message_id = next(sent.message_id for sent in chat.platform.posted if sent.key == key)
    reader, run_id, token = Reader(words_a_minute), None, None
    while True:
        with chat.app.database.session() as session:
            run = unfinished(session, person_id)
        if run is None:
            break
        assert run.token != token, "the last press led nowhere"
        course, run_id, token = course_of(run), run.id, run.token
        action = right_press(course, progress_of(run))
        seconds = reader.seconds(chat.platform.standing[message_id].message) + thinking_seconds(course, run)
        chat.at(minutes=seconds / 60)
        press(chat, account, message_id, action, run.token)
    with chat.app.database.session() as session:
        events = session.scalars(select(EventRow).where(EventRow.payload["run_id"].as_integer() == run_id)).all()
    parts = sum(row.seconds for row in events if row.kind == LessonPartDone.kind)
    [total] = [row.seconds for row in events if row.kind == LessonCompleted.kind]
    assert parts == pytest.approx(total)
    return total


def press(chat, account, message_id, action, token):
    place = {"channel": f"dm-{account}", "is_direct": True, "message_id": message_id}
    if action != "run_write":
        chat.take(chat.incoming(account, Kind.CLICK, action=action, value=token, **place))
        return
    fields = {WRITTEN_FIELD: WRITTEN}
    chat.take(chat.incoming(account, Kind.SUBMIT, action=WRITTEN_FORM, value=token, fields=fields))


def test_what_a_module_promises_is_what_readers_need(chat):
    found = readers(chat)
    with chat.app.database.session() as session:
        assert sorted(found) == session.scalars(select(LessonRow.file).order_by(LessonRow.file)).all()
    assert len(found) >= 12
    print(f"\n{'module':32} budget  estimate  {SLOW} wpm  {WORDS_A_MINUTE} wpm  {FAST} wpm  (seconds)")
    for file, (person_id, account, module) in sorted(found.items()):
        expected = estimate(module)
        slow, usual, fast = (
            go_through(chat, person_id, account, module, pace) for pace in (SLOW, WORDS_A_MINUTE, FAST)
        )
        budget, whole = module.minutes.total * 60, sum(expected.values())
        print(f"{file:32} {budget:6}  {whole:8.0f}  {slow:7.0f}  {usual:7.0f}  {fast:7.0f}")
        assert fast < usual < slow, file
        assert abs(usual - whole) <= MOST_OFF * whole, file
        assert usual <= budget, file
