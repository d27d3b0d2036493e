"""shifts.csv, leave.csv and calendars beside each other: what they mean, and every mistake at its line."""

from datetime import date, datetime

import pytest

from lessons.calendars import Event
from lessons.shifts import LeaveDays, Rosters, is_roster, read_rosters

HEADER = "email,date,starts,ends,site"
PEOPLE = {"ada@x.example", "bo@x.example"}


def shifts(*lines, header=HEADER, people=PEOPLE):
    return read_rosters({"shifts.csv": "\n".join((header, *lines)).encode()}, people)


def leave(*lines):
    return read_rosters({"leave.csv": "\n".join(("email,from,to", *lines)).encode()}, PEOPLE)


def test_a_shift_may_end_the_next_day():
    rosters, mistakes = shifts("ADA@x.example,2026-11-23,08:15,16:15,Quay", "bo@x.example,2026-11-23,22:00,06:00,")
    assert mistakes == []
    assert rosters.shifts == (
        Event("ada@x.example", datetime(2026, 11, 23, 8, 15), datetime(2026, 11, 23, 16, 15), "Quay"),  # noqa: DTZ001
        Event("bo@x.example", datetime(2026, 11, 23, 22, 0), datetime(2026, 11, 24, 6, 0)),  # noqa: DTZ001
    )


def test_the_site_may_be_left_out_and_columns_stand_in_any_order():
    rosters, mistakes = shifts("16:15,08:15,2026-11-23,ada@x.example", header="ends,starts,date,email")
    assert mistakes == []
    assert rosters.shifts[0].place is None


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("ada@x.example,23/11/2026,08:15,16:15,", "'23/11/2026' is not a date like 2026-11-23."),
        ("ada@x.example,2026-11-23,8.15,16:15,", "'8.15' is not a time like 08:45."),
        ("ada@x.example,2026-11-23,08:15,08:15,", "the shift ends when it starts. Correct one of the two times."),
        ("cy@x.example,2026-11-23,08:15,16:15,", "'cy@x.example' is not in people.csv."),
        (f"ada@x.example,2026-11-23,08:15,16:15,{'x' * 201}", "the site is longer than 200 characters."),
        ("bo@x.example,2026-11-23,08:15,12:15,", "bo@x.example stands on line 2 with the same start too. Keep one."),
    ],
)
def test_each_mistake_is_told_with_its_line(line, sentence):
    _, (mistake,) = shifts("bo@x.example,2026-11-23,08:15,16:15,", line)
    assert mistake.startswith(f"shifts.csv line 3: {sentence}")


def test_a_line_with_too_few_cells_is_told():
    _, mistakes = shifts("bo@x.example,2026-11-23,08:15,16:15,", "ada@x.example,2026-11-23,08:15")
    assert mistakes == ["shifts.csv line 3 has 3 cells, the first line has 5."]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "shifts.csv is empty. Its first line must be: email,date,starts,ends,site"),
        (b"email,date,starts\n", "shifts.csv has no column 'ends'. Add it to the first line."),
        (b"email,date,starts,ends,pay\n", "shifts.csv has an unknown column 'pay'."),
        (b'email,date,starts,ends\n"ada', "shifts.csv line 2: unexpected end of data."),
        (b"\xff", "shifts.csv is not"),
        (b"email,date,starts,ends\n" + b"a,b,c,d\n" * 100_000, "shifts.csv has 100,001 lines; 100,000 fit."),
    ],
)
def test_a_file_that_is_no_roster_gets_one_sentence(content, sentence):
    rosters, (mistake,) = read_rosters({"shifts.csv": content}, None)
    assert rosters == Rosters()
    assert mistake.startswith(sentence)


def test_many_mistakes_are_counted_after_the_first_twenty():
    _, mistakes = shifts(*["nobody"] * 50)
    assert len(mistakes) == 21
    assert mistakes[-1] == "shifts.csv has 30 more mistakes like these."


def test_leave_holds_both_its_days():
    rosters, mistakes = leave("ada@x.example,2026-11-23,2026-11-23")
    assert (rosters.leave, mistakes) == ((LeaveDays("ada@x.example", date(2026, 11, 23), date(2026, 11, 23)),), [])
    _, (backwards,) = leave("ada@x.example,2026-11-23,2026-11-22")
    assert backwards == (
        "leave.csv line 2: leave from 2026-11-23 to 2026-11-22 ends before it begins, or is too long. Correct one."
    )


def test_only_these_files_are_rosters():
    files = ("shifts.csv", "shifts.ics", "calls.ics", "leave.csv", "shifts/ada@x.example.ics", "calls/bo@x.example.ics")
    assert all(map(is_roster, files))
    assert not any(map(is_roster, ("people.csv", "sops/shifts.csv", "shifts/week.ics", "leave.ics", "calls.csv")))


def test_calendars_belong_to_their_guests_or_to_who_names_the_file():
    event = "BEGIN:VEVENT\r\nDTSTART:20261123T090000Z\r\nDURATION:PT1H\r\nSUMMARY:Client call\r\n{guests}END:VEVENT\r\n"
    calendar = "BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n"
    guests = "ATTENDEE:mailto:bo@x.example\r\nATTENDEE:mailto:client@elsewhere.example\r\n"
    rosters, mistakes = read_rosters(
        {
            "calls.ics": calendar.format(event.format(guests=guests)).encode(),
            "shifts/Ada@x.example.ics": calendar.format(event.format(guests="")).encode(),
        },
        PEOPLE,
    )
    assert mistakes == []
    assert [call.email for call in rosters.calls] == ["bo@x.example"]
    assert [shift.email for shift in rosters.shifts] == ["ada@x.example"]
