"""A planned lesson goes out once, before its shift, after everything was checked again; else its row says why not."""

import random
from datetime import date, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, select, update

from bot import ticking
from bot.app import App
from bot.company import apply_folder, read_folder
from bot.handlers import nudging
from bot.handlers.request import new_id
from bot.keeping import block_direct
from bot.messages import Disconnected, Identity, Undeliverable, Unsure
from bot.outcome import NUDGE
from bot.queue import resume_sending
from bot.settings import Settings
from bot.tables import CompanySettings, Connection, OutboxItem
from bot.views import nudges as views
from coach.embed import WordHashEmbedder
from coach.tables import SopDocument
from lessons.sequence import CHOICE
from lessons.shelf import store_modules
from lessons.tables import CohortPost, Leave, LessonRow, LessonRun, Nudge, Preference, Shift
from metrics.events.kinds import LessonPartDone
from metrics.events.record import EventRow, record
from metrics.people import Person
from tests.chat import Chat, labels
from tests.lesson_runs import MODULE, WHOLE
from tests.lesson_runs import OTHER as FIRST

ADA, BEN = "U1", "U2"
COMPANY = """roles: [cashier, manager]
skills: {refunds: {title: Refunds}, cash: {title: Cash at the till}}
timezone: Europe/London
default_audience: everyone
working_days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]
lessons:
  quiet_hours: "20:00-07:00"
  reminder_hours: 3
  cohorts: {till: {roles: [cashier], when: [15 minutes before shift]}}
"""
FOLDER = {
    "company.yaml": COMPANY,
    "people.csv": "name,email,slack_id,role,manager\n"
    f"Ada Oak,ada@example.test,{ADA},manager,\nBen Ash,ben@example.test,{BEN},cashier,ada@example.test\n",
    "sops/stores/refunds.md": "# Refunds\n\nPay back.\n\n## Exceptions\n\nAbove 100 pounds a manager decides.\n",
    "sops/stores/cash.md": "# Cash\n\nAbove 100 pounds a manager decides.\n",
}
OFFER = f"Lesson: {FIRST.title}."


@pytest.fixture
def chat(database, company, tmp_path, now):
    """Monday, 08:30; Ben's shift is from 09:00 to 17:00."""
    app = App(Settings(home=tmp_path / "home", database_url=SecretStr(database.url)), embedder=WordHashEmbedder())
    apply_folder(read_folder(company(FOLDER)), app.database, app.embedder, now)
    with app.database.transaction() as session:
        store_modules(session, [MODULE, FIRST], now)
        resume_sending(session, "slack", "T1", now)
        session.add(Shift(person_id=ben(session).id, starts_at=now + minutes(30), ends_at=now + minutes(510)))
    yield Chat(app, now, tuple(Identity(user, is_member=True) for user in (ADA, BEN)))
    app.close()


def minutes(count):
    return timedelta(minutes=count)


def ben(session):
    return session.scalars(select(Person).where(Person.email == "ben@example.test")).one()


def tick(chat):
    """Do what the clock does."""
    ticking.tick(chat.app.database, {"slack": chat.platform}, chat.now, new_id, random.Random(1))


def tock(chat, to=0):
    """Let time pass, tick, and let the workers send."""
    tick(chat.at(minutes=to))
    chat.settle()
    return chat


def change(chat, *statements):
    with chat.app.database.transaction() as session:
        for statement in statements:
            session.execute(statement)


def configure(chat, **lessons):
    with chat.app.database.transaction() as session:
        row = session.get(CompanySettings, 1)
        row.values = row.values | {"lessons": row.values["lessons"] | lessons}


def rows(chat, table=Nudge):
    with chat.app.database.session() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def ended(chat):
    # Ada, who manages Ben, gets her digest besides.
    return [(nudge.slot, nudge.state, nudge.reason) for nudge in rows(chat) if nudge.slot != "digest"]


def offers(chat):
    return [sent for sent in chat.platform.posted if sent.message.text.startswith("Lesson:")]


def sent(chat):
    """Return Ben's lesson after it came."""
    tock(chat)
    tock(chat, 16)
    return offers(chat)[-1]


