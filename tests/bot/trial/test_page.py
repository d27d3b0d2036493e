"""The page's JSON API: what a person sees, what they may do, and who may ask."""

import json
import re

import pytest
import requests

from bot.trial.page import STATIC, Page
from bot.trial.simulator import running_simulator

BUTTONS = [
    {
        "type": "actions",
        "block_id": "first",
        "elements": [
            {"type": "button", "action_id": "read", "text": {"type": "plain_text", "text": "Read"}, "value": "r"},
            {"type": "button", "action_id": "same-1", "text": {"type": "plain_text", "text": "Same"}, "value": "1"},
            {"type": "button", "action_id": "same-2", "text": {"type": "plain_text", "text": "Same"}, "value": "2"},
        ],
    }
]
FORM = {
    "type": "modal",
    "callback_id": "ask",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "question",
            "label": {"type": "plain_text", "text": "Question"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


@pytest.fixture
def simulator(workspace):
    with running_simulator(workspace, prepare=lambda it: Page(it, first=["U2"]).add_to(it.application)) as running:
        yield running


@pytest.fixture
def ask(simulator):
    """Get or post as the page does; returns status and JSON."""
    origin = f"http://127.0.0.1:{simulator.port}"

    def request(path, body=None, headers=None, method=None):
        sent = {"X-Coach-Trial": "1"} | (headers or {})
        data = body if body is None or isinstance(body, str) else json.dumps(body)
        answer = requests.request(
            method or ("GET" if body is None else "POST"), origin + path, data=data, headers=sent, timeout=10
        )
        return answer.status_code, answer.json()

    return request


@pytest.fixture
def seen(ask, workspace):
    """What a person sees in a channel."""

    def messages(user_id, name):
        status, state = ask(f"/ui/state?as={user_id}")
        assert status == 200
        channel_id = workspace.channel_named(name).id
        return next(each["messages"] for each in state["channels"] if each["id"] == channel_id)

    return messages


def post(workspace, name, text, **more):
    return workspace.post(workspace.channel_named(name), workspace.bot_user_id, text, **more)


@pytest.mark.parametrize(
    "path", ["/", *(f"/static/{file.name}" for file in STATIC.iterdir() if file.suffix != ".html")]
)
def test_the_page_and_its_parts_are_served_and_may_load_nothing_from_outside(simulator, path):
    answer = requests.get(f"http://127.0.0.1:{simulator.port}{path}", timeout=10)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert re.search(r"(src=|href=|url\(|import|from)\W*(https?:)?//", answer.text) is None


@pytest.mark.parametrize(
    ("leaves", "said"), [("", "Nothing leaves it."), ("What you ask goes to <x>.", "What you ask goes to &lt;x&gt;.")]
)
def test_the_page_says_what_leaves_the_machine(workspace, leaves, said):
    with running_simulator(workspace, prepare=lambda it: Page(it, leaves=leaves).add_to(it.application)) as running:
        shown = requests.get(f"http://127.0.0.1:{running.port}/", timeout=10).text
    assert f"Trial workspace on this machine. {said}</p>" in shown


@pytest.mark.parametrize("name", ["index.html", "..%2Fpage.py", "missing.js", "%2Fetc%2Fpasswd"])
def test_nothing_else_is_served(ask, name):
    assert ask(f"/static/{name}")[0] == 404


def test_state_shows_a_person_their_own_channels(ask):
    _, state = ask("/ui/state?as=U3")
    assert [(each["name"], each["kind"], each["has_app"]) for each in state["channels"]] == [
        ("general", "public", True),
        ("millgate", "public", True),
        ("social", "public", False),
        ("Coach", "im", True),
    ]
    assert state["app_channel"] == state["channels"][-1]["id"]
    assert [person["name"] for person in state["people"]] == ["Leila Osmond", "Tobias Renwick", "Hanna Whitlow"]
    assert {command["name"] for command in state["commands"]} == {"/coach", "/progress"}


def test_without_a_person_the_first_offered_is_shown(ask):
    assert ask("/ui/state")[1]["me"] == "U2"


def test_what_is_typed_is_posted_with_full_names_as_mentions(ask, seen, workspace):
    channel = workspace.channel_named("quayside").id
    status, _ = ask("/ui/say", {"as": "U1", "channel": channel, "text": "@Coach ask @Tobias Renwick if 1 < 2"})
    assert status == 200
    [message] = seen("U2", "quayside")
    assert message["text"] == f"<@{workspace.bot_user_id}> ask <@U2> if 1 &lt; 2"


def test_a_reply_goes_into_the_thread(ask, seen, workspace):
    first = post(workspace, "general", "hello")
    ask("/ui/say", {"as": "U1", "channel": workspace.channel_named("general").id, "text": "hi", "thread": first["ts"]})
    assert [message.get("thread_ts") for message in seen("U2", "general")] == [first["ts"], first["ts"]]


def test_only_ones_own_messages_can_be_changed(ask, seen, workspace):
    channel = workspace.channel_named("general").id
    ask("/ui/say", {"as": "U1", "channel": channel, "text": "first"})
    ts = seen("U1", "general")[0]["ts"]
    assert ask("/ui/edit", {"as": "U2", "channel": channel, "ts": ts, "text": "mine now"})[0] == 409
    assert ask("/ui/edit", {"as": "U1", "channel": channel, "ts": ts, "text": "second"})[0] == 200
    assert [message["text"] for message in seen("U2", "general")] == ["second"]
    assert ask("/ui/delete", {"as": "U2", "channel": channel, "ts": ts})[0] == 409
    assert ask("/ui/delete", {"as": "U1", "channel": channel, "ts": ts})[0] == 200
    assert seen("U2", "general") == []


def test_an_ephemeral_is_shown_to_one_person_only_and_only_they_can_press_in_it(ask, seen, workspace):
    message = post(workspace, "general", "for you", blocks=BUTTONS, _only_for="U1")
    assert [each["text"] for each in seen("U1", "general")] == ["for you"]
    assert seen("U2", "general") == []
    press = {"channel": workspace.channel_named("general").id, "ts": message["ts"], "label": "Read"}
    status, answer = ask("/ui/press", {"as": "U2", **press})
    assert (status, answer["error"]) == (409, "There is no button 'Read'.")
    # for the one who sees it the press goes out, to an app that is not there
    assert ask("/ui/press", {"as": "U1", **press}) == (504, {"error": "Coach is not connected to this workspace."})


def test_another_persons_direct_conversation_is_neither_shown_nor_open(ask, workspace):
    private = workspace.open_dm("U1")
    workspace.post(private, workspace.bot_user_id, "private", blocks=BUTTONS)
    assert private.id not in {channel["id"] for channel in ask("/ui/state?as=U2")[1]["channels"]}
    assert ask("/ui/say", {"as": "U2", "channel": private.id, "text": "hm"})[0] == 409
    assert ask("/ui/press", {"as": "U2", "channel": private.id, "label": "Read"})[0] == 409


def test_a_press_reaches_the_app_and_names_the_button_meant(ask, attach, workspace):
    pressed = []

    def register(app):
        async def listen(ack, action):
            pressed.append((action["action_id"], action["value"]))
            await ack()

        for action_id in ("read", "same-1", "same-2"):
            app.action(action_id)(listen)

    attach(register)
    ts = post(workspace, "general", "quiz", blocks=BUTTONS)["ts"]
    where = {"as": "U1", "channel": workspace.channel_named("general").id, "ts": ts}
    assert ask("/ui/press", {**where, "label": "Read", "action_id": "read"})[0] == 200
    assert ask("/ui/press", {**where, "label": "Same", "action_id": "same-2"})[0] == 200
    assert pressed == [("read", "r"), ("same-2", "2")]


def test_a_form_opens_says_what_is_missing_and_is_sent(ask, attach, workspace):
    sent = []

    def register(app):
        @app.command("/coach")
        async def open_form(ack, body, client):
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)

        @app.view("ask")
        async def take(ack, view):
            sent.append(view["state"]["values"]["question"]["text"]["value"])
            if len(sent) == 1:
                await ack(response_action="errors", errors={"question": "Say more."})
            else:
                await ack()

    def modals():
        return ask("/ui/state?as=U1")[1]["modals"]

    def submit(text):
        return ask("/ui/submit", {"as": "U1", "values": {"question": text}})

    attach(register)
    ask("/ui/slash", {"as": "U1", "command": "/coach", "text": "ask", "channel": workspace.channel_named("general").id})
    assert modals()[0]["view"]["title"]["text"] == "Ask"
    assert submit("") == (200, {"ok": False})
    assert modals()[0]["errors"] == {"question": "Please complete this required field."}
    assert submit("why")[0] == 200
    assert modals()[0]["errors"] == {"question": "Say more."}
    assert submit("why so?")[0] == 200
    assert modals() == []
    assert sent == ["why", "why so?"]
    assert ask("/ui/close", {"as": "U1"}) == (409, {"error": "No form is open."})


def test_opening_home_shows_what_the_app_publishes_for_that_person(ask, attach, simulator):
    def register(app):
        @app.event("app_home_opened")
        async def publish(event, client):
            view = {"type": "home", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "Hello"}}]}
            await client.views_publish(user_id=event["user"], view=view)

    attach(register)
    assert ask("/ui/home", {"as": "U1", "tab": "home"})[0] == 200
    simulator.settle()
    assert ask("/ui/state?as=U1")[1]["home"]["blocks"][0]["text"]["text"] == "Hello"
    assert ask("/ui/state?as=U2")[1]["home"] is None


