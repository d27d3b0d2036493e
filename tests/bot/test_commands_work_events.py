"""`coach work-events` takes a file of reports once, and names each line it left out."""

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.app import App
from bot.settings import Settings
from metrics.errors import NotReady, Refusal
from metrics.people import load_roster
from tests.metrics.test_people import ADA, BEN, NOW

HEADER = "person,workflow,step,outcome,at,reference"
LINE = f"{BEN.email},refund,3,missed,2026-11-20T16:05:00Z,71"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "home"))

    def run(*lines, source="csv"):
        file = tmp_path / "work.csv"
        file.write_text("\n".join(lines))
        found = CliRunner().invoke(cli, ["work-events", str(file), "--source", source])
        if found.exception and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found.exit_code, found.stdout, found.stderr

    return run


@pytest.fixture
def applied(tmp_path):
    app = App(Settings(home=tmp_path / "home"))
    app.database.upgrade()
    with app.database.transaction() as session:
        load_roster(session, [ADA, BEN], NOW)
    app.close()


def test_a_file_is_taken_once(run, applied):
    assert run(HEADER, LINE) == (0, "1 new, 0 known before.\n", "")
    assert run(HEADER, LINE) == (0, "0 new, 1 known before.\n", "")


def test_each_line_left_out_is_named(run, applied):
    code, said, wrong = run(HEADER, LINE, "nobody@x.test,refund,,done,2026-11-20T16:05:00Z,72", "x")
    assert (code, said) == (2, "1 new, 0 known before, 1 left out.\n")
    assert wrong.splitlines() == [
        "work.csv line 4 has 1 cells, the first line has 6.",
        "72: Nobody here is known as 'nobody@x.test'. Give an e-mail from people.csv, slack:U…, teams:… or an id.",
    ]


def test_a_file_that_is_not_there_and_a_database_that_is_not_ready(run, tmp_path):
    with pytest.raises(NotReady):
        run(HEADER, LINE)
    with pytest.raises(Refusal, match="There is no file"):
        CliRunner().invoke(cli, ["work-events", str(tmp_path / "none.csv")], catch_exceptions=False)
