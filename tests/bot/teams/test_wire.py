"""What Teams' activities mean: which of them are for Coach, under which key, and what they say."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arrivals import Arrived, Ignored, Keep
from bot.messages import INCOMING, Kind
from bot.teams import wire
from bot.teams.body import tenants_of
from bot.teams.presses import MOST_ANSWER, MOST_VALUE, UNKNOWN_INVOKE
from coach.guard import TOO_LONG, cleaned, unaskable
from coach.mask import without_masks
from tests.growth import MOST_GROWTH, growth
from tests.teams_door import Said, places
from tests.teams_tokens import GONE, changed

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
TENANT = "11111111-0000-4000-8000-000000000001"
PRESS = {"action": "share", "value": "0123456789abcdef0123456789abcdef"}


@pytest.fixture
def said():
    return Said(now=lambda: NOW)


def read(activity):
    return wire.read(activity, TENANT, NOW + timedelta(days=1))


def arrived(activity):
    found = read(activity)
    assert isinstance(found, Arrived), found
    return found


def ignored(activity):
    found = read(activity)
    assert isinstance(found, Ignored), found
    return found.reason


def invoke(said, name, value, place=None, card="1790000000001"):
    """Return an invoke as Teams sends one about a message of Coach's."""
    asked = said.mention() if place is said.channel else said.cara.say("x", place).activity
    return {**asked, "type": "invoke", "name": name, "value": value, "replyToId": card, "text": "x"}


def press(said, data=PRESS, **more):
    return invoke(said, "adaptiveCard/action", {"action": {"type": "Action.Execute", "data": data}}, **more)


def rate(said, reaction="like", feedback="", **more):
    value = {"actionName": "feedback", "actionValue": {"reaction": reaction, "feedback": feedback}}
    return invoke(said, "message/submitAction", value, **more)


# Messages


def test_what_somebody_writes_to_coach_alone_is_always_kept(said):
    activity = said.question()
    found, incoming = arrived(activity), arrived(activity).incoming
    assert found.keep is Keep.ALWAYS
    assert found.key.startswith("teams:message:")
    assert found.key.endswith(f":{activity['id']}")
    assert (incoming.platform, incoming.workspace, incoming.kind) == ("teams", TENANT, Kind.MESSAGE)
    assert incoming.user_id == said.cara.user.aad_object_id
    assert (incoming.channel, incoming.thread_id, incoming.is_direct) == (activity["conversation"]["id"], None, True)
    assert (incoming.message_id, incoming.edited_id, incoming.at) == (activity["id"], "", NOW)
    assert (incoming.text, incoming.time_zone) == ("how do refunds work?", "Europe/London")


def test_a_mention_in_a_channel_stands_in_the_thread_it_begins(said):
    activity = said.mention(others=[said.dan.user])
    incoming = arrived(activity).incoming
    assert arrived(activity).keep is Keep.ALWAYS
    assert (incoming.channel, incoming.thread_id) == (said.channel.id, activity["id"])
    assert (incoming.is_direct, incoming.mentions_coach, incoming.mentions_others) == (False, True, True)
    assert incoming.text == "how do refunds work? @someone"
    assert incoming.has_file is False


def test_an_answer_in_a_thread_names_its_first_message(said):
    root = said.mention()["id"]
    incoming = arrived(said.mention("and then?", thread=root)).incoming
    assert (incoming.thread_id, incoming.channel) == (root, said.channel.id)
    assert incoming.message_id != root


def test_a_group_chat_is_one_thread(said):
    first, second = (arrived(said.cara.mention(text, said.group).activity).incoming for text in ("how?", "why?"))
    assert (first.channel, first.thread_id) == (second.channel, second.thread_id) == (said.group.id, "chat")
    assert not first.is_direct


@pytest.mark.parametrize("place", ["channel", "group"])
def test_what_mentions_nobody_is_kept_where_coach_has_spoken(said, place):
    found = arrived(said.cara.say("lunch?", getattr(said, place)).activity)
    assert (found.keep, found.incoming.mentions_coach) == (Keep.IF_SPOKEN, False)


