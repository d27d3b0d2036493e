"""What is said of Coach itself is known as that, and no question about the work is taken for it."""

import pytest

from bot.grammar import read_wish


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("What do you store about me?", "my data"),
        ("what's stored about me", "my data"),
        ("what data do you have on me?", "my data"),
        ("Delete my data", "my data"),
        ("can you forget me", "my data"),
        ("do you tell my manager what I ask?", "about"),
        ("can my boss see my questions", "about"),
        ("will you tell the boss what I ask", "about"),
        ("do you report this to my manager?", "about"),
        ("are you going to tell anyone", "about"),
        ("do you tell HR about me", "about"),
        ("Who reads what I write here?", "about"),
        ("Hi, is this chat private?", "about"),
        ("are you a bot or a real person?", "about"),
        ("No, that's wrong!", "no help"),
        ("no that’s wrong", "no help"),
        ("that didn't help", "no help"),
        ("u r useless, fuck off", "no help"),
        ("not what I asked for", "no help"),
        ("I don't understand", "no help"),
        ("can I speak to a human?", "no help"),
    ],
)
def test_what_is_about_coach_is_not_looked_for_in_sops(text, name):
    assert (read_wish(text).kind, read_wish(text).name) == ("command", name)


@pytest.mark.parametrize(
    "text",
    [
        "what data do you store about customers?",
        "a customer asks what we store about them",
        "delete my data from the till",
        "can my manager see my sick note",
        "is this bean wrong?",
        "the till total is wrong",
        "wrong size, what now?",
        "that's wrong, how do I void it?",
        "can I speak to a doctor",
        "are you allowed to refund cash",
        "do you tell the manager about a short till?",
        "who are the first aiders",
        "do you report it to the shift lead?",
        "do you report that to HR",
        "do you tell the manager",
        "do you show it to the supervisor?",
    ],
)
def test_a_question_about_the_work_stays_one(text):
    assert read_wish(text).kind == "question"
