"""One person across platforms: a code shown on one and typed on the other makes two people one, until it is undone."""

import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import queue
from bot.app import App
from bot.company import apply_folder, read_folder
from bot.erasing import erase_everything
from bot.in_process import InProcessPlatform
from bot.messages import Capabilities, Identity, Incoming, Kind
from bot.router import Router
from bot.settings import Settings
from bot.tables import Connection, DirectAddress, InboxItem
from bot.views import lines
from bot.views import linking as views
from bot.worker import Workers
from coach.embed import WordHashEmbedder
from metrics.events.kinds import PersonExported
from metrics.events.record import record
from metrics.link_codes import LinkCode, Refused, show_code
from metrics.linking import Apart, NotUndone, PersonMerge
from metrics.people import Person, PlatformIdentity, person_with_account
from tests.bot.handlers.conftest import MEMBERS
from tests.chat import CHANNEL, Chat, labels

REFUND = "refund goes back to the card that paid receipt"
BEN, CARA, NIA = "U2", "U3", "U9"
BEN_T, CARA_T, NIA_T = "T2", "T3", "T9"
ON_TEAMS = (
    Identity(BEN_T, True, "Ash, Ben"),
    Identity(CARA_T, True, "Elm, Cara", "cara@example.test"),
    Identity(NIA_T, True, "New, Nia", "nia@home.test"),
    Identity("T4", True, "Somebody Else"),
)
WITHOUT_EPHEMERAL = Capabilities(has_ephemeral=False, has_home=False, can_read_back=False)
NAME_NOBODY = re.compile("Ash|Ben|Elm|Cara|Nia")


@dataclass
class TwoDoors(Chat):
    """A chat with a second platform, Teams, whose users are T..."""

    points: list = field(default_factory=list)

    def __post_init__(self):
        with self.app.database.transaction() as session:
            queue.resume_sending(session, "slack", "T1", self.now)
            queue.resume_sending(session, "teams", "tenant", self.now)
        self.slack = InProcessPlatform(lambda: self.now, MEMBERS, name="slack")
        self.teams = InProcessPlatform(lambda: self.now, ON_TEAMS, "teams", WITHOUT_EPHEMERAL)
        self.platforms = {"slack": self.slack, "teams": self.teams}
        router = Router(self.app, self.platforms)
        self.workers = Workers(self.app.database, self.platforms, router, lambda: self.now, on_point=self.reach)

    @property
    def platform(self):
        return self.platforms[self.door]

    def reach(self, point):
        if self.points and self.points[0][0] == point:
            self.points.pop(0)[1]()

    def incoming(self, user, kind=Kind.MESSAGE, **more):
        self.door = "teams" if user.startswith("T") else "slack"
        self.now += timedelta(seconds=1)
        return Incoming(self.door, "T1" if self.door == "slack" else "tenant", kind, user, self.now, **more)

    def read(self, user):
        """Return what stands in somebody's direct conversation, in order."""
        platform = self.teams if user.startswith("T") else self.slack
        return [platform.standing.get(s.message_id, s) for s in platform.posted if s.channel == f"dm-{user}"]

    def said_to(self, user):
        """Return the last words to somebody, but for the welcome."""
        texts = [sent.message.text for sent in self.read(user)]
        return [text for text in texts if not text.startswith("I am Coach.")][-1]

    def code_for(self, user):
        self.dm(user, "link")
        shown = next(sent for sent in reversed(self.read(user)) if "type:\nlink " in sent.message.text)
        return re.search("link ([0-9]{6})", shown.message.text)[1]

    def join(self, user, code):
        typed = self.dm(user, f"link {code}")
        self.press_own(user, "Join")
        return typed

    def card(self, user, label):
        """Return the newest message in somebody's direct conversation with that button."""
        return next(sent for sent in reversed(self.read(user)) if label in labels(sent.message))

    def press_own(self, user, label, sent=None):
        sent = sent or self.card(user, label)
        action, value = labels(sent.message)[label]
        return self.take(
            self.incoming(user, Kind.CLICK, action=action, value=value, channel=f"dm-{user}", is_direct=True,
                          message_id=sent.message_id)
        )  # fmt: skip

    def undo(self, user, sent=None):
        self.press_own(user, "Undo", sent)

    def ids(self, *users):
        with self.app.database.session() as session:
            people = [person_with_account(session, "teams" if u.startswith("T") else "slack", u) for u in users]
        return [person.id if person else None for person in people]

    def rows(self, table):
        with self.app.database.session() as session:
            return session.scalars(select(table).order_by(table.id)).all()


