"""A whole module with one item of every kind, and the SOPs it teaches; tests break it one place at a time."""

from coach.documents import parse_document
from lessons.module_file import parse_module

REFUNDS = parse_document(
    "stores/refunds.md",
    b"""---
version: "4.2"
---
# Refunds

All of it.

## Exceptions

An exception is any refund outside the rules.

1. **Do not promise** and do not refuse. Say: "I'll ask someone who can decide."
2. Write down the item and [its price](prices.md).
3. Ask the person whose limit covers the amount.

| Role | Limit |
|---|---|
| Shift lead | up to 100 |

### Late answers

Ring the customer within 1 working day.

## Steps

Key it with reason code RX.

# Cash

## Steps

Count it twice.
""",
)
PLAIN = parse_document("till.txt", b"Count the float twice.\n\nWrite both sums down.\n")
SOPS = {document.file: document for document in (REFUNDS, PLAIN)}
SKILLS = ("refunds", "till")
ROLES = ("sales associate", "shift lead", "support desk")

FRONT = """---
title: Promise an answer, not a refund
skill: refunds
behaviour: Staff promise only an answer, and ask whoever may decide.
roles: [sales associate, support desk]
minutes: {concept: 1, practice: 4, reflection: 1}
teaches:
  - stores/refunds.md > Exceptions @ 4.2
  - stores/refunds.md > Refunds > Steps @ 4.2
slots:
  example: {others: a kettle, support desk: a grinder under warranty}
---
"""
CONCEPT = """## Concept

### A refund exception

Somebody brings back {example} after forty days, or without any proof that it came from us. Our **normal rules** do not
cover that, so it is an exception, and most of us may not approve one alone. Whoever says yes too early makes a promise
that somebody else has to break. Whoever says no too early sends away a customer who may have been right.

### What you say and write

#### First

Promise an answer and nothing else. Then write down:

- the item
- its price

#### After that

1. Ask whoever may decide.
2. Ring the customer with the answer, today or tomorrow.

"""
SCENARIO = """### Scenario: Saturday, 16:30

The shop is full. A customer puts {example} on the counter: 130 pounds, bought 41 days ago.

She says that a colleague always sorts this out.

What do you say first?

- [ ] That the thirty days are over, so there is nothing to be done
- [x] That you will ask someone who can decide
- [ ] That she gets her money back once the manager is in

Step: 1
Why: It is past thirty days, so it is an exception. Both a no and a yes decide what is not yours to decide.
Quote: “I'll ask someone who can decide.”

"""
ORDER = """### Order: Key an exception

Put what you do in order.

1. Write down the item and its price
2. Ask the person whose limit covers it
3. Key it with the reason code

Why: Nobody can decide before they know what it is about, and nothing is keyed before it is decided.
Quote: Ask the person whose limit covers the amount.

"""
SPOT = """### Spot: A colleague's note

Your shift lead may approve exceptions up to 100 pounds. Which line holds the mistake?

- [ ] Kettle, 130 pounds, bought in March
- [x] Approved by the shift lead
- [ ] Customer rung at noon

Why: A hundred and thirty is above what a shift lead may approve.
Quote: Shift lead – up to 100

"""
WRITE = """### Write: The first sentence

A customer asks for her money back after 41 days. Write what you say.

Key points:

- It is outside the normal refund
- Somebody else decides
- She has an answer by tomorrow

Quote: Do not promise and do not refuse.

"""
QUESTION = """### Question: The reason code

What do you key an approved exception with?

- [x] Reason code RX
- [ ] Reason code RF

Why: The sheet is checked by that code.
Quote: Key it with reason code RX.

"""
THINK = "Think: What would you have said to the last customer you told no?\n"
PRACTICE = "## Practice\n\n" + SCENARIO + ORDER + SPOT + WRITE
REFLECTION = "## Reflection\n\n" + QUESTION + THINK
WHOLE = FRONT + CONCEPT + PRACTICE + REFLECTION
DELTA = (
    FRONT.replace("minutes: {concept: 1, practice: 4, reflection: 1}", "delta: yes").replace(
        "slots:\n  example: {others: a kettle, support desk: a grinder under warranty}\n", ""
    )
    + """## Concept

### A new code

Approved exceptions are now keyed with one code. The sheet is checked by it every month, and whatever was keyed without
it comes back to whoever approved it.

## Practice

"""
    + QUESTION.replace("### Question", "### Scenario")
)


def parse(text=WHOLE, file="a.md", skills=SKILLS, roles=ROLES):
    return parse_module(file, text.encode(), skills, roles, SOPS)
