import asyncio
import json
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.database import Database
from bot.messages import Disconnected, Message, NotSent
from bot.outcome import Opened
from bot.tables import AnswerClaim, Connection, DirectAddress, InboxItem, OutboxItem, SpokenThread, StoredAddress
from bot.teams import gateway as told
from bot.teams import replies, wire
from bot.web.application import MAX_BODY_BYTES
from metrics.errors import NotReady, Refusal
from metrics.events.record import EventRow
from metrics.people import Person, PlatformIdentity
from tests.slack_door import FORM, OPENED, FormLane, NoLane
from tests.teams_door import ODD, SERVICE_URL, QuietPlatform, Said, places, teams_door
from tests.teams_tenant import TENANT_ID
from tests.teams_tokens import GONE, OTHER_TENANT, changed, running_issuer

WHEN = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
PRESS = {"action": "more", "value": "abc"}
LOOPBACK_URL = "http://127.0.0.1:56150/_connector"
INVOKES = ["task/fetch", "composeExtension/query", "signin/verifyState", "fileConsent/invoke", "config/fetch", "", None]


@pytest.fixture
def store(tmp_path):
    """A database where it does not matter which."""
    database = Database(f"sqlite:///{tmp_path / 'coach.db'}")
    database.upgrade()
    yield database
    database.close()


@pytest.fixture(scope="module")
def issuer():
    with running_issuer(SERVICE_URL) as issuer:
        yield issuer


@pytest.fixture
def said():
    return Said()


def rows(database, table):
    with database.session() as session:
        return session.scalars(select(table).order_by(*table.__table__.primary_key)).all()


def inbox(database):
    return rows(database, InboxItem)


def add(database, *new):
    with database.transaction() as session:
        session.add_all(new)


def play(scene):
    """Run a scene, an async function without arguments."""
    asyncio.run(scene())


