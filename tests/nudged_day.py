"""A day of nudges on a simulated clock: 25 people in 4 zones, three clocks and workers that die, and what was seen.

The clock jumps to the next minute in which something can happen. What arrives is held against rules of its own making:
before its shift, outside quiet hours, one lesson and one message beside it a day.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bot.company import apply_folder, read_folder
from bot.queue import resume_sending
from bot.tables import OutboxItem
from lessons.nudges import LESSONS, MISSED, PLANNED, UNKNOWN
from lessons.shelf import store_modules
from lessons.tables import Nudge
from metrics.people import Person
from tests.lesson_runs import MODULE, OTHER

BEGINS = datetime(2026, 11, 23, tzinfo=UTC)
A_DAY = timedelta(days=1)
ZONES = ("Europe/London", "America/St_Johns", "Asia/Kolkata", "Pacific/Auckland")
# When shifts of eight hours begin, nights among them.
STARTS = (
    "00:30",
    "05:30",
    "06:15",
    "07:10",
    "07:15",
    "08:00",
    "09:00",
    "09:00",
    "10:30",
    "12:00",
    "13:00",
    "14:00",
    "15:45",
    "16:00",
    "18:00",
    "19:45",
    "20:10",
    "08:45",
    "21:00",
    "11:30",
    "13:40",
    "23:30",
    "09:00",
    "12:30",
    "17:20",
)
QUIET_FROM, QUIET_TO = time(20), time(7)
LEAD = timedelta(minutes=15)
COMPANY = """roles: [cashier]
skills: {refunds: {title: Refunds}, cash: {title: Cash at the till}}
timezone: Europe/London
default_audience: everyone
working_days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]
lessons:
  quiet_hours: "20:00-07:00"
  reminder_hours: 3
  weekly_minutes: 120
  cohorts: {everybody: {when: [15 minutes before shift]}}
