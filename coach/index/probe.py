"""Opens an embedded Chroma folder and asks every collection one question; exit code 0 when it answers.

Run as a child process: a damaged index can end the interpreter.
"""

import sys
from contextlib import closing
from typing import TYPE_CHECKING, cast

import chromadb
from chromadb.config import Settings

if TYPE_CHECKING:
    from chromadb.api.client import Client


def probe(folder: str) -> None:
    """Query each collection once. Raises, or ends the process, when its files are damaged."""
    client = cast("Client", chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False)))
    with closing(client):
        for collection in client.list_collections():
            found = collection.get(limit=1, include=["embeddings"])
            if found["ids"]:
                collection.query(query_embeddings=found["embeddings"], n_results=1, include=[])


if __name__ == "__main__":
    probe(sys.argv[1])
