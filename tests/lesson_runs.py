"""Modules with an exercise of every kind, and courses made of them."""

import random
from dataclasses import replace

from lessons.module import Card, Item, Minutes, Module, Part, Taught
from lessons.run import compose
from lessons.sequence import Choice

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
