"""The command line: exit codes, what goes to which stream, and whom a question is asked as."""

import json
import sys

import pytest
import structlog
from sqlalchemy import select
from typer.testing import CliRunner

from bot.__main__ import cli, main
from bot.commands.ask import ask_batch, asker_named
from bot.company import apply_folder, read_folder
from metrics.errors import Refusal
from metrics.events.record import EventRow
from metrics.people import active_emails, find_person, load_roster
from metrics.policy import Asker

DONE, BUG, BAD_INPUT, NOT_READY = 0, 1, 2, 3
COMMANDS = [command.name for command in cli.registered_commands]
REFUNDS = "# Refunds\n\nA refund goes back to the card that paid.\n"
ROLES = "roles: [cashier, manager]\n"
PEOPLE = "name,email,role,slack_id\nAda Oak,ada@example.test,manager,U1\nBen Ash,ben@example.test,cashier,U2\n"
FOLDER = {"company.yaml": ROLES, "people.csv": PEOPLE, "sops/refunds.md": REFUNDS}


@pytest.fixture
def coach(tmp_path, monkeypatch, capsys):
    """Run the command line as a terminal would; return exit code, standard output and standard error."""
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "home"))
    before = sys.argv[:]

    def run(*words):
        sys.argv[:] = ["coach", *map(str, words)]
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return ended.value.code or DONE, told.out, told.err

    yield run
    sys.argv[:] = before
    # main() sends logs to this test's standard error, which ends with it.
    structlog.reset_defaults()


@pytest.fixture
def applied(app, company, now):
    """The application behind `coach`, with a company applied."""
    apply_folder(read_folder(company(FOLDER)), app.database, app.embedder, now)
    return app


def events(app, kind="question_asked"):
    with app.database.session() as session:
        return session.scalars(select(EventRow).where(EventRow.kind == kind).order_by(EventRow.id)).all()


# Exit codes


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    result = CliRunner().invoke(cli, [command, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == DONE
    assert "Usage:" in result.output


def test_the_help_names_every_command():
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == DONE
    assert [command for command in COMMANDS if command not in result.output] == []


@pytest.mark.parametrize("words", [["fly"], ["check"], ["check", "a", "b"], ["ask", "--loud"], ["apply", "--yes"]])
def test_a_command_that_is_not_one_is_bad_input(coach, words):
    code, out, err = coach(*words)
    assert (code, out) == (BAD_INPUT, "")
    assert "Usage:" in err


@pytest.mark.parametrize("words", [["ask", "how?"], ["export", "ada@example.test"], ["erase", "ada@example.test"]])
def test_before_the_first_apply_coach_is_not_ready(coach, words):
    code, out, err = coach(*words)
    assert (code, out) == (NOT_READY, "")
    assert err == "Coach knows no SOPs yet. Run `coach apply FOLDER` with your company folder first.\n"


def test_a_bug_is_told_apart_with_a_reference_and_where_it_happened(coach):
    @cli.command("fall-over")
    def fall_over() -> None:
        raise ZeroDivisionError("a [marked] fault")

    try:
        code, out, err = coach("fall-over")
    finally:
        cli.registered_commands.pop()
    assert (code, out) == (BUG, "")
    assert "Something went wrong in Coach itself. Report it with the reference " in err
    assert "ZeroDivisionError" in err
    assert "test_commands.py" in err
    assert "marked" not in err


def test_a_wrong_environment_is_bad_input_told_at_once(coach, monkeypatch):
    monkeypatch.setenv("COACH_THREADS", "0")
    monkeypatch.setenv("COACH_DATABASE_URL", "mysql://u:marked-secret@db/x")
    code, out, err = coach("ask", "how?")
    assert (code, out) == (BAD_INPUT, "")
    assert "COACH_THREADS" in err
    assert "COACH_DATABASE_URL" in err
    assert "marked-secret" not in err


# check and apply


def test_a_clean_folder_passes_the_check(coach, company):
    code, out, err = coach("check", company(FOLDER))
    assert (code, err) == (DONE, "")
    assert out == "1 SOP with 1 section can be read, 2 people. Nothing to correct.\n"


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ({"company.yaml": "roles: ["}, "company.yaml line 1, column 9: "),
        ({"people.csv": PEOPLE + "Eve,eve,,\n"}, "people.csv line 4: 'eve' is not an e-mail address."),
        ({"sops/a.docx": b"PK"}, "Rejected: sops/a.docx is cut off, damaged or no Office file"),
    ],
)
def test_a_folder_with_a_mistake_fails_the_check(coach, company, broken, complaint):
    code, out, _ = coach("check", company({**FOLDER, **broken}))
    assert code == BAD_INPUT
    assert out.startswith(complaint)
    assert "Nothing to correct" not in out


