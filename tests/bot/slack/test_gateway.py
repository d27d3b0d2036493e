import asyncio
import json
import threading
import time
from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.database import Database
from bot.messages import Incoming, Kind, Message
from bot.outcome import Opened
from bot.slack import gateway as told
from bot.slack.at_once import AtOnce
from bot.slack.body import MOST_FIELDS, MOST_SSL_CHECK_BYTES
from bot.slack.manifest import SCOPES
from bot.tables import AnswerClaim, Connection, InboxItem, OutboxItem, SpokenThread
from metrics.errors import NotReady, Refusal
from metrics.events.record import EventRow
from tests.slack_door import APP_TOKEN, FORM, OPENED, TOKEN, TS, FakeSlack, FormLane, NoLane, settings_for, slack_door


@pytest.fixture
def store(tmp_path):
    """A database where it does not matter which."""
    database = Database(f"sqlite:///{tmp_path / 'coach.db'}")
    database.upgrade()
    yield database
    database.close()


def event(number=1, **inner):
    return {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": f"Ev{number}",
        "event": {"event_ts": TS, "ts": TS, "channel": "C1", "channel_type": "channel", "user": "U1", **inner},
    }


def mention(number=1, text="<@UCOACH> how do refunds work?", **inner):
    return event(number, type="app_mention", text=text, **inner)


def direct(number=1, text="how do refunds work?", **inner):
    return event(number, type="message", text=text, **{"channel": "D1", "channel_type": "im", **inner})


def overheard(number=1, text="lunch at noon?", **inner):
    return event(number, type="message", text=text, **inner)


def click(trigger="1.2.abc", action="more", **body):
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": TS, "channel_id": "C1"},
        "actions": [{"action_id": action, "value": "abc", "type": "button"}],
        "trigger_id": trigger,
        **body,
    }


def command(text="how do refunds work?", trigger="1.2.abc"):
    return {
        "command": "/coach",
        "text": text,
        "team_id": "T1",
        "user_id": "U1",
        "channel_id": "C1",
        "trigger_id": trigger,
        "response_url": "https://hooks.slack.com/commands/1",
    }


def submission():
    view = {"id": "V1", "hash": "1.h", "callback_id": "feedback", "private_metadata": "abc"}
    values = {"words": {"words": {"type": "plain_text_input", "value": "too old"}}}
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "view": {**view, "state": {"values": values}},
    }


def inbox(database):
    with database.session() as session:
        return session.scalars(select(InboxItem).order_by(InboxItem.id)).all()


def outbox(database):
    with database.session() as session:
        return session.scalars(select(OutboxItem).order_by(OutboxItem.id)).all()


def add(database, *rows):
    with database.transaction() as session:
        session.add_all(rows)


def spoken(now, **changes):
    row = {"workspace": "T1", "channel": "C1", "thread_id": TS, "last_asker": "slack:U1", "last_asked_at": now}
    return SpokenThread(**{**row, **changes})


async def until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "did not come about"
        await asyncio.sleep(0.01)


def play(scene):
    """Run a scene, an async function without arguments."""
    return asyncio.run(scene())


# What is kept


def test_each_way_to_ask_is_kept_before_slack_hears_of_it(database):
    async def scene():
        async with slack_door(database) as door:
            assert await door.post(mention(1)) == (200, "")
            assert [row.key for row in inbox(database)] == ["slack:event:Ev1"]
            assert await door.post(direct(2)) == (200, "")
            assert await door.type(command()) == (200, "")
            assert await door.press(click("1.3.abc")) == (200, "")
            assert await door.press(submission()) == (200, "")
            assert len(door.wakes) == 5

    play(scene)
    assert [row.body["kind"] for row in inbox(database)] == ["message", "message", "command", "click", "submit"]
    assert {row.state for row in inbox(database)} == {"new"}