@pytest.fixture
def chat(chat):
    return TwoDoors(chat.app, chat.now)


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_is_shown_to_one_person_with_what_to_do(chat):
    chat.dm(BEN, "link")
    [shown] = [sent.message for sent in chat.read(BEN) if "type:" in sent.message.text]
    [code] = re.findall("link ([0-9]{6})", shown.text)
    assert shown == views.code_message(code, "slack")
    assert "in Microsoft Teams" in shown.text
    assert "10 minutes" in shown.text
    assert chat.outcomes()[-1] == "link_code_shown"


def test_without_another_platform_there_is_nothing_to_join(chat):
    with chat.app.database.transaction() as session:
        session.delete(session.get_one(Connection, "teams"))
    chat.dm(BEN, "link")
    assert chat.said_to(BEN) == views.alone("slack").text
    assert chat.rows(LinkCode) == []
    assert chat.outcomes()[-1] == "link_refused"


@pytest.mark.parametrize("way", ["slash", "mention"])
def test_a_code_asked_for_among_others_is_for_ones_own_eyes(chat, way):
    getattr(chat, way)(BEN, "link")
    [sent] = [sent for sent in chat.slack.posted if "type:" in sent.message.text]
    assert (sent.channel, sent.address.only_for) == (CHANNEL, BEN)


def test_the_stored_code_is_not_the_code(chat):
    code = chat.code_for(BEN)
    [row] = chat.rows(LinkCode)
    assert code not in (row.hash, row.salt)
    assert len(row.hash) == 64
    assert (row.platform, row.expires_at - chat.now > timedelta(minutes=9)) == ("slack", True)