def test_a_note_alone_passes_the_check(coach, company):
    code, out, _ = coach("check", company({**FOLDER, "sops/again.md": REFUNDS}))
    assert code == DONE
    assert out.startswith("Note: sops/again.md and refunds.md have the same title.")


@pytest.mark.parametrize("command", ["check", "apply", "ingest"])
def test_a_folder_that_is_not_there_is_bad_input(coach, tmp_path, command):
    code, out, err = coach(command, tmp_path / "nowhere")
    assert (code, out) == (BAD_INPUT, "")
    assert err.startswith("There is no folder ")


@pytest.mark.usefixtures("never_applied")
@pytest.mark.parametrize(("command", "people"), [("apply", "2 added"), ("ingest", None)])
def test_a_dry_run_tells_and_changes_nothing(coach, app, company, command, people):
    code, out, _ = coach(command, company(FOLDER), "--dry-run")
    assert code == DONE
    assert out.startswith("Nothing was changed. It would apply Your company: 1 SOP added")
    assert ("People:" in out) == (people is not None)
    assert (people or "") in out
    assert app.database.is_empty()


def test_a_dry_run_of_too_many_departures_needs_yes(coach, applied, company):
    folder = company({"people.csv": "name,email\n"})
    code, _, err = coach("apply", folder, "--dry-run")
    assert code == BAD_INPUT
    assert "run it again with --yes" in err
    code, out, _ = coach("apply", folder, "--dry-run", "--yes")
    assert code == DONE
    assert "2 deactivated" in out
    with applied.database.session() as session:
        assert len(active_emails(session)) == 2


# ask


@pytest.mark.parametrize("words", [[], ["how?", "--batch", "questions.jsonl"]])
def test_ask_wants_one_question_or_one_file(coach, words):
    code, out, err = coach("ask", *words)
    assert (code, out) == (BAD_INPUT, "")
    assert "Give one question" in err


def test_an_unknown_person_is_bad_input(coach, applied):
    code, out, err = coach("ask", "how?", "--person", "ghost@example.test")
    assert (code, out) == (BAD_INPUT, "")
    assert "Nobody here is known as 'ghost@example.test'" in err
    assert events(applied) == []


def test_a_person_wins_over_a_role(applied, capsys):
    with applied.database.session() as session:
        ben = find_person(session, "ben@example.test")
    as_ben = Asker(ben.id, frozenset({"cashier"}))
    assert asker_named(applied, "manager", "slack:U2") == as_ben
    assert asker_named(applied, "no such role", "ben@example.test") == as_ben
    assert capsys.readouterr().err == ""


def test_a_listed_role_is_asked_as_and_nobody_is_a_member_without_one(applied):
    assert asker_named(applied, "manager", None) == Asker(roles=frozenset({"manager"}))
    assert asker_named(applied, None, None) == Asker()


@pytest.mark.parametrize("role", ["boss", "Manager", "manager|cashier"])
def test_an_unlisted_role_is_a_member_without_one_and_a_note_says_so(applied, capsys, role):
    assert asker_named(applied, role, None) == Asker()
    told = capsys.readouterr()
    assert told.out == ""
    assert f"your company lists no role {role!r}; asking as a member without one." in told.err


def test_somebody_who_left_asks_without_roles(applied, now):
    with applied.database.transaction() as session:
        load_roster(session, [], now)
    assert asker_named(applied, None, "ada@example.test").roles == frozenset()


@pytest.fixture
def batch(tmp_path):
    def write(*lines):
        file = tmp_path / "questions.jsonl"
        file.write_bytes("\n".join(lines).encode())
        return file

    return write


def test_a_batch_answers_each_line_as_one_json_object(applied, capsys, batch):
    file = batch(
        '\ufeff{"id": 1, "question": "refund goes back to the card that paid", "more": 1}',
        "",
        '{"id": "b\u2028", "question": "", "role": "cashier"}',
        '{"id": "c", "question": "and the card?", "person": "U", "history": []}'.replace('"U"', '"slack:U2"'),
    )
    ask_batch(applied, file, None, None, as_json=True)
    told = [json.loads(line) for line in capsys.readouterr().out.strip("\n").split("\n")]
    assert [answer["id"] for answer in told] == ["1", "b\u2028", "c"]
    assert [answer["status"] for answer in told][:2] == ["answered", "refused"]
    assert told[0].keys() == {"id", "status", "rule", "refer_to", "text", "sources", "confidence", "seconds"}
    with applied.database.session() as session:
        ben_id = find_person(session, "slack:U2").id
    assert [event.person_id for event in events(applied)] == [None, None, ben_id]


