"""Owns what Slack takes as a view: a modal or a home page."""

import json
from collections.abc import Iterator
from typing import Any

from bot.trial import block_limits as limits
from bot.trial.block_kinds import HOME, MODAL
from bot.trial.block_rules import block_complaints
from bot.trial.element_rules import plain
from bot.trial.shapes import Complaint, Fault, Flag, Kinds, Rule, Shape, Words, fault

__all__ = ["Fault", "faults_in_view"]

_ROOT = "/view"
_USUAL: dict[str, Rule] = {
    "private_metadata": Words(limits.PRIVATE_METADATA, least=0),
    "callback_id": Words(limits.VIEW_ID, least=0),
    "external_id": Words(limits.VIEW_ID, least=0),
}
_LABEL = plain(limits.VIEW_LABEL)
# open: a view read from Slack carries ids, a hash and a state, and may be sent back as it is
_MODAL = Shape(
    {"title": _LABEL},
    {
        **_USUAL,
        "submit": _LABEL,
        "close": _LABEL,
        "clear_on_close": Flag(),
        "notify_on_close": Flag(),
        "submit_disabled": Flag(),
    },
    is_open=True,
)
_VIEW = Kinds({"modal": _MODAL, "home": Shape({}, _USUAL, is_open=True)})


def faults_in_view(view: dict[str, Any]) -> list[Fault]:
    """Return why views.open, push, update or publish would refuse a view; nothing when it would be shown.

    Pointers start at /view, as in Slack's answers.
    """
    found = [fault("invalid_arguments", complaint) for complaint in _complaints(view)]
    if len(json.dumps(view, ensure_ascii=False).encode(errors="surrogatepass")) > limits.VIEW_BYTES:
        found.append(fault("view_too_large", ("", "view_too_large")))
    return found


def _complaints(view: dict[str, Any]) -> Iterator[Complaint]:
    yield from _VIEW.complaints(view, _ROOT)
    if "blocks" not in view:
        yield _ROOT, "missing required field: blocks"
        return
    is_modal = view.get("type") == "modal"
    yield from block_complaints(view["blocks"], MODAL if is_modal else HOME, limits.VIEW_BLOCKS, f"{_ROOT}/blocks")
    if is_modal and not view.get("submit"):
        for number, block in enumerate(view["blocks"] if isinstance(view["blocks"], list) else []):
            if isinstance(block, dict) and block.get("type") == "input":
                yield f"{_ROOT}/blocks/{number}/input", "must define `submit` to use an `input` block in modals"