def add_nudge(chat, slot, hours=48, **facts):
    with chat.app.database.transaction() as session:
        given = {"due_at": chat.now, "late_at": chat.now + timedelta(hours=hours), "local_on": chat.now.date(), **facts}
        session.add(Nudge(person_id=ben(session).id, slot=slot, state="planned", **given))


def test_a_lesson_comes_as_a_direct_message_before_the_shift_and_once(chat):
    tock(chat)
    assert ended(chat) == [("before_shift", "planned", None)]
    assert offers(chat) == []
    for _ in range(4):
        tock(chat, 4)
    [offer] = offers(chat)
    assert offer.message.text.endswith("“settings” for when I write.")
    assert offer.channel == f"dm-{BEN}"
    assert offer.message.text.startswith(OFFER)
    assert {"Start", "Later Today"} <= set(labels(offer.message))
    [nudge], [run] = rows(chat), rows(chat, LessonRun)
    assert (nudge.state, run.nudge_id, nudge.content["module"]) == ("sent", nudge.id, FIRST.file)
    assert nudge.finished_at < nudge.late_at
    assert [row.priority for row in rows(chat, OutboxItem) if row.key == f"nudge:{nudge.id}"] == [NUDGE]
    [event] = [row for row in rows(chat, EventRow) if row.kind == "nudge_ended"]
    assert (event.person_id, event.payload) == (
        nudge.person_id,
        {"slot": "before_shift", "state": "sent", "reason": ""},
    )


def test_nobody_outside_a_cohort_is_sent_anything(chat):
    with chat.app.database.transaction() as session:
        ada = session.scalars(select(Person).where(Person.email == "ada@example.test")).one()
        session.add(Shift(person_id=ada.id, starts_at=chat.now + minutes(30), ends_at=chat.now + minutes(510)))
    sent(chat)
    assert {offer.channel for offer in offers(chat)} == {f"dm-{BEN}"}


CLOSED = {
    "left": lambda _: [update(Person).where(Person.email == "ben@example.test").values(is_active=False)],
    "leave": lambda chat: [
        Leave.__table__.insert().values(
            person_id=rows(chat)[0].person_id, from_on=chat.now.date(), to_on=chat.now.date()
        )
    ],
    "stopped": lambda chat: [
        Preference.__table__.insert().values(person_id=rows(chat)[0].person_id, is_stopped=True, changed_at=chat.now)
    ],
    "paused": lambda chat: [
        Preference.__table__.insert().values(
            person_id=rows(chat)[0].person_id, paused_until=date(2026, 12, 1), changed_at=chat.now
        )
    ],
    "no_cohort": lambda _: [update(Person).where(Person.email == "ben@example.test").values(roles=["manager"])],
}


@pytest.mark.parametrize("reason", CLOSED)
@pytest.mark.parametrize("is_queued", [False, True])
def test_what_changed_since_it_was_planned_is_seen_when_sending_and_at_the_last_moment(chat, reason, is_queued):
    tock(chat)
    chat.at(minutes=16)
    if is_queued:
        tick(chat)
        assert [nudge.state for nudge in rows(chat)] == ["queued"]
    change(chat, *CLOSED[reason](chat))
    tock(chat)
    assert ended(chat) == [("before_shift", "missed", reason)]
    assert offers(chat) == []


@pytest.mark.parametrize("is_queued", [False, True])
def test_nobody_is_sent_a_lesson_on_an_sop_they_may_not_read_any_more(chat, is_queued):
    tock(chat)
    chat.at(minutes=16)
    if is_queued:
        tick(chat)
    closed = update(SopDocument).where(SopDocument.file == "stores/cash.md").values(audience="roles:manager")
    change(chat, closed)
    tock(chat)
    if is_queued:
        assert ended(chat) == [("before_shift", "missed", "not_theirs")]
        assert offers(chat) == []
    else:
        [offer] = offers(chat)
        assert offer.message.text.startswith(f"Lesson: {MODULE.title}.")


def test_quiet_hours_are_looked_at_when_sending_and_at_the_last_moment(chat):
    tock(chat)
    tick(chat.at(minutes=16))
    configure(chat, quiet_hours="08:40-07:00")
    chat.settle()
    assert ended(chat) == [("before_shift", "missed", "quiet_hours")]
    assert offers(chat) == []