def test_a_delivery_repeated_by_slack_is_kept_once(database):
    async def scene():
        async with slack_door(database) as door:
            answers = await asyncio.gather(*(door.post(mention()) for _ in range(8)))
            assert {status for status, _ in answers} == {200}
            assert len(door.wakes) == 1

    play(scene)
    assert len(inbox(database)) == 1


def test_a_message_for_others_leaves_no_row_and_no_line(store, caplog):
    async def scene():
        async with slack_door(store) as door:
            with capture_logs() as lines:
                assert await door.post(overheard(1)) == (200, "")
                assert await door.post(overheard(2, thread_ts="1780000000.000100")) == (200, "")
                assert await door.post(event(3, type="reaction_added")) == (200, "")
                assert await door.post(direct(4, user="UCOACH")) == (200, "")
            assert lines == []
            assert door.wakes == []

    play(scene)
    assert inbox(store) == []
    assert caplog.records == []


def test_a_thread_where_coach_has_spoken_is_listened_to(store, now):
    add(store, spoken(now))

    async def scene():
        async with slack_door(store) as door:
            await door.post(overheard(1, thread_ts=TS, text="and over $500?"))
            await door.post(overheard(2, thread_ts=TS, channel="C2"))

    play(scene)
    assert [row.body["text"] for row in inbox(store)] == ["and over $500?"]
    with store.session() as session:
        assert session.scalars(select(SpokenThread)).one().interrupted_at is None


def test_somebody_else_interrupts_and_the_first_interruption_stands(database, now):
    add(database, spoken(now - timedelta(days=365)))

    async def scene():
        async with slack_door(database) as door:
            await door.post(overheard(1, thread_ts=TS, user="U2", event_ts="1790000010.000000"))
            await door.post(overheard(2, thread_ts=TS, user="U3", event_ts="1790000020.000000"))

    play(scene)
    with database.session() as session:
        assert session.scalars(select(SpokenThread)).one().interrupted_at.timestamp() == 1790000010


def test_an_edit_and_a_deletion_are_kept_if_the_message_was_answered(database, now):
    claim = {"workspace": "T1", "channel": "C1", "edited_id": "", "claimed_at": now}
    add(database, AnswerClaim(message_id=TS, **claim))

    def edit(number, ts):
        old, new = ({"user": "U1", "ts": ts, "text": text} for text in ("refunds", "refunds over $500"))
        return event(number, type="message", subtype="message_changed", message=new, previous_message=old)

    def deletion(number, ts):
        old = {"user": "U1", "ts": ts, "text": "refunds"}
        return event(number, type="message", subtype="message_deleted", deleted_ts=ts, previous_message=old)

    async def scene():
        async with slack_door(database) as door:
            for number, make in enumerate((edit, deletion)):
                await door.post(make(10 + number, TS))
                await door.post(make(20 + number, "1790000099.000000"))

    play(scene)
    assert [row.body["kind"] for row in inbox(database)] == ["edit", "delete"]


def test_an_edit_of_what_nobody_asked_coach_is_not_kept_where_coach_has_spoken(database, now):
    add(database, spoken(now))
    reply, answered = "1790000050.000000", "1790000060.000000"
    claim = {"workspace": "T1", "channel": "C1", "edited_id": "", "claimed_at": now}
    add(database, AnswerClaim(message_id=answered, **claim))

    def edit(number, ts=reply, text="lunch at one?", **inner):
        old = {"user": "U2", "ts": ts, "thread_ts": TS, "text": "lunch at noon?"}
        change = {"message": {**old, "text": text}, "previous_message": old}
        return event(number, type="message", subtype="message_changed", **change, **inner)

    def deletion(number):
        old = {"user": "U2", "ts": reply, "thread_ts": TS, "text": "lunch at noon?"}
        return event(number, type="message", subtype="message_deleted", deleted_ts=reply, previous_message=old)

    kept = [
        edit(2, text="<@UCOACH> is lunch at one?"),
        edit(3, channel="D1", channel_type="im"),
        edit(4, ts=answered),
        deletion(5),
    ]

    async def scene():
        async with slack_door(database) as door:
            for body in (edit(1), *kept):
                assert await door.post(body) == (200, "")

    play(scene)
    assert [row.key for row in inbox(database)] == [f"slack:event:Ev{number}" for number in (2, 3, 4, 5)]


