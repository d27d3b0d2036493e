"""The trial page in a real browser: what people see, type and press."""

import random
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from bot.trial.page import Page
from bot.trial.simulator import running_simulator
from bot.trial.view_methods import open_view
from bot.trial.workspace import User, Workspace

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script> *bold* <!channel>"


def plain(text):
    return {"type": "plain_text", "text": text}


BUTTON = {"type": "button", "action_id": "a", "text": plain("B · The shift lead"), "value": "b"}
QUIZ = [
    {"type": "header", "text": plain("One question")},
    {"type": "section", "text": {"type": "mrkdwn", "text": "Who *may* approve it?"}},
    {"type": "actions", "elements": [BUTTON]},
]
FORM = {
    "type": "modal",
    "callback_id": "ask",
    "title": plain("Ask the owner"),
    "submit": plain("Send"),
    "blocks": [
        {
            "type": "input",
            "block_id": "question",
            "label": plain("Your question"),
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "when",
            "label": plain("When"),
            "element": {
                "type": "static_select",
                "action_id": "choice",
                "options": [{"text": plain("Now"), "value": "now"}, {"text": plain("Today"), "value": "today"}],
            },
        },
    ],
}
EVERY_BLOCK = [
    {"type": "header", "text": plain("A header")},
    {"type": "section", "fields": [plain("Field one"), {"type": "mrkdwn", "text": "_Field two_"}]},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "Small `print`"}]},
    {"type": "divider"},
    {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "Strong", "style": {"bold": True}}]},
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "Step one"}]}],
            },
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "Quoted words"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "till 2"}]},
        ],
    },
    {"type": "image", "image_url": "https://pictures.example.org/x.png", "alt_text": "Accuracy rises"},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "Week"}], [{"type": "raw_text", "text": "47"}]]},
    {
        "type": "data_table",
        "caption": "By need for help",
        "rows": [[{"type": "raw_text", "text": "Person"}], [{"type": "raw_text", "text": "Dewi"}]],
    },
    {"type": "markdown", "text": "Plain markdown"},
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "f",
                "positive_button": {"text": plain("Helpful"), "value": "y"},
                "negative_button": {"text": plain("Wrong"), "value": "n"},
            }
        ],
    },
    {"type": "hologram"},
]


@pytest.fixture
def workspace(now):
    people = [
        User("U1", "leila", "Leila Osmond", title="sales associate", site="Quayside"),
        User("U2", "tobias", "Tobias Renwick", title="store manager", site="Quayside"),
    ]
    return Workspace.for_people(people, now.timestamp, random.Random(7))


@pytest.fixture
def simulator(workspace):
    with running_simulator(workspace, prepare=lambda it: Page(it).add_to(it.application)) as running:
        yield running


@pytest.fixture
def app(simulator):
    """An app that takes everything: what it was sent, and what it answers with."""

    class Handler(BaseHTTPRequestHandler):
        bodies, answer = [], b""

        def do_POST(self):
            self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(self.answer)))
            self.end_headers()
            self.wfile.write(Handler.answer)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    simulator.events_url = f"http://127.0.0.1:{server.server_port}/slack/events"
    yield Handler
    server.shutdown()
    server.server_close()
    thread.join(10)


def post(workspace, name, text, **more):
    return workspace.post(workspace.channel_named(name), workspace.bot_user_id, text, **more)


def channel_id(workspace, name):
    return workspace.channel_named(name).id


def test_what_one_person_says_appears_for_another_without_a_reload(look, workspace, app):
    where = f"channel={channel_id(workspace, 'quayside')}"
    leila, tobias = look(f"as=U1&{where}"), look(f"as=U2&{where}")
    box = leila.get_by_role("textbox", name="Message #quayside")
    box.press_sequentially("@Coa")
    box.press("Enter")
    box.press_sequentially("how do I")
    box.press("Shift+Enter")
    box.press_sequentially("refund?")
    box.press("Enter")
    message = tobias.locator(".message", has_text="how do I")
    message.wait_for()
    assert message.locator(".mention").inner_text() == "@Coach"
    assert message.locator(".by b").inner_text() == "Leila Osmond"
    assert workspace.messages[channel_id(workspace, "quayside")][0]["text"].endswith(" how do I\nrefund?")
    assert box.input_value() == ""