@pytest.mark.parametrize("is_queued", [False, True])
def test_what_is_late_is_missed_and_never_sent(chat, is_queued):
    tock(chat)
    if is_queued:
        tick(chat.at(minutes=16))
    tock(chat, 60)
    assert ended(chat) == [("before_shift", "missed", "late")]
    assert offers(chat) == []


def test_the_choice_is_made_anew_when_sending(chat):
    tock(chat)
    assert rows(chat)[0].content["module"] == FIRST.file
    change(chat, delete(LessonRow).where(LessonRow.file == FIRST.file))
    tock(chat, 16)
    assert rows(chat)[0].content["module"] == MODULE.file
    assert offers(chat)[0].message.text.startswith(f"Lesson: {MODULE.title}.")


def test_where_there_is_nothing_to_practise_it_says_so(chat):
    change(chat, delete(LessonRow))
    sent_nothing = tock(tock(chat), 16)
    assert ended(sent_nothing) == [("before_shift", "missed", "nothing_to_practise")]


def test_the_minutes_of_the_week_are_a_hard_cap(chat):
    with chat.app.database.transaction() as session:
        practised = LessonPartDone("slack", "refunds", 29.5 * 60, 1, MODULE.file, "practice", 60)
        record(session, practised, chat.now - timedelta(days=1), ben(session).id)
    tock(tock(chat), 16)
    assert ended(chat) == [("before_shift", "missed", "weekly_cap")]


def test_who_blocked_coach_is_not_written_to(chat):
    chat.dm(BEN, "hello")
    with chat.app.database.transaction() as session:
        block_direct(session, ben(session).id, "slack", chat.now)
    tock(tock(chat), 16)
    assert ended(chat) == [("before_shift", "missed", "no_address")]


def test_who_is_practising_is_left_to_it(chat):
    chat.at(minutes=10)
    chat.dm(BEN, "practice cash")
    chat.press(BEN, "Start")
    tock(chat)
    tock(chat, 6)
    assert ended(chat) == [("before_shift", "missed", "practising")]


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        (Undeliverable("channel_not_found"), "missed", "refused"),
        (Disconnected("token_revoked"), "queued", None),
    ],
)
def test_what_the_platform_does_with_it_is_noted(chat, fault, state, reason):
    tock(chat)
    tick(chat.at(minutes=16))
    chat.platform.fail(fault, "post")
    chat.settle()
    assert ended(chat) == [("before_shift", state, reason)]


def test_an_unsure_platform_leaves_one_lesson_at_most(chat):
    tock(chat)
    tick(chat.at(minutes=16))
    chat.platform.fail(Unsure("timeout"), "post", is_after=True)
    for _ in range(4):
        tock(chat, 1)
    assert len(offers(chat)) == 1
    assert rows(chat)[0].state in ("sent", "unknown")


def test_a_queued_lesson_gives_way_to_one_they_ask_for(chat):
    tock(chat)
    tick(chat.at(minutes=16))
    with chat.app.database.transaction() as session:
        from bot.queue import cancel

        assert cancel(session, f"nudge:{rows(chat)[0].id}", chat.now)
    tick(chat)
    assert ended(chat) == [("before_shift", "missed", "taken_back")]


class TestReminders:
    def reminded(self, chat):
        return [sent for sent in chat.standing() if sent.message.text.startswith(OFFER)]

    def test_one_comes_hours_later_in_place_of_the_first(self, chat):
        first = sent(chat)
        for _ in range(8):
            tock(chat, 60)
        assert ended(chat) == [("before_shift", "sent", None), ("reminder", "sent", None)]
        assert len(offers(chat)) == 2
        [standing] = self.reminded(chat)
        assert standing.message_id != first.message_id
        assert ["I am Coach" in offer.message.text for offer in offers(chat)] == [True, False]

    def test_none_comes_once_it_was_opened(self, chat):
        sent(chat)
        tock(chat)
        assert [slot for slot, *_ in ended(chat)] == ["before_shift", "reminder"]
        chat.press(BEN, "Start")
        with chat.app.database.transaction() as session:
            # The reminder, and the digest of Ada, who manages Ben.
            assert nudging.send_due(session, chat.now + timedelta(hours=3), new_id, random.Random(1)) == 2
        assert ended(chat) == [("before_shift", "sent", None)]

    def test_one_put_off_comes_again_and_no_reminder_beside_it(self, chat):
        sent(chat)
        tock(chat)
        chat.press(BEN, "Later Today")
        for _ in range(8):
            tock(chat, 60)
        assert sorted(ended(chat)) == [("before_shift", "sent", None), ("later", "sent", None)]
        assert len(offers(chat)) == 2


