"""Sending to Teams over its wire, against a Bot Connector on loopback: where it arrives, what each failure means."""

import gc
import json
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import structlog

from bot import keeping
from bot.database import Database
from bot.messages import (
    Actions,
    Address,
    Button,
    Citation,
    Disconnected,
    Field,
    Form,
    Identity,
    Message,
    NotSent,
    Steps,
    Text,
    Undeliverable,
    Unreachable,
    Unsure,
)
from bot.teams.addresses import AddressBook, Reach
from bot.teams.body import WHOLE_CHAT
from bot.teams.calls import ConnectorCalls, no_token
from bot.teams.send import TeamsPlatform
from metrics.newcomers import meet
from tests.teams_connector import Connector, Fault, running_connector
from tests.teams_tenant import Tenant, User

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
OTHER_TENANT = "99999999-0000-4000-8000-000000000009"
HELLO = Message("Hello", (Text("Hello"),))
ANSWER = Message(
    "Ask <first> & pay",
    (Text("Ask <first> & pay [1]"), Actions((Button("Read the Section", "read_section_1", "a" * 32),))),
    citations=(Citation(1, "refunds.md", "Ask first."),),
    is_by_machine=True,
    is_rateable=True,
)


class Clock:
    """Time that passes only when told."""

    def __init__(self):
        self.at = START

    def now(self):
        return self.at

    def wait(self, **more):
        self.at += timedelta(**more)


@dataclass
class Teams:
    """A tenant with Ana in it, Coach's way to it, and a clock moved by hand."""

    connector: Connector
    platform: TeamsPlatform
    book: AddressBook
    database: Database
    ana: User
    clock: Clock

    @property
    def tenant(self):
        return self.connector.tenant

    def to(self, place=None, **more):
        channel = {"channel": place.id} if place else {}
        return Address("teams", self.tenant.id, **channel, **more)

    def to_ana(self, **more):
        return self.to(only_for=self.ana.aad_object_id, **more)

    def of_ana(self):
        """What stands in Ana's own chat with Coach."""
        return self.connector.messages(self.tenant.personal(self.ana).id)

    def failing(self, *faults, name=None):
        """Let the next calls fail, each once."""
        left = list(faults)
        self.connector.faults = lambda call: left.pop(0) if left and name in (None, call.name) else None


@pytest.fixture
def teams(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'coach.db'}")
    database.upgrade()
    tenant = Tenant()
    ana = tenant.add("Ana Reyes", "ana@example.test", time_zone="Europe/Madrid")
    book = AddressBook(database)
    clock = Clock()
    with running_connector(tenant, now=clock.now) as connector:
        calls = ConnectorCalls(no_token, is_anonymous=True, timeout_seconds=1)
        platform = TeamsPlatform(calls, book, tenant.app_id, tenant.id, clock.now)
        teams = Teams(connector, platform, book, database, ana, clock)
        keeping.resume(database, "teams", tenant.id, START)
        with database.transaction() as session:
            meet(session, "teams", ana.aad_object_id, "Ana Reyes", "ana@example.test", None, START)
        book.note(Reach("19:elsewhere@thread.v2", connector.service_url), START)
        yield teams
        platform.close()
    database.close()


@pytest.fixture
def till(teams):
    return teams.tenant.channel("Till", teams.ana)


def test_a_message_arrives_as_a_card_with_what_teams_shows_of_an_answer(teams, till):
    sent = teams.platform.send(teams.to(till), ANSWER, "answer:1")
    [seen] = teams.connector.messages(till.id)
    assert (seen.id, seen.words) == (sent, "Ask <first> & pay [1]")
    assert seen.entities[0]["additionalType"] == ["AIGeneratedContent"]
    assert seen.activity["from"] == {"id": teams.tenant.bot_id}
    assert seen.activity["channelData"] == {"feedbackLoop": {"type": "default"}}
    assert "answer:1" not in json.dumps(seen.activity)
    assert teams.connector.rejections == []


def test_a_thread_of_a_channel_is_a_conversation_of_its_own(teams, till):
    first = teams.platform.send(teams.to(till), HELLO, "k1")
    second = teams.platform.send(teams.to(till, thread=first), HELLO, "k2")
    assert [(seen.id, seen.root) for seen in teams.connector.messages(till.id)] == [(first, first), (second, first)]
    assert teams.connector.calls("send")[-1].conversation_id == f"{till.id};messageid={first}"
    teams.platform.update(teams.to(till, thread=first), second, ANSWER)
    teams.platform.delete(teams.to(till, thread=first), first)
    assert [(seen.id, seen.is_edited) for seen in teams.connector.messages(till.id)] == [(second, True)]


