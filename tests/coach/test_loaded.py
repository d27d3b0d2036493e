"""Token states come from the file where there is one and from SQL else, and search finds the same either way."""

import numpy as np
import pytest
from sqlalchemy import delete, event, update

from bot.company import apply_folder, read_folder
from coach.embed import WordHashEmbedder
from coach.index.held import exact_index
from coach.index.port import ignore
from coach.loaded import Loaded, Newest
from coach.passage_vectors import stored_states
from coach.search import Library
from coach.snapshot import current_generation, load_snapshot
from coach.tables import SopDocument, SopGeneration
from coach.tokens import ENDING
from coach.windows import PooledWindows
from metrics.errors import NotReady
from metrics.policy import Asker
from tests.conftest import NOW
from tests.contracts.test_embedder import VectorsOnly

SOPS = {
    "refunds.md": "# Refunds\n\nRefunds go to the original card within 30 days.\n",
    "alarm.md": "# Alarm\n\nThe manager sets the alarm code.\n",
    "keys.md": "# Keys\n\nThe spare key hangs behind the clock.\n",
}


@pytest.fixture
def applied(app, company):
    folder = company({f"sops/{file}": text for file, text in SOPS.items()})
    apply_folder(read_folder(folder), app.database, app.embedder, NOW)
    return app


def scores(app, library, question="who sets the alarm code"):
    with app.database.session() as session:
        found = library.find(session, Asker(), question)
    return [(passage.file, passage.score) for passage in found.passages]


def queries_for_states(app, library):
    asked = []

    @event.listens_for(app.database.engine, "after_cursor_execute")
    def _note(_connection, _cursor, statement, *_rest):
        if "token_states" in statement.partition("FROM")[0]:
            asked.append(statement)

    scores(app, library)
    event.remove(app.database.engine, "after_cursor_execute", _note)
    return len(asked)


def test_with_a_file_no_states_are_read_from_sql_and_the_scores_are_the_same(applied, tmp_path):
    mapped, unmapped = (Library(applied.embedder, token_folder=folder) for folder in (tmp_path / "tokens", None))
    assert scores(applied, mapped) == scores(applied, unmapped)
    assert len(list((tmp_path / "tokens").glob(f"*{ENDING}"))) == 1
    assert queries_for_states(applied, mapped) == 0
    assert queries_for_states(applied, unmapped) > 0


def test_a_second_process_maps_the_file_of_the_first(applied, tmp_path):
    first = Library(applied.embedder, token_folder=tmp_path / "tokens")
    expected = scores(applied, first)
    second = Library(applied.embedder, token_folder=tmp_path / "tokens")
    assert queries_for_states(applied, second) == 0
    assert scores(applied, second) == expected


def test_a_folder_that_cannot_be_written_is_no_error(applied, tmp_path):
    (tmp_path / "tokens").write_text("a file, not a folder")
    library = Library(applied.embedder, token_folder=tmp_path / "tokens")
    assert scores(applied, library) == scores(applied, Library(applied.embedder))


def test_damaged_states_are_read_from_sql(applied, tmp_path):
    expected = scores(applied, Library(applied.embedder))
    library = Library(applied.embedder, token_folder=tmp_path / "tokens")
    with applied.database.session() as session:
        library.refresh(session)
    (path,) = (tmp_path / "tokens").glob(f"*{ENDING}")
    data = path.read_bytes()
    path.write_bytes(data[:-256] + bytes(256))
    assert scores(applied, library) == expected
    assert not path.exists()


def test_another_generation_gets_a_file_of_its_own(applied, company, tmp_path):
    library = Library(applied.embedder, token_folder=tmp_path / "tokens")
    scores(applied, library)
    before = list((tmp_path / "tokens").glob(f"*{ENDING}"))
    folder = company({"sops/alarm.md": "# Alarm\n\nNobody sets the alarm code any more.\n"})
    apply_folder(read_folder(folder), applied.database, applied.embedder, NOW)
    assert scores(applied, library)[0][0] == "alarm.md"
    after = list((tmp_path / "tokens").glob(f"*{ENDING}"))
    assert len(before) == len(after) == 1
    assert before != after


@pytest.mark.parametrize("embedder", [VectorsOnly(), PooledWindows(WordHashEmbedder())], ids=type)
def test_other_ways_to_embed_find_the_same_passage_and_never_mix(applied, company, embedder, tmp_path):
    library = Library(embedder, token_folder=tmp_path / "tokens")
    with pytest.raises(NotReady, match="another language model"):
        scores(applied, library)
    apply_folder(read_folder(company({})), applied.database, embedder, NOW)
    assert scores(applied, library)[0][0] == "alarm.md"
    assert (tmp_path / "tokens").exists() == isinstance(embedder, PooledWindows)


def test_sops_stored_by_another_version_are_refused_until_applied_again(applied, company):
    with applied.database.transaction() as session:
        session.execute(update(SopGeneration).values(measured_with="sections-200-words-1/1 convex-1"))
    with pytest.raises(NotReady, match="another version of Coach"):
        scores(applied, applied.library)
    apply_folder(read_folder(company({})), applied.database, applied.embedder, NOW)
    assert scores(applied, applied.library)[0][0] == "alarm.md"


def test_states_stand_in_the_order_of_the_rows_asked_for(applied, tmp_path):
    snapshot = load(applied)
    unmapped = Loaded(snapshot, exact_index(snapshot.content))
    mapped = Newest(applied.embedder, None, tmp_path / "tokens")
    with applied.database.session() as session:
        rows = np.array([2, 0, 1])
        expected = [
            stored_states(session, snapshot.embedder_id, [passage_id], 256)[passage_id]
            for passage_id in snapshot.ids[rows].tolist()
        ]
        for loaded in (unmapped, mapped.get(session, ignore, None)):
            for found, wanted in zip(loaded.states(session, rows), expected, strict=True):
                assert (found == wanted).all()


def test_a_passage_that_an_apply_took_out_meanwhile_has_no_states(applied):
    snapshot = load(applied)
    with applied.database.transaction() as session:
        session.execute(delete(SopDocument).where(SopDocument.file == "keys.md"))
    with applied.database.session() as session:
        sizes = [
            len(states) for states in Loaded(snapshot, exact_index(snapshot.content)).states(session, np.arange(3))
        ]
    assert sorted(size > 0 for size in sizes) == [False, True, True]


def load(app):
    with app.database.session() as session:
        return load_snapshot(session, current_generation(session), 256)
