"""What Coach says about tracks, confirmations and drafts: short, labelled in Title Case, drawn whole by Slack."""

import pytest

from bot.parts import parts
from bot.slack.render import payload, view
from bot.trial.block_rules import faults_in_message
from bot.trial.view_rules import faults_in_view
from bot.views.confirming import waiting_message
from bot.views.drafts import FIELD_CHARACTERS, edit_form, parts_of_text
from bot.views.tracks import duration, own_tracks, summary
from tests import track_values
from tests.chat import labels

ID = "0123456789abcdef" * 2
SHOWN = track_values.messages(ID)


@pytest.mark.parametrize("name", SHOWN)
def test_slack_draws_it(name):
    for part in parts(SHOWN[name]):
        assert faults_in_message(payload(part)) == []


def test_slack_draws_the_form_of_a_draft():
    assert faults_in_view(view(track_values.form(ID))) == []


@pytest.mark.parametrize("name", SHOWN)
def test_every_button_carries_an_opaque_id_and_a_short_label(name):
    for label, (action, value) in labels(SHOWN[name]).items():
        assert len(label) <= 75
        assert label[0].isupper()
        assert (value, action.isascii()) == (ID, True)


@pytest.mark.parametrize("name", SHOWN)
def test_the_text_says_what_the_card_says_first(name):
    assert SHOWN[name].text.strip()


def test_how_far_a_track_is():
    assert summary(track_values.progress(ID), track_values.READER) == (
        "2 of 5 steps done, about 4 h 21 min left, due 23 Dec 2026"
    )
    assert summary(track_values.progress(ID, done=5), track_values.READER) == "done"


def test_a_late_track_says_so():
    reader = track_values.tracks.Reader({}, {}, track_values.DUE.replace(day=24), "UTC")
    assert "overdue since 23 Dec 2026" in summary(track_values.progress(ID), reader)


def test_more_tracks_and_confirmations_than_fit_are_counted():
    many = own_tracks([track_values.shown(ID)] * 5, track_values.READER, 1, ID)
    assert "Also: New at the counter: 2 of 5 steps done" in str(many)
    waits = waiting_message(track_values.waiting(ID) * 5, {}, {})
    assert "12 more follow when these are done." in str(waits)


@pytest.mark.parametrize(("minutes", "said"), [(0.2, "1 min"), (59.6, "1 h"), (61, "1 h 1 min"), (11, "11 min")])
def test_durations(minutes, said):
    assert duration(minutes) == said


def test_a_text_is_cut_between_paragraphs_and_put_together_again():
    text = "\n\n".join(f"{letter * 700}\n{letter}" for letter in "abcdefgh")
    cut = parts_of_text(text)
    assert "\n\n".join(cut) == text
    assert all(len(part) <= FIELD_CHARACTERS for part in cut)
    assert edit_form("\n\n".join(["x" * 2_600] * 7), ID) is None
