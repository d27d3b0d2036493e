"""A snapshot is one generation in rows, and its stamp changes exactly with what an index must hold."""

import numpy as np
import pytest
from sqlalchemy import update

from coach.calibrate import FIXED
from coach.embed import WordHashEmbedder
from coach.ingest import embed_passages, read_sops, store
from coach.snapshot import current_generation, load_snapshot
from coach.tables import SopDocument

FILES = {
    "a.md": b"# Refunds\n\nWithin 30 days.\n\n## Cash\n\nNever.",
    "b.md": b"---\naudience: owner\n---\n# Alarm\n\nEvery Monday.",
}


def ingest(database, files, now):
    documents = read_sops(files.items(), lambda document: document.audience).documents
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
    assert snapshot.lexical.scores("Monday").argmax() == 2
    assert snapshot.calibration == FIXED


def test_content_groups_every_passage_under_its_audience_once(database, now):
    ingest(database, FILES, now)
    content = loaded(database).content()
    assert {key: len(ids) for key, (ids, _) in content.groups.items()} == {"everyone": 2, "roles:owner": 1}
    assert content.size == 3
    for ids, vectors in content.groups.values():
        assert len(ids) == len(vectors)


def test_equal_content_has_an_equal_stamp_and_another_audience_another(database, now):
    ingest(database, {"a.md": FILES["a.md"]}, now)
    stamp = loaded(database).content().stamp
    assert loaded(database).content().stamp == stamp
    with database.transaction() as session:
        session.execute(update(SopDocument).where(SopDocument.file == "a.md").values(audience="roles:owner"))
    assert loaded(database).content().stamp != stamp


def test_a_generation_without_sops_is_empty(database, now):
    ingest(database, FILES, now)
    ingest(database, {}, now)
    snapshot = loaded(database)
    assert snapshot.ids.size == snapshot.content().size == 0
    assert snapshot.lexical.scores("refund").shape == (0,)


@pytest.mark.parametrize("text", ["b", "c"])
def test_changed_words_change_the_stamp(database, now, text):
    ingest(database, {"a.md": b"# T\n\na"}, now)
    stamp = loaded(database).content().stamp
    ingest(database, {"a.md": f"# T\n\n{text}".encode()}, now)
    assert loaded(database).content().stamp != stamp
