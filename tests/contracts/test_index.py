"""What every Index promises: exact NumPy, Chroma embedded, Chroma server."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings

from coach.index.chroma import ChromaIndex
from coach.index.exact import ExactIndex
from coach.index.held import finds_itself
from coach.index.port import Content, Index, Step

DIMENSIONS = 16
Reopen = Callable[[], Index]


@pytest.fixture(params=["exact", "chroma embedded", "chroma server"])
def reopen(request: pytest.FixtureRequest, tmp_path) -> Iterator[Reopen]:
    """A way to open the same index again, as a second process would."""
    settings = Settings(anonymized_telemetry=False)
    if request.param == "exact":
        index = ExactIndex()
        yield lambda: index
    elif request.param == "chroma embedded":
        yield lambda: ChromaIndex(chromadb.PersistentClient(str(tmp_path), settings=settings), "test")
    else:
        address = urlsplit(request.getfixturevalue("chroma_url"))
        client = chromadb.HttpClient(host=address.hostname or "", port=address.port or 0, settings=settings)
        yield lambda: ChromaIndex(client, "test")
        ChromaIndex(client, "test").drop()


def vectors(count: int, seed: int = 0) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(count, DIMENSIONS)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def content(stamp: str, groups: dict[str, range]) -> Content:
    drawn = vectors(1_000)
    return Content(stamp, {key: (np.array(ids, dtype=np.int64), drawn[list(ids)]) for key, ids in groups.items()})


def test_a_new_index_holds_nothing(reopen):
    index = reopen()
    assert index.stamp() is None
    assert index.nearest(vectors(1)[0], ["everyone"], 5) == []


def test_the_nearest_come_first_with_their_cosines(reopen):
    index, held = reopen(), content("a", {"everyone": range(1, 200)})
    index.catch_up(held)
    question = vectors(1, seed=7)[0]
    expected = sorted(
        ((float(v @ question), int(i)) for i, v in zip(*held.groups["everyone"], strict=True)), reverse=True
    )
    found = index.nearest(question, ["everyone"], 10)
    assert [hit.window_id for hit in found] == [passage_id for _, passage_id in expected[:10]]
    assert [hit.cosine for hit in found] == pytest.approx([cosine for cosine, _ in expected[:10]], abs=1e-5)


def test_only_the_asked_audiences_are_searched(reopen):
    index = reopen()
    index.catch_up(content("a", {"everyone": range(1, 50), "roles:owner": range(50, 60), "roles:chef": range(60, 70)}))
    found = index.nearest(vectors(1)[0], ["everyone", "roles:chef", "roles:nobody has this"], 100)
    assert {hit.window_id for hit in found} == {*range(1, 50), *range(60, 70)}
    assert index.nearest(vectors(1)[0], [], 100) == []


def test_catching_up_adds_removes_and_moves_between_audiences(reopen):
    index = reopen()
    index.catch_up(content("a", {"everyone": range(1, 50), "roles:owner": range(50, 60)}))
    after = content("b", {"everyone": range(40, 70), "roles:chef": range(30, 40)})
    index.catch_up(after)
    assert index.stamp() == "b"
    everything = index.nearest(vectors(1)[0], ["everyone", "roles:owner", "roles:chef"], 1_000)
    assert {hit.window_id for hit in everything} == set(range(30, 70))
    assert finds_itself(index, after)


def test_content_outlives_the_process_that_wrote_it(reopen):
    held = content("a", {"everyone": range(1, 700)})
    reopen().catch_up(held)
    assert reopen().stamp() == "a"
    assert finds_itself(reopen(), held)


def test_an_interrupted_catch_up_shows_and_is_repaired(reopen):
    held = content("b", {"everyone": range(1, 990)})
    reopen().catch_up(content("a", {"everyone": range(1, 300)}))

    def pull_the_plug(step: Step) -> None:
        if step.name == "index_added":
            raise KeyboardInterrupt

    index = reopen()
    if isinstance(index, ExactIndex):
        index.drop()
    else:
        with pytest.raises(KeyboardInterrupt):
            index.catch_up(held, pull_the_plug)
    assert reopen().stamp() is None
    reopen().catch_up(held)
    assert reopen().stamp() == "b"
    assert finds_itself(reopen(), held)


def test_the_nearest_to_each_is_the_first_of_the_nearest(reopen):
    index, asked = reopen(), vectors(600, seed=3)
    assert index.nearest_to_each(asked, "everyone") == [None] * 600
    index.catch_up(content("a", {"everyone": range(1, 300)}))
    each = index.nearest_to_each(asked, "everyone")
    assert each[:50] == [index.nearest(vector, ["everyone"], 1)[0].window_id for vector in asked[:50]]
    assert len(each) == 600


def test_a_dropped_index_holds_nothing(reopen):
    index = reopen()
    index.catch_up(content("a", {"everyone": range(1, 50)}))
    index.drop()
    assert index.stamp() is None
    assert index.nearest(vectors(1)[0], ["everyone"], 5) == []


def test_wrong_neighbours_are_noticed(reopen):
    held = content("a", {"everyone": range(1, 100)})
    index = reopen()
    index.catch_up(held)
    ids, drawn = held.groups["everyone"]
    assert finds_itself(index, held)
    assert not finds_itself(index, Content("a", {"everyone": (ids, np.roll(drawn, 1, axis=0))}))
