"""The people in Teams: what reaches Coach when they write and press, and what they cannot do."""

import json
from datetime import UTC, datetime

import pytest

from tests.teams_cards import CARD_TYPE
from tests.teams_connector import running_connector
from tests.teams_loopback import json_reply, served
from tests.teams_people import NotFilled, NotVisible, TeamsPerson, Tenant, poster
from tests.teams_values import Seen

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
VALUE = "0123456789abcdef0123456789abcdef"
DATA = {"action": "answer", "value": VALUE}
# What a real client sent and ours do not: names of teams and conversations, and what stood in the card it pressed.
LEFT_OUT = {
    "conversation.name",
    "channelData.team.name",
    "channelData.team.aadGroupId",
    "value.action.data.quiz",
    "value.action.data._v",
    "value.action.data.answer",
    "value.action.data.reflection",
}


class Coach:
    """Hears everything and answers with `status` and `body`."""

    def __init__(self):
        self.heard = []
        self.status, self.body = 200, {}

    def post(self, activity):
        self.heard.append(activity)
        return self.status, self.body

    @property
    def last(self):
        return self.heard[-1]


@pytest.fixture
def connector():
    with running_connector(Tenant(), now=lambda: START) as connector:
        yield connector


@pytest.fixture
def coach():
    return Coach()


@pytest.fixture
def ana(connector, coach):
    user = connector.tenant.add("Ana Reyes", time_zone="Europe/Madrid")
    return TeamsPerson(connector, coach.post, user)


@pytest.fixture
def bo(connector, coach):
    return TeamsPerson(connector, coach.post, connector.tenant.add("Bo Lind"))


@pytest.fixture
def training(connector, ana, bo):
    return connector.tenant.channel("Training", ana.user, bo.user)


def shown(title="Quiz", **more):
    """A card with two fields and a button."""
    return {
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": [
            {"type": "TextBlock", "text": title},
            {
                "type": "Input.ChoiceSet",
                "id": "choice",
                "label": "Your answer",
                "isRequired": True,
                "errorMessage": "Choose one.",
                "choices": [{"title": "Cash", "value": "a"}, {"title": "Card", "value": "b"}],
            },
            {"type": "Input.Text", "id": "why", "label": "Why?", "value": "no reason"},
        ],
        "actions": [
            {
                "type": "Action.Execute",
                "title": "Check",
                "verb": "answer",
                "data": DATA,
                "fallback": {"type": "Action.Submit", "title": "Check", "data": DATA},
                **more,
            }
        ],
    }


def post_card(connector, place, root=None, **more):
    """Let a card of Coach's stand somewhere and return its id."""
    activity = {"type": "message", "attachments": [{"contentType": CARD_TYPE, "content": shown(**more)}]}
    activity["channelData"] = {"feedbackLoop": {"type": "default"}}
    new_id = connector.new_id()
    connector.put(Seen(new_id, place.id, root, connector.tenant.bot_id, activity))
    return new_id


def test_a_message_to_coach(ana, coach):
    sent = ana.say("How do refunds work?")
    assert (sent.status, sent.body, sent.id) == (200, {}, coach.last["id"])
    assert coach.last["text"] == "How do refunds work?"
    assert coach.last["timestamp"] == "2026-11-23T08:30:00.000Z"
    assert coach.last["localTimestamp"] == "2026-11-23T09:30:00.000+01:00"
    assert coach.last["localTimezone"] == "Europe/Madrid"
    assert coach.last["from"]["aadObjectId"] == ana.user.aad_object_id
    assert [(seen.text, seen.by) for seen in ana.messages()] == [("How do refunds work?", ana.user.id)]


def test_in_company_coach_hears_what_mentions_it(ana, bo, coach, training):
    assert ana.say("Morning", training).status is None
    assert coach.heard == []
    asked = ana.mention("how do refunds work?", "Training", others=[bo.user])
    assert coach.last["text"] == "<at>Coach</at> how do refunds work? <at>Bo Lind</at>"
    assert coach.last["conversation"]["id"] == f"{training.id};messageid={asked.id}"
    mentioned = [entity["mentioned"]["name"] for entity in coach.last["entities"] if entity["type"] == "mention"]
    assert mentioned == ["Coach", "Bo Lind"]
    bo.mention("and gift cards?", training, thread=asked.id)
    assert coach.last["conversation"]["id"].endswith(asked.id)
    training.hears_all = True
    assert bo.say("Thanks", training, thread=asked.id).status == 200
    assert len(coach.heard) == 3