def test_words_are_read_outside_the_loop(store):
    threads = []

    class Watching(NoLane):
        def opens(self, incoming):
            threads.append(threading.current_thread())
            return False

    async def scene():
        async with slack_door(store, Watching()) as door:
            await door.press(click())
            assert threads != [threading.current_thread()]

    play(scene)
    assert len(threads) == 1


def test_secrets_never_reach_the_inbox(store):
    async def scene():
        async with slack_door(store) as door:
            await door.post(direct(text="card 4111 1111 1111 1111 was declined"))

    play(scene)
    assert "4111" not in json.dumps(inbox(store)[0].body)


def test_a_question_about_payloads_is_read_in_full(store):
    async def scene():
        async with slack_door(store) as door:
            assert await door.type(command("what is the payload of a forklift?")) == (200, "")

    play(scene)
    assert [row.body["text"] for row in inbox(store)] == ["what is the payload of a forklift?"]


# What is refused


UNSIGNED = [
    {"secret": "another secret"},
    {"seconds_off": -301},
    {"seconds_off": 900},
    {"X-Slack-Signature": None},
    {"X-Slack-Request-Timestamp": None},
    {"X-Slack-Request-Timestamp": "yesterday"},
    {"X-Slack-Request-Timestamp": "٣"},
    {"X-Slack-Signature": "v0=é"},
    {"X-Slack-Signature": "v0=" + "0" * 64},
]
UNREADABLE = [
    ("{", "application/json"),
    ("[1, 2]", "application/json"),
    ('"text"', "application/json"),
    ('{"event": "text"}', "application/json"),
    ('{"authorizations": [7]}', "application/json"),
    ("[" * 100_000, "application/json"),
    ('{"a":' * 100_000, "application/json"),
    (b"\xff\xfe", "application/json"),
    ("payload=%7B", "application/x-www-form-urlencoded"),
    ("payload=[1]", "application/x-www-form-urlencoded"),
    ("text=" + "x" * 1_100_000, "application/x-www-form-urlencoded"),
    (urlencode({f"a{number}": "b" for number in range(MOST_FIELDS + 1)}), "application/x-www-form-urlencoded"),
    (json.dumps(mention()), "text/xml"),
    (json.dumps(mention()), "multipart/form-data"),
]


def test_what_slack_did_not_sign_is_refused_with_a_sentence(store):
    async def scene():
        async with slack_door(store) as door:
            for change in UNSIGNED:
                status, text = await door.post(mention(), **change)
                assert (status, json.loads(text)) == (401, {"error": told.NOT_SIGNED}), change

    play(scene)
    assert inbox(store) == []


def test_what_cannot_be_read_is_refused_with_a_sentence(store):
    async def scene():
        async with slack_door(store) as door:
            for raw, content_type in UNREADABLE:
                status, text = await door.post(raw, content_type=content_type)
                assert status == 400, raw[:40]
                assert json.loads(text)["error"].endswith(".")

    play(scene)
    assert inbox(store) == []


def test_nothing_is_made_of_what_slack_did_not_sign(store):
    async def scene():
        async with slack_door(store) as door:
            for raw, content_type in UNREADABLE:
                status, _ = await door.post(raw, secret="wrong", content_type=content_type)
                is_kept_out_sooner = len(raw) > 1_000_000 or content_type not in told.CONTENT_TYPES
                assert status == (400 if is_kept_out_sooner else 401), raw[:40]

    play(scene)


ODD = [None, 7, "", "é", [], [7], {}, {"id": 7}]


def places(body, path=()):
    for name, value in body.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from places(value, (*path, name))


