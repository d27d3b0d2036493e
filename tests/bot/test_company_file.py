"""company.yaml: what it means, and every mistake in it at once, each at its line and column."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.company_file import Company, read_company
from lessons.skills import SkillRule
from metrics.policy import EVERYONE, Audience
from tests.strategies import few_roles, many

FILES = ["refunds.md", "managers/pay.md", "managers/deep/leave.md"]
MANAGER, CASHIER = Audience(frozenset({"manager"})), Audience(frozenset({"cashier"}))


def read(*lines: str):
    return read_company("\n".join(lines) + "\n", FILES)


def mistakes(*lines: str) -> list[str]:
    return [mistake.removeprefix("company.yaml ") for mistake in read(*lines)[1]]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n"])
def test_an_empty_file_is_a_company_with_defaults(text):
    assert read_company(text, []) == (Company(), [])


def test_the_practice_is_told_the_rules_of_each_skill():
    company, found = read(
        "roles: [cashier, manager]",
        "skills:",
        "  till: {title: Using the till}",
        "  allergens:",
        "    {title: Allergens, format: blended, sign_off: true, workflows: [tasting], roles: [cashier]}",
    )
    assert found == []
    assert company.skill_rules() == {
        "till": SkillRule("till", "Using the till"),
        "allergens": SkillRule("allergens", "Allergens", "blended", True, ("tasting",), ("cashier",)),
    }
    assert Company.model_validate(company.model_dump(mode="json")).skill_rules() == company.skill_rules()


def test_every_key_is_read():
    company, found = read(
        "name: Harbour & Bean",
        "timezone: Europe/London",
        "currency: GBP",
        "locale: en-GB",
        "working_days: [monday, saturday]",
        "holidays: [2026-12-25, '2027-01-01']",
        "roles: [cashier, manager]",
        "skills: {refunds: {title: Refunds, sops: [refunds.md, managers/**]}}",
        "admins: [ada@example.test]",
        "default_owner: ada@example.test",
        "people_contact: nell@example.test",
        "default_audience: nobody",
        "audiences: {refunds.md: cashier, 'managers/*': [manager]}",
        "privacy: {question_text_days: 30}",
    )
    assert found == []
    assert company.holidays == [date(2026, 12, 25), date(2027, 1, 1)]
    assert company.skills["refunds"].sops == ["refunds.md", "managers/**"]
    assert company.privacy.question_text_days == 30
    assert company.audience_of("refunds.md") == CASHIER
    assert company.audience_of("managers/pay.md") == MANAGER
    assert company.audience_of("managers/deep/leave.md") == Audience(frozenset())


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("emergency_number: 0112", "emergency_number", "0112"),
        ("emergency_number: 112", "emergency_number", "112"),
        ("name: 7_000", "name", "7_000"),
        ("name: 1:30", "name", "1:30"),
        ("locale: no", "locale", "no"),
        ("roles: [yes, 24, 2026-01-01]", "roles", ["yes", "24", "2026-01-01"]),
    ],
)
def test_words_stay_as_they_are_written(line, key, value):
    company, found = read(line)
    assert found == []
    assert getattr(company, key) == value


def test_an_audience_is_the_intersection_of_every_line_that_means_the_sop():
    company = Company(
        roles=["manager", "cashier"],
        default_audience="everyone",
        audiences={"managers/**": ["manager", "cashier"], "**/pay.md": ["manager"]},
    )
    assert company.audience_of("managers/pay.md") == MANAGER
    assert company.audience_of("managers/deep/leave.md") == Audience(frozenset({"manager", "cashier"}))
    assert company.audience_of("refunds.md") == EVERYONE


@many
@given(st.dictionaries(st.sampled_from(["**", "*", "a*", "a", "b/*"]), st.lists(few_roles)), st.sampled_from("ab"))
def test_one_more_line_never_lets_anybody_else_in(audiences, file):
    company = Company(default_audience="everyone", audiences=audiences)
    for glob, roles in audiences.items():
        without = Company(
            default_audience="everyone", audiences={key: audiences[key] for key in audiences if key != glob}
        )
        narrowed = company.audience_of(file)
        assert narrowed.narrowed_to(without.audience_of(file)) == narrowed
        if company.names(file) and not without.names(file):
            assert narrowed == Audience(frozenset(roles))


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("timezone: Mars/Base", "line 1, column 1: timezone: 'Mars/Base' is not a time zone like Europe/London."),
        ("nmae: X", "line 1, column 1: the key 'nmae' is not known here. Correct or remove it."),
        (
            "privacy: {question_text_days: 0}",
            "line 1, column 11: question_text_days: must be greater than or equal to 1.",
        ),
        ("privacy: {words: 1}", "line 1, column 11: the key 'words' is not known here. Correct or remove it."),
        ("skills: {till: Till}", "line 1, column 10: till: must have lines like `key: value` under it. "),
        ("skills: {till: {sops: []}}", "line 1, column 10: title: is missing. Add it."),
        ("roles: cashier", "line 1, column 1: roles: must be a list like [one, two]."),
        (
            "roles: [cashier, a|b]",
            "line 1, column 18: roles: 'a|b' is not a role name: use words without | ; or ,.",
        ),
        ("holidays: [2026-02-30]", "line 1, column 12: holidays: must be a day like 2026-12-25."),
        ("default_audience: all", "line 1, column 1: default_audience: must be 'everyone' or 'nobody'."),
        ("currency: euros", "line 1, column 1: currency: must be three capitals like EUR."),
        ("glossary: {PTO: }", "line 1, column 12: PTO: must be words. Write some, or take it out."),
        (
            "{roles: [cashier], default_audience: everyone, audiences: {refunds.md: [boss]}}",
            "line 1, column 73: the role 'boss' is not listed under roles:. Add it there or correct it.",
        ),
        (
            "{roles: [cashier], skills: {till: {title: Till, roles: [cashier, boss]}}}",
            "line 1, column 66: the role 'boss' is not listed under roles:. Add it there or correct it.",
        ),
        (
            "skills: {till: {title: Till, format: online}}",
            "line 1, column 30: format: must be 'practice', 'human' or 'blended'.",
        ),
        (
            "skills: {till: {title: Till, sign_off: perhaps}}",
            "line 1, column 30: sign_off: must be true or false.",
        ),
        (
            "{roles: [cashier], default_audience: nobody, audiences: {gone/*.md: cashier}}",
            "line 1, column 58: 'gone/*.md' means no file under sops/. Correct the path or take the line out.",
        ),
        (
            "skills: {till: {title: Till, sops: [refunds.md, till.md]}}",
            "line 1, column 49: 'till.md' means no file under sops/. Correct the path or take the line out.",
        ),
        (
            "{roles: [cashier], audiences: {refunds.md: cashier}}",
            "line 1, column 20: audiences: needs default_audience: beside it. Write default_audience: everyone, or ",
        ),
        (
            "{roles: [cashier], audiences: {refunds.md: cashier}, default_audience: }",
            "line 1, column 20: audiences: needs default_audience: beside it.",
        ),
        ("{name: A, name: B}", "line 1, column 11: the key 'name' is written twice. Keep one."),
        (
            "skills: {till: {title: A, sops: [], title: B}}",
            "line 1, column 37: the key 'title' is written twice. Keep one.",
        ),
        ("- name: X", "line 1, column 1: this is not a list of `key: value` lines."),
        ("just words", "line 1, column 1: this is not a list of `key: value` lines."),
        ("1: X", "line 1, column 1: the key '1' is not known here."),
        ("name: [", "line 2, column 1: "),
        ("? [a, b]\n: c", "line 1, column 3: found unhashable key."),
        ("name: X\n\tcurrency: USD", "line 2, column 1: found character '\\t' that cannot start any token."),
        ("name: *nobody", "line 1, column 7: found undefined alias 'nobody'."),
        ("name: !!python/object/apply:os.system [echo]", "line 1, column 7: could not determine a constructor"),
        ("name: A\n---\nname: B", "line 2, column 1: but found another document."),
    ],
)
def test_a_mistake_is_told_at_its_place(line, complaint):
    [found] = mistakes(line)
    assert found.startswith(complaint)


def test_every_mistake_is_told_at_once_in_the_order_of_the_file():
    lines = [
        "name: X",
        "currency: euro",
        "working_days:",
        "  - monday",
        "  - moonday",
        "holidays: [2026-02-30, 2026-13-01]",
        "roles:",
        "  - cashier",
        "shoes: 41",
        "audiences:",
        "  refunds.md: [boss]",
        "  gone.md: cashier",
        "name: Y",
        "skills:",
        "  till: {title: Till, sops: [till.md], level: 3}",
    ]
    company, _ = read(*lines)
    assert company is None
    found = mistakes(*lines)
    assert [mistake.split(":")[0] for mistake in found] == [
        "line 2, column 1",
        "line 5, column 5",
        "line 6, column 12",
        "line 6, column 24",
        "line 9, column 1",
        "line 10, column 1",
        "line 11, column 16",
        "line 12, column 3",
        "line 13, column 1",
        "line 15, column 40",
    ]
    assert "default_audience" in found[5]
    assert "'boss'" in found[6]
    assert "'gone.md'" in found[7]


def test_a_wrong_list_of_roles_is_not_blamed_on_each_line_that_uses_one():
    assert len(mistakes("roles: [a|b]", "default_audience: nobody", "audiences: {refunds.md: cashier}")) == 1


def test_a_wrong_default_is_not_called_missing():
    found = mistakes("roles: [cashier]", "default_audience: all", "audiences: {refunds.md: cashier}")
    assert found == ["line 2, column 1: default_audience: must be 'everyone' or 'nobody'."]


@pytest.mark.parametrize(
    "text",
    [
        "roles: &all [*all]\n",
        "skills: &all {till: *all}\n",
        "privacy: &all {<<: *all}\n",
        "[" * 1500,
        "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 20)}]\n" for n in range(1, 20)),
    ],
    ids=["list in itself", "mapping in itself", "merged into itself", "nested deeply", "a billion laughs"],
)
def test_a_file_made_to_hang_its_reader_is_refused(text):
    company, found = read_company(text, [])
    assert company is None
    assert found


@many
@given(st.text(st.sampled_from("ab: -[]{}\"'\n#&*!|>%@,?\t012<")))
def test_any_text_is_either_a_company_or_has_mistakes(text):
    company, found = read_company(text, [])
    assert company is not None or found
    assert all(mistake.startswith("company.yaml") for mistake in found)
