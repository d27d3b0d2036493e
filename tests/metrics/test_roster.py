"""people.csv is read whole: every mistake in one go, each with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.roster import COLUMNS, read_people
from tests.strategies import many

ROLES = frozenset({"cashier", "store manager"})
HEADER = ",".join(COLUMNS)
ADA = "Ada Oak,ada@example.test,U1,T1,Harbour,cashier;store manager,Quay,,2026-11-02,Europe/London"


def read(*lines: str):
    return read_people("\n".join((HEADER, *lines)) + "\n", ROLES)


def test_a_full_line_is_read():
    [ada, ben], mistakes = read(ADA, " Ben Ash , BEN@Example.Test ,,,,,,Ada@example.test,,")
    assert mistakes == []
    assert (ada.name, ada.email, ada.team, ada.site) == ("Ada Oak", "ada@example.test", "Harbour", "Quay")
    assert ada.roles == ("cashier", "store manager")
    assert ada.identities() == {"slack": "U1", "teams": "T1"}
    assert str(ada.started_on) == "2026-11-02"
    assert ada.time_zone == "Europe/London"
    assert (ben.name, ben.email, ben.manager_email) == ("Ben Ash", "ben@example.test", "ada@example.test")
    assert (ben.team, ben.site, ben.roles, ben.identities(), ben.started_on) == (None, None, (), {}, None)


def test_only_name_and_email_are_needed_and_columns_may_stand_in_any_order():
    [ada], mistakes = read_people("EMAIL, Name\nada@example.test,Ada\n", ROLES)
    assert mistakes == []
    assert (ada.email, ada.name) == ("ada@example.test", "Ada")


def test_a_spreadsheet_that_keeps_the_comma_for_decimals_parts_cells_by_semicolons():
    rows, mistakes = read_people('name;email;role\nAda;ada@x.test;"cashier;owner"\n', None)
    assert mistakes == []
    assert (rows[0].name, rows[0].roles) == ("Ada", ("cashier", "owner"))


def test_a_role_named_twice_is_held_once():
    [ada], _ = read_people("name,email,role\nAda,ada@example.test,cashier; cashier ;\n", ROLES)
    assert ada.roles == ("cashier",)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("Ada,not an address,,,,,,,,", "'not an address' is not an e-mail address."),
        ("Ada,@,,,,,,,,", "'@' is not an e-mail address."),
        ("Ada,a@b.test;c@d.test,,,,,,,,", "'a@b.test;c@d.test' is not an e-mail address."),
        (",ada@example.test,,,,,,,,", "the name is missing."),
        ("Ada,ada@example.test,,,,boss,,,,", "the role 'boss' is not listed under roles: in company.yaml."),
        ("Ada,ada@example.test,,,,,,,02/11/2026,", "the start date '02/11/2026' is not a date like 2026-11-02."),
        ("Ada,ada@example.test,,,,,,,2026-02-30,", "the start date '2026-02-30' is not a date like 2026-11-02."),
        ("Ada,ada@example.test,,,,,,,,Mars/Base", "'Mars/Base' is not a time zone like Europe/London."),
        ("Ada,ada@example.test,,,,,,,,Europe", "'Europe' is not a time zone like Europe/London."),
        ("Ada,ada@example.test,,,,,,,,../UTC", "'../UTC' is not a time zone like Europe/London."),
        ("Ada,ada@example.test,,,,,,ghost@example.test,,", "the manager ghost@example.test is not on the list."),
        ("Ada,ada@example.test,,,,,,ada@example.test,,", "ada@example.test is among their own managers."),
        (f"{'A' * 201},ada@example.test,,,,,,,,", "the name is longer than 200 characters."),
        (f"Ada,ada@{'x' * 320},,,,,,,,", "the email is longer than 320 characters."),
        (f"Ada,ada@example.test,{'U' * 201},,,,,,,", "the slack_id is longer than 200 characters."),
    ],
)
def test_a_bad_line_is_named_with_its_number(line, complaint):
    _, mistakes = read(ADA.replace("ada@", "first@").replace("U1,T1", ","), "", line)
    assert mistakes == [f"people.csv line 4: {complaint}"]


def test_a_line_with_a_cell_too_many_or_too_few_is_named():
    _, mistakes = read(ADA + ",", "Ben,ben@example.test")
    assert mistakes == [
        "people.csv line 2 has 11 cells, the first line has 10.",
        "people.csv line 3 has 2 cells, the first line has 10.",
    ]


def test_the_same_person_or_account_twice_names_both_lines():
    _, mistakes = read(ADA, "Ada,ADA@example.test,,,,,,,,", "Ben,ben@example.test,U1,T1,,,,,,")
    assert mistakes == [
        "people.csv line 3: ada@example.test stands on line 2 too. Keep one.",
        "people.csv line 4: the slack account U1 stands on line 2 too.",
        "people.csv line 4: the teams account T1 stands on line 2 too.",
    ]


def test_every_mistake_is_reported_at_once():
    rows, mistakes = read(",nowhere,,,,boss;chief,,,yesterday,Mars", ADA, "Ben,ben@example.test,U1,,,,,,,")
    assert [row.email for row in rows] == ["ada@example.test", "ben@example.test"]
    assert len(mistakes) == 7
    assert [mistake.split(":")[0] for mistake in mistakes] == ["people.csv line 2"] * 6 + ["people.csv line 4"]


def test_a_mistake_on_the_managers_line_is_not_blamed_on_their_reports():
    _, mistakes = read(ADA.replace("Europe/London", "Mars"), "Ben,ben@example.test,,,,,,ada@example.test,,")
    assert mistakes == ["people.csv line 2: 'Mars' is not a time zone like Europe/London."]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "people.csv is empty. Its first line must be: " + HEADER),
        ("\n , \n", "people.csv is empty. Its first line must be: " + HEADER),
        ("name\nAda\n", "people.csv has no column 'email'. Add it to the first line."),
        ("name,email,shoe\nAda,ada@example.test,41\n", "people.csv has an unknown column 'shoe'. Use: "),
        ("name,email,Email\nAda,a@x.test,b@x.test\n", "people.csv has the column 'email' twice. Keep one."),
        ('name,email\n"Ada,ada@example.test\n', "people.csv line 2: unexpected end of data. Check the quotes"),
    ],
)
def test_a_file_that_is_no_roster_says_why(text, complaint):
    rows, [mistake] = read_people(text, ROLES)
    assert rows == []
    assert mistake.startswith(complaint)


def test_without_a_readable_company_file_any_role_passes():
    [ada], mistakes = read_people("name,email,role\nAda,ada@example.test,boss\n", None)
    assert mistakes == []
    assert ada.roles == ("boss",)


@many
@given(st.text(alphabet=st.sampled_from('ab@.,;"\n\r 0\t')))
def test_any_text_is_either_read_or_complained_about(text):
    rows, mistakes = read_people("name,email\n" + text, ROLES)
    for row in rows:
        assert row.name
        assert row.email.count("@") == 1
    assert all(mistake.startswith("people.csv ") for mistake in mistakes)
    assert rows or mistakes or not text.strip(' \t\r\n,"')


def test_managers_in_a_circle_are_a_mistake():
    lines = (
        "name,email,manager",
        "Ada,ada@example.test,bob@example.test",
        "Bob,bob@example.test,cyd@example.test",
        "Cyd,cyd@example.test,bob@example.test",
    )
    _, mistakes = read_people("\n".join(lines), frozenset())
    assert mistakes == [
        "people.csv line 3: bob@example.test is among their own managers.",
        "people.csv line 4: cyd@example.test is among their own managers.",
    ]
