"""Every kind of message Coach sends to Teams, as it is sent, for whoever looks at cards."""

from datetime import UTC, date, datetime

from bot.handlers import forms
from bot.messages import (
    Actions,
    Address,
    Button,
    Chart,
    Divider,
    Facts,
    File,
    Form,
    Heading,
    Link,
    Menu,
    Message,
    Note,
    Quote,
    Steps,
    Table,
    Text,
)
from bot.outcome import Outgoing
from bot.teams import render, replies
from bot.views import exercise, lines, linking, nudges, practice, run
from bot.views.answer_message import RATED, Masking, Setting, as_message
from coach.answer import Abstention, Answer, Trace
from coach.reader import SectionText
from coach.sources import Conflict, Source
from lessons.rules import Cohort
from metrics.charts import ChartSpec, Series
from metrics.link_codes import Refused
from metrics.linking import Apart, NotUndone
from tests import home_values, managing_values, progress_values, timing_values, track_values
from tests.lesson_runs import REVIEW, WHOLE, course, screens

ID = "0123456789abcdef" * 2
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
OWNER = "ada@example.test"
NAMES = {OWNER: "Ada Oak"}
WRITTEN = course(WHOLE)
FACTS = lines.AboutFacts("Oak Shop", (("shop", 4), ("safety", 2)), 90, f"Ada Oak ({OWNER})")
PARAGRAPH = "Take the receipt, look at the date, and call the shift lead when it is older than thirty days. "
WEEKS = ChartSpec(
    "Right answers by week",
    "line",
    tuple(f"{day} Nov 2026" for day in (2, 9, 16, 23)),
    (Series("Pilot", (52, 60.5, 72, 81)), Series("Others", (50, 51, 49, 55))),
    "% right",
    "The pilot has 81 % right, up 29 points in four weeks; the others have 55 %.",
)
SKILLS = ChartSpec(
    "People who need help, by skill",
    "bar",
    ("Refunds at the till", "Opening up", "Safety", "Complaints"),
    (Series("People", (4, 2, 1, 0)),),
    "people",
    "Most need help with refunds at the till.",
)
EXPORT = File(
    "progress.csv",
    "Progress of the team",
    "person,skill,state\r\n" + "".join(f'"Ash, Ben {n}",Refunds at the till,mastered\r\n' for n in range(150)),
)
EVERY_BLOCK = (
    Heading("Refunds at the till"),
    Heading("1. Refunds *today* [at the till](x)"),
    Text("Ask first.\nThen pay.\n\nThen file it."),
    Text("Only a manager decides.", is_strong=True),
    Quote("A refund goes back to the card that paid.\nAsk for the receipt first."),
    Steps(("Ask for the receipt", "Look at the date", "Pay it back"), is_numbered=True),
    Steps(("the item", "the price")),
    Facts((("Lessons in 30 days", "3"), ("Last practised", ""), ("", "21 Nov 2026"))),
    Table("What was done this week", ("Person", "Lessons", ""), (("Ada Oak", "3", "all"), ("Ben Ash", ""))),
    Chart(WEEKS),
    Chart(SKILLS),
    Divider(),
    Note("refunds.md · version 3"),
    Actions(
        (
            *(Button(f"Read Section {number}", f"read_section_{number}", ID) for number in range(1, 8)),
            Button("Share in Channel", "share", ID, is_primary=True),
            Link("Open Dashboard", "https://coach.example.test/in/0123456789abcdef"),
            Menu("Something Is Off", (("Wrong Source", "rate_wrong_source"), ("Outdated", "rate_outdated")), ID),
        )
    ),
)


def samples():
    """Return the messages as sent, by name; what goes in several has a number behind its name."""
    shown = {}
    for name, message in messages().items():
        shown |= _numbered(name, [render.activity(part) for part in render.split(message)])
    for name, form in _forms().items():
        shown |= _numbered(name, render.form_activities(form))
    sent = replies.in_place(replies.FORM_SENT)["value"]
    shown["form sent"] = {
        "type": "message",
        "summary": replies.FORM_SENT,
        "attachments": [{"contentType": render.CARD, "content": sent}],
    }
    return shown


def messages():
    """Return what the views make, by name."""
    return (
        _answers()
        | _pages()
        | _practice()
        | _linking()
        | timing_values.messages(ID)
        | track_values.messages(ID)
        | progress_values.messages()
        | home_values.messages()
        | managing_values.messages()
        | {"every block once": Message("Refunds", EVERY_BLOCK)}
        | {"export": Message("Here is the progress of your team.", (Text("Here it is."),), file=EXPORT)}
    )


def source(**changes):
    """Return a citation of a section of an SOP."""
    facts = {
        "passage_id": 1,
        "file": "shop/refunds.md",
        "heading_path": ("Refunds", "Without a receipt"),
        "verbatim": "Without a receipt, a refund needs a manager.",
        "words": "Without a receipt, a refund needs a manager.",
        "score": 0.9,
        "owner": OWNER,
        "version": "3",
        "review_on": date(2027, 3, 31),
    }
    return Source(**(facts | changes))


