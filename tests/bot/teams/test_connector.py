"""The service a Teams bot calls, as a bot sees it: what it takes, what it refuses, and in which words."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.teams_cards import CARD_TYPE
from tests.teams_connector import Fault, running_connector
from tests.teams_people import TeamsPerson, Tenant
from tests.teams_values import Rates

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
TOKEN = "a-token-of-the-service"
WAIT_SECONDS = 5


def message(text="Hello"):
    return {"type": "message", "text": text, "textFormat": "plain"}


class Bot:
    """Calls the service as a bot does, on a clock moved by hand."""

    def __init__(self):
        self.at = START
        self.tenant = Tenant()
        self.connector = None
        self.token = TOKEN

    def call(self, method, path, body=None, headers=None, seconds=WAIT_SECONDS, **query):
        given = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"} | (headers or {})
        data = json.dumps(body) if isinstance(body, dict) else body
        address = f"{self.connector.service_url}v3/conversations{path}"
        return requests.request(method, address, data=data, headers=given, params=query, timeout=seconds)

    def send(self, place, body=None, of=None, thread=None):
        at = requests.utils.quote(f"{place.id};messageid={thread}" if thread else place.id, safe="")
        return self.call("POST", f"/{at}/activities" + (f"/{of}" if of else ""), body or message())

    def create(self, user, **changes):
        body = {
            "bot": {"id": self.tenant.bot_id},
            "members": [{"id": user.id}],
            "isGroup": False,
            "tenantId": self.tenant.id,
            "channelData": {"tenant": {"id": self.tenant.id}},
        }
        return self.call("POST", "", body | changes)

    def errors(self):
        return [rejection.error for rejection in self.connector.rejections]


@pytest.fixture
def bot():
    bot = Bot()
    with running_connector(bot.tenant, TOKEN, lambda: bot.at) as bot.connector:
        yield bot


@pytest.fixture
def ana(bot):
    return bot.tenant.add("Ana Reyes", time_zone="Europe/Madrid")


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_a_conversation_with_a_person_is_made_once(bot, ana):
    first = bot.create(ana)
    assert first.status_code == 201
    assert bot.create(ana).json() == first.json() == {"id": bot.tenant.personal(ana).id}
    assert bot.create(ana, members=[{"id": ana.aad_object_id}]).json() == first.json()
    with_words = bot.create(ana, activity=message("Hello Ana")).json()
    assert [(seen.id, seen.text) for seen in bot.connector.messages(with_words["id"])] == [
        (with_words["activityId"], "Hello Ana")
    ]
    assert bot.connector.rejections == []


@pytest.mark.parametrize(
    "changes",
    [
        {"isGroup": True},
        {"members": []},
        {"members": [{"id": "28:00000000-0000-4000-8000-0000000000bb"}]},
        {"bot": {"id": "28:another"}},
        {"tenantId": "another"},
        {"channelData": {"tenant": {"id": "another"}}},
        {"channelData": {}},
    ],
)
def test_no_other_conversation_can_be_made(bot, ana, changes):
    assert bot.create(ana, **changes).status_code == 400
    assert len(bot.errors()) == 1


def test_who_cannot_be_written_to(bot, ana):
    stranger = bot.tenant.add("Kim Poe", is_installed=False)
    assert code(bot.create(stranger)) == (403, "BotNotInConversationRoster")
    training = bot.tenant.channel("Training", stranger)
    assert bot.create(stranger).status_code == 201
    training.has_coach = False
    assert code(bot.create(stranger)) == (403, "BotNotInConversationRoster")
    assert code(bot.send(training)) == (403, "BotNotInConversationRoster")
    room = bot.tenant.personal(ana)
    sent = bot.send(room).json()["id"]
    bot.tenant.blocked.add(ana.id)
    assert code(bot.send(room)) == code(bot.create(ana)) == (403, "MessageWritesBlocked")
    assert code(bot.call("PUT", f"/{room.id}/activities/{sent}", message("x"))) == (403, "MessageWritesBlocked")
    assert code(bot.call("POST", "/a:unknown/activities", message())) == (404, "ConversationNotFound")
    assert bot.connector.rejections == []


def test_messages_stand_in_threads_of_a_channel(bot, ana):
    training = bot.tenant.channel("Training", ana)
    first = bot.send(training, message("first")).json()["id"]
    second = bot.send(training, message("second")).json()["id"]
    bot.send(training, message("in the first"), thread=first)
    reply = bot.send(training, message("again in the first"), of=first).json()["id"]
    bot.send(training, message("and again"), of=reply)
    in_first = bot.connector.messages(f"{training.id};messageid={first}")
    assert [seen.text for seen in in_first] == ["first", "in the first", "again in the first", "and again"]
    assert [seen.text for seen in bot.connector.messages(f"{training.id};messageid={second}")] == ["second"]
    assert len(bot.connector.messages(training.id)) == 5
    assert bot.connector.standing()[training.id, "and again"] == 1


def test_a_reply_outside_a_channel_is_a_message(bot, ana):
    room = bot.tenant.group("Leads", ana)
    said = bot.send(room).json()["id"]
    bot.send(room, message("Thanks"), of=said)
    assert [(seen.text, seen.root) for seen in bot.connector.messages(room.id)] == [("Hello", None), ("Thanks", None)]


def test_a_message_is_replaced_where_it_stands_and_taken_back_once(bot, ana):
    room = bot.tenant.personal(ana)
    first, second = (bot.send(room, message(text)).json()["id"] for text in ("one", "two"))
    assert bot.call("PUT", f"/{room.id}/activities/{first}", message("three")).json() == {"id": first}
    assert [(seen.text, seen.is_edited) for seen in bot.connector.messages(room.id)] == [
        ("three", True),
        ("two", False),
    ]
    assert bot.call("DELETE", f"/{room.id}/activities/{first}").status_code == 200
    assert [seen.id for seen in bot.connector.messages(room.id)] == [second]
    for method in ("PUT", "DELETE"):
        gone = bot.call(method, f"/{room.id}/activities/{first}", message())
        assert code(gone) == (404, "ActivityNotFoundInConversation")


def test_what_others_wrote_stays(bot, ana):
    said = TeamsPerson(bot.connector, lambda _: (200, ""), ana).say("mine").id
    room = bot.tenant.personal(ana)
    for method in ("PUT", "DELETE"):
        refused = bot.call(method, f"/{room.id}/activities/{said}", message())
        assert code(refused) == (404, "ActivityNotFoundInConversation")
    assert [seen.text for seen in bot.connector.messages(room.id)] == ["mine"]


def test_typing_leaves_no_message(bot, ana):
    room = bot.tenant.personal(ana)
    assert bot.send(room, {"type": "typing"}).status_code == 201
    assert bot.connector.typing == [(room.id, START)]
    assert bot.connector.messages(room.id) == []


def test_members(bot, ana):
    guest = bot.tenant.add("Gil Ort", role="guest", tenant_id="another")
    training = bot.tenant.channel("Training", ana, guest)
    everybody = bot.call("GET", f"/{training.id}/members").json()
    assert [(one["givenName"], one["surname"], one["userRole"]) for one in everybody] == [
        ("Ana", "Reyes", "user"),
        ("Gil", "Ort", "guest"),
    ]
    for id_ in (ana.id, ana.aad_object_id):
        assert bot.call("GET", f"/{training.id}/members/{id_}").json() == everybody[0]
    assert everybody[0]["email"] == everybody[0]["userPrincipalName"] == "ana.reyes@example.test"
    assert everybody[1]["tenantId"] == "another"
    missing = bot.call("GET", f"/{bot.tenant.personal(ana).id}/members/{guest.id}")
    assert code(missing) == (404, "MemberNotFoundInConversation")


def test_members_come_in_pages(bot):
    users = [bot.tenant.add(f"Person {number}") for number in range(5)]
    training = bot.tenant.channel("Training", *users)
    found, query = [], {"pageSize": 2}
    while True:
        page = bot.call("GET", f"/{training.id}/pagedmembers", **query).json()
        found += [member["id"] for member in page["members"]]
        if "continuationToken" not in page:
            break
        query["continuationToken"] = page["continuationToken"]
    assert found == [user.id for user in users]
    assert len(bot.connector.calls("pagedmembers")) == 3
    assert bot.call("GET", f"/{training.id}/pagedmembers", continuationToken="?").status_code == 400


@pytest.mark.parametrize(
    ("status", "how"),
    [
        (401, {"headers": {"Authorization": ""}}),
        (401, {"headers": {"Authorization": "Bearer another"}}),
        (400, {"body": "{"}),
        (400, {"body": "[]"}),
        (400, {"headers": {"Content-Type": "text/plain"}}),
        (400, {"body": {"type": "event", "name": "x"}}),
        (400, {"body": {"type": "message"}}),
        (400, {"body": {"type": "message", "attachments": [{"contentType": CARD_TYPE, "content": {}}]}}),
        (400, {"isTargetedActivity": "true"}),
        (413, {"body": message("x" * 51_200)}),
        (413, {"body": json.dumps(message("ü" * 51_200), ensure_ascii=False).encode()}),
    ],
)
def test_a_mistake_is_refused_and_noted(bot, ana, status, how):
    answer = bot.call("POST", f"/{bot.tenant.personal(ana).id}/activities", **({"body": message()} | how))
    assert answer.status_code == status
    assert len(bot.connector.rejections) == 1
    assert bot.connector.standing() == {}
    assert answer.headers["Content-Type"].startswith("text/html" if status == 413 else "application/json")


def test_just_under_a_hundred_kilobytes_of_utf_16_is_taken(bot, ana):
    assert bot.send(bot.tenant.personal(ana), message("x" * 51_100)).status_code == 201


def test_no_other_address(bot):
    assert bot.call("GET", "/a:1/history").status_code == 404
    assert bot.errors() == ["NotFound"]


def test_without_a_token_everybody_is_believed(ana, bot):
    with running_connector(bot.tenant) as bot.connector:
        bot.token = "any"
        assert bot.send(bot.tenant.personal(ana)).status_code == 201


@pytest.mark.parametrize(("seconds", "most"), [(1, 7), (2, 8), (30, 60), (3600, 1800)])
def test_a_conversation_takes_so_many_messages_a_window(seconds, most):
    rates, windows = Rates(), {seconds: most}
    assert [rates.wait("here", windows, START) for _ in range(most + 1)] == [0] * most + [seconds]
    assert rates.wait("there", windows, START) == 0
    later = START + timedelta(seconds=seconds)
    assert [rates.wait("here", windows, later) for _ in range(most + 1)] == [0] * most + [seconds]


def test_too_fast_is_told_when_to_come_back(bot, ana):
    room, other = bot.tenant.personal(ana), bot.tenant.group("Leads", ana)
    assert {bot.send(room).status_code for _ in range(7)} == {201}
    refused = bot.send(room)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert bot.send(other).status_code == 201
    bot.at += timedelta(seconds=1)
    assert bot.send(room).status_code == 201
    assert bot.send(room).headers["Retry-After"] == "1"
    assert bot.errors() == ["Throttled", "Throttled"]
    bot.connector.limits_rates = False
    assert bot.send(room).status_code == 201


def test_replies_and_threads_of_a_channel_count_together_and_reads_apart(bot, ana):
    training = bot.tenant.channel("Training", ana)
    first = bot.send(training).json()["id"]
    assert {bot.send(training, of=first).status_code for _ in range(3)} == {201}
    assert {bot.send(training, thread=first).status_code for _ in range(3)} == {201}
    assert bot.send(training).status_code == 429
    assert {bot.call("GET", f"/{training.id}/members").status_code for _ in range(14)} == {200}
    assert bot.call("GET", f"/{training.id}/members").status_code == 429


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("412", 412, "PreconditionFailed"),
        ("429", 429, "Throttled"),
        ("500", 500, "ServiceError"),
        ("502", 502, None),
        ("504", 504, None),
        ("401", 401, None),
        ("413", 413, None),
        ("403:MessageWritesBlocked", 403, "MessageWritesBlocked"),
        ("404:ConversationNotFound", 404, "ConversationNotFound"),
        ("400:BadSyntax", 400, "BadSyntax"),
    ],
)
def test_faults_that_come_before_the_call_is_done(bot, ana, kind, status, error):
    bot.connector.faults = lambda call: Fault(kind, 7) if call.name == "send" else None
    answer = bot.send(bot.tenant.personal(ana))
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")
    if error:
        assert code(answer)[1] == error
    assert bot.connector.messages(bot.tenant.personal(ana).id) == []
    assert bot.connector.rejections == []
    bot.connector.faults = lambda _: kind
    assert "Retry-After" not in bot.send(bot.tenant.personal(ana)).headers


@pytest.mark.parametrize(("kind", "is_taken"), [("reset", 0), ("reset_after", 1), ("timeout", 0), ("timeout_after", 1)])
def test_faults_that_leave_the_bot_without_an_answer(bot, ana, kind, is_taken):
    bot.connector.faults = lambda _: kind
    with pytest.raises(requests.RequestException):
        bot.call("POST", f"/{bot.tenant.personal(ana).id}/activities", message(), seconds=0.2)
    assert len(bot.connector.messages(bot.tenant.personal(ana).id)) == is_taken
    assert [call.status for call in bot.connector.log] == [None]


def test_an_answer_may_be_no_json(bot, ana):
    bot.connector.faults = lambda _: "malformed"
    answer = bot.send(bot.tenant.personal(ana))
    assert answer.status_code == 201
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()
    assert len(bot.connector.messages(bot.tenant.personal(ana).id)) == 1


def test_every_call_is_in_the_log(bot, ana):
    room = bot.tenant.personal(ana)
    sent = bot.send(room).json()["id"]
    bot.call("DELETE", f"/{room.id}/activities/{sent}")
    assert [(call.name, call.method, call.path, call.status, call.at) for call in bot.connector.log] == [
        ("send", "POST", f"v3/conversations/{room.id}/activities", 201, START),
        ("delete", "DELETE", f"v3/conversations/{room.id}/activities/{sent}", 200, START),
    ]


def test_ids_rise_though_the_clock_stands(bot):
    ids = [int(bot.connector.new_id()) for _ in range(3)]
    assert ids == sorted(set(ids))


def test_a_bug_in_the_service_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        _call_a_broken_service()


def _call_a_broken_service():
    with running_connector(Tenant()) as connector:
        connector.faults = lambda _: 1 / 0
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{connector.service_url}v3/conversations", timeout=WAIT_SECONDS)
