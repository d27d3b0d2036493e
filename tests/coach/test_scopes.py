"""What a `not`, a bound, a rate or a role belongs to: sentences that break each rule, and that keep it."""

import pytest

from coach.scopes import amounts_kept, bounds_kept, bounds_told, doers_kept, order_kept, turns_stay


@pytest.mark.parametrize(
    ("sentence", "clauses", "is_kept"),
    [
        ("Call the manager, not the police.", "Call the police, not the manager.", False),
        ("Call the police, not the manager.", "Call the police, not the manager.", True),
        ("Staff may not smoke but customers may.", "Customers may not smoke but staff may.", False),
        ("Touch no wire and turn off the power.", "Do not turn off the power and touch the wire.", False),
        ("Do not drink in the lab.", "Do not eat or drink in the lab.", True),
        ("Do not bring pets.", "Do not bring food, drinks or pets.", True),
        ("Do not use the lift if the alarm rings.", "If the alarm rings, leave and do not use the lift.", True),
        ("Only managers may sign; cashiers may open.", "Only cashiers may sign; managers may open.", False),
        ("Give a refund instead of a voucher.", "Give a voucher instead of a refund.", False),
        ("Give a refund.", "Give a voucher rather than a refund.", False),
        ("Give a refund.", "You rarely give a refund.", False),
        ("Staff get a discount.", "Most staff get a discount.", False),
        ("Staff get at most one discount.", "Staff get one discount at most.", True),
    ],
)
def test_what_is_denied_limited_or_hedged_stays_so(sentence, clauses, is_kept):
    assert turns_stay(sentence, clauses) is is_kept


@pytest.mark.parametrize(
    ("sentence", "clauses", "is_kept"),
    [
        ("Refunds are possible after 30 days.", "Refunds are possible within 30 days.", False),
        ("Call up to 30 minutes before.", "Call at least thirty minutes before.", False),
        ("Call no less than 30 minutes before.", "Call at least 30 minutes before.", True),
        ("Come by 9:00.", "Come before 09:00.", True),
        ("Refunds over 100 euros need a lead.", "Refunds above €100 need a lead.", True),
        ("It opens from 9:00 until 17:00.", "It opens from 9:00 until 17:00.", True),
        ("You have up to 30 days.", "The limit is 30 days.", True),
    ],
)
def test_a_most_stays_a_most(sentence, clauses, is_kept):
    assert bounds_kept(sentence, clauses) is is_kept


@pytest.mark.parametrize(
    ("sentence", "question", "is_told"),
    [
        ("Refunds are possible.", "", False),
        ("Refunds are possible.", "can i have one after 30 days?", True),
        ("Refunds are possible for 30 days.", "", True),
        ("They cost 5 euros.", "", True),
    ],
)
def test_a_most_is_told_with_what_it_limits(sentence, question, is_told):
    assert bounds_told(sentence, "Refunds are possible within 30 days;\nthey cost 5 euros.", question) is is_told


@pytest.mark.parametrize(
    ("sentence", "quotes", "is_kept"),
    [
        ("Wait 10 minutes.", "Wait 10 to 15 minutes.", False),
        ("Wait 10-15 minutes.", "Wait 10 to 15 minutes.", True),
        ("Open 17:00 to 9:00.", "Open 9:00 to 17:00.", False),
        ("Wait 5-10 minutes.", "Wait 5 minutes, then 10 minutes more.", False),
        ("Keep it at 18 °C.", "Keep it at minus 18 °C.", False),
        ("Keep it at -18 °C.", "Keep it at minus 18 °C.", True),
        ("Empty the bins every day.", "Empty the bins every two days.", False),
        ("Empty the bins every day.", "Empty the bins each day.", True),
        ("Empty the bins once a day.", "Empty the bins twice a day.", False),
        ("Wait an hour.", "Wait half an hour.", False),
        ("Wait half an hour.", "Wait an hour and a half.", False),
        ("Dial 123 456.", "Dial 0800 123 456.", False),
        ("Go to room 3 on floor 5.", "Go to room 5 on floor 3.", False),
        ("Come before 8:00.", "Come before 08:00.", True),
    ],
)
def test_amounts_stay_whole(sentence, quotes, is_kept):
    assert amounts_kept(sentence, quotes) is is_kept


@pytest.mark.parametrize(
    ("sentence", "clauses", "known", "is_kept"),
    [
        ("You can open the safe.", "The manager may open the safe.", "", False),
        ("Open the safe.", "The manager opens the safe.", "", False),
        ("Open the safe.", "The manager opens the safe.", "Store manager", True),
        ("The manager opens the safe.", "The manager opens the safe.", "", True),
        ("Keep the receipts.", "Receipts must be kept by the manager.", "", True),
        ("The driver tells the manager.", "The manager tells the driver.", "", False),
        ("The driver is told by the manager.", "The manager tells the driver.", "", True),
        ("You need a visitor pass for contractors.", "Contractors need a visitor pass.", "", True),
    ],
)
def test_what_one_role_does_is_not_told_to_another(sentence, clauses, known, is_kept):
    assert doers_kept(sentence, clauses, known) is is_kept


def test_what_comes_first_stays_first():
    clauses = "Move the red box before the blue box."
    assert not order_kept("Move the blue box before the red box.", clauses)
    assert order_kept("Move the red box before the blue box.", clauses)
    assert order_kept("Before the blue box, move the red box.", clauses)
