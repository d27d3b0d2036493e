"""Words for the home page, which is one person's own."""

from collections.abc import Sequence

from bot.messages import Actions, Block, Button, Divider, Heading, Message, Note, Text


def home_message(recent: Sequence[tuple[str, str]], updated: str, public_id: str, is_page: bool = True) -> Message:
    """Return the home page: ask, recent questions (pairs of words and how it ended), about and settings.

    Without `is_page` it is a message to pin, which is brought up to date by a press.
    """
    ask = Button("Ask a Question", "ask_form", public_id, is_primary=True)
    refresh = Button("Refresh", "refresh_home", public_id)
    blocks: list[Block] = [
        Heading("Ask how things are done here"),
        Text("Answers are quotes from your company's own SOPs. When they do not cover something, I say so."),
        Actions(
            (
                ask,
                Button("Get a Lesson", "lesson", public_id),
                Button("Settings", "settings_form", public_id),
                Button("About Coach", "about_form", public_id),
                *(() if is_page else (refresh,)),
            )
        ),
        Divider(),
        Text("Your recent questions", is_strong=True),
    ]
    for words, ending in recent:
        blocks += [Text(words), Note(ending)]
    if not recent:
        blocks.append(Text("None yet. Try: “How do I call in sick?” or “How do I ask for a day off?”"))
    only_you = "Only you see this page." if is_page else "Only you see this. Pin it to find it again."
    blocks.append(Note(f"{only_you} Updated {updated}."))
    return Message("Ask how things are done here, and see your recent questions.", tuple(blocks))
