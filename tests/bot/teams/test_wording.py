"""How words of people are read: mentions and escapes become plain words, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.teams.wording import MAX_CHARACTERS, Wording, read_wording
from tests.growth import MOST_GROWTH, growth

COACH = "28:coach"
DAN, EVE = "29:dan", "29:eve"
# Pieces a hostile text may be made of; each over and over must be read in proportion.
RUNS = [
    " ",
    "\t",
    "\n",
    "<",
    "<at",
    "<at ",
    "<at>",
    "<at>a",
    "<at>Coach</at>",
    "<at>Coach</at> ",
    " <at>Coach</at>,",
    '<at id="0">',
    "<at " + "x" * 100,
    "</at>",
    "&",
    "&amp;",
    "&#1",
    "&#",
    "&lt;at&gt;",
    "\x00",
    "\xa0",
    "\ud800",
]


def said(text, *mentioned):
    """Read a text in which these (id, name) are mentioned."""
    entities = [{"type": "mention", "mentioned": {"id": id_}, "text": f"<at>{name}</at>"} for id_, name in mentioned]
    return read_wording({"text": text, "entities": entities}, COACH)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<at>Coach</at> hello", "hello"),
        ("<at>Coach</at>: hello", "hello"),
        ("<at>Coach</at>&nbsp;hello", "hello"),
        ("hey <at>Coach</at> how", "hey how"),
        ("how, <at>Coach</at>, do I", "how, do I"),
        ("refunds <at>Coach</at>?", "refunds?"),
        ("ask <at>Coach</at>", "ask"),
        ("<at>Coach</at>", ""),
        ("<at>Coach</at>\n\nhow?\n", "how?"),
    ],
)
def test_the_mention_of_coach_leaves_no_trace(text, plain):
    assert said(text, (COACH, "Coach")) == Wording(plain, mentions_coach=True)


def test_others_become_someone_and_count():
    found = said(
        "<at>Coach</at> ask <at>Dan Fir</at> or <at>Eve</at>", (COACH, "Coach"), (DAN, "Dan Fir"), (EVE, "Eve")
    )
    assert found == Wording("ask @someone or @someone", True, True, (DAN, EVE))


def test_somebody_called_coach_is_not_coach():
    found = said("<at>Coach</at> how?", (DAN, "Coach"))
    assert found == Wording("@someone how?", mentions_coach=False, mentions_others=True, mentioned=(DAN,))


def test_namesakes_are_told_apart_by_their_order():
    found = said("<at>Coach</at> and <at>Coach</at> how?", (DAN, "Coach"), (COACH, "Coach"))
    assert found == Wording("@someone and how?", True, True, (DAN,))


@pytest.mark.parametrize("text", ["<at>Coach</at> how?", "<at>Boss</at>", "<at id=1>x</at>", "a <at>b"])
def test_what_only_looks_like_a_mention_stays_as_typed(text):
    assert said(text) == Wording(text)


def test_a_mention_counts_wherever_its_entity_stands():
    """The words of a message may have been cut; whom it mentions is in its entities."""
    assert said("how do refunds work?", (COACH, "Coach")).mentions_coach


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a &lt; b &amp; c", "a < b & c"),
        ("&amp;lt;", "&lt;"),
        ("&lt;at&gt;Coach&lt;/at&gt; hi", "<at>Coach</at> hi"),
        ("caf&#233; &quot;x&quot;", 'café "x"'),
        ("&#0;&#xD800;x", "��x"),
        ("<b>bold</b> <script>", "<b>bold</b> <script>"),
        ("a\x00b\ud800c", "abc"),
    ],
)
def test_escapes_become_the_sign_they_stand_for_once(text, plain):
    assert said(text).text == plain


ODD_ENTITIES = [
    None,
    "mention",
    {"type": "mention"},
    [None, 7, "mention", []],
    [{"type": "mention"}],
    [{"type": "mention", "mentioned": None, "text": None}],
    [{"type": "mention", "mentioned": "x", "text": 7}],
    [{"type": "mention", "mentioned": {"id": ["28:coach"]}, "text": "<at>Coach</at>"}],
    [{"type": ["mention"], "mentioned": {"id": COACH}, "text": "<at>Coach</at>"}],
]


@pytest.mark.parametrize("entities", ODD_ENTITIES)
def test_odd_entities_mention_nobody(entities):
    found = read_wording({"text": "<at>Coach</at> how?", "entities": entities}, COACH)
    assert not found.mentions_coach
    assert found.text.endswith("how?")


@pytest.mark.parametrize("coach_id", ["", COACH])
def test_an_entity_without_an_id_is_nobodys(coach_id):
    """What Coach is called may be missing too: nobody and nobody are not the same."""
    entities = [{"type": "mention", "text": "<at>Coach</at>"}]
    assert not read_wording({"text": "<at>Coach</at> how?", "entities": entities}, coach_id).mentions_coach


@given(st.text() | st.from_regex(r"(<at>|</at>|&[a-z]{2};|&#\d|Coach|\x00| ){0,12}", fullmatch=True))
def test_any_text_is_read_and_can_be_stored(text):
    found = said(text, (COACH, "Coach"), (DAN, "Coach"))
    found.text.encode()
    assert "\x00" not in found.text


@pytest.mark.parametrize("piece", RUNS)
@pytest.mark.parametrize("mentioned", [(), ((COACH, "Coach"),)])
def test_a_hostile_text_is_read_in_proportion(piece, mentioned):
    assert growth(lambda text: said(text, *mentioned), piece, MAX_CHARACTERS - 10, "a{}b") < MOST_GROWTH


def test_a_hundred_thousand_mentions_are_read_in_proportion():
    def read(text):
        return said(text, *[(COACH, "C")] * (len(text) // 10))

    assert growth(read, "<at>C</at>", 40_000) < MOST_GROWTH


def test_far_too_long_a_text_is_cut():
    assert len(said("x" * 1_000_000).text) == MAX_CHARACTERS
