"""What keeps lessons going out: nothing stays queued for ever, nobody's fault stops the others, caps and quiet hold."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update

from bot.tables import CompanySettings, OutboxItem
from lessons.module import MODULE as MODULE_VALUES
from lessons.sequence import CHOICE
from lessons.tables import CohortPost, Confirmation, ItemMemory, LessonRow, LessonRun, Nudge, Shift
from metrics.events.kinds import LessonPartDone
from metrics.events.record import record
from metrics.people import Person
from tests.bot.handlers import test_nudging
from tests.bot.handlers.test_nudging import (
    BEN,
    FIRST,
    OFFER,
    add_nudge,
    ben,
    change,
    configure,
    ended,
    minutes,
    offers,
    rows,
    sent,
    tick,
    tock,
)
from tests.chat import labels
from tests.lesson_runs import MODULE, WHOLE

chat = test_nudging.chat


def practised(chat, minutes_practised):
    with chat.app.database.transaction() as session:
        done = LessonPartDone("slack", "cash", minutes_practised * 60, 1, MODULE.file, "practice", 60)
        record(session, done, chat.now - timedelta(days=1), ben(session).id)


class TestQueued:
    @pytest.mark.parametrize(
        ("statement", "reason"),
        [
            (update(OutboxItem).values(message={"of": "another version"}), "refused"),
            (delete(OutboxItem), "interrupted"),
        ],
    )
    def test_what_is_not_on_its_way_any_more_is_ended_and_bars_nobody(self, chat, statement, reason):
        tock(chat)
        tick(chat.at(minutes=16))
        change(chat, statement)
        chat.settle()
        tick(chat)
        assert [(slot, why) for slot, _, why in ended(chat)] == [("before_shift", reason)]
        with chat.app.database.transaction() as session:
            start = chat.now.replace(hour=9, minute=0) + timedelta(days=1)
            session.add(Shift(person_id=ben(session).id, starts_at=start, ends_at=start + minutes(480)))
        chat.at(minutes=23 * 60 + 50)
        tock(tock(chat), 15)
        assert [nudge.local_on for nudge in rows(chat) if nudge.state == "sent"] == [date(2026, 11, 24)]

    def test_the_same_goes_for_the_post_of_a_cohort(self, chat):
        cohort = {"roles": ["cashier"], "when": ["15 minutes before shift"], "channel": "slack:C0TILL", "minutes": 11}
        configure(chat, cohorts={"till": cohort})
        tock(chat)
        tick(chat.at(minutes=16))
        change(chat, delete(OutboxItem))
        tick(chat)
        assert [(post.state, post.reason) for post in rows(chat, CohortPost)] == [("unknown", "interrupted")]


class TestNeverSent:
    def test_a_reminder_that_is_not_sent_in_the_end_leaves_the_lesson_as_it_stands(self, chat):
        first = sent(chat)
        chat.at(minutes=185)
        for _ in range(2):
            tick(chat)
        assert ended(chat)[-1] == ("reminder", "queued", None)
        configure(chat, quiet_hours="11:00-07:00")
        chat.settle()
        assert ended(chat)[-1] == ("reminder", "missed", "quiet_hours")
        [standing] = [message for message in chat.standing() if message.channel == first.channel]
        assert (standing.message_id, standing.message.text) == (first.message_id, first.message.text)
        chat.press(BEN, "Start", standing)
        assert [run.state for run in rows(chat, LessonRun)] == ["open"]
        chat.dm(BEN, "lesson")
        old = next(message for message in chat.standing() if message.message_id == first.message_id)
        assert labels(old.message) == {}


class TestFaults:
    def test_one_nudge_that_cannot_be_made_keeps_nobody_else_waiting(self, chat):
        add_nudge(chat, "sent", content={"of": "another version"})
        with chat.app.database.transaction() as session:
            cy = Person(email="cy@example.test", name="Cy", roles=["cashier"], is_active=True, updated_at=chat.now)
            session.add(cy)
            session.flush()
            broken = {"person_id": cy.id, "slot": "sent", "state": "planned", "local_on": chat.now.date()}
            session.add(Nudge(**broken, due_at=chat.now, late_at=chat.now + minutes(600), content=None))
        for _ in range(4):
            tock(chat, 5)
        assert ("sent", "missed", "failed") in ended(chat)
        assert [offer.message.text.startswith(OFFER) for offer in offers(chat)] == [True]

    def test_what_cannot_be_foreseen_is_planned_all_the_same(self, chat):
        change(chat, update(LessonRow).values(content={"of": "another version"}))
        tick(chat)
        assert [(nudge.state, nudge.content) for nudge in rows(chat)] == [("planned", None)]
        tock(chat, 16)
        assert ended(chat) == [("before_shift", "missed", "failed")]


class TestTheWeek:
    def test_a_lesson_from_a_manager_waits_for_minutes_and_says_so_when_they_never_come(self, chat):
        change(chat, delete(Shift))
        practised(chat, 25)
        add_nudge(chat, "sent", content=CHOICE.dump_python(WHOLE, mode="json"), hours=3)
        for _ in range(8):
            tock(chat, 30)
        assert ended(chat) == [("sent", "missed", "weekly_cap")]
        assert offers(chat) == []

    def test_a_lesson_from_a_manager_comes_while_there_are_minutes_left(self, chat):
        change(chat, delete(Shift))
        practised(chat, 15)
        add_nudge(chat, "sent", content=CHOICE.dump_python(WHOLE, mode="json"), hours=3)
        tock(chat)
        assert ended(chat) == [("sent", "sent", None)]

    def test_having_nothing_to_practise_is_not_taken_for_a_full_week(self, chat):
        with chat.app.database.transaction() as session:
            for module in (FIRST, MODULE):
                add_completed(session, ben(session).id, module, chat.now - minutes(60))
        tock(tock(chat), 16)
        assert ended(chat) == [("before_shift", "missed", "nothing_to_practise")]


def add_completed(session, person_id, module, at):
    shown = {"modules": [MODULE_VALUES.dump_python(module, mode="json")]}
    about = {"person_id": person_id, "module": module.file, "skill": module.skill, "content": shown, "progress": {}}
    when = {"offered_at": at, "changed_at": at, "finished_at": at}
    session.add(LessonRun(token=module.skill, position=9, state="completed", minutes=11, **about, **when))
    for item in module.items:
        known = {"stability": 5.0, "difficulty": 5.0, "answered": 1, "right": 1, "missed_in_row": 0, "last_score": 1.0}
        item_key = module.key_of(item)
        session.add(ItemMemory(person_id=person_id, item=item_key, skill=module.skill, last_at=at, **known))


class TestWithoutABlock:
    @pytest.fixture
    def quiet(self, chat):
        with chat.app.database.transaction() as session:
            row = session.get(CompanySettings, 1)
            row.values = {key: value for key, value in row.values.items() if key != "lessons"}
        return chat

    @pytest.mark.parametrize("slot", ["acknowledge", "confirm"])
    def test_nothing_is_sent_that_nobody_asked_for(self, quiet, slot):
        with quiet.app.database.transaction() as session:
            about = {"person_id": ben(session).id, "kind": "acknowledge", "subject": "stores/refunds.md@"}
            session.add(Confirmation(public_id="a" * 32, asked_at=quiet.now, **about))
        add_nudge(quiet, slot, content={"about": {"1": []}})
        for _ in range(4):
            tock(quiet, 10)
        assert ended(quiet) == [(slot, "missed", "no_cohort")]
        assert quiet.platform.posted == []
