"""Modules with an exercise of every kind, and courses made of them."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.views import run as views
from lessons.module import Card, Item, Minutes, Module, Part, Taught
from lessons.run import CONFIDENCE, Move, Progress, after, compose, standing
from lessons.sequence import Choice

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
REFUNDS = "refunds.md"
CHOICE = Item(
    slug="on-saturday",
    kind="choice",
    phase="practice",
    title="On Saturday",
    situation=(Part("{customer} wants 120 pounds back."), Part("The manager is at lunch.")),
    question="What do you do?",
    options=("Refuse it", "Ring the manager", "Pay it"),
    right=1,
    why="Above 100 pounds a manager decides.",
    quote="Above 100 pounds a manager decides.",
    step=2,
)
ORDER = replace(
    CHOICE,
    slug="in-order",
    kind="order",
    title="In order",
    situation=(),
    question="Put the steps in order.",
    options=("Ask for the receipt", "Ring the manager", "Key it", "File the slip"),
    right=None,
    why="The receipt comes first.",
    step=None,
)
SPOT = replace(
    CHOICE,
    slug="a-note",
    kind="spot",
    title="A handoff note",
    situation=(Part("Ben leaves this note:", "text"),),
    question="Which line is wrong?",
    options=("Kettle, 40 pounds", "Refund promised", "Receipt is in the drawer"),
    right=1,
    why="Nobody promises a refund.",
)
WRITE = replace(
    CHOICE,
    slug="first-sentence",
    kind="write",
    title="The first sentence",
    question="What do you say first?",
    options=(),
    right=None,
    why="",
    key_points=("You understand", "You will ask", "When they hear from you"),
)
REFLECTION = replace(CHOICE, slug="looking-back", phase="reflection", title="Looking back", situation=(), step=None)
MODULE = Module(
    file=REFUNDS,
    title="Refund exceptions",
    skill="refunds",
    behaviour="Staff ring who may decide.",
    minutes=Minutes(),
    teaches=(Taught("stores/refunds.md", ("Refunds", "Exceptions"), "4.2"),),
    cards=(
        Card("Who decides", (Part("Above 100 pounds a manager decides."), Part("Ring them", "bullet"))),
        Card("What to say", (Part("Promise an answer to {customer}, not a refund."),)),
    ),
    items=(CHOICE, ORDER, SPOT, WRITE, REFLECTION),
    slots=(("customer", (("", "the customer"), ("support desk", "the caller"))),),
    closing="Whom would you ring today?",
)
OTHER = replace(
    MODULE,
    file="cash.md",
    title="Cash at the till",
    skill="cash",
    teaches=(Taught("stores/cash.md", ("Cash",)),),
    cards=(),
    items=(replace(CHOICE, slug="a-note-of-fifty"),),
)
MODULES = {module.file: module for module in (MODULE, OTHER)}
WHOLE = Choice("module", REFUNDS, "refunds", (), 11.0, "You missed step 2 of refunds twice.")
REVIEW = Choice(
    "review",
    None,
    "refunds",
    ("refunds.md#a-note", "cash.md#a-note-of-fifty", "refunds.md#in-order"),
    3.0,
    "Due today.",
)


def course(choice=WHOLE, roles=("cashier",), seed=7, modules=MODULES):
    """Return the course of a choice."""
    return compose(choice, modules, roles, random.Random(seed))


def to_practice(told):
    """Return the moves up to the first exercise."""
    return (Move("start"), *(Move("next") for _ in told.cards))


def answered(told, exercise, is_right=True, amount=CONFIDENCE["sure"]):
    """Return the moves that answer an exercise."""
    item = told.item_of(exercise)
    sure = Move("confidence", amount=amount)
    if item.kind == "write":
        return (Move("write", words="I will ask."), sure, Move("said", amount=1.0 if is_right else 0.0))
    if item.kind == "order":
        places = [exercise.shown.index(step) for step in range(len(exercise.shown))]
        places = places if is_right else places[::-1]
        return (*(Move("pick", place) for place in places[:-1]), sure)
    place = exercise.shown.index(item.right)
    return (Move("pick", place if is_right else (place + 1) % len(exercise.shown)), sure)


def screens(told, token, is_right=True, title="Refunds", last_time=(1, 4), zone="Europe/London"):
    """Return every message of a course in turn, by name, as somebody sees them who answers all right or all wrong."""
    progress = Progress()
    shown = {"lesson offered": views.offer_card(told, token)}

    def go(move):
        nonlocal progress
        progress = after(told, progress, move, 40)
        place = standing(told, progress)
        if place != "closed":
            shown[f"lesson, step {len(shown)}: {place}"] = views.step(told, progress, token)

    for move in to_practice(told):
        go(move)
    for exercise in told.exercises:
        for move in (*answered(told, exercise, is_right), Move("next")):
            go(move)
    returns = replace(progress.answers[-1], returns_at=NOW + timedelta(days=8), is_mastered_now=is_right)
    end = replace(progress, answers=(*progress.answers[:-1], returns))
    return shown | {"lesson done": views.closing(told, end, title, last_time, NOW, zone)}