def changed_at(body, path, value):
    return {**body, path[0]: value if len(path) == 1 else changed_at(body[path[0]], path[1:], value)}


def test_signed_bodies_of_any_shape_are_never_an_error(store, caplog):
    async def scene():
        async with slack_door(store) as door:
            for body in (mention(), direct(), submission(), click()):
                for path in places(body):
                    for value in ODD:
                        status, _ = await door.press(changed_at(body, path, value))
                        assert status in (200, 400, 401), (path, value)

    play(scene)
    assert caplog.records == []


def test_bodies_without_meaning_keep_nothing(store):
    async def scene():
        async with slack_door(store) as door:
            for raw in ("", "{}", "a=b", "payload={}"):
                assert (await door.post(raw))[0] == 401, raw
            # Slack sends this unsigned; nothing else in it may count.
            check = urlencode({**command(), "ssl_check": "1"})
            assert await door.post(check, secret="wrong") == (200, "")
            assert await door.post(check) == (200, "")
            assert (await door.post(check + "&a=" + "b" * MOST_SSL_CHECK_BYTES, secret="wrong"))[0] == 401
            assert (await door.post(check + "&a=b" * MOST_FIELDS, secret="wrong"))[0] == 401
            assert (await door.post("ssl_check=0", secret="wrong"))[0] == 401

    play(scene)
    assert inbox(store) == []


def test_another_workspace_is_refused(store):
    async def scene():
        async with slack_door(store) as door:
            assert (await door.post({**mention(), "team_id": "T2"}))[0] == 401
            assert (await door.type({**command(), "team_id": "T2"}))[0] == 401
            assert (await door.press({**click(), "team": {"id": "T2"}}))[0] == 401
            assert (await door.press({**click(), "team": None}))[0] == 401

    play(scene)
    assert inbox(store) == []


def test_slack_verifies_the_address(store):
    async def scene():
        async with slack_door(store) as door:
            status, text = await door.post({"type": "url_verification", "challenge": "c-1"})
            assert (status, json.loads(text)) == (200, {"challenge": "c-1"})

    play(scene)


def test_without_a_database_slack_is_asked_to_send_again(database, monkeypatch):
    async def scene():
        async with slack_door(database) as door:
            with database.engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE inbox RENAME TO lost")
            with capture_logs() as lines:
                status, text = await door.post(mention())
            assert (status, json.loads(text)) == (503, {"error": told.LATER})
            assert [(line["event"], line["log_level"]) for line in lines] == [("slack_not_kept", "error")]
            with database.engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE lost RENAME TO inbox")
            assert (await door.post(mention()))[0] == 200

    play(scene)
    assert len(inbox(database)) == 1


# Forms


def test_a_press_opens_a_form_and_is_done(database):
    async def scene():
        async with slack_door(database, FormLane(Opened(OPENED, FORM))) as door:
            assert await door.press(click()) == (200, "")
            await until(lambda: door.slack.called("views.open"))
            assert await door.press(click()) == (200, "")
            (call,) = door.slack.called("views.open")
            assert call["trigger_id"] == "1.2.abc"
            view = json.loads(call["view"]) if isinstance(call["view"], str) else call["view"]
            assert (view["callback_id"], view["private_metadata"]) == ("feedback", "abc")

    play(scene)
    (row,) = inbox(database)
    assert (row.state, row.body) == ("done", None)
    with database.session() as session:
        causes = session.scalars(select(EventRow.cause)).all()
    assert causes == [f"inbox:{row.id}"]
    assert outbox(database) == []


def test_a_press_inside_a_form_puts_the_next_on_top(store):
    async def scene():
        async with slack_door(store, FormLane(Opened(OPENED, FORM))) as door:
            await door.press(click(view={"id": "V1", "type": "modal"}))
            await until(lambda: door.slack.called("views.push"))

    play(scene)


