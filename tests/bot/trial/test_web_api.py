"""The Web API as slack_sdk sees it: what it takes, what it refuses, and in which words."""

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.trial.contract import METHODS
from bot.trial.simulator import Fault
from bot.trial.web_api import HANDLERS

GENERAL = "general"


def refused(call, **arguments) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response["error"]


@pytest.fixture
def general(workspace) -> str:
    return workspace.channel_named(GENERAL).id


def test_every_method_of_the_contract_has_a_handler():
    assert METHODS.keys() - HANDLERS.keys() == {"apps.connections.open"}
    assert HANDLERS.keys() <= METHODS.keys()


def test_the_arguments_are_those_slack_documents(shared):
    import json

    documented = json.loads((shared / "wire/slack/contract_2026_05/methods.json").read_text())
    for name, method in METHODS.items():
        if name == "api.test":
            continue
        theirs = documented[name]["args"]
        assert set(method.arguments) <= set(theirs), name
        assert method.required == {argument for argument, about in theirs.items() if about["required"]} - (
            # Optional since the agent messages tab of June 2026, which has no thread.
            {"thread_ts"} if name == "assistant.threads.setSuggestedPrompts" else set()
        ), name


def test_auth_test_knows_the_app(client, workspace):
    answer = client.auth_test()
    assert answer["user_id"] == workspace.bot_user_id
    assert answer["team_id"] == workspace.team_id


def test_tokens(client, simulator, workspace):
    assert refused(WebClient(token="xoxb-other", base_url=simulator.api_url).auth_test) == "invalid_auth"
    assert refused(WebClient(base_url=simulator.api_url).auth_test) == "not_authed"
    assert refused(WebClient(token=workspace.app_token, base_url=simulator.api_url).auth_test) == (
        "not_allowed_token_type"
    )
    assert refused(client.apps_connections_open, app_token=workspace.bot_token) == "not_allowed_token_type"
    simulator.revoke()
    assert refused(client.auth_test) == "token_revoked"
    simulator.uninstall()
    assert refused(client.auth_test) == "account_inactive"


def test_unknown_method_arguments_and_content_type(client, simulator, workspace, general):
    assert refused(client.api_call, api_method="chat.shout") == "unknown_method"
    assert refused(client.chat_postMessage, channel=general, text="x", colour="red") == "invalid_arguments"
    assert refused(client.api_call, api_method="chat.postMessage", json={"text": "x"}) == "invalid_arguments"
    assert refused(client.chat_postMessage, channel=general, text="x", thread_ts=1.5) == "invalid_arguments"
    headers = {"Authorization": f"Bearer {workspace.bot_token}", "Content-Type": "text/plain"}
    answer = requests.post(simulator.api_url + "auth.test", data="x", headers=headers, timeout=5).json()
    assert answer == {"ok": False, "error": "invalid_post_type"}
    assert [rejection.error for rejection in workspace.rejections] == [
        "unknown_method",
        "invalid_arguments",
        "invalid_arguments",
        "invalid_arguments",
        "invalid_post_type",
    ]


def test_scopes(client, workspace, general):
    workspace.scopes.discard("channels:history")
    with pytest.raises(SlackApiError) as caught:
        client.conversations_history(channel=general)
    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "channels:history"
    client.conversations_history(channel=workspace.open_dm("U1").id)


def test_form_and_json_mean_the_same(simulator, workspace, general):
    address = simulator.api_url + "chat.postMessage"
    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    blocks = '[{"type": "section", "text": {"type": "plain_text", "text": "Hello"}}]'
    form = {"channel": general, "text": "Hello", "blocks": blocks, "unfurl_links": "false"}
    assert requests.post(address, data=form, headers=headers, timeout=5).json()["ok"]
    (message,) = workspace.messages[general]
    assert message["blocks"][0]["text"]["text"] == "Hello"
    assert message["blocks"][0]["block_id"]


def test_membership(client, workspace):
    private = workspace.add_channel("managers", "private", ["U2"], with_app=False)
    assert refused(client.chat_postMessage, channel="C404", text="x") == "channel_not_found"
    assert refused(client.chat_postMessage, channel=private.id, text="x") == "channel_not_found"
    assert refused(client.chat_postMessage, channel=workspace.channel_named("social").id, text="x") == "not_in_channel"
    workspace.channel_named(GENERAL).is_archived = True
    assert refused(client.chat_postMessage, channel=workspace.channel_named(GENERAL).id, text="x") == "is_archived"
    assert workspace.rejections == []


