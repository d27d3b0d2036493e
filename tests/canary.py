"""A child process that sends a marked text through every failure it can think of; nothing it prints may hold it.

Run as `python -m tests.canary FOLDER`; prints one line for each failure that happened.
"""

import asyncio
import gc
import json
import logging
import sys
import threading
import warnings
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.database import Database
from bot.logs import configure_logs, log_bug
from bot.outcome import Opened
from tests.slack_door import FORM, OPENED, TS, FakeSlack, FormLane, NoLane, slack_door

MARK = "Canary-4711-Zebra"


class CanaryError(Exception):
    """Quotes what it was given, as errors do."""


def main(folder: Path) -> None:
    """Fail in every way, once each."""
    database = Database(f"sqlite:///{folder / 'coach.db'}")
    database.upgrade()
    for failure in (bug, library, own_handler, warning, thread, sql):
        failure(database)
        print(f"{failure.__name__} happened")
    for scene in (forgotten_task, broken_database, broken_lane, hostile_api, foreign_and_malformed, broken_sdk):
        asyncio.run(scene(database))
        print(f"{scene.__name__} happened")
    database.close()


def bug(_):
    try:
        try:
            raise CanaryError(MARK)
        except CanaryError as error:
            raise ValueError(f"cannot take {MARK}") from error
    except ValueError as error:
        log_bug("canary_failed", error, "ref-1")


def library(_):
    logger = logging.getLogger("some.library")
    logger.warning("cannot take %s", MARK)
    logger.error(f"cannot take {MARK}")
    logger.error("cannot count %d", MARK)
    try:
        raise CanaryError(MARK)
    except CanaryError:
        logger.exception(MARK)


def own_handler(_):
    logger = logging.getLogger("talkative")
    logger.setLevel(logging.DEBUG)
    logger.info(MARK)
    logger.critical(MARK, stack_info=True)


def warning(_):
    warnings.warn(f"cannot take {MARK}", UserWarning, stacklevel=1)


def thread(_):
    def die():
        raise CanaryError(MARK)

    dying = threading.Thread(target=die)
    dying.start()
    dying.join()


def sql(database):
    try:
        with database.transaction() as session:
            session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": MARK})
    except SQLAlchemyError as error:
        log_bug("sql_failed", error, "ref-2")


async def forgotten_task(_):
    async def fail():
        raise CanaryError(MARK)

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    gc.collect()


def asked(number):
    event = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": MARK}
    inner = {**event, "ts": TS, "event_ts": TS}
    return {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{number}", "event": inner}


def pressed(number):
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "channel": {"id": "C1", "name": MARK},
        "actions": [{"action_id": "more", "value": MARK}],
        "trigger_id": f"1.{number}.abc",
    }


async def broken_database(database):
    async with slack_door(database) as door:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE inbox RENAME TO lost")
        assert (await door.post(asked(1)))[0] == 503
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE lost RENAME TO inbox")


class CanaryLane(NoLane):
    """A lane whose errors quote what was pressed."""

    def opens(self, incoming):
        return True

    def open(self, session, incoming, now):
        raise CanaryError(incoming.value)

    def errors(self, incoming):
        raise CanaryError(incoming.value)


async def broken_lane(database):
    async with slack_door(database, CanaryLane()) as door:
        assert (await door.press(pressed(2)))[0] == 200
        view = {"id": "V1", "private_metadata": MARK, "callback_id": "more"}
        submitted = {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}, "view": view}
        assert (await door.press(submitted))[0] == 503


async def hostile_api(database):
    slack = FakeSlack()
    refusal = {"ok": False, "error": MARK, "response_metadata": {"messages": [MARK]}}
    slack.answers.update({"views.open": refusal, "assistant.threads.setStatus": refusal})
    async with slack_door(database, FormLane(Opened(OPENED, FORM)), slack) as door:
        assert (await door.press(pressed(3)))[0] == 200
        assert (await door.post(asked(4)))[0] == 200


async def foreign_and_malformed(database):
    async with slack_door(database) as door:
        assert (await door.post({**asked(5), "team_id": "T2"}))[0] == 401
        assert (await door.post(asked(6), secret=MARK))[0] == 401
        assert (await door.post("{" + MARK, content_type="application/json"))[0] == 400
        assert (await door.post(json.dumps(asked(7)), content_type=f"text/{MARK}"))[0] == 400


async def broken_sdk(database):
    async with slack_door(database) as door:
        # The gateway's own reading fails as a whole, inside Bolt.
        door.gateway._take = fail_with
        assert (await door.post(asked(8)))[0] == 503


async def fail_with(body, _):
    raise CanaryError(body["event"]["text"])


if __name__ == "__main__":
    configure_logs(logging.INFO)
    main(Path(sys.argv[1]))