def test_a_form_that_does_not_open_is_told(store):
    slack = FakeSlack()
    slack.answers["views.open"] = {"ok": False, "error": "expired_trigger_id"}

    async def scene():
        async with slack_door(store, FormLane(Opened(OPENED, FORM)), slack) as door:
            assert await door.type(command("settings")) == (200, "")
            await until(lambda: outbox(store))

    play(scene)
    (row,) = outbox(store)
    assert row.message["text"] == told.FORM_NOT_OPENED.text
    assert (row.address["channel"], row.address["only_for"]) == ("C1", "U1")


def test_words_instead_of_a_form_are_for_that_person(store):
    async def scene():
        async with slack_door(store, FormLane(Opened(OPENED, say=Message("That is closed.")))) as door:
            await door.press(click())
            assert len(door.wakes) == 1
            assert door.slack.called("views.open") == []

    play(scene)
    (row,) = outbox(store)
    assert (row.message["text"], row.address["only_for"]) == ("That is closed.", "U1")


def test_a_broken_lane_is_a_bug_with_a_reference(store):
    async def scene():
        async with slack_door(store, FormLane(None)) as door:
            with capture_logs() as lines:
                assert await door.press(click()) == (200, "")
            (line,) = lines
            assert line["error"] == "RuntimeError"
            assert line["reference"] in outbox(store)[0].message["text"]

    play(scene)
    assert [row.state for row in inbox(store)] == ["done"]


def test_a_form_with_a_fault_is_answered_in_the_form(store):
    async def scene():
        lane = FormLane(None, {"words": "Write at least one word."})
        async with slack_door(store, lane) as door:
            status, text = await door.press(submission())
            assert status == 200
            expected = {"response_action": "errors", "errors": {"words": "Write at least one word."}}
            assert json.loads(text) == expected
            lane.faults = {}
            assert await door.press(submission()) == (200, "")

    play(scene)
    assert len(inbox(store)) == 1


# The status line


def test_the_status_is_shown_where_somebody_asked(store):
    async def scene():
        async with slack_door(store) as door:
            await door.post(mention(1))
            await until(lambda: len(door.slack.called("assistant.threads.setStatus")) == 1)
            await door.post(direct(2, thread_ts="1780000000.000100"))
            await until(lambda: len(door.slack.called("assistant.threads.setStatus")) == 2)
            # The twin of the mention, the mention again, and what nobody asked Coach.
            await door.post(overheard(3, text="<@UCOACH> how do refunds work?"))
            await door.post(mention(1))
            await door.press(click())
        first, second = door.slack.called("assistant.threads.setStatus")
        assert (first["channel_id"], first["thread_ts"]) == ("C1", TS)
        assert (second["channel_id"], second["thread_ts"]) == ("D1", "1780000000.000100")

    play(scene)


def test_a_refused_status_is_tried_again_after_an_hour(now):
    slack = FakeSlack()
    slack.answers["assistant.threads.setStatus"] = {"ok": False, "error": "missing_scope"}
    times = [now, now + timedelta(minutes=59), now + timedelta(minutes=61)]
    asked = Incoming("slack", "T1", Kind.MESSAGE, "U1", now, channel="D1", message_id=TS)
    clock, calls = [], []

    async def scene():
        await slack.server.start_server()
        at_once = AtOnce(AsyncWebClient(TOKEN, base_url=slack.url), lambda: clock[-1])
        for time_now in times:
            clock.append(time_now)
            await at_once.show_status(asked)
            calls.append(len(slack.called("assistant.threads.setStatus")))
        await slack.server.close()

    play(scene)
    assert calls == [1, 1, 2]


