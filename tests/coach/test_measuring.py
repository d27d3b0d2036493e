"""The company's own scale: each heading asked without its own passages, the same ones again every time."""

from coach.calibrate import FIXED, MIN_SECTIONS
from coach.measuring import MEASURED_SECTIONS, measure
from coach.signals import Signals

SIGNALS = Signals(window=0.5, foreign=0.3, needed=0.0, alone=0.3, absent=0.0)


def headings(count: int) -> dict[str, list[int]]:
    return {f"Topic {place}": [2 * place, 2 * place + 1] for place in range(count)}


def test_each_heading_is_asked_with_its_own_passages_hidden():
    hidden = {}

    def ask(heading, rows):
        hidden[heading] = rows.tolist()
        return SIGNALS

    assert measure(headings(MIN_SECTIONS), ask).sections == MIN_SECTIONS
    assert hidden == headings(MIN_SECTIONS)


def test_a_large_company_is_asked_some_and_the_same_whatever_the_order():
    asked = []

    def ask(heading, _rows):
        asked.append(heading)
        return SIGNALS

    many = headings(MEASURED_SECTIONS + 50)
    measure(many, ask)
    measure(dict(reversed(many.items())), ask)
    assert asked[:MEASURED_SECTIONS] == asked[MEASURED_SECTIONS:]


def test_a_company_that_has_but_one_section_takes_the_fixed_scale():
    assert measure(headings(1), lambda _heading, _rows: None) == FIXED
