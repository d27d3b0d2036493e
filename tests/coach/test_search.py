"""Nobody is given a passage outside their audience, whatever the index, the snapshot or the question."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.app import App
from bot.company import apply_folder, read_folder
from bot.settings import Settings
from coach.conversation import Turn
from coach.embed import WordHashEmbedder
from coach.index.held import MAX_COLLECTIONS
from coach.search import Library
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


def found(app, asker, question, history=(), library=None):
    with app.database.session() as session:
        return (library or app.library).find(session, asker, question, history, 50)


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
    for question in ("refunds card", "zebra3", "pay of role3"):
        alone, among_others = found(app, Asker(), question), found(many_audiences, Asker(), question)
        assert alone.signal == pytest.approx(among_others.signal)
        assert [passage.text for passage in alone.passages] == [passage.text for passage in among_others.passages]


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


def test_a_removed_sop_is_no_longer_found_after_the_next_apply(app, company):
    apply(app, company, OPEN | SHARED_BY_TWO)
    asker = Asker(roles=frozenset({"role0"}))
    assert found(app, asker, "spare key clock").passages[0].file == "two/keys.md"
    folder = company({})
    (folder / "sops/two/keys.md").unlink()
    apply_folder(read_folder(folder), app.database, app.embedder, NOW)
    assert {passage.file for passage in found(app, asker, "spare key clock").passages} == {"open/refunds.md"}


def test_before_the_first_apply_coach_is_not_ready(app):
    app.database.upgrade()
    with pytest.raises(NotReady, match="Run `coach apply FOLDER`"):
        found(app, Asker(), "refunds")


class OtherEmbedder(WordHashEmbedder):
    id = "another model"


def test_sops_indexed_by_another_model_are_refused_until_applied_again(app, company):
    apply(app, company, OPEN)
    with pytest.raises(NotReady, match="another language model"):
        found(app, Asker(), "refunds", library=Library(OtherEmbedder()))
