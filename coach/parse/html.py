"""Reads an HTML page, as offices and wikis export it: what its reader sees, in the encoding it states."""

import codecs
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from coach.parse.html_blocks import Blocks
from coach.parse.html_looks import styles_of
from coach.parse.page import Page
from coach.reading import Reading, Rejected, as_written

UNSEEN = (
    "script, style, template, noscript, iframe, object, svg, math annotation, button, select, textarea, datalist, nav, "
    "[role=navigation], [role=search], [role=contentinfo], [aria-hidden=true], [class*=breadcrumb], [id*=breadcrumb], "
    "body > footer, #footer, .toc, #toc, .toc-macro, .table_of_contents, .page-metadata"
)
TITLES = ("p.title", "h1.page-title", "#title-text", "title")
CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)
# Looked up here, since the process that reads pages can load no module later.
CODECS = {
    "utf-8": codecs.lookup("utf-8-sig"),
    **{name: codecs.lookup(name) for name in ("utf-16", "windows-1250", "windows-1251")},
    **{name: codecs.lookup(name) for name in ("iso-8859-2", "iso-8859-15", "macintosh")},
    **dict.fromkeys(("windows-1252", "iso-8859-1", "latin1", "us-ascii", "cp1252"), codecs.lookup("cp1252")),
}
COMMENT_OF_GOOGLE = "a[href^='#cmnt']"


def read_page(data: bytes) -> Reading:
    """Read a page from its bytes, in the encoding it states. Raises Rejected for words in another one."""
    return read(_decoded(data))


def read(text: str) -> Reading:
    """Return the visible text of a page with its headings; nothing hidden by tag, attribute, style or style sheet."""
    try:
        tree = LexborHTMLParser(text)
    except SelectolaxError:
        # Any characters are a page; what its parser can lack is memory alone.
        raise MemoryError from None
    title = next(filter(None, (_words(node) for name in TITLES for node in tree.css(name))), None)
    page = Page()
    if tree.body is not None:
        unseen = {node.mem_id for node in tree.css(UNSEEN)} | _comments(tree, page)
        Blocks(page, styles_of(tree), unseen).write(tree.body)
    return Reading(page.text(), tuple(page.headings), title=title, hidden=tuple(page.hidden))


def _comments(tree: LexborHTMLParser, page: Page) -> set[int]:
    """Return the comments below a page of Google Docs and the marks that lead there, remembering what they say."""
    found = set()
    for place, link in enumerate(tree.css(COMMENT_OF_GOOGLE), start=1):
        found.add(link.mem_id)
        box = link.parent.parent if link.parent is not None else None
        if (link.attributes.get("href") or "").startswith("#cmnt_ref") and box is not None and box.tag == "div":
            found.add(box.mem_id)
            page.hide("a comment", f"comment {place}", _words(box))
    return found


def _words(node: LexborNode) -> str:
    return " ".join(node.text().split())


def _decoded(data: bytes) -> str:
    name = _encoding(data)
    if name not in CODECS:
        raise Rejected(f"says it is written in {name}, which is not read. Save it as UTF-8 and try again.")
    if name == "utf-8":
        return as_written(data)
    try:
        return CODECS[name].decode(data)[0]
    except UnicodeDecodeError:
        raise Rejected(f"says it is written in {name} and is not. Save it as UTF-8 and try again.") from None


def _encoding(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    stated = CHARSET.search(data[:4096])
    # A page whose statement is legible byte by byte is not written in two bytes a letter.
    if data.startswith(codecs.BOM_UTF8) or stated is None or stated[1].lower().startswith(b"utf-16"):
        return "utf-8"
    return stated[1].decode().lower()
