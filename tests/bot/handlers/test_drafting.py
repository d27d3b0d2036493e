"""A draft in an admin's chat: approved into the folder, edited, or dropped; nobody gets it before it is applied."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.company import apply_folder, read_folder
from bot.handlers.drafting import ask_to_approve
from bot.handlers.forms import Forms
from bot.messages import Kind
from bot.queue import put
from bot.router import Router
from bot.tables import CompanySettings
from bot.views import drafts as views
from coach.reader import stored_document
from coach.tables import SopDocument
from lessons.drafts import draft_module
from lessons.tables import LessonDraft, LessonRow
from metrics.errors import Refusal
from metrics.people import find_person
from tests.bot.handlers.track_chat import ADA, FOLDER, OLA, open_shop, rows, seen_by
from tests.chat import labels
from tests.lessons.test_drafts import HOW, SOP

FILES = {**FOLDER, "sops/stores/refunds.md": SOP}
PUBLIC_ID = "d" * 32
WRITTEN = "lessons/how-to-refund.md"


@pytest.fixture
def chat(database, company, tmp_path, now):
    chat = open_shop(database, company, tmp_path, now, FILES)
    yield chat
    chat.app.close()


@pytest.fixture
def folder(chat, tmp_path):
    return tmp_path / "company"


def ask(chat, email="ola@example.test", public_id=PUBLIC_ID, skill="refunds"):
    with chat.app.database.transaction() as session:
        draft = draft_module(stored_document(session, "stores/refunds.md"), HOW, skill, ["refunds"])
        put(session, ask_to_approve(session, find_person(session, email), draft, public_id, chat.now), chat.now)
    chat.settle()
    return seen_by(chat, OLA)[-1]


def state(chat):
    [row] = rows(chat, LessonDraft)
    return row.state


def submit(chat, user, text, public_id=PUBLIC_ID):
    fields = {f"part_{place}": part for place, part in enumerate(views.parts_of_text(text), start=1)}
    chat.take(chat.incoming(user, Kind.SUBMIT, action="draft_form", value=public_id, fields=fields))


def opened(chat, user):
    incoming = chat.incoming(user, Kind.CLICK, action="draft_edit", value=PUBLIC_ID)
    with chat.app.database.session() as session:
        assert Forms().opens(incoming)
        return Forms().open(session, incoming, chat.now)


def test_an_admin_sees_a_preview_and_nobody_else_anything(chat):
    shown = ask(chat)
    assert shown.message.text == (
        "A draft to approve: lessons/how-to-refund.md. Nobody gets it before you approve it and the folder is applied."
    )
    assert list(labels(shown.message)) == ["Approve", "Edit", "No"]
    assert "Refund a card sale in cash. (the mistake)" in str(shown.message)
    assert [sent for sent in chat.standing() if sent.channel != f"dm-{OLA}"] == []
    assert [row.file for row in rows(chat, LessonRow)] == ["refunds.md"]


def test_an_approved_draft_stands_in_the_folder_and_is_a_lesson_after_the_next_apply(chat, folder):
    shown = ask(chat)
    chat.press(OLA, "Approve", shown)
    told = seen_by(chat, OLA)[-1]
    assert (told.message_id, labels(told.message)) == (shown.message_id, {})
    assert "Approved, and written to lessons/how-to-refund.md in the company folder." in told.message.text
    assert (state(chat), (folder / WRITTEN).read_text().startswith("---\ntitle: ")) == ("approved", True)
    assert "how-to-refund.md" not in [row.file for row in rows(chat, LessonRow)]
    apply_folder(read_folder(folder), chat.app.database, chat.app.embedder, chat.now)
    assert [row.file for row in rows(chat, LessonRow)] == ["how-to-refund.md"]


def test_no_closes_it(chat, folder):
    chat.press(OLA, "No", ask(chat))
    assert seen_by(chat, OLA)[-1].message.text == views.REFUSED
    assert (state(chat), (folder / WRITTEN).exists()) == ("refused", False)


def test_a_draft_is_decided_once(chat, folder):
    shown = ask(chat)
    chat.press(OLA, "No", shown)
    chat.press(OLA, "Approve", shown)
    assert seen_by(chat, OLA)[-1].message.text == views.CLOSED
    assert not (folder / WRITTEN).exists()
    assert opened(chat, OLA).say.text == views.CLOSED


@pytest.mark.parametrize("label", ["Approve", "No"])
def test_a_press_that_came_a_moment_too_late_changes_nothing(chat, label):
    shown = ask(chat)
    action, value = labels(shown.message)[label]
    where = {"channel": shown.channel, "is_direct": True, "message_id": shown.message_id}
    press = chat.incoming(OLA, Kind.CLICK, action=action, value=value, **where)
    slow = Router(chat.app, {"slack": chat.platform}).handle(press, "Ev-slow", chat.now)
    chat.press(OLA, "No", shown)
    with pytest.raises(IntegrityError, match="meanwhile"), chat.app.database.transaction() as session:
        slow.store(session)
    assert state(chat) == "refused"


def test_another_file_is_never_written_over(chat, folder):
    (folder / "lessons").mkdir()
    (folder / WRITTEN).write_text("Mine.\n")
    chat.press(OLA, "Approve", ask(chat))
    assert "lessons/how-to-refund-2.md" in seen_by(chat, OLA)[-1].message.text
    assert (folder / WRITTEN).read_text() == "Mine.\n"


@pytest.mark.parametrize("where", [None, "/nowhere/at/all"])
def test_where_the_folder_is_not_here_the_text_is_handed_over(chat, where):
    with chat.app.database.transaction() as session:
        session.execute(update(CompanySettings).values(folder=where))
    chat.press(OLA, "Approve", ask(chat))
    told = [sent.message for sent in seen_by(chat, OLA)]
    assert "Save this as lessons/how-to-refund.md in it" in str(told)
    assert "## Reflection" in str(told)
    assert state(chat) == "approved"


def test_a_link_out_of_the_folder_is_not_followed(chat, folder, tmp_path):
    (tmp_path / "outside").mkdir()
    (folder / "lessons").symlink_to(tmp_path / "outside")
    chat.press(OLA, "Approve", ask(chat))
    assert list((tmp_path / "outside").iterdir()) == []


def test_edit_opens_the_text_and_keeps_what_comes_back(chat, folder):
    first = ask(chat)
    form = opened(chat, OLA).form
    assert "\n\n".join(field.value for field in form.fields) + "\n" == rows(chat, LessonDraft)[0].content
    assert all(len(field.value) <= 2_700 for field in form.fields)
    submit(
        chat, OLA, rows(chat, LessonDraft)[0].content.replace('title: "How to refund"', "title: Refund, step by step")
    )
    before, shown = seen_by(chat, OLA)[-2:]
    assert (before.message.text, labels(before.message)) == (views.EDITED, {})
    assert "Refund, step by step" in str(shown.message)
    chat.press(OLA, "Approve", first)
    assert (seen_by(chat, OLA)[-1].message.text, state(chat)) == (views.CLOSED, "open")
    chat.press(OLA, "Approve", shown)
    assert "title: Refund, step by step" in (folder / WRITTEN).read_text()


def test_a_draft_with_something_to_complete_cannot_be_approved(chat, folder):
    shown = ask(chat, skill=None)
    assert list(labels(shown.message)) == ["Edit", "No"]
    assert "Write the key of a skill from company.yaml in place of SKILL" in shown.message.text
    chat.take(
        chat.incoming(OLA, Kind.CLICK, action="draft_approve", value=PUBLIC_ID, channel=f"dm-{OLA}", is_direct=True)
    )
    assert (state(chat), (folder / WRITTEN).exists()) == ("open", False)
    submit(chat, OLA, rows(chat, LessonDraft)[0].content.replace("SKILL", "refunds"))
    assert "Approve" in labels(seen_by(chat, OLA)[-1].message)


def test_what_cannot_be_read_is_kept_and_told(chat):
    ask(chat)
    submit(chat, OLA, "No module at all.")
    shown = seen_by(chat, OLA)[-1]
    assert "has no front matter" in shown.message.text
    assert list(labels(shown.message)) == ["Edit", "No"]
    submit(chat, OLA, "  ", rows(chat, LessonDraft)[0].public_id)
    assert seen_by(chat, OLA)[-1].message.text == views.EMPTY
    assert rows(chat, LessonDraft)[0].content == "No module at all.\n"


def test_a_draft_too_long_for_a_form_is_edited_as_a_file(chat):
    ask(chat)
    with chat.app.database.transaction() as session:
        session.execute(update(LessonDraft).values(content="\n\n".join(["x" * 2_600] * 7)))
    assert opened(chat, OLA).say.text == views.TOO_LONG


def test_only_the_admin_who_was_asked_decides(chat):
    shown = ask(chat)
    for action in ("draft_approve", "draft_refuse"):
        chat.take(chat.incoming(ADA, Kind.CLICK, action=action, value=PUBLIC_ID, channel=f"dm-{ADA}", is_direct=True))
        assert seen_by(chat, ADA)[-1].message.text == views.NOT_YOURS
    submit(chat, ADA, "Mine.")
    assert opened(chat, ADA).say.text == views.NOT_YOURS
    assert state(chat) == "open"
    with chat.app.database.transaction() as session:
        session.execute(update(SopDocument).values(audience="roles:manager"))
    chat.press(OLA, "Approve", shown)
    assert seen_by(chat, OLA)[-1].message.text == views.NOT_YOURS


def test_nobody_else_is_asked(chat):
    with pytest.raises(Refusal, match="Ada Oak may not approve it"):
        ask(chat, "ada@example.test")
    with chat.app.database.transaction() as session:
        session.execute(update(SopDocument).values(audience="roles:manager"))
    with pytest.raises(Refusal, match="Ola Elm may not approve it"):
        ask(chat)
    with chat.app.database.session() as session:
        assert session.scalars(select(LessonDraft)).all() == []
