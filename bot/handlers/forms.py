"""Opens and checks forms while the platform waits: SQL only."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.handlers import drafting, reading, running, timing
from bot.handlers.manage import about_facts
from bot.handlers.reading import READ_CHANGED
from bot.handlers.request import new_id
from bot.messages import Block, Field, Form, Incoming, Kind, Message, Note, Text
from bot.outcome import Opened
from bot.views import lines
from bot.views.confirming import SECTION_GONE
from bot.views.exercise import WRITTEN_FIELD, WRITTEN_FORM
from bot.views.run import WRITE_SOMETHING
from coach.questions import find_question, reply_of
from coach.reader import SectionText, read_section
from metrics.events.kinds import InteractionHandled
from metrics.people import Person, asker_for, person_with_account

READ_SECTION = "read_section_"
QUESTION_FIELD = "question"
FORMS = ("ask_form", "about_form", *timing.OPENS_FORM, running.WRITE, drafting.EDIT)
FEWEST_LETTERS = 3


class Forms:
    """The forms Coach opens, for bot.outcome.Lane; `hears_threads` as in bot.messages.Capabilities."""

    def __init__(self, hears_threads: bool = True) -> None:
        self._hears_threads = hears_threads

    def opens(self, incoming: Incoming) -> bool:
        """Say whether a press is answered by a form."""
        action = incoming.action or ""
        return incoming.kind is Kind.CLICK and (action in FORMS or action.startswith((READ_SECTION, READ_CHANGED)))

    def open(self, session: Session, incoming: Incoming, now: datetime) -> Opened:
        """Return the form for a press, or a line where there is none for this person."""
        person = _known(session, incoming)
        if person is None:
            return self._said(incoming, "not_met", lines.line(lines.NOT_YET_MET), None)
        action = incoming.action or ""
        if action.startswith(READ_SECTION):
            return self._section(session, incoming, person)
        if action.startswith(READ_CHANGED):
            return self._changed(session, incoming, person)
        match action:
            case "ask_form":
                form = _ask()
            case running.WRITE:
                return running.open_form(session, incoming, person)
            case drafting.EDIT:
                found = drafting.open_form(session, incoming, person)
                if isinstance(found, Message):
                    return self._said(incoming, "closed", found, person.id)
                form = found
            case "about_form":
                form = _about(session, person, self._hears_threads)
            case _:
                form = timing.open_form(session, person, now)
        return Opened(_event(incoming, f"opened_{action}"), form, person_id=person.id)

    def errors(self, incoming: Incoming) -> dict[str, str]:
        """Return what is wrong with a submitted form, by field."""
        words = incoming.fields.get(QUESTION_FIELD, "")
        is_question = incoming.action == "ask_form"
        if is_question and sum(map(str.isalnum, words)) < FEWEST_LETTERS:
            return {QUESTION_FIELD: lines.NO_QUESTION}
        if incoming.action == WRITTEN_FORM and not any(map(str.isalnum, incoming.fields.get(WRITTEN_FIELD, ""))):
            return {WRITTEN_FIELD: WRITE_SOMETHING}
        return timing.form_errors(incoming)

    def _section(self, session: Session, incoming: Incoming, person: Person) -> Opened:
        question = find_question(session, incoming.value)
        if question is None:
            return self._said(incoming, "closed", lines.line(lines.ANSWER_GONE), person.id)
        sources = reply_of(question).sources
        place = (incoming.action or "").removeprefix(READ_SECTION)
        number = int(place) if place.isdecimal() else 0
        source = sources[number - 1] if 1 <= number <= len(sources) else None
        section = read_section(session, asker_for(person), source) if source else None
        if section is None or source is None:
            return self._said(incoming, "section_gone", lines.line(lines.SECTION_GONE), person.id)
        return Opened(_event(incoming, "read_section"), _reading(section, source.file), person_id=person.id)

    def _changed(self, session: Session, incoming: Incoming, person: Person) -> Opened:
        found = reading.section_of(session, incoming, person)
        if found is None:
            return self._said(incoming, "section_gone", lines.line(SECTION_GONE), person.id)
        return Opened(_event(incoming, "read_section"), _reading(*found), person_id=person.id)

    def _said(self, incoming: Incoming, outcome: str, message: Message, person_id: int | None) -> Opened:
        return Opened(_event(incoming, outcome), say=message, person_id=person_id)


def _known(session: Session, incoming: Incoming) -> Person | None:
    person = person_with_account(session, incoming.platform, incoming.user_id)
    return person if person is not None and person.is_active else None


def _event(incoming: Incoming, outcome: str) -> InteractionHandled:
    return InteractionHandled(incoming.platform, incoming.kind.value, outcome)


def _ask() -> Form:
    field = Field(QUESTION_FIELD, "Your question", "How do I call in sick?", is_multiline=True)
    note = Note("The answer comes as a direct message that only you see.")
    return Form("Ask Coach", "ask_form", new_id(), (note,), (field,), "Ask")


def _about(session: Session, person: Person, hears_threads: bool) -> Form:
    blocks = lines.about_blocks(about_facts(session, asker_for(person), hears_threads))
    return Form("About Coach", "about_form", new_id(), tuple(blocks))


def _reading(section: SectionText, file: str) -> Form:
    heading = " › ".join(section.heading_path or (section.title,))
    version = f" · version {section.version}" if section.version else ""
    blocks: list[Block] = [Text(heading, is_strong=True), Note(f"{file}{version}")]
    return Form("The section in full", "section", new_id(), (*blocks, *(Text(words) for words in section.paragraphs)))