@pytest.mark.parametrize("place", ["channel", "group"])
def test_a_slash_command_is_for_the_eyes_of_who_typed_it(said, place):
    found = arrived(said.cara.slash("how do refunds work?", getattr(said, place)).activity)
    incoming = found.incoming
    assert (incoming.kind, incoming.command, found.keep) == (Kind.COMMAND, "/coach", Keep.ALWAYS)
    assert (incoming.text, incoming.message_id) == ("how do refunds work?", None)


def test_a_slash_command_begins_no_thread_but_may_stand_in_one(said):
    assert arrived(said.cara.slash("how?", said.channel).activity).incoming.thread_id is None
    root = said.mention()["id"]
    assert arrived(said.cara.slash("how?", said.channel, thread=root).activity).incoming.thread_id == root


@pytest.mark.parametrize("before", ["privately ", "Privately, ", "PRIVATELY:\n"])
def test_a_question_that_begins_so_is_asked_aside(said, before):
    incoming = arrived(said.mention(f"{before}how do refunds work?")).incoming
    assert (incoming.kind, incoming.command, incoming.text) == (Kind.COMMAND, "/coach", "how do refunds work?")
    assert incoming.thread_id is not None


def test_asking_aside_needs_a_mention_and_company(said):
    alone = said.question("privately how?")
    overheard = said.cara.say("privately how?", said.channel).activity
    assert {arrived(each).incoming.kind for each in (alone, overheard)} == {Kind.MESSAGE}
    asked = said.mention("how?")["id"]
    assert ignored(said.cara.edit(asked, "privately how?").activity) == "private_edit"


@pytest.mark.parametrize(
    ("name", "has_file"), [("receipt.pdf", True), ("till.png", True), ("till.jpg", True), ("words", True)]
)
def test_files_and_pictures_are_noticed(said, name, has_file):
    assert arrived(said.cara.attach(name=name).activity).incoming.has_file is has_file


@pytest.mark.parametrize("kind", ["text/html", "application/vnd.microsoft.card.adaptive"])
def test_the_words_once_more_and_cards_are_no_file(said, kind):
    activity = said.question() | {"attachments": [{"contentType": kind, "content": "x"}]}
    assert arrived(activity).incoming.has_file is False


# Edits and deletions


def test_an_edit_is_one_of_its_own_and_sorts_after_those_before(said):
    activity = said.question()
    first = said.cara.edit(activity["id"], "how do returns work?").activity
    later = changed(first, {"timestamp": "2026-11-23T08:30:00.0010000Z"})
    found, after = arrived(first), arrived(later)
    assert (found.incoming.kind, found.incoming.message_id) == (Kind.EDIT, activity["id"])
    assert found.keep is Keep.ALWAYS
    assert "" < found.incoming.edited_id < after.incoming.edited_id
    assert found.key != after.key
    assert found.key == arrived(first).key


@pytest.mark.parametrize(("mentions", "keep"), [(True, Keep.ALWAYS), (False, Keep.IF_ANSWERED)])
def test_an_edit_in_a_channel_matters_if_it_mentions_coach_or_was_answered(said, mentions, keep):
    asked = said.mention() if mentions else said.cara.say("lunch?", said.channel).activity
    assert arrived(said.cara.edit(asked["id"], "how?").activity).keep is keep


@pytest.mark.parametrize(("place", "keep"), [(None, Keep.ALWAYS), ("channel", Keep.IF_KNOWN), ("group", Keep.IF_KNOWN)])
def test_a_deletion_names_the_message_and_none_of_its_words(said, place, keep):
    asked = said.cara.say("how?", place and getattr(said, place)).activity
    found = arrived(said.cara.delete(asked["id"]).activity)
    assert (found.incoming.kind, found.incoming.message_id, found.keep) == (Kind.DELETE, asked["id"], keep)
    assert found.incoming.text == ""


@pytest.mark.parametrize(
    ("kind", "event", "reason"),
    [
        ("messageUpdate", "undeleteMessage", "not_an_edit"),
        ("messageUpdate", None, "not_an_edit"),
        ("messageDelete", "hardDelete", "not_a_deletion"),
        ("messageDelete", ["softDeleteMessage"], "not_a_deletion"),
    ],
)
def test_other_changes_of_messages_are_nothing(said, kind, event, reason):
    assert ignored(changed(said.question(), {"type": kind, "channelData.eventType": event})) == reason


# Coming and going


