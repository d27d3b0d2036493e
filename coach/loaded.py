"""Owns the newest generation of SOPs as one process has loaded it: snapshot, index and token file, replaced as one."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from coach.embed import Embedder
from coach.index.held import exact_index, index_holding
from coach.index.port import Index, OnStep, Step
from coach.passage_vectors import STORED_FORM, stored_states
from coach.rank import Rows
from coach.snapshot import Snapshot, current_generation, load_snapshot
from coach.tables import SopGeneration
from coach.tokens import States, TokenFile, open_token_file
from metrics.errors import NotReady

PASSAGES_A_QUERY = 200


@dataclass(frozen=True, eq=False)
class Loaded:
    """One generation, the index that holds its windows, and the file of its token states, None where there is none."""

    snapshot: Snapshot
    index: Index
    token_file: TokenFile | None = None

    def states(self, session: Session, rows: Rows) -> list[States]:
        """Return the token states of rows, in their order: from the file, and from SQL what that lacks."""
        found = {int(row): self.token_file.read(row) if self.token_file else None for row in rows}
        lacking = {row: int(self.snapshot.ids[row]) for row, states in found.items() if states is None}
        stored = _stored(session, self.snapshot, list(lacking.values())) if lacking else {}
        nothing = np.zeros((0, self.snapshot.tokens.dimensions), dtype=np.int8)
        return [stored.get(lacking[row], nothing) if states is None else states for row, states in found.items()]


class Newest:
    """Follows the newest generation in SQL; several threads may ask."""

    def __init__(self, embedder: Embedder, index: Index | None, token_folder: Path | None) -> None:
        self._embedder = embedder
        self._index = index
        self._token_folder = token_folder
        self._loaded: Loaded | None = None
        self._loading = threading.Lock()

    def get(self, session: Session, on_step: OnStep, canaries: int | None) -> Loaded:
        """Return the newest generation, loaded and with an index that holds it.

        While one thread loads it, others go on with the generation before. Raises NotReady before the first apply, or
        when the SOPs were applied with another embedder, or by a Coach that stored them otherwise.
        """
        generation = self._generation(session)
        loaded = self._loaded
        if loaded is not None and loaded.snapshot.generation == generation.number:
            return loaded
        if not self._loading.acquire(blocking=loaded is None):
            return loaded or self.get(session, on_step, canaries)
        try:
            if self._loaded is None or self._loaded.snapshot.generation != generation.number:
                if self._loaded is not None:
                    # The index is about to change under whoever searches meanwhile.
                    self._loaded = replace(self._loaded, index=exact_index(self._loaded.snapshot.content))
                snapshot = load_snapshot(session, generation, self._embedder.dimensions)
                index = index_holding(snapshot.content, self._index, on_step, canaries)
                self._loaded = Loaded(snapshot, index, self._open_tokens(session, snapshot, on_step))
            return self._loaded
        finally:
            self._loading.release()

    def _generation(self, session: Session) -> SopGeneration:
        generation = current_generation(session)
        if generation is None:
            raise NotReady("Coach knows no SOPs yet. Run `coach apply FOLDER` with your company folder first.")
        if generation.embedder_id != self._embedder.id:
            raise NotReady("The SOPs were indexed with another language model. Run `coach apply FOLDER` again.")
        if not generation.measured_with.startswith(f"{STORED_FORM} "):
            raise NotReady("The SOPs were indexed by another version of Coach. Run `coach apply FOLDER` again.")
        return generation

    def _open_tokens(self, session: Session, snapshot: Snapshot, on_step: OnStep) -> TokenFile | None:
        if self._token_folder is None or not snapshot.tokens.counts.any():
            return None

        def read_all() -> Iterator[bytes]:
            for start in range(0, snapshot.ids.size, PASSAGES_A_QUERY):
                ids = snapshot.ids[start : start + PASSAGES_A_QUERY].tolist()
                stored = _stored(session, snapshot, ids)
                for passage_id, count in zip(ids, snapshot.tokens.counts[start : start + len(ids)], strict=True):
                    # An apply may have taken it out meanwhile; then nobody is given it, but its place is kept.
                    gone = bytes(int(count) * snapshot.tokens.dimensions)
                    yield stored[passage_id].tobytes() if passage_id in stored else gone
                on_step(Step("tokens_written", start + len(ids), snapshot.ids.size))

        return open_token_file(self._token_folder, snapshot.tokens, read_all)


def _stored(session: Session, snapshot: Snapshot, passage_ids: list[int]) -> dict[int, States]:
    return stored_states(session, snapshot.embedder_id, passage_ids, snapshot.tokens.dimensions)