@pytest.mark.parametrize("typed", ["link {}", "Link {}!", "link {0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_typed_on_the_other_platform_it_makes_two_people_one(chat, typed):
    chat.dm(BEN_T, "hello")
    code = chat.code_for(BEN)
    first, second = chat.ids(BEN, BEN_T)
    assert first != second
    chat.dm(BEN_T, typed.format(code))
    assert (chat.ids(BEN, BEN_T), chat.outcomes()[-1]) == ([first, second], "link_asked")
    chat.press_own(BEN_T, "Join")
    assert chat.ids(BEN, BEN_T) == [first, first]
    shown, typed_as = views.called("Ben Ash", ["slack"]), views.called("Ash, Ben", ["teams"])
    merge = chat.rows(PersonMerge)[0]
    assert chat.read(BEN_T)[-1].message == views.joined(shown, typed_as, merge.public_id)
    assert chat.read(BEN)[-1].message == views.joined(shown, typed_as, merge.public_id, is_showing=True)
    assert chat.read(BEN)[-1].address.only_for == BEN
    assert chat.outcomes()[-1] == "linked"
    assert chat.rows(LinkCode) == []


def test_the_very_first_message_on_a_platform_may_be_the_code(chat):
    code = chat.code_for(BEN)
    chat.join(BEN_T, code)
    assert len(set(chat.ids(BEN, BEN_T))) == 1
    welcome, joined = (sent.message.text for sent in chat.read(BEN_T))
    assert "are one person" in joined
    assert welcome.startswith("I am Coach.")
    assert {(row.person_id, row.platform) for row in chat.rows(DirectAddress)} == {
        (chat.ids(BEN)[0], "slack"),
        (chat.ids(BEN)[0], "teams"),
    }
    assert all(row.state == "done" for row in chat.rows(InboxItem))


def test_it_works_the_other_way_round_and_by_command(chat):
    code = chat.code_for(BEN_T)
    chat.slash(BEN, f"link {code}")
    chat.press(BEN, "Join")
    assert len(set(chat.ids(BEN, BEN_T))) == 1
    assert chat.slack.posted[-1].address.only_for == BEN
    assert "Undo" in labels(chat.read(BEN_T)[-1].message)


def test_one_person_from_then_on(chat):
    chat.dm(BEN_T, REFUND)
    code = chat.code_for(BEN)
    chat.join(BEN_T, code)
    chat.dm(BEN, REFUND)
    chat.dm(BEN_T, REFUND)
    assert {row.person_id for row in chat.events("question_asked")} == {chat.ids(BEN)[0]}
    assert len(chat.events("question_asked")) == 3
    assert chat.said_to(BEN_T).startswith("“")


def test_a_new_code_replaces_the_old_one(chat):
    chat.dm(BEN_T, "hello")
    old = chat.code_for(BEN)
    new = chat.code_for(BEN)
    chat.dm(BEN_T, f"link {old}")
    assert chat.said_to(BEN_T) == views.refusal(Refused.NO_SUCH_CODE, "teams").text
    chat.join(BEN_T, new)
    assert chat.outcomes()[-3:] == ["link_refused", "link_asked", "linked"]


def test_wrong_expired_and_used_codes_get_the_same_sentence(chat):
    chat.dm(BEN_T, "hello")
    code = chat.code_for(BEN)
    said = []
    chat.dm(BEN_T, f"link {wrong(code)}")
    said.append(chat.said_to(BEN_T))
    chat.at(minutes=11).dm(BEN_T, f"link {code}")
    said.append(chat.said_to(BEN_T))
    used = chat.code_for(BEN)
    chat.join(BEN_T, used)
    chat.dm(BEN_T, f"link {used}")
    said.append(chat.said_to(BEN_T))
    assert set(said) == {views.refusal(Refused.NO_SUCH_CODE, "teams").text}
    assert chat.outcomes().count("linked") == 1
    assert chat.outcomes().count("link_refused") == 3


def test_a_code_of_the_wrong_length_counts_for_nothing(chat):
    for _ in range(9):
        chat.dm(BEN_T, "link 12345")
    assert chat.said_to(BEN_T) == views.refusal(Refused.NOT_A_CODE, "teams").text
    chat.join(BEN_T, chat.code_for(BEN))
    assert chat.outcomes()[-1] == "linked"


def test_five_wrong_tries_in_ten_minutes_and_no_more(chat):
    for number in range(5):
        chat.dm(BEN_T, f"link 00000{number}")
        assert chat.said_to(BEN_T) == views.refusal(Refused.NO_SUCH_CODE, "teams").text
    code = chat.code_for(BEN)
    chat.dm(BEN_T, f"link {code}")
    assert chat.said_to(BEN_T) == views.refusal(Refused.TOO_MANY_TRIES, "teams").text
    assert chat.outcomes()[-1] == "link_refused"
    chat.at(minutes=11).join(BEN_T, chat.code_for(BEN))
    assert chat.outcomes()[-1] == "linked"


def test_typed_where_it_was_shown_a_code_does_nothing(chat):
    code = chat.code_for(BEN)
    chat.dm(BEN, f"link {code}")
    assert chat.said_to(BEN) == views.refusal(Refused.TYPED_WHERE_SHOWN, "slack").text
    # Somebody else there learns nothing, not even that there is such a code.
    chat.dm(NIA, f"link {code}")
    assert chat.said_to(NIA) == views.refusal(Refused.NO_SUCH_CODE, "slack").text
    assert chat.rows(PersonMerge) == []


def test_who_is_one_person_already_is_told(chat):
    chat.dm(CARA_T, "hello")
    assert len(set(chat.ids(CARA, CARA_T))) == 1
    code = chat.code_for(CARA)
    assert chat.said_to(CARA) == views.code_message(code, "slack", is_known_there=True).text
    chat.dm(CARA_T, f"link {code}")
    assert chat.said_to(CARA_T) == views.refusal(Refused.ALREADY_ONE, "teams").text


def test_two_whom_the_company_lists_stay_two(chat):
    chat.dm(CARA_T, "hello")
    chat.dm(CARA_T, f"link {chat.code_for(BEN)}")
    assert chat.said_to(CARA_T) == views.refusal(Apart.BOTH_LISTED, "teams").text
    assert chat.rows(PersonMerge) == []


def test_somebody_who_left_is_not_joined(chat):
    code = chat.code_for(BEN)
    with chat.app.database.transaction() as session:
        session.get_one(Person, chat.ids(BEN)[0]).is_active = False
    chat.dm(BEN_T, f"link {code}")
    assert chat.said_to(BEN_T) == views.refusal(Apart.INACTIVE, "teams").text


def test_delivered_twice_it_joins_once(chat):
    code = chat.code_for(BEN)
    first = chat.join(BEN_T, code)
    chat.take(first)
    assert chat.outcomes()[-3:] == ["link_asked", "linked", "duplicate"]
    assert len(chat.rows(PersonMerge)) == 1
    assert len(chat.read(BEN_T)) == 2


@pytest.mark.parametrize("who", [BEN, BEN_T])
def test_either_side_can_undo_it(chat, who):
    chat.dm(BEN_T, REFUND)
    before = chat.ids(BEN, BEN_T)
    chat.join(BEN_T, chat.code_for(BEN))
    chat.dm(BEN_T, REFUND)
    chat.undo(who)
    assert chat.ids(BEN, BEN_T) == before
    message = views.undone(views.called("Ben Ash", ["slack"]), views.called("Ash, Ben", ["teams"]))
    assert chat.read(BEN)[-1].message == chat.read(BEN_T)[-1].message == message
    assert chat.outcomes()[-1] == "unlinked"
    # What was asked before is theirs again, what was asked in between stays.
    assert [row.person_id for row in chat.events("question_asked")] == [before[1], before[0]]


def test_both_sides_learn_of_an_undo_wherever_they_first_wrote(chat):
    chat.join(BEN_T, chat.code_for(BEN))
    chat.undo(BEN)
    assert chat.said_to(BEN_T) == chat.said_to(BEN)
    assert chat.said_to(BEN).startswith("Undone")
    ids = dict(zip(("slack", "teams"), chat.ids(BEN, BEN_T), strict=True))
    assert {row.platform: row.person_id for row in chat.rows(DirectAddress)} == ids


@pytest.mark.parametrize("who", [BEN, BEN_T])
def test_undone_twice_or_too_late_is_a_sentence(chat, who):
    chat.join(BEN_T, chat.code_for(BEN))
    card = next(sent for sent in reversed(chat.read(who)) if "Undo" in labels(sent.message))
    chat.undo(who)
    chat.undo(who, card)
    assert chat.said_to(who) == views.NOT_UNDONE[NotUndone.ALREADY]
    chat.join(BEN_T, chat.code_for(BEN))
    chat.at(minutes=7 * 24 * 60 + 1).undo(who)
    assert chat.said_to(who) == views.NOT_UNDONE[NotUndone.GONE]
    assert len(set(chat.ids(BEN, BEN_T))) == 1
    assert chat.outcomes()[-1] == "link_refused"


def test_the_button_is_for_those_two_alone(chat):
    chat.join(BEN_T, chat.code_for(BEN))
    chat.undo(NIA, next(sent for sent in chat.read(BEN_T) if "Undo" in labels(sent.message)))
    assert chat.said_to(NIA) == views.NOT_UNDONE[NotUndone.NOT_YOURS]
    assert len(set(chat.ids(BEN, BEN_T))) == 1


def test_after_an_erasure_nothing_comes_back(chat):
    chat.join(BEN_T, chat.code_for(BEN))
    card = next(sent for sent in chat.read(BEN_T) if "Undo" in labels(sent.message))
    with chat.app.database.transaction(is_alone=True) as session:
        ben = session.get_one(Person, chat.ids(BEN)[0])
        erase_everything(session, ben, chat.now, "0123456789abcdef0123456789abcdef")
    people = len(chat.rows(Person))
    for user in (BEN, BEN_T):
        chat.undo(user, card)
        assert chat.said_to(user) == lines.ERASED
    assert len(chat.rows(Person)) == people
    assert chat.rows(PersonMerge) == []
    assert not {BEN, BEN_T} & {row.platform_user_id for row in chat.rows(PlatformIdentity)}


def test_a_message_handled_while_its_person_vanishes_is_answered_as_the_survivor(chat):
    chat.dm(BEN_T, "hello")
    code = chat.code_for(BEN)
    ben = chat.ids(BEN)[0]
    chat.dm(BEN_T, f"link {code}")
    action, value = labels(chat.card(BEN_T, "Join").message)["Join"]
    pressed = chat.incoming(BEN_T, Kind.CLICK, action=action, value=value, channel="dm-T2", is_direct=True)
    # Another process handles the press between the handling of this question and its storing.
    elsewhere = Workers(chat.app.database, chat.platforms, Router(chat.app, chat.platforms), lambda: chat.now)

    def meanwhile():
        with chat.app.database.transaction() as session:
            asking = session.scalars(select(InboxItem).where(InboxItem.state == "working")).one()
            # In turn, an account's second message would wait.
            asking.account = None
            queue.keep(session, pressed, "pressed", chat.now)
        elsewhere.run_once()
        assert chat.ids(BEN_T) == [ben]

    chat.points = [("handled", meanwhile)]
    chat.dm(BEN_T, REFUND)
    assert chat.points == []
    assert [row.person_id for row in chat.events("question_asked")] == [ben]
    assert all(row.state == "done" and row.error is None for row in chat.rows(InboxItem))


def test_a_code_replaced_while_it_is_typed_joins_nobody(chat):
    chat.dm(BEN_T, "hello")
    code = chat.code_for(BEN)
    ben = chat.ids(BEN)[0]

    def meanwhile():
        with chat.app.database.transaction() as session:
            show_code(session, ben, "slack", lambda: wrong(code), "ab", chat.now)

    chat.points = [("handled", meanwhile)]
    chat.dm(BEN_T, f"link {code}")
    assert chat.said_to(BEN_T) == views.refusal(Refused.NO_SUCH_CODE, "teams").text
    assert (chat.outcomes()[-1], chat.rows(PersonMerge)) == ("link_refused", [])


def test_what_is_being_written_about_them_is_waited_for(database_url, folder, tmp_path, now):
    if database_url.startswith("sqlite"):  # which lets one transaction write at a time
        return
    app = App(Settings(home=tmp_path / "home", database_url=database_url), embedder=WordHashEmbedder())
    app.database.upgrade()
    apply_folder(read_folder(folder), app.database, app.embedder, now)
    chat = TwoDoors(app, now)
    chat.dm(BEN_T, "hello")
    code = chat.code_for(BEN)
    ben, writing = chat.ids(BEN)[0], ExitStack()

    def begin():
        session = writing.enter_context(app.database.transaction())
        record(session, PersonExported(1), chat.now, ben)
        session.flush()

    chat.dm(BEN_T, f"link {code}")
    chat.points = [("handled", begin), ("handled", writing.close)]
    chat.press_own(BEN_T, "Join")
    assert chat.points == []
    assert chat.ids(BEN_T) == [ben]
    assert (chat.outcomes().count("linked"), len(chat.rows(PersonMerge))) == (1, 1)
    chat.undo(BEN)
    assert len(set(chat.ids(BEN, BEN_T))) == 2
    app.close()


def test_no_name_and_no_code_is_logged_or_recorded(chat, capsys, caplog):
    code = chat.code_for(BEN)
    chat.dm(BEN_T, f"link {wrong(code)}")
    chat.join(BEN_T, code)
    chat.undo(BEN)
    recorded = " ".join(str(row.payload) for row in chat.events())
    written = "".join(capsys.readouterr()) + caplog.text + recorded
    assert "unlinked" in written
    assert code not in written
    assert not NAME_NOBODY.search(written)