def test_a_group_chat_has_no_threads(teams):
    rota = teams.tenant.group("Rota", teams.ana)
    teams.platform.send(teams.to(rota, thread=WHOLE_CHAT), HELLO, "k")
    assert teams.connector.calls("send")[-1].conversation_id == rota.id
    assert len(teams.connector.messages(rota.id)) == 1


def test_ids_of_conversations_are_kept_out_of_the_path(teams, till):
    teams.platform.send(teams.to(till), HELLO, "k")
    with pytest.raises(Undeliverable):
        teams.platform.update(teams.to(till), "../../v3/conversations/x?y=1#", HELLO)
    assert [call.of for call in teams.connector.calls("update")] == ["../../v3/conversations/x?y=1#"]


class TestAPersonsOwnChat:
    def test_it_is_made_once_and_remembered(self, teams):
        for key in ("k1", "k2"):
            teams.platform.send(teams.to_ana(), HELLO, key)
        assert len(teams.of_ana()) == 2
        assert len(teams.connector.calls("create")) == 1
        assert teams.book.direct(teams.ana.aad_object_id) == teams.tenant.personal(teams.ana).id
        assert teams.connector.rejections == []

    def test_one_that_is_known_is_not_made(self, teams):
        own = teams.tenant.personal(teams.ana).id
        teams.book.note(Reach(own, teams.connector.service_url, teams.ana.aad_object_id), START)
        assert teams.platform.open_dm(teams.ana.aad_object_id) == own
        teams.platform.send(teams.to_ana(), HELLO, "k")
        assert teams.connector.calls("create") == []

    def test_what_one_person_alone_may_see_goes_there(self, teams, till):
        for address in (teams.to_ana(), teams.to_ana(surface="home"), teams.to(till, only_for=teams.ana.aad_object_id)):
            assert teams.platform.send(address, HELLO, "k")
        in_thread = teams.to(till, thread="17", only_for=teams.ana.aad_object_id)
        assert teams.platform.send(in_thread, HELLO, "k")
        assert len(teams.of_ana()) == 4
        assert teams.connector.messages(till.id) == []

    def test_of_somebody_unknown_it_is_made_and_not_remembered(self, teams):
        ben = teams.tenant.add("Ben Ash")
        for _ in range(2):
            teams.platform.send(teams.to(only_for=ben.aad_object_id), HELLO, "k")
        assert len(teams.connector.calls("create")) == 2
        assert teams.book.direct(ben.aad_object_id) is None

    @pytest.mark.parametrize("body", [{}, {"id": ""}, {"id": 7}])
    def test_one_without_an_id_is_asked_for_again(self, teams, body):
        teams.connector._create = lambda _: (201, body)
        with pytest.raises(NotSent) as caught:
            teams.platform.open_dm(teams.ana.aad_object_id)
        assert caught.value.code == "malformed"

    def test_whoever_has_no_coach_is_not_written_to(self, teams):
        zoe = teams.tenant.add("Zoe Yew", is_installed=False)
        with pytest.raises(Undeliverable) as caught:
            teams.platform.send(teams.to(only_for=zoe.aad_object_id), HELLO, "k")
        assert caught.value.code == "BotNotInConversationRoster"

    def test_whoever_blocked_coach_is_not_written_to(self, teams):
        teams.platform.send(teams.to_ana(), HELLO, "k")
        teams.tenant.blocked.add(teams.ana.id)
        with pytest.raises(Undeliverable) as caught:
            teams.platform.send(teams.to_ana(), HELLO, "k")
        assert caught.value.code == "MessageWritesBlocked"


class TestNowhere:
    def test_a_message_needs_a_place(self, teams):
        with pytest.raises(Undeliverable) as caught:
            teams.platform.send(teams.to(), HELLO, "k")
        assert caught.value.code == "no_address"

    def test_before_anybody_wrote_there_is_no_service(self, tmp_path):
        database = Database(f"sqlite:///{tmp_path / 'other.db'}")
        database.upgrade()
        calls = ConnectorCalls(no_token, is_anonymous=True)
        platform = TeamsPlatform(calls, AddressBook(database), "app", "tenant", lambda: START)
        for address in (Address("teams", "tenant", "a:1"), Address("teams", "tenant", only_for="ana")):
            with pytest.raises(Undeliverable) as caught:
                platform.send(address, HELLO, "k")
            assert caught.value.code == "no_service_url"
        platform.close()
        database.close()