def test_a_slash_command_is_for_coach_alone(ana, bo, coach, training):
    ana.slash("progress", training)
    assert coach.last["recipient"]["isTargeted"]
    assert len(ana.messages(training)) == 1
    assert bo.messages(training) == []


def test_edits_and_deletions_follow_the_message(ana, coach, training):
    asked = ana.mention("how?", training)
    ana.edit(asked.id, "how do refunds work?")
    assert (coach.last["type"], coach.last["id"]) == ("messageUpdate", asked.id)
    assert coach.last["channelData"]["eventType"] == "editMessage"
    assert coach.last["text"] == "<at>Coach</at> how do refunds work?"
    assert [seen.is_edited for seen in ana.messages(training)] == [True]
    ana.delete(asked.id)
    assert (coach.last["type"], coach.last["id"]) == ("messageDelete", asked.id)
    assert coach.last["channelData"]["eventType"] == "softDeleteMessage"
    assert coach.last["conversation"]["id"].endswith(asked.id)
    assert ana.messages(training) == []
    unheard = ana.say("Morning", training)
    assert ana.edit(unheard.id, "Good morning").status is None
    assert ana.delete(unheard.id).status is None


def test_nobody_changes_what_is_not_theirs(ana, bo, training):
    asked = ana.mention("how?", training)
    with pytest.raises(NotVisible):
        bo.edit(asked.id, "x")
    with pytest.raises(NotVisible):
        bo.delete(asked.id)
    with pytest.raises(NotVisible):
        bo.say("x", ana.tenant.personal(ana.user))
    with pytest.raises(NotVisible):
        bo.say("x", training, thread="1")


def test_a_press_says_what_was_filled_in(ana, coach, connector, training):
    message = post_card(connector, training, root="1790000000000")
    ana.press("Check", inputs={"Your answer": "Card"})
    assert (coach.last["name"], coach.last["replyToId"]) == ("adaptiveCard/action", message)
    assert coach.last["value"]["action"] == {
        "type": "Action.Execute",
        "title": "Check",
        "verb": "answer",
        "data": {**DATA, "choice": "b", "why": "no reason"},
    }
    assert coach.last["conversation"]["id"] == f"{training.id};messageid=1790000000000"
    ana.press("Check", message, inputs={"choice": "a", "why": "it is"}, as_submit=True)
    assert (coach.last["type"], coach.last["replyToId"]) == ("message", message)
    assert coach.last["value"] == {**DATA, "choice": "a", "why": "it is"}
    assert "text" not in coach.last


def test_only_what_stands_can_be_pressed_and_only_when_filled(ana, bo, connector, coach):
    own = ana.tenant.personal(ana.user)
    post_card(connector, own)
    for given in ({}, {"choice": ""}, {"choice": None}):
        with pytest.raises(NotFilled):
            ana.press("Check", inputs=given)
    for given in ({"Colour": "red", "choice": "a"}, {"choice": "Cheque"}):
        with pytest.raises(NotVisible):
            ana.press("Check", inputs=given)
    with pytest.raises(NotVisible):
        bo.press("Check", inputs={"choice": "a"})
    with pytest.raises(NotVisible):
        ana.press("Help")
    (seen,) = ana.messages()
    connector.take_back(seen)
    with pytest.raises(NotVisible):
        ana.press("Check", inputs={"choice": "a"})
    assert coach.heard == []
    ana.press_late(seen, "Check", {"choice": "a"})
    assert coach.last["replyToId"] == seen.id


def test_an_action_that_takes_no_fields_needs_none(ana, coach, connector):
    post_card(connector, ana.tenant.personal(ana.user), associatedInputs="none")
    ana.press("Check")
    assert coach.last["value"]["action"]["data"] == DATA


def test_the_card_in_an_answer_is_for_who_pressed(ana, bo, coach, connector, training):
    message = post_card(connector, training)
    coach.body = {"statusCode": 200, "type": CARD_TYPE, "value": shown("Right", associatedInputs="none")}
    ana.press("Check", inputs={"choice": "a"})
    assert ana.messages(training)[0].words.startswith("Right")
    assert bo.messages(training)[0].words.startswith("Quiz")
    ana.press("Check", message)
    assert connector.rejections == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        None,
        {},
        {"statusCode": 200, "type": "other", "value": 1},
        {"statusCode": 200, "type": CARD_TYPE, "value": {}},
    ],
)
def test_an_answer_that_teams_could_not_read_is_noted(ana, coach, connector, body):
    post_card(connector, ana.tenant.personal(ana.user))
    coach.body = body
    ana.press("Check", inputs={"choice": "a"}, as_submit=True)
    assert connector.rejections == []
    ana.press("Check", inputs={"choice": "a"})
    assert [rejection.name for rejection in connector.rejections] == ["adaptiveCard/action"]


