"""One company on Slack and Teams at once: a person asks on both, and joins the accounts that are theirs by a code."""

import re

import pytest

from bot.commands.trial import trial_workspace
from bot.tables import InboxItem
from bot.trial.shown import shown_text
from metrics.people import person_with_account
from tests.slack_trial import (
    ANSWER,
    OTHER_ANSWER,
    OTHER_QUESTION,
    QUESTION,
    SECRET_ANSWER,
    SECRET_QUESTION,
    Trial,
    company_app,
)
from tests.teams_connector import running_connector
from tests.teams_trial import TeamsTrial, small_tenant

OF_BOTH = ("slack", "teams")


class Both:
    """The workspace and the tenant, in front of one Coach."""

    def __init__(self, slack, teams):
        self.slack, self.teams = slack, teams
        self.app = slack.app

    def stranger(self, name):
        """Somebody in the tenant whose e-mail there the company does not know, after a first word to Coach."""
        person = self.teams.person(self.teams.tenant.add(name, f"{name[:3].lower()}@home.test"))
        self.teams.act(person.say, "hello")
        return person

    def met_in_slack(self, human):
        self.slack.act(human.say, human.dm(), "hello")
        return human

    def in_slack(self, human):
        """The newest message of Coach's in somebody's own chat."""
        return shown_text(self.slack.by_coach(human, human.dm())[-1])

    def in_teams(self, person):
        return self.teams.last(person).words

    def owner(self, platform, account):
        with self.app.database.session() as session:
            return person_with_account(session, platform, account).id

    def code_from(self, words):
        return re.search("link ([0-9]{6})", words)[1]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    tenant = small_tenant()
    with company_app(tmp_path_factory.mktemp("both")) as app, running_connector(tenant) as connector:
        teams = {"teams_auth": "anonymous", "teams_app_id": tenant.app_id, "teams_tenant_id": tenant.id}
        app.settings = app.settings.model_copy(update=teams)
        with trial_workspace(app) as (simulator, serving):
            yield Both(Trial(app, simulator, serving), TeamsTrial(app, connector, serving))
            assert simulator.workspace.rejections == []
            assert connector.rejections == []


def test_a_person_asks_on_both_and_gets_each_answer_where_they_asked(both):
    in_slack, in_teams = both.met_in_slack(both.slack.newcomer()), both.teams.newcomer()
    both.teams.act(in_teams.say, "hello")
    both.slack.act(in_slack.say, in_slack.dm(), QUESTION)
    before = in_slack.texts(in_slack.dm())
    both.teams.act(in_teams.say, OTHER_QUESTION)
    assert ANSWER in both.in_slack(in_slack)
    assert OTHER_ANSWER in both.in_teams(in_teams)
    assert in_slack.texts(in_slack.dm()) == before
    # The roster gives one e-mail for both, so nobody has to join anything.
    assert both.owner("slack", in_slack.user_id) == both.owner("teams", in_teams.user.aad_object_id)
    assert {row.platform for row in both.slack.rows(InboxItem)} == set(OF_BOTH)


def test_both_doors_are_open_and_ready(both):
    assert both.slack.serving.reasons() == []


def test_a_code_shown_in_slack_and_typed_in_teams_makes_one_person_until_it_is_undone(both):
    manager, kim = both.met_in_slack(both.slack.manager()), both.stranger("Kim Poe")
    both.teams.act(kim.say, SECRET_QUESTION)
    assert SECRET_ANSWER not in both.in_teams(kim)
    both.slack.act(manager.say, manager.dm(), "link")
    code = both.code_from(both.in_slack(manager))
    both.teams.act(kim.say, f"link {code}")
    assert "showed this code. Join?" in both.in_teams(kim)
    assert both.owner("slack", manager.user_id) != both.owner("teams", kim.user.aad_object_id)
    both.teams.act(kim.press, "Join")
    assert "are one person to me now." in both.in_teams(kim)
    assert "Your code was typed." in both.in_slack(manager)
    assert both.owner("slack", manager.user_id) == both.owner("teams", kim.user.aad_object_id)
    both.teams.act(kim.say, SECRET_QUESTION)
    assert SECRET_ANSWER in both.in_teams(kim)
    both.teams.act(kim.press, "Undo")
    assert both.in_teams(kim).startswith("Undone: ")
    assert both.in_slack(manager).startswith("Undone: ")
    assert both.owner("slack", manager.user_id) != both.owner("teams", kim.user.aad_object_id)
    both.teams.act(kim.say, SECRET_QUESTION)
    assert SECRET_ANSWER not in both.in_teams(kim)


def test_a_code_shown_in_teams_and_typed_in_slack_can_be_undone_in_slack(both):
    dan, zoe = both.met_in_slack(both.slack.newcomer()), both.stranger("Zoe Yew")
    both.teams.act(zoe.say, "link")
    code = both.code_from(both.in_teams(zoe))
    both.slack.act(dan.say, dan.dm(), f"link {code}")
    assert "Your code was typed." not in both.in_teams(zoe)
    both.slack.act(dan.press, "Join")
    assert "are one person to me now." in both.in_slack(dan)
    assert "Your code was typed." in both.in_teams(zoe)
    assert both.owner("slack", dan.user_id) == both.owner("teams", zoe.user.aad_object_id)
    both.slack.act(dan.press, "Undo")
    assert both.in_slack(dan).startswith("Undone: ")
    assert both.in_teams(zoe).startswith("Undone: ")
    assert both.owner("slack", dan.user_id) != both.owner("teams", zoe.user.aad_object_id)


@pytest.mark.parametrize("platform", OF_BOTH)
def test_who_was_talked_into_typing_a_code_presses_not_me(both, platform):
    manager, eve = both.met_in_slack(both.slack.manager()), both.stranger("Eve Low")
    if platform == "slack":
        both.teams.act(eve.say, "link")
        both.slack.act(manager.say, manager.dm(), f"link {both.code_from(both.in_teams(eve))}")
        assert "Eve Low" in both.in_slack(manager)
        both.slack.act(manager.press, "Not Me")
        said = both.in_slack(manager)
    else:
        both.slack.act(manager.say, manager.dm(), "link")
        both.teams.act(eve.say, f"link {both.code_from(both.in_slack(manager))}")
        both.teams.act(eve.press, "Not Me")
        said = both.in_teams(eve)
    assert "Nothing was joined" in said
    assert both.owner("slack", manager.user_id) != both.owner("teams", eve.user.aad_object_id)


def test_a_wrong_code_joins_nobody(both):
    dan, ida = both.met_in_slack(both.slack.newcomer()), both.stranger("Ida Fox")
    both.slack.act(dan.say, dan.dm(), "link")
    code = int(both.code_from(both.in_slack(dan)))
    both.teams.act(ida.say, f"link {(code + 1) % 1_000_000:06}")
    assert "That code did not work" in both.in_teams(ida)
    assert both.owner("slack", dan.user_id) != both.owner("teams", ida.user.aad_object_id)


def test_a_code_is_shown_to_nobody_else(both):
    manager, kim = both.met_in_slack(both.slack.manager()), both.stranger("Una Gray")
    till = both.teams.tenant.channel("Counter", kim.user)
    both.teams.act(kim.mention, "link", till)
    assert kim.by_coach(till) == []
    assert both.code_from(both.in_teams(kim))
    room = both.slack.channel(manager)
    both.slack.act(manager.say, room, "@coach link")
    shown = [message for message in both.slack.by_coach(manager, room) if "link" in shown_text(message)]
    assert [message["_only_for"] for message in shown] == [manager.user_id]
