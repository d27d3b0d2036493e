"""One measurement a process: `python -m benchmarks.measure KIND FOLDER PASSAGES` prints its figures as JSON.

Passages at 1,000 and 10,000 carry seeded synthetic vectors, since 10,000 real ones take minutes and cost the same to
search; the question's vector is the language model's, and every other step is the one staff get.
"""

import hashlib
import json
import random
import re
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.app import App
from bot.asking import ask
from bot.company import apply_folder, read_folder
from bot.settings import Settings
from bot.trial.conversation import SAMPLE_COMPANY
from coach.documents import parse_document
from coach.embed import Embedder, Vectors
from coach.minilm.encoder import MiniLmEmbedder
from coach.sections import Span, sentences
from metrics.policy import Asker

QUESTIONS = 200
WARM_UP = 10
ROLES = ("owner", "shift lead")
ASKER = Asker(roles=frozenset(ROLES))


class SyntheticPassages:
    """The model's id with seeded vectors, for filling a database quickly."""

    id = MiniLmEmbedder.id
    dimensions = MiniLmEmbedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one random unit vector a text, the same for the same text."""
        drawn = np.stack(
            [
                np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])).normal(
                    size=self.dimensions
                )
                for text in texts
            ]
        )
        return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def application(folder: Path, size: str, embedder: Embedder | None = None) -> App:
    return App(Settings(home=folder / size), embedder=embedder, models=folder / "models")


def build(folder: Path, size: str) -> dict[str, float]:
    application(folder, size).embedder.embed(["ready"])
    return {"cpu": round(_cpu_seconds(), 2)}


def embed(folder: Path, size: str) -> dict[str, float]:
    embedder = application(folder, size).embedder
    source = random.Random(1)
    stock = _sentences()
    passages = [" ".join(source.choices(stock, k=9)) for _ in range(192)]
    passages = [" ".join(passage.split()[:150]) for passage in passages]
    embedder.embed(passages[:16])
    begun = time.process_time()
    embedder.embed(passages)
    whole = time.process_time() - begun
    parts = [passage[span.start : span.end] for passage in passages for span in sentences(passage, 0, len(passage))]
    begun = time.process_time()
    embedder.embed(parts)
    in_parts = time.process_time() - begun
    begun = time.process_time()
    for question in questions():
        embedder.embed([question])
    return {
        "passages_per_cpu_second": round(len(passages) / whole, 1),
        "ingested_per_cpu_second": round(len(passages) / (whole + in_parts), 1),
        "question_ms": round(1000 * (time.process_time() - begun) / QUESTIONS, 2),
    }


def fill(folder: Path, size: str) -> dict[str, float]:
    company = folder / f"company-{size}"
    source, stock, count = random.Random(2), _sentences(), int(size)
    (company / "sops").mkdir(parents=True)
    (company / "company.yaml").write_text(
        "roles: [owner, shift lead]\ndefault_audience: everyone\n"
        "audiences:\n  'owner-*.md': [owner]\n  'lead-*.md': [shift lead]\n"
    )
    for number in range(count // 50):
        audience = ("all", "all", "all", "owner", "lead")[number % 5]
        sections = [
            f"## {source.choice(stock)[:50].rstrip('.')}\n\n{' '.join(source.choices(stock, k=6))}\n" for _ in range(50)
        ]
        (company / "sops" / f"{audience}-{number:04}.md").write_text(f"# Procedure {number}\n\n" + "\n".join(sections))
    app = application(folder, size, SyntheticPassages())
    app.database.upgrade()
    apply_folder(read_folder(company), app.database, app.embedder, app.now())
    app.bring_index_up()
    app.close()
    return {}


def exact(folder: Path, size: str) -> dict[str, float]:
    return _ask_many(application(folder, size))


def chroma(folder: Path, size: str) -> dict[str, float]:
    app = application(folder, size)
    with app.owned_index() as index:
        app.use_index(index)
        return _ask_many(app)


def cold(folder: Path, size: str) -> dict[str, float]:
    app = application(folder, size)
    with app.owned_index() as index, app.database.session() as session:
        app.use_index(index)
        app.library.refresh(session)
        app.embedder.embed(["ready"])
        return {"cpu": round(_cpu_seconds(), 2)}


def _ask_many(app: App) -> dict[str, float]:
    spent = []
    for number, question in enumerate(questions() + questions()[:WARM_UP]):
        begun = time.process_time()
        told = ask(app, ASKER, question)
        assert told.reply.status != "refused", question
        if number >= WARM_UP:
            spent.append(1000 * (time.process_time() - begun))
    return {
        "p50_ms": round(float(np.quantile(spent, 0.5)), 1),
        "p95_ms": round(float(np.quantile(spent, 0.95)), 1),
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0),
    }


def questions() -> list[str]:
    source, stock = random.Random(3), _sentences()
    forms = ("what do i do about {}", "how long do we have for {}", "who do i ask about {}", "where do i find {}")
    return [source.choice(forms).format(" ".join(source.choice(stock).split()[:7]).lower()) for _ in range(QUESTIONS)]


def _sentences() -> list[str]:
    found = []
    for path in sorted((SAMPLE_COMPANY / "sops").rglob("*.md")):
        document = parse_document(path.name, path.read_bytes())
        spans = (span for section in document.sections for span in _spans(document.text, section.section))
        found += [" ".join(re.findall(r"[\w',.]+", document.text[span.start : span.end])) for span in spans]
    return [sentence for sentence in found if len(sentence.split()) > 8]


def _spans(text: str, section: Span) -> list[Span]:
    return list(sentences(text, section.start, section.end))


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


if __name__ == "__main__":
    kind, folder, size = sys.argv[1:]
    kinds = {"build": build, "embed": embed, "fill": fill, "exact": exact, "chroma": chroma, "cold": cold}
    print(json.dumps(kinds[kind](Path(folder), size)))
