"""Home shows each person their own day, managers whom to help, and who looks after Coach what lacks; nobody else's."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select, update

from bot.handlers.home import home_page
from bot.handlers.request import Request
from bot.messages import Chart, Heading, Kind
from bot.parts import words
from bot.tables import CompanySettings, Connection, InboxItem
from bot.views.home import NO_SKILLS
from coach.answer import Abstention, Answer, Trace
from coach.conflict_tables import SopConflict
from coach.questions import keep_question
from coach.tables import SopDocument, SopSection
from lessons.tables import Nudge, Preference, SkillAbility
from metrics.looks import Look
from metrics.people import Person, find_person
from metrics.work import WorkEvent
from tests.bot.handlers.test_progress import ADA, BEN, CARA, DOV, EVE, FAY, IVY, chat_on, looks
from tests.chat import labels

MOST_QUERIES = 45
NAMES = ("Ada Oak", "Ben Ash", "Cara Elm", "Cara Ivy", "Dov Fir", "Eve Yew", "Fay Box")
ANYBODY = "asked by somebody"


@pytest.fixture
def chat(database, company, tmp_path, now):
    found = chat_on(database, company, tmp_path, now)
    with found.app.database.transaction() as session:
        miss_a_step(session, [known(session, user).id for user in (BEN, CARA, IVY)], now)
    yield found
    found.app.close()


def miss_a_step(session, person_ids, now):
    """Let people miss the same step of the work twice, so that they need help."""
    for person_id in person_ids:
        for days in (3, 9):
            facts = {"source": "till", "reference": f"{person_id}-{days}", "workflow": "refund", "step": "3"}
            at = now - timedelta(days=days)
            session.add(WorkEvent(person_id=person_id, outcome="missed", at=at, received_at=now, **facts))


def hire(chat, number):
    """Let so many more people start under Ben, each of whom needs help."""
    with chat.app.database.transaction() as session:
        facts = {"roles": ["cashier"], "team": "Quayside", "is_active": True, "manager_id": known(session, BEN).id}
        new = [Person(email=f"n{n}@x.test", name=f"New {n}", updated_at=chat.now, **facts) for n in range(number)]
        session.add_all(new)
        session.flush()
        miss_a_step(session, [person.id for person in new], chat.now)


def home(chat, user):
    chat.take(chat.incoming(user, Kind.HOME, value="home"))
    return chat.platform.homes[user]


def said(chat, user):
    return words(home(chat, user).blocks)


def headings(chat, user):
    return [block.text for block in home(chat, user).blocks if isinstance(block, Heading)]


def known(session, user):
    return find_person(session, f"slack:{user}")


def ask(chat, user, text, reply=None, days=1.0, times=1, copy_of=None):
    with chat.app.database.transaction() as session:
        for number in range(times):
            public_id = f"{user}{len(text)}{text[:15]}{number}{days}"
            at = chat.now - timedelta(days=days)
            reply_ = reply or Abstention(None, "ada@example.test", Trace(), "Refunds > Cash")
            kept = keep_question(
                session, public_id[:32], known(session, user).id, "t", text, False, reply_, at, copy_of_id=copy_of
            )
        return kept.id


def plan(chat, user, hours, state="planned", slot="at_time", **more):
    due = chat.now + timedelta(hours=hours)
    with chat.app.database.transaction() as session:
        nudge = Nudge(
            person_id=known(session, user).id, local_on=due.date(), slot=slot, state=state, due_at=due, **more
        )
        session.add(nudge)


@pytest.mark.parametrize("user", [CARA, FAY, EVE])
def test_who_manages_nobody_sees_their_own_and_no_other_name(chat, user):
    for other in (ADA, BEN, CARA, IVY, FAY, EVE):
        ask(chat, other, f"{ANYBODY} {other}")
    shown = said(chat, user)
    assert headings(chat, user) == ["Today", "Your skills: 0 of 3 mastered", "Your questions"]
    assert [name for name in NAMES if name in shown.replace("ask Ada Oak", "")] == []
    assert shown.count(ANYBODY) == 1
    assert looks(chat) == set()


@pytest.mark.parametrize(
    ("user", "seen"), [(ADA, {"Ben Ash", "Cara Elm", "Cara Ivy"}), (BEN, {"Cara Elm", "Cara Ivy"})]
)
def test_managers_see_whom_to_help_and_those_can_tell(chat, user, seen):
    shown = home(chat, user)
    text = words(shown.blocks)
    assert {name for name in NAMES if name in text} == seen
    scripts = {value for action, value in labels(shown).values() if action == "checkin_script"}
    assert len(scripts) == len(seen)
    assert all(len(value) == 32 for value in scripts)
    viewer = {ADA: "Ada Oak", BEN: "Ben Ash"}[user]
    assert looks(chat) == {(viewer, name, "team") for name in seen}


def test_a_manager_sees_no_answers_questions_or_figures_of_practice_of_others(chat):
    ask(chat, CARA, f"{ANYBODY} secretly")
    shown = repr(home(chat, BEN))
    assert ANYBODY not in shown
    assert "accuracy" not in shown
    assert "%" not in shown


def test_only_who_is_named_is_looked_at(chat):
    hire(chat, 6)
    shown = said(chat, BEN)
    named = {name for name in (*NAMES, *(f"New {number}" for number in range(6))) if name in shown}
    assert len(named) == 3
    assert {seen for _, seen, _ in looks(chat)} == named


def test_opening_home_again_the_same_day_is_one_look(chat):
    for _ in range(3):
        home(chat, BEN)
    with chat.app.database.session() as session:
        assert len(session.scalars(select(Look)).all()) == 2


def test_the_team_is_drawn_once_somebody_mastered_a_skill(chat):
    assert not [block for block in home(chat, BEN).blocks if isinstance(block, Chart)]
    with chat.app.database.transaction() as session:
        ability = {"skill": "refunds", "estimate": 0.0, "variance": 1.0, "answered": 9, "changed_at": chat.now}
        columns = {column.key for column in SkillAbility.__table__.columns}
        given = {name: value for name, value in ability.items() if name in columns}
        row = SkillAbility(person_id=known(session, CARA).id, mastered_at=chat.now - timedelta(days=1), **given)
        session.add(row)
    [chart] = [block for block in home(chat, BEN).blocks if isinstance(block, Chart)]
    assert chart.spec.series[0].values[0] == 50.0


def test_questions_not_covered_come_first_once_each_for_thirty_days(chat):
    answered = Answer(True, (), None, Trace())
    ask(chat, CARA, "old and open", days=31)
    first = ask(chat, CARA, "Who waters the plants?", days=9)
    ask(chat, CARA, "who  waters the plants?", days=8)
    ask(chat, CARA, "aside", days=8, copy_of=first)
    ask(chat, CARA, "is it hot", Abstention("distress", None, Trace()), days=3)
    ask(chat, CARA, "newest", answered, days=0.1)
    shown = said(chat, CARA)
    assert "1 of the last 30 days was not covered by any SOP." in shown
    assert "15 Nov 2026 · not covered; ask Ada Oak" in shown
    assert shown.index("who  waters the plants?") < shown.index("newest")
    assert "Who waters" not in shown


class TestToday:
    def today(self, chat, user=CARA):
        shown = home(chat, user)
        return shown.blocks[2].text, next(iter(labels(shown)))

    def test_the_next_lesson_planned_says_when_it_comes(self, chat):
        plan(chat, CARA, 30, content={"skill": "cash_up"})
        plan(chat, CARA, 2, slot="reminder")
        plan(chat, CARA, 1, state="missed", slot="before_work")
        plan(chat, BEN, 1)
        line, button = self.today(chat)
        assert (line, button) == ("Your next lesson “Cashing up” comes tomorrow at 14:30.", "Get a Lesson")
        plan(chat, CARA, 3, slot="before_shift", content={"skill": "gone"})
        assert self.today(chat) == ("Your lesson comes today at 11:30.", "Start Now")

    @pytest.mark.parametrize(("more", "line"), [({"is_stopped": True}, "Lessons are stopped."), ({}, "No lessons")])
    def test_who_stopped_or_paused_is_told_so(self, chat, more, line):
        plan(chat, CARA, 3)
        with chat.app.database.transaction() as session:
            pause = {} if more else {"paused_until": date(2026, 12, 1)}
            session.add(Preference(person_id=known(session, CARA).id, changed_at=chat.now, **more, **pause))
        shown, button = self.today(chat)
        assert shown.startswith(line)
        assert button == "Get a Lesson"

    def test_the_day_is_the_persons_own(self, chat):
        with chat.app.database.transaction() as session:
            session.execute(update(Person).where(Person.name == "Cara Elm").values(time_zone="Pacific/Auckland"))
        plan(chat, CARA, 3)
        assert self.today(chat)[0] == "Your next lesson comes tomorrow at 00:30."


SIDE = {"hash": "one", "file": "till.md", "headings": [], "words": "Pay £5."}


class TestUpkeep:
    parts = ("Health", "SOPs to review", "Questions no SOP covered")

    def close(self, chat, roles="roles:owner|secret"):
        with chat.app.database.transaction() as session:
            session.execute(update(SopDocument).values(audience=roles))

    def review(self, chat, on, owner="ben@example.test"):
        with chat.app.database.transaction() as session:
            session.execute(update(SopSection).values(review_on=on, owner=owner))

    def test_only_who_looks_after_coach_sees_it(self, chat):
        for user in (ADA, BEN, CARA, EVE, FAY):
            assert not set(headings(chat, user)) & set(self.parts)
        assert set(self.parts) < set(headings(chat, DOV))
        assert "Needs you" not in headings(chat, DOV)

    def test_setting_up_is_counted(self, chat):
        assert "Setting up Coach: 4 of 6 done" in headings(chat, DOV)
        shown = said(chat, DOV)
        for line in ("1 SOP is loaded.", "7 people are listed.", "Every SOP has an owner.", "Slack is connected."):
            assert f"Done: {line}" in shown

    def test_a_platform_that_lets_coach_write_no_more_is_named(self, chat):
        with chat.app.database.transaction() as session:
            row = Connection(platform="slack", workspace="T1", is_stopped=True, reason="token_revoked")
            row.changed_at = chat.now
            session.add(row)
        chat.take(chat.incoming(DOV, Kind.HOME, value="home"))
        with chat.app.database.transaction() as session:
            session.execute(update(Connection).values(is_stopped=False))
        chat.at(minutes=10).settle()
        shown = words(chat.platform.homes[DOV].blocks)
        assert "Slack does not let Coach write (token_revoked)." in shown
        assert "To do: connect again: Slack stopped (token_revoked)." in shown

    @pytest.mark.parametrize(
        ("days", "line"),
        [(-1, "was due 22 Nov 2026"), (0, "is due 23 Nov 2026"), (30, "is due 23 Dec 2026"), (31, None)],
    )
    def test_reviews_past_or_near_are_listed_with_their_owner(self, chat, days, line):
        self.review(chat, date(2026, 11, 23) + timedelta(days=days))
        shown = said(chat, DOV)
        assert (f"Refunds: {line}, Ben Ash" in shown) if line else ("Refunds: is due" not in shown)

    def test_owners_see_what_is_theirs(self, chat):
        self.review(chat, date(2026, 11, 3))
        ask(chat, CARA, "who waters the plants?")
        assert [each for each in headings(chat, BEN) if each in self.parts] == list(self.parts[1:])
        assert not set(headings(chat, ADA)) & set(self.parts)

    def test_what_they_may_not_read_is_not_named(self, chat):
        self.review(chat, date(2026, 11, 3))
        ask(chat, CARA, "who waters the plants?")
        assert "Refunds: was due" in said(chat, DOV)
        assert "who waters" in said(chat, DOV)
        self.close(chat, "roles:secret")
        for user in (DOV, BEN):
            shown = said(chat, user)
            assert "Refunds: was due" not in shown
            assert "who waters" not in shown

    def test_of_two_sops_of_one_title_neither_shows_while_one_is_closed(self, chat):
        ask(chat, CARA, "who waters the plants?")
        with chat.app.database.transaction() as session:
            twin = {"title": "Refunds", "text": "", "content_key": "", "ingested_at": chat.now}
            session.add(SopDocument(file="secret.md", audience="roles:secret", **twin))
        assert "who waters" not in said(chat, DOV)

    def test_questions_are_counted_without_who_asked_the_most_frequent_first(self, chat):
        ask(chat, CARA, "who waters the plants?", times=2)
        ask(chat, FAY, "WHO waters the plants?", days=2)
        ask(chat, FAY, "is there a lift?", Abstention(None, None, Trace(), None), days=0.5)
        ask(chat, FAY, "long ago", days=31)
        shown = said(chat, DOV)
        assert "“who waters the plants?” 3 times; nearest: Refunds" in shown
        assert "“is there a lift?” once; no SOP near it" in shown
        assert shown.index("who waters") < shown.index("is there a lift?")
        assert "long ago" not in shown
        assert [name for name in ("Cara Elm", "Fay Box") if name in shown] == []

    def test_sections_that_disagree_are_for_owners_of_either_who_may_read_both(self, chat):
        with chat.app.database.transaction() as session:
            mine = session.scalars(select(SopDocument)).one()
            facts = {"title": "Till", "text": "", "content_key": "", "ingested_at": chat.now}
            session.add(SopDocument(file="till.md", audience=mine.audience, **facts))
            pair = {f"{side}_{name}": value for side in ("first", "second") for name, value in SIDE.items()}
            pair |= {"first_file": mine.file, "second_hash": "other"}
            seen = {"about": "money", "first_seen_at": chat.now, "last_seen_at": chat.now, "times_shown": 2}
            session.add(SopConflict(**pair, **seen))
        self.review(chat, None)
        assert "Sections that disagree" in headings(chat, DOV)
        assert "Sections that disagree" in headings(chat, BEN)
        assert "Sections that disagree" not in headings(chat, ADA)
        with chat.app.database.transaction() as session:
            closed = update(SopDocument).where(SopDocument.file == "till.md")
            session.execute(closed.values(audience="roles:secret"))
        assert "Sections that disagree" not in headings(chat, DOV)
        assert "Sections that disagree" not in headings(chat, BEN)

    def test_what_waits_and_failed_is_told(self, chat):
        home(chat, DOV)
        with chat.app.database.transaction() as session:
            session.execute(update(InboxItem).values(state="dead"))
        assert "1 message failed in 30 days." in said(chat, DOV)


def test_a_company_without_skills_has_a_home_too(database, company, tmp_path, now, chat):
    with chat.app.database.transaction() as session:
        stored = session.scalars(select(CompanySettings)).one()
        stored.values = {**stored.values, "skills": {}}
    assert NO_SKILLS in said(chat, CARA)
    assert "No skills are listed for their roles" in said(chat, BEN)


def test_home_asks_as_often_for_any_number_of_people(chat):
    def queries(user):
        asked = []
        listener = lambda *given: asked.append(given[2])  # noqa: E731
        incoming, offers = chat.incoming(user, Kind.HOME, value="home"), chat.platform.capabilities()
        with chat.app.database.transaction() as session:
            request = Request(chat.app, incoming, "k", known(session, user), chat.now, offers)
            event.listen(chat.app.database.engine, "before_cursor_execute", listener)
            home_page(session, request)
            event.remove(chat.app.database.engine, "before_cursor_execute", listener)
        return len(asked)

    home(chat, BEN)
    home(chat, CARA)
    before = queries(BEN)
    hire(chat, 12)
    assert queries(BEN) == before
    assert max(before, queries(CARA), queries(DOV)) <= MOST_QUERIES
