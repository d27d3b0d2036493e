"""iCalendar files: whose an event is, when it takes place on any clock, and what cannot be read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.calendars import MOST_BYTES, MOST_EVENTS, read_calendar

LONDON = "Europe/London"
FROM, TO = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 30, tzinfo=UTC)
ADA = "ATTENDEE:mailto:ada@x.example"
TIMES = ("DTSTART;TZID=Europe/London:20260323T083000", "DTEND;TZID=Europe/London:20260323T163000")


def calendar(*events: tuple[str, ...]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def times(*events: tuple[str, ...], zone=LONDON):
    found, mistakes = read_calendar("shifts.ics", calendar(*events), "ada@x.example")
    assert mistakes == []
    return [f"{start:%m-%d %H:%M}-{end:%H:%M}" for event in found for start, end in event.between(FROM, TO, zone)]


def mistakes(*events: tuple[str, ...], owner="ada@x.example"):
    return read_calendar("shifts.ics", calendar(*events), owner)[1]


def test_an_event_is_everybody_s_who_attends_and_did_not_decline():
    event = (
        *TIMES,
        ADA,
        "ATTENDEE;PARTSTAT=DECLINED:mailto:bo@x.example",
        "ATTENDEE:MAILTO:Cy@X.example",
        "LOCATION:Quay",
    )
    found, wrong = read_calendar("shifts.ics", calendar(event), "owner@x.example")
    assert [(one.email, one.place) for one in found] == [("ada@x.example", "Quay"), ("cy@x.example", "Quay")]
    assert wrong == []


def test_an_event_without_guests_is_the_owner_s_of_the_file():
    assert read_calendar("a.ics", calendar(TIMES), "ada@x.example")[0][0].email == "ada@x.example"
    declined = (*TIMES, "ATTENDEE;PARTSTAT=DECLINED:mailto:bo@x.example")
    assert read_calendar("a.ics", calendar(declined), "ada@x.example") == ([], [])


def test_a_weekly_shift_stays_at_its_hour_when_clocks_change_and_leaves_days_out():
    repeats = ("RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260406T235959Z", "EXDATE;TZID=Europe/London:20260325T083000")
    assert times((*TIMES, *repeats)) == [
        "03-23 08:30-16:30",
        "03-30 07:30-15:30",
        "04-01 07:30-15:30",
        "04-06 07:30-15:30",
    ]


def test_an_event_moved_out_of_its_row_takes_place_once():
    row = ("UID:1", *TIMES, "RRULE:FREQ=DAILY;COUNT=2")
    moved = (
        "UID:1",
        "RECURRENCE-ID;TZID=Europe/London:20260324T083000",
        "DTSTART;TZID=Europe/London:20260324T120000",
        "DURATION:PT4H",
    )
    assert times(row, moved) == ["03-23 08:30-16:30", "03-24 12:00-16:00"]
    assert times(row, (*moved, "STATUS:CANCELLED")) == ["03-23 08:30-16:30"]


def test_times_without_a_zone_are_on_the_person_s_clock():
    event = ("DTSTART:20260323T083000", "DTEND:20260323T163000")
    assert times(event) == ["03-23 08:30-16:30"]
    assert times(event, zone="America/New_York") == ["03-23 12:30-20:30"]


def test_times_in_utc_and_overnight_and_an_hour_the_clock_leaps_over():
    assert times(("DTSTART:20260323T220000Z", "DTEND:20260324T060000Z")) == ["03-23 22:00-06:00"]
    assert times(("DTSTART:20260329T013000", "DTEND:20260329T021000")) == ["03-29 01:30-02:10"]


def test_what_lasts_all_day_or_is_cancelled_is_passed_over():
    assert times(("DTSTART;VALUE=DATE:20260323",)) == []
    assert times((*TIMES, "STATUS:CANCELLED")) == []


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (("DTEND:20260323T163000",), "has no start and end"),
        (("DTSTART:2026-03-23", "DTEND:20260323T163000"), "cannot be read. Correct its DTSTART."),
        (("DTSTART:00010101T000000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"), "starts in the year 1."),
        (("DTSTART:20260323T163000", "DTEND:20260323T083000"), "does not end after it starts"),
        (("DTSTART:20260323T083000", "DTEND:20260423T083000"), "lasts more than two days"),
        (("DTSTART:20260323T083000Z", "DTEND:20260323T163000"), "time zone at one end only"),
        (("DTSTART;TZID=Mars/City:20260323T083000", "DURATION:PT1H"), "'Mars/City', which is not known"),
        ((*TIMES, "RRULE:FREQ=FOO"), "cannot be read. Correct its RRULE."),
        ((*TIMES, "RRULE:FREQ=SECONDLY"), "repeats in a way that is not read here"),
        ((*TIMES, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), "repeats in a way that is not read here"),
        *(
            ((*TIMES, f"RRULE:{rule}"), "repeats in a way that is not read here")
            for rule in (
                "FREQ=DAILY;INTERVAL=0",
                "FREQ=DAILY;INTERVAL=-1",
                "FREQ=DAILY;INTERVAL=7;BYDAY=SU",
                "FREQ=DAILY;COUNT=2;UNTIL=20260401T000000Z",
                "FREQ=WEEKLY;BYMONTHDAY=31",
                "FREQ=MONTHLY;BYDAY=99MO",
                "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=31",
                "FREQ=MONTHLY;BYMONTHDAY=99",
            )
        ),
        (
            ("DTSTART:20260201T080000", "DURATION:PT1H", "RRULE:FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30"),
            "repeats in a way that is not read here",
        ),
        ((*TIMES, "EXDATE:never"), "cannot be read. Correct its EXDATE."),
    ],
)
def test_each_mistake_is_a_sentence_with_its_line(event, sentence):
    (mistake,) = mistakes(TIMES, event)
    assert mistake.startswith("shifts.ics line 8: this event ")
    assert sentence in mistake


def test_an_event_of_nobody_is_a_mistake():
    (mistake,) = mistakes(TIMES, owner=None)
    assert mistake.startswith(
        "shifts.ics line 4: this event has no ATTENDEE. Add whose it is, or keep one file a person"
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello", "is not an iCalendar file"),
        (b"\xff\xfe\x00", "is not an iCalendar file"),
        (b"END:VCALENDAR\r\n", "is not an iCalendar file"),
        (b"", "is not an iCalendar file"),
        (calendar(TIMES)[:-20], "is not an iCalendar file"),
        (b"x" * (MOST_BYTES + 1), "is larger than 5 MB"),
        (calendar(*[TIMES] * (MOST_EVENTS + 1)), "holds 5,001 events; 5,000 fit"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 3000 + b"END:VEVENT\r\n" * 3000 + b"END:VCALENDAR\r\n", ""),
    ],
)
def test_hostile_files_end_in_a_sentence(content, sentence):
    _, (mistake, *_) = read_calendar("shifts.ics", content, "ada@x.example")
    assert sentence in mistake


RULES = [
    *(f"FREQ=DAILY{more}" for more in (";BYDAY=MO", ";BYDAY=SA,SU", ";BYMONTHDAY=31", ";COUNT=700")),
    *(f"FREQ=WEEKLY;INTERVAL={{}}{more}" for more in ("", ";BYDAY=MO", ";BYDAY=SU,TU;WKST=SU", ";COUNT=3")),
    *(f"FREQ=MONTHLY;INTERVAL={{}}{more}" for more in (";BYDAY=FR", ";BYDAY=-1SU", ";BYDAY=FR;BYMONTHDAY=13")),
    "FREQ=DAILY;INTERVAL={}",
    "FREQ=DAILY;INTERVAL={};UNTIL=20260410T000000",
    "FREQ=MONTHLY;BYMONTHDAY=31",
]


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(RULES),
    st.integers(1, 400),
    st.sampled_from(["20160229T013000", "20260329T013000", "20251026T013000", "20000101T230000"]),
)
def test_whatever_repeats_comes_when_its_rule_says(rule, interval, start):
    rule = rule.format(interval)
    event = (f"DTSTART;TZID=Europe/London:{start}", "DURATION:PT8H", f"RRULE:{rule}")
    found, wrong = read_calendar("shifts.ics", calendar(event), "ada@x.example")
    assert not wrong
    clock = ZoneInfo(LONDON)
    first, last = (at.astimezone(clock).replace(tzinfo=None) for at in (FROM, TO))
    named = rrulestr(rule, dtstart=datetime.fromisoformat(start)).between(first, last)
    came = {starts_at.astimezone(clock).date() for starts_at, _ in found[0].between(FROM, TO, LONDON)}
    assert {at.date() for at in named} <= came
    assert len(came) - len(set(named)) <= 1
    for starts_at, ends_at in found[0].between(FROM, TO, LONDON):
        assert ends_at > FROM
        assert starts_at < TO
        assert timedelta(hours=7) <= ends_at - starts_at <= timedelta(hours=9)


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet=st.sampled_from('BEGIN:VCALENDARVTZ;=,\r\n 0123456789-+"\\DTSTRUE'), max_size=300))
def test_whatever_stands_in_an_event_ends_in_events_or_sentences(text):
    content = calendar((*TIMES, *text.splitlines()))
    for event in read_calendar("shifts.ics", content, "ada@x.example")[0]:
        list(event.between(FROM, TO, LONDON))
