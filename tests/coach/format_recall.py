"""How much of a text is found again when the same text comes as another format: `python -m tests.coach.format_recall`.

The Markdown of a handbook is cut into headings, sentences, list items and table cells; each counts as found when the
other format's parsed text holds its words in a row, and as in order when it stands behind what was found before it.
"""

import json
import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field

from markdown_it import MarkdownIt

from coach.documents import parse_document
from coach.evaluation import folded
from coach.front_matter import read_front_matter
from coach.parse.limited import LimitedReader
from coach.plain import plain
from coach.sections import sentences
from tests.coach.rendered import as_docx, as_html
from tests.support import SHARED

CORPORA = SHARED / "corpora"
FORMATS = ("md", "html", "docx", "pdf")
PARTS = ("headings", "sentences", "list items", "table cells")
NOT_WORDS = re.compile(r"[^\w]+")


@dataclass
class Recall:
    """Found and all of each part over a number of documents, and how many of those found are in order."""

    documents: int = 0
    found: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTS, 0))
    all: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTS, 0))
    in_order: int = 0
    missing: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def text_share(self):
        """Share of sentences, list items and table cells."""
        return sum(self.found[part] for part in PARTS[1:]) / sum(self.all[part] for part in PARTS[1:])

    @property
    def order_share(self):
        """Share of what was found that stands in the order of the Markdown."""
        return self.in_order / sum(self.found[part] for part in PARTS[1:])


def words_of(text):
    """Return letters and digits alone, as quotes, dashes and marks differ between formats."""
    return f" {NOT_WORDS.sub(' ', unicodedata.normalize('NFKC', text).casefold()).strip()} "


def parts_of(markdown):
    """Return (kind, words) for each part of a Markdown text in order."""
    body = markdown[read_front_matter(markdown)[1] :]
    found, open_tags = [], []
    for token in MarkdownIt("commonmark").enable("table").parse(body):
        if token.nesting:
            open_tags = [*open_tags, token.tag] if token.nesting > 0 else open_tags[:-1]
        if token.type != "inline":
            continue
        text = plain(token.content)
        if open_tags[-1][0] == "h":
            found.append(("headings", text))
        elif open_tags[-1] in ("td", "th"):
            found.append(("table cells", text))
        else:
            kind = "list items" if "li" in open_tags else "sentences"
            found += [(kind, text[span.start : span.end]) for span in sentences(text, 0, len(text))]
    return [(kind, words) for kind, text in found if (words := words_of(text)).strip()]


def measure(recall, name, markdown, document):
    """Add one document, read from another format, to a recall."""
    text = words_of(plain(document.text))
    headings = {words_of(path) for numbered in document.sections for path in numbered.section.heading_path}
    recall.documents += 1
    places = []
    for kind, words in parts_of(markdown):
        at = text.find(words, places[-1] if places else 0)
        at = text.find(words) if at < 0 else at
        is_found = words in headings if kind == "headings" else at >= 0
        recall.all[kind] += 1
        recall.found[kind] += is_found
        if not is_found:
            recall.missing.append((name, kind, words.strip()))
        elif kind != "headings":
            places.append(at)
    recall.in_order += longest_rise(places)


def longest_rise(numbers):
    """Return the length of the longest sequence among numbers that never falls."""
    ends = []
    for number in numbers:
        place = bisect_left(ends, number + 1)
        ends[place : place + 1] = [number]
    return len(ends)


def by_format():
    """Return the recall of the clef handbook for each format it was rendered to."""
    recalls = {each: Recall() for each in FORMATS}
    with LimitedReader() as reader:
        for source in sorted((CORPORA / "clef" / "docs").rglob("*.md")):
            markdown = source.read_text(encoding="utf-8")
            for ending in FORMATS:
                file = source if ending == "md" else CORPORA / "clef_renders" / f"{source.stem}.{ending}"
                if file.exists() and parts_of(markdown):
                    document = parse_document(file.name, file.read_bytes(), reader.read)
                    measure(recalls[ending], file.name, markdown, document)
    return recalls


def of_tables():
    """Return the recall of the pages of another handbook that hold tables, written as HTML and as Word here."""
    recalls = {"html": Recall(), "docx": Recall()}
    with LimitedReader() as reader:
        for source in sorted((CORPORA / "civicactions" / "docs").rglob("*.md")):
            markdown = source.read_text(encoding="utf-8")
            if any(kind == "table cells" for kind, _ in parts_of(markdown)):
                for ending, written in (("html", as_html(markdown)), ("docx", as_docx(markdown))):
                    document = parse_document(f"a.{ending}", written, reader.read)
                    measure(recalls[ending], source.name, markdown, document)
    return recalls


def gold_in_office_files():
    """Return for each real file how many of the spans that answer its questions its text holds, and of how many."""
    rows = [json.loads(line) for line in (CORPORA / "formats" / "questions.jsonl").read_text().splitlines()]
    texts, counts = {}, {}
    with LimitedReader() as reader:
        for row in rows:
            for gold in row.get("gold", ()):
                file = gold["file"]
                if file not in texts:
                    path = next(
                        path for path in (CORPORA / "formats").rglob("*") if path.name == file.rpartition("/")[2]
                    )
                    texts[file] = words_of(parse_document(path.name, path.read_bytes(), reader.read).text)
                found, every = counts.get(file, (0, 0))
                counts[file] = (found + (words_of(folded(gold["text"])) in texts[file]), every + 1)
    return counts


def table(recalls):
    """Return the recall table by format as lines."""
    lines = [f"{'format':8}{'files':>6}" + "".join(f"{part:>18}" for part in PARTS) + f"{'in order':>10}"]
    for ending, recall in recalls.items():
        cells = "".join(f"{_cell(recall.found[part], recall.all[part]):>18}" for part in PARTS)
        lines.append(f"{ending:8}{recall.documents:6}{cells}{recall.order_share:>10.1%}")
    return lines


def _cell(found, every):
    return f"{found}/{every} {found / every:.1%}" if every else "none"


def main():
    recalls = by_format()
    print("\n".join(["clef", *table(recalls), "pages of civicactions with tables, written here", *table(of_tables())]))
    for file, (found, every) in gold_in_office_files().items():
        print(f"{file}: {found} of {every} answering spans")
    for ending, recall in recalls.items():
        for name, kind, words in recall.missing[:40]:
            print(f"missing in {ending}: {name}: {kind}: {words[:90]}")


if __name__ == "__main__":
    main()
