"""What Coach says about tracks, confirmations and drafts, for whoever looks at cards."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.views import confirming, drafts, tracks
from bot.views.lines import line
from coach.documents import parse_document
from lessons.confirmations import Waiting
from lessons.drafts import draft_module, read_draft
from lessons.tables import Confirmation
from lessons.track_progress import StepProgress, TrackProgress
from metrics.people import Person
from tests.lessons.test_drafts import HOW, SOP
from tests.tracks import TRACK

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
TODAY = NOW.date()
DUE = date(2026, 12, 23)
BEN = Person(id=1, name="Ben Ash", email="ben@example.test")
NAMES = {1: "Ben Ash", 2: "Ada Oak", 3: "Lee Fir"}
READER = tracks.Reader(NAMES, {"allergens": "Allergens", "refunds": "Refunds"}, TODAY, "Europe/London")


def confirmation(value, kind="step", **facts):
    given = {"id": 7, "public_id": value, "person_id": 1, "kind": kind, "asked_id": 3, "asked_at": NOW, "due_on": DUE}
    return Confirmation(**(given | facts))


def progress(value, done=2, track=TRACK):
    """Return Ben's progress with some steps done and the next one asked for."""
    titles = ("Refund exceptions", "Refunds", track.steps[2].words, track.steps[3].words, "")
    steps = []
    for number, (step, title) in enumerate(zip(track.steps, titles, strict=True), start=1):
        at, row = (NOW if number <= done else None), None
        if number == done + 1 and step.kind in ("human", "sign_off"):
            row = confirmation(value)
        state = "done" if at else "asked" if row else "open"
        by = 2 if at and step.kind in ("human", "sign_off") else None
        steps.append(StepProgress(number, step, state, title, step.minutes or 11, at, by, row))
    return TrackProgress(track, tuple(steps), NOW, DUE)


def shown(value, **options):
    found = progress(value, **options)
    return tracks.Shown(found, {step.number: value for step in found.left})


def waiting(value):
    """Return one of every kind of thing that waits for somebody's word."""
    return [
        Waiting(confirmation(value), BEN, TRACK, TRACK.steps[2]),
        Waiting(confirmation(value, asked_id=None), BEN, TRACK, TRACK.steps[3]),
        Waiting(confirmation(value, "sign_off", subject="allergens", due_on=None), BEN, TRACK, TRACK.steps[4]),
        Waiting(confirmation(value, "applied_seen", id=8, subject="run:1", due_on=None), BEN),
    ]


def draft(skill="refunds", words=SOP):
    """Return a draft with what it reads as."""
    document = parse_document("stores/refunds.md", words.encode())
    made = draft_module(document, HOW, skill, ["refunds"])
    return (made, *read_draft(made.file, made.text, {document.file: document}, ["refunds"]))


def messages(value):
    """Return what the views make, by name."""
    waits = waiting(value)
    sections = [("Exceptions", True), ("Who to ask", False), *((f"Part {n}", True) for n in range(9))]
    read = confirming.ToRead(value, "Refunds", "4.3", DUE, sections, is_change=True)
    first = confirming.ToRead(value, "Fire safety", "", None, [], is_change=False)
    (made, module, _), (rough, _, faults) = draft(), draft(None)
    members = [(f"Cara Elm {n}", f"cara{n}@example.test") for n in range(12)]
    skills = READER.skills
    return {
        "own track": tracks.own_tracks([shown(value)], READER, 0, value),
        "own track begun": tracks.own_tracks([shown(value, done=0)], READER, 2, value),
        "own track done": tracks.own_tracks([shown(value, done=5)], READER, 0, value),
        "own tracks, many": tracks.own_tracks([shown(value)] * 5, READER, 1, value),
        "on no track": tracks.own_tracks([], READER, 0, value),
        "put on a track": tracks.assigned_message(progress(value, done=0), "Ada Oak", READER, value),
        "track assigned": tracks.assigned_line("Ben Ash", progress(value, done=0), READER),
        "on the track already": line(tracks.on_it_already("Ben Ash", progress(value), READER)),
        "whom to assign": line(tracks.who_is_meant(members, TRACK.name)),
        "which track": line(tracks.which_track("Ben Ash", {TRACK.name: TRACK.title})),
        "nothing on the track": line(tracks.nothing_open("Ben Ash", TRACK.title)),
        "what waits": confirming.waiting_message(waits, skills, {8: "Refund exceptions"}),
        "what waits, many": confirming.waiting_message(waits * 5, skills, {}, "Done: Ben Ash, Walk the shop alone."),
        "nothing waits": confirming.waiting_message([], skills, {}),
        "step confirmed": line(confirming.confirmed_line(waits[0], is_yes=True, skills=skills, is_own=False)),
        "signed off": line(confirming.confirmed_line(waits[2], is_yes=True, skills=skills, is_own=False)),
        "signed off, to the learner": confirming.signed_off_message("Ada Oak", "Allergens", NOW, "Europe/London"),
        "passed on": line(confirming.passed_on_line(waits[0], "Ada Oak", skills)),
        "to acknowledge": confirming.reading_message([read]),
        "to acknowledge, many": confirming.reading_message([read, first] * 4, "Noted: you read “Till”."),
        "used a lesson": replace(line("Your next lesson"), blocks=confirming.applied_blocks("Refunds", value)),
        "draft": drafts.preview(made.file, module, made.text, (), value),
        "draft to complete": drafts.preview(rough.file, None, rough.text, faults, value),
        "draft approved": drafts.approved(made.file),
        "draft to save by hand": drafts.approved_by_hand(made.file, made.text),
    }


def form(value):
    """Return the form with a draft's text."""
    return drafts.edit_form(draft()[0].text, value)
