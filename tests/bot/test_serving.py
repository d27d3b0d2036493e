"""A process of Coach: alone on embedded defaults, in parts on PostgreSQL and a Chroma server, stopped by a signal."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr

from bot.app import App
from bot.company import apply_folder, read_folder
from bot.messages import NotSent
from bot.serving import FAILED_TO_LOAD, NOT_APPLIED, SWEEP_EVERY_TICKS, Part, Serving, serving_in_thread
from bot.settings import Settings
from bot.teams.addresses import AddressBook
from bot.teams.calls import ConnectorCalls
from bot.teams.gateway import NOT_STARTED
from bot.teams.send import TeamsPlatform
from bot.trial.human import Human
from bot.trial.simulator import running_simulator
from bot.trial.workspace import User, Workspace
from coach.embed import WordHashEmbedder
from metrics.errors import NotReady, Refusal
from tests.chroma_server import chroma_url  # noqa: F401 (a fixture)

QUESTION = "refund goes back to the card that paid receipt"
ANSWER = "A refund goes back to the card that paid."
FILES = {
    "company.yaml": "name: Oak Shop\nroles: [cashier]\n",
    "people.csv": "name,email,role,slack_id\nBen Ash,ben@example.test,cashier,UBEN\n",
    "sops/refunds.md": "# Refunds\n\nA refund goes back to the card that paid. Ask for the receipt first.\n",
}


TEAMS = {
    "teams_app_id": "00000000-0000-4000-8000-0000000000bb",
    "teams_tenant_id": "11111111-0000-4000-8000-000000000001",
    "teams_app_password": SecretStr("hunter2-marked"),
}


class AnotherModel(WordHashEmbedder):
    id = "another"


class AppOnADay(App):
    """An application whose clock is moved by hand."""

    at = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)

    def now(self):
        return self.at


class AppAwayFromMicrosoft(App):
    """An application on Slack and Teams that gets a token for Teams only once `is_away` ends."""

    is_away = True

    def platforms(self):
        def token(anew):
            if self.is_away:
                raise NotSent("no_token")
            return "token"

        book = AddressBook(self.database)
        app_id, tenant = TEAMS["teams_app_id"], TEAMS["teams_tenant_id"]
        teams = TeamsPlatform(ConnectorCalls(token, is_anonymous=False), book, app_id, tenant, self.now)
        slack = App(self.settings.model_copy(update=dict.fromkeys(TEAMS))).platforms()
        return {**slack, teams.name: teams}


@pytest.fixture
def workspace():
    import random

    return Workspace.for_people([User("UBEN", "ben", "Ben Ash", "ben@example.test")], time.time, random.Random(7))


@pytest.fixture
def simulator(workspace):
    with running_simulator(workspace) as simulator:
        yield simulator


def settings(tmp_path, simulator, **more):
    workspace = simulator.workspace
    return Settings(
        home=tmp_path / "home",
        slack_bot_token=SecretStr(workspace.bot_token),
        slack_signing_secret=SecretStr(workspace.signing_secret),
        slack_api_url=simulator.api_url,
        port=0,
        **more,
    )


def applied(app, company, now):
    app.database.upgrade()
    apply_folder(read_folder(company(FILES)), app.database, app.embedder, now)
    return app


def answers(simulator, serving):
    ben = Human(simulator, "UBEN")
    ben.say("#general", f"@coach {QUESTION}")
    simulator.settle()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if any(ANSWER in text for text in ben.texts("#general")):
            return True
        time.sleep(0.05)
    return False


class TestAlone:
    def test_it_answers_and_says_that_it_is_ready(self, tmp_path, simulator, company, now):
        app = applied(App(settings(tmp_path, simulator), WordHashEmbedder()), company, now)
        with serving_in_thread(Serving(app)) as serving:
            simulator.events_url = f"http://127.0.0.1:{serving.port}/slack/events"
            assert answers(simulator, serving)
            with urllib.request.urlopen(f"http://127.0.0.1:{serving.port}/readyz") as response:
                assert response.status == 200
            assert serving.reasons() == []
        app.close()

    def test_a_second_process_on_the_same_folder_is_refused(self, tmp_path, simulator, company, now):
        app = applied(App(settings(tmp_path, simulator), WordHashEmbedder()), company, now)
        other = App(app.settings, WordHashEmbedder())
        refused = pytest.raises(Refusal, match="Another process answers from this data")
        with serving_in_thread(Serving(app)), refused, serving_in_thread(Serving(other)):
            pass
        with serving_in_thread(Serving(other)):
            pass
        app.close()
        other.close()

    def test_a_changed_sop_is_answered_from_at_once(self, tmp_path, simulator, company, now):
        app = applied(App(settings(tmp_path, simulator), WordHashEmbedder()), company, now)
        with serving_in_thread(Serving(app)) as serving:
            simulator.events_url = f"http://127.0.0.1:{serving.port}/slack/events"
            assert answers(simulator, serving)
            changed = {**FILES, "sops/refunds.md": FILES["sops/refunds.md"].replace("Ask for", "Then sign")}
            apply_folder(read_folder(company(changed)), app.database, app.embedder, now)
            ben = Human(simulator, "UBEN")
            ben.slash("/coach", QUESTION, "#general").result(10)
            assert serving.drain()
            assert any("Then sign the receipt first." in text for text in ben.texts("#general"))
        app.close()


class TestRefusals:
    def test_without_a_platform(self, tmp_path):
        app = App(Settings(home=tmp_path), WordHashEmbedder())
        with pytest.raises(Refusal, match="make trial"), serving_in_thread(Serving(app)):
            pass
        app.close()

    def test_before_the_first_apply(self, tmp_path, simulator):
        app = App(settings(tmp_path, simulator), WordHashEmbedder())
        with pytest.raises(NotReady, match="coach apply FOLDER"), serving_in_thread(Serving(app)):
            pass
        assert NOT_APPLIED in Serving(app).reasons()
        app.close()

    @pytest.mark.parametrize("part", list(Part))
    def test_parts_need_postgresql_and_a_chroma_server(self, tmp_path, simulator, company, now, part):
        app = applied(App(settings(tmp_path, simulator), WordHashEmbedder()), company, now)
        with pytest.raises(Refusal, match="COACH_CHROMA_URL"), serving_in_thread(Serving(app, {part})):
            pass
        app.close()

    def test_a_port_that_is_taken(self, tmp_path, simulator, company, now):
        app = applied(App(settings(tmp_path, simulator), WordHashEmbedder()), company, now)
        taken = int(simulator.api_url.split(":")[2].split("/")[0])
        app.settings = app.settings.model_copy(update={"port": taken})
        with pytest.raises(Refusal, match="Set COACH_PORT"), serving_in_thread(Serving(app)):
            pass
        app.close()

    def test_a_token_slack_does_not_know(self, tmp_path, simulator, company, now):
        app = applied(App(settings(tmp_path, simulator), WordHashEmbedder()), company, now)
        app.settings = app.settings.model_copy(update={"slack_bot_token": SecretStr("xoxb-marked")})
        with pytest.raises(Refusal, match="SLACK_BOT_TOKEN") as refused, serving_in_thread(Serving(app)):
            pass
        assert "marked" not in str(refused.value)
        app.close()

    def test_a_model_that_does_not_load(self, tmp_path, simulator, company, now):
        app = applied(App(settings(tmp_path, simulator), WordHashEmbedder()), company, now)
        app._embedder = AnotherModel()
        serving = Serving(app)
        with pytest.raises(NotReady), serving_in_thread(serving):
            pass
        assert FAILED_TO_LOAD in serving.reasons()
        app.close()


class TestTeams:
    def day(self, tmp_path, company, now, **more):
        app = AppOnADay(Settings(home=tmp_path / "home", port=0, **TEAMS, **more), WordHashEmbedder())
        return applied(app, company, now)

    def warned(self, app, serving, days):
        """What is logged of what stops soon, on a day and over its ticks."""
        app.at = AppOnADay.at + timedelta(days=days)
        with structlog.testing.capture_logs() as lines:
            for _ in range(2 * SWEEP_EVERY_TICKS):
                serving.tick()
        return [line["warning"] for line in lines if line["event"] == "stops_soon"]

    def test_a_secret_about_to_expire_is_logged_once_a_day(self, tmp_path, company, now):
        app = self.day(tmp_path, company, now, teams_secret_expires_on=date(2026, 12, 24))
        serving = Serving(app)
        assert self.warned(app, serving, 0) == []
        for days, words in ((1, "expires on 2026-12-24"), (31, "expires on 2026-12-24"), (32, "expired on 2026-12-24")):
            [warning] = self.warned(app, serving, days)
            assert words in warning
            assert "docs/teams.md" in warning
        app.close()

    def test_a_secret_nobody_dated_is_not_warned_of(self, tmp_path, company, now):
        app = self.day(tmp_path, company, now)
        assert self.warned(app, Serving(app), 400) == []
        app.close()

    def test_slack_is_answered_while_microsoft_is_away(self, tmp_path, simulator, company, now):
        app = applied(AppAwayFromMicrosoft(settings(tmp_path, simulator, **TEAMS), WordHashEmbedder()), company, now)
        with serving_in_thread(Serving(app)) as serving:
            simulator.events_url = f"http://127.0.0.1:{serving.port}/slack/events"
            assert answers(simulator, serving)
            serving.tick()
            assert serving.reasons() == [NOT_STARTED]
            app.is_away = False
            serving.tick()
            assert serving.reasons() == []
        app.close()

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"teams_auth": "anonymous", "host": "0.0.0.0"}, "TEAMS_AUTH=anonymous believes everybody"),
            ({"teams_app_id": None, "teams_app_password": None, "teams_tenant_id": None}, "TEAMS_APP_ID"),
        ],
    )
    def test_settings_that_cannot_work_are_refused(self, tmp_path, company, now, changes, words):
        app = self.day(tmp_path, company, now)
        app.settings = app.settings.model_copy(update=changes)
        with pytest.raises(Refusal, match=words) as refused, serving_in_thread(Serving(app)):
            pass
        assert "marked" not in str(refused.value)
        app.close()

    @pytest.mark.parametrize(
        ("environment", "words"),
        [
            ({"TEAMS_APP_ID": TEAMS["teams_app_id"]}, "Teams needs TEAMS_APP_PASSWORD, TEAMS_TENANT_ID too"),
            ({"TEAMS_APP_ID": "hunter2-marked"}, "TEAMS_APP_ID: must be an id like"),
            ({"TEAMS_AUTH": "anonymous", "COACH_HOST": "0.0.0.0"}, "set COACH_HOST to 127.0.0.1"),
        ],
    )
    def test_the_command_says_what_to_correct(self, tmp_path, environment, words):
        given = {
            name: value for name, value in os.environ.items() if not name.startswith(("COACH_", "SLACK_", "TEAMS_"))
        }
        command = [sys.executable, "-m", "bot", "serve"]
        done = subprocess.run(
            command,
            env={**given, "COACH_HOME": str(tmp_path), **environment},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        said = " ".join((done.stdout + done.stderr).split())
        assert done.returncode == 2
        assert words in said
        assert "Traceback" not in said
        assert "marked" not in said


def test_web_worker_and_clock_apart(tmp_path, simulator, company, now, request, chroma_url):  # noqa: F811
    from tests.conftest import _fresh_postgresql

    server, template = map(request.getfixturevalue, ("postgresql_url", "postgresql_template"))
    for url in _fresh_postgresql(server, template):
        given = settings(
            tmp_path, simulator, database_url=SecretStr(url.replace("+psycopg", "")), chroma_url=chroma_url
        )
        apps = [App(given, WordHashEmbedder()) for _ in Part]
        applied(apps[0], company, now)
        with ExitStack() as running:
            web, _, _ = [
                running.enter_context(serving_in_thread(Serving(app, {part})))
                for app, part in zip(apps, Part, strict=True)
            ]
            simulator.events_url = f"http://127.0.0.1:{web.port}/slack/events"
            assert answers(simulator, web)
        for app in apps:
            app.close()


def test_the_process_ends_in_good_order_when_told(tmp_path, simulator, workspace, company, now):
    given = settings(tmp_path, simulator)
    app = App(given, WordHashEmbedder())
    applied(app, company, now)
    app.close()
    environment = {
        **os.environ,
        "COACH_HOME": str(given.home),
        "COACH_PORT": "0",
        "SLACK_API_URL": simulator.api_url,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
    }
    script = (
        "import sys; import coach.minilm.encoder as e; from coach.embed import WordHashEmbedder;"
        "e.MiniLmEmbedder = lambda *_: WordHashEmbedder(); sys.argv = ['coach', 'serve'];"
        "from bot.__main__ import main; main()"
    )
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", script], env=environment, cwd=root, stderr=subprocess.PIPE, text=True
    )
    said = ""
    while "Coach is running" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    address = said.rpartition("http://")[2].partition("/readyz")[0]
    simulator.events_url = f"http://{address}/slack/events"
    assert answers(simulator, None)
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=30)
    assert process.returncode == 0, said + rest
    assert "Stopping" in rest
    assert QUESTION not in said + rest
    assert '"interaction"' in said + rest