@pytest.mark.parametrize(
    ("action", "value"),
    [("add", "messages"), ("add-upgrade", "messages"), ("remove", "removed"), ("remove-upgrade", "removed")],
)
def test_being_installed_for_somebody(said, action, value):
    incoming = arrived(said.cara.install()[0].activity | {"action": action}).incoming
    assert (incoming.kind, incoming.value, incoming.is_direct) == (Kind.HOME, value, True)
    assert incoming.user_id == said.cara.user.aad_object_id


def test_the_twin_of_an_installation_is_told_apart(said):
    installation, membership = (arrived(sent.activity) for sent in said.cara.install())
    assert membership.incoming.value == installation.incoming.value == "messages"
    assert membership.key != installation.key


@pytest.mark.parametrize("place", ["channel", "group"])
def test_being_added_to_a_conversation_is_nobody_s_deed(said, place):
    installation, membership = said.cara.install(getattr(said, place))
    assert ignored(installation.activity) == "not_personal"
    assert ignored(membership.activity) == "not_about_coach"


def test_others_coming_and_going_is_nothing(said):
    activity = said.cara.install()[1].activity
    assert ignored(activity | {"membersAdded": [{"id": "29:dan"}]}) == "not_about_coach"
    assert ignored(activity | {"membersAdded": [None, "x", {}]}) == "not_about_coach"
    assert ignored(said.cara.install()[0].activity | {"action": "snooze"}) == "unknown_installation"


# Presses, forms and ratings


@pytest.mark.parametrize("as_submit", [False, True])
@pytest.mark.parametrize("place", [None, "channel", "group"])
def test_a_press_says_what_and_in_which_message(said, as_submit, place):
    activity = press(said, place=place and getattr(said, place))
    if as_submit:
        activity |= {"type": "message", "name": None, "value": PRESS, "text": ""}
    found = arrived(activity)
    incoming = found.incoming
    assert (incoming.kind, incoming.action, incoming.value) == (Kind.CLICK, "share", PRESS["value"])
    assert (incoming.message_id, incoming.fields, found.keep) == ("1790000000001", {}, Keep.ALWAYS)
    assert incoming.is_direct is (place is None)
    assert found.key.startswith("teams:click:")


def test_a_form_brings_its_fields_and_only_those(said):
    data = {"action": "form:ask_form", "value": "abc", "question": "how?", "number": 7, "a b": "x", "n" * 61: "x"}
    incoming = arrived(press(said, data)).incoming
    assert (incoming.kind, incoming.action, incoming.value) == (Kind.SUBMIT, "ask_form", "abc")
    assert incoming.fields == {"question": "how?"}
    assert arrived(press(said, {**data, "action": "ask_form"})).incoming.fields == {}


@pytest.mark.parametrize("data", [None, [], "x", {}, {"action": None}, {"action": 7}, {"action": ""}])
def test_a_press_of_nothing_is_nothing(said, data):
    assert ignored(press(said, data)) == "nothing_pressed"


@pytest.mark.parametrize(("reaction", "action"), [("like", "thumb_like"), ("dislike", "thumb_dislike")])
def test_a_rating_says_which_message_and_what_was_written(said, reaction, action):
    found = arrived(rate(said, reaction, json.dumps({"feedbackText": "too <old> &amp; wrong"})))
    incoming = found.incoming
    assert (incoming.kind, incoming.action, incoming.message_id) == (Kind.CLICK, action, "1790000000001")
    assert incoming.text == "too <old> &amp; wrong"
    assert found.key.startswith("teams:rating:")


@pytest.mark.parametrize(
    ("feedback", "text"),
    [("", ""), ("too old", "too old"), ("[7]", "[7]"), ("7", "7"), ('{"feedbackText": 7}', ""), ("{" * 50_000, "{")],
)
def test_a_comment_in_another_shape_is_taken_as_it_is(said, feedback, text):
    assert arrived(rate(said, feedback=feedback)).incoming.text[:10].rstrip("{") == text.rstrip("{")


@pytest.mark.parametrize("value", [None, {}, {"actionName": "feedback"}, {"actionName": "x", "actionValue": {}}])
def test_other_submissions_are_nothing(said, value):
    assert ignored(invoke(said, "message/submitAction", value)) == "unknown_rating"


