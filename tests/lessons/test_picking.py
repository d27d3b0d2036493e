"""Picking joins permission, what is stored of a person, and the choice; nobody is given what they may not read."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessons.picking import pick
from lessons.shelf import store_tracks
from lessons.tables import TrackAssignment
from lessons.tracks import Step, Track
from metrics.policy import Audience
from tests.lessons.learners import NOW, SKILLS, make_module
from tests.lessons.stored import store_person, store_shelf
from tests.lessons.test_answers import answer

REFUNDS, TILL = make_module("refunds.md"), make_module("till.md", skill="till")
LEADS = Audience(frozenset({"shift lead"}))


def test_a_new_person_is_given_a_first_lesson_and_a_practised_one_a_review(database):
    with database.transaction() as session:
        store_shelf(session, REFUNDS)
        person = store_person(session)
        assert pick(session, person, NOW, "UTC", 10, 30, skills=SKILLS).module == "refunds.md"
        answer(session, person.id, NOW - timedelta(days=9), score=0.0, item=REFUNDS.items[0], module=REFUNDS)
        chosen = pick(session, person, NOW, "UTC", 2, 30, skills=SKILLS)
        assert (chosen.kind, chosen.items) == ("review", ("refunds.md#one",))
        assert chosen.reason == "You were sure about “One” last time, and it was wrong."


def test_without_anything_they_may_take_there_is_nothing(database):
    with database.transaction() as session:
        person = store_person(session)
        assert pick(session, person, NOW, "UTC", 10, 30) is None
        store_shelf(session, REFUNDS, audiences={"stores/refunds.md": LEADS})
        assert pick(session, person, NOW, "UTC", 10, 30) is None
        person.is_active = False
        person.roles = ["shift lead"]
        assert pick(session, person, NOW, "UTC", 10, 30) is None


def test_the_cap_of_a_week_holds_unless_they_ask_themselves(database):
    with database.transaction() as session:
        store_shelf(session, REFUNDS)
        person = store_person(session)
        assert pick(session, person, NOW, "UTC", 10, 4) is None
        assert pick(session, person, NOW, "UTC", 10, 4, ignores_cap=True).module == "refunds.md"


FILES = st.sampled_from(["refunds.md", "till.md", "leads.md"])
ROLES = st.sets(st.sampled_from(["shift lead", "sales associate"]))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(FILES, ROLES, st.lists(st.tuples(FILES, st.sampled_from([0.0, 1.0])), max_size=4))
def test_nobody_is_given_what_they_may_not_read_whatever_they_did_before(database, step, roles, log):
    leads = replace(make_module("leads.md", skill="allergens"), after=("refunds.md",))
    modules = {module.file: module for module in (REFUNDS, TILL, leads)}
    with database.rehearsal() as session:
        store_shelf(session, *modules.values(), audiences={"stores/allergens.md": LEADS})
        person = store_person(session, roles=sorted(roles))
        store_tracks(session, [Track("new", "New here", (Step("module", step),), is_required=True)])
        session.add(TrackAssignment(person_id=person.id, track="new", assigned_at=NOW))
        for day, (file, score) in enumerate(log):
            module = modules[file]
            answer(session, person.id, NOW - timedelta(days=20 - day), score, item=module.items[0], module=module)
        chosen = pick(session, person, NOW, "UTC", 10, 30, skills=SKILLS)
        given_files = {item.partition("#")[0] for item in chosen.items} | {chosen.module} if chosen else set()
        assert "shift lead" in roles or "leads.md" not in given_files
