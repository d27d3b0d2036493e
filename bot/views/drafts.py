"""Words for a drafted module: its preview with Approve, Edit and No, its form, and what became of it."""

from collections.abc import Iterator, Sequence

from bot.messages import Actions, Block, Button, Field, Form, Heading, Message, Note, Steps, Text
from bot.views.lines import line
from lessons.module import Item, Module

MOST_CARD_CHARACTERS = 600
# What the smaller of the platforms takes in one field.
FIELD_CHARACTERS, SPARE_CHARACTERS = 3_000, 300
MOST_FIELDS = 6
FORM, PART = "draft_form", "part_"
NOT_YOURS = "This draft is for the admin who was asked. Only admins approve lessons, and only on SOPs they may read."
CLOSED = "That draft is decided already, or kept no longer. Draft it again with coach draft-lesson."
TOO_LONG = "This draft is too long to edit here. Write it with coach draft-lesson --to FILE and edit the file."
EMPTY = "Leave something to teach: all parts are empty."
EDITED = "This draft was edited. Its newest preview stands below."
REFUSED = "Not taken: the draft is closed, and nobody gets it."


def preview(draft_file: str, module: Module | None, text: str, faults: Sequence[str], public_id: str) -> Message:
    """Return a draft as an admin is to judge it; `module` is None where it cannot be read yet, `faults` say why."""
    lead = f"A draft to approve: lessons/{draft_file}. Nobody gets it before you approve it and the folder is applied."
    blocks: list[Block] = [Text(lead)]
    if module is not None:
        teaches = "; ".join(" > ".join((taught.sop, *taught.heading_path)) for taught in module.teaches)
        blocks += [Heading(module.title), Note(f"{module.minutes.total} min · {module.skill} · teaches {teaches}")]
        blocks += [block for card in module.cards for block in _card(card.title, [part.text for part in card.parts])]
        blocks += [block for item in module.items for block in _item(item)]
    else:
        blocks.append(Text(_shortened(text)))
    if faults:
        blocks += [Text("To complete before it can be approved:", is_strong=True), Steps(tuple(faults))]
    approve = () if faults else (Button("Approve", "draft_approve", public_id, is_primary=True),)
    blocks.append(Actions((*approve, Button("Edit", "draft_edit", public_id), Button("No", "draft_refuse", public_id))))
    return Message(" ".join((lead, *faults)), tuple(blocks))


def edit_form(text: str, public_id: str) -> Form | None:
    """Return the form with a draft's text, in parts that fit; None where it has too many."""
    parts = parts_of_text(text)
    if len(parts) > MOST_FIELDS:
        return None
    fields = tuple(
        Field(f"{PART}{place}", f"Part {place} of {len(parts)}", "", True, FIELD_CHARACTERS, part, is_optional=True)
        for place, part in enumerate(parts, start=1)
    )
    note = Note("The file as it will be written. Each part may grow a little; leave one empty to take it out.")
    return Form("Edit the Draft", FORM, public_id, (note,), fields, "Keep")


def parts_of_text(text: str) -> list[str]:
    """Cut a file between its paragraphs into parts that fit a field with room to spare."""
    parts = [""]
    for paragraph in text.strip().split("\n\n"):
        joined = f"{parts[-1]}\n\n{paragraph}" if parts[-1] else paragraph
        if len(joined) <= FIELD_CHARACTERS - SPARE_CHARACTERS or not parts[-1]:
            parts[-1] = joined
        else:
            parts.append(paragraph)
    return parts


def approved(written_as: str) -> Message:
    """Return that a draft stands in the company folder now."""
    return line(
        f"Approved, and written to lessons/{written_as} in the company folder. Nobody gets it before the folder is "
        "applied: run coach apply."
    )


def approved_by_hand(draft_file: str, text: str) -> Message:
    """Return an approved draft that Coach could not write, with where to put it."""
    lead = (
        f"Approved, but the company folder is not on this machine or may not be written. Save this as "
        f"lessons/{draft_file} in it, then run coach apply."
    )
    return Message(lead, (Text(lead), Text(text)))


def _card(title: str, parts: Sequence[str]) -> Iterator[Block]:
    yield Text(title, is_strong=True)
    yield Text(_shortened("\n".join(parts)))


def _item(item: Item) -> Iterator[Block]:
    situation = " ".join(part.text for part in item.situation)
    yield Text(f"{item.title}: {f'{situation} ' if situation else ''}{item.question}", is_strong=True)
    if item.kind == "write":
        yield Steps(item.key_points)
    else:
        marked = (f"{option} (right)" if place == item.right else option for place, option in enumerate(item.options))
        if item.kind == "spot":
            marked = (f"{option} (the mistake)" if place == item.right else option
                      for place, option in enumerate(item.options))  # fmt: skip
        yield Steps(tuple(marked), is_numbered=item.kind == "order")


def _shortened(text: str) -> str:
    if len(text) <= MOST_CARD_CHARACTERS:
        return text
    return text[:MOST_CARD_CHARACTERS].rsplit(maxsplit=1)[0] + " …"
