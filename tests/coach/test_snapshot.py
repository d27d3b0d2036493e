"""A snapshot is one generation in rows, and its stamp changes exactly with what an index must hold."""

import numpy as np
import pytest
from sqlalchemy import update

from coach.calibrate import FIXED
from coach.embed import WordHashEmbedder
from coach.ingest import embed_passages, read_sops, store
from coach.snapshot import current_generation, load_snapshot
from coach.tables import SopDocument
from coach.windows import MAX_WINDOWS

FILES = {
    "a.md": b"# Refunds\n\nWithin 30 days.\n\n## Cash\n\nNever.",
    "b.md": b"---\naudience: owner\n---\n# Alarm\n\nEvery Monday.",
}


def ingest(database, files, now):
    documents = read_sops(files, lambda document: document.audience).documents
    embedder = WordHashEmbedder()
    embed_passages(database.session, database.transaction, documents, embedder)
    with database.transaction() as session:
        store(session, documents, embedder, now)


def loaded(database):
    with database.session() as session:
        return load_snapshot(session, current_generation(session), WordHashEmbedder.dimensions)


def test_before_the_first_apply_there_is_no_generation(database):
    with database.session() as session:
        assert current_generation(session) is None


def test_rows_are_passages_in_the_order_of_their_ids(database, now):
    ingest(database, FILES, now)
    snapshot = loaded(database)
    assert snapshot.ids.tolist() == sorted(snapshot.ids.tolist())
    assert snapshot.vectors.shape == (3, 256)
    assert np.allclose(np.linalg.norm(snapshot.vectors, axis=1), 1, atol=1e-5)
    assert snapshot.grams.scores("Monday").argmax() == 2
    assert snapshot.lexical.rarity("monday") < snapshot.lexical.rarity("")
    assert snapshot.calibration == FIXED


def test_content_groups_every_window_under_its_audience_once(database, now):
    ingest(database, FILES | {"long.md": b"# Long\n\n" + b"word " * 100}, now)
    content = loaded(database).content
    assert {key: len(ids) for key, (ids, _) in content.groups.items()} == {"everyone": 2 + 3, "roles:owner": 1}
    assert content.size == 6
    for ids, vectors in content.groups.values():
        assert len(ids) == len(vectors)


def test_equal_content_has_an_equal_stamp_and_another_audience_another(database, now):
    ingest(database, {"a.md": FILES["a.md"]}, now)
    stamp = loaded(database).content.stamp
    assert loaded(database).content.stamp == stamp
    with database.transaction() as session:
        session.execute(update(SopDocument).where(SopDocument.file == "a.md").values(audience="roles:owner"))
    assert loaded(database).content.stamp != stamp


def test_a_generation_without_sops_is_empty(database, now):
    ingest(database, FILES, now)
    ingest(database, {}, now)
    snapshot = loaded(database)
    assert snapshot.ids.size == snapshot.content.size == 0
    assert snapshot.grams.scores("refund").shape == (0,)


def test_windows_lead_back_to_their_passage(database, now):
    ingest(database, FILES | {"long.md": b"# Long\n\n" + b"word " * 100}, now)
    snapshot = loaded(database)
    for ids, _ in snapshot.content.groups.values():
        for window_id in ids.tolist():
            (row,) = snapshot.rows_with([window_id], 1)
            assert snapshot.ids[row] == window_id // MAX_WINDOWS
    assert snapshot.rows_with([], 5).size == 0
    last = len(snapshot.ids) - 1
    assert snapshot.windows_of(np.array([last])).shape == (3, 256)
    assert snapshot.windows_of(np.array([], dtype=np.intp)).shape == (0, 256)


def test_a_passage_is_as_near_as_its_nearest_window(database, now):
    ingest(database, FILES | {"long.md": b"# Long\n\n" + b"word " * 100}, now)
    snapshot = loaded(database)
    vector = WordHashEmbedder().embed(["word Monday"])[0]
    rows = np.array([0, len(snapshot.ids) - 1])
    expected = [float((snapshot.windows_of(np.array([row])) @ vector).max()) for row in rows]
    assert snapshot.window_cosines(rows, vector).tolist() == pytest.approx(expected)
    assert snapshot.window_cosines(rows[:0], vector).size == 0


@pytest.mark.parametrize("text", ["b", "c"])
def test_changed_words_change_the_stamp(database, now, text):
    ingest(database, {"a.md": b"# T\n\na"}, now)
    stamp = loaded(database).content.stamp
    ingest(database, {"a.md": f"# T\n\n{text}".encode()}, now)
    assert loaded(database).content.stamp != stamp