def answered(reply, **setting):
    """Return a reply as Teams gets it from the view."""
    return as_message(reply, NAMES, TODAY, Setting(ID, has_ratings=True, has_citations=True, **setting))


def _answers():
    one, other = source(), source(heading_path=("Refunds", "Cash"), words="Cash stays in the till.", version=None)
    again = source(words="The manager signs the slip.", review_on=date(2026, 1, 31))
    steps = source(words="Without a receipt:\n1. Ask for the card.\n  • Look at its name.\n2. Call the lead.\n…")
    apart = Conflict(0, 1, "permission", one.words, other.words)
    certain, uncertain = (Answer(is_certain, (one, other, again), OWNER, Trace()) for is_certain in (True, False))
    long = tuple(source(heading_path=("Refunds", f"Part {n}"), words=PARAGRAPH * 60) for n in range(1, 4))
    return {
        "answer of one section": answered(Answer(True, (one,), OWNER, Trace())),
        "answer in steps": answered(Answer(True, (steps,), OWNER, Trace())),
        "answers that disagree": answered(Answer(True, (one, other), OWNER, Trace(), conflicts=(apart,))),
        "answer of two sections": answered(certain),
        "uncertain answer": answered(uncertain),
        "not covered": answered(Abstention(None, OWNER, Trace(), nearest="Refunds > Cash")),
        "refused with a source": answered(Abstention("emergency", None, Trace(), sources=(one,))),
        "refused": answered(Abstention("somebodys_pay", OWNER, Trace()), is_in_channel=True),
        "masked question": answered(certain, masked=(Masking("card number", is_still_shown=True),)),
        **{f"rated {rating}": answered(certain, rating=rating) for rating in RATED},
        "private answer": answered(certain, shared_question="how do I pay it back?", offers_share=True),
        "shared answer": answered(certain, shared_question="how do I pay it back?", shared_by="Ben Ash"),
        "after sharing": answered(certain, is_shared=True),
        "more for you": answered(certain, offers_private=True),
        "long answer": answered(Answer(True, long, OWNER, Trace())),
    }


def _pages():
    return {
        "welcome": lines.welcome(FACTS, ID, has_commands=False),
        "about": lines.about(FACTS),
        "help": lines.line(lines.HELP),
        "apology": lines.apology("0a1b2c3d"),
    }


def _posted(message):
    return Outgoing("nudge:1", Address("teams", "T1", only_for="U1"), message)


def _practice():
    told, review = course(WHOLE), course(REVIEW)
    return {
        **screens(told, ID),
        **{f"{name}, answered wrong": shown for name, shown in screens(told, ID, is_right=False).items()},
        **{f"{name}, of a review": shown for name, shown in screens(review, ID).items()},
        "lesson that comes weekly now": nudges.saying_why_weekly((_posted(run.offer_card(told, ID)),), ID)[0].message,
        "practice offered to a cohort": nudges.cohort_message(Cohort("Counter", ()), ID),
        "lesson moved": run.moved(told),
        "lesson replaced": run.replaced(told),
        "lesson: step done already": lines.line(run.DONE_ALREADY),
        "practice of an unknown skill": lines.line(practice.which_skill("juggling", ["Refunds", "Cash"], False)),
        "lesson sent": lines.line(practice.sent_to("Ben Ash", "Refunds")),
    }


def _linking():
    shown, typed = linking.called("Ben Ash", ["slack"]), linking.called("Ash, Ben", ["teams"])
    return {
        "link code": linking.code_message("012345", "teams"),
        "link asked": linking.question(shown, ID),
        "link refused": lines.line(linking.NOT_JOINED),
        "linked": linking.joined(shown, typed, ID),
        "linked, to who showed the code": linking.joined(shown, typed, ID, is_showing=True),
        "unlinked": linking.undone(shown, typed),
        **{f"not linked: {reason.name.lower()}": linking.refusal(reason, "teams") for reason in (*Refused, *Apart)},
        **{f"not unlinked: {reason.name.lower()}": lines.line(linking.NOT_UNDONE[reason]) for reason in NotUndone},
    }


def _forms():
    section = SectionText("Refunds", ("Refunds", "Without a receipt"), (PARAGRAPH, "• Take the receipt."), "3")
    long = SectionText("Refunds", (), (PARAGRAPH * 40,) * 9, None)
    return {
        "section in full": forms._reading(section, "shop/refunds.md"),
        "long section in full": forms._reading(long, "shop/refunds.md"),
        "ask form": forms._ask(),
        "form of an answer": exercise.write_form(WRITTEN, WRITTEN.exercises[3], ID),
        "about form": Form("About Coach", "about_form", ID, tuple(lines.about_blocks(FACTS))),
        "settings form": timing_values.form(ID),
        "draft form": track_values.form(ID),
    }


def _numbered(name, activities):
    return {f"{name} {number}" if number > 1 else name: shown for number, shown in enumerate(activities, 1)}
