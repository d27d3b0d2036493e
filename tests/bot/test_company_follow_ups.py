"""What an apply brings about: tracks that come with roles, SOPs to acknowledge, modules to read again."""

from datetime import timedelta

from sqlalchemy import select

from bot.company import apply_folder, read_folder, rehearse_folder
from bot.views.company import applied_text
from coach.embed import WordHashEmbedder
from lessons.confirmations import answer
from lessons.following import follow_up
from lessons.tables import Confirmation, LessonRow, SkillAbility, TrackAssignment
from metrics.events.kinds import SkillLapsed
from metrics.events.record import EventRow
from metrics.people import Person
from tests.bot.test_company import TEACHABLE
from tests.lessons.good_module import DELTA, REFUNDS
from tests.strategies import utc

NOW = utc(2026, 11, 23, 8, 30)
LATER = NOW + timedelta(days=1)
TRACK = "title: New here\nrequired: yes\nsteps: [{acknowledge: stores/refunds.md @ 4.2}]\n"
FILES = {
    **TEACHABLE,
    "people.csv": "name,email,role\nBen Ash,ben@example.test,sales associate\nAda Oak,ada@example.test,support desk\n",
    "lessons/a.md": DELTA,
    "lessons/tracks/new.yaml": TRACK,
}
CHANGED = REFUNDS.text.replace("outside the rules", "outside the rules above")
SOP = "sops/stores/refunds.md"


def apply(database, folder, now=NOW):
    read = read_folder(folder)
    applied = apply_folder(read, database, WordHashEmbedder(), now)
    return applied, applied_text(applied, read)


def acknowledge_all(database):
    with database.transaction() as session:
        follow_up(session, iter([f"{n:032x}" for n in range(9)]).__next__, NOW, "UTC")
        for row in session.scalars(select(Confirmation)).all():
            answer(session, row, True, row.person_id, NOW)


def test_tracks_come_with_roles_once(database, company):
    folder = company(FILES)
    applied, said = apply(database, folder)
    assert applied.put_on_tracks == 2
    assert "2 places were filled on tracks that come with a role." in said
    assert apply(database, folder, LATER)[0].put_on_tracks == 0


def test_a_changed_sop_is_acknowledged_again_and_its_modules_are_named(database, company):
    folder = company(FILES)
    apply(database, folder)
    acknowledge_all(database)
    company({SOP: CHANGED})
    rehearsed = rehearse_folder(read_folder(folder), database, LATER)
    applied, said = apply(database, folder, LATER)
    assert rehearsed.stale == applied.stale
    assert "2 people are to acknowledge what changed in stores/refunds.md" in said
    assert "1 module to read again, since an SOP it teaches changed: a.md." in said
    with database.session() as session:
        waiting = session.scalars(select(Confirmation.subject).where(Confirmation.answer.is_(None))).all()
    assert set(waiting) == {"stores/refunds.md@4.2 (changed 2026-11-24 08:30)"}
    assert apply(database, folder, LATER)[0].stale.people == 0


def test_a_module_rejected_for_a_new_version_is_named_and_one_brought_up_to_date_is_not(database, company):
    folder = company(FILES)
    apply(database, folder)
    newer = CHANGED.replace('version: "4.2"', 'version: "4.3"')
    company({SOP: newer, "lessons/tracks/new.yaml": TRACK.replace("4.2", "4.3")})
    assert rehearse_folder(read_folder(folder), database, LATER).stale.modules == ("a.md",)
    company({"lessons/a.md": DELTA.replace("@ 4.2", "@ 4.3").replace("outside the rules", "outside the rules above")})
    applied, said = apply(database, folder, LATER)
    assert applied.stale.modules == ()
    assert "to read again" not in said
    with database.session() as session:
        assert session.scalars(select(LessonRow.file)).all() == ["a.md"]


def test_whoever_mastered_what_changed_goes_through_it_again(database, company):
    folder = company(FILES)
    apply(database, folder)
    with database.transaction() as session:
        ben, ada = session.scalars(select(Person).order_by(Person.name.desc())).all()
        facts = {"estimate": 1.0, "answered": 9, "changed_at": NOW}
        skill = session.scalars(select(LessonRow.skill)).one()
        session.add(SkillAbility(person_id=ben.id, skill=skill, mastered_at=NOW, **facts))
        session.add(SkillAbility(person_id=ada.id, skill=skill, **facts))
        session.add(SkillAbility(person_id=ada.id, skill="another", mastered_at=NOW, **facts))
    company({SOP: CHANGED})
    rehearse_folder(read_folder(folder), database, LATER)
    apply(database, folder, LATER)
    apply(database, folder, LATER + timedelta(days=1))
    with database.session() as session:
        stale = select(SkillAbility.person_id, SkillAbility.stale_since).where(SkillAbility.stale_since.is_not(None))
        assert session.execute(stale).all() == [(ben.id, LATER)]
        [lapsed] = session.scalars(select(EventRow).where(EventRow.kind == SkillLapsed.kind)).all()
        assert (lapsed.person_id, lapsed.skill, lapsed.payload) == (ben.id, skill, {"reason": "sop_changed"})


def test_a_rehearsal_puts_nobody_on_a_track(database, company):
    assert rehearse_folder(read_folder(company(FILES)), database, NOW).put_on_tracks == 2
    with database.session() as session:
        assert session.scalars(select(TrackAssignment)).all() == []