def test_text_is_never_markup_wherever_it_comes_from(look, workspace):
    workspace.users["U2"].real_name = HOSTILE
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}},
        {"type": "header", "text": plain(HOSTILE)},
        {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": plain(HOSTILE), "value": "b"}]},
        {"type": HOSTILE},
    ]
    post(workspace, "general", HOSTILE)
    post(workspace, "general", "blocks", blocks=blocks)
    post(workspace, "general", "<javascript:document.title='owned'|click me>")
    workspace.post(workspace.channel_named("general"), "U2", HOSTILE)
    page = look(f"as=U1&channel={channel_id(workspace, 'general')}")
    page.locator(".message").nth(3).wait_for()
    assert page.locator(".messages").locator("img, script, a, iframe").count() == 0
    assert page.locator(".messages strong", has_text="bold").count() >= 2
    assert "owned" not in page.title()


def test_every_block_is_drawn_and_an_unknown_one_says_so(look, workspace):
    post(workspace, "general", "all", blocks=EVERY_BLOCK)
    page = look(f"as=U1&channel={channel_id(workspace, 'general')}")
    message = page.locator(".message")
    for tag, text in {
        "h3": "A header",
        "em": "Field two",
        ".context code": "print",
        "strong": "Strong",
        "ol li": "Step one",
        "blockquote": "Quoted words",
        "pre": "till 2",
        "[role=img]": "Accuracy rises",
        "td": "47",
        "caption": "By need for help",
        "th[scope=row]": "Dewi",
        ".words": "Plain markdown",
        "button": "Helpful",
        ".unknown": "[hologram]",
    }.items():
        assert message.locator(tag, has_text=text).count() == 1, tag


def test_a_button_is_pressed_once_and_is_gone_when_the_message_is_replaced(look, workspace, app):
    quiz = post(workspace, "general", "quiz", blocks=QUIZ)
    page = look(f"as=U1&channel={channel_id(workspace, 'general')}")
    button = page.get_by_role("button", name="B · The shift lead")
    with page.expect_response("**/ui/press") as pressed:
        button.click()
    assert pressed.value.status == 200
    assert sum("block_actions" in body for body in app.bodies) == 1
    workspace.change(workspace.channel_named("general"), quiz, "Right.", workspace.bot_user_id, blocks=None)
    page.locator(".message", has_text="Right.").wait_for()
    assert button.count() == 0


def test_a_form_keeps_what_was_typed_shows_errors_and_is_sent(look, workspace, app):
    page = look("as=U1")
    trigger = workspace.tickets.trigger("U1")
    open_view(workspace, {"trigger_id": trigger, "view": FORM})
    question, dialog = page.get_by_label("Your question"), page.get_by_role("dialog", name="Ask the owner")
    question.fill("Gift card?")
    dialog.get_by_role("button", name="Send").click()
    dialog.get_by_text("Please complete this required field.").wait_for()
    assert question.input_value() == "Gift card?"
    dialog.get_by_label("When").select_option("Today")
    app.answer = b'{"response_action": "errors", "errors": {"question": "Say which till."}}'
    dialog.get_by_role("button", name="Send").click()
    dialog.get_by_text("Say which till.").wait_for()
    assert question.get_attribute("aria-invalid") == "true"
    assert (question.input_value(), dialog.get_by_label("When").input_value()) == ("Gift card?", "Today")
    app.answer = b""
    dialog.get_by_role("button", name="Send").click()
    dialog.wait_for(state="hidden")
    payload = parse_qs(app.bodies[-1])["payload"][0]
    assert re.search(r'"value": ?"Gift card\?"', payload)
    assert re.search(r'"value": ?"today"', payload)


