"""The Chroma index, embedded or on a server: one collection an audience, so a query touches only what may be read."""

import hashlib
from collections.abc import Sequence

import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection
from chromadb.errors import NotFoundError

from coach.embed import Vectors
from coach.index.port import Content, Near, OnStep, Step, ignore

BATCH = 500
HNSW: CreateHNSWConfiguration = {"space": "cosine", "ef_search": 200, "ef_construction": 200, "max_neighbors": 32}


class ChromaIndex:
    """Keeps `content` in collections named after `version`; a manifest collection carries the stamp."""

    def __init__(self, client: ClientAPI, version: str) -> None:
        self._client = client
        self._prefix = f"sop-{hashlib.sha256(version.encode()).hexdigest()[:12]}"
        self._collections: dict[str, Collection] = {}

    def stamp(self) -> str | None:
        """Return the state it holds whole, None after an interruption."""
        try:
            manifest = self._client.get_collection(f"{self._prefix}-manifest", embedding_function=None)
        except NotFoundError:
            return None
        return str((manifest.metadata or {}).get("stamp") or "") or None

    def catch_up(self, content: Content, on_step: OnStep = ignore) -> None:
        """Make the collections hold exactly `content`, then drop those of other versions.

        The stamp is cleared first and written last, so an interruption shows and the next call repairs it.
        """
        manifest = self._client.get_or_create_collection(f"{self._prefix}-manifest", embedding_function=None)
        manifest.modify(metadata={"stamp": ""})
        on_step(Step("index_opened", 0, content.size))
        self._collections = {}
        done = 0
        for audience, (ids, vectors) in content.groups.items():
            self._fill(audience, ids, vectors, done, content.size, on_step)
            done += len(ids)
        wanted = {f"{self._prefix}-manifest", *(self._name(audience) for audience in content.groups)}
        for collection in self._client.list_collections():
            if collection.name.startswith("sop-") and collection.name not in wanted:
                self._client.delete_collection(collection.name)
                on_step(Step("index_emptied", done, content.size))
        manifest.modify(metadata={"stamp": content.stamp})
        on_step(Step("index_stamped", done, content.size))

    def nearest(self, vector: Vectors, audiences: Sequence[str], limit: int) -> list[Near]:
        """Return the nearest windows of these audiences, nearest first."""
        found: list[Near] = []
        for audience in dict.fromkeys(audiences):
            collection = self._collection(audience)
            if collection is None:
                continue
            answer = collection.query(query_embeddings=[vector.tolist()], n_results=limit, include=["distances"])
            distances = (answer["distances"] or [[]])[0]
            found += [Near(int(key), 1 - distance) for key, distance in zip(answer["ids"][0], distances, strict=True)]
        return sorted(found, key=lambda near: -near.cosine)[:limit]

    def nearest_to_each(self, vectors: Vectors, audience: str) -> list[int | None]:
        """Return the window nearest to each vector in one audience."""
        collection = self._collection(audience)
        if collection is None:
            return [None] * len(vectors)
        found: list[int | None] = []
        for start in range(0, len(vectors), BATCH):
            answer = collection.query(query_embeddings=vectors[start : start + BATCH], n_results=1, include=[])
            found += [int(ids[0]) if ids else None for ids in answer["ids"]]
        return found

    def drop(self) -> None:
        """Delete every SOP collection, of this version and others."""
        self._collections = {}
        for collection in self._client.list_collections():
            if collection.name.startswith("sop-"):
                self._client.delete_collection(collection.name)

    def _fill(self, audience: str, ids: np.ndarray, vectors: Vectors, done: int, total: int, on_step: OnStep) -> None:
        name = self._name(audience)
        wanted = {str(window_id): row for row, window_id in enumerate(ids)}
        collection = self._open(name)
        held = set(collection.get(include=[])["ids"])
        if not held <= wanted.keys():
            # A graph that reuses the place of a deleted vector can lose its way to others for good, without an error:
            # a collection only ever grows, and is made anew when something leaves it.
            self._client.delete_collection(name)
            on_step(Step("index_removed", done, total))
            collection, held = self._open(name), set()
        self._collections[audience] = collection
        missing = sorted(wanted.keys() - held, key=int)
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            collection.add(ids=batch, embeddings=vectors[[wanted[key] for key in batch]])
            on_step(Step("index_added", done + min(start + BATCH, len(missing)), total))

    def _open(self, name: str) -> Collection:
        return self._client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": HNSW})

    def _collection(self, audience: str) -> Collection | None:
        if audience not in self._collections:
            try:
                self._collections[audience] = self._client.get_collection(self._name(audience), embedding_function=None)
            except NotFoundError:
                return None
        return self._collections[audience]

    def _name(self, audience: str) -> str:
        return f"{self._prefix}-{hashlib.sha256(audience.encode()).hexdigest()[:16]}"