OTHER_INVOKES = [
    "task/fetch",
    "task/submit",
    "composeExtension/query",
    "composeExtension/submitAction",
    "composeExtension/fetchTask",
    "composeExtension/queryLink",
    "signin/verifyState",
    "signin/tokenExchange",
    "fileConsent/invoke",
    "config/fetch",
    "handoff/action",
    "application/search",
    "tab/fetch",
    "actionableMessage/executeAction",
    "",
    None,
    7,
    ["adaptiveCard/action"],
]


@pytest.mark.parametrize("name", OTHER_INVOKES, ids=str)
def test_other_invokes_are_nothing(said, name):
    assert ignored(invoke(said, name, {"action": {"data": PRESS}})) == UNKNOWN_INVOKE


@pytest.mark.parametrize("kind", ["typing", "event", "messageReaction", "endOfConversation", "", None, 7, ["message"]])
def test_other_activities_are_nothing(said, kind):
    assert ignored(said.question() | {"type": kind}) == "unknown_activity"


# Who and where


@pytest.mark.parametrize(
    "changes",
    [
        {"from.id": "28:another-bot", "from.aadObjectId": GONE},
        {"from.role": "bot"},
        {"from.id": "28:00000000-0000-4000-8000-0000000000bb"},
    ],
)
def test_what_a_program_says_is_nothing(said, changes):
    assert ignored(changed(said.question(), changes)) == "no_person"


@pytest.mark.parametrize("entra_id", [GONE, "", "not one", 7, "22222222-0000-4000-8000-00000000000"])
def test_somebody_without_an_entra_id_has_the_id_teams_gives_them(said, entra_id):
    found = arrived(changed(said.question(), {"from.aadObjectId": entra_id}))
    assert found.incoming.user_id == said.cara.user.id


@pytest.mark.parametrize(
    ("conversation", "place"),
    [
        ({"id": "a:1"}, ("a:1", None, True)),
        ({"id": "19:g@thread.v2", "isGroup": True}, ("19:g@thread.v2", "chat", False)),
        ({"id": "19:c@thread.tacv2", "conversationType": "channel"}, ("19:c@thread.tacv2", None, False)),
        ({"id": "19:c@thread.tacv2;messageid=", "conversationType": "channel"}, ("19:c@thread.tacv2", None, False)),
    ],
)
def test_what_does_not_say_what_it_is_may_still_be_a_place(said, conversation, place):
    incoming = arrived(said.question() | {"conversation": conversation}).incoming
    assert (incoming.channel, incoming.thread_id, incoming.is_direct) == place


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"conversation.conversationType": "meeting"}, "unknown_place"),
        ({"conversation.id": ";messageid=1"}, "unknown_place"),
        ({"conversation.id": GONE}, "incomplete"),
        ({"conversation.id": "a" * 201}, "incomplete"),
        ({"conversation.id": "a b"}, "incomplete"),
        ({"conversation": "a:1"}, "incomplete"),
        ({"id": GONE}, "incomplete"),
        ({"id": "1" * 91}, "incomplete"),
        ({"from": None}, "incomplete"),
        ({"from.id": "żółw"}, "incomplete"),
    ],
)
def test_without_a_place_a_person_and_an_id_there_is_nothing(said, changes, reason):
    activity = changed(said.question(), {name: value for name, value in changes.items() if "." in name})
    whole = {name: value for name, value in changes.items() if "." not in name}
    assert ignored(changed(activity, whole)) == reason


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-11-23T09:30:00+01:00", NOW),
        ("2026-11-23T08:30:00", NOW),
        ("2026-11-23T08:30:00.1234567Z", NOW + timedelta(microseconds=123456)),
        ("2026-11-23T08:30:00.123456789123456Z", NOW + timedelta(microseconds=123456)),
    ],
)
def test_instants_are_read_as_teams_writes_them(said, written, at):
    assert arrived(changed(said.question(), {"timestamp": written})).incoming.at == at