async def until(condition):
    for _ in range(1_000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("did not come about")


def pressed(said, data=PRESS, place=None, name="adaptiveCard/action", value=None):
    asked = said.mention() if place is said.channel else said.cara.say("x", place).activity
    value = {"action": {"type": "Action.Execute", "data": data}} if value is None else value
    return {**asked, "type": "invoke", "name": name, "value": value, "replyToId": "1790000000001"}


def rated(said, feedback="", **more):
    value = {"actionName": "feedback", "actionValue": {"reaction": "like", "feedback": feedback}}
    return pressed(said, name="message/submitAction", value=value, **more)


def submitted(said, words="too old"):
    return pressed(said, {"action": "form:feedback", "value": "abc", "words": words})


def renamed(database, old, new):
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")


# What is kept


def test_each_way_to_ask_is_kept_before_teams_hears_of_it(database, issuer, said):
    async def scene():
        async with teams_door(database, issuer) as door:
            question = said.question()
            assert await door.post(question) == (200, None)
            assert [row.key.rpartition(":")[2] for row in inbox(database)] == [question["id"]]
            assert await door.post(said.mention()) == (200, None)
            assert await door.post(said.cara.slash("how?", said.channel).activity) == (200, None)
            assert await door.post(pressed(said)) == (200, replies.line(replies.NOTED))
            assert await door.post(rated(said)) == (200, {})
            assert (await door.post(submitted(said)))[0] == 200
            assert await door.post(said.cara.install()[0].activity) == (200, None)
            assert len(door.wakes) == 7

    play(scene)
    kinds = [row.body["kind"] for row in inbox(database)]
    assert kinds == ["message", "message", "command", "click", "click", "submit", "home"]
    assert {row.state for row in inbox(database)} == {"new"}


def test_a_delivery_repeated_by_teams_is_kept_once(database, issuer, said):
    question, press = said.question(), pressed(said)

    async def scene():
        async with teams_door(database, issuer) as door:
            answers = await asyncio.gather(*(door.post(activity) for activity in (question, press) * 4))
            assert {status for status, _ in answers} == {200}
            assert len(door.wakes) == 2
            # A press delivered again is told the same.
            assert await door.post(press) == (200, replies.line(replies.NOTED))

    play(scene)
    assert len(inbox(database)) == 2


def test_a_message_for_others_leaves_no_row_and_no_line(store, issuer, said, caplog):
    async def scene():
        async with teams_door(store, issuer) as door:
            with capture_logs() as lines:
                for place in (said.channel, said.group):
                    asked = said.cara.say("lunch?", place).activity
                    assert await door.post(asked) == (200, None)
                    assert await door.post(said.cara.edit(asked["id"], "dinner?").activity) == (200, None)
                    assert await door.post(said.cara.delete(asked["id"]).activity) == (200, None)
                assert await door.post({**said.question(), "type": "messageReaction"}) == (200, None)
                assert await door.post({**said.question(), "type": "typing"}) == (200, None)
            assert lines == []
            assert door.wakes == []

    play(scene)
    assert inbox(store) == []
    assert rows(store, StoredAddress) == []
    assert caplog.records == []


def test_a_thread_where_coach_has_spoken_is_listened_to(database, issuer, said):
    root = said.mention()["id"]
    thread = SpokenThread(
        workspace=TENANT_ID, channel=said.channel.id, thread_id=root, last_asker="teams:x", last_asked_at=WHEN
    )
    add(database, thread)
    replied = said.dan.say("and over $500?", said.channel, root).activity

    async def scene():
        async with teams_door(database, issuer) as door:
            await door.post(replied)
            await door.post(said.dan.say("lunch?", said.channel).activity)

    play(scene)
    assert [row.body["text"] for row in inbox(database)] == ["and over $500?"]
    interrupted_at = rows(database, SpokenThread)[0].interrupted_at
    assert interrupted_at.isoformat(timespec="milliseconds").replace("+00:00", "Z") == replied["timestamp"]


def test_an_edit_and_a_deletion_are_kept_if_the_message_was_answered(database, issuer, said):
    answered, other = (said.cara.say("lunch?", said.channel).activity for _ in range(2))
    claim = {"workspace": TENANT_ID, "channel": said.channel.id, "edited_id": "", "claimed_at": WHEN}
    add(database, AnswerClaim(message_id=answered["id"], **claim))

    async def scene():
        async with teams_door(database, issuer) as door:
            for asked in (answered, other):
                await door.post(said.cara.edit(asked["id"], "refunds?").activity)
                await door.post(said.cara.delete(asked["id"]).activity)

    play(scene)
    assert [(row.body["kind"], row.body["message_id"]) for row in inbox(database)] == [
        ("edit", answered["id"]),
        ("delete", answered["id"]),
    ]


def test_where_a_conversation_is_reached_is_kept_with_what_is_said_in_it(database, issuer, said):
    async def scene():
        async with teams_door(database, issuer) as door:
            await door.post(said.mention())
            await door.post(said.question())
            for sent in said.cara.install(said.group):
                assert await door.post(sent.activity) == (200, None)

    play(scene)
    stored = {row.conversation: (row.account, row.reach) for row in rows(database, StoredAddress)}
    reach = {"service_url": SERVICE_URL}
    # Cara's own chat is kept once she is a person here.
    assert stored == {said.channel.id: (None, reach), said.group.id: (None, reach)}
    assert rows(database, Connection)[0].reach == reach
    assert [row.body["kind"] for row in inbox(database)] == ["message", "message"]


def test_words_are_read_outside_the_loop(store, issuer, said):
    threads = []

    class Watching(NoLane):
        def opens(self, incoming):
            threads.append(threading.current_thread())
            return False

    async def scene():
        async with teams_door(store, issuer, Watching()) as door:
            await door.post(pressed(said))
            assert threads != [threading.current_thread()]

    play(scene)
    assert len(threads) == 1


def test_secrets_never_reach_the_inbox(store, issuer, said):
    card = "card 4111 1111 1111 1111 was declined"

    async def scene():
        async with teams_door(store, issuer) as door:
            await door.post(said.question(card))
            await door.post(rated(said, feedback=json.dumps({"feedbackText": card})))
            await door.post(submitted(said, card))

    play(scene)
    assert len(inbox(store)) == 3
    assert "4111" not in json.dumps([row.body for row in inbox(store)])


# What is refused


UNREADABLE = [
    b"",
    b"{",
    b"[1, 2]",
    b'"text"',
    b"null",
    b"3",
    b"\xff\xfe",
    b"\x00",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"a": ' + b"9" * 5_000 + b"}",
    b"<activity/>",
]
WRONG_TYPES = ["text/plain", "text/xml", "multipart/form-data", "application/x-www-form-urlencoded", None]


def test_what_cannot_be_read_is_refused_with_a_sentence(store, issuer, said):
    good = json.dumps(said.question()).encode()
    too_large = json.dumps({**said.question(), "text": "x" * (MAX_BODY_BYTES + 100_000)}).encode()

    async def scene():
        async with teams_door(store, issuer) as door:
            for raw in UNREADABLE:
                assert await door.post(raw) == (400, {"error": told.MALFORMED}), raw[:40]
            assert await door.post(too_large) == (400, {"error": told.TOO_LARGE})
            for content_type in WRONG_TYPES:
                assert await door.post(good, content_type=content_type) == (400, {"error": told.WRONG_TYPE})
            # Nothing is made of what brings no token.
            for raw in (*UNREADABLE, too_large, good):
                assert await door.post(raw, None) == (401, {"error": told.NOT_TEAMS})
            assert await door.post(good, content_type="application/json; charset=utf-8") == (200, None)
            assert await door.post(b"\xef\xbb\xbf" + json.dumps(said.question()).encode()) == (200, None)

    play(scene)
    assert len(inbox(store)) == 2


def test_every_part_of_an_activity_may_be_anything(store, issuer, said, caplog):
    asked = said.question()
    activities = [
        said.mention("thanks"),
        said.cara.edit(asked["id"], "thanks").activity,
        pressed(said, {"action": "form:feedback", "words": "x"}),
        rated(said),
    ]
    statuses = Counter()

    async def scene():
        async with teams_door(store, issuer) as door:
            for activity in activities:
                for way in places(activity):
                    for value in ODD:
                        fresh = activity | {"id": str(statuses.total())}
                        status, answer = await door.post(changed(fresh, {way: value}))
                        assert status in (200, 400, 401), (way, value)
                        assert status == 200 or answer["error"].endswith("."), (way, value)
                        statuses[status] += 1

    play(scene)
    assert min(statuses[status] for status in (200, 400, 401)) >= 60
    assert caplog.records == []


@pytest.mark.parametrize("name", INVOKES, ids=str)
def test_what_teams_asks_of_other_bots_is_refused_and_logged(store, issuer, said, name):
    async def scene():
        async with teams_door(store, issuer) as door:
            with capture_logs() as lines:
                activity = pressed(said, name=name, value={"state": "Zebra"})
                assert await door.post(activity) == (400, {"error": told.NOT_KNOWN})
            assert lines == [{"event": "teams_unknown_invoke", "log_level": "warning"}]

    play(scene)
    assert inbox(store) == []


@pytest.mark.parametrize("size", [120_000, 900_000])
def test_a_long_message_is_kept_short(store, issuer, said, size):
    async def scene():
        async with teams_door(store, issuer) as door:
            assert await door.post(said.question("why " * (size // 4))) == (200, None)

    play(scene)
    assert 2_000 < len(inbox(store)[0].body["text"]) < 7_000


def test_without_a_database_teams_is_asked_to_send_again(database, issuer, said):
    question, press = said.question("Zebra?"), pressed(said)

    async def scene():
        async with teams_door(database, issuer) as door:
            renamed(database, "inbox", "lost")
            with capture_logs() as lines:
                for activity in (question, press):
                    assert await door.post(activity) == (503, {"error": told.LATER})
            assert [(line["event"], line["log_level"]) for line in lines] == [("teams_not_kept", "error")] * 2
            assert "Zebra" not in json.dumps(lines)
            assert rows(database, StoredAddress) == []
            renamed(database, "lost", "inbox")
            assert (await door.post(question))[0] == 200
            assert (await door.post(press))[0] == 200

    play(scene)
    assert len(inbox(database)) == 2


# Forms


def test_a_press_opens_a_form_and_is_done(database, issuer, said):
    press = pressed(said)

    async def scene():
        async with teams_door(database, issuer, FormLane(Opened(OPENED, FORM))) as door:
            assert await door.post(press) == (200, replies.line(replies.FORM_HERE))
            await until(lambda: door.platform.shown)
            await door.post(press)
        ((action, address),) = door.platform.shown
        assert (action, address.channel, address.only_for) == ("feedback", press["conversation"]["id"], None)

    play(scene)
    (row,) = inbox(database)
    assert (row.state, row.body) == ("done", None)
    assert [event.cause for event in rows(database, EventRow)] == [f"inbox:{row.id}"]
    assert rows(database, OutboxItem) == []


def test_a_form_pressed_in_a_channel_opens_in_ones_own_chat(store, issuer, said):
    async def scene():
        async with teams_door(store, issuer, FormLane(Opened(OPENED, FORM))) as door:
            press = pressed(said, place=said.channel)
            assert await door.post(press) == (200, replies.line(replies.FORM_DIRECTLY))
            await until(lambda: door.platform.shown)
        ((_, address),) = door.platform.shown
        assert (address.channel, address.only_for) == (None, said.cara.user.aad_object_id)

    play(scene)


def test_a_form_that_does_not_open_is_told(store, issuer, said):
    platform = QuietPlatform(fault=NotSent("http_503"))

    async def scene():
        async with teams_door(store, issuer, FormLane(Opened(OPENED, FORM)), platform) as door:
            with capture_logs() as lines:
                assert (await door.post(pressed(said)))[0] == 200
                await until(lambda: rows(store, OutboxItem))
            assert [line["event"] for line in lines] == ["teams_form_not_opened"]

    play(scene)
    assert rows(store, OutboxItem)[0].message["text"] == replies.FORM_NOT_OPENED.text


def test_words_instead_of_a_form_are_for_that_person(store, issuer, said):
    async def scene():
        async with teams_door(store, issuer, FormLane(Opened(OPENED, say=Message("That is closed.")))) as door:
            assert await door.post(pressed(said)) == (200, replies.line(replies.NOTED))
            assert (len(door.wakes), door.platform.shown) == (1, [])

    play(scene)
    (row,) = rows(store, OutboxItem)
    assert (row.message["text"], row.address["only_for"]) == ("That is closed.", said.cara.user.aad_object_id)


def test_a_broken_lane_is_a_bug_with_a_reference(store, issuer, said):
    async def scene():
        async with teams_door(store, issuer, FormLane(None)) as door:
            with capture_logs() as lines:
                assert (await door.post(pressed(said)))[0] == 200
            (line,) = lines
            assert line["error"] == "RuntimeError"
            assert line["reference"] in rows(store, OutboxItem)[0].message["text"]

    play(scene)
    assert [row.state for row in inbox(store)] == ["done"]


def test_a_form_with_a_fault_is_answered_at_once_and_may_be_sent_again(store, issuer, said):
    form = submitted(said)

    async def scene():
        lane = FormLane(None, {"words": "Write at least one word."})
        async with teams_door(store, issuer, lane) as door:
            assert await door.post(form) == (200, replies.line("Write at least one word."))
            assert inbox(store) == []
            lane.faults = {}
            assert await door.post(form) == (200, replies.in_place(replies.FORM_SENT))

    play(scene)
    assert len(inbox(store)) == 1


# Typing


def test_that_coach_is_at_work_is_shown_where_somebody_asked(store, issuer, said):
    mention = said.mention()

    async def scene():
        async with teams_door(store, issuer) as door:
            await door.post(mention)
            await door.post(said.question())
            await until(lambda: len(door.platform.shown) == 2)
            # The mention again, what is no question, and what nobody asked Coach.
            for activity in (mention, said.question("hello"), said.cara.say("why?", said.channel).activity):
                await door.post(activity)
            await door.post(pressed(said))
        places = {(what, address.channel, address.thread) for what, address in door.platform.shown}
        own = said.tenant.personal(said.cara.user).id
        assert places == {("typing", said.channel.id, mention["id"]), ("typing", own, None)}
        assert len(door.platform.shown) == 2

    play(scene)


# Coming and going


def test_somebody_who_removes_coach_is_blocked_until_they_write(database, issuer, said):
    cara = said.cara.user
    person = Person(name="Cara Elm", email="cara@example.test", roles=[], is_active=True, updated_at=WHEN)
    with database.transaction() as session:
        session.add(person)
        session.flush()
        who = {"person_id": person.id, "platform": "teams"}
        session.add(PlatformIdentity(**who, platform_user_id=cara.aad_object_id))
        session.add(DirectAddress(**who, address={"platform": "teams", "workspace": TENANT_ID}, seen_at=WHEN))

    async def scene():
        async with teams_door(database, issuer) as door:
            removal = said.cara.uninstall().activity
            for _ in range(2):
                assert await door.post(removal) == (200, None)
            assert await door.post(said.dan.uninstall().activity) == (200, None)

    play(scene)
    assert rows(database, DirectAddress)[0].blocked_at is not None
    assert [(row.state, row.body) for row in inbox(database)] == [("done", None)]
    assert [event.payload["outcome"] for event in rows(database, EventRow)] == ["uninstalled"]


class Closed(QuietPlatform):
    """Microsoft gives no token: `reason` is raised."""

    def __init__(self, reason):
        super().__init__()
        self.reason = reason

    def check(self):
        raise self.reason


@pytest.mark.parametrize(
    ("reason", "error", "words"),
    [
        (Disconnected("invalid_client"), Refusal, "TEAMS_TENANT_ID (invalid_client)"),
        (NotSent("no_token"), NotReady, "cannot be reached"),
    ],
)
def test_credentials_microsoft_does_not_take_stop_the_start(store, issuer, reason, error, words):
    async def scene():
        async with teams_door(store, issuer, platform=Closed(reason)):
            pass

    with pytest.raises(error) as raised:
        play(scene)
    assert words in str(raised.value)


def test_what_comes_while_coach_stops_is_asked_to_come_again(store, issuer, said):
    async def scene():
        async with teams_door(store, issuer) as door:
            await door.gateway.stop()
            assert await door.readiness() == (503, [told.NOT_STARTED])
            assert await door.post(said.question()) == (503, {"error": told.NOT_STARTED})

    play(scene)
    assert inbox(store) == []


@pytest.mark.parametrize(("days", "words"), [(31, None), (30, "expires on"), (0, "expires on"), (-1, "expired on")])
def test_a_secret_about_to_expire_is_warned_of(store, issuer, days, words):
    async def scene():
        day = datetime.now(UTC).date() + timedelta(days=days)
        async with teams_door(store, issuer, teams_secret_expires_on=day) as door:
            warnings = door.gateway.warnings()
            assert [words in warning for warning in warnings] == [True] * (words is not None)
            assert (await door.readiness())[0] == 200

    play(scene)


# A simulator on this machine


def test_without_tokens_only_this_machine_and_one_tenant_are_believed(store):
    said = Said(LOOPBACK_URL)

    async def scene():
        async with teams_door(store) as door:
            assert (await door.post(said.question(), "Bearer whatever"))[0] == 200
            assert (await door.post(changed(said.question(), {"serviceUrl": GONE})))[0] == 200
            for changes in (
                {"serviceUrl": SERVICE_URL},
                {"serviceUrl": "http://127.0.0.1.example.test/"},
                {"conversation.tenantId": OTHER_TENANT},
                {"conversation.tenantId": OTHER_TENANT, "channelData.tenant.id": OTHER_TENANT},
            ):
                assert (await door.post(changed(said.question(), changes)))[0] == 401, changes

    play(scene)
    assert len(inbox(store)) == 2


def test_without_tokens_coach_does_not_listen_to_others(store):
    async def scene():
        async with teams_door(store, host="127.0.0.1") as door:
            door.gateway._settings = door.gateway._settings.model_copy(update={"host": "0.0.0.0"})
            await door.gateway.start()

    with pytest.raises(Refusal, match="believes everybody"):
        play(scene)


# Outside material

PLAYED = ["home", "home", "message", "message", "message", "rating"]
FRAGMENTS = {
    "AppBasedLinkQuery",
    "ChannelAccount",
    "ConversationAccount",
    "FileConsentCard",
    "MessagingExtensionAction",
    "MessagingExtensionActionResponse",
    "MessagingExtensionQuery",
    "SubChannelAccount",
    "TeamsChannelAccount",
    "TeamsChannelData",
}


def recorded(shared, folder):
    paths = sorted((shared / "wire" / "teams" / folder).glob("*.json"))
    return {path.stem.rpartition("__")[2]: json.loads(path.read_text("utf-8-sig")) for path in paths}


def at_home(activity):
    """Return a recording as it had come from our tenant, by way of Teams; what else it says stays as it is."""
    activity = {**activity, "channelId": "msteams", "serviceUrl": SERVICE_URL}
    where = activity.get("conversation")
    activity["conversation"] = {**(where if isinstance(where, dict) else {}), "tenantId": TENANT_ID}
    data = activity.get("channelData")
    activity["channelData"] = {**(data if isinstance(data, dict) else {}), "tenant": {"id": TENANT_ID}}
    return activity


def test_what_the_playground_recorded_is_taken(store, issuer, shared, caplog):
    recordings = recorded(shared, "playground")

    async def scene():
        async with teams_door(store, issuer) as door:
            for name, activity in recordings.items():
                status, _ = await door.post(at_home(activity))
                assert status == 200, name
                # As it was recorded it comes from nowhere we know.
                assert (await door.post(activity))[0] == 401, name

    play(scene)
    assert len(recordings) == 15
    assert caplog.records == []
    # The rest is of conversations and of others; two are presses of buttons that say nothing in our words.
    assert sorted(row.key.split(":")[1] for row in inbox(store)) == PLAYED


def test_recorded_activities_are_taken_and_fragments_are_no_activities(store, issuer, shared, caplog):
    recordings = recorded(shared, "activities")

    async def scene():
        async with teams_door(store, issuer) as door:
            for name, found in recordings.items():
                # A part of an activity names no tenant and no service, so nobody can have sent it as one.
                expected = 401 if name in FRAGMENTS else 200
                activity = found if name in FRAGMENTS else at_home(found)
                assert (await door.post(activity))[0] == expected, name

    play(scene)
    assert len(recordings) == 24
    assert recordings.keys() > FRAGMENTS
    assert caplog.records == []
    # Two are messages of people; the others are a bot's own, typing, or events.
    assert {row.body["text"] for row in inbox(store)} == {"validation"}


def test_an_activity_of_the_future_is_taken_and_dropped(store, issuer, said):
    async def scene():
        async with teams_door(store, issuer) as door:
            for kind in ("fromTheFuture", "messageReaction", "event", "trace", "handoff"):
                assert await door.post(said.question() | {"type": kind}) == (200, None)
            assert await door.post(said.cara.install()[0].activity | {"action": "snooze"}) == (200, None)

    play(scene)
    assert inbox(store) == []
    assert wire.READERS.keys() >= {"message", "invoke"}