def test_rating(ana, coach, connector):
    message = post_card(connector, ana.tenant.personal(ana.user))
    ana.rate("dislike", message, "too long")
    assert (coach.last["name"], coach.last["replyToId"]) == ("message/submitAction", message)
    assert coach.last["value"]["actionValue"]["reaction"] == "dislike"
    assert json.loads(coach.last["value"]["actionValue"]["feedback"]) == {"feedbackText": "too long"}
    coach.body = ""
    ana.rate("like", message)
    assert [rejection.name for rejection in connector.rejections] == ["message/submitAction"]
    with pytest.raises(NotVisible):
        ana.rate("like", ana.say("Hello").id)


def test_installing_and_removing(ana, coach, training):
    ana.uninstall()
    assert (coach.last["type"], coach.last["action"]) == ("installationUpdate", "remove")
    assert ana.tenant.refusal(ana.tenant.personal(ana.user)) == "MessageWritesBlocked"
    with pytest.raises(NotVisible):
        ana.say("Hello")
    ana.install()
    assert [activity["type"] for activity in coach.heard[-2:]] == ["installationUpdate", "conversationUpdate"]
    assert coach.last["membersAdded"][-1] == {"id": ana.tenant.bot_id}
    assert ana.say("Hello").status == 200
    ana.uninstall(training)
    assert ana.mention("Hello?", training).status is None
    ana.install(training)
    assert coach.last["channelData"]["eventType"] == "teamMemberAdded"
    assert ana.mention("Hello?", training).status == 200


def test_files_and_pictures(ana, coach):
    ana.attach()
    assert coach.last["attachments"][0]["name"] == "receipt.pdf"
    assert "text" not in coach.last
    ana.attach(name="till.png", text="is this right?")
    assert coach.last["attachments"][0]["contentType"] == "image/png"
    assert coach.last["text"] == "is this right?"


def test_the_same_twice(ana, coach):
    first = ana.say("Hello")
    ana.say("Hello?")
    ana.again(first)
    ana.again()
    assert coach.heard[0] == coach.heard[2] == coach.heard[3]
    assert len(ana.messages()) == 2


def test_posting_over_http():
    asked = []

    def answer(request):
        asked.append((request.method, request.parts, request.headers.get("Authorization"), json.loads(request.body)))
        return json_reply(200, {"ok": 1})

    with served(answer) as origin:
        post = poster(f"{origin}/api/messages", lambda activity: {"Authorization": f"Bearer {activity['id']}"})
        assert post({"id": "1"}) == (200, {"ok": 1})
    assert asked == [("POST", ["api", "messages"], "Bearer 1", {"id": "1"})]


@pytest.mark.parametrize("kind", ["personal", "groupChat", "channel"])
def test_everything_a_real_client_sent_is_in_what_is_sent_here(shared, ana, coach, connector, training, kind):
    place = {
        "personal": ana.tenant.personal(ana.user),
        "groupChat": ana.tenant.group("Leads", ana.user),
        "channel": training,
    }[kind]
    if kind == "personal":
        ana.say("card")
    else:
        ana.mention("card", place)
    message = post_card(connector, place)
    ana.press("Check", message, inputs={"choice": "a"})
    ana.rate("like", message)
    ana.install(place)
    ours = {(activity["type"], activity.get("name")): places(activity) for activity in coach.heard}
    recorded = sorted((shared / "wire/teams/playground").glob(f"*_{kind}*.json"))
    compared = 0
    for path in recorded:
        theirs = json.loads(path.read_text())
        if theirs["type"] == "conversationUpdate" and "membersAdded" not in theirs:
            continue
        assert places(theirs) - ours[theirs["type"], theirs.get("name")] - LEFT_OUT == set(), path.name
        compared += 1
    assert compared >= 3


def places(node, where=""):
    """Return where an activity holds something."""
    if isinstance(node, dict):
        return {place for name, part in node.items() for place in places(part, f"{where}.{name}".lstrip("."))}
    if isinstance(node, list):
        return {place for part in node for place in places(part, where)}
    return {where}
