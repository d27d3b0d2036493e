"""Files in the trial workspace: what Slack checks on the way in, and who may download them."""

import json

import pytest
import requests

from bot.trial.human import Human
from bot.trial.page import Page
from bot.trial.simulator import running_simulator


@pytest.fixture
def ana(simulator):
    return Human(simulator, "U1")


@pytest.fixture
def simulator(workspace):
    with running_simulator(workspace, prepare=lambda it: Page(it).add_to(it.application)) as running:
        yield running


def call(simulator, method, **arguments):
    body = {"token": simulator.workspace.bot_token} | arguments
    return requests.post(f"{simulator.api_url}{method}", data=body, timeout=5).json()


def offered(simulator, content=b"a,b\r\n", **more):
    arguments = {"filename": "team.csv", "length": len(content)} | more
    return call(simulator, "files.getUploadURLExternal", **arguments)


def uploaded(simulator, content=b"a,b\r\n"):
    given = offered(simulator, content)
    assert requests.post(given["upload_url"], content, timeout=5).text == f"OK - {len(content)}"
    return given["file_id"]


def shown(simulator, file_id, **more):
    return call(simulator, "files.completeUploadExternal", files=json.dumps([{"id": file_id, "title": "Team"}]), **more)


def test_a_file_stands_in_the_conversation_it_was_completed_for(simulator, ana):
    answer = shown(simulator, uploaded(simulator), channel_id=ana.dm(), initial_comment="Here it is.")
    assert answer["files"] == [{"id": answer["files"][0]["id"], "title": "Team"}]
    [message] = ana.messages(ana.dm())
    assert (message["text"], message["subtype"], message["files"][0]["name"]) == (
        "Here it is.",
        "file_share",
        "team.csv",
    )


def test_blocks_stand_beside_it_where_there_is_no_comment(simulator, ana):
    blocks = json.dumps([{"type": "divider", "block_id": "mine"}])
    assert shown(simulator, uploaded(simulator), channel_id=ana.dm(), blocks=blocks)["ok"]
    assert ana.messages(ana.dm())[-1]["blocks"][0]["block_id"] == "mine"
    assert (
        shown(simulator, uploaded(simulator), channel_id=ana.dm(), blocks='[{"type": "x"}]')["error"]
        == "invalid_blocks"
    )


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"length": 0}, "invalid_arguments"),
        ({"filename": ""}, "invalid_arguments"),
        ({"length": "many"}, "invalid_arguments"),
        ({"alt_txt": "x" * 1_001}, "alt_txt_too_large"),
    ],
)
def test_what_slack_does_not_take_is_refused(simulator, arguments, error):
    assert offered(simulator, **arguments)["error"] == error


def test_a_file_needs_its_scope(simulator):
    simulator.workspace.scopes.discard("files:write")
    assert offered(simulator)["needed"] == "files:write"


def test_an_upload_has_the_length_that_was_said(simulator):
    given = offered(simulator, b"12345")
    assert requests.post(given["upload_url"], b"1234", timeout=5).status_code == 400
    assert shown(simulator, given["file_id"])["error"] == "file_not_found"
    assert requests.post(given["upload_url"] + "x", b"12345", timeout=5).status_code == 404


def test_a_file_is_shown_once_and_where_the_app_is(simulator, ana):
    file_id = uploaded(simulator)
    assert shown(simulator, file_id, channel_id="C0NOWHERE1")["error"] == "channel_not_found"
    assert shown(simulator, file_id, channel_id=ana.dm())["ok"]
    assert shown(simulator, file_id, channel_id=ana.dm())["error"] == "file_not_found"


def test_only_who_sees_a_file_can_download_it(simulator, ana):
    file_id = uploaded(simulator, b"a,b\r\n")
    link = f"{simulator.api_url.removesuffix('api/')}ui/file"
    assert requests.get(link, {"as": ana.user_id, "id": file_id}, timeout=5).status_code == 404
    shown(simulator, file_id, channel_id=ana.dm())
    got = requests.get(link, {"as": ana.user_id, "id": file_id}, timeout=5)
    assert (got.status_code, got.content) == (200, b"a,b\r\n")
    assert got.headers["Content-Type"] == "application/octet-stream"
    others = [user.id for user in simulator.workspace.users.values() if user.id != ana.user_id and not user.is_bot]
    assert {requests.get(link, {"as": other, "id": file_id}, timeout=5).status_code for other in others} == {404}
    assert Human(simulator, ana.user_id).texts(ana.dm())[-1].endswith("Team team.csv")
