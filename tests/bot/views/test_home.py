"""Words of the home page: today first, then what needs somebody, their team, what they look after, and their own."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.messages import Actions, Chart, Facts, Heading, Steps
from bot.parts import words
from bot.slack.render import home as slack_home
from bot.teams.render import activity
from bot.teams.sizes import CARD_BYTES, size_bytes
from bot.trial.view_rules import faults_in_view
from bot.views.home import NO_QUESTIONS, NO_SKILLS, Item, home_message
from bot.views.home_team import EXAMPLE, TeamPart
from bot.views.home_upkeep import NO_GAPS, NO_REVIEWS, WELL, Gap, Review, UpkeepPart, upkeep_line
from metrics.standing import Need, NeedKind, SkillState, Standing
from tests import home_values
from tests.chat import labels
from tests.home_values import ADMIN, AT_FIRST, FIRST_ADMIN, LACKING, MANAGER, STAFF, TEAM, WITHOUT_SKILLS
from tests.progress_values import ANA, CARA, ID, NOW, REFUNDS, SAFETY, TILL, handle, person


def page(home, is_page=True):
    return home_message(home, handle, ID, is_page)


def said(home):
    return words(page(home).blocks)


def headings(home):
    return [block.text for block in page(home).blocks if isinstance(block, Heading)]


def steps_under(home, heading):
    blocks = page(home).blocks
    place = next(place for place, block in enumerate(blocks) if isinstance(block, Heading) and block.text == heading)
    return next(block.items for block in blocks[place:] if isinstance(block, Steps))


def test_when_it_was_updated_stands_on_top_on_the_readers_clock():
    late = replace(STAFF, now=NOW + timedelta(hours=18), zone="Europe/Paris")
    assert page(late).blocks[1].text == "Updated 24 Nov 2026, 03:30. Only you see this page."
    assert page(late, is_page=False).blocks[1].text.endswith("Only you see this. Pin it to find it again.")


@pytest.mark.parametrize(
    ("item", "line", "button"),
    [
        (Item("begun", "Till"), "You are in the middle of “Till”.", "Go On"),
        (Item("offered", "Till", 11), "Your lesson “Till” is ready: 11 min.", "Start"),
        (
            Item("planned", "Till", at=NOW + timedelta(hours=3), is_today=True),
            "Your lesson “Till” comes today at 11:30.",
            "Start Now",
        ),
        (
            Item("planned", at=NOW + timedelta(hours=24)),
            "Your next lesson comes tomorrow at 08:30.",
            "Get a Lesson",
        ),
        (
            Item("planned", at=NOW + timedelta(hours=48), done="Till"),
            "Your lesson “Till” is done. Your next lesson comes on Wednesday 25 November at 08:30.",
            "Get a Lesson",
        ),
        (Item("none", state="Lessons are stopped."), "Lessons are stopped.", "Get a Lesson"),
    ],
)
def test_today_comes_first_with_one_thing_to_press(item, line, button):
    shown = page(replace(STAFF, item=item))
    assert shown.blocks[2].text == line
    assert shown.text.startswith(line)
    first = next(block for block in shown.blocks if isinstance(block, Actions))
    assert (first.items[0].label, first.items[0].action) == (button, "lesson")


@pytest.mark.parametrize("home", [AT_FIRST, STAFF, MANAGER, ADMIN, FIRST_ADMIN, WITHOUT_SKILLS])
def test_there_is_one_primary_button_and_every_page_fits(home):
    shown = page(home)
    buttons = [item for block in shown.blocks if isinstance(block, Actions) for item in block.items]
    assert sum(getattr(button, "is_primary", False) for button in buttons) == 1
    assert faults_in_view(slack_home(shown)) == []
    assert size_bytes(activity(page(home, is_page=False))) < CARD_BYTES


def test_parts_follow_what_one_is():
    own = ["Your skills: 1 of 3 mastered", "Your questions"]
    upkeep = ["Setting up Coach", "Health", "SOPs to review", "Questions no SOP covered", "Sections that disagree"]
    assert headings(STAFF) == ["Today", *own]
    assert headings(MANAGER) == ["Today", "Needs you", "Your team", *own]
    assert headings(ADMIN) == ["Today", "Needs you", "Your team", *upkeep, *own]
    assert "Open Dashboard" not in labels(page(STAFF))
    assert "Open Dashboard" in labels(page(MANAGER))


def test_who_is_stuck_stands_with_the_reason_first_of_each_team_first():
    shown = page(MANAGER)
    [facts] = [block for block in shown.blocks if isinstance(block, Facts)]
    assert facts.pairs == (
        ("Dan Fir", "First aid: not started"),
        ("Ana Oak", "Refunds: step 3 missed twice at work; 1 more"),
        ("Cara Elm", "No practice since 3 Nov 2026"),
    )
    scripts = {label: press for label, press in labels(shown).items() if label.startswith("Check-in")}
    assert scripts == {
        "Check-in Script: Dan": ("checkin_script", "person:4"),
        "Check-in Script: Ana": ("checkin_script", "person:1"),
        "Check-in Script: Cara": ("checkin_script", "person:3"),
    }
    assert "3 of the 4 people you manage need help." in shown.text


def test_at_most_three_are_named():
    many = replace(
        MANAGER, team=TeamPart(tuple(replace(ANA, whose=replace(ANA.whose, person_id=n)) for n in range(9)), ())
    )
    [facts] = [block for block in page(many).blocks if isinstance(block, Facts)]
    assert len(facts.pairs) == len(many.team.stuck) == 3


@pytest.mark.parametrize(
    ("people", "line"),
    [
        ((ANA,), "The one person you manage needs help."),
        ((person(2, "Ben Ash"),), "The one person you manage needs no help now."),
        ((ANA, person(2, "Ben Ash")), "1 of the 2 people you manage needs help."),
        ((ANA, CARA), "All 2 people you manage need help."),
        ((person(1, "Ann Ash"), person(2, "Ben Ash")), "None of the 2 people you manage needs help now."),
    ],
)
def test_how_many_need_help_is_said_in_a_sentence(people, line):
    assert line in said(replace(STAFF, team=TeamPart(people, ())))


def test_nobody_to_help_teaches_what_would_stand_there():
    well = replace(STAFF, team=TeamPart((person(2, "Ben Ash"),), ()))
    assert EXAMPLE in said(well)
    assert EXAMPLE not in said(replace(well, waiting=("Ben Ash",)))


def test_confirmations_are_counted_and_everybody_named_once():
    assert "3 confirmations wait for your word: Ana Oak and Zoë Ó Súilleabháin." in said(MANAGER)
    assert labels(page(replace(STAFF, waiting=("yourself",))))["Show What Waits"] == ("confirm_show", ID)


def test_the_team_is_drawn_by_skill():
    [chart] = [block for block in page(MANAGER).blocks if isinstance(block, Chart)]
    assert chart.spec.series[0].values == (20.0, 75.0)
    assert "4 people; of the skills they need, 4 of 9 are mastered." in said(MANAGER)
    unmastered = replace(TEAM, skills=tuple(replace(skill, mastered=0) for skill in TEAM.skills))
    shown = replace(MANAGER, team=unmastered)
    assert not [block for block in page(shown).blocks if isinstance(block, Chart)]
    assert "4 people. Nobody has mastered a skill yet." in said(shown)


def test_a_company_without_skills_is_told_so_and_nothing_is_drawn():
    assert NO_SKILLS in said(WITHOUT_SKILLS)
    assert "No skills are listed for their roles" in said(WITHOUT_SKILLS)
    assert "none yet" not in said(WITHOUT_SKILLS).lower().replace(NO_QUESTIONS.lower(), "")
    assert "mastered:" not in page(WITHOUT_SKILLS).text


def test_what_needs_practice_comes_before_what_is_only_not_mastered():
    lapsed = replace(TILL, state=SkillState.AWAITS_SIGN_OFF)
    report = replace(ANA, standing=replace(ANA.standing, skills=(lapsed, REFUNDS, SAFETY)))
    lines = ("Refunds: step 3 missed twice at work", "First aid: not started", "Using the till: waits for a sign-off")
    assert steps_under(replace(STAFF, report=report), "Your skills: 0 of 3 mastered") == lines
    assert labels(page(STAFF))["Practise Refunds"] == ("practise_skill", "skill:refunds")


def test_everything_mastered_leaves_nothing_to_list():
    done = replace(ANA, standing=Standing(1, (TILL,)))
    assert "Nothing needs practice now." in said(replace(STAFF, report=done))


def test_skills_of_which_the_same_is_said_share_a_line():
    skills = tuple(replace(SAFETY, skill=f"s{n}", title=f"Skill {n}") for n in range(9))
    report = replace(CARA, standing=Standing(3, skills))
    lines = steps_under(replace(STAFF, report=report), "Your skills: 0 of 9 mastered")
    assert list(lines) == ["Not started: Skill 0, Skill 1, Skill 2, Skill 3 and 5 more"]


def test_long_lists_of_skills_end_in_how_many_more():
    skills = tuple(replace(SAFETY, skill=f"s{n}", title=f"Skill {n}") for n in range(9))
    needs = tuple(
        Need(NeedKind.MISSED_AT_WORK, skill.skill, skill.title, step=str(n), times=2) for n, skill in enumerate(skills)
    )
    report = replace(CARA, standing=Standing(3, skills, needs))
    assert len(steps_under(replace(STAFF, report=report), "Your skills: 0 of 9 mastered")) == 5
    assert "And 4 more." in said(replace(STAFF, report=report))


def test_open_questions_are_counted_and_say_whom_to_ask():
    assert "1 of the last 30 days was not covered by any SOP." in said(STAFF)
    assert "22 Nov 2026 · not covered; ask Ada Oak" in said(STAFF)
    assert NO_QUESTIONS in said(AT_FIRST)


def test_setting_up_says_what_to_do_and_what_is_done():
    lines = steps_under(FIRST_ADMIN, "Setting up Coach: 0 of 6 done")
    assert all(line.startswith("To do: ") for line in lines)
    for hint in (
        "sops/",
        "people.csv",
        "default_owner:",
        "lessons:",
        "Teams stopped (token_revoked)",
        "COACH_PUBLIC_URL",
    ):
        assert any(hint in line for line in lines), hint
    some = replace(LACKING, setup=replace(LACKING.setup, unowned=3))
    lines = steps_under(replace(ADMIN, upkeep=some), "Setting up Coach: 5 of 6 done")
    assert lines[0].startswith("To do: name owners. 3 SOPs have a section without one.")
    assert "Everything is set up. 20 SOPs are loaded." in said(ADMIN)


def test_empty_parts_teach_an_admin_and_are_left_out_for_owners():
    for words_ in (NO_GAPS, NO_REVIEWS):
        assert words_ in said(FIRST_ADMIN)
        assert words_ not in said(replace(STAFF, upkeep=UpkeepPart((), ())))
    assert headings(replace(STAFF, upkeep=UpkeepPart((), ()))) == headings(STAFF)
    owner = replace(STAFF, upkeep=UpkeepPart((Review("Refunds", None, date(2026, 11, 3)),), ()))
    assert [heading for heading in headings(owner) if heading not in headings(STAFF)] == ["SOPs to review"]


def test_reviews_say_whether_they_are_past_and_whose_they_are():
    lines = steps_under(ADMIN, "SOPs to review")
    assert lines[:2] == (
        "Refunds: was due 3 Nov 2026, Ben Ash",
        "Opening up 1: is due 1 Dec 2026, no owner named",
    )
    assert len(lines) == 5
    assert "And 2 more." in said(ADMIN)
    today = Review("Till", None, date(2026, 11, 23))
    assert "Till: is due" in said(replace(ADMIN, upkeep=replace(LACKING, reviews=(today,))))


def test_gaps_are_counted_and_cut():
    lines = steps_under(ADMIN, "Questions no SOP covered")
    assert lines[:2] == (
        "“can I refund a gift card in cash?” 3 times; nearest: Refunds",
        "“who waters plant 0?” once; no SOP near it",
    )
    assert len(lines) == 5
    assert "5 more were asked." in said(ADMIN)
    long = replace(ADMIN, upkeep=replace(LACKING, gaps=(Gap("x" * 900, 1, None),)))
    assert len(steps_under(long, "Questions no SOP covered")[0]) < 240


def test_sections_that_disagree_are_listed_and_cut():
    lines = steps_under(ADMIN, "Sections that disagree")
    assert lines[0] == (
        "About how long something takes or lasts: Till › Refunds says “Refund within 14 days”, Returns 0 says “Refund "
        "within 30 days”. Shown together 6 times."
    )
    assert len(lines) == 5
    assert "And 1 more." in said(ADMIN)
    assert "6 pairs of sections disagree." in upkeep_line(LACKING)
    assert "Sections that disagree" not in headings(FIRST_ADMIN)


def test_health_names_what_waits_and_fails():
    assert steps_under(ADMIN, "Health") == (
        "The oldest question waits since 1 hour. Is every worker running?",
        "2 messages failed in 30 days. Run coach queue to see which, and why.",
        "1 message perhaps did not arrive. Run coach queue to see which.",
    )
    stopped = replace(FIRST_ADMIN.upkeep, setup=home_values.NOT_SET_UP)
    assert "Teams does not let Coach write (token_revoked)." in said(replace(FIRST_ADMIN, upkeep=stopped))
    assert WELL in said(
        replace(ADMIN, upkeep=replace(LACKING, health=replace(LACKING.health, waiting_since=None, failed=0, unsure=0)))
    )
