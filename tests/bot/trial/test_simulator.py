"""Deliveries to a real Bolt app: what arrives, how often, signed how, and what its answers lead to."""

import json
import time

import pytest

from bot.trial.human import Human, NotAnswered
from bot.trial.workspace import User
from tests.trial_apps import WITH_BUTTON, Plain, Recorder, until


@pytest.fixture(params=["http", "socket"])
def attached(request, attach, recorder, simulator) -> Recorder:
    attach(recorder, over_sockets=request.param == "socket")
    if request.param == "socket":
        until(lambda: simulator.sockets.count)
    return recorder


def answered(simulator, channel, texts) -> None:
    until(lambda: [message["text"] for message in simulator.workspace.messages[channel]] == texts)
    simulator.settle()


def test_a_mention_arrives_twice_and_the_answer_once_more(attached, simulator, workspace, leila):
    channel = workspace.channel_named("general").id
    ts = leila.say("general", "@coach how do I refund?")
    answered(simulator, channel, ["<@U0COACH001> how do I refund?", "Here"])
    by_kind = {body["event"]["type"]: body for body in attached.events if body["event"]["user"] == "U1"}
    message, mention = by_kind["message"], by_kind["app_mention"]
    assert message["event"]["ts"] == mention["event"]["ts"] == ts
    assert message["event_id"] != mention["event_id"]
    assert message["event"]["channel_type"] == "channel"
    (own,) = [call for call in simulator.deliveries if call.payload["event"].get("bot_id")]
    assert own.payload["event"]["thread_ts"] == ts
    assert own.payload["event"]["parent_user_id"] == "U1"
    assert {delivery.state for delivery in simulator.deliveries} == {"acknowledged"}
    assert workspace.rejections == []


def test_a_direct_message_arrives_once(attached, simulator, leila):
    leila.say(leila.dm(), "how do I refund?")
    simulator.settle()
    (event,) = [body["event"] for body in attached.events]
    assert (event["type"], event["channel_type"]) == ("message", "im")


def test_a_command_a_click_a_form_and_its_errors(attached, simulator, workspace, leila):
    channel = workspace.channel_named("general")
    assert "You asked: what" in leila.slash("/coach", "what", "general").result(10)
    assert leila.texts("general") == ["You asked: what"]
    workspace.post(channel, workspace.bot_user_id, "Here", blocks=[{"block_id": "b", **WITH_BUTTON[0]}])
    leila.press("Report").result(10)
    until(leila.modal)
    assert leila.submit({"What is wrong?": "nothing"}).result(10)
    assert leila.modal().errors == {"why": "Say a little more."}
    leila.submit({"why": "the figure"}).result(10)
    assert leila.modal() is None
    kinds = [body.get("type") or body["command"] for body in attached.bodies]
    assert kinds == ["/coach", "block_actions", "view_submission", "view_submission"]
    assert workspace.rejections == []


def test_edits_and_deletions(attached, simulator, workspace, leila, client):
    channel = workspace.channel_named("general").id
    ts = leila.say("general", "Furst")
    leila.edit("general", ts, "First")
    answer = client.chat_postMessage(channel=channel, text="Working", thread_ts=ts)["ts"]
    client.chat_update(channel=channel, ts=answer, text="Done")
    leila.delete("general", ts)
    client.chat_delete(channel=channel, ts=answer)
    simulator.settle()
    events = [delivery.payload["event"] for delivery in simulator.deliveries]
    changed = [event for event in events if event.get("subtype") == "message_changed"]
    assert [(event["previous_message"]["text"], event["message"]["text"]) for event in changed] == [
        ("Furst", "First"),
        ("Working", "Done"),
        ("First", "This message was deleted."),
    ]
    assert changed[2]["message"]["subtype"] == "tombstone"
    gone = [event["deleted_ts"] for event in events if event.get("subtype") == "message_deleted"]
    assert gone == [answer, ts]
    assert leila.messages("general") == []


def test_nothing_of_channels_the_app_is_not_in(attached, simulator, leila):
    leila.say("social", "lunch?")
    assert simulator.deliveries == []


def test_home(attached, simulator, workspace, leila, client):
    client.views_publish(user_id="U1", view={"type": "home", "blocks": [{"type": "divider"}]})
    leila.open_home()
    leila.open_home("messages")
    simulator.settle()
    home, messages = [body["event"] for body in attached.events]
    assert (home["tab"], home["view"]["type"]) == ("home", "home")
    assert "view" not in messages
    assert messages["channel"] == leila.dm()


def test_removal(attached, simulator):
    simulator.uninstall()
    simulator.settle()
    assert [delivery.payload["event"]["type"] for delivery in simulator.deliveries] == [
        "tokens_revoked",
        "app_uninstalled",
    ]
    assert sorted(attached.kinds()) == ["app_uninstalled/", "tokens_revoked/"]


