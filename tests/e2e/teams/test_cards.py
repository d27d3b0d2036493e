"""Every card Coach sends, drawn by the renderer Microsoft publishes: nothing it finds wrong, and no word is markup."""

import pytest

from bot.messages import (
    Actions,
    Button,
    Chart,
    Facts,
    Field,
    Form,
    Heading,
    Link,
    Menu,
    Message,
    Note,
    Quote,
    Steps,
    Table,
    Text,
)
from bot.teams import render
from metrics.charts import ChartSpec, Series
from tests.card_samples import samples
from tests.e2e.teams.playground import HERE, PACKAGES
from tests.e2e.teams.wire import cards, words_of
from tests.support import skip_or_fail

RENDERER = PACKAGES / "adaptivecards" / "dist"
# A picture of a chart is in the card itself; any other would be loaded.
LOADED = "img:not([src^='data:image/png'])"
MARKUP = f"a, b, strong, i, em, ul, ol, li, {LOADED}, h1, h2, h3, code, pre, blockquote, script, iframe"
HOSTILE = (
    "# **bold** _it_ `code` [link](https://x.example) <at>Coach</at> <b>B</b> <img src=x onerror=alert(1)> "
    "&lt;i&gt; {{DATE(2026-11-26T08:30:00Z, SHORT)}} {{TIME(2026-11-26T08:30:00Z)}} ${name}",
    "- one\n- two\n\n1. three\n> four\n\n---",
)


@pytest.fixture(scope="module")
def page(chromium):
    if not RENDERER.is_dir():
        skip_or_fail("no renderer of cards: run npm ci in tests/e2e/teams")
    context = chromium.new_context(viewport={"width": 520, "height": 900}, device_scale_factor=2)
    context.set_default_timeout(10_000)
    asked, errors = [], []
    context.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content((HERE / "card_page.html").read_text().replace("<!-- renderer -->", _renderer()))
    yield page
    context.close()
    assert asked == [], "something was asked of the network"
    assert errors == []


def _renderer():
    script, style = (RENDERER / "adaptivecards.min.js").read_text(), (RENDERER / "adaptivecards.css").read_text()
    return f"<style>{style}</style><script>{script}</script>"


@pytest.fixture
def draw(page, keep_picture):
    """Draw a card and keep a picture of it; what the page says of it is given: its text, and what is wrong."""

    def drawn(content, name):
        found = page.evaluate("content => draw(content)", content)
        keep_picture(page.locator("#card"), f"card-{name}")
        return found

    return drawn


def full_of(words):
    """Return everything a message can hold, each place of it filled with these words."""
    pressed = (Button(words, "press", "1", is_primary=True), Menu(words, ((words, "one"), (words, "two")), "1"))
    blocks = (
        Heading(words),
        Text(words),
        Text(words, is_strong=True),
        Quote(words),
        Steps((words, words)),
        Steps((words,), is_numbered=True),
        Note(words),
        Facts(((words, words),)),
        Table(words, (words, words), ((words, words),)),
        Chart(ChartSpec(words, "bar", (words, "x"), (Series(words, (1, 2)), Series("x", (2, 1))), words, words)),
        Actions((*pressed, Link(words, "https://coach.example.test/in"))),
    )
    return render.activity(Message(words, blocks))


def form_of(words):
    return render.form_activities(Form(words[:24], "ask", "1", (Text(words),), (Field("q", words, words),), words[:24]))


def bare(text):
    return "".join(text.split())


def assert_drawn_well(drawn, content):
    assert drawn["wrong"] == []
    assert (words := words_of(content))
    assert [word for word in words if bare(word) not in bare(drawn["text"])] == []


@pytest.mark.parametrize("name", ["everything", *samples()])
def test_a_card_shows_all_its_words_and_nothing_is_found_wrong(page, draw, name):
    activity = full_of("Ask for the receipt, or find the sale") if name == "everything" else samples()[name]
    for place, content in enumerate(cards(activity)):
        drawn = draw(content, f"{name}-{place}")
        assert_drawn_well(drawn, content)
        assert drawn["cut"] == []
        assert page.locator("#card").locator(MARKUP).count() == 0


@pytest.mark.parametrize("place", range(len(HOSTILE)))
def test_words_are_never_markup_wherever_they_stand(page, draw, place):
    for number, content in enumerate([*cards(full_of(HOSTILE[place])), *cards(form_of(HOSTILE[place])[0])]):
        drawn = draw(content, f"hostile-{place}-{number}")
        assert_drawn_well(drawn, content)
        assert page.locator("#card").locator(MARKUP).count() == 0
        assert bare(HOSTILE[place]) in bare(drawn["text"])


def test_the_page_tells_markup_and_mistakes(page, draw):
    markdown = {"type": "TextBlock", "text": "**bold**"}
    nameless = {"type": "Input.Text", "id": "q", "isRequired": True}
    unknown = {"type": "Hologram"}
    drawn = draw({"type": "AdaptiveCard", "version": "1.5", "body": [markdown, nameless, unknown]}, "mistakes")
    assert page.locator("#card").locator(MARKUP).count() == 1
    assert len(drawn["wrong"]) >= 3