@pytest.mark.parametrize(
    "written",
    [GONE, "", "soon", 7, None, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-13-01T00:00:00Z"],
)
def test_where_no_instant_can_be_read_it_is_now(said, written):
    activity = changed(said.cara.edit(said.question()["id"], "how?").activity, {"timestamp": written})
    incoming = arrived(activity).incoming
    assert incoming.at == NOW + timedelta(days=1)
    assert incoming.edited_id == "20261124T083000.000000"


def test_a_message_and_its_like_elsewhere_have_keys_of_their_own(said):
    here, there = said.question(), said.mention()
    same_id = changed(there, {"id": here["id"]})
    assert arrived(here).key != arrived(same_id).key
    assert len(arrived(changed(here, {"conversation.id": "a" * 200, "id": "1" * 90})).key) <= 300


@pytest.mark.parametrize(
    ("changes", "tenants"),
    [
        ({}, {TENANT}),
        ({"conversation.tenantId": TENANT.upper()}, {TENANT}),
        ({"conversation.tenantId": "other"}, {TENANT, "other"}),
        ({"conversation.tenantId": GONE, "channelData.tenant.id": 7}, set()),
        ({"channelData.tenant": "x", "conversation.tenantId": ["x"]}, set()),
    ],
)
def test_every_tenant_an_activity_names_counts(said, changes, tenants):
    assert tenants_of(changed(said.question(), changes)) == tenants


# Secrets and length


def test_secrets_are_masked_in_words_forms_and_comments(said):
    card = "card 4111 1111 1111 1111 declined"
    activities = (
        said.question(card),
        said.cara.edit(said.question()["id"], card).activity,
        said.cara.slash(card, said.channel).activity,
        rate(said, feedback=json.dumps({"feedbackText": card})),
        press(said, {"action": "form:ask_form", "question": card}),
    )
    for activity in activities:
        incoming = arrived(activity).incoming
        assert "4111" not in json.dumps(INCOMING.dump_python(incoming, mode="json"))
        assert incoming.masked == ("card number",)


@pytest.mark.parametrize("piece", ["why ", "x\u0301", "4111 1111 1111 1111 ", "pw hunter22 ", "&amp;", "<at>x</at>"])
def test_a_text_of_120_kilobytes_is_cut_and_still_too_long(said, piece):
    text = arrived(said.question("How " + piece * (120_000 // len(piece)) + "?")).incoming.text
    assert unaskable(cleaned(without_masks(text))) is TOO_LONG
    assert len(text) < 7_000


def test_what_a_press_carries_is_cut(said):
    data = {"action": "form:" + "a" * 300, "value": "v" * 10_000, "question": "why " * 50_000}
    incoming = arrived(press(said, data)).incoming
    assert len(incoming.action) <= 255
    assert len(incoming.value) == MOST_VALUE
    assert len(incoming.fields["question"]) < MOST_ANSWER


@pytest.mark.parametrize("piece", ["why ", "4111 ", "<at>x</at>", "&amp;", "pw hunter22 ", "\x00", "{", "[", "\\"])
def test_anything_is_read_in_proportion(said, piece):
    asked, comment, form = said.question(), rate(said), press(said, {"action": "form:f", "question": ""})

    def reading(text):
        read(asked | {"text": text})
        read(changed(comment, {"value.actionValue.feedback": text}))
        read(changed(form, {"value.action.data.question": text}))

    assert growth(reading, piece, 40_000, "a{}b") < MOST_GROWTH


# Anything at all

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
SAID = Said(now=lambda: NOW)
WHOLE = [
    SAID.question(),
    SAID.mention(others=[SAID.dan.user]),
    SAID.cara.slash("how?", SAID.channel).activity,
    SAID.cara.attach().activity,
    SAID.cara.edit(SAID.question()["id"], "why?").activity,
    SAID.cara.delete(SAID.question()["id"]).activity,
    *(sent.activity for sent in SAID.cara.install()),
    press(SAID),
    press(SAID, {"action": "form:ask_form", "question": "how?"}),
    rate(SAID),
]


PLACES = sorted({place for activity in WHOLE for place in places(activity)})


@given(st.sampled_from(WHOLE), st.dictionaries(st.sampled_from(PLACES), JSON | st.just(GONE), max_size=3))
def test_whatever_stands_anywhere_is_read_or_ignored_and_can_be_stored(activity, changes):
    for way, value in changes.items():
        try:
            activity = changed(activity, {way: value})
        except (TypeError, AttributeError):
            # The place is gone with what held it.
            continue
    found = read(activity)
    if isinstance(found, Arrived):
        stored = INCOMING.dump_json(found.incoming)
        assert b"\\u0000" not in stored
        assert len(found.key) <= 300
