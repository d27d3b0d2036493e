"""Owns the step from Markdown to plain words: what a person reads and what the search indexes."""

import html
import re

from coach.reading import visible

# Every pattern takes time linear in the text: a stretch between marks may not hold its own opening mark.
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LITERAL = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])|(?<!`)(`++)([^\n]*?)(?<!`)\2(?!`)")
KEPT = re.compile(r"\0(\d+)\0")
TARGET = r"\((?:[^()\n]|\([^()\n]*\))*\)"
IMAGE = re.compile(rf"!\[([^\[\]\n]*)\]{TARGET}")
LINK = re.compile(rf"\[([^\[\]\n]+)\]{TARGET}(\{{[^{{}}\n]*\}})?")
REFERENCE_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\[[^\[\]\n]*\]")
REFERENCE_LINK = re.compile(r"\[([^\[\]\n]+)\]\[[^\[\]\n]*\]")
REFERENCE_TARGET = re.compile(
    r"^ {0,3}\[[^\[\]\n]+\]:[ \t]*+(?:<[^<>\n]*>|[^\s<]\S*+)(?:[ \t]++(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*$",
    re.MULTILINE,
)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]{1,31});")
AUTOLINK = re.compile(r"<((?:https?|mailto):[^<>\s]+)>")
# Only HTML's own names: <manager> is a word to fill in.
TAG = re.compile(
    r"</?(?:a|abbr|address|article|b|big|blockquote|br|button|caption|center|cite|code|col|colgroup|dd|del|details|div"
    r"|dl|dt|em|figcaption|figure|font|footer|h[1-6]|header|hr|i|iframe|img|input|ins|kbd|label|li|mark|nav|ol|p|picture"
    r"|pre|q|s|samp|script|section|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th"
    r"|thead|tr|tt|u|ul|var|video)(?:[\s/][^<>]{0,300})?>",
    re.IGNORECASE,
)
RULE_LINE = re.compile(r"^(?:(?=[|: \t]*-)[-|: \t]+|[ \t]*([*_=])(?:[ \t]*\1){2,}[ \t]*)$", re.MULTILINE)
ADMONITION = re.compile(r"^[ \t]*(?:!!!|\?\?\?\+?)[ \t]++\w++[ \t]*+\"?([^\"\n]*+)\"?[ \t]*$", re.MULTILINE)
FENCE = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.MULTILINE)
LINE_MARK = re.compile(r"^[ \t]*(?:>[ \t]?)*[ \t]*(?:#{1,6}[ \t]+|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?)?", re.MULTILINE)
STRONG = re.compile(r"(?<!\*)(\*{2,3})(?=[^\s*])([^*]+?)(?<=\S)\1(?!\*)")
EMPHASIS = re.compile(
    r"(?<![\w*])\*(?=[^\s*])((?:[^*\n]|\n(?!\n))+?)(?<=[^\s*])\*(?![\w*])"
    r"|(?<!\w)_(?=[^\s_])((?:[^_\n]|\n(?!\n))+?)(?<=[^\s_])_(?!\w)"
)
RUN = r"(?:(?<!\*)\*{2,3}(?!\*)|(?<!_)__(?!_)|(?<!~)~~(?!~))"
# The other half of a pair may stand in another sentence.
HALF_PAIR = re.compile(rf"(?<!\w){RUN}(?=\S)|(?<=\S){RUN}(?!\w)")
# Without one of these no pattern above changes anything but white space.
MARK = re.compile(r"[\\`*_<\[|~=\0]|&[#a-zA-Z]|!!!|\?\?\?|^[ \t]*[>#+\-:]", re.MULTILINE)
URL = re.compile(r"\b(?:https?://|www\.)\S+")


def plain(markdown: str) -> str:
    """Return the words of a piece of Markdown without its marks, on one line.

    Links keep their text and lose their target; a bare address stays, since the SOP shows it to its reader. Code and
    escaped characters stay as they are.
    """
    if not MARK.search(markdown):
        return " ".join(markdown.split())
    return _without_marks(markdown)


def _without_marks(markdown: str) -> str:
    literals: list[str] = []

    def keep(literal: re.Match[str]) -> str:
        literals.append(literal[1] or literal[3])
        return f"\0{len(literals) - 1}\0"

    text = LITERAL.sub(keep, without_comments(markdown.replace("\0", " ")))
    text = REFERENCE_IMAGE.sub(r"\1", IMAGE.sub(r"\1", text))
    text = REFERENCE_TARGET.sub(" ", text)
    text = LINK.sub(r"\1", text)
    text = REFERENCE_LINK.sub(r"\1", text)
    text = AUTOLINK.sub(r"\1", text)
    text = TAG.sub(" ", text)
    text = ADMONITION.sub(r"\1", text)
    text = RULE_LINE.sub(" ", text)
    text = FENCE.sub(" ", text)
    text = LINE_MARK.sub("", text)
    text = STRONG.sub(r"\2", text)
    text = EMPHASIS.sub(lambda match: match[1] or match[2], text)
    text = HALF_PAIR.sub("", text)
    text = ENTITY.sub(lambda entity: visible(html.unescape(entity[0])), _cells(text))
    text = KEPT.sub(lambda match: literals[int(match[1])], text)
    return " ".join(text.split())


def searchable(markdown: str) -> str:
    """Return the words a search should see: plain text without web addresses."""
    return " ".join(URL.sub(" ", plain(markdown)).split())


def without_comments(markdown: str, filler: str = " ") -> str:
    """Return Markdown with every character of its HTML comments replaced, so that offsets still hold."""
    # What follows the last --> opens no comment; looking there for an end would take time quadratic in openings.
    commented, end, rest = markdown.rpartition("-->")
    return COMMENT.sub(lambda comment: filler * len(comment[0]), commented + end) + rest


def _cells(text: str) -> str:
    lines = [
        " – ".join(cell.strip() for cell in line.strip().strip("|").split("|") if cell.strip()) if "|" in line else line
        for line in text.split("\n")
    ]
    return "\n".join(lines)