def test_a_batch_in_words_names_each_question(applied, capsys, batch):
    ask_batch(applied, batch('{"id": "q7", "question": "card that paid"}'), None, None, as_json=False)
    assert capsys.readouterr().out.startswith("[q7] card that paid\n\n")


def test_the_history_of_a_batch_line_counts(applied, batch):
    line = {"id": 1, "question": "which one?", "history": [{"text": "refund back to the card that paid"}]}
    ask_batch(applied, batch(json.dumps(line)), None, None, as_json=True)
    assert [event.payload["is_follow_up"] for event in events(applied)] == [True]


def test_every_mistake_of_a_batch_is_told_with_its_line_and_nothing_is_asked(applied, capsys, batch):
    file = batch(
        '{"id": 1, "question": "card that paid"}',
        '{"id": 2, "question"',
        "",
        '{"id": 3}',
        "[1]",
        '{"question": 5, "history": [{"speaker": "bot", "text": "x"}]}',
        "[" * 5000,
        '{"id": %s, "question": "x"}' % ("9" * 5000),
        '{"id": "\\ud800", "question": "x"}',
    )
    with pytest.raises(Refusal) as refused:
        ask_batch(applied, file, None, None, as_json=True)
    head, *lines = str(refused.value).splitlines()
    assert head == "Nothing was asked. Correct this first:"
    told = [line.removeprefix(f"{file} ") for line in lines]
    assert [line.split(":")[0] for line in told] == [f"line {n}" for n in (2, 4, 5, 6, 6, 7, 8, 9)]
    assert told[0] == "line 2: Invalid JSON: EOF while parsing an object at column 20."
    assert told[1] == "line 4: question: Field required."
    assert told[4] == "line 6: history.0.speaker: Input should be 'user' or 'coach'."
    assert (capsys.readouterr().out, events(applied)) == ("", [])


def test_a_stranger_on_the_last_line_of_a_batch_stops_it_before_the_first(applied, capsys, batch):
    file = batch('{"id": 1, "question": "card"}', '{"id": 2, "question": "card", "person": "ghost@example.test"}')
    with pytest.raises(Refusal, match="Nobody here is known as"):
        ask_batch(applied, file, None, None, as_json=True)
    assert (capsys.readouterr().out, events(applied)) == ("", [])


def test_a_batch_that_is_no_file_or_no_text_says_so(applied, tmp_path):
    with pytest.raises(Refusal, match="There is no file"):
        ask_batch(applied, tmp_path, None, None, as_json=True)
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "\xe9"}')
    with pytest.raises(Refusal, match="is not UTF-8"):
        ask_batch(applied, tmp_path / "latin.jsonl", None, None, as_json=True)


# export and erase


def test_an_export_is_json_and_is_itself_recorded(coach, applied):
    code, out, err = coach("export", "slack:U2")
    assert (code, err) == (DONE, "")
    copy = json.loads(out)
    assert copy["people"][0]["name"] == "Ben Ash"
    assert copy["platform_identities"][0]["platform_user_id"] == "U2"
    assert copy["events"] == []
    assert [event.payload for event in events(applied, "person_exported")] == [{"rows": 2}]
    assert [row["kind"] for row in json.loads(coach("export", "ben@example.test")[1])["events"]] == ["person_exported"]


def test_an_erasure_asks_first_and_then_leaves_nothing(coach, applied):
    code, out, err = coach("erase", "ben@example.test")
    assert (code, out) == (BAD_INPUT, "")
    assert err.startswith("This would delete 1 in people, 1 in platform_identities, for good.")
    assert coach("export", "ben@example.test")[0] == DONE
    code, out, err = coach("erase", "ben@example.test", "--yes")
    assert (code, err) == (DONE, "")
    assert out.splitlines()[:3] == ["platform_identities: 1 deleted", "events: 1 deleted", "people: 1 deleted"]
    for place in ("people.csv", "company.yaml", "SOP", "backups"):
        assert place in out
    code, _, err = coach("export", "slack:U2")
    assert code == BAD_INPUT
    assert "Nobody here is known as 'slack:U2'" in err


@pytest.mark.parametrize("command", ["export", "erase"])
def test_a_stranger_can_be_neither_exported_nor_erased(coach, applied, command):
    code, out, err = coach(command, "ghost@example.test")
    assert (code, out) == (BAD_INPUT, "")
    assert "Nobody here is known as" in err