def test_what_coach_is_doing_is_shown_where_it_does_it(ask, client, workspace):
    channel = workspace.open_dm("U1")
    question = workspace.post(channel, "U1", "?")
    client.assistant_threads_setStatus(channel_id=channel.id, thread_ts=question["ts"], status="is reading")
    expected = [{"channel": channel.id, "thread": question["ts"], "text": "is reading"}]
    assert ask("/ui/state?as=U1")[1]["statuses"] == expected
    assert ask("/ui/state?as=U2")[1]["statuses"] == []


@pytest.mark.parametrize("host", ["coach.example.org", "10.0.0.1:8765", "127.0.0.1.example.org", "[", ""])
@pytest.mark.parametrize("path", ["/", "/static/page.js", "/ui/state", "/ui/stream"])
def test_other_hosts_are_refused(ask, host, path):
    assert ask(path, headers={"Host": host})[0] in (400, 403)


def test_a_post_without_the_pages_header_is_refused(ask, seen, workspace):
    body = {"as": "U1", "channel": workspace.channel_named("general").id, "text": "from elsewhere"}
    assert ask("/ui/say", body, headers={"X-Coach-Trial": None})[0] == 403
    assert seen("U1", "general") == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/ui/say", "{", 400),
        ("/ui/say", "[]", 400),
        ("/ui/say", "\ud83d", 400),
        ("/ui/say", {"as": "U1"}, 400),
        ("/ui/say", {"as": "U1", "channel": "general", "text": ""}, 400),
        ("/ui/say", {"as": "U1", "channel": "C404", "text": "hello"}, 409),
        ("/ui/say", {"as": "U404", "channel": "general", "text": "hello"}, 404),
        ("/ui/say", {"as": "U0COACH001", "channel": "general", "text": "hello"}, 404),
        ("/ui/say", {"as": ["U1"], "channel": "general", "text": "hello"}, 400),
        ("/ui/say", {"as": "U1", "channel": "general", "text": {"a": 1}}, 400),
        ("/ui/say", {"as": "U1", "channel": "general", "text": "late", "thread": "1.2"}, 409),
        ("/ui/press", {"as": "U1", "channel": "general"}, 400),
        ("/ui/press", {"as": "U1", "channel": "general", "label": "Gone", "ts": "1.2"}, 409),
        ("/ui/press", {"as": "U1", "home": True, "label": "Gone"}, 409),
        ("/ui/press", {"as": "U1", "modal": True, "label": "Gone"}, 409),
        ("/ui/choose", {"as": "U1", "channel": "general", "label": "Gone"}, 409),
        ("/ui/submit", {"as": "U1", "values": {"a": 1}}, 400),
        ("/ui/submit", {"as": "U1", "values": {}}, 409),
    ],
)
def test_bad_requests_get_a_sentence(ask, path, body, status):
    answer = ask(path, body.encode("utf-8", "surrogatepass").decode("latin-1") if isinstance(body, str) else body)
    assert answer[0] == status
    assert answer[1]["error"].endswith(".")


def test_the_stream_says_when_something_changed_and_ends_with_the_server(simulator, workspace):
    with requests.get(f"http://127.0.0.1:{simulator.port}/ui/stream", stream=True, timeout=10) as answer:
        ticks = (line for line in answer.iter_lines() if line.startswith(b"data: "))
        before = next(ticks)
        post(workspace, "general", "news")
        assert next(ticks) != before