"""
SOPS = {
    "sops/stores/refunds.md": "# Refunds\n\nPay back.\n\n## Exceptions\n\nAbove 100 pounds a manager decides.\n",
    "sops/stores/cash.md": "# Cash\n\nAbove 100 pounds a manager decides.\n",
}


@dataclass(frozen=True)
class Worker:
    """One of the people: their account, zone, and when their shifts begin on the clock there."""

    user_id: str
    zone: str
    starts: time

    def shift_on(self, day: date) -> datetime:
        """Return when the shift of a local day begins."""
        return datetime.combine(day, self.starts, ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True)
class Post:
    """A message that reached somebody."""

    user_id: str
    at: datetime
    key: str


@dataclass
class Seen:
    """What a day showed, in numbers of messages, and what was wrong with any of them."""

    due: int = 0
    arrived: int = 0
    lessons: int = 0
    beside: int = 0
    missed: dict[str, int] = field(default_factory=dict)
    unknown: int = 0
    wrong: list[str] = field(default_factory=list)


PEOPLE = tuple(
    Worker(f"U{number:02}", ZONES[number % len(ZONES)], time.fromisoformat(starts))
    for number, starts in enumerate(STARTS)
)


def folder_files(people=PEOPLE, begins=BEGINS, company=COMPANY):
    """Return the company folder: everybody works every day from two days before to three after."""
    days = [begins.date() + timedelta(days=number) for number in range(-2, 4)]
    shifts = [
        f"{one.user_id.lower()}@example.test,{day},{one.starts:%H:%M},{_ends(one.starts):%H:%M},"
        for one in people
        for day in days
    ]
    rows = [f"{one.user_id},{one.user_id.lower()}@example.test,{one.user_id},cashier,{one.zone}" for one in people]
    return {
        "company.yaml": company,
        "people.csv": "\n".join(["name,email,slack_id,role,time_zone", *rows, ""]),
        "shifts.csv": "\n".join(["email,date,starts,ends,site", *shifts, ""]),
        **SOPS,
    }


def _ends(starts: time) -> time:
    return time((starts.hour + 8) % 24, starts.minute)


def open_company(app, folder, begins=BEGINS):
    """Load the company, its lessons, and connect it to Slack."""
    app.database.upgrade()
    apply_folder(read_folder(folder), app.database, app.embedder, begins)
    with app.database.transaction() as session:
        store_modules(session, [MODULE, OTHER], begins)
        resume_sending(session, "slack", "T1", begins)


def next_minute(database, now, until, longest):
    """Return the next instant in which something can happen, `until` at the latest."""
    with database.session() as session:
        due_at = session.scalar(select(func.min(Nudge.due_at)).where(Nudge.state == PLANNED, Nudge.due_at > now))
        unsettled = select(OutboxItem.id).where(OutboxItem.state.in_(("new", "sending"))).limit(1)
        is_busy = session.scalar(unsettled) is not None
        is_late = select(Nudge.id).where(Nudge.state == PLANNED, Nudge.due_at <= now, Nudge.late_at > now).limit(1)
        is_busy = is_busy or session.scalar(is_late) is not None
    soon = now + (timedelta(seconds=61) if is_busy else longest)
    return min(soon, until, due_at or until)


def in_quiet_hours(at, zone):
    """Say whether an instant lies in the quiet hours of the company on a clock."""
    clock = at.astimezone(ZoneInfo(zone)).time()
    return clock >= QUIET_FROM or clock < QUIET_TO


def due_lessons(people, begins, until):
    """Return (person, shift) of every lesson that can come 15 minutes before its shift, outside quiet hours."""
    days = [begins.date() + timedelta(days=number) for number in range(-2, (until - begins).days + 3)]
    shifts = ((one, one.shift_on(day)) for one in people for day in days)
    return [
        (one, shift)
        for one, shift in shifts
        if begins <= shift - LEAD < until and not in_quiet_hours(shift - LEAD, one.zone)
    ]


def look_at(database, posts, people=PEOPLE, begins=BEGINS, until=BEGINS + A_DAY):
    """Hold what arrived against what should have, and return what was seen."""
    seen = Seen()
    with database.session() as session:
        rows = session.scalars(select(Nudge)).all()
        emails = dict(session.execute(select(Person.id, Person.email)).all())
    slots = {f"nudge:{nudge.id}": nudge.slot for nudge in rows}
    by_user = {one.user_id: one for one in people}
    posts = [post for post in posts if post.key in slots]
    lessons = [post for post in posts if slots[post.key] in LESSONS]
    seen.lessons, seen.beside = len(lessons), len(posts) - len(lessons)
    seen.missed = dict(Counter(nudge.reason for nudge in rows if nudge.state == MISSED))
    seen.unknown = sum(nudge.state == UNKNOWN for nudge in rows)
    due = due_lessons(people, begins, until)
    seen.due = len(due)
    for one, shift in due:
        came = [post for post in lessons if post.user_id == one.user_id and shift - LEAD <= post.at < shift]
        seen.arrived += len(came) == 1
        if len(came) != 1:
            mine = [
                (n.local_on, n.slot, n.state, n.reason)
                for n in rows
                if emails[n.person_id].startswith(one.user_id.lower())
            ]
            seen.wrong.append(f"{len(came)} lessons for {one} and the shift of {shift}: {mine}")
    a_day = Counter()
    for post in posts:
        one = by_user[post.user_id]
        is_lesson = slots[post.key] in LESSONS
        a_day[(post.user_id, post.at.astimezone(ZoneInfo(one.zone)).date(), is_lesson)] += 1
        if in_quiet_hours(post.at, one.zone):
            seen.wrong.append(f"in quiet hours: {post}")
        days = [post.at.date() + timedelta(days=number) for number in range(-1, 3)]
        ahead = [shift - post.at for shift in map(one.shift_on, days) if shift > post.at]
        if is_lesson and min(ahead) > timedelta(hours=3):
            seen.wrong.append(f"not before a shift: {post}")
    seen.wrong += [f"{count} on one day: {which}" for which, count in a_day.items() if count > 1]
    seen.wrong += [f"twice: {key}" for key, count in Counter(post.key for post in posts).items() if count > 1]
    return seen