def test_only_its_own_messages_that_are_there(client, workspace, general, leila):
    theirs = leila.say(GENERAL, "Morning")
    assert refused(client.chat_update, channel=general, ts=theirs, text="x") == "cant_update_message"
    assert refused(client.chat_delete, channel=general, ts=theirs) == "cant_delete_message"
    assert refused(client.chat_update, channel=general, ts="1.000001", text="x") == "message_not_found"
    private = client.chat_postEphemeral(channel=general, user="U1", text="psst")["message_ts"]
    assert refused(client.chat_update, channel=general, ts=private, text="x") == "message_not_found"
    assert refused(client.chat_postEphemeral, channel=workspace.channel_named("quayside").id, user="U3", text="x") == (
        "user_not_in_channel"
    )


def test_lengths_and_blocks(client, workspace, general):
    ts = client.chat_postMessage(channel=general, text="x")["ts"]
    assert refused(client.chat_postMessage, channel=general, text="x" * 40_001) == "msg_too_long"
    assert refused(client.chat_update, channel=general, ts=ts, text="x" * 4_001) == "msg_too_long"
    assert refused(client.api_call, api_method="chat.postMessage", json={"channel": general, "text": ""}) == "no_text"
    section = {"type": "section", "text": {"type": "plain_text", "text": "x" * 3_001}}
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=general, text="x", blocks=[section])
    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]
    assert caught.value.response["response_metadata"]["messages"]
    assert workspace.rejections[-1].error == "invalid_blocks"


def test_text_alone_takes_the_blocks_of_an_update_away(client, workspace, general):
    block = {"type": "section", "text": {"type": "plain_text", "text": "Hello"}}
    ts = client.chat_postMessage(channel=general, text="Hello", blocks=[block])["ts"]
    client.chat_update(channel=general, ts=ts, text="Bye")
    (message,) = workspace.messages[general]
    assert "blocks" not in message
    assert message["edited"]


def test_an_answer_to_a_message_that_is_gone_leaves_its_thread(client, leila, general):
    ts = leila.say(GENERAL, "Question")
    leila.delete(GENERAL, ts)
    assert "thread_ts" not in client.chat_postMessage(channel=general, text="Answer", thread_ts=ts)["message"]


def test_fifty_updates_a_minute(client, clock, general):
    ts = client.chat_postMessage(channel=general, text="0")["ts"]
    for number in range(50):
        client.chat_update(channel=general, ts=ts, text=str(number))
    with pytest.raises(SlackApiError) as caught:
        client.chat_update(channel=general, ts=ts, text="one too many")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "60"
    clock.seconds += 60
    client.chat_update(channel=general, ts=ts, text="again")


def test_five_posts_at_once_then_one_a_second(client, clock, workspace, general):
    for _ in range(5):
        client.chat_postMessage(channel=general, text="x")
    assert refused(client.chat_postMessage, channel=general, text="x") == "ratelimited"
    client.chat_postMessage(channel=workspace.channel_named("quayside").id, text="x")
    clock.seconds += 1
    client.chat_postMessage(channel=general, text="x")
    workspace.limits_rates = False
    client.chat_postMessage(channel=general, text="x")


def test_history_has_metadata_when_asked_and_never_ephemerals(client, clock, general, leila):
    metadata = {"event_type": "coach_message", "event_payload": {"key": "k1"}}
    question = leila.say(GENERAL, "Question")
    clock.seconds += 1
    client.chat_postMessage(channel=general, text="Answer", thread_ts=question, metadata=metadata)
    client.chat_postMessage(channel=general, text="Note", metadata=metadata)
    client.chat_postEphemeral(channel=general, user="U1", text="psst")
    plain = client.conversations_history(channel=general)["messages"]
    assert [message["text"] for message in plain] == ["Note", "Question"]
    assert plain[1]["reply_count"] == 1
    assert "metadata" not in plain[0]
    full = client.conversations_history(channel=general, include_all_metadata=True, oldest=question)["messages"]
    assert [message["metadata"] for message in full] == [metadata]
    replies = client.conversations_replies(channel=general, ts=question, include_all_metadata=True)["messages"]
    assert [message["text"] for message in replies] == ["Question", "Answer"]
    assert replies[1]["metadata"] == metadata


def test_history_in_pages(client, general, leila):
    for number in range(5):
        leila.say(GENERAL, str(number))
    texts, pages = [], 0
    for page in client.conversations_history(channel=general, limit=2):
        texts += [message["text"] for message in page["messages"]]
        pages += 1
    assert texts == ["4", "3", "2", "1", "0"]
    assert pages == 3


def test_people(client, workspace):
    workspace.users["U3"].is_stranger = True
    leila = client.users_info(user="U1")["user"]
    assert (leila["real_name"], leila["profile"]["email"]) == ("Leila Osmond", "leila@example.org")
    assert leila["tz_offset"] == 0
    stranger = client.users_info(user="U3")["user"]
    assert stranger["team_id"] != workspace.team_id
    assert "email" not in stranger["profile"]
    assert refused(client.users_info, user="U404") == "user_not_found"
    assert client.users_lookupByEmail(email="Leila@example.org")["user"]["id"] == "U1"
    assert len(client.users_list()["members"]) == 4


