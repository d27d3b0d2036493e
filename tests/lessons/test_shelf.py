"""Modules and tracks in SQL, and who may take a module: whoever may read every SOP it teaches, and nobody else."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from coach.tables import SopDocument
from lessons.module import Taught
from lessons.run import compose
from lessons.runs import offer_run
from lessons.sequence import Choice
from lessons.shelf import may_take, module_of, modules_for, store_modules, store_tracks, tracks
from lessons.tables import LessonRow, TrackRow
from lessons.tracks import Step, Track
from metrics.policy import Asker, Audience
from tests.lessons.good_module import parse
from tests.lessons.stored import store_person
from tests.strategies import audiences, few, role_sets, utc

NOW = utc(2026, 11, 23, 8, 30)
OPEN = replace(parse(), roles=())
FILES = ("a.md", "b.md", "c.md", "gone.md")


@pytest.fixture
def session(database):
    with database.rehearsal() as session:
        yield session


def teaching(*sops, **changes):
    return replace(OPEN, teaches=tuple(Taught(sop, ("A",)) for sop in sops), **changes)


def hold(session, audience_of):
    session.query(SopDocument).delete()
    for file, audience in audience_of.items():
        session.add(
            SopDocument(file=file, title="T", text="x", content_key="k", audience=audience.key, ingested_at=NOW)
        )
    session.flush()


@few
@given(
    st.fixed_dictionaries(dict.fromkeys(FILES[:3], audiences)),
    st.lists(st.tuples(st.lists(st.sampled_from(FILES), min_size=1, max_size=3), role_sets), max_size=5),
    role_sets,
)
def test_nobody_ever_gets_a_module_with_an_sop_they_may_not_read(session, audience_of, wanted, roles):
    hold(session, audience_of)
    modules = [
        teaching(*sops, file=f"{place}.md", roles=tuple(sorted(for_roles)))
        for place, (sops, for_roles) in enumerate(wanted)
    ]
    store_modules(session, modules, NOW)
    asker = Asker(1, roles)
    taken = modules_for(session, asker)
    for module in modules:
        readable = all(
            sop in audience_of and (audience_of[sop].roles is None or audience_of[sop].roles & roles)
            for sop in (taught.sop for taught in module.teaches)
        )
        is_for_them = not module.roles or bool(set(module.roles) & roles)
        assert (module.file in taken) == (readable and is_for_them) == may_take(session, asker, module)


def test_one_closed_sop_closes_the_whole_module(session):
    hold(session, {"a.md": Audience(None), "b.md": Audience(frozenset({"owner"}))})
    both = teaching("a.md", "b.md")
    assert not may_take(session, Asker(1, frozenset({"cashier"})), both)
    assert may_take(session, Asker(1, frozenset({"owner"})), both)
    assert may_take(session, Asker(), teaching("a.md"))


def test_modules_are_kept_by_their_files(session):
    hold(session, {"a.md": Audience(None)})
    store_modules(session, [teaching("a.md", file="one.md"), teaching("a.md", file="two.md")], NOW)
    ids = {row.file: row.id for row in session.scalars(select(LessonRow))}
    changed = teaching("a.md", file="two.md", title="Another", skill="till")
    store_modules(session, [changed, teaching("a.md", file="three.md")], NOW)
    rows = {row.file: row for row in session.scalars(select(LessonRow))}
    assert rows.keys() == {"two.md", "three.md"}
    assert (rows["two.md"].id, rows["two.md"].title, rows["two.md"].skill) == (ids["two.md"], "Another", "till")
    assert module_of(rows["two.md"]) == changed
    assert list(modules_for(session, Asker())) == ["three.md", "two.md"]


def test_whatever_changes_in_a_module_makes_a_new_version_of_it(session):
    def version():
        return session.execute(select(LessonRow.version, LessonRow.changed_at)).one()

    first, second = teaching("a.md", file="one.md"), teaching("a.md", file="one.md", behaviour="They ask first.")
    day = timedelta(days=1)
    for place, module in enumerate((first, first, second, first)):
        store_modules(session, [module], NOW + place * day)
        assert version() == [(1, NOW), (1, NOW), (2, NOW + 2 * day), (3, NOW + 3 * day)][place]


def test_a_module_that_comes_back_counts_on_from_what_was_offered(session):
    module = teaching("a.md", file="one.md")
    person = store_person(session)
    store_modules(session, [module], NOW)
    course = compose(Choice("module", "one.md", "refunds", (), 11, ""), {"one.md": module}, (), random.Random(1))
    assert offer_run(session, person.id, course, "a" * 32, "lesson:1", NOW).module_version == 1
    store_modules(session, [], NOW)
    store_modules(session, [module, teaching("a.md", file="two.md")], NOW)
    assert dict(session.execute(select(LessonRow.file, LessonRow.version)).all()) == {"one.md": 2, "two.md": 1}


def test_tracks_are_kept_by_their_names(session):
    track = Track("new", "New here", (Step("module", "a.md"), Step("sign_off", "till", who="manager")), due_days=30)
    store_tracks(session, [track, replace(track, name="old")])
    [held] = [row.id for row in session.scalars(select(TrackRow).where(TrackRow.name == "new"))]
    store_tracks(session, [replace(track, title="New")])
    assert tracks(session) == {"new": replace(track, title="New")}
    assert session.scalars(select(TrackRow.id)).all() == [held]
    store_tracks(session, [])
    assert tracks(session) == {}
