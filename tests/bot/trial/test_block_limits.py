"""Slack's limits are written down once, as the reference has them."""

import json

from bot.trial import block_limits as limits


def test_the_limits_are_those_of_the_reference(shared):
    rules = json.loads((shared / "reference/slack_rules.json").read_text("utf-8"))
    for name, figure in {
        "message_blocks": limits.MESSAGE_BLOCKS,
        "view_blocks": limits.VIEW_BLOCKS,
        "view_bytes": limits.VIEW_BYTES,
        "modal_title_submit_close": limits.VIEW_LABEL,
        "private_metadata": limits.PRIVATE_METADATA,
        "callback_id_external_id": limits.VIEW_ID,
        "section_text": limits.SECTION_TEXT,
        "section_fields": f"{limits.SECTION_FIELDS} x {limits.SECTION_FIELD}",
        "header": limits.HEADER,
        "context_elements": limits.CONTEXT_ELEMENTS,
        "actions_elements": limits.ACTIONS_ELEMENTS,
        "context_actions_elements": limits.CONTEXT_ACTIONS_ELEMENTS,
        "select_options": limits.SELECT_OPTIONS,
        "radio_checkbox_options": limits.BOX_OPTIONS,
        "overflow_options": f"1..{limits.OVERFLOW_OPTIONS}",
        "placeholder": limits.PLACEHOLDER,
        "action_id_block_id": limits.ID,
        "image_alt": limits.ALT_TEXT,
        "image_url": limits.URL,
    }.items():
        assert rules[name][0] == figure, name
