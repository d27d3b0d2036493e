from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arrivals import Keep
from bot.grammar import read_wish
from bot.messages import Kind
from bot.slack import wire
from bot.slack.body import Coach
from bot.slack.wording import MAX_CHARACTERS, read_wording
from coach.guard import TOO_LONG, cleaned, unaskable
from coach.mask import without_masks
from tests.growth import MOST_GROWTH, growth

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
COACH = Coach("T1", "UCOACH")
TS = "1790000000.000200"
AT = datetime(2026, 9, 21, 14, 13, 20, 200, tzinfo=UTC)


def event(**inner):
    return {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": "Ev1",
        "event": {"event_ts": TS, "ts": TS, "channel": "C1", "channel_type": "channel", "user": "U1", **inner},
    }


def message(text="hello", **inner):
    return event(type="message", text=text, **inner)


def changed(before, after, **inner):
    new = {"type": "message", "user": "U1", "ts": TS, "text": after, "edited": {"ts": "1790000009.000000"}, **inner}
    old = {"type": "message", "user": "U1", "ts": TS, "text": before}
    return event(type="message", subtype="message_changed", hidden=True, message=new, previous_message=old)


def deleted(text="hello", **inner):
    old = {"type": "message", "user": "U1", "ts": TS, "text": text, **inner}
    return event(type="message", subtype="message_deleted", hidden=True, deleted_ts=TS, previous_message=old)


def arrived(body):
    read = wire.read(body, COACH, NOW)
    assert not isinstance(read, wire.Ignored), read
    return read


def ignored(body):
    read = wire.read(body, COACH, NOW)
    assert isinstance(read, wire.Ignored), read
    return read.reason


# Messages


def test_a_direct_message_is_always_kept():
    found = arrived(message("how do refunds work", channel="D1", channel_type="im"))
    incoming = found.incoming
    assert found.keep is Keep.ALWAYS
    assert found.key == "slack:event:Ev1"
    assert (incoming.kind, incoming.workspace, incoming.user_id, incoming.channel) == (Kind.MESSAGE, "T1", "U1", "D1")
    assert incoming.is_direct
    assert (incoming.message_id, incoming.thread_id, incoming.edited_id, incoming.at) == (TS, None, "", AT)
    assert incoming.text == "how do refunds work"


@pytest.mark.parametrize("kind", ["app_mention", "message"])
def test_both_twins_of_a_mention_are_kept_with_the_same_words(kind):
    found = arrived(event(type=kind, text="<@UCOACH> how do refunds work?"))
    assert found.keep is Keep.ALWAYS
    assert found.incoming.text == "how do refunds work?"
    assert found.incoming.mentions_coach
    assert not found.incoming.mentions_others
    assert found.incoming.message_id == TS


def test_a_channel_message_for_others_is_nothing():
    assert ignored(message("lunch at noon?")) == "not_for_coach"


def test_a_thread_reply_is_kept_if_coach_has_spoken_there():
    found = arrived(message("and over $500?", thread_ts="1789999999.000100"))
    assert found.keep is Keep.IF_SPOKEN
    assert found.incoming.thread_id == "1789999999.000100"


def test_a_group_conversation_is_not_direct():
    assert ignored(message(channel="G1", channel_type="mpim")) == "not_for_coach"


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ({"user": "UCOACH"}, "own"),
        ({"user": "USLACK"}, "no_person"),
        ({"user": "USLACKBOT"}, "no_person"),
        ({"bot_id": "B1"}, "no_person"),
        ({"subtype": "bot_message"}, "not_words"),
        ({"subtype": "channel_join"}, "not_words"),
        ({"hidden": True}, "not_words"),
        ({"user": None}, "no_user"),
        ({"ts": None}, "incomplete"),
        ({"channel": 7}, "incomplete"),
    ],
)
def test_what_no_person_said_to_coach_is_nothing(inner, reason):
    assert ignored(message(**{"channel": "D1", "channel_type": "im", **inner})) == reason


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_words_with_a_file_or_sent_to_the_channel_are_words(subtype):
    found = arrived(message("<@UCOACH> look", subtype=subtype, files=[{"id": "F1"}]))
    assert (found.incoming.text, found.incoming.has_file) == ("look", True)


# Edits and deletions


def test_an_edit_names_the_message_and_the_edit():
    found = arrived(changed("<@UCOACH> refunds", "<@UCOACH> refunds over $500"))
    assert (found.incoming.kind, found.keep) == (Kind.EDIT, Keep.ALWAYS)
    assert (found.incoming.message_id, found.incoming.edited_id) == (TS, "1790000009.000000")
    assert found.incoming.text == "refunds over $500"


