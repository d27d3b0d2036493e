"""The same handbook says the same as Markdown, HTML, Word and PDF; real files hold what answers their questions."""

import pytest

from coach.documents import parse_document
from tests.coach.format_recall import (
    CORPORA,
    FORMATS,
    Recall,
    by_format,
    gold_in_office_files,
    longest_rise,
    measure,
    of_tables,
    table,
)
from tests.support import skip_or_fail

MARKDOWN = "# Returns\n\nShoes go back. Hats stay.\n\n- Ask first\n\n| Item | Days |\n|---|---|\n| Shoes | 30 |\n"


def recall_of(text):
    recall = Recall()
    measure(recall, "a.md", MARKDOWN, parse_document("a.md", text.encode()))
    return recall


def test_recall_counts_what_is_found_and_in_order():
    same = recall_of(MARKDOWN)
    assert same.found == same.all == {"headings": 1, "sentences": 2, "list items": 1, "table cells": 4}
    assert (same.text_share, same.order_share) == (1, 1)
    other = recall_of("# Other\n\nAsk first. Hats stay. Shoes 30.\n")
    assert other.found == {"headings": 0, "sentences": 1, "list items": 1, "table cells": 2}
    assert other.order_share == 3 / 4
    assert longest_rise([1, 5, 2, 3, 3]) == 4


@pytest.fixture(scope="module")
def recalls():
    if not (CORPORA / "clef_renders").is_dir():
        skip_or_fail("../shared/corpora is missing")
    return by_format()


@pytest.mark.parametrize("ending", FORMATS)
def test_a_handbook_says_the_same_in_every_format(recalls, ending):
    print("\n".join(table({ending: recalls[ending]})))
    recall = recalls[ending]
    assert recall.documents == (5 if ending == "pdf" else 39)
    assert recall.text_share >= 0.995
    assert recall.order_share >= 0.995
    assert recall.found["headings"] / recall.all["headings"] >= 0.99


def test_tables_say_the_same_in_every_format(recalls):
    tables = of_tables()
    print("\n".join(table(tables)))
    for recall in tables.values():
        assert recall.all["table cells"] > 250
        assert recall.found["table cells"] == recall.all["table cells"]
        assert recall.text_share >= 0.99


def test_real_office_files_hold_what_answers_their_questions(recalls):
    assert {file: found / every for file, (found, every) in gold_in_office_files().items()} == {
        "artsy-tech-radar.csv": 1,
        "evaluator-worksheet.pdf": 1,
        "sample-kickoff-agenda.pdf": 1,
    }
