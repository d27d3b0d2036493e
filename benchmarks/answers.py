"""One measurement of answers a process: `python -m benchmarks.answers KIND FOLDER PASSAGES` prints its figures as JSON.

A company of 1,000 passages is read by the language model; larger ones carry seeded synthetic states, a vector for each
word piece, since 10,000 real passages take a quarter of an hour and cost the same to search. Questions always go
through the language model.
"""

import json
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

import coach.answer
import coach.candidates
import coach.search
import coach.searching
from benchmarks import made_up_sops
from bot.app import App
from bot.settings import Settings
from coach.answer import Contacts, Rules, draft
from coach.asked import About
from coach.conversation import Turn
from coach.costs import Costs
from coach.documents import Document, parse_document
from coach.embed import Embedder, Encoding, Vectors
from coach.grams import GramIndex
from coach.index.chroma import ChromaIndex
from coach.index.exact import ExactIndex
from coach.ingest import embed_passages, store
from coach.loaded import Loaded
from coach.minilm import weights
from coach.minilm.encoder import MAX_TOKENS, MiniLmEmbedder
from coach.snapshot import Snapshot
from coach.spelling import Spelling
from metrics.policy import Asker, Audience

READ_BY_MODEL = 1_000
QUESTIONS, WARM_UP = 60, 10
ROLES = {"all": None, "owner": frozenset(["owner"]), "lead": frozenset(["shift lead"])}
ASKER = Asker(roles=frozenset(["owner", "shift lead"]))
ABOUT = About(ASKER.roles, made_up_sops.SITES[0])
# Nothing is left unanswered, so that every question is paid for to its end.
RULES = Rules(Costs(wrong=0.002, doubt=1.0, noise=0.001, missed=1e300), {"pdq": "purchase data query"})
# Each stage without those inside it; what is left of an answer is the rest.
STAGES: dict[str, tuple[tuple[Any, str], ...]] = {
    "question encoded": ((coach.searching, "encode"),),
    "probes for confidence": ((coach.searching, "probe"), (coach.candidates, "signals_of")),
    "nearest windows": ((ExactIndex, "nearest"), (ChromaIndex, "nearest")),
    "spelling": ((Spelling, "mended"),),
    "word grams": ((GramIndex, "scores"),),
    "late interaction": ((coach.candidates, "late_scores"),),
    "token states read": ((Loaded, "states"),),
    "windows of candidates": ((Snapshot, "window_cosines"), (Snapshot, "windows_of")),
    "passages read from SQL": ((coach.search, "_stored"),),
    "quotes": ((coach.answer, "sources_of"),),
    "conflicts": ((coach.answer, "conflicts_among"),),
}