def test_an_edit_that_takes_the_mention_out_still_concerns_coach():
    found = arrived(changed("<@UCOACH> refunds", "never mind"))
    assert found.keep is Keep.ALWAYS
    assert not found.incoming.mentions_coach


@pytest.mark.parametrize("inner", [{}, {"thread_ts": TS}])
def test_an_edit_without_a_mention_is_kept_if_the_message_was_answered(inner):
    assert arrived(changed("refunds", "refunds over $500", **inner)).keep is Keep.IF_ANSWERED


def test_an_unfurled_link_is_no_edit():
    assert (
        ignored(changed("<@UCOACH> see <https://a.example>", "<@UCOACH> see <https://a.example>")) == "text_unchanged"
    )


def test_an_edit_of_a_bot_or_of_coach_is_nothing():
    assert ignored(changed("a", "b", bot_id="B1")) == "no_person"
    assert ignored(changed("a", "b", user="UCOACH")) == "own"


def test_the_mention_that_an_edit_put_in_is_the_same_edit():
    twin = arrived(event(type="app_mention", text="<@UCOACH> refunds", edited={"ts": "1790000009.000000"}))
    assert (twin.incoming.kind, twin.incoming.edited_id) == (Kind.EDIT, "1790000009.000000")


@pytest.mark.parametrize(
    ("text", "inner", "keep"),
    [("<@UCOACH> refunds", {}, Keep.ALWAYS), ("refunds", {"thread_ts": TS}, Keep.IF_KNOWN)],
)
def test_a_deletion_names_the_message(text, inner, keep):
    found = arrived(deleted(text, **inner))
    assert (found.incoming.kind, found.incoming.message_id, found.keep) == (Kind.DELETE, TS, keep)
    assert found.incoming.text == ""


def test_a_tombstone_is_a_deletion():
    body = changed("<@UCOACH> refunds", "This message was deleted.", subtype="tombstone", user="USLACKBOT")
    assert arrived(body).incoming.kind is Kind.DELETE


def test_deleting_what_coach_said_is_nothing():
    assert ignored(deleted(user="UCOACH")) == "own"


# Other events


@pytest.mark.parametrize("tab", ["home", "messages"])
def test_opening_the_home(tab):
    incoming = arrived(event(type="app_home_opened", tab=tab, channel="D1")).incoming
    assert (incoming.kind, incoming.value, incoming.user_id, incoming.channel) == (Kind.HOME, tab, "U1", "D1")


@pytest.mark.parametrize(
    ("inner", "value"),
    [
        ({"type": "app_uninstalled"}, "uninstalled"),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": ["UCOACH"]}}, "token_revoked"),
    ],
)
def test_removal(inner, value):
    incoming = arrived(event(**inner)).incoming
    assert (incoming.kind, incoming.value) == (Kind.REMOVED, value)


def test_a_person_s_own_token_does_not_matter():
    assert ignored(event(type="tokens_revoked", tokens={"oauth": ["U1"]})) == "not_our_token"


@pytest.mark.parametrize("body", [event(type="reaction_added"), event(type=["message"]), event()])
def test_unknown_events_are_nothing(body):
    assert ignored(body) == "unknown_event"


def test_unknown_bodies_are_nothing():
    assert ignored({"type": "dialog_submission"}) == "unknown_body"
    assert ignored({}) == "unknown_body"
    assert ignored({"type": "app_rate_limited"}) == wire.RATE_LIMITED


def test_events_without_an_id_are_told_apart():
    first, second = message("<@UCOACH> a"), message("<@UCOACH> a", event_ts="1790000001.000000")
    del first["event_id"], second["event_id"]
    assert arrived(first).key == arrived(first).key
    assert arrived(first).key != arrived(second).key


# Presses, commands and forms


def command(**fields):
    return {
        "command": "/coach",
        "text": "ask <@U2|leila> about <#C2|till> &amp; refunds",
        "team_id": "T1",
        "user_id": "U1",
        "channel_id": "C1",
        "trigger_id": "1.2.abc",
        "response_url": "https://hooks.slack.com/commands/1",
        **fields,
    }


def click(**action):
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": TS, "channel_id": "C1", "thread_ts": "1789999999.000100"},
        "actions": [{"action_id": "helpful", "value": "abc", "type": "button", "action_ts": TS, **action}],
        "trigger_id": "1.2.abc",
        "response_url": "https://hooks.slack.com/actions/1",
    }


