"""Owns what a rich_text block may hold: sections, lists, quotes, preformatted text, and the pieces inside them."""

from collections.abc import Mapping

from bot.trial import block_limits as limits
from bot.trial.shapes import Anything, Choice, Flag, Items, Kinds, Number, Rule, Shape, Words

_STYLE = Shape(optional=dict.fromkeys(("bold", "italic", "strike", "code", "underline"), Flag()))
_MENTION_STYLE = Shape(
    optional=dict.fromkeys(("bold", "italic", "strike", "code", "highlight", "client_highlight", "unlink"), Flag())
)
_NAME = Words()
_BORDER = Number(0, 1)


def _piece(optional: Mapping[str, Rule] | None = None, style: Shape = _STYLE, **required: Rule) -> Shape:
    return Shape(required=required, optional={"style": style, **(optional or {})})


_TEXT = _piece(text=Words())
_LINK = _piece({"text": Words(), "unsafe": Flag()}, url=Words(limits.URL))

_PIECES = Kinds(
    {
        "text": _TEXT,
        "link": _LINK,
        "user": _piece(style=_MENTION_STYLE, user_id=_NAME),
        "usergroup": _piece(style=_MENTION_STYLE, usergroup_id=_NAME),
        "channel": _piece(style=_MENTION_STYLE, channel_id=_NAME),
        "team": _piece(style=_MENTION_STYLE, team_id=_NAME),
        "emoji": _piece({"unicode": Words(), "skin_tone": Number(1, 6)}, name=_NAME),
        "date": _piece({"url": Words(limits.URL), "fallback": Words()}, timestamp=Anything(), format=Words()),
        "broadcast": _piece(range=Choice(frozenset({"here", "channel", "everyone"}))),
        "color": _piece(value=Words()),
    }
)

# the inside may be empty: Slack's own samples have it
_SECTION = Shape(required={"elements": Items(_PIECES, least=0)})
_LIST = Shape(
    required={"elements": Items(Kinds({"rich_text_section": _SECTION}), least=0)},
    optional={
        "style": Choice(frozenset({"bullet", "ordered"})),
        "indent": Number(0, limits.LIST_INDENT),
        "offset": Number(0),
        "border": _BORDER,
    },
)
_QUOTE = Shape(required={"elements": Items(_PIECES, least=0)}, optional={"border": _BORDER})
_PREFORMATTED = Shape(
    required={"elements": Items(Kinds({"text": _TEXT, "link": _LINK}), least=0)},
    optional={"border": _BORDER, "language": Words()},
)

RICH_TEXT = Shape(
    required={
        "elements": Items(
            Kinds(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_list": _LIST,
                    "rich_text_quote": _QUOTE,
                    "rich_text_preformatted": _PREFORMATTED,
                }
            )
        )
    },
    optional={"block_id": Words(limits.ID)},
)