# Coming and going


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ({"type": "app_uninstalled"}, "uninstalled"),
        ({"type": "tokens_revoked", "tokens": {"bot": ["UCOACH"]}}, "token_revoked"),
    ],
)
def test_a_removed_app_sends_nothing_more_and_alerts(database, inner, reason):
    async def scene():
        async with slack_door(database) as door:
            assert door.gateway.reasons() == []
            with capture_logs() as lines:
                assert (await door.post(event(**inner)))[0] == 200
                assert (await door.post(event(**inner)))[0] == 200
            assert [(line["event"], line["reason"]) for line in lines] == [("slack_disconnected", reason)]
            assert await door.get("readyz") == (503, {"status": "not ready", "reasons": [told.REMOVED]})
            with database.session() as session:
                row = session.get_one(Connection, "slack")
                assert (row.is_stopped, row.reason) == (True, reason)
        async with slack_door(database) as door:
            assert door.gateway.reasons() == []

    play(scene)
    with database.session() as session:
        assert session.get_one(Connection, "slack").is_stopped is False


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ({"ok": False, "error": "invalid_auth"}, Refusal, "SLACK_BOT_TOKEN (invalid_auth)"),
        ({"ok": False, "error": "internal_error"}, NotReady, "internal_error"),
        ({"ok": False, "error": "A secret <xoxb>"}, NotReady, "no_reason_given"),
        ({"bot_id": None}, Refusal, "not the token of an app's bot"),
    ],
)
def test_a_token_slack_does_not_confirm_stops_the_start(store, answer, error, words):
    slack = FakeSlack()
    slack.answers["auth.test"] = answer

    async def scene():
        async with slack_door(store, slack=slack):
            pass

    with pytest.raises(error) as raised:
        play(scene)
    assert words in str(raised.value)
    assert TOKEN not in str(raised.value)


class Granting(FakeSlack):
    """A Slack that says what the token may do; None says nothing."""

    def __init__(self, scopes):
        super().__init__()
        self.scopes = scopes

    async def _call(self, request):
        answer = await super()._call(request)
        if self.scopes is not None:
            answer.headers["x-oauth-scopes"] = self.scopes
        return answer


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        (None, []),
        (",".join(SCOPES), []),
        (", ".join(("files:read", *SCOPES)), []),
        (",".join(SCOPES[:-2]), [["users:read", "users:read.email"]]),
        ("", [sorted(SCOPES)]),
    ],
)
def test_scopes_the_token_lacks_are_named_and_coach_is_ready(store, granted, missing):
    async def scene():
        with capture_logs() as lines:
            async with slack_door(store, slack=Granting(granted)) as door:
                assert door.gateway.reasons() == []
        assert [line["scopes"] for line in lines if line["event"] == "slack_scopes_missing"] == missing
        assert [line["log_level"] for line in lines] == ["warning"] * len(missing)

    play(scene)


def test_an_unreachable_slack_stops_the_start(store):
    async def scene():
        async with slack_door(store, slack_api_url="http://127.0.0.1:9/api/"):
            pass

    with pytest.raises(NotReady, match="cannot be reached"):
        play(scene)


def test_without_a_secret_nobody_could_be_trusted(store):
    async def scene():
        async with slack_door(store, slack_signing_secret=None):
            pass

    with pytest.raises(Refusal, match="SLACK_SIGNING_SECRET"):
        play(scene)


def test_what_else_the_environment_holds_changes_nothing(store, monkeypatch, caplog):
    for name in ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_VERIFICATION_TOKEN"):
        monkeypatch.setenv(name, TOKEN)

    async def scene():
        async with slack_door(store) as door:
            assert (await door.post(mention()))[0] == 200
            assert len(door.slack.called("auth.test")) == 1

    play(scene)
    assert len(inbox(store)) == 1
    assert caplog.records == []


def test_socket_mode_keeps_acknowledges_and_is_heard(store):
    async def scene():
        async with slack_door(store, slack_app_token=APP_TOKEN, slack_signing_secret=None) as door:
            await door.slack.send("e1", "events_api", mention(1))
            await door.slack.send("e2", "slash_commands", command())
            await door.slack.send("e3", "events_api", {**mention(2), "team_id": "T2"})
            await door.slack.send("e4", "events_api", overheard(3))
            await until(lambda: len(door.slack.acknowledged) == 3)
            assert {answer["envelope_id"] for answer in door.slack.acknowledged} == {"e1", "e2", "e4"}
            assert door.gateway.silent_seconds() < told.MAX_SILENCE_SECONDS
            assert door.gateway.reasons() == []
            assert (await door.post(mention(4)))[0] == 404

    play(scene)
    assert sorted(row.key for row in inbox(store)) == ["slack:command:1.2.abc", "slack:event:Ev1"]


