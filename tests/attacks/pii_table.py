"""What personal data is found in synthetic texts of others: recall by kind, what was wrongly found, processor time.

`python -m tests.attacks.pii_table` prints the table.
"""

import json
import time
from collections import Counter
from dataclasses import dataclass

from coach.pii import PiiKind, spans
from tests.support import SHARED

KINDS = {
    "EMAIL_ADDRESS": PiiKind.EMAIL,
    "PHONE_NUMBER": PiiKind.PHONE,
    "CREDIT_CARD": PiiKind.CARD,
    "IBAN_CODE": PiiKind.IBAN,
    "US_SSN": PiiKind.SSN,
    "IP_ADDRESS": PiiKind.IP,
    "PERSON": PiiKind.NAME,
}


@dataclass(frozen=True)
class Row:
    """Of one kind: how many spans there are, how many were found whole, and what was found where nothing is."""

    written: int
    found: int
    wrong: tuple[str, ...]

    @property
    def recall(self):
        return self.found / self.written


@dataclass(frozen=True)
class PiiTable:
    """`milliseconds` of processor time a text."""

    texts: int
    rows: dict[PiiKind, Row]
    milliseconds: float


def table():
    """Return the table over all texts; who has a first and a family name somewhere is on the roster.

    A name that stands nowhere in full is nothing a roster could know.
    """
    texts = [json.loads(line) for line in (SHARED / "attacks/pii_presidio_synth.jsonl").read_text().splitlines()]
    people = {span["entity_value"] for text in texts for span in text["spans"] if span["entity_type"] == "PERSON"}
    people = {name for name in people if len(name.split()) > 1 and "." not in name}
    written, found = Counter(), Counter()
    wrong = {kind: [] for kind in KINDS.values()}
    begun = time.process_time()
    told = [spans(text["text"], people) for text in texts]
    spent = time.process_time() - begun
    for text, seen in zip(texts, told, strict=True):
        own = [(KINDS.get(span["entity_type"]), span["start_position"], span["end_position"]) for span in text["spans"]]
        for kind, start, end in own:
            if kind is not None and (kind is not PiiKind.NAME or text["text"][start:end] in people):
                written[kind] += 1
                found[kind] += any(span.kind is kind and span.start <= start and span.end >= end for span in seen)
        for span in seen:
            if not any(span.kind is kind and span.start < end and start < span.end for kind, start, end in own):
                wrong.setdefault(span.kind, []).append(text["text"][span.start : span.end])
    rows = {kind: Row(written[kind], found[kind], tuple(wrong[kind])) for kind in wrong}
    return PiiTable(len(texts), rows, 1_000 * spent / len(texts))


def as_text(shown):
    lines = [f"{'kind':<24}{'recall':>8}{'found':>12}{'wrong':>8}"]
    for kind, row in shown.rows.items():
        lines.append(f"{kind.value:<24}{row.recall:>8.2f}{f'{row.found} of {row.written}':>12}{len(row.wrong):>8}")
    return "\n".join([*lines, f"{shown.texts} texts, {shown.milliseconds:.2f} ms of processor time a text"])


if __name__ == "__main__":
    print(as_text(table()))
