"""Owns the child that reads documents: `python -m coach.parse.child MEMORY_BYTES CPU_SECONDS`, run by limited.py.

For each document a line `{"ending": ".docx", "size": 1234}` and its bytes come in, and one line of JSON goes out.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any, BinaryIO

from coach.parse import docx, html, pdf, written, xlsx
from coach.reading import Reading, Rejected

READERS: dict[str, Callable[[bytes], Reading]] = {
    ".docx": docx.read,
    ".htm": html.read_page,
    ".html": html.read_page,
    ".pdf": pdf.read,
    ".xlsx": xlsx.read,
    **{ending: partial(written.read, ending) for ending in written.READERS},
}


def main() -> None:
    """Read documents until there are none, each within its share of CPU time."""
    memory_bytes, cpu_seconds = int(sys.argv[1]), int(sys.argv[2])
    # Whatever a library prints must not pass for a reply.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as replies:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        _shut_in(memory_bytes, highest_descriptor=replies.fileno())
        while header := sys.stdin.buffer.readline():
            _allow_cpu(cpu_seconds)
            reply = _reply(json.loads(header), sys.stdin.buffer)
            replies.write(json.dumps(reply, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            replies.flush()
            if reply.get("is_out_of_memory"):
                return


def _reply(asked: dict[str, Any], documents: BinaryIO) -> dict[str, Any]:
    try:
        data = documents.read(asked["size"])
        return {"reading": asdict(READERS[asked["ending"]](data))}
    except Rejected as reason:
        return _rejection(str(reason))
    except MemoryError:
        return _rejection("", is_out_of_memory=True)
    except RecursionError:
        return _rejection(
            "is nested deeper than an office program writes it. Save a copy and put that into the folder."
        )
    except Exception as error:
        # A damaged document leads a library anywhere.
        return _rejection(
            f"cannot be read ({type(error).__name__}). Open it, save a copy and put that into the folder."
        )


def _rejection(reason: str, is_out_of_memory: bool = False) -> dict[str, Any]:
    return {"rejected": reason, "is_out_of_memory": is_out_of_memory}


def _shut_in(memory_bytes: int, highest_descriptor: int) -> None:
    """Give up, for good, what reading needs not: more memory, core dumps, writing files, new files and sockets."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # Every module is loaded by now: with no descriptor left the kernel refuses each socket and each file.
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest_descriptor + 1, highest_descriptor + 1))


def _allow_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


if __name__ == "__main__":
    main()
