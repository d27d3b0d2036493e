"""The manifest is one Slack takes, asks for no more than Coach uses, and leads Slack to the right place."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from typer import Typer
from typer.testing import CliRunner

from bot.commands import slack_manifest
from bot.grammar import read_wish
from bot.slack import gateway, wire
from bot.slack.body import Coach
from bot.slack.manifest import COMMANDS, EVENTS, EVENTS_PATH, PROMPTS, SCOPES, events_url, manifest
from bot.trial.workspace import DEFAULT_SCOPES
from metrics.errors import Refusal

ADDRESS = "https://coach.example.com"
BOTH = pytest.mark.parametrize("base_url", [ADDRESS, None], ids=["http", "socket"])
CODE = "\n".join(path.read_text() for path in Path(gateway.__file__).parent.glob("*.py"))


def run(*words):
    cli = Typer()
    cli.command()(slack_manifest.command)
    return CliRunner().invoke(cli, words)


@BOTH
def test_slack_takes_it(shared, base_url):
    schema = json.loads((shared / "wire" / "slack" / "manifest_schema" / "manifest.schema.2.0.0.json").read_text())
    jsonschema.validate(manifest(base_url), schema)
    broken = manifest(base_url)
    broken["settings"]["event_subscriptions"]["bot_events"] *= 2
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


@BOTH
def test_it_asks_for_one_workspace_and_one_lasting_token(base_url):
    made = manifest(base_url)
    assert made["oauth_config"] == {"scopes": {"bot": list(SCOPES)}}
    assert (made["settings"]["org_deploy_enabled"], made["settings"]["token_rotation_enabled"]) == (False, False)


def test_over_http_everything_goes_to_one_address():
    made = manifest(ADDRESS)
    there = f"{ADDRESS}{gateway.PATH}"
    assert EVENTS_PATH == gateway.PATH
    assert {command["url"] for command in made["features"]["slash_commands"]} == {there}
    assert made["settings"]["event_subscriptions"]["request_url"] == there
    assert made["settings"]["interactivity"] == {"is_enabled": True, "request_url": there}
    assert made["settings"]["socket_mode_enabled"] is False


def test_in_socket_mode_there_is_no_address():
    made = manifest(None)
    assert "http" not in json.dumps(made)
    assert made["settings"]["interactivity"] == {"is_enabled": True}
    assert made["settings"]["socket_mode_enabled"] is True


@BOTH
def test_commands_are_escaped_and_home_and_messages_are_open(base_url):
    features = manifest(base_url)["features"]
    assert [command["should_escape"] for command in features["slash_commands"]] == [True] * len(COMMANDS)
    assert features["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_the_trial_grants_what_the_manifest_asks_for():
    assert set(SCOPES) == DEFAULT_SCOPES


def test_every_method_the_code_calls_is_allowed(shared):
    contract = json.loads((shared / "wire" / "slack" / "contract_2026_05" / "methods.json").read_text())
    called = {name for name in re.findall(r'"([a-z]+\.[a-zA-Z.]+)"', CODE) if name in contract}
    assert called >= {"chat.postMessage", "chat.update", "chat.delete", "users.info", "conversations.open"}
    refused = [
        name for name in sorted(called) if (scopes := contract[name]["scopes"].get("bot")) and not {*scopes} & {*SCOPES}
    ]
    assert refused == []


def body_of(event: str) -> dict:
    kind, _, place = event.partition(".")
    channel = {"im": "D1", "groups": "G1"}.get(place, "C1")
    channel_type = {"im": "im", "groups": "group"}.get(place, "channel")
    said = {"user": "U1", "text": "<@UCOACH> hello", "ts": "1.1", "channel": channel, "channel_type": channel_type}
    details = (
        said if kind in ("message", "app_mention") else {"user": "U1", "tab": "home", "tokens": {"bot": ["UCOACH"]}}
    )
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": {"type": kind, **details}}


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_asked_for_means_something(event, now):
    assert isinstance(wire.read(body_of(event), Coach("T1", "UCOACH"), now), wire.Arrived)


@pytest.mark.parametrize(
    ("message", "wish"),
    [
        ("How do I call in sick?", ("question", "")),
        ("Today's lesson", ("command", "lesson")),
        ("My progress", ("command", "progress me")),
        ("What can you do?", ("command", "about")),
    ],
)
def test_a_suggested_prompt_does_what_its_title_says(message, wish):
    assert message in [message for _, message in PROMPTS]
    found = read_wish(message)
    assert (found.kind, found.name) == wish


def test_every_suggested_prompt_is_tried():
    assert len(PROMPTS) == 4


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        (ADDRESS, f"{ADDRESS}/slack/events"),
        (f"{ADDRESS}/", f"{ADDRESS}/slack/events"),
        (f" {ADDRESS}:8443 ", f"{ADDRESS}:8443/slack/events"),
        (f"{ADDRESS}/learning/", f"{ADDRESS}/learning/slack/events"),
        (f"{ADDRESS}/slack/events", f"{ADDRESS}/slack/events"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765/slack/events"),
        ("http://localhost:8765/", "http://localhost:8765/slack/events"),
    ],
)
def test_the_address_may_be_written_in_several_ways(typed, there):
    assert events_url(typed) == there


@pytest.mark.parametrize("typed", ["http://coach.example.com", "http://10.0.0.7:8000", "HTTP://coach.example.com"])
def test_an_address_without_encryption_is_refused(typed):
    with pytest.raises(Refusal, match="begins with https://"):
        events_url(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "coach.example.com",
        "ftp://coach.example.com",
        "https://",
        "https://coach.example.com:port",
        "https://coach.example.com:99999",
        "https://[coach",
        f"{ADDRESS}?token=1",
        f"{ADDRESS}#top",
        "https://user:secret@coach.example.com",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Refusal, match="such as https://"):
        events_url(typed)


@pytest.mark.parametrize(("words", "base_url"), [(["--socket"], None), (["--http", ADDRESS], ADDRESS)])
def test_the_command_prints_the_manifest(words, base_url):
    result = run(*words)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == manifest(base_url)


@pytest.mark.parametrize("words", [[], ["--socket", "--http", ADDRESS]])
def test_the_command_wants_one_of_the_two(words):
    assert isinstance(run(*words).exception, Refusal)