def test_a_pause_of_notifications_is_a_window_of_do_not_disturb(client, clock, leila):
    off = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    assert client.dnd_teamInfo(users=["U1", "U2", "U404"])["users"] == {"U1": off, "U2": off}
    leila.pause_notifications(30)
    window = {"dnd_enabled": True, "next_dnd_start_ts": clock.seconds, "next_dnd_end_ts": clock.seconds + 1_800}
    assert client.dnd_teamInfo(users="U1,U2")["users"] == {"U1": window, "U2": off}
    assert client.dnd_info(user="U1").data == {"ok": True, **window}
    assert client.dnd_info().data == {"ok": True, **off, "snooze_enabled": False}
    clock.seconds += 1_800
    assert client.dnd_teamInfo(users="U1")["users"] == {"U1": off}
    leila.pause_notifications(30)
    leila.pause_notifications(0)
    assert client.dnd_teamInfo(users="U1")["users"] == {"U1": off}


def test_do_not_disturb_is_told_of_fifty_people_at_most_and_with_its_scope(client, workspace):
    assert refused(client.dnd_teamInfo, users=[]) == "invalid_arguments"
    assert refused(client.dnd_teamInfo, users=",") == "no_users_provided"
    assert client.dnd_teamInfo(users=[f"U{number}" for number in range(50)])["ok"]
    assert refused(client.dnd_teamInfo, users=[f"U{number}" for number in range(51)]) == "invalid_arguments"
    workspace.scopes.remove("dnd:read")
    assert refused(client.dnd_teamInfo, users="U1") == "missing_scope"


def test_direct_conversations(client, workspace, leila):
    channel = client.conversations_open(users="U1")["channel"]["id"]
    assert channel == leila.dm() == client.conversations_open(users=["U1"])["channel"]["id"]
    client.chat_postMessage(channel="U1", text="Hello")
    assert leila.texts(channel) == ["Hello"]
    workspace.users["U2"].deleted = True
    assert refused(client.conversations_open, users="U2") == "user_disabled"


def test_status_lasts_two_minutes_or_until_the_answer(client, clock, workspace, general, leila):
    ts = leila.say(GENERAL, "Question")
    client.assistant_threads_setStatus(channel_id=general, thread_ts=ts, status="is checking the SOPs")
    assert workspace.status(general, ts) == "is checking the SOPs"
    clock.seconds += 121
    assert workspace.status(general, ts) == ""
    client.assistant_threads_setStatus(channel_id=general, thread_ts=ts, status="is checking the SOPs")
    client.chat_postMessage(channel=general, text="Answer", thread_ts=ts)
    assert workspace.status(general, ts) == ""


def test_response_url_five_times_in_thirty_minutes(simulator, clock, workspace, general, leila, tobias):
    hook = WebhookClient(simulator.response_url(general, "U1"))
    assert hook.send(text="1", response_type="ephemeral").status_code == 200
    assert leila.texts(GENERAL) == ["1"]
    assert tobias.texts(GENERAL) == []
    for number in range(2, 6):
        assert hook.send(text=str(number), response_type="in_channel").status_code == 200
    used = hook.send(text="6")
    assert (used.status_code, "used_url" in used.body) == (404, True)
    assert tobias.texts(GENERAL) == ["2", "3", "4", "5"]
    late = WebhookClient(simulator.response_url(general, "U1"))
    clock.seconds += 1801
    assert "expired_url" in late.send(text="x").body
    assert len(workspace.calls("response_url")) == 7


@pytest.mark.parametrize(
    ("fault", "posted"),
    [
        (Fault("429", 7), 0),
        ("500", 0),
        ("reset", 0),
        ("reset_after_accept", 1),
        ("malformed", 1),
        ("timeout_after_accept", 1),
        ("channel_not_found", 0),
    ],
)
def test_faults_happen_once_and_say_whether_the_call_was_done(fault, posted, simulator, workspace, general):
    client = WebClient(token=workspace.bot_token, base_url=simulator.api_url, timeout=1, retry_handlers=[])
    faults = iter([fault])
    simulator.faults = lambda method, _: next(faults, None) if method == "chat.postMessage" else None
    with pytest.raises(Exception) as caught:  # noqa: PT011  slack_sdk raises what urllib raises
        client.chat_postMessage(channel=general, text="x")
    assert len(workspace.messages[general]) == posted
    if isinstance(fault, Fault):
        assert caught.value.response.headers["Retry-After"] == "7"
    if fault == "channel_not_found":
        assert caught.value.response["error"] == fault
    client.chat_postMessage(channel=general, text="y")
    assert len(workspace.messages[general]) == posted + 1
