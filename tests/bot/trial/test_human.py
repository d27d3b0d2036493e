"""People see what is theirs to see, and can press only that."""

import pytest

from bot.trial.human import NotFilled, NotVisible
from bot.trial.typed import wire_text

PRESS = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go On"}, "value": "1"}
ACTIONS = [{"type": "actions", "elements": [PRESS]}]
MENU = {
    "type": "overflow",
    "action_id": "menu0",
    "options": [{"text": {"type": "plain_text", "text": "Wrong Source"}, "value": "wrong_source|q1"}],
}


@pytest.fixture
def general(workspace) -> str:
    return workspace.channel_named("general").id


def test_ephemerals_are_for_one_person(client, general, leila, tobias):
    client.chat_postEphemeral(channel=general, user="U1", text="Only you", blocks=ACTIONS)
    assert [message["_only_for"] for message in leila.messages("general")] == ["U1"]
    assert tobias.messages("general") == []
    with pytest.raises(NotVisible):
        tobias.press("Go On")
    leila.press("Go On")


def test_a_button_that_was_replaced_or_deleted_is_gone(client, general, leila):
    ts = client.chat_postMessage(channel=general, text="A question", blocks=ACTIONS)["ts"]
    leila.press("go", in_message_ts=ts)
    client.chat_update(channel=general, ts=ts, text="Answered")
    with pytest.raises(NotVisible, match="Go On"):
        leila.press("Go On")
    again = client.chat_postMessage(channel=general, text="A question", blocks=ACTIONS)["ts"]
    client.chat_delete(channel=general, ts=again)
    with pytest.raises(NotVisible):
        leila.press("Go On", in_message_ts=again)


def test_a_click_may_come_too_late(client, general, leila, plain, simulator):
    app = plain()
    ts = client.chat_postMessage(channel=general, text="A question", blocks=ACTIONS)["ts"]
    (message,) = leila.messages(general)
    client.chat_delete(channel=general, ts=ts)
    leila.press_late(general, message, "Go On").result(10)
    assert any("block_actions" in body for _, body in app.received)


def test_the_conversation_of_another_is_closed(client, leila, tobias):
    client.chat_postMessage(channel="U1", text="Hello", blocks=ACTIONS)
    with pytest.raises(NotVisible):
        tobias.messages(leila.dm())
    with pytest.raises(NotVisible):
        tobias.say(leila.dm(), "hi")
    with pytest.raises(NotVisible):
        tobias.press("Go On")
    with pytest.raises(NotVisible):
        tobias.say("millgate", "hi")


def test_menus(client, general, leila):
    section = {"type": "section", "text": {"type": "plain_text", "text": "Answer"}, "accessory": MENU}
    client.chat_postMessage(channel=general, text="Answer", blocks=[section])
    with pytest.raises(NotVisible):
        leila.choose("Right Source")
    leila.choose("Wrong Source")


def test_an_open_form_covers_the_rest(client, workspace, general, leila):
    client.chat_postMessage(channel=general, text="A question", blocks=ACTIONS)
    field = {
        "type": "input",
        "block_id": "why",
        "label": {"type": "plain_text", "text": "Why?"},
        "element": {"type": "plain_text_input", "action_id": "why", "max_length": 5},
    }
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [field],
    }
    client.views_open(trigger_id=workspace.tickets.trigger("U1"), view=view)
    with pytest.raises(NotVisible):
        leila.press("Go On")
    with pytest.raises(NotVisible, match="Where"):
        leila.submit({"Where?": "x"})
    with pytest.raises(NotFilled) as caught:
        leila.submit({})
    assert leila.modal().errors == caught.value.errors == {"why": "Please complete this required field."}
    with pytest.raises(NotFilled):
        leila.submit({"why": "too long"})
    leila.close_view()
    assert leila.modal() is None
    leila.press("Go On")


def test_only_ones_own_messages(general, leila, tobias):
    ts = leila.say("general", "Mine")
    with pytest.raises(NotVisible):
        tobias.edit("general", ts, "Yours")
    with pytest.raises(NotVisible):
        tobias.delete("general", ts)
    leila.edit("general", ts, "Still mine")
    assert tobias.texts("general") == ["Still mine"]


def test_what_is_typed_becomes_what_slack_sends(workspace, leila):
    general = workspace.channel_named("general").id
    typed = "@coach see #general & <b> or @here, https://example.org/a?b=1&c or me@coach.example <@U2>"
    assert wire_text(workspace, typed) == (
        f"<@{workspace.bot_user_id}> see <#{general}|general> &amp; &lt;b&gt; or <!here>, "
        "<https://example.org/a?b=1&amp;c> or me@coach.example <@U2>"
    )
    leila.say("general", "a < b")
    assert leila.texts("general") == ["a < b"]


def test_files_travel_by_name(workspace, leila):
    leila.say("general", "", files=["rota.pdf"])
    (message,) = leila.messages("general")
    assert message["subtype"] == "file_share"
    assert [file["name"] for file in message["files"]] == ["rota.pdf"]


def test_whoever_draws_the_workspace_is_told(workspace, leila):
    seen = []
    workspace.on_change.append(lambda: seen.append(1))
    leila.say("general", "Morning")
    assert seen
