"""What managers are sent unasked: one digest a week, warnings between, of whom they manage at that moment."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import ticking
from bot.handlers.request import new_id
from bot.tables import CompanySettings
from bot.views.managing import STARTED, STOPPED
from lessons.supports import note_recognised
from lessons.tables import Leave, Preference
from metrics.looks import Look
from metrics.people import Person
from tests.bot.handlers.managed_shop import (
    ADA,
    BEN,
    FRIDAY,
    MONDAY,
    OLA,
    change,
    id_of,
    miss_at_work,
    nudges,
    open_shop,
    sent_to,
    supported,
    tock,
)
from tests.chat import labels

NINE = MONDAY.replace(hour=9)


@pytest.fixture
def chat(database, company, tmp_path):
    """Friday; Ben wrote to Coach and missed a step twice at work."""
    chat = open_shop(database, company, tmp_path)
    chat.dm(BEN, "hello")
    miss_at_work(chat, "ben")
    yield chat
    chat.app.close()


def plan(chat, at=None):
    chat.now = at or chat.now
    ticking.plan_ahead(chat.app.database, chat.now, new_id)


def looks(chat, by=None):
    query = select(Person.name, Look.what).join(Person, Person.id == Look.person_id).order_by(Person.name, Look.what)
    if by is not None:
        query = query.where(Look.viewer_id == id_of(chat, by))
    with chat.app.database.session() as session:
        return [tuple(row) for row in session.execute(query)]


def digests(chat, user):
    return [sent for sent in sent_to(chat, user) if "help" in sent.message.text.partition("\n")[0]]


def test_a_digest_comes_at_nine_on_monday_once_however_many_clocks_there_are(chat):
    tock(chat, MONDAY - timedelta(hours=12))
    tock(chat, NINE - timedelta(minutes=1))
    assert digests(chat, ADA) == []
    for minutes in (0, 1, 30, 300):
        for _ in range(2):
            tock(chat, NINE + timedelta(minutes=minutes))
    [ada] = digests(chat, ADA)
    assert ada.message.text.startswith("2 of 2 need help: Ben (Refunds) and Cara (not started).")
    assert "step 3 missed twice at work" in ada.message.text
    assert {"Check-in Done: Ben", "Check-in Script: Ben", "Seen", "Stop This Digest"} <= set(labels(ada.message))
    assert len(digests(chat, OLA)) == 1
    assert digests(chat, BEN) == []
    assert {(nudge.state, nudge.reason) for nudge in nudges(chat, "digest")} == {("sent", None)}
    assert ("Ben Ash", "digest") in looks(chat)


def test_it_is_planned_again_for_the_next_week(chat):
    tock(chat, NINE)
    tock(chat, NINE + timedelta(days=7))
    assert len(digests(chat, ADA)) == 2


@pytest.mark.parametrize(("quiet", "hours"), [("20:00-07:00", 0), ("20:00-11:00", 2)])
def test_it_waits_for_the_end_of_quiet_hours(chat, quiet, hours):
    with chat.app.database.transaction() as session:
        row = session.get_one(CompanySettings, 1)
        row.values = row.values | {"lessons": row.values["lessons"] | {"quiet_hours": quiet}}
    for minutes in range(0, 150, 10):
        tock(chat, NINE + timedelta(minutes=minutes))
        if digests(chat, ADA):
            break
    assert hours * 60 <= minutes <= hours * 60 + 30


def test_who_is_on_leave_reads_it_when_they_are_back_or_not_at_all(chat):
    with chat.app.database.transaction() as session:
        for name, days in (("ada", 0), ("ola", 5)):
            last = NINE.date() + timedelta(days=days)
            session.add(Leave(person_id=id_of(chat, name), from_on=NINE.date(), to_on=last))
    for hours in range(0, 24 * 4, 2):
        tock(chat, NINE + timedelta(hours=hours))
    assert len(digests(chat, ADA)) == 1
    assert digests(chat, OLA) == []
    assert {nudge.state for nudge in nudges(chat, "digest")} == {"sent", "missed"}


def test_a_stop_of_lessons_is_about_lessons_and_that_of_the_digest_about_it(chat):
    with chat.app.database.transaction() as session:
        stopped = {"is_stopped": True, "changed_at": FRIDAY}
        session.add(Preference(person_id=id_of(chat, "ada"), **stopped))
        session.add(Preference(person_id=id_of(chat, "ola"), is_digest_stopped=True, changed_at=FRIDAY))
    tock(chat, NINE)
    assert len(digests(chat, ADA)) == 1
    assert digests(chat, OLA) == []


def test_one_press_stops_it_and_one_brings_it_back(chat):
    tock(chat, NINE)
    chat.press(ADA, "Stop This Digest")
    assert sent_to(chat, ADA)[-1].message.text == STOPPED
    tock(chat, NINE + timedelta(days=7))
    assert len(digests(chat, ADA)) == 1
    chat.dm(ADA, "settings")
    chat.press(ADA, "Start Digest")
    assert sent_to(chat, ADA)[-1].message.text == STARTED
    tock(chat, NINE + timedelta(days=14))
    assert len(digests(chat, ADA)) == 2


@pytest.mark.parametrize("is_queued", [False, True])
def test_who_moved_to_another_team_meanwhile_is_not_in_it(chat, is_queued):
    plan(chat, NINE - timedelta(hours=1))
    if is_queued:
        chat.now = NINE
        ticking.tick(chat.app.database, {"slack": chat.platform}, NINE, new_id, random.Random(1))
        assert {nudge.state for nudge in nudges(chat, "digest")} == {"queued"}
    change(chat, "ben", manager_id=id_of(chat, "dov"))
    tock(chat, NINE + timedelta(minutes=1))
    [ada] = sent_to(chat, ADA)
    assert "Ben" not in f"{ada.message}"
    assert "Cara" in f"{ada.message}"
    assert looks(chat, by="ada") == [("Cara Elm", "digest")]


def test_who_manages_nobody_any_more_gets_none(chat):
    plan(chat, NINE - timedelta(hours=1))
    for name in ("ben", "cara"):
        change(chat, name, manager_id=id_of(chat, "ola"))
    tock(chat, NINE)
    assert sent_to(chat, ADA) == []
    assert ("missed", "nothing_to_practise") in {(nudge.state, nudge.reason) for nudge in nudges(chat, "digest")}


def test_without_a_lessons_block_nobody_gets_any(chat):
    with chat.app.database.transaction() as session:
        row = session.get_one(CompanySettings, 1)
        row.values = {name: value for name, value in row.values.items() if name != "lessons"}
    tock(chat, NINE, is_sweeping=True)
    assert nudges(chat, "digest") == nudges(chat, "warning") == []


def test_a_warning_comes_between_digests_to_the_nearest_manager_and_not_what_the_digest_told(chat):
    tock(chat, FRIDAY + timedelta(hours=1), is_sweeping=True)
    [warning] = sent_to(chat, ADA)
    assert warning.message.text.startswith("Ben Ash missed step 3 of “Refunds” at work twice in 30 days.")
    assert {"Check-in Script: Ben Ash", "Stop Digest and Warnings"} == set(labels(warning.message))
    assert sent_to(chat, OLA) == []
    assert looks(chat) == [("Ben Ash", "person")]
    tock(chat, FRIDAY + timedelta(hours=3), is_sweeping=True)
    tock(chat, NINE, is_sweeping=True)
    tock(chat, NINE + timedelta(hours=1), is_sweeping=True)
    assert len(nudges(chat, "warning")) == 1
    miss_at_work(chat, "cara", step="4")
    tock(chat, NINE + timedelta(hours=2), is_sweeping=True)
    assert len(nudges(chat, "warning")) == 2
    assert "Cara Elm missed step 4" in sent_to(chat, ADA)[-1].message.text


@pytest.mark.parametrize("is_queued", [False, True])
def test_a_warning_about_who_is_not_theirs_any_more_does_not_come(chat, is_queued):
    chat.now = FRIDAY + timedelta(hours=1)
    ticking.plan_warnings(chat.app.database, chat.now)
    if is_queued:
        ticking.tick(chat.app.database, {"slack": chat.platform}, chat.now, new_id, random.Random(1))
    change(chat, "ben", manager_id=id_of(chat, "dov"))
    tock(chat, chat.now + timedelta(minutes=1))
    assert sent_to(chat, ADA) == []
    assert [nudge.state for nudge in nudges(chat, "warning")] == ["missed"]


def thank(chat, by="ada", skill="refunds", how="applied"):
    """Plan what Ben is thanked for, as a press does."""
    from lessons import notices

    with chat.app.database.transaction() as session:
        manager_id, ben_id = id_of(chat, by), id_of(chat, "ben")
        row_id = note_recognised(session, manager_id, ben_id, skill, "slack", chat.now, "Europe/London")
        about = {row_id: [skill, how, str(manager_id)]}
        notices.plan_notice(session, ben_id, notices.RECOGNISED, about, chat.now, "Europe/London")


def test_thanks_name_the_skill_and_who_noticed_and_come_together(chat):
    thank(chat)
    thank(chat, by="ola", skill="till", how="mastered")
    tock(chat, chat.now + timedelta(minutes=1))
    said = sent_to(chat, BEN)[-1].message
    assert said.text == "Ada noticed that you used “Refunds” at work.\nOla noticed that you mastered “Using the till”."
    assert labels(said) == {}


def test_thanks_wait_out_the_night_and_end_with_a_stop(chat):
    chat.now = FRIDAY + timedelta(hours=11)
    before = len(sent_to(chat, BEN))
    thank(chat)
    tock(chat)
    assert len(sent_to(chat, BEN)) == before
    tock(chat, MONDAY)
    assert len(sent_to(chat, BEN)) == before + 1
    with chat.app.database.transaction() as session:
        session.add(Preference(person_id=id_of(chat, "ben"), is_stopped=True, changed_at=chat.now))
    thank(chat, skill="till")
    tock(chat, chat.now + timedelta(days=1))
    assert len(sent_to(chat, BEN)) == before + 1


def test_nobody_is_thanked_in_the_name_of_who_does_not_manage_them_any_more(chat):
    thank(chat)
    change(chat, "ben", manager_id=id_of(chat, "dov"))
    before = len(sent_to(chat, BEN))
    tock(chat, chat.now + timedelta(minutes=1))
    assert len(sent_to(chat, BEN)) == before
    assert [nudge.state for nudge in nudges(chat, "recognised")] == ["missed"]


def test_seeing_the_digest_is_noted_once_a_week(chat):
    tock(chat, NINE)
    [digest] = digests(chat, ADA)
    chat.press(ADA, "Seen", digest)
    [seen] = digests(chat, ADA) or [sent_to(chat, ADA)[-1]]
    assert seen.message_id == digest.message_id
    assert "Seen" not in labels(seen.message)
    chat.press(ADA, "Check-in Script: Ben", digest)
    assert supported(chat) == [("Ada", "manager_acted", "digest_read")]


def test_a_button_pressed_elsewhere_is_no_reading_of_the_digest(chat):
    tock(chat, NINE)
    chat.dm(ADA, "progress team")
    chat.press(ADA, "Check-in Script: Ben")
    assert supported(chat) == []


def test_somebody_else_pressing_in_a_digest_reads_nothing_of_it(chat):
    tock(chat, NINE)
    [digest] = digests(chat, ADA)
    chat.press(BEN, "Seen", replace(digest, channel=f"dm-{BEN}"))
    assert supported(chat) == []
    assert "Ben" not in sent_to(chat, BEN)[-1].message.text
