"""One tap: human steps, sign-offs, changed SOPs, lessons used at work. Each counts once, from whom it was asked."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.company import apply_folder, read_folder
from bot.handlers.forms import Forms
from bot.messages import Kind
from bot.router import Router
from bot.views import confirming as views
from coach.tables import SopDocument
from lessons.confirmations import ask_applied
from lessons.shelf import store_modules, store_tracks
from lessons.tables import Confirmation, LessonRun, Nudge
from metrics.people import Person
from tests.bot.handlers.track_chat import (
    ADA,
    BEN,
    BY_HAND,
    COMPANY,
    FOLDER,
    LEE,
    OLA,
    REFUNDS,
    open_shop,
    rows,
    seen_by,
    take_lesson,
    tock,
)
from tests.chat import labels
from tests.lesson_runs import MODULE

ASSIGN = "assign ben@example.test new-at-the-counter"


@pytest.fixture
def chat(database, company, tmp_path, now):
    chat = open_shop(database, company, tmp_path, now)
    yield chat
    chat.app.close()


@pytest.fixture
def asked(chat):
    """Ben is on the track, and Lee was asked about his third step."""
    chat.dm(ADA, ASSIGN)
    chat.dm(BEN, "track")
    chat.press(BEN, "Ask About Step 3")
    tock(chat)
    return seen_by(chat, LEE)[-1]


def the(chat, kind):
    return next(row for row in rows(chat, Confirmation) if row.kind == kind)


def test_who_confirms_gets_a_card_and_the_learner_sees_it_at_their_next_look(chat, asked):
    assert asked.message.text.startswith(
        "Please confirm: Ben Ash: Shadow a colleague for one shift. Is it done? I am Coach"
    )
    assert list(labels(asked.message)) == ["Done", "Not Yet", "Not Me"]
    before = len(seen_by(chat, BEN))
    chat.press(LEE, "Done", asked)
    done = seen_by(chat, LEE)[-1]
    assert done.message_id == asked.message_id
    assert done.message.text == "Done: Ben Ash, Shadow a colleague for one shift."
    [event] = chat.events("confirmed")
    assert (event.person_id, event.score) == (the(chat, "step").person_id, 1.0)
    assert event.payload["subject"] == "new-at-the-counter/shadow-a-colleague"
    tock(chat)
    chat.dm(BEN, "track")
    shown = str(seen_by(chat, BEN)[-1].message)
    assert "Shadow a colleague for one shift (4 h): done 23 Nov 2026, confirmed by Lee Fir" in shown
    # The track he was shown is all there is: no message of its own.
    assert len(seen_by(chat, BEN)) - before <= 2


def test_what_is_kept_is_when_somebody_tapped_not_when_it_was_handled(chat, asked):
    action, value = labels(asked.message)["Done"]
    where = {"channel": asked.channel, "is_direct": True, "message_id": asked.message_id}
    press = chat.incoming(LEE, Kind.CLICK, action=action, value=value, **where)
    chat.at(minutes=24 * 60)
    chat.take(press)
    assert the(chat, "step").answered_at == press.at


def test_not_yet_is_said_to_the_learner_and_asked_again_in_a_week(chat, asked):
    chat.press(LEE, "Not Yet", asked)
    assert seen_by(chat, LEE)[-1].message.text == (
        "Not yet: Ben Ash, Shadow a colleague for one shift. You are asked again in a week."
    )
    assert (the(chat, "step").answer, chat.events("confirmed")[0].score) == ("no", 0.0)
    chat.dm(BEN, "track")
    assert "not yet, said Lee Fir on 23 Nov 2026" in str(seen_by(chat, BEN)[-1].message)


def test_not_me_goes_up_until_nobody_is_above(chat, asked):
    chat.press(LEE, "Not Me", asked)
    assert seen_by(chat, LEE)[-1].message.text == "Passed on to Ada Oak: Ben Ash, Shadow a colleague for one shift."
    tock(chat)
    card = seen_by(chat, ADA)[-1]
    assert "Ben Ash: Shadow a colleague for one shift." in card.message.text
    chat.press(LEE, "Done", asked)
    assert seen_by(chat, LEE)[-1].message.text == views.CLOSED
    chat.press(ADA, "Not Me", card)
    tock(chat)
    card = seen_by(chat, OLA)[-1]
    chat.press(OLA, "Not Me", card)
    assert seen_by(chat, OLA)[-1].message.text == views.NOBODY_ABOVE
    chat.press(OLA, "Done", card)
    assert the(chat, "step").answer == "yes"
    assert "confirm_passed_on" in chat.outcomes()


@pytest.mark.parametrize("user", [BEN, ADA, OLA])
def test_nobody_answers_for_another(chat, asked, user):
    action, value = labels(asked.message)["Done"]
    chat.take(chat.incoming(user, Kind.CLICK, action=action, value=value, channel=f"dm-{user}", is_direct=True))
    assert seen_by(chat, user)[-1].message.text == views.NOT_YOURS
    assert the(chat, "step").answer is None


def test_a_tap_counts_once(chat, asked):
    chat.press(LEE, "Done", asked)
    chat.press(LEE, "Not Yet", asked)
    assert seen_by(chat, LEE)[-1].message.text == views.CLOSED
    assert [event.score for event in chat.events("confirmed")] == [1.0]


@pytest.mark.parametrize("label", ["Done", "Not Me"])
def test_a_tap_that_came_a_moment_too_late_changes_nothing(chat, asked, label):
    action, value = labels(asked.message)[label]
    where = {"channel": asked.channel, "is_direct": True, "message_id": asked.message_id}
    press = chat.incoming(LEE, Kind.CLICK, action=action, value=value, **where)
    slow = Router(chat.app, {"slack": chat.platform}).handle(press, "Ev-slow", chat.now)
    chat.press(LEE, "Not Yet", asked)
    with pytest.raises(IntegrityError, match="meanwhile"), chat.app.database.transaction() as session:
        slow.store(session)
    assert the(chat, "step").answer == "no"


def test_buttons_of_one_kind_do_nothing_to_another(chat, asked):
    _, value = labels(asked.message)["Done"]
    for action in ("acknowledged", "used_yes", "saw_it"):
        chat.take(chat.incoming(LEE, Kind.CLICK, action=action, value=value, channel=f"dm-{LEE}", is_direct=True))
        assert seen_by(chat, LEE)[-1].message.text == views.CLOSED
    assert the(chat, "step").answer is None


def test_a_high_stakes_skill_is_signed_off_by_a_manager_and_the_learner_is_told(chat):
    chat.dm(ADA, ASSIGN)
    chat.dm(BEN, "track")
    chat.press(BEN, "Ask for Sign-Off, Step 5")
    tock(chat)
    card = seen_by(chat, ADA)[-1]
    assert list(labels(card.message)) == ["Sign Off", "Not Yet", "Not Me"]
    _, value = labels(card.message)["Sign Off"]
    chat.take(chat.incoming(BEN, Kind.CLICK, action="confirm_done", value=value, channel=f"dm-{BEN}", is_direct=True))
    assert seen_by(chat, BEN)[-1].message.text == views.NOT_YOURS
    chat.press(ADA, "Sign Off", card)
    assert seen_by(chat, ADA)[-1].message.text == "Signed off: Ben Ash, Allergens. Kept with your name and the date."
    row = the(chat, "sign_off")
    with chat.app.database.session() as session:
        assert session.get(Person, row.asked_id).name == "Ada Oak"
    tock(chat, minutes=24 * 60)
    assert seen_by(chat, BEN)[-1].message.text == "Ada Oak signed you off for Allergens on 23 Nov 2026."


def test_several_things_that_wait_are_one_card_that_shrinks(chat):
    chat.dm(ADA, ASSIGN)
    chat.dm(OLA, "assign cal@example.test new-at-the-counter")
    for user in (BEN, "U5"):
        chat.dm(user, "track")
        chat.press(user, "Ask for Sign-Off, Step 5")
    with chat.app.database.transaction() as session:
        ada = session.scalars(select(Person).where(Person.name == "Ada Oak")).one()
        session.execute(update(Person).where(Person.name == "Cal Yew").values(manager_id=ada.id))
        session.execute(update(Confirmation).values(asked_id=ada.id))
    tock(chat)
    cards = [sent for sent in seen_by(chat, ADA) if "Please confirm" in sent.message.text]
    assert len(cards) == 1
    assert "Sign off Ben Ash for Allergens? Sign off Cal Yew for Allergens?" in cards[0].message.text
    chat.press(ADA, "Sign Off", cards[0])
    assert "Please confirm: Sign off Ben Ash" in seen_by(chat, ADA)[-1].message.text


@pytest.fixture
def changed(chat, company):
    """Ben has acknowledged 4.2, then the SOP changed to 4.3; return the card."""
    chat.dm(ADA, ASSIGN)
    tock(chat)
    chat.dm(BEN, "track")
    chat.press(BEN, "Read for Step 2")
    card = seen_by(chat, BEN)[-1]
    assert list(labels(card.message)) == ["Read Section 1", "Read Section 2", "I Have Read It"]
    chat.press(BEN, "I Have Read It", card)
    assert seen_by(chat, BEN)[-1].message.text == "Noted: you read “Refunds”, version 4.2 on 23 Nov 2026."
    newer = REFUNDS.replace('"4.2"', '"4.3"').replace("Above 100", "Above 80")
    folder = read_folder(company({"sops/stores/refunds.md": newer}))
    chat.at(minutes=24 * 60)
    applied = apply_folder(folder, chat.app.database, chat.app.embedder, chat.now)
    assert applied.stale.people == 1
    with chat.app.database.transaction() as session:
        store_modules(session, [MODULE], chat.now)
        store_tracks(session, [BY_HAND])
    tock(chat)
    return seen_by(chat, BEN)[-1]


def test_a_changed_sop_asks_once_and_names_what_changed(chat, changed):
    assert changed.message.text == "“Refunds”, version 4.3 changed. Please acknowledge it by 8 Dec 2026."
    assert list(labels(changed.message)) == ["Read Section 1", "I Have Read It"]
    [steps] = [block for block in changed.message.blocks if block.kind == "steps"]
    assert steps.items == ("Exceptions",)
    before = len(seen_by(chat, BEN))
    tock(chat, minutes=60)
    assert len(seen_by(chat, BEN)) == before
    chat.press(BEN, "I Have Read It", changed)
    assert seen_by(chat, BEN)[-1].message.text == "Noted: you read “Refunds”, version 4.3 on 24 Nov 2026."
    done = [row.subject for row in rows(chat, Confirmation) if row.answer == "yes"]
    assert done == ["stores/refunds.md@4.2", "stores/refunds.md@4.3"]
    assert [event.payload["what"] for event in chat.events("confirmed")] == ["acknowledge"] * 2


def test_its_section_opens_for_whom_it_was_asked_of_and_nobody_else(chat, changed):
    action, value = labels(changed.message)["Read Section 1"]

    def opened(user, action=action):
        incoming = chat.incoming(user, Kind.CLICK, action=action, value=value)
        with chat.app.database.session() as session:
            assert Forms().opens(incoming)
            return Forms().open(session, incoming, chat.now)

    assert "Above 80 pounds a manager decides." in str(opened(BEN).form)
    assert opened(ADA).say.text == views.SECTION_GONE
    assert opened(BEN, "read_changed_7").say.text == views.SECTION_GONE
    assert opened(BEN, "read_changed_x").say.text == views.SECTION_GONE
    with chat.app.database.transaction() as session:
        session.execute(update(SopDocument).values(audience="roles:owner"))
    assert opened(BEN).say.text == views.SECTION_GONE


def test_an_sop_that_was_closed_meanwhile_is_not_asked_for(chat, company):
    chat.dm(ADA, ASSIGN)
    take_lesson(chat)
    with chat.app.database.transaction() as session:
        session.execute(update(SopDocument).values(audience="roles:owner"))
    tock(chat)
    assert "Refunds" not in str(seen_by(chat, BEN))
    assert "acknowledge" not in [nudge.slot for nudge in rows(chat, Nudge)]


@pytest.fixture
def used(chat):
    """Ben is asked whether he used a lesson of last week; return what the buttons carry."""
    run_id = take_lesson(chat)
    chat.at(minutes=7 * 24 * 60)
    with chat.app.database.transaction() as session:
        row = ask_applied(session, session.get(LessonRun, run_id), "a" * 32, chat.now)
        return row.public_id, run_id


@pytest.mark.parametrize(
    ("action", "score", "said"), [("used_yes", 1.0, views.USED_YES), ("used_not_yet", 0.0, views.USED_NOT_YET)]
)
def test_i_used_this_is_one_tap(chat, used, action, score, said):
    value, run_id = used
    for _ in range(2):
        chat.take(chat.incoming(BEN, Kind.CLICK, action=action, value=value, channel=f"dm-{BEN}", is_direct=True))
    assert [sent.message.text for sent in seen_by(chat, BEN)] == [said, views.CLOSED]
    [event] = chat.events("lesson_applied")
    assert (event.skill, event.score, event.payload) == (
        "refunds",
        score,
        {"door": "slack", "run_id": run_id, "by": "self", "module": MODULE.file, "version": 1},
    )
    tock(chat)
    # Managers are not asked unless the company says so.
    assert [row.kind for row in rows(chat, Confirmation)] == ["applied"]


def test_a_manager_is_asked_what_they_saw_where_the_company_says_so(database, company, tmp_path, now):
    confirms = COMPANY.replace('"20:00-07:00"}', '"20:00-07:00", manager_confirms: true}')
    chat = open_shop(database, company, tmp_path, now, {**FOLDER, "company.yaml": confirms})
    run_id = take_lesson(chat)
    with chat.app.database.transaction() as session:
        ask_applied(session, session.get(LessonRun, run_id), "a" * 32, chat.now)
    chat.take(chat.incoming(BEN, Kind.CLICK, action="used_yes", value="a" * 32, channel=f"dm-{BEN}", is_direct=True))
    tock(chat)
    card = seen_by(chat, ADA)[-1]
    asked = "Please confirm: Ben Ash says they used “Refund exceptions” at work. Did you see it?"
    assert card.message.text.startswith(asked)
    chat.press(ADA, "I Saw It", card)
    assert seen_by(chat, ADA)[-1].message.text == "Noted: you saw Ben Ash use it."
    assert [event.payload["by"] for event in chat.events("lesson_applied")] == ["self", "manager"]
    chat.app.close()


def test_what_waits_is_shown_on_request_and_said_to_be_nothing(chat):
    chat.take(
        chat.incoming(ADA, Kind.CLICK, action="confirm_show", value="0" * 32, channel=f"dm-{ADA}", is_direct=True)
    )
    assert seen_by(chat, ADA)[-1].message.text == views.NOTHING_WAITS


def test_where_who_was_asked_left_somebody_else_is_asked(chat, asked):
    with chat.app.database.transaction() as session:
        session.execute(update(Person).where(Person.name == "Lee Fir").values(is_active=False))
    chat.press(LEE, "Done", asked)
    assert the(chat, "step").answer is None
    take_lesson(chat)
    chat.dm(BEN, "track")
    chat.press(BEN, "Read for Step 2")
    chat.press(BEN, "I Have Read It")
    tock(chat, minutes=60)
    assert "Ben Ash: Shadow a colleague for one shift." in seen_by(chat, ADA)[-1].message.text


def test_the_question_stands_below_the_next_offer_which_stays(chat):
    take_lesson(chat)
    with chat.app.database.transaction() as session:
        store_modules(session, [MODULE, replace(MODULE, file="again.md", title="Refunds again")], chat.now)
    chat.at(minutes=7 * 24 * 60)
    chat.dm(BEN, "lesson")
    offer = seen_by(chat, BEN)[-1]
    assert {"Start", "I Used This", "Not Yet"} <= set(labels(offer.message))
    chat.press(BEN, "I Used This", offer)
    after = seen_by(chat, BEN)[-1]
    assert after.message_id == offer.message_id
    assert views.USED_YES in str(after.message)
    assert "I Used This" not in labels(after.message)
    assert labels(after.message)["Start"] == labels(offer.message)["Start"]
    [event] = chat.events("lesson_applied")
    assert event.score == 1.0
