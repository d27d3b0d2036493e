"""Nobody is given a passage outside their audience, whatever the index, the snapshot or the question."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.app import App
from bot.company import apply_folder, read_folder
from bot.settings import Settings
from coach.asked import About
from coach.conversation import Turn
from coach.embed import WordHashEmbedder
from coach.index.held import MAX_COLLECTIONS
from coach.search import ANYBODY, Library
from coach.tables import SopDocument
from metrics.errors import NotReady
from metrics.policy import Action, Asker, Audience, may
from tests.conftest import NOW

ROLES = [f"role{place}" for place in range(10)]
OPEN = {"open/refunds.md": "# Refunds\n\nRefunds go to the original card within 30 days.\n"}
CLOSED = {
    f"{role}/pay.md": f"---\naudience: {role}\n---\n# Pay of {role}\n\nThe {role} word is zebra{place}."
    for place, role in enumerate(ROLES)
}
SHARED_BY_TWO = {"two/keys.md": "---\naudience: [role0, role1]\n---\n# Keys\n\nThe spare key hangs behind the clock.\n"}
questions = st.sampled_from(
    ["refunds", "zebra3", "spare key clock", "the role9 word", "pay", "", "??", "and that one?"]
)


def apply(app, write, sops):
    folder = write(
        {"company.yaml": f"roles: [{', '.join(ROLES)}]\n"} | {f"sops/{file}": text for file, text in sops.items()}
    )
    app.database.upgrade()
    return apply_folder(read_folder(folder), app.database, app.embedder, NOW)


@pytest.fixture(scope="module")
def many_audiences(tmp_path_factory):
    """A company with more audiences than there may be collections, each with a word of its own."""
    folder = tmp_path_factory.mktemp("many")

    def write(files):
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        return folder

    app = App(Settings(home=folder / "home"), embedder=WordHashEmbedder())
    apply(app, write, OPEN | CLOSED | SHARED_BY_TWO)
    yield app
    app.close()


def found(app, asker, question, history=(), library=None, about=ANYBODY, glossary=()):
    with app.database.session() as session:
        return (library or app.library).find(session, asker, question, history, 50, about, dict(glossary))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.frozensets(st.sampled_from([*ROLES, "stranger"])),
    questions | st.text(max_size=30),
    st.lists(questions, max_size=3),
)
def test_nobody_is_given_a_passage_outside_their_audience(many_audiences, roles, question, earlier):
    asker = Asker(roles=roles)
    history = [Turn("user", text) for text in earlier]
    passages = found(many_audiences, asker, question, history).passages
    with many_audiences.database.session() as session:
        audience_of = dict(session.execute(select(SopDocument.file, SopDocument.audience)).all())
    assert all(may(asker, Action.READ_SOP, Audience.from_key(audience_of[passage.file])) for passage in passages)
    readable = {file for file, key in audience_of.items() if may(asker, Action.READ_SOP, Audience.from_key(key))}
    assert {passage.file for passage in passages} == readable


def test_there_are_more_audiences_than_collections(many_audiences):
    with many_audiences.database.session() as session:
        assert len(set(session.scalars(select(SopDocument.audience)))) > MAX_COLLECTIONS


@pytest.mark.parametrize("sops", [OPEN, {file: CLOSED[file] for file in list(CLOSED)[:3]}, OPEN | SHARED_BY_TWO])
def test_few_audiences_are_kept_apart_as_well(app, company, sops):
    apply(app, company, sops)
    nobody = {passage.file for passage in found(app, Asker(), "zebra0 key refunds").passages}
    assert nobody == sops.keys() & OPEN.keys()
    first = {passage.file for passage in found(app, Asker(roles=frozenset({"role0"})), "zebra0 key refunds").passages}
    assert first == sops.keys() & {*OPEN, *SHARED_BY_TWO, "role0/pay.md"}


def test_what_a_person_may_not_read_does_not_move_their_signal_or_scores(many_audiences, app, company):
    apply(app, company, OPEN)
    for question in ("refunds card", "zebra3", "pay of role3", "zebra3 refunds card", "role3 words for refunds"):
        alone, among_others = found(app, Asker(), question), found(many_audiences, Asker(), question)
        assert alone.signal == pytest.approx(among_others.signal)
        assert [passage.text for passage in alone.passages] == [passage.text for passage in among_others.passages]
        # A score that moved would tell which words stand in what they may not read.
        assert [each.scores for each in alone.considered] == [each.scores for each in among_others.considered]


def test_the_audience_in_sql_overrules_a_loaded_snapshot(app, company):
    apply(app, company, OPEN | SHARED_BY_TWO)
    assert "open/refunds.md" in {passage.file for passage in found(app, Asker(), "refunds").passages}
    with app.database.transaction() as session:
        session.execute(update(SopDocument).where(SopDocument.file == "open/refunds.md").values(audience="roles:role5"))
    assert found(app, Asker(), "refunds").passages == ()
    assert found(app, Asker(roles=frozenset({"role0"})), "refunds").passages[0].file == "two/keys.md"


def test_a_passage_carries_its_place_owner_and_own_characters(app, company):
    front = "---\nowner: ada@x.test\nversion: 2.10\n---\n"
    text = f"{front}# Refunds\n\nIntro words.\n\n## Cash\n\n**Never** refund cash … ask 😀 Ada. Done.\n"
    apply(app, company, {"a.md": text})
    passage = found(app, Asker(), "refund cash").passages[0]
    assert (passage.file, passage.title, passage.heading_path) == ("a.md", "Refunds", ("Refunds", "Cash"))
    assert (passage.owner, passage.version, passage.text) == (
        "ada@x.test",
        "2.10",
        "**Never** refund cash … ask 😀 Ada. Done.",
    )
    assert passage.sentence_vectors.shape == (2, 256)


def test_follow_ups_look_for_what_was_asked_before(app, company):
    apply(app, company, OPEN | {"alarm.md": "# Alarm\n\nThe manager sets the alarm code."})
    history = [Turn("user", "alarm code"), Turn("coach", "refunds refunds refunds")]
    follow_up = found(app, Asker(), "and who sets it?", history)
    assert follow_up.is_follow_up
    assert follow_up.question == "and who sets it?"
    assert follow_up.passages[0].file == "alarm.md"
    fresh = found(app, Asker(), "refunds original card within days", history)
    assert not fresh.is_follow_up
    assert fresh.passages[0].file == "open/refunds.md"


def test_people_find_what_they_spell_as_in_chat_or_call_by_the_company_term(app, company):
    apply(app, company, OPEN | {"leave.md": "# Leave\n\nTime off in lieu is taken within a quarter."})
    assert (
        found(app, Asker(), "pls w/in how long 2 take toil", glossary={"TOIL": "time off in lieu"}).passages[0].file
        == "leave.md"
    )
    assert found(app, Asker(), "refnds 2 original crd").passages[0].file == "open/refunds.md"


class PiecesEmbedder(WordHashEmbedder):
    """Knows a few words whole, and falls to pieces over any other as a real model does."""

    id = "pieces"

    def encode(self, texts):
        known = {"how", "refunds", "original", "quarter"}
        return [
            self._in_pieces(each) if text not in known else each
            for text, each in zip(texts, super().encode(texts), strict=True)
        ]

    def _in_pieces(self, encoding):
        return replace(
            encoding,
            pieces=np.repeat(encoding.pieces, 2),
            states=np.repeat(encoding.states, 2, axis=0),
            offsets=np.repeat(encoding.offsets, 2, axis=0),
        )


def test_a_mistyped_word_is_searched_as_the_sops_spell_it_unless_it_is_a_term(app, company):
    library = Library(PiecesEmbedder())
    folder = company(
        {f"sops/{file}": text for file, text in (OPEN | SHARED_BY_TWO).items()}
        | {"company.yaml": "roles: [role0, role1]"}
    )
    apply_folder(read_folder(folder), app.database, PiecesEmbedder(), NOW)
    right, slip = (found(app, Asker(), text, library=library) for text in ("within days", "witihn days"))
    assert slip.question == "witihn days"
    assert slip.passages[0].score == right.passages[0].score
    assert (
        found(app, Asker(), "witihn days", library=library, glossary={"witihn": "a tool"}).passages[0].score
        < right.passages[0].score
    )


def test_both_parts_of_a_question_are_answered_among_the_first_three(app, company):
    noise = {f"n{place}.md": f"# Refunds {place}\n\nRefunds to the original card, case {place}." for place in range(9)}
    apply(app, company, OPEN | noise | {"alarm.md": "# Alarm\n\nThe manager sets the alarm code."})
    whole = "how do refunds go to the original card"
    assert "alarm.md" not in {passage.file for passage in found(app, Asker(), whole).passages[:3]}
    both = found(app, Asker(), f"{whole} and who sets the alarm code?").passages[:3]
    assert "alarm.md" in {passage.file for passage in both}
    assert any("Refunds" in passage.title for passage in both)


def test_both_parts_stay_among_the_first_three_after_another_question(app, company):
    cases = {f"c{case}.md": f"# Refunds\n\nRefunds to the original card, case {case}." for case in range(4)}
    others = {f"o{place}.md": f"# Shelf {place}\n\nTowels lie on shelf {place}." for place in range(9)}
    apply(app, company, cases | others | {"alarm.md": "# Alarm\n\nA manager on duty sets it every night."})
    two_things = "how do refunds go to the original card and who sets the alarm?"
    assert "alarm.md" in {passage.file for passage in found(app, Asker(), two_things).passages[:3]}
    both = found(app, Asker(), two_things, [Turn("user", "refunds to the original card in case 3")])
    assert "alarm.md" in {passage.file for passage in both.passages[:3]}


def test_what_was_asked_before_is_no_part_of_what_is_asked_now(app, company):
    noise = {f"n{place}.md": f"# Refunds {place}\n\nRefunds to the original card, case {place}." for place in range(9)}
    apply(app, company, OPEN | noise | {"alarm.md": "# Alarm\n\nThe manager sets the alarm code."})
    earlier = [Turn("user", "how do refunds go to the original card?")]
    then = found(app, Asker(), "and what zebra quantum code", history=earlier)
    assert then.is_follow_up
    scores = [passage.score for passage in then.passages]
    assert scores == sorted(scores, reverse=True)


SITES = {
    "leeds.md": "---\nsite: Leeds\n---\n# Alarm\n\nThe manager sets the alarm code.",
    "york.md": "---\nsite: York\n---\n# Alarm\n\nThe manager sets the alarm code.",
    "cash.md": "---\naudience: role0\n---\n# Alarm\n\nThe manager sets the alarm code.",
    "exact.md": "---\nsite: York\n---\n# Shutters\n\nShutters go down at nine.",
    "near.md": "---\nsite: Leeds\n---\n# Windows\n\nWindows and shutters are cleaned.",
}


@pytest.mark.parametrize(
    ("about", "first", "last"),
    [
        (About(site="leeds"), "leeds.md", "york.md"),
        (About(site="York"), "york.md", "leeds.md"),
        (About(frozenset({"role0"}), None), "cash.md", "york.md"),
        (About(frozenset({"role0"}), "York"), "york.md", "leeds.md"),
    ],
)
def test_among_equals_the_own_site_and_role_come_first(app, company, about, first, last):
    apply(app, company, SITES)
    files = [
        passage.file
        for passage in found(app, Asker(roles=frozenset({"role0"})), "who sets the alarm code", about=about).passages
    ]
    assert (files[0], files[2]) == (first, last)


def test_a_clearly_better_passage_of_another_site_stays_first(app, company):
    apply(app, company, SITES)
    best = found(app, Asker(), "when do shutters go down", about=About(site="Leeds")).passages[0]
    assert (best.file, best.site) == ("exact.md", "York")


def test_what_was_weighed_is_told_with_every_signal_and_only_what_the_asker_may_read(many_audiences):
    weighed = found(many_audiences, Asker(), "zebra3 pay").considered
    assert [each.file for each in weighed] == ["open/refunds.md"]
    assert weighed[0].scores.keys() == {"late", "window", "grams", "passage", "fused"}
    everything = Asker(roles=frozenset(ROLES))
    with many_audiences.database.session() as session:
        result = many_audiences.library.find(session, everything, "the word zebra3")
    assert len(result.passages) == 3
    assert len(result.considered) == 10
    assert [each.passage_id for each in result.considered[:3]] == [passage.passage_id for passage in result.passages]
    fused = [each.scores["fused"] for each in result.considered]
    assert fused == sorted(fused, reverse=True)


def test_a_removed_sop_is_no_longer_found_after_the_next_apply(app, company):
    apply(app, company, OPEN | SHARED_BY_TWO)
    asker = Asker(roles=frozenset({"role0"}))
    assert found(app, asker, "spare key clock").passages[0].file == "two/keys.md"
    folder = company({})
    (folder / "sops/two/keys.md").unlink()
    apply_folder(read_folder(folder), app.database, app.embedder, NOW)
    assert {passage.file for passage in found(app, asker, "spare key clock").passages} == {"open/refunds.md"}


def test_before_the_first_apply_coach_is_not_ready(app):
    with pytest.raises(NotReady, match="Run `coach apply FOLDER`"):
        found(app, Asker(), "refunds")


class OtherEmbedder(WordHashEmbedder):
    id = "another model"


def test_sops_indexed_by_another_model_are_refused_until_applied_again(app, company):
    apply(app, company, OPEN)
    with pytest.raises(NotReady, match="another language model"):
        found(app, Asker(), "refunds", library=Library(OtherEmbedder()))


@pytest.mark.parametrize("question", ["zebra3", "what is zebra7", "zebrax", "the zebrax word"])
def test_no_signal_tells_which_words_a_closed_sop_holds(app, company, question):
    apply(app, company, OPEN | SHARED_BY_TWO)
    before = found(app, Asker(), question)
    apply(app, company, OPEN | SHARED_BY_TWO | CLOSED)
    after = found(app, Asker(), question)
    assert after.signals.absent == before.signals.absent == 1
    assert found(app, Asker(roles=frozenset(ROLES)), "zebra3").signals.absent == 0
