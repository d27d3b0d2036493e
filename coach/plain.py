"""Owns the step from Markdown to plain words: what a person reads and what the search indexes."""

import re

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
IMAGE = re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)")
LINK = re.compile(r"\[([^\]\n]+)\]\([^)\n]*\)(\{[^}\n]*\})?")
REFERENCE_LINK = re.compile(r"\[([^\]\n]+)\]\[[^\]\n]*\]")
REFERENCE_TARGET = re.compile(r"^ {0,3}\[[^\]\n]+\]:\s*\S+.*$", re.MULTILINE)
AUTOLINK = re.compile(r"<((?:https?|mailto):[^>\s]+)>")
TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>")
TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-*:?[ \t]*)*\|?[ \t]*$", re.MULTILINE)
ADMONITION = re.compile(r"^[ \t]*(?:!!!|\?\?\?\+?)[ \t]+\w+[ \t]*\"?([^\"\n]*)\"?[ \t]*$", re.MULTILINE)
FENCE = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.MULTILINE)
LINE_MARK = re.compile(r"^[ \t]*(?:>[ \t]?)*[ \t]*(?:#{1,6}[ \t]+|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?)?", re.MULTILINE)
STRONG = re.compile(r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1")
EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])|(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)")
CODE = re.compile(r"`+([^`\n]+)`+")
ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
URL = re.compile(r"\b(?:https?://|www\.)\S+")


def plain(markdown: str) -> str:
    """Return the words of a piece of Markdown without its marks, on one line.

    Links keep their text and lose their target; a bare address stays, since the SOP shows it to its reader.
    """
    text = COMMENT.sub(" ", markdown)
    text = IMAGE.sub(r"\1", text)
    text = REFERENCE_TARGET.sub(" ", text)
    text = LINK.sub(r"\1", text)
    text = REFERENCE_LINK.sub(r"\1", text)
    text = AUTOLINK.sub(r"\1", text)
    text = TAG.sub(" ", text)
    text = ADMONITION.sub(r"\1", text)
    text = TABLE_RULE.sub(" ", text)
    text = FENCE.sub(" ", text)
    text = LINE_MARK.sub("", text)
    text = CODE.sub(r"\1", text)
    text = STRONG.sub(r"\2", text)
    text = EMPHASIS.sub(lambda match: match[1] or match[2], text)
    text = ESCAPE.sub(r"\1", text)
    return " ".join(_cells(text).split())


def searchable(markdown: str) -> str:
    """Return the words a search should see: plain text without web addresses."""
    return " ".join(URL.sub(" ", plain(markdown)).split())


def _cells(text: str) -> str:
    lines = [
        " – ".join(cell.strip() for cell in line.strip().strip("|").split("|") if cell.strip()) if "|" in line else line
        for line in text.split("\n")
    ]
    return "\n".join(lines)
