import pytest

from coach.figures import figures, figures_stand_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("within 30 days", [("30", "day")]),
        ("a 30-day trial", [("30", "day")]),
        ("five working days", [("5", "working day")]),
        ("twenty-five euros", [("25", "euro")]),
        ("EUR 20, two hundred kg", [("20", "euro"), ("200", "kg")]),
        ("€1,250.50 or $5", [("1250.50", "euro"), ("5", "dollar")]),
        ("20% or 20 per day", [("20", "percent"), ("20", None)]),
        ("10-15 minutes", [("10", "minute"), ("15", "minute")]),
        ("between 2 and 8 °C", [("2", "degree"), ("8", "degree")]),
        ("at 09:00 and 9 pm", [("9:00", None), ("9", "pm")]),
        ("on 2026-11-23", [("2026-11-23", None)]),
        ("the third floor, the 3rd time", [("#3", None), ("#3", "time")]),
        ("form B12", [("b12", None)]),
        ("half a dozen", [("half", None), ("12", None)]),
        ("one of them, no one, the one", []),
        ("thirty seconds", [("30", "second")]),
        ("nothing here", []),
    ],
)
def test_figures_are_values_with_units(text, found):
    assert [(figure.value, figure.unit) for figure in figures(text)] == found


@pytest.mark.parametrize(
    ("sentence", "quotes", "stands"),
    [
        ("Wait one hour.", "Wait an hour.", True),
        ("First, wait two hours.", "Wait 2 hours.", True),
        ("You need 3 keys.", "You need 2 keys and 3 people.", False),
        ("You need 3 people.", "You need 2 keys and 3 people.", True),
        ("Call 0800 123 456.", "Call 0800 456 123.", False),
        ("Call 0800-123-456.", "Call 0800 123 456.", False),
        ("Pay 30.", "Pay 30 euros.", False),
    ],
)
def test_figures_stand_in_quotes_with_their_units(sentence, quotes, stands):
    assert figures_stand_in(sentence, quotes) is stands


def test_a_number_without_end_is_read_in_pieces():
    assert all(len(figure.value) < 30 for figure in figures("one " + "million " * 2_000))
