"""The bodies the app gets have the shape of those recorded off the wire."""

import json

from tests.trial_apps import WITH_BUTTON, until


def keys(part, at="") -> set[str]:
    """Return every path of keys in a body."""
    if isinstance(part, dict):
        return {f"{at}/{name}" for name in part} | set().union(*(keys(part[name], f"{at}/{name}") for name in part))
    if isinstance(part, list):
        return set().union(*(keys(item, f"{at}[]") for item in part))
    return set()


def recorded(shared, name: str) -> dict:
    return json.loads((shared / "wire/slack/recorded_vercel_chat" / name).read_text())


# How the recorded texts and buttons happen to look.
BESIDE = ("/style",)


def missing(theirs: dict, ours: dict) -> set[str]:
    return {path for path in keys(theirs) - keys(ours) if not any(part in path for part in BESIDE)}


def test_events_have_every_key_of_the_recorded_ones(plain, shared, simulator, workspace, leila, client):
    plain()
    channel = workspace.channel_named("general").id
    ts = leila.say("general", "@coach hello")
    leila.say("general", "and?", thread_ts=ts)
    own = client.chat_postMessage(channel=channel, text="Here", thread_ts=ts)["ts"]
    client.chat_update(channel=channel, ts=own, text="There")
    client.chat_update(channel=channel, ts=own, text="Everywhere")
    simulator.settle()
    message, mention, reply, bots, changed, again = [delivery.payload for delivery in simulator.deliveries]
    samples = recorded(shared, "sample-messages.json")
    for theirs, ours in zip(samples[:7], (message, mention, bots, reply, bots, changed, again), strict=True):
        assert missing(theirs, ours) == set()


def test_interactions_have_every_key_of_the_recorded_ones(
    attach, recorder, shared, simulator, workspace, leila, client
):
    attach(recorder)
    leila.slash("/coach", "").result(10)
    ts = leila.say("general", "@coach hello")
    until(lambda: len(leila.messages("general")) == 2)
    leila.press("Report").result(10)
    until(leila.modal)
    leila.submit({"why": "because"}).result(10)
    channel = workspace.channel_named("general").id
    client.chat_postEphemeral(channel=channel, user="U1", text="psst", blocks=WITH_BUTTON, thread_ts=ts)
    leila.press("Report").result(10)
    simulator.settle()
    slash, click, submission, private = recorder.bodies
    theirs = recorded(shared, "modals__slack.json")
    assert missing(recorded(shared, "slash-commands__slack.json")["slashCommand"], slash) == set()
    assert missing(theirs["action"], click) == set()
    assert missing(theirs["ephemeralAction"], private) == set()
    assert "message" not in private
    # Their form had more kinds of fields.
    about_fields = ("/blocks", "/values", "/title", "/submit", "/close")
    lacking = missing(theirs["viewSubmission"], submission)
    assert {path for path in lacking if not any(part in path for part in about_fields)} == set()
