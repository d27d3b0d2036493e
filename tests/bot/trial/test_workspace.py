"""The state of the workspace: who is where, ids, threads and what deleting leaves behind."""

import random

from bot.trial.workspace import User, Workspace


def test_everybody_is_in_general_and_at_their_site(workspace):
    names = {channel.name: channel for channel in workspace.channels.values()}
    assert names["general"].members == {"U1", "U2", "U3", workspace.bot_user_id}
    assert names["quayside"].members == {"U1", "U2", workspace.bot_user_id}
    assert names["social"].members == {"U1", "U2", "U3"}


def test_the_same_seed_gives_the_same_workspace(clock):
    people = [User("U1", "ada", "Ada", site="Dock")]
    one, two = (Workspace.for_people(people, clock, random.Random(1)) for _ in range(2))
    assert one.channels == two.channels
    assert one.signing_secret == two.signing_secret


def test_message_ids_rise_even_when_the_clock_goes_back(workspace, clock):
    first = workspace.new_ts()
    clock.seconds -= 100
    second = workspace.new_ts()
    assert float(second) > float(first)
    assert len(second.partition(".")[2]) == 6


def test_a_thread_counts_its_replies_and_joins_replies_to_replies(workspace):
    channel = workspace.channel_named("general")
    first = workspace.post(channel, "U1", "one")
    second = workspace.post(channel, "U2", "two", thread_ts=first["ts"])
    third = workspace.post(channel, "U1", "three", thread_ts=second["ts"])
    assert third["thread_ts"] == first["ts"] == first["thread_ts"]
    assert (first["reply_count"], first["latest_reply"]) == (2, third["ts"])
    assert first["reply_users"] == ["U2", "U1"]
    workspace.delete(channel, third)
    assert first["reply_count"] == 1
    workspace.delete(channel, second)
    assert "reply_count" not in first


def test_a_tombstone_goes_with_its_last_reply(workspace):
    channel = workspace.channel_named("general")
    first = workspace.post(channel, "U1", "one")
    reply = workspace.post(channel, "U2", "two", thread_ts=first["ts"])
    workspace.delete(channel, first)
    assert (first["subtype"], first["user"]) == ("tombstone", "USLACKBOT")
    workspace.delete(channel, reply)
    assert workspace.messages[channel.id] == []
