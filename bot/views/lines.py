"""Words for everything Coach says in a line or two, and for what it says about itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import Actions, Block, Button, Heading, Message, Note, Steps, Text

HELP = (
    "Ask me how something is done here, in your own words, for example: “How do I call in sick?” "
    "Or write one of these: about, lesson, practice, track, progress, my data or home; and “why” after an answer."
)
NO_HELP = (
    "I am sorry that I could not help. Ask {contact}, or ask me again in other words. If an answer was off, mark it "
    "with the buttons under it, so that it gets put right."
)
ONLY_TEXT = "I can only read text. Write your question in words."
BUSY = "More came in than I can answer at once, so I did not take this question. Ask it again in a few minutes."
STRANGER = (
    "I answer people who work here. Your account is a guest or from another workspace, so I keep nothing of what you "
    "wrote. Ask the person you work with here."
)
LEFT = (
    "You are not in this company's list of people any more, so I cannot answer you. If that is wrong, ask whoever "
    "looks after Coach here."
)
ERASED = (
    "What I had stored about you was erased at your request, so I keep nothing and cannot answer you. If you want to "
    "use me again, ask whoever looks after Coach here."
)
NO_SOPS_YET = (
    "I have no SOPs to answer from yet. Whoever looks after Coach here loads them with coach apply; then ask again."
)
NOT_YET_MET = "I don't know you yet. Write me a message first, then press again."
NOT_YOURS = "That button is for the person who asked. Ask me yourself: write to me directly."
ANSWER_GONE = "That answer is no longer kept. Ask the question again."
CARD_GONE = "I noted what you pressed, but could not change the message you pressed it in: it may have been removed."
ALREADY_RATED = "You have rated this answer already."
ALREADY_SHARED = "This answer is in the channel already."
NOT_SHAREABLE = "This answer quotes SOPs that not everyone in the channel may read, so it stays with you."
NOT_IN_CHANNEL = "I am not in that channel, so I could not share it. Add me there (in Slack: /invite) and press again."
SOP_CHANGED = "The SOP behind this answer was changed or closed just now, so I held the answer back. Ask again."
SECTION_GONE = "That section is no longer in the SOPs, or not open to you. Ask the question again."
UNKNOWN_BUTTON = "That button does nothing any more. Ask me again, or write “help”."
PROGRESS_USAGE = (
    "I did not understand that. A period is week, month, quarter or year, one at a time, as in “progress team quarter "
    "by site”. Write “progress help” for all there is."
)
HOME_TAB = "Your home page is the Home tab, beside our messages."
RATING_NOT_PLACED = "I could not tell which answer you rated, so I did not count it. Ask again and rate the new answer."
CHECKING = "Checking your SOPs…"
NO_ANSWER_HERE = "No answer of mine to you is kept in this conversation. Ask something, then write “why”."
NO_QUESTION = "Write a question, in a few words at least."


@dataclass(frozen=True)
class AboutFacts:
    """What the about page is filled with: the company, folders with numbers of SOPs, and whom to ask.

    `hears_threads` says that the platform delivers replies in threads where Coach has answered.
    """

    company: str
    folders: Sequence[tuple[str, int]]
    question_days: int
    contact: str
    hears_threads: bool = True


def line(text: str) -> Message:
    """Return one line as a message."""
    return Message(text, (Text(text),))


def apology(reference: str) -> Message:
    """Return what a person reads when handling their message failed for good."""
    return line(
        f"I could not answer this: something in Coach failed. Ask again; if it happens twice, give whoever looks "
        f"after Coach the reference {reference}."
    )


def about(facts: AboutFacts) -> Message:
    """Return what Coach is, reads, stores and shows, in words a new colleague understands."""
    blocks = about_blocks(facts)
    return Message("\n".join(_words(block) for block in blocks), tuple(blocks))


def welcome(facts: AboutFacts, public_id: str, has_commands: bool = True) -> Message:
    """Return the first direct message: what Coach does, may read, keeps and shows, in a few lines.

    `has_commands` says that /coach can be typed in a channel.
    """
    places = (
        "Write to me here, mention me in a channel, or use /coach so that only you see the answer."
        if has_commands
        else "Write to me here, where only you see the answer, or mention me in a channel or group chat; begin with "
        "“privately” there, and the answer comes here."
    )
    blocks: list[Block] = [
        Text(f"I am Coach. I answer how things are done at {facts.company}, in quotes from its own SOPs."),
        Steps(
            (
                f"I answer from these SOPs: {_folders(facts.folders)}. {places}",
                _reads(facts.hears_threads),
                "Managers see the skills you mastered, what you need help with, when you last practised, lessons and "
                "minutes; never your answers, how sure you were, or your questions. “My data” shows you the same.",
                "Coach is for learning. It is not for pay, discipline, promotion or deciding who works when.",
            )
        ),
        Actions((Button("About Coach", "about_form", public_id),)),
    ]
    return Message("\n".join(_words(block) for block in blocks[:-1]), tuple(blocks))


def about_blocks(facts: AboutFacts) -> list[Block]:
    """Return the about page as blocks, the first of them its heading."""
    return [
        Heading(f"About Coach at {facts.company}"),
        Text("What I can read", is_strong=True),
        Steps(
            (
                "What you write to me directly, and what mentions me"
                + (", and replies in threads where I have answered." if facts.hears_threads else "."),
                f"SOPs: {_folders(facts.folders)}. Only those open to you; in a channel, only those open to everyone.",
                "Nothing else: no other messages, no files, no private conversations.",
            )
        ),
        Text("What is stored, and who sees it", is_strong=True),
        Steps(
            (
                "Your questions, and what you write when you rate an answer, with card numbers and passwords taken "
                f"out, for {facts.question_days} days. Managers do not see them.",
                "That you asked, practised, or pressed a button, and when.",
                "Of each lesson: your answers, how sure you were, the minutes it took, whether you used it at work, "
                "and from that what you are thought to remember. What you write in your own words there is forgotten "
                "once you compared it.",
                "When to write to you: your shifts, appointments and leave as your company keeps them, and what you "
                "chose under settings.",
                "What your company's other systems report of your work, if it connects any: which step was done, "
                "missed or put right, and when. It decides what you practise.",
                "Your tracks, and what was confirmed or signed off, by whom and when. Whoever looks after Coach can "
                "list who has done required training.",
                "Managers see of the people they manage which skills are mastered and what somebody needs help with, "
                "with the step where there is one; when they last practised, lessons and minutes; tracks, and what "
                "they are to confirm themselves. Never answers, how sure somebody was, or questions.",
                "Who looked at your progress, and when, for 13 months. Write “my data” to see it, what is stored, and "
                "what managers see.",
                f"You can have a copy of it all, or have it erased: ask {facts.contact}.",
            )
        ),
        Text("What I am not for", is_strong=True),
        Text("Coach is for learning. It is not for pay, discipline, promotion or deciding who works when."),
        Note("Coach is a program, not a person. It quotes; it can miss something. When in doubt, ask a person."),
    ]


def _reads(hears_threads: bool) -> str:
    if hears_threads:
        return "I read what you write to me, what mentions me, and threads where I have answered. Nothing else."
    return "I read what you write to me and what mentions me. Nothing else."


def _folders(folders: Sequence[tuple[str, int]]) -> str:
    if not folders:
        return "none yet"
    return ", ".join(f"{folder or 'other'} ({count})" for folder, count in folders)


def _words(block: Block) -> str:
    if isinstance(block, Steps):
        return "\n".join(f"• {item}" for item in block.items)
    return getattr(block, "text", "")
