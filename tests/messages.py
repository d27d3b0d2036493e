"""Hypothesis strategies for what Coach says: texts with tricks in them, blocks, messages and forms."""

from dataclasses import replace
from typing import Literal

from hypothesis import strategies as st

from bot.messages import (
    Actions,
    Button,
    Chart,
    Divider,
    Facts,
    Field,
    File,
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
from metrics.charts import ChartSpec, Series

TRICKS = (
    "<!channel>",
    "*bold* _it_ `c`",
    "<https://a.example|pay>",
    "&lt;@U1&gt;",
    "\u202egnp.exe",
    "a\u200bb",
    "\x00\x1b[2J",
)
words = st.one_of(
    st.text(max_size=12), st.sampled_from(TRICKS), st.sampled_from(("till", "receipt.", "keys!\n\n", "\n"))
)
texts = st.lists(words, max_size=12).map(" ".join)
# Long enough to have to be cut, built from few choices so that examples stay quick.
long_texts = st.builds(lambda text, times: (text + " ") * times, texts, st.sampled_from((1, 3, 40)))
anything = st.one_of(texts, long_texts)
actions = st.sampled_from(("ask_again", "helpful", "read_section"))
values = st.sampled_from(("0123456789abcdef0123456789abcdef", ""))
buttons = st.builds(Button, anything, actions, values, st.booleans())
menus = st.builds(
    Menu, anything, st.lists(st.tuples(anything, actions), max_size=5).map(tuple), st.just("0123456789abcdef" * 2)
)
urls = st.sampled_from(
    ("https://coach.example.test/in#0123", "http://127.0.0.1:8080/", "http://a.example/", "javascript:alert(1)", "//a")
)
links = st.builds(Link, anything, urls)
tables = st.builds(
    Table,
    texts,
    st.lists(texts, max_size=22).map(tuple),
    st.lists(st.lists(st.one_of(st.sampled_from(("3", "81%", "")), anything), max_size=23).map(tuple), max_size=8).map(
        tuple
    ),
)


def _chart(words: str, count: int, names: int, kind: Literal["line", "bar"]) -> Chart:
    series = tuple(Series(words, tuple(range(-5, count - 5))) for _ in range(names))
    return Chart(ChartSpec(words, kind, (words,) * count, series, words, words))


# A few, since each is drawn as a picture; tests/metrics/test_charts.py draws any.
charts = st.sampled_from(
    [
        _chart("till", 1, 1, "line"),
        _chart("<!channel> *b* {{DATE(1)}} \u202egnp.exe", 3, 2, "bar"),
        _chart("", 4, 1, "bar"),
        _chart("receipt.\n\n" * 30, 20, 12, "line"),
    ]
)
blocks = st.one_of(
    st.builds(Heading, anything),
    st.builds(Text, anything, st.booleans()),
    st.builds(Quote, anything),
    st.builds(Steps, st.lists(anything, max_size=8).map(tuple), st.booleans()),
    st.builds(Note, anything),
    st.builds(Facts, st.lists(st.tuples(texts, anything), max_size=12).map(tuple)),
    tables,
    charts,
    st.just(Divider()),
    st.builds(Actions, st.lists(st.one_of(buttons, menus, links), max_size=30).map(tuple)),
)
messages = st.builds(Message, anything, st.lists(blocks, max_size=8).map(tuple))
files = st.builds(
    File, texts, texts, st.lists(anything, max_size=8).map("\n".join), st.sampled_from(("text/csv", "x/y"))
)
messages_with_files = st.builds(Message, anything, st.lists(blocks, max_size=3).map(tuple), file=files)
fields = st.builds(
    Field,
    st.just("name"),
    anything.filter(str.strip),
    texts,
    st.booleans(),
    st.integers(1, 5_000),
    anything,
    st.booleans(),
)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """A form whose fields have names of their own."""
    drawn = draw(st.lists(fields, max_size=4))
    named = tuple(replace(field, name=f"field{place}") for place, field in enumerate(drawn))
    shown = tuple(draw(st.lists(blocks, max_size=12))) * draw(st.sampled_from((1, 1, 30)))
    return Form(draw(texts), "report", "0123456789abcdef" * 2, shown, named, draw(st.one_of(st.none(), texts)))