class SyntheticStates:
    """The model's id and word pieces, with a seeded vector for each piece, for filling a database quickly."""

    id = MiniLmEmbedder.id
    dimensions = MiniLmEmbedder.dimensions

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(weights.locate().tokenizer))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        drawn = np.random.default_rng(1).normal(size=(self._tokenizer.get_vocab_size(), self.dimensions))
        self._state_of = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)

    def embed(self, texts: Sequence[str]) -> Vectors:
        encodings = self.encode(texts)
        return np.stack([each.vector for each in encodings]) if encodings else np.zeros((0, self.dimensions), "f4")

    def pieces_of(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        return [
            self._encoding(tokens) for tokens in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        ]

    def _encoding(self, tokens: Any) -> Encoding:
        pieces = np.array(tokens.ids, dtype=np.int32)
        states = self._state_of[pieces]
        # Alike as texts of one company are, and no more: the mean of their pieces alone would hardly tell them apart.
        drawn = np.random.default_rng(zlib.crc32(pieces.tobytes())).normal(size=self.dimensions)
        summed = _unit(states.sum(axis=0)) + _unit(drawn)
        return Encoding(
            _unit(summed).astype(np.float32), pieces, states, np.array(tokens.offsets, dtype=np.int32).reshape(-1, 2)
        )


def _unit(vector: NDArray[Any]) -> NDArray[Any]:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


class Stages:
    """CPU seconds of each stage, those of stages within it taken off."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._within: list[float] = []

    def follow(self) -> None:
        """Have every function of a stage tell what it took, for the rest of the process."""
        for name, functions in STAGES.items():
            for owner, attribute in functions:
                setattr(owner, attribute, self._told(name, getattr(owner, attribute)))

    def _told(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def told(*arguments: Any, **named: Any) -> Any:
            begun = time.process_time()
            self._within.append(0.0)
            try:
                return function(*arguments, **named)
            finally:
                spent = time.process_time() - begun
                self.seconds[name] += spent - self._within.pop()
                if self._within:
                    self._within[-1] += spent

        return told


def fill(folder: Path, passages: int, indexing: str = "best") -> dict[str, float]:
    """Store a company's SOPs; figures are those of embedding and storing, the model loaded already."""
    with _application(folder, passages, indexing) as app:
        embedder: Embedder = app.embedder if passages <= READ_BY_MODEL else SyntheticStates()
        embedder.embed(["ready"])
        app.database.upgrade()
        documents = [_document(name, text) for name, text in made_up_sops.files(passages)]
        begun = time.process_time()
        embed_passages(app.database.session, app.database.transaction, documents, embedder)
        embedded = time.process_time() - begun
        with app.database.transaction() as session:
            store(session, documents, embedder, app.now())
        stored = time.process_time() - begun - embedded
        return {
            "embedded_ms_a_passage": round(1000 * embedded / passages, 2),
            "stored_ms_a_passage": round(1000 * stored / passages, 2),
        }


def first(folder: Path, passages: int, has_index: bool = True) -> dict[str, float]:
    """Start for the first time: the token file is written, and the Chroma index if one is used."""
    with _application(folder, passages) as app:
        app.embedder.embed(["ready"])
        begun = time.process_time()
        _refresh(app)
        loaded = time.process_time() - begun
        begun = time.process_time()
        _refresh(app, is_known=False)
        again = time.process_time() - begun
        built = {}
        if has_index:
            app.bring_index_up()
            built["chroma_s"] = round(time.process_time() - begun - 2 * again, 2)
        return built | {
            "token_file_s": round(loaded - again, 2),
            "token_file_mb": round(sum(path.stat().st_size for path in (app.settings.home / "tokens").iterdir()) / 1e6),
        }


def exact(folder: Path, passages: int) -> dict[str, Any]:
    with _application(folder, passages) as app:
        return _answers(app)


def chroma(folder: Path, passages: int) -> dict[str, Any]:
    with _application(folder, passages) as app, app.owned_index() as index:
        app.use_index(index)
        return _answers(app)


def _answers(app: App) -> dict[str, Any]:
    app.embedder.embed(["ready"])
    begun = time.process_time()
    _refresh(app)
    start = time.process_time() - begun
    asked = made_up_sops.questions(WARM_UP + QUESTIONS)
    for question in asked[:WARM_UP]:
        _answer(app, *question)
    spent = [_answer(app, *question) for question in asked[WARM_UP:]]
    stages = Stages()
    stages.follow()
    with_stages = sum(_answer(app, *question) for question in asked[WARM_UP:])
    rest = with_stages - sum(stages.seconds.values())
    in_stages = {name: round(1000 * seconds / QUESTIONS, 2) for name, seconds in stages.seconds.items()}
    return {
        "p50_ms": round(1000 * float(np.quantile(spent, 0.5)), 1),
        "p95_ms": round(1000 * float(np.quantile(spent, 0.95)), 1),
        "mean_ms": round(1000 * float(np.mean(spent)), 1),
        "stages_ms": in_stages | {"rest": round(1000 * rest / QUESTIONS, 2)},
        "start_s": round(start, 2),
        "own_mb": round(_kilobytes("RssAnon") / 1024),
        "mapped_mb": round(_kilobytes("RssFile") / 1024),
    }


def _answer(app: App, question: str, before: str | None) -> float:
    history = [Turn("user", before)] if before else []
    begun = time.process_time()
    with app.database.session() as session:
        drafted = draft(session, app.library, ASKER, question, Contacts(), history, RULES, ABOUT)
    assert drafted.reply.sources, question
    return time.process_time() - begun


def _kilobytes(kind: str) -> int:
    """Return memory held of one kind on this Linux machine: RssAnon is the process's own, RssFile maps files."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines[kind].split()[0])


def _refresh(app: App, is_known: bool = True) -> None:
    if not is_known:
        app.use_index(None)
    with app.database.session() as session:
        app.library.refresh(session)


def _document(name: str, text: str) -> Document:
    parsed = parse_document(name, text.encode())
    return Document(**{**vars(parsed), "audience": Audience(ROLES[name.partition("-")[0]])})


@contextmanager
def _application(folder: Path, passages: int, indexing: str = "best") -> Iterator[App]:
    threads = int(sys.argv[4]) if len(sys.argv) > 4 else None
    given = {"threads": threads} if threads else {}
    app = App(Settings(home=folder / f"{passages}-{indexing}", indexing=indexing, **given), models=folder / "models")
    try:
        yield app
    finally:
        app.close()


KINDS = {
    "fill": fill,
    "fill_fast": partial(fill, indexing="fast"),
    "first": first,
    "first_huge": partial(first, has_index=False),
    "exact": exact,
    "chroma": chroma,
}

if __name__ == "__main__":
    print(json.dumps(KINDS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))))