def test_a_refused_app_token_stops_the_start(store):
    slack = FakeSlack()
    slack.answers["apps.connections.open"] = {"ok": False, "error": "invalid_auth"}

    async def scene():
        async with slack_door(store, slack=slack, slack_app_token=APP_TOKEN):
            pass

    with pytest.raises(Refusal, match="SLACK_APP_TOKEN"):
        play(scene)


def test_nothing_is_taken_before_the_token_is_confirmed(store):
    async def scene():
        async with slack_door(store) as door:
            early = type(door.gateway)(settings_for(door.slack), store, None, lambda: None, lambda: None)
            assert early.reasons() == [told.NOT_STARTED]
            await early.stop()

    play(scene)


def test_what_comes_while_coach_stops_is_asked_to_come_again(store):
    async def scene():
        async with slack_door(store) as door:
            await door.gateway.stop()
            status, text = await door.post(mention())
            assert (status, json.loads(text)) == (503, {"error": told.NOT_STARTED})

    play(scene)
    assert inbox(store) == []


# Outside material

EVENTS = {"event_callback", "url_verification", "app_rate_limited"}
INTERACTIONS = {"block_actions", "view_submission", "view_closed", "shortcut", "message_action", "interactive_message"}
DIALOGS = {"dialog_submission", "dialog_cancellation", "dialog_suggestion", "block_suggestion"}
WHOLE = EVENTS | INTERACTIONS | DIALOGS | {"workflow_step_edit", "workflow_step_save"}


def recorded(shared):
    wire = shared / "wire" / "slack"
    for folder in ("recorded_vercel_chat", "bolt_python_tests", "java_sdk_tests"):
        for path in sorted((wire / folder).glob("*.json")):
            yield from bodies(json.loads(path.read_text()))


def bodies(found):
    """Yield every body of a recording as Slack would post it; bare events get their envelope."""
    if isinstance(found, list):
        for each in found:
            yield from bodies(each)
    elif isinstance(found, dict):
        kind = found.get("type")
        if "__form__" in found:
            yield found["__form__"]
        elif "envelope_id" in found or kind in ("hello", "disconnect"):
            yield from bodies(found.get("payload"))
        elif kind in WHOLE or "command" in found:
            yield found
        elif isinstance(kind, str):
            yield {"type": "event_callback", "team_id": "T1", "event": found}
        else:
            for each in found.values():
                yield from bodies(each)


def test_recorded_bodies_are_taken_without_an_error(store, shared, caplog):
    by_workspace = {}
    for body in recorded(shared):
        named = told.wire.workspaces(body) or {"T1"}
        by_workspace.setdefault(min(named), []).append(body)
    seen = Counter()

    async def scene():
        for workspace, posts in by_workspace.items():
            slack = FakeSlack()
            slack.workspace = workspace
            async with slack_door(store, slack=slack) as door:
                for body in posts:
                    if "command" in body:
                        status, _ = await door.type(body)
                    elif body["type"] in EVENTS:
                        status, _ = await door.post(body)
                    else:
                        status, _ = await door.press(body)
                    seen[status, bool(told.wire.workspaces(body)) or body["type"] == "url_verification"] += 1

    play(scene)
    # Refused is one shortcut of an app installed for a whole organisation: it names no workspace.
    assert set(seen) == {(200, True), (401, False)}
    assert seen[401, False] == 1
    assert seen[200, True] > 200
    assert caplog.records == []
    with store.session() as session:
        assert session.scalar(select(func.count()).select_from(InboxItem)) > 20