def test_sockets_are_renewed_and_lost_ones_do_not_lose_events(attach, recorder, simulator, leila):
    attach(recorder, over_sockets=True)
    until(lambda: simulator.sockets.count)
    simulator.disconnect_sockets()
    leila.say(leila.dm(), "one")
    simulator.settle(20)
    assert [body["event"]["text"] for body in recorder.events] == ["one"]


def retries(app: Plain) -> list[str | None]:
    return [headers.get("X-Slack-Retry-Num") for headers, _ in app.received]


def test_retries_at_once_after_a_minute_and_after_five(plain, simulator, clock, leila):
    app = plain([500, 500, 500, 500])
    leila.say(leila.dm(), "hello")
    until(lambda: retries(app) == [None, "1"])
    clock.seconds += 60
    until(lambda: retries(app) == [None, "1", "2"])
    clock.seconds += 300
    simulator.settle()
    assert retries(app) == [None, "1", "2", "3"]
    assert {headers.get("X-Slack-Retry-Reason") for headers, _ in app.received[1:]} == {"http_error"}
    assert len({body for _, body in app.received}) == 1
    (delivery,) = simulator.deliveries
    assert (delivery.state, delivery.attempts, delivery.status) == ("gave_up", 4, 500)


def test_no_retry_when_the_app_asks_so(plain, simulator, leila):
    app = plain([500], headers={"X-Slack-No-Retry": "1"})
    leila.say(leila.dm(), "hello")
    simulator.settle()
    assert retries(app) == [None]


def test_a_slow_acknowledgement_is_a_timeout(plain, simulator, leila):
    simulator.sender.ack_within_seconds = 0.2
    app = plain([None], slow_seconds=5)
    leila.say(leila.dm(), "hello")
    simulator.settle()
    assert [headers.get("X-Slack-Retry-Reason") for headers, _ in app.received] == [None, "http_timeout"]


def test_a_command_is_never_sent_twice(plain, simulator, leila):
    app = plain([500])
    with pytest.raises(NotAnswered, match="dispatch_failed"):
        leila.slash("/coach", "x").result(10)
    assert len(app.received) == 1


def test_an_app_that_is_down(plain, simulator, leila):
    simulator.sender.retry_after_seconds = (0, 0, 0)
    simulator.events_url = "http://127.0.0.1:9/slack/events"
    leila.say(leila.dm(), "hello")
    simulator.settle()
    assert (simulator.deliveries[0].state, simulator.deliveries[0].status) == ("gave_up", None)


def test_duplicates_shuffled_and_acknowledgements_lost(plain, simulator, leila):
    app = plain()
    simulator.sender.retry_after_seconds = (0, 0, 0)
    simulator.disorder.copies, simulator.disorder.shuffles, simulator.disorder.drop_ack_share = 2, True, 0.5
    simulator.hold()
    for number in range(20):
        leila.say(leila.dm(), str(number))
    assert app.received == []
    simulator.release()
    simulator.settle()
    texts = [json.loads(body)["event"]["text"] for _, body in app.received]
    assert set(texts) == {str(number) for number in range(20)}
    assert len(texts) > 40
    assert list(dict.fromkeys(texts)) != [str(number) for number in range(20)]
    simulator.disorder.copies, simulator.disorder.drop_ack_share = 1, 0.0
    before = len(app.received)
    simulator.redeliver(simulator.deliveries[0])
    simulator.settle()
    assert len(app.received) == before + 1


def test_signatures_good_bad_and_stale(attach, recorder, simulator):
    attach(recorder)
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "t"})
    kind = {"Content-Type": "application/json"}
    assert simulator.post_raw(body, simulator.sign(body) | kind)[0] == 200
    assert simulator.post_raw(body, simulator.sign(body, secret="other") | kind)[0] == 401
    assert simulator.post_raw(body, simulator.sign(body, at_seconds=time.time() - 301) | kind)[0] == 401
    assert simulator.post_raw(body, kind)[0] == 401


def test_without_an_app_people_talk_among_themselves(simulator, leila, tobias):
    leila.say("general", "Morning")
    assert tobias.texts("general") == ["Morning"]
    with pytest.raises(NotAnswered):
        leila.slash("/coach", "x").result(1)
    simulator.settle()


def test_an_answer_slack_would_not_take_is_noted(attach, simulator, workspace, leila):
    def register(app):
        @app.command("/coach")
        async def command(ack):
            await ack(text="x", blocks=[{"type": "section"}])

    attach(register)
    with pytest.raises(NotAnswered, match="invalid_blocks"):
        leila.slash("/coach", "x").result(10)
    assert [rejection.method for rejection in workspace.rejections] == ["answer_to_slash"]


def test_guests_and_strangers_are_told_apart(plain, simulator, workspace):
    plain()
    workspace.users["U8"] = User("U8", "pat", "Pat", is_stranger=True)
    shared_channel = workspace.add_channel("suppliers", "public", ["U8"], is_shared=True)
    Human(simulator, "U8").say(shared_channel.id, "@coach hello")
    simulator.settle()
    payload = simulator.deliveries[0].payload
    assert payload["is_ext_shared_channel"] is True
    assert payload["event"]["team"] != workspace.team_id == payload["team_id"]
