"""Modals and home pages: triggers, the stack, hashes, and what an answer to a submission does."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.trial.access import Failed
from bot.trial.view_methods import act_on_submission


def modal(title: str = "Form", **more) -> dict:
    field = {
        "type": "input",
        "block_id": "why",
        "label": {"type": "plain_text", "text": "Why?"},
        "element": {"type": "plain_text_input", "action_id": "why"},
    }
    words = {"type": "plain_text", "text": title}
    return {
        "type": "modal",
        "title": words,
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [field],
        **more,
    }


@pytest.fixture
def trigger(workspace):
    return lambda: workspace.tickets.trigger("U1")


def refused(call, **arguments) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response["error"]


def test_a_trigger_opens_one_view_within_three_seconds(client, clock, trigger, leila):
    used, late = trigger(), trigger()
    client.views_open(trigger_id=used, view=modal())
    assert leila.modal().body["title"]["text"] == "Form"
    assert refused(client.views_open, trigger_id=used, view=modal()) == "exchanged_trigger_id"
    clock.seconds += 3.1
    assert refused(client.views_open, trigger_id=late, view=modal()) == "expired_trigger_id"
    assert refused(client.views_open, trigger_id="1.2.3", view=modal()) == "invalid_trigger_id"


def test_at_most_three_on_the_stack(client, trigger, workspace, leila):
    first = client.views_open(trigger_id=trigger(), view=modal("One"))["view"]
    second = client.views_push(trigger_id=trigger(), view=modal("Two"))["view"]
    assert (second["previous_view_id"], second["root_view_id"]) == (first["id"], first["id"])
    client.views_push(trigger_id=trigger(), view=modal("Three"))
    assert refused(client.views_push, trigger_id=trigger(), view=modal("Four")) == "push_limit_reached"
    leila.close_view()
    assert leila.modal().body["title"]["text"] == "Two"


def test_an_update_keeps_the_id_and_minds_the_hash(client, trigger, leila):
    view = client.views_open(trigger_id=trigger(), view=modal("Working"))["view"]
    changed = client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Done"))["view"]
    assert changed["id"] == view["id"]
    assert refused(client.views_update, view_id=view["id"], hash=view["hash"], view=modal()) == "hash_conflict"
    assert refused(client.views_update, view_id="V404", view=modal()) == "not_found"
    assert leila.modal().body["title"]["text"] == "Done"


def test_unsound_views_are_refused(client, trigger, workspace):
    assert refused(client.views_open, trigger_id=trigger(), view=modal("x" * 25))
    assert refused(client.views_publish, user_id="U1", view=modal()) == "invalid_arguments"
    assert len(workspace.rejections) == 2


def test_a_home_page_is_one_persons(client, leila, tobias):
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = client.views_publish(user_id="U1", view=home)["view"]
    client.views_publish(user_id="U1", view=home, hash=first["hash"])
    assert refused(client.views_publish, user_id="U1", view=home, hash=first["hash"]) == "hash_conflict"
    assert leila.home()["blocks"][0]["type"] == "divider"
    assert tobias.home() is None


def test_answers_to_a_submission(client, trigger, workspace, leila):
    client.views_open(trigger_id=trigger(), view=modal("One"))
    act_on_submission(workspace, "U1", {"response_action": "errors", "errors": {"why": "More, please."}})
    assert leila.modal().errors == {"why": "More, please."}
    act_on_submission(workspace, "U1", {"response_action": "update", "view": modal("Two")})
    assert (leila.modal().body["title"]["text"], leila.modal().errors) == ("Two", {})
    act_on_submission(workspace, "U1", {"response_action": "push", "view": modal("Three")})
    act_on_submission(workspace, "U1", {})
    assert leila.modal().body["title"]["text"] == "Two"
    with pytest.raises(Failed):
        act_on_submission(workspace, "U1", {"response_action": "errors", "errors": {"who": "No such field."}})
    act_on_submission(workspace, "U1", {"response_action": "clear"})
    assert leila.modal() is None
