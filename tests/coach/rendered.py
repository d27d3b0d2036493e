"""Markdown written as a web page and as a Word document, for handbooks that come in no other format."""

from io import BytesIO

from docx import Document
from markdown_it import MarkdownIt

from coach.front_matter import read_front_matter
from coach.plain import plain

MARKDOWN = MarkdownIt("commonmark").enable("table")


def body_of(markdown):
    return markdown[read_front_matter(markdown)[1] :]


def as_html(markdown):
    """Return a page of a Markdown text."""
    return f"<!DOCTYPE html><meta charset=utf-8><body>{MARKDOWN.render(body_of(markdown))}</body>".encode()


def as_docx(markdown):
    """Return a Word document of a Markdown text: headings, lists up to three deep and tables by Word's own styles."""
    document = Document()
    lists, rows = [], []
    for token in (tokens := iter(MARKDOWN.parse(body_of(markdown)))):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append("List Bullet" if token.type.startswith("bullet") else "List Number")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "heading_open":
            document.add_heading(plain(next(tokens).content), int(token.tag[1]))
        elif token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            rows[-1].append(plain(next(tokens).content))
        elif token.type == "table_close":
            _write_table(document, rows)
            rows = []
        elif token.type == "inline":
            style = f"{lists[-1]}{f' {min(len(lists), 3)}' if len(lists) > 1 else ''}" if lists else None
            document.add_paragraph(plain(token.content), style)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _write_table(document, rows):
    table = document.add_table(len(rows), len(rows[0]))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
