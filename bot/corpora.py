"""Reads corpora: folders of documents, and questions whose answers are known."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coach.documents import is_readable
from coach.evaluation import Case, Gold, read_case
from metrics.errors import Refusal


@dataclass(frozen=True)
class Corpus:
    """Documents as (file, bytes), the cases asked of them, and files restricted to a role on cases of type acl.

    One that is `beside` is measured by itself, and no part of what is pooled or fitted.
    """

    name: str
    files: tuple[tuple[str, bytes], ...]
    cases: tuple[Case, ...]
    restricted: dict[str, str]
    is_beside: bool = False


def read_corpus(folder: Path) -> Corpus:
    """Read a folder with questions.jsonl and either docs/ (and acl.json, if any) or passages.jsonl, as SQuAD 2 has it.

    Raises Refusal for another folder, or a file in it that cannot be read.
    """
    if not (folder / "questions.jsonl").is_file():
        raise Refusal(f"{folder} is not a corpus: it needs docs/ and questions.jsonl.")
    try:
        if (folder / "docs").is_dir():
            return _handbook(folder)
        if (folder / "passages.jsonl").is_file():
            return _paragraphs(folder)
    except (KeyError, ValueError) as error:
        raise Refusal(f"{folder} is not a corpus: {error!r} in one of its files.") from None
    raise Refusal(f"{folder} is not a corpus: it needs docs/ and questions.jsonl.")


def _handbook(folder: Path) -> Corpus:
    name, docs, acl = folder.resolve().name, folder / "docs", folder / "acl.json"
    files = ((path.relative_to(docs).as_posix(), path) for path in sorted(docs.rglob("*")) if path.is_file())
    return Corpus(
        name=name,
        files=tuple((file, path.read_bytes()) for file, path in files if is_readable(file)),
        cases=tuple(read_case(name, row) for row in _rows(folder / "questions.jsonl")),
        restricted=dict(json.loads(acl.read_text(encoding="utf-8"))["restricted"]) if acl.is_file() else {},
    )


def _paragraphs(folder: Path) -> Corpus:
    name = folder.resolve().name
    passages = list(_rows(folder / "passages.jsonl"))
    return Corpus(
        name=name,
        files=tuple((f"{row['id']}.md", f"# {row['title']}\n\n{row['text']}\n".encode()) for row in passages),
        cases=tuple(_case(name, row) for row in _rows(folder / "questions.jsonl")),
        restricted={},
        is_beside=True,
    )


def _case(corpus: str, row: dict[str, Any]) -> Case:
    # Of answers that are all right the shortest stands in most of the others.
    answers = sorted(row["answers"], key=len)
    return Case(
        corpus=corpus,
        id=str(row["id"]),
        kind="answerable" if row["answerable"] else "unanswerable",
        role=None,
        question=str(row["question"]),
        history=(),
        expected="answer" if row["answerable"] else "not_covered",
        gold=(Gold(frozenset([f"{row['gold_file']}.md"]), answers[0]),) if row["answerable"] else (),
        forbidden=(),
        is_acl=False,
    )


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