class TestReplacing:
    def test_a_message_is_replaced_with_its_buttons_gone_and_taken_back(self, teams, till):
        sent = teams.platform.send(teams.to(till), ANSWER, "k")
        teams.platform.update(teams.to(till), sent, HELLO)
        [seen] = teams.connector.messages(till.id)
        assert (seen.id, seen.words, seen.entities) == (sent, "Hello", [])
        assert "channelData" not in seen.activity
        teams.platform.delete(teams.to(till), sent)
        teams.platform.delete(teams.to(till), sent)
        assert teams.connector.messages(till.id) == []

    def test_what_is_gone_cannot_be_replaced(self, teams, till):
        with pytest.raises(Undeliverable) as caught:
            teams.platform.update(teams.to(till), "17", HELLO)
        assert caught.value.code == "ActivityNotFoundInConversation"

    def test_taking_back_where_coach_no_longer_is_is_done(self, teams, till):
        sent = teams.platform.send(teams.to(till), HELLO, "k")
        till.has_coach = False
        teams.platform.delete(teams.to(till), sent)

    def test_taking_back_from_somebody_who_blocked_coach_says_so(self, teams):
        sent = teams.platform.send(teams.to_ana(), HELLO, "k")
        teams.tenant.blocked.add(teams.ana.id)
        with pytest.raises(Undeliverable) as caught:
            teams.platform.delete(teams.to_ana(), sent)
        assert caught.value.code == "MessageWritesBlocked"

    @pytest.mark.parametrize("fault", ["404:NotFound", "404:ActivityNotFoundInConversation"])
    def test_a_message_that_is_gone_needs_no_taking_back(self, teams, till, fault):
        teams.failing(fault)
        teams.platform.delete(teams.to(till), "17")
        assert len(teams.connector.calls("delete")) == 1


class TestRefusedCards:
    message = Message("Refunds", (Steps(("Ask", "Pay"), is_numbered=True),), is_rateable=True)

    @pytest.mark.parametrize("fault", ["400:BadSyntax", "413"])
    @pytest.mark.parametrize("is_update", [True, False])
    def test_they_are_sent_again_as_words_once(self, teams, till, fault, is_update):
        sent = teams.platform.send(teams.to(till), HELLO, "k")
        teams.failing(fault)
        with structlog.testing.capture_logs() as lines:
            if is_update:
                teams.platform.update(teams.to(till), sent, self.message)
            else:
                sent = teams.platform.send(teams.to(till), self.message, "k")
        [seen] = [seen for seen in teams.connector.messages(till.id) if seen.id == sent]
        assert (seen.text, seen.card) == ("1. Ask\n2. Pay", None)
        assert "channelData" in seen.activity
        assert [(line["event"], line["log_level"]) for line in lines] == [("teams_card_refused", "error")]

    def test_what_is_refused_also_as_words_is_undeliverable(self, teams, till):
        teams.failing("400", "413")
        with pytest.raises(Undeliverable) as caught:
            teams.platform.send(teams.to(till), ANSWER, "k")
        assert caught.value.code == "message_too_large"
        assert len(teams.connector.calls("send")) == 2

    @pytest.mark.parametrize("fault", ["403", "404", "501", "429", "500"])
    def test_nothing_else_is_tried_again_as_words(self, teams, till, fault):
        teams.failing(fault)
        with pytest.raises((Undeliverable, NotSent, Unsure)):
            teams.platform.send(teams.to(till), ANSWER, "k")
        assert len(teams.connector.calls("send")) == 1

    @pytest.mark.parametrize("letter", ["ж", "é", "語", "🔥"])
    def test_no_script_makes_a_message_too_large(self, teams, till, letter):
        parts = teams.platform.split(Message("Long", (Text(letter * 9_000),)))
        for part in parts:
            teams.platform.send(teams.to(till), part, "k")
        shown = "".join(seen.words for seen in teams.connector.messages(till.id))
        assert shown.count(letter) == 9_000
        assert teams.connector.rejections == []


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        (Fault("429", 7), NotSent, "ratelimited"),
        (Fault("429"), NotSent, "ratelimited"),
        (Fault("412", 2), NotSent, "PreconditionFailed"),
        ("503", NotSent, "ServiceError"),
        ("500", Unsure, "ServiceError"),
        ("502", Unsure, "http_502"),
        ("504", Unsure, "http_504"),
        ("reset", Unsure, "connection_lost"),
        ("reset_after", Unsure, "connection_lost"),
        ("timeout_after", Unsure, "timeout"),
        ("malformed", Unsure, "malformed"),
        ("404", Unreachable, "ConversationNotFound"),
        ("403:MessageWritesBlocked", Unreachable, "MessageWritesBlocked"),
        ("501", Undeliverable, "not_implemented"),
        ("401", Disconnected, "unauthorized"),
    ],
)
def test_what_each_failure_of_a_post_means(teams, till, fault, kind, code):
    teams.failing(fault)
    with pytest.raises(kind) as caught:
        teams.platform.send(teams.to(till), HELLO, "k")
    assert caught.value.code == code
    assert isinstance(caught.value, Disconnected) is (kind is Disconnected)
    if isinstance(caught.value, NotSent):
        assert caught.value.after_seconds == getattr(fault, "retry_after", None)


