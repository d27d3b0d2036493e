"""Attacks of others and our own, with a model that obeys every one: what Slack and Teams get is words and our buttons.

All ways of obeying for every attack: `python -m tests.attacks.run_all`.
"""

import pytest

from bot.parts import cleaned, words
from bot.shown import clean
from coach.answer import Abstention, Answer, Sentence, Trace
from coach.phrase import Outcome
from tests.attacks.attack_sets import OWN_MARKUP, direct, markup, naughty, own_markup, planted
from tests.attacks.obedient import WAYS
from tests.attacks.rig import OWNER, Doors, Tally, rig_of, told
from tests.card_samples import source
from tests.support import SHARED, skip_or_fail

# A card is compared with Microsoft's schema now and then: that takes longer than all the rest.
SCHEMA_EVERY = 40
# What a reply may come to where a model is asked: verified words, or the quotes and why.
ENDS = {Outcome.PHRASED, Outcome.INSUFFICIENT, Outcome.UNVERIFIED, Outcome.NOT_TYPED, Outcome.NO_PASSAGES}


@pytest.fixture(scope="module", autouse=True)
def _needs_the_sets():
    if not SHARED.is_dir():
        skip_or_fail("outside material is missing")


def run(attacks, folder, printed):
    """Run every attack, each with the next way of obeying, and print what came of it."""
    tally, ways = Tally(), list(WAYS)
    with rig_of(attacks, folder) as rig:
        for number in range(len(attacks)):
            reply = rig.run(number, ways[number % len(ways)], tally, with_schema=number % SCHEMA_EVERY == 0)
            use = reply.trace.model_use
            assert use is None or use.outcome in ENDS
            assert bool(reply.sources) >= bool(isinstance(reply, Answer) and reply.sentences)
    with printed.disabled():
        print(f"\n{attacks[0].kind.partition(':')[0]}: {tally}")
    assert tally.findings == []
    return tally


def test_orders_in_questions(tmp_path, capsys):
    tally = run(direct(), tmp_path, capsys)
    assert tally.attacks == 176


def test_orders_planted_in_sops(tmp_path, capsys):
    tally = run(planted(), tmp_path, capsys)
    assert tally.attacks == 756
    # The rig would show nothing if the model were never asked, or never believed.
    assert tally.outcomes.get("phrased", 0) > 75
    assert tally.outcomes.get("unverified", 0) > 300


def test_markup_in_sops(tmp_path, capsys):
    assert len(own_markup()) == OWN_MARKUP
    tally = run(markup(), tmp_path, capsys)
    assert tally.attacks == 321


PLACES = ("question", "title", "heading", "quote", "sentence")


def squeezed(text):
    return "".join(clean(text).split())


def standing_in(place, text):
    """A reply, and what else a message says, with a text in one place."""
    facts = {"title": {"file": text}, "heading": {"heading_path": (text, text)}, "quote": {"words": text}}
    sources = (source(**facts.get(place, {})),)
    if place == "question":
        return Abstention(None, OWNER, Trace(), nearest=text), {"shared_question": text, "shared_by": text}
    sentences = (Sentence(text, (0,)), Sentence(text, (0,), is_step=True)) if place == "sentence" else ()
    return Answer(True, sources, OWNER, Trace(), sentences), {}


@pytest.mark.parametrize("place", PLACES)
def test_strings_that_break_things(place, capsys):
    texts = [*naughty(), *own_markup()[::5]]
    tally, doors = Tally(), Doors()
    for number, text in enumerate(texts):
        reply, more = standing_in(place, text)
        tally.attacks += 1

        def message_for(offers, reply=reply, more=more):
            return told(reply, {OWNER: "Ada Oak"}, offers, **more)

        doors.check(message_for, tally, f"{place} {number}", with_schema=number % SCHEMA_EVERY == 0)
        assert squeezed(text) in squeezed(words(cleaned(message_for(doors.slack.capabilities())).blocks)), text
    with capsys.disabled():
        print(f"\n{place}: {tally.attacks} strings, {tally.payloads} payloads parsed, {len(tally.findings)} findings")
    assert tally.findings == []
    assert tally.payloads >= 6 * len(texts)
