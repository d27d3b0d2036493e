"""A passage falls into sentences that know their list or table, and the mark a reader sees before them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from coach.layout import Kind, laid_out, quotable

lines = st.lists(
    st.sampled_from(
        [
            "Words. More words.",
            "- a\n",
            "1. one\n",
            "   2) two\n",
            "b. three\n",
            "| r | s |\n",
            "|--|--|\n",
            "<li>x\n",
            "Do:\n",
        ]
    ),
    max_size=9,
).map("\n".join)


def told(text):
    return [
        (piece.kind.value, piece.mark + text[piece.span.start : piece.span.end], piece.group, piece.is_lead)
        for piece in laid_out(text, quotable(text))
    ]


@settings(max_examples=150, deadline=None)
@given(lines)
def test_pieces_are_the_quotable_sentences_in_order_and_the_heads_of_tables(text):
    pieces = laid_out(text, quotable(text))
    assert [piece.span for piece in pieces if piece.kind is not Kind.HEAD] == quotable(text)
    assert [piece.line for piece in pieces] == sorted(piece.line for piece in pieces)


def test_a_list_is_one_group_with_its_nested_items_and_what_leads_into_it():
    text = "First. Then do:\n\n1. Lock\n   - the till\n\n   It clicks.\n1. Leave\n\nDone.\n"
    assert told(text) == [
        ("paragraph", "First.", None, False),
        ("paragraph", "Then do:", 1, True),
        ("step", "1. 1. Lock", 1, False),
        ("bullet", "  • - the till", 1, False),
        ("paragraph", "It clicks.", 1, False),
        ("step", "2. 1. Leave", 1, False),
        ("paragraph", "Done.", None, False),
    ]


def test_numbers_are_the_authors_where_the_author_counts():
    text = "4. four\n5. five\n7) seven\n\nWords.\n\na. one\nb. two\n"
    assert [piece.mark for piece in laid_out(text, quotable(text))] == ["4. ", "5. ", "7) ", "", "a. ", "b. "]


def test_nested_steps_are_counted_anew_under_each_step():
    text = "1. one\n   1. in\n   1. in\n1. two\n   1. in\n"
    assert [piece.mark for piece in laid_out(text, quotable(text))] == ["1. ", "  1. ", "  2. ", "2. ", "  1. "]


def test_the_head_of_a_table_leads_its_rows_and_is_not_quotable():
    text = "Limits:\n\n| Role | Limit |\n|---|:--:|\n| Cashier | 75 pounds |\n| Manager | 400 pounds |\n"
    assert [text[span.start : span.end] for span in quotable(text)] == [
        "Limits:",
        "| Cashier | 75 pounds |",
        "| Manager | 400 pounds |",
    ]
    assert [(kind, group, is_lead) for kind, _, group, is_lead in told(text)] == [
        ("paragraph", None, False),
        ("head", 1, True),
        ("row", 1, False),
        ("row", 1, False),
    ]


def test_rows_and_items_in_html_are_lines_of_their_own():
    text = (
        "<table>\n<tr><td>Rent</td></tr>\n<tr><td>Legal</td></tr>\n</table>\n<ul>\n<li>Ask.</li>\n<li>Pay.</li>\n</ul>"
    )
    assert [(piece.kind.value, piece.mark) for piece in laid_out(text, quotable(text))] == [
        ("row", ""),
        ("row", ""),
        ("bullet", "• "),
        ("bullet", "• "),
    ]


def test_a_line_above_a_plain_rule_is_quoted():
    assert [(span.start, span.end) for span in quotable("Close the till.\n\n---\n")] == [(0, 15)]


def test_a_step_keeps_its_number_and_its_sentences():
    text = "Some words before. \n\n1. Take the **card**. It must be theirs.\n2. Press RX.\n"
    shown = [text[span.start : span.end] for span in quotable(text)]
    assert shown == ["Some words before.", "1. Take the **card**.", "It must be theirs.", "2. Press RX."]
