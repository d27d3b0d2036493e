"""Numbers and dates of a spreadsheet read as their cells show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.parse.xlsx_shown import shown


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("30", "General", "30"),
        ("0.30000000000000004", "General", "0.3"),
        ("12345678901234", "General", "12345678901234"),
        ("1E-7", "General", "0.0000001"),
        ("-0", "General", "0"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("1000000", "#,##0", "1,000,000"),
        ("2.5", "0", "3"),
        ("7", "0000", "0007"),
        ("0.125", "0.0%", "12.5%"),
        ("3.0", "0.##", "3"),
        ("3.25", "0.##", "3.25"),
        ("1500000", '0.0,,"M"', "1.5M"),
        ("0.5", "# ?/?", "0.5"),
        ("12", '0 "days"', "12 days"),
        ("12.5", '"$"#,##0.00', "$12.50"),
        ("12.5", "[$€-407] #,##0.00", "€ 12.50"),
        ("5", '_-* #,##0.00 "€"_-', "5.00 €"),
        ("-3", "0", "-3"),
        ("-3", "0;(0)", "(3)"),
        ("-3", "[Red]-0", "--3"),
        ("0", '0;-0;"none"', "none"),
        ("44", "@", "44"),
        ("abc", "0", "abc"),
        ("1e300", "0", "1e300"),
        ("NaN", "0", "NaN"),
        ("45000", "yyyy-mm-dd", "2023-03-15"),
        ("45000.5", "d/m/yyyy h:mm AM/PM", "15/3/2023 12:00 PM"),
        ("45000", "dddd, d mmmm yyyy", "Wednesday, 15 March 2023"),
        ("45000", "[$-409]d\\-mmm\\-yy;@", "15-Mar-23"),
        ("0.75", "h:mm", "18:00"),
        ("0.0208333333", "mm:ss", "30:00"),
        ("1.5", "[h]:mm", "36:00"),
        ("1", "yyyy-mm-dd", "1900-01-01"),
        ("61", "yyyy-mm-dd", "1900-03-01"),
        ("-1", "yyyy-mm-dd", "-1"),
        ("99999999", "yyyy", "99999999"),
    ],
)
def test_values_read_as_shown(value, code, text):
    assert shown(value, code) == text


@given(st.text(max_size=12), st.text('0#?.,%/eE+-;"\\[]$_* ydmhsAP@a', max_size=14))
def test_any_format_shows_something_or_nothing(value, code):
    assert isinstance(shown(value, code), str)


@given(st.floats(-1e9, 1e9), st.text("0#?.,%/E+-;[]$_* ydmhsAP@", max_size=14))
def test_any_number_is_shown_in_any_format(value, code):
    assert isinstance(shown(repr(value), code), str)