@pytest.mark.parametrize("fault", ["500", "502", "504", "reset_after"])
def test_what_can_be_done_twice_unseen_is_just_done_again(teams, till, fault):
    sent = teams.platform.send(teams.to(till), HELLO, "k")
    for call in (
        lambda: teams.platform.open_dm(teams.ana.aad_object_id),
        lambda: teams.platform.identify(teams.ana.aad_object_id, till.id),
        lambda: teams.platform.update(teams.to(till), sent, ANSWER),
        lambda: teams.platform.delete(teams.to(till), sent),
        lambda: teams.platform.show_typing(teams.to(till)),
    ):
        teams.failing(fault)
        with pytest.raises(NotSent):
            call()


class TestWhoSomebodyIs:
    def test_a_member(self, teams, till):
        known = Identity(teams.ana.aad_object_id, True, "Ana Reyes", "ana@example.test")
        assert teams.platform.identify(teams.ana.aad_object_id, till.id) == known
        assert len(teams.connector.calls("member")) == 1

    def test_without_a_conversation_their_own_is_asked(self, teams):
        assert teams.platform.identify(teams.ana.aad_object_id).is_member
        assert teams.connector.calls("member")[0].conversation_id == teams.tenant.personal(teams.ana).id

    def test_without_an_e_mail_the_name_they_sign_in_with_stands_for_it(self, teams, till):
        ben = teams.tenant.add("Ben Ash", "", upn="ben.ash@example.test")
        cara = teams.tenant.add("Cara Elm", "", upn="")
        till.members += [ben.id, cara.id]
        assert teams.platform.identify(ben.aad_object_id, till.id).email == "ben.ash@example.test"
        assert teams.platform.identify(cara.aad_object_id, till.id) == Identity(cara.aad_object_id, True, "Cara Elm")

    @pytest.mark.parametrize(
        "more", [{"role": "guest"}, {"role": "Guest"}, {"role": "anonymous"}, {"tenant_id": OTHER_TENANT}]
    )
    def test_guests_and_people_of_other_tenants_are_no_members(self, teams, till, more):
        other = teams.tenant.add("Gus Guest", **more)
        till.members.append(other.id)
        assert not teams.platform.identify(other.aad_object_id, till.id).is_member

    def test_somebody_without_an_account_is_no_member(self, teams, till):
        teams.connector._member = lambda _: (200, {"id": "8:x", "name": "By a link", "tenantId": teams.tenant.id})
        assert teams.platform.identify("8:x", till.id) == Identity("8:x", False, "By a link")

    @pytest.mark.parametrize("user_id", ["29:nobody", "../..", "29:a/b?c#d", "28:another-bot"])
    def test_somebody_unknown_is_no_member(self, teams, till, user_id):
        assert teams.platform.identify(user_id, till.id) == Identity(user_id, is_member=False)
        assert teams.connector.calls("member")[-1].of == user_id

    def test_what_teams_says_holds_for_a_day(self, teams, till):
        assert teams.platform.identify(teams.ana.aad_object_id, till.id).is_member
        till.members.clear()
        teams.clock.wait(hours=23)
        assert teams.platform.identify(teams.ana.aad_object_id, till.id).is_member
        assert len(teams.connector.calls("member")) == 1
        teams.clock.wait(hours=2)
        assert not teams.platform.identify(teams.ana.aad_object_id, till.id).is_member

    @pytest.mark.parametrize("fault", ["403", "500", "429", "reset"])
    def test_a_fault_is_not_taken_for_an_unknown_person(self, teams, till, fault):
        teams.failing(fault)
        with pytest.raises((NotSent, Undeliverable)):
            teams.platform.identify(teams.ana.aad_object_id, till.id)
        assert teams.platform.identify(teams.ana.aad_object_id, till.id).is_member

    def test_nor_is_what_cannot_be_read(self, teams, till):
        teams.failing("malformed")
        with pytest.raises(NotSent):
            teams.platform.identify(teams.ana.aad_object_id, till.id)