def test_escape_closes_a_form_for_the_workspace_too(look, workspace):
    page = look("as=U1")
    open_view(workspace, {"trigger_id": workspace.tickets.trigger("U1"), "view": FORM})
    page.get_by_role("dialog").wait_for()
    with page.expect_response("**/ui/close"):
        page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    assert workspace.views["U1"] == []


def test_an_ephemeral_is_marked_and_the_person_switch_keeps_the_channel(look, workspace):
    post(workspace, "quayside", "for Leila alone", _only_for="U1")
    page = look(f"as=U1&channel={channel_id(workspace, 'quayside')}")
    assert page.locator(".message", has_text="for Leila alone").get_by_text("Only visible to you").is_visible()
    page.get_by_label("You are").select_option(label="Tobias Renwick, store manager, Quayside")
    page.locator(".who", has_text="Tobias").wait_for()
    assert page.get_by_role("heading", level=1).inner_text() == "# quayside"
    assert page.locator(".message", has_text="for Leila alone").count() == 0
    assert "as=U2" in page.url


def test_a_thread_opens_beside_the_channel_and_its_address_can_be_shared(look, workspace, app):
    question = workspace.post(workspace.channel_named("quayside"), "U1", "a question")
    post(workspace, "quayside", "the answer", thread_ts=question["ts"])
    page = look(f"as=U2&channel={channel_id(workspace, 'quayside')}")
    assert page.locator("#messages .message", has_text="the answer").count() == 0
    page.get_by_role("button", name="1 reply").click()
    page.get_by_role("textbox", name="Reply in this thread").fill("thanks")
    page.keyboard.press("Enter")
    page.locator("#thread .message", has_text="thanks").wait_for()
    again = look(page.url.partition("?")[2])
    assert again.locator("#thread .message").count() == 3
    again.keyboard.press("Escape")
    again.locator("#thread").wait_for(state="hidden")


def test_own_messages_can_be_edited_and_deleted(look, workspace, app):
    workspace.post(workspace.channel_named("general"), "U1", "frist")
    page = look(f"as=U1&channel={channel_id(workspace, 'general')}")
    page.locator(".message").hover()
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Edit message").fill("first")
    page.keyboard.press("Enter")
    page.locator(".message", has_text="first (edited)").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".message").hover()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("Nothing here yet.").wait_for()
    other = look(f"as=U2&channel={channel_id(workspace, 'general')}")
    assert other.get_by_role("button", name="Edit", exact=True).count() == 0


def test_a_command_is_sent_with_its_words(look, workspace, app):
    app.answer = b'{"response_type": "ephemeral", "text": "Only you see this."}'
    page = look(f"as=U1&channel={channel_id(workspace, 'general')}")
    box = page.get_by_role("textbox", name="Message #general")
    box.press_sequentially("/co")
    box.press("Tab")
    box.press_sequentially("how long is a break")
    box.press("Enter")
    page.locator(".only-for-me", has_text="Only you see this.").wait_for()
    sent = parse_qs(app.bodies[-1])
    assert (sent["command"], sent["text"]) == (["/coach"], ["how long is a break"])


def test_a_refusal_is_said_and_nothing_typed_is_lost(look, workspace):
    page = look(f"as=U1&channel={channel_id(workspace, 'general')}")
    box = page.get_by_role("textbox", name="Message #general")
    box.fill("/coach how long is a break")
    with page.expect_response("**/ui/slash"):
        box.press("Enter")
    page.get_by_role("alert").filter(has_text="Coach is not connected to this workspace.").wait_for()
    assert box.input_value() == "/coach how long is a break"


def test_on_a_narrow_screen_the_channels_are_behind_a_button(look, workspace):
    page = look("as=U1", width=420)
    assert not page.get_by_role("button", name="social").is_visible()
    page.get_by_role("button", name="Show channels").click()
    page.get_by_role("button", name="social").click()
    assert page.get_by_role("heading", level=1).inner_text() == "# social"
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