def submission(**view):
    values = {
        "words": {"words": {"type": "plain_text_input", "value": "too <old>"}},
        "kind": {"kind": {"type": "static_select", "selected_option": {"value": "outdated"}}},
        "empty": {"empty": {"type": "plain_text_input", "value": None}},
    }
    shown = {"id": "V1", "hash": "1.h", "callback_id": "feedback", "private_metadata": "abc"}
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "view": {**shown, "state": {"values": values}, **view},
    }


def test_a_command():
    found = arrived(command())
    incoming = found.incoming
    assert found.key == "slack:command:1.2.abc"
    assert (incoming.kind, incoming.command, incoming.at) == (Kind.COMMAND, "/coach", NOW)
    assert incoming.text == "ask @someone about #till & refunds"
    assert incoming.response_url == "https://hooks.slack.com/commands/1"
    assert not incoming.is_direct


def test_a_click():
    found = arrived(click())
    incoming = found.incoming
    assert found.key == "slack:click:1.2.abc"
    assert (incoming.kind, incoming.action, incoming.value, incoming.at) == (Kind.CLICK, "helpful", "abc", AT)
    assert (incoming.channel, incoming.message_id, incoming.thread_id) == ("C1", TS, "1789999999.000100")
    assert not incoming.is_only_for_user


def test_a_click_on_what_only_one_sees():
    body = click()
    body["container"]["is_ephemeral"] = True
    assert arrived(body).incoming.is_only_for_user


def test_the_second_button_of_an_action():
    assert arrived(click(action_id="read_section:2")).incoming.action == "read_section"


def test_a_choice_from_a_menu():
    chosen = {"action_id": "menu0", "value": None, "selected_option": {"value": "wrong_source|abc|d"}}
    incoming = arrived(click(**chosen)).incoming
    assert (incoming.action, incoming.value) == ("wrong_source", "abc|d")


def test_a_click_in_a_form_has_no_message():
    body = click()
    del body["channel"], body["container"]
    incoming = arrived(body).incoming
    assert (incoming.channel, incoming.message_id, incoming.is_direct) == (None, None, False)


def test_a_submission():
    found = arrived(submission())
    incoming = found.incoming
    assert found.key == "slack:submit:V1:1.h"
    assert (incoming.kind, incoming.action, incoming.value) == (Kind.SUBMIT, "feedback", "abc")
    assert incoming.fields == {"words": "too <old>", "kind": "outdated", "empty": ""}


def test_a_shortcut_takes_no_words_of_the_message():
    body = {
        "type": "message_action",
        "callback_id": "save",
        "trigger_id": "1.2.abc",
        "user": {"id": "U1"},
        "channel": {"id": "C1"},
        "message": {"ts": TS, "text": "somebody else's words"},
    }
    incoming = arrived(body).incoming
    assert (incoming.kind, incoming.action, incoming.message_id, incoming.text) == (Kind.CLICK, "save", TS, "")


def test_secrets_are_masked_in_words_and_forms():
    typed = arrived(message("<@UCOACH> card 4111 1111 1111 1111 declined")).incoming
    assert "4111" not in typed.text
    assert typed.masked == ("card number",)
    body = submission(state={"values": {"words": {"w": {"value": "my password is hunter22!"}}}})
    filled = arrived(body).incoming
    assert "hunter22" not in filled.fields["words"]
    assert filled.masked == ("password",)


