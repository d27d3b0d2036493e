"""Modules broken in one place each, and the one sentence an author reads about it."""

from tests.lessons.good_module import CONCEPT, DELTA, FRONT, QUESTION, REFLECTION, THINK, WHOLE

MINUTES = "minutes: {concept: 1, practice: 4, reflection: 1}"
TEACHES = "stores/refunds.md > Exceptions @ 4.2"
EXAMPLE = "example: {others: a kettle, support desk: a grinder under warranty}"

# what is broken: (the whole it is broken in, what stands there, what is put in its place, the sentence)
BROKEN = {
    "no front matter": (
        WHOLE,
        FRONT,
        "",
        "has no front matter. Begin it with a line ---, then title:, skill:, behaviour: and teaches:, then ---.",
    ),
    "front matter left open": (
        WHOLE,
        EXAMPLE + "\n---\n",
        EXAMPLE + "\n",
        "opens its front matter with --- but never closes it. Add a line with --- after it.",
    ),
    "a key nobody knows": (
        WHOLE,
        "skill: refunds",
        "skill: refunds\nlevel: 2",
        "has level: in its front matter, which a module does not know. Correct or remove it; there are title, "
        "skill, behaviour, roles, minutes, teaches, after, slots, delta.",
    ),
    "no behaviour": (
        WHOLE,
        "behaviour: Staff promise only an answer, and ask whoever may decide.\n",
        "",
        "has no behaviour: in its front matter. Write in one sentence what people do differently after it.",
    ),
    "a title with a colon": (
        WHOLE,
        "title: Promise",
        "title: Promise: never",
        "has front matter that cannot be read (line 2, column 15: mapping values are not allowed here). Correct it.",
    ),
    "a title that is a list": (
        WHOLE,
        "title: Promise an answer, not a refund",
        "title: [a, b]",
        "has a title: that is not one line of words. Write what the module is about. Put it in quotes if it holds a"
        " colon.",
    ),
    "an unknown skill": (
        WHOLE,
        "skill: refunds",
        "skill: juggling",
        "has skill: 'juggling', which company.yaml does not list under skills:. Correct one.",
    ),
    "an unknown role": (
        WHOLE,
        "[sales associate, support desk]",
        "[sales associate, boss]",
        "has the role 'boss' under roles:, which company.yaml does not list under roles:. Correct one.",
    ),
    "roles that are a mapping": (
        WHOLE,
        "[sales associate, support desk]",
        "{a: b}",
        "has roles: that is not a list of words. Write one a line after -, in quotes if it holds a colon.",
    ),
    "a role twice": (
        WHOLE,
        "[sales associate, support desk]",
        "[shift lead, shift lead]",
        "names 'shift lead' twice under roles:. Keep one.",
    ),
    "minutes as one number": (
        WHOLE,
        MINUTES,
        "minutes: 11",
        "has minutes: that do not name its parts. Write minutes: {concept: 3, practice: 7, reflection: 1}.",
    ),
    "half a minute": (
        WHOLE,
        "concept: 1",
        "concept: 0.5",
        "has concept: 0.5 under minutes:, which is not a whole number from 1 to 15. Correct it.",
    ),
    "more than 15 minutes": (
        WHOLE,
        "practice: 4",
        "practice: 14",
        "takes 16 minutes in all. A module takes 3 to 15: split it in two.",
    ),
    "a practice that does not fit": (
        WHOLE,
        "practice: 4",
        "practice: 3",
        "cannot be done in its 3 minutes of practice: it takes about 3 min 36 s at 200 words a minute, 36 s or 120 "
        "words too much. Shorten it or raise practice: under minutes:.",
    ),
    "a practice that is half empty": (
        WHOLE,
        "practice: 4",
        "practice: 8",
        "promises 8 minutes of practice and takes about 3 min 36 s. Add to it or lower practice: under minutes:.",
    ),
    "a concept of four words": (
        WHOLE,
        CONCEPT,
        "## Concept\n\n### One\n\nAsk whoever {example} decides.\n\n",
        "promises 1 minute of concept and takes about 4 seconds. Add to it.",
    ),
    "a delta lesson of two minutes": (
        DELTA,
        "delta: yes",
        "delta: yes\nminutes: {concept: 1, practice: 1, reflection: 0}",
        "takes 2 minutes in all, but a delta lesson takes 1. Leave minutes: out.",
    ),
    "a delta lesson of two cards": (
        DELTA,
        "## Practice",
        "### And more\n\nOf it.\n\n## Practice",
        "is a delta lesson with more than one card and one item. Take the rest out, or delta: yes.",
    ),
    "a delta lesson too long": (
        DELTA,
        "Approved exceptions",
        "Approved exceptions " + "really " * 70,
        "cannot be done in its 1 minute: it takes about 1 min 2 s at 200 words a minute, 2 s or 7 words too much. "
        "Shorten it.",
    ),
    "perhaps a delta": (
        DELTA,
        "delta: yes",
        "delta: perhaps",
        "has delta: that is neither yes nor no. Write delta: yes for a lesson of one minute about a change.",
    ),
    "an unknown SOP": (
        WHOLE,
        TEACHES,
        "refunds.md > Exceptions @ 4.2",
        "teaches 'refunds.md', which is not among the SOPs that can be read. Correct the path.",
    ),
    "an unknown section": (
        WHOLE,
        TEACHES,
        "stores/refunds.md > Beans @ 4.2",
        "teaches the section 'Beans', which stores/refunds.md does not have. Write stores/refunds.md > and one of "
        "its headings: Refunds; Exceptions; Late answers; Steps; Cash; Steps.",
    ),
    "an SOP without a section": (
        WHOLE,
        TEACHES,
        "stores/refunds.md @ 4.2",
        "teaches stores/refunds.md. Write stores/refunds.md > and one of its headings: Refunds; Exceptions; Late "
        "answers; Steps; Cash; Steps.",
    ),
    "a section there twice": (
        WHOLE,
        "> Refunds > Steps @",
        "> Steps @",
        "teaches the section 'Steps', which stores/refunds.md has 2 times. Write the headings above it too: Refunds"
        " > Steps.",
    ),
    "a version that stood before": (
        WHOLE,
        TEACHES,
        "stores/refunds.md > Exceptions @ 4.1",
        "was written for version 4.1 of stores/refunds.md; version 4.2 stands now. Read the module again and write "
        "stores/refunds.md > Exceptions @ 4.2.",
    ),
    "no version": (
        WHOLE,
        TEACHES,
        "stores/refunds.md > Exceptions",
        "teaches stores/refunds.md > Exceptions without its version. Write @ 4.2 behind it, the version that stands.",
    ),
    "a version of an SOP without one": (
        WHOLE,
        TEACHES,
        "till.txt @ 3",
        "teaches till.txt at version 3, but that SOP states no version. Take @ 3 out.",
    ),
    "nothing under teaches": (
        WHOLE,
        f"teaches:\n  - {TEACHES}\n  - stores/refunds.md > Refunds > Steps @ 4.2",
        "teaches: []",
        "teaches 0 sections. Write 1 to 6 under teaches:.",
    ),
    "a slot nobody defined": (
        WHOLE,
        "or without any proof",
        "or {with} any proof",
        "uses {with}, a slot it does not define. Add it under slots: or write the words out.",
    ),
    "a slot nobody uses": (
        WHOLE,
        EXAMPLE,
        EXAMPLE + "\n  tool: {others: the till}",
        "defines the slot 'tool' but does not use it. Write {tool} or take it out.",
    ),
    "a slot without words for others": (
        WHOLE,
        "others: a kettle, ",
        "",
        "has the slot 'example' without others:. Add it and the words everybody else reads.",
    ),
    "a slot for an unknown role": (
        WHOLE,
        "support desk: a grinder",
        "boss: a grinder",
        "has the role 'boss' under slots: example:, which company.yaml does not list under roles:. Correct one.",
    ),
    "words for a role that make it too long": (
        WHOLE,
        "- [ ] Reason code RF",
        "- [ ] {example} " + "x" * 180,
        "is too long in the option of “The reason code”: 205 characters, 200 fit. Shorten it. That is with the "
        "words for support desk under slots:.",
    ),
    "words before the first heading": (
        WHOLE,
        CONCEPT,
        "Hello.\n\n" + CONCEPT,
        "has words before its first heading, which nobody would see. Move them under a card.",
    ),
    "words under a part": (
        WHOLE,
        "## Concept\n",
        "## Concept\n\nHello.\n",
        "has words right under ## Concept, which nobody would see. Write ### above.",
    ),
    "a part nobody knows": (
        WHOLE,
        "## Reflection",
        "## Quiz",
        "has a part ## Quiz. Its parts are ## Concept, ## Practice and ## Reflection.",
    ),
    "a part twice": (WHOLE, REFLECTION, "## Practice\n\n" + REFLECTION, "has ## Practice twice. Keep one."),
    "no reflection": (
        WHOLE,
        REFLECTION,
        "",
        "has nothing under ## Reflection. Write that heading and below it ### Question: and its title.",
    ),
    "four cards": (
        WHOLE,
        "## Practice",
        "### Three\n\nGo.\n\n### Four\n\nGo.\n\n## Practice",
        "has 4 cards; 3 are enough for one skill. Join or drop some.",
    ),
    "an empty card": (
        WHOLE,
        "## Practice",
        "### Three\n\n## Practice",
        "has the card “Three” without words. Write them or take the card out.",
    ),
    "a card that is too long": (
        WHOLE,
        "Somebody brings",
        "word " * 700 + "Somebody brings",
        "is too long in the card “A refund exception”: 3,840 characters, 3,000 fit. Shorten it.",
    ),
    "a kind of item nobody knows": (
        WHOLE,
        "### Order: Key an exception",
        "### Sort: Key an exception",
        "has the heading 'Sort: Key an exception' under ## Practice. Begin it with Scenario, Order, Spot or Write, "
        "a colon and a title.",
    ),
    "an item without a title": (
        WHOLE,
        "### Order: Key an exception",
        "### Order",
        "has the heading 'Order' under ## Practice. Begin it with Scenario, Order, Spot or Write, a colon and a title.",
    ),
    "a scenario in the reflection": (
        WHOLE,
        "### Question: The reason",
        "### Scenario: The reason",
        "has the heading 'Scenario: The reason code' under ## Reflection. Begin it with Question, a colon and a title.",
    ),
    "two items by one name": (
        WHOLE,
        "### Question: The reason code",
        "### Question: Key an exception!",
        "has two items titled “Key an exception”. Give each its own title: answers are remembered by it.",
    ),
    "a heading in an item": (
        WHOLE,
        "She says",
        "#### She says\n\nShe says",
        "has the heading 'She says' inside “Saturday, 16:30”. Make it a paragraph.",
    ),
    "no question": (
        WHOLE,
        "Put what you do in order.\n",
        "",
        "asks nothing in “Key an exception”. Write a question or an instruction as the last paragraph before its "
        "steps.",
    ),
    "a question that is a list": (
        WHOLE,
        "What do you say first?\n",
        "1. What do you say first?\n",
        "asks nothing in “Saturday, 16:30”. Write a question or an instruction as the last paragraph before its "
        "options.",
    ),
    "one option": (WHOLE, "- [ ] Reason code RF\n", "", "has 1 option in “The reason code”. Write 2 to 4."),
    "five options": (
        WHOLE,
        "- [ ] Reason code RF",
        "- [ ] RF\n- [ ] RG\n- [ ] RH\n- [ ] RI",
        "has 5 options in “The reason code”. Write 2 to 4.",
    ),
    "two steps to order": (
        WHOLE,
        "2. Ask the person whose limit covers it\n",
        "",
        "has 2 steps in “Key an exception”. Write 3 to 5.",
    ),
    "no key": (
        WHOLE,
        "- [x] Reason code RX",
        "- [ ] Reason code RX",
        "has 0 options marked [x] in “The reason code”. Mark exactly one.",
    ),
    "two keys": (
        WHOLE,
        "- [ ] Reason code RF",
        "- [x] Reason code RF",
        "has 2 options marked [x] in “The reason code”. Mark exactly one.",
    ),
    "a line without a mark": (
        WHOLE,
        "- [ ] Reason code RF",
        "- Reason code RF",
        "has a list line without a mark in “The reason code”. Write - [x] before the right option, - [ ] before "
        "every other.",
    ),
    "a step without a number": (
        WHOLE,
        "3. Key it with the reason code",
        "- Key it with the reason code",
        "has a list line without a number in “Key an exception”. Number the steps in the right order.",
    ),
    "an option without words": (
        WHOLE,
        "- [ ] Reason code RF",
        "- [ ] <!-- later -->",
        "has a line without words among its options in “The reason code”. Fill it in or take it out.",
    ),
    "a paragraph after the options": (
        WHOLE,
        "- [ ] Reason code RF\n",
        "- [ ] Reason code RF\n\nThink twice.\n",
        "has a paragraph among or after its options in “The reason code”. Move it above them or into Why:.",
    ),
    "a distractor that is the key again": (
        WHOLE,
        "- [ ] Reason code RF",
        "- [ ] the REASON code: RX!",
        "has two options in “The reason code” that say the same: “Reason code RX” and “the REASON code: RX!”. Make "
        "them differ in more than case, punctuation, endings and small words.",
    ),
    "a distractor with a slip of the pen": (
        WHOLE,
        "- [ ] Reason code RF",
        "- [ ] Raason code RX",
        "has two options in “The reason code” that say the same: “Reason code RX” and “Raason code RX”. Make them "
        "differ in more than case, punctuation, endings and small words.",
    ),
    "two lines to spot that say the same": (
        WHOLE,
        "- [ ] Customer rung at noon",
        "- [ ] Customer rung at noon\n- [ ] At noon, the customers rung",
        "has two lines in “A colleague's note” that say the same: “Customer rung at noon” and “At noon, the "
        "customers rung”. Make them differ in more than case, punctuation, endings and small words.",
    ),
    "a long option": (
        WHOLE,
        "- [ ] Reason code RF",
        "- [ ] " + "x" * 201,
        "is too long in the option of “The reason code”: 201 characters, 200 fit. Shorten it.",
    ),
    "no reason": (
        WHOLE,
        "Why: The sheet is checked by that code.\n",
        "",
        "has no Why: in “The reason code”. Write what makes the right answer right and the others wrong.",
    ),
    "a reason twice": (
        WHOLE,
        "Why: The sheet",
        "Why: Because.\nWhy: The sheet",
        "has Why: twice in “The reason code”. Keep one.",
    ),
    "no quote": (
        WHOLE,
        "Quote: Key it with reason code RX.\n",
        "",
        "has no Quote: in “The reason code”. Copy the sentence of the SOP that makes the right answer right.",
    ),
    "a quote of two words": (
        WHOLE,
        "Quote: Key it with reason code RX.",
        "Quote: reason code",
        "has a Quote: of fewer than 3 words in “The reason code”. Copy the sentence of the SOP that makes the right"
        " answer right.",
    ),
    "a quote that is not the SOP's": (
        WHOLE,
        "Quote: Key it with reason code RX.",
        "Quote: Key it with the reason code RX.",
        "has a Quote: in “The reason code” that stands in none of the sections under teaches: “Key it with the "
        "reason code RX.”. Copy the SOP's own words.",
    ),
    "a quote from a section not taught": (
        WHOLE,
        "Quote: Key it with reason code RX.",
        "Quote: Count it twice.",
        "has a Quote: in “The reason code” that stands in none of the sections under teaches: “Count it twice.”. "
        "Copy the SOP's own words.",
    ),
    "a quote cut within a word": (
        WHOLE,
        "Quote: Key it with reason code RX.",
        "Quote: ey it with reason",
        "has a Quote: in “The reason code” that stands in none of the sections under teaches: “ey it with reason”. "
        "Copy the SOP's own words.",
    ),
    "a step the SOP does not have": (
        WHOLE,
        "Step: 1",
        "Step: 7",
        "has Step: 7 in “Saturday, 16:30”, but no section under teaches has that step. Correct it.",
    ),
    "a step that is no number": (
        WHOLE,
        "Step: 1",
        "Step: one",
        "has a Step: in “Saturday, 16:30” that is not a whole number. Write the number of the SOP's step.",
    ),
    "key points of a choice": (
        WHOLE,
        "Why: The sheet",
        "Key points:\n- a\n\nWhy: The sheet",
        "has Key points: in “The reason code”, which only a Write: has. Take them out.",
    ),
    "no key points": (
        WHOLE,
        "Key points:\n\n- It is outside the normal refund\n- Somebody else decides\n- She has an answer by tomorrow\n",
        "",
        "has no Key points: in “The first sentence”. List what a good answer says, one point a line.",
    ),
    "words among key points": (
        WHOLE,
        "Key points:\n",
        "Key points:\nThese are they.\n",
        "has words between Key points: and its list in “The first sentence”. Write every key point as a list line.",
    ),
    "a closing question too early": (
        WHOLE,
        QUESTION + THINK,
        THINK.join((QUESTION, QUESTION.replace("The r", "A r"))),
        "has Think: before its end. Write it once, as the last line under ## Reflection.",
    ),
    "a title too long": (
        WHOLE,
        "title: Promise",
        "title: " + "Promise " * 20,
        "is too long in the title: 183 characters, 140 fit. Shorten it.",
    ),
}