class TestSentByAManager:
    def content(self):
        return CHOICE.dump_python(WHOLE, mode="json")

    def test_it_takes_the_place_of_the_days_lesson(self, chat):
        tock(chat)
        add_nudge(chat, "sent", content=self.content())
        tock(tock(chat), 16)
        assert ended(chat)[:2] == [("before_shift", "missed", "another_today"), ("sent", "sent", None)]
        assert [offer.message.text.startswith(f"Lesson: {MODULE.title}.") for offer in offers(chat)] == [True]

    def test_where_the_day_had_its_lesson_it_waits_for_the_next_morning(self, chat):
        sent(chat)
        add_nudge(chat, "sent", content=self.content())
        with chat.app.database.transaction() as session:
            start = chat.now.replace(hour=9, minute=0) + timedelta(days=1)
            session.add(Shift(person_id=ben(session).id, starts_at=start, ends_at=start + minutes(480)))
        found = []
        for _ in range(52):
            tock(chat, 30)
            found = [(nudge.state, nudge.finished_at) for nudge in rows(chat) if nudge.slot == "sent"]
        [(state, at)] = found
        assert (state, at.date(), at.hour) == ("sent", date(2026, 11, 24), 7)
        lessons = [nudge.local_on for nudge in rows(chat) if nudge.slot == "before_shift" and nudge.state == "sent"]
        assert lessons == [date(2026, 11, 23)]

    def test_what_they_may_not_read_is_not_sent(self, chat):
        change(chat, delete(Shift), update(SopDocument).values(audience="roles:manager"))
        add_nudge(chat, "sent", content=self.content())
        tock(chat)
        assert ended(chat) == [("sent", "missed", "nothing_to_practise")]


class TestIgnored:
    @pytest.fixture
    def ignoring(self, chat):
        """Ben has shifts for two weeks, and was sent lessons on three days, which he left."""
        configure(chat, reminder_hours=None)
        with chat.app.database.transaction() as session:
            for days in range(1, 15):
                start = chat.now + timedelta(days=days) + minutes(30)
                session.add(Shift(person_id=ben(session).id, starts_at=start, ends_at=start + minutes(480)))
        for _ in range(3):
            tock(chat)
            tock(chat, 16)
            tock(chat, 24 * 60 - 16)
        assert [offer.message.text.startswith("Lesson:") for offer in offers(chat)] == [True] * 3
        return chat

    def test_three_in_a_row_make_them_weekly_and_the_next_says_why(self, ignoring):
        tock(ignoring, 16)
        assert [state for _, state, _ in ended(ignoring)[:4]] == ["sent", "sent", "sent", "missed"]
        assert ended(ignoring)[3] == ("before_shift", "missed", "weekly")
        for _ in range(8):
            tock(ignoring, 24 * 60)
        assert len(offers(ignoring)) == 4
        last = offers(ignoring)[-1].message
        assert last.text.endswith(views.WHY_WEEKLY)
        assert not offers(ignoring)[-2].message.text.endswith(views.WHY_WEEKLY)
        ignoring.press(BEN, "Daily Lessons")
        assert [row.is_weekly for row in rows(ignoring, Preference)] == [False]
        assert labels(offers(ignoring)[-1].message)["Start"]
        for _ in range(2):
            tock(ignoring, 24 * 60)
        assert len(offers(ignoring)) == 6

    def test_one_opened_in_between_keeps_them_daily(self, ignoring):
        ignoring.press(BEN, "Start")
        tock(ignoring, 16)
        assert [state for _, state, _ in ended(ignoring)[:4]] == ["sent"] * 4
        assert rows(ignoring, Preference) == []

    def test_the_word_brings_daily_lessons_back(self, ignoring):
        tock(ignoring, 16)
        ignoring.dm(BEN, "lessons daily")
        assert [row.is_weekly for row in rows(ignoring, Preference)] == [False]


