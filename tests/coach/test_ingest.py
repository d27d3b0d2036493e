"""SOPs in SQL: unchanged ones skipped, changed ones replaced, vectors made once, one generation a change."""

import secrets
import threading
from dataclasses import replace

import pytest
from sqlalchemy import event, func, select

from bot.database import Database
from coach.calibrate import FIXED, MIN_SECTIONS, Calibration
from coach.embed import WordHashEmbedder
from coach.index.port import Step
from coach.ingest import KEPT_GENERATIONS, Changes, compare, content_key, embed_passages, read_sops, store
from coach.reading import Rejected
from coach.snapshot import current_generation
from coach.tables import PassageVector, SopDocument, SopGeneration, SopPassage, SopSection
from metrics.policy import EVERYONE, Audience
from metrics.privacy import ErasedIdentity
from tests.coach.office_files import paragraph, word

A, B = b"# Refunds\n\nWithin 30 days.\n\n## Cash\n\nNever.", b"# Alarm\n\nEvery Monday."


class CountingEmbedder(WordHashEmbedder):
    """Counts the texts it was given."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts):
        self.texts += texts
        return super().embed(texts)


class OtherEmbedder(WordHashEmbedder):
    id = "another model"


def documents(files):
    return read_sops(files, lambda document: document.audience).documents


def ingest(database, files, now, embedder=None):
    embedder = embedder or WordHashEmbedder()
    embed_passages(database.session, database.transaction, documents(files), embedder)
    with database.transaction() as session:
        return store(session, documents(files), embedder, now)


def counts(database):
    tables = (SopDocument, SopSection, SopPassage, PassageVector)
    with database.session() as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def test_sops_are_added_changed_left_and_removed(database, now):
    first = ingest(database, {"a.md": A, "b.md": B}, now)
    assert first.changes == Changes(added=("a.md", "b.md"))
    assert (first.passages, counts(database)) == (3, [2, 3, 3, 3])
    again = ingest(database, {"a.md": A, "b.md": B}, now)
    assert again.changes == Changes(unchanged=("a.md", "b.md"))
    assert again.generation == first.generation
    changed = ingest(database, {"a.md": A.replace(b"30", b"14"), "c.md": B}, now)
    assert changed.changes == Changes(added=("c.md",), changed=("a.md",), removed=("b.md",))
    assert changed.generation == first.generation + 1
    assert counts(database) == [2, 3, 3, 3]


def test_taking_an_sop_out_makes_a_generation(database, now):
    first = ingest(database, {"a.md": A, "b.md": B}, now)
    second = ingest(database, {"b.md": B}, now)
    assert (second.changes.removed, second.generation, second.passages) == (("a.md",), first.generation + 1, 1)
    assert counts(database) == [1, 1, 1, 1]


def test_comparing_changes_nothing(database, now):
    ingest(database, {"a.md": A}, now)
    with database.session() as session:
        assert compare(session, documents({"b.md": B})) == Changes(added=("b.md",), removed=("a.md",))
    assert counts(database)[0] == 1


def test_equal_passages_are_embedded_once_and_kept(database, now):
    embedder = CountingEmbedder()
    embed_passages(database.session, database.transaction, documents({"a.md": A, "copy.md": A}), embedder)
    asked = len(embedder.texts)
    assert len(set(embedder.texts)) == asked
    embed_passages(database.session, database.transaction, documents({"a.md": A, "moved.md": A}), embedder)
    assert len(embedder.texts) == asked


def test_passage_ids_are_never_given_again(database, now):
    ingest(database, {"a.md": A}, now)
    with database.session() as session:
        before = set(session.scalars(select(SopPassage.id)))
    ingest(database, {"a.md": A + b" More."}, now)
    with database.session() as session:
        assert min(session.scalars(select(SopPassage.id))) > max(before)


def test_another_embedder_makes_a_generation_and_drops_old_vectors(database, now):
    first = ingest(database, {"a.md": A}, now)
    second = ingest(database, {"a.md": A}, now, OtherEmbedder())
    assert second.changes.unchanged == ("a.md",)
    assert second.generation == first.generation + 1
    with database.session() as session:
        assert set(session.scalars(select(PassageVector.embedder_id))) == {"another model"}


def test_only_the_last_generations_are_kept(app, now):
    for number in range(KEPT_GENERATIONS + 3):
        last = ingest(app.database, {"a.md": b"# T\n\nVersion %d." % number}, now)
    with app.database.session() as session:
        assert session.scalar(select(func.count()).select_from(SopGeneration)) == KEPT_GENERATIONS
        assert current_generation(session).number == last.generation


def test_every_stored_passage_is_its_stretch_of_the_document(database, now):
    ingest(database, {"a.md": A, "b.md": "# Café\n\n😀 Grün. Zwei — drei.".encode()}, now)
    with database.session() as session:
        rows = session.execute(
            select(
                SopDocument.text,
                func.substr(SopDocument.text, SopPassage.start + 1, SopPassage.end - SopPassage.start),
                SopPassage.start,
                SopPassage.end,
            )
            .join(SopSection, SopSection.document_id == SopDocument.id)
            .join(SopPassage, SopPassage.section_id == SopSection.id)
        ).all()
    assert len(rows) == 3
    assert all(text[start:end] == stretch for text, stretch, start, end in rows)


def test_a_broken_sop_is_left_out_alone():
    def audience_of(document):
        if document.file == "c.md":
            raise Rejected("names an unknown role.")
        return document.audience

    intake = read_sops({"a.md": A, "b.md": b"\xff", "c.md": B}, audience_of)
    assert [document.file for document in intake.documents] == ["a.md"]
    assert [rejection.file for rejection in intake.rejected] == ["b.md", "c.md"]
    assert intake.rejected[1].reason == "names an unknown role."


def test_two_sops_of_one_title_are_noted():
    intake = read_sops({"a.md": b"# Refunds\nx", "b.md": b"# REFUNDS\ny", "c.md": B}, lambda _: EVERYONE)
    assert len(intake.notes) == 1
    assert intake.notes[0].startswith("a.md and b.md have the same title.")


def test_office_documents_lie_beside_others_and_their_owners_see_what_they_hide():
    hiding = word(paragraph("Thirty days.") + paragraph("All is free.", "<w:vanish/>"))
    steps = []
    intake = read_sops({"a.md": A, "b.docx": hiding, "c.docx": b"PK"}, lambda _: EVERYONE, steps.append)
    assert [document.file for document in intake.documents] == ["a.md", "b.docx"]
    assert [rejection.file for rejection in intake.rejected] == ["c.docx"]
    assert "All is free" not in intake.documents[1].text
    assert len(intake.notes) == 1
    assert intake.notes[0].startswith("b.docx hides invisible text (paragraph 2: “All is free.”).")
    assert steps == [Step("read", 1, 3), Step("read", 2, 3), Step("read", 3, 3)]


@pytest.mark.parametrize("change", [{"audience": Audience(frozenset({"owner"}))}, {"title": "New"}, {"text": "new"}])
def test_everything_stored_of_a_document_is_in_its_key(change):
    document = documents({"a.md": A})[0]
    assert content_key(replace(document, **change)) != content_key(document) == content_key(documents({"a.md": A})[0])


@pytest.mark.parametrize(("sections", "is_measured"), [(MIN_SECTIONS - 1, False), (MIN_SECTIONS, True)])
def test_a_scale_is_measured_from_thirty_headings_on(app, now, sections, is_measured):
    body = "".join(f"# Topic{place} word{place}\n\nText about word{place} here.\n\n" for place in range(sections))
    ingest(app.database, {"a.md": body.encode()}, now)
    with app.database.session() as session:
        calibration = Calibration.from_json(current_generation(session).calibration)
    assert calibration.sections == (sections if is_measured else 0)
    assert (calibration == FIXED) != is_measured


def test_vectors_are_stored_while_somebody_else_writes(database, now):
    other = Database(database.engine.url.render_as_string(hide_password=False))

    def write():
        with other.transaction() as session:
            session.add(ErasedIdentity(salt="0" * 32, hash=secrets.token_hex(32), erased_at=now))

    threads = []

    @event.listens_for(database.engine, "after_cursor_execute")
    def _write_in_between(_connection, _cursor, statement, *_rest):
        # The second look is the one that is followed by a write.
        if statement.startswith("SELECT passage_vectors"):
            threads.append(threading.Thread(target=write))
            threads[-1].start()
            # Either it commits now, or it waits for the transaction that is under way.
            threads[-1].join(0.3)

    embed_passages(database.session, database.transaction, documents({"a.md": A}), WordHashEmbedder())
    event.remove(database.engine, "after_cursor_execute", _write_in_between)
    for thread in threads:
        thread.join()
    other.close()
    with database.session() as session:
        assert session.scalars(select(PassageVector)).all()
        assert len(session.scalars(select(ErasedIdentity)).all()) == len(threads) >= 2
