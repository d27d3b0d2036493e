"""Who is answered: people of the company; everyone else gets one polite line and is not stored."""

from sqlalchemy import select

from bot.erasing import erase_everything
from bot.views import lines
from coach.tables import AskedQuestion
from metrics.people import Person, find_person
from tests.chat import CHANNEL

ADA, BEN, GUEST, NEW = "U1", "U2", "U8", "U9"
REFUND = "refund goes back to the card that paid receipt"


def people(chat):
    with chat.app.database.session() as session:
        return set(session.scalars(select(Person.email)))


def test_a_full_member_becomes_a_person(chat):
    chat.dm(NEW, REFUND)
    assert "A refund goes back" in chat.last.message.text
    assert "nia@example.test" in people(chat)
    with chat.app.database.session() as session:
        nia = find_person(session, f"slack:{NEW}")
        assert (nia.roles, nia.is_listed, nia.time_zone) == ([], False, "Europe/Paris")


def test_a_guest_gets_one_line_a_day_and_is_not_stored(chat):
    for _ in range(3):
        chat.dm(GUEST, REFUND)
    assert [sent.message.text for sent in chat.standing()] == [lines.STRANGER]
    assert not any("guest" in email for email in people(chat))
    assert chat.outcomes() == ["stranger"] * 3
    assert {event.person_id for event in chat.events()} == {None}


def test_a_guest_who_mentions_coach_is_told_alone(chat):
    chat.mention(GUEST, REFUND)
    assert chat.last.address.only_for == GUEST
    assert chat.last.channel == CHANNEL


def test_who_became_a_guest_is_answered_no_more(chat):
    from bot.messages import Identity

    chat.dm(BEN, REFUND)
    chat.platform._people["U2"] = Identity("U2", False, "Ben Ash", "ben@example.test")
    chat.dm(BEN, REFUND)
    assert chat.last.message.text == lines.STRANGER


def test_who_left_is_told_so(chat):
    with chat.app.database.transaction() as session:
        find_person(session, "slack:U2").is_active = False
    chat.dm(BEN, REFUND)
    assert chat.last.message.text == lines.LEFT


def test_who_was_erased_stays_erased(chat):
    chat.dm(BEN, REFUND)
    with chat.app.database.transaction() as session:
        erase_everything(session, find_person(session, "slack:U2"), chat.now, "0" * 32)
    chat.dm(BEN, REFUND)
    assert chat.last.message.text == lines.ERASED
    assert "ben@example.test" not in people(chat)
    with chat.app.database.session() as session:
        assert session.scalars(select(AskedQuestion)).all() == []


def test_while_the_platform_cannot_say_who_wrote_it_is_asked_again(chat):
    from bot.messages import NotSent

    chat.platform.fail(NotSent("ratelimited", 3), "identify")
    chat.dm(NEW, REFUND)
    assert chat.standing() == []
    chat.at(minutes=1).settle()
    assert "A refund goes back" in chat.last.message.text