class TestChannels:
    @pytest.fixture
    def channel(self, chat):
        cohort = {"roles": ["cashier"], "when": ["15 minutes before shift"], "channel": "slack:C0TILL", "minutes": 11}
        configure(chat, cohorts={"till": cohort})
        return chat

    def posts(self, chat):
        return [(post.state, post.reason) for post in rows(chat, CohortPost)]

    def posted(self, chat):
        return [sent for sent in chat.platform.posted if sent.channel == "C0TILL"]

    def test_one_message_offers_a_cohort_its_practice_and_nobody_gets_one_of_their_own(self, channel):
        for _ in range(4):
            tock(channel, 6)
        assert self.posts(channel) == [("sent", None)]
        [post] = self.posted(channel)
        assert list(labels(post.message)) == ["Start"]
        assert not any(word in str(post.message) for word in ("Ben", "Ada", "@", "<!"))
        assert offers(channel) == []
        assert rows(channel) == []

    def test_start_opens_a_lesson_of_their_own_in_direct_messages(self, channel):
        tock(tock(channel), 16)
        [post] = self.posted(channel)
        channel.press(BEN, "Start", post)
        [offer] = offers(channel)
        assert (offer.channel, offer.message.text.startswith(OFFER)) == (f"dm-{BEN}", True)
        [aside] = [sent for sent in channel.standing() if sent.message.text == views.COMES_DIRECTLY]
        assert aside.address.only_for == BEN
        [event] = [row for row in rows(channel, EventRow) if row.kind == "lesson_offered"]
        assert event.payload["origin"] == "channel"
        channel.press(BEN, "Start", post)
        assert len(rows(channel, LessonRun)) == 1

    def test_whoever_is_in_no_such_cohort_reads_one_private_line(self, channel):
        tock(tock(channel), 16)
        channel.press(ADA, "Start", self.posted(channel)[0])
        assert (channel.last.message.text, channel.last.address.only_for) == (views.NOT_IN_COHORT, ADA)
        assert rows(channel, LessonRun) == []

    def test_where_there_is_nothing_to_practise_it_says_so(self, channel):
        tock(tock(channel), 16)
        change(channel, delete(LessonRow))
        channel.press(BEN, "Start", self.posted(channel)[0])
        assert channel.last.message.text == views.NOTHING_TODAY

    @pytest.mark.parametrize("is_queued", [False, True])
    def test_when_nobody_may_be_written_to_nothing_is_posted(self, channel, is_queued):
        tock(channel)
        channel.at(minutes=16)
        if is_queued:
            tick(channel)
        with channel.app.database.transaction() as session:
            session.add(Leave(person_id=ben(session).id, from_on=channel.now.date(), to_on=channel.now.date()))
            assert not is_queued or [post.state for post in session.scalars(select(CohortPost))] == ["queued"]
        if not is_queued:
            with channel.app.database.transaction() as session:
                nudging.send_due(session, channel.now, new_id, random.Random(1))
        channel.settle()
        assert self.posts(channel) == [("missed", "leave")]
        assert self.posted(channel) == []

    def test_what_is_late_is_missed(self, channel):
        tock(channel)
        tock(channel, 60)
        assert self.posts(channel) == [("missed", "late")]

    def test_without_a_connection_there_it_is_missed(self, channel):
        tock(channel)
        change(channel, update(Connection).values(is_stopped=True))
        tock(channel, 16)
        assert self.posts(channel) == [("missed", "not_connected")]

    def test_a_moved_shift_moves_it_and_one_that_is_gone_withdraws_it(self, channel):
        tock(channel)
        [before] = rows(channel, CohortPost)
        change(channel, update(Shift).values(starts_at=channel.now + minutes(60)))
        tock(channel)
        [moved] = rows(channel, CohortPost)
        assert (moved.id, moved.due_at - before.due_at) == (before.id, minutes(30))
        change(channel, delete(Shift))
        tock(channel)
        assert self.posts(channel) == [("missed", "moved")]