class TestAtOnce:
    def test_typing_is_shown_where_it_was_asked(self, teams, till):
        teams.platform.show_typing(teams.to(till, thread="17"))
        teams.platform.show_typing(teams.to_ana())
        shown = [conversation for conversation, _ in teams.connector.typing]
        assert shown == [f"{till.id};messageid=17", teams.tenant.personal(teams.ana).id]
        assert teams.connector.messages(till.id) == teams.of_ana() == []

    def test_a_form_is_a_message_of_its_own(self, teams):
        form = Form("Ask Coach", "ask_form", "a" * 32, (), (Field("question", "Your question"),), "Ask")
        teams.platform.show_form(teams.to_ana(), form)
        [seen] = teams.of_ana()
        assert seen.words == "Ask Coach\nYour question"
        assert teams.connector.rejections == []

    def test_a_long_section_comes_in_order(self, teams):
        paragraphs = tuple(Text(f"Paragraph {number}. " + "Take the receipt. " * 150) for number in range(12))
        teams.platform.show_form(teams.to_ana(), Form("The section in full", "section", "a" * 32, paragraphs))
        shown = "\n".join(seen.words for seen in teams.of_ana())
        assert len(teams.of_ana()) > 1
        places = [shown.index(f"Paragraph {number}.") for number in range(12)]
        assert places == sorted(places)


class TestLimits:
    def test_what_a_conversation_takes_no_more_of_is_not_sent_and_may_be_later(self, teams, till):
        for _ in range(7):
            teams.platform.send(teams.to(till), HELLO, "k")
        with pytest.raises(NotSent) as caught:
            teams.platform.send(teams.to(till), HELLO, "k")
        assert (caught.value.code, caught.value.after_seconds) == ("ratelimited", 1)
        teams.platform.send(teams.to_ana(), HELLO, "k")
        teams.clock.wait(seconds=1)
        teams.platform.send(teams.to(till), HELLO, "k")
        assert teams.connector.rejections == []

    def test_a_thread_counts_with_its_channel_and_so_does_typing(self, teams, till):
        for number in range(6):
            teams.platform.send(teams.to(till, thread=str(number)), HELLO, "k")
        teams.platform.show_typing(teams.to(till))
        with pytest.raises(NotSent):
            teams.platform.send(teams.to(till), HELLO, "k")

    def test_reading_who_is_there_does_not_count(self, teams, till):
        for number in range(3):
            teams.platform.identify(f"29:{number}", till.id)
        assert len(teams.connector.calls("member")) == 3
        teams.platform.send(teams.to(till), HELLO, "k")


def test_many_threads_send_and_each_message_arrives_once(teams):
    rooms = [teams.tenant.channel(f"Room {number}", teams.ana) for number in range(6)]
    failed, together = [], threading.Barrier(6)

    def send(room):
        together.wait()
        try:
            for number in range(5):
                teams.platform.send(teams.to(room), Message(f"{room.name} {number}"), "k")
            teams.platform.identify(teams.ana.aad_object_id, room.id)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=send, args=[room]) for room in rooms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    for room in rooms:
        assert [seen.words for seen in teams.connector.messages(room.id)] == [f"{room.name} {n}" for n in range(5)]
    assert teams.connector.rejections == []


def test_closed_it_holds_no_connection(teams, till):
    service = ("127.0.0.1", urlsplit(teams.connector.service_url).port)
    teams.failing("malformed", "reset", "502")
    for _ in range(3):
        with pytest.raises(Unsure):
            teams.platform.send(teams.to(till), HELLO, "k")
    teams.platform.send(teams.to(till), HELLO, "k")
    assert len(connections(service)) == 1
    teams.platform.close()
    assert connections(service) == []


def connections(to):
    """The sockets of this process that are connected there."""
    gc.collect()
    found = []
    for thing in gc.get_objects():
        if type(thing) is socket.socket and thing.fileno() >= 0:
            with suppress(OSError):
                found += [thing] if thing.getpeername() == to else []
    return found


def test_no_failure_logs_what_was_said(teams, till, caplog, capfd):
    canary = Message("canary-7431", (Text("canary-7431"),))
    for fault in ("429", "500", "reset", "malformed", "404", "403:canary 7431"):
        teams.failing(fault)
        with pytest.raises((NotSent, Unsure, Undeliverable)) as caught:
            teams.platform.send(teams.to(till), canary, "k")
        assert "canary" not in str(caught.value)
        assert caught.value.__cause__ is None
        teams.clock.wait(seconds=2)
    teams.failing("400", "400")
    with pytest.raises(Undeliverable):
        teams.platform.send(teams.to(till), canary, "k")
    assert "canary" not in caplog.text + "".join(capfd.readouterr())
    assert "Ana" not in caplog.text