HOSTILE = [
    "why ",
    "\u200b",
    "x\u0301",
    "4111 1111 1111 1111 ",
    "pw hunter22 ",
    "pw " + "a1" * 60 + " ",
    "<@U2> ",
    "&amp;",
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("make", [lambda text: message(text, channel_type="im"), lambda text: command(text=text)])
def test_a_text_that_is_cut_is_still_too_long(make, piece):
    text = arrived(make("How " + piece * (20_000 // len(piece)) + "do refunds work?")).incoming.text
    asked = cleaned(without_masks(text))
    is_invisible = piece == "\u200b"
    assert (unaskable(asked) is TOO_LONG) is not is_invisible
    assert len(text) < 7_000


def test_a_form_is_cut_too():
    body = submission(state={"values": {"words": {"w": {"value": "why " * 5_000}}}})
    assert 2_000 < len(arrived(body).incoming.fields["words"]) < 7_000


def test_a_mention_after_many_words_counts():
    text = "<https://a.example/" + "a" * 6_000 + "|the SOP> says what, <@UCOACH>?"
    incoming = arrived(message(text)).incoming
    assert (incoming.mentions_coach, incoming.text) == (True, "the SOP says what,?")


RUNS = [
    " ",
    "\t",
    "<",
    "<a",
    "<a>",
    "<@UCOACH>",
    "<@UCOACH> ",
    " <@UCOACH>,",
    "&",
    "&amp;",
    ".",
    "\n",
    ":a",
    "\x00",
    "ok ",
]


@pytest.mark.parametrize("piece", RUNS)
def test_a_hostile_text_is_put_into_words_in_proportion(piece):
    assert growth(lambda text: read_wording(text, "UCOACH"), piece, MAX_CHARACTERS - 10, "a{}b") < MOST_GROWTH


@pytest.mark.parametrize("piece", RUNS)
@pytest.mark.parametrize("around", ["{}b", "a{}b", "thanks{}b"])
def test_a_wish_is_read_in_proportion(piece, around):
    assert growth(read_wish, piece, 20_000, around) < MOST_GROWTH


# Whose body it is


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"team_id": "T1"}, {"T1"}),
        ({"team": {"id": "T1"}}, {"T1"}),
        ({"team_id": "T2", "authorizations": [{"team_id": "T1"}]}, {"T1"}),
        ({"team_id": "T1", "authorizations": [{"team_id": "T2"}]}, {"T2"}),
        ({"team_id": "T1", "authorizations": [{"user_id": "U1"}]}, {"T1"}),
        ({"team": {"id": "T2"}, "view": {"app_installed_team_id": "T1"}}, {"T1"}),
        ({"team": None, "team_id": 7}, set()),
        ({"team": "T1", "authorizations": "T1"}, set()),
    ],
)
def test_workspaces(body, expected):
    assert wire.workspaces(body) == expected


# Words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<@UCOACH> hello", "hello"),
        ("<@UCOACH|coach>: hello", "hello"),
        ("hey <@UCOACH> how", "hey how"),
        ("how, <@UCOACH>, do I", "how, do I"),
        ("refunds <@UCOACH>?", "refunds?"),
        ("<@U2> and <@U3|leila>", "@someone and @someone"),
        ("<!here> <!channel> <!subteam^S1|@tills>", "@here @channel @someone"),
        ("<#C1|till> <#C2>", "#till #channel"),
        ("<https://a.example/?a=1&amp;b=2>", "https://a.example/?a=1&b=2"),
        ("<https://a.example|the SOP>", "the SOP"),
        ("<mailto:a@b.example|a@b.example> <mailto:c@d.example>", "a@b.example c@d.example"),
        ("<!date^1392734382^{date}|18 Feb 2014>", "18 Feb 2014"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;@U2&amp;gt;", "&lt;@U2&gt;"),
        ("&lt;@UCOACH&gt;", "<@UCOACH>"),
        ("nul \x00 and half \ud800 a pair", "nul  and half  a pair"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_words_are_plain(text, plain):
    assert read_wording(text, "UCOACH").text == plain


@pytest.mark.parametrize("text", ["<@U2> hello", "<!here>", "<!subteam^S1>", "<@UCOACH> ask <@U2>"])
def test_mentions_of_others(text):
    assert read_wording(text, "UCOACH").mentions_others


def test_whom_the_words_mention_is_known_in_turn():
    found = read_wording("<@UCOACH> assign <@U2|dan> and <!subteam^S1> and <@U3>", "UCOACH")
    assert (found.text, found.mentioned) == ("assign @someone and @someone and @someone", ("U2", "", "U3"))


# Whatever comes

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["<@UCOACH>", TS, "D1"])
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner)
)
BODIES = [
    message("<@UCOACH> a", files=[1], edited={"ts": TS}),
    changed("a", "<@UCOACH> b"),
    deleted(),
    event(type="tokens_revoked", tokens={"bot": ["U1"]}),
    event(type="app_home_opened"),
    command(),
    click(),
    submission(),
]


def _places(body, path=()):
    for name, value in body.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from _places(value, (*path, name))


def _with(body, path, value):
    return {**body, path[0]: value if len(path) == 1 else _with(body[path[0]], path[1:], value)}


@given(st.data())
def test_reading_never_fails(data):
    body = data.draw(st.sampled_from(BODIES))
    broken = _with(body, data.draw(st.sampled_from(list(_places(body)))), data.draw(ANYTHING))
    wire.workspaces(broken)
    assert isinstance(wire.read(broken, COACH, NOW), wire.Arrived | wire.Ignored)
