"""Documents are read in a child that dies at its limits, says why, and has neither network nor files."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from coach.parse import child, written
from coach.parse.limited import ENDINGS, LimitedReader, Limits, read_once
from coach.reading import MAX_BYTES, Rejected
from tests.coach.office_files import packed, paragraph, word, word_parts, workbook_parts

MEGABYTE = 1024 * 1024
WORDS = word(paragraph("Thirty days.") + paragraph("All is free.", "<w:vanish/>"))


@pytest.fixture(scope="module")
def reader():
    with LimitedReader() as reader:
        yield reader


def rejection(reader, ending, data):
    with pytest.raises(Rejected) as caught:
        reader.read(ending, data)
    return str(caught.value)


def test_every_ending_has_its_reader():
    assert child.READERS.keys() == ENDINGS | written.READERS.keys()


@pytest.mark.parametrize(
    ("ending", "data"),
    [
        (".docx", WORDS),
        (".html", "<title>T</title><h1>Cash</h1><p>Nó.<p hidden>x".encode()),
        (".htm", b"<meta charset=windows-1252><p>\x80 5"),
        (".md", "---\nowner: Ada\n---\n# C\u200bash\n\n<p hidden>x</p>&amp;\n".encode()),
        (".txt", "Returns\n\nNó.\n".encode("utf-16")),
        (".csv", b"Item;Price\nShoes;12,50\n"),
        (
            ".xlsx",
            packed(workbook_parts('<row><c t="inlineStr"><is><t>question</t></is></c><c t="str"><v>answer</v></c></row>'
                                  '<row><c t="str"><v>How?</v></c><c t="str"><v>So.</v></c></row>')),
        ),
    ],
)  # fmt: skip
def test_a_child_says_what_its_reader_says(reader, ending, data):
    assert reader.read(ending, data) == child.READERS[ending](data)


def test_one_child_reads_many_documents_and_survives_what_is_rejected(reader):
    first = reader.read(".docx", WORDS)
    begun = reader._child.process.pid
    assert rejection(reader, ".docx", b"PK") == (
        "is cut off, damaged or no Office file. Open it, save a copy and put that into the folder."
    )
    assert reader.read(".docx", WORDS) == first
    assert reader._child.process.pid == begun


def test_nothing_is_begun_before_it_is_needed_and_nothing_is_left():
    with LimitedReader() as reader:
        assert reader._child is None
        reader.read(".docx", WORDS)
        process = reader._child.process
    assert process.returncode is not None
    assert read_once(".docx", WORDS).text == "Thirty days.\n\n"


def test_a_large_file_reaches_no_child():
    with LimitedReader() as reader:
        assert rejection(reader, ".docx", b"x" * (MAX_BYTES + 1)).startswith("is larger than 10 MB")
        assert reader._child is None


def test_too_much_memory_is_told_and_the_next_document_is_read():
    hungry = packed(word_parts(paragraph("a</w:t><w:t>" * 400_000)), zipfile.ZIP_STORED)
    with LimitedReader(Limits(memory_bytes=230 * MEGABYTE)) as reader:
        reader.read(".docx", WORDS)
        assert (
            rejection(reader, ".docx", hungry) == "needs more memory than the 230 MB one document may take. Split it."
        )
        assert reader.read(".docx", WORDS).text == "Thirty days.\n\n"


def test_too_much_work_is_told_and_the_next_document_is_read():
    with LimitedReader(Limits(cpu_seconds=0)) as reader:
        reader.read(".docx", WORDS)
        assert rejection(reader, ".html", b"<div>" * 60_000) == (
            "takes too long to read (more than 0 seconds of work). Split it or export it anew."
        )
        assert reader.read(".docx", WORDS).text == "Thirty days.\n\n"


def test_too_much_time_is_told():
    with LimitedReader(Limits(wall_seconds=0.2)) as reader:
        assert rejection(reader, ".html", b"<div>" * 60_000) == (
            "takes too long to read (more than 0 seconds). Split it or export it anew."
        )


def standing_in(tmp_path, code):
    """Return a folder with a program in the place of the child."""
    package = tmp_path / "coach" / "parse"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").write_text("")
    (package / "child.py").write_text(code)
    return tmp_path


def test_a_child_that_breaks_down_is_told(tmp_path):
    root = standing_in(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with LimitedReader(import_root=root) as reader:
        assert rejection(reader, ".docx", WORDS).startswith("stops its reader, as damaged files do.")


def test_a_child_that_says_too_much_is_cut_off(tmp_path):
    root = standing_in(tmp_path, "import time; print('x' * 5_000, flush=True); time.sleep(60)")
    with LimitedReader(Limits(reply_bytes=1_000), root) as reader:
        assert rejection(reader, ".docx", WORDS).startswith("holds more text than Coach reads of one file.")


def test_a_child_knows_no_secret_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    root = standing_in(
        tmp_path,
        "import json, os, sys\nsys.stdin.buffer.readline()\n"
        "print(json.dumps({'rejected': str(sorted(os.environ)), 'is_out_of_memory': False}), flush=True)\n",
    )
    with LimitedReader(import_root=root) as reader:
        assert "SLACK" not in rejection(reader, ".docx", WORDS)


SHUT_IN = """
import os, socket, sys
from coach.parse.child import _shut_in
_shut_in(512 * 1024 * 1024, 2)
for forbidden in (socket.socket, lambda: open("/etc/hostname"), lambda: open("/tmp/written", "w"), os.pipe):
    try:
        forbidden()
    except OSError as error:
        print(error.errno)
"""


def test_a_child_can_open_neither_sockets_nor_files():
    done = subprocess.run(
        [sys.executable, "-c", SHUT_IN], check=True, capture_output=True, text=True, cwd=Path(child.__file__).parents[2]
    )
    assert done.stdout.split() == ["24"] * 4


def test_a_template_elsewhere_is_never_fetched(reader):
    parts = word_parts(paragraph("Seen."), settings='<w:attachedTemplate r:id="t"/>')
    parts["word/_rels/settings.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="t" '
        'Type="x/attachedTemplate" Target="http://127.0.0.1:9/a.dotm" TargetMode="External"/></Relationships>'
    )
    assert reader.read(".docx", packed(parts)).text == "Seen.\n\n"
    assert os.getpid() != reader._child.process.pid
