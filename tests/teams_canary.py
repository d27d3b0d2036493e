"""A child process that sends a marked text through every failure of the door to Teams; nothing it prints may hold it.

Run as `python -m tests.teams_canary FOLDER`; prints one line for each failure that happened.
"""

import asyncio
import logging
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.app import App
from bot.database import Database
from bot.logs import configure_logs
from bot.messages import Address, Message, NotSent, PlatformFault, Text
from bot.outcome import Opened
from bot.teams.addresses import AddressBook
from bot.teams.calls import ConnectorCalls, no_token
from bot.teams.send import TeamsPlatform
from tests.canary import MARK, CanaryError, CanaryLane
from tests.slack_door import FORM, OPENED, FormLane
from tests.teams_door import QuietPlatform, Said, teams_door
from tests.teams_loopback import Reply, json_reply, served
from tests.teams_tokens import changed, running_issuer
from tests.teams_trial import teams_trial

FAULTS = ("500", "400", "413", "403", "404", "412", "reset", "reset_after", "malformed")


def main(folder: Path) -> None:
    """Fail in every way, once each."""
    database = Database(f"sqlite:///{folder / 'coach.db'}")
    database.upgrade()
    for scene in (broken_database, broken_lane, broken_reading, form_not_opened, foreign_and_malformed, forged):
        asyncio.run(scene(database))
        print(f"{scene.__name__} happened")
    hostile_service(database)
    print("hostile_service happened")
    database.close()
    for failure in (refused_by_teams, refused_token, broken_handler):
        with teams_trial(folder / failure.__name__) as trial:
            failure(trial)
        print(f"{failure.__name__} happened")


def said() -> Said:
    """People of a tenant who are all called by the mark."""
    people = Said("http://127.0.0.1:9/")
    for person in (people.cara, people.dan):
        person.user = type(person.user)(**{**vars(person.user), "name": MARK, "email": f"{MARK}@example.test"})
    return people


def pressed(people, data=None, name="adaptiveCard/action"):
    value = {"action": {"data": data or {"action": "more", "value": MARK, "words": MARK}}}
    return {**people.question(MARK), "type": "invoke", "name": name, "value": value, "replyToId": "1"}


async def broken_database(database):
    async with teams_door(database) as door:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE inbox RENAME TO lost")
        for activity in (said().question(MARK), pressed(said())):
            assert (await door.post(activity))[0] == 503
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE lost RENAME TO inbox")


async def broken_lane(database):
    async with teams_door(database, lane=CanaryLane()) as door:
        assert (await door.post(pressed(said())))[0] == 200
        form = {"action": "form:more", "value": MARK, "words": MARK}
        assert (await door.post(pressed(said(), form)))[0] == 503


async def broken_reading(database):
    async with teams_door(database) as door:

        def fail(activity, *_):
            raise CanaryError(activity["text"])

        door.gateway._read_and_keep = fail
        assert (await door.post(said().question(MARK)))[0] == 503


class CanaryPlatform(QuietPlatform):
    """Shows nothing: it breaks, and says what it was given."""

    def _show(self, what, address):
        raise CanaryError(MARK)


async def form_not_opened(database):
    lane = FormLane(Opened(OPENED, FORM))
    for platform in (QuietPlatform(fault=NotSent("http_503")), CanaryPlatform()):
        async with teams_door(database, lane=lane, platform=platform) as door:
            assert (await door.post(pressed(said())))[0] == 200
    async with teams_door(database, platform=CanaryPlatform()) as door:
        assert (await door.post(said().question(f"how is {MARK} done?")))[0] == 200


async def foreign_and_malformed(database):
    async with teams_door(database) as door:
        question = said().question(MARK)
        assert (await door.post(changed(question, {"conversation.tenantId": MARK})))[0] == 401
        assert (await door.post(changed(question, {"serviceUrl": f"https://{MARK}.example.test/"})))[0] == 401
        assert (await door.post(b"{" + MARK.encode()))[0] == 400
        assert (await door.post(question, content_type=f"text/{MARK}"))[0] == 400
        assert (await door.post(pressed(said(), name=MARK)))[0] == 400
        assert (await door.post(question | {"type": MARK}))[0] == 200


async def forged(database):
    question = said().question(MARK)
    with running_issuer(question["serviceUrl"]) as issuer:
        async with teams_door(database, issuer) as door:
            tokens = (
                MARK,
                f"Bearer {MARK}",
                f"Bearer {issuer.token(aud=MARK, sub=MARK)}",
                f"Bearer {issuer.signed(issuer.claims(), kid=MARK)}",
            )
            for token in tokens:
                assert (await door.post(question, token))[0] == 401
            issuer.breaks = "garbage"
            door.gateway._door._keys.last_updated = datetime(2020, 1, 1)  # noqa: DTZ001 (the SDK compares naive ones)
            assert (await door.post(question))[0] == 401


def hostile_service(database):
    """A service that says back what it was told."""
    replies = [
        json_reply(500, {"error": {"code": "ServiceError", "message": MARK}}),
        json_reply(400, {"error": {"code": f"{MARK} is bad", "message": MARK}}),
        json_reply(404, {"error": MARK}, **{"Retry-After": MARK}),
        Reply(413, MARK.encode(), "text/html"),
        Reply(200, MARK.encode(), "text/html"),
    ]
    with served(lambda _: replies[0]) as origin:
        calls = ConnectorCalls(no_token, is_anonymous=True)
        platform = TeamsPlatform(calls, AddressBook(database), None, "tenant", lambda: datetime.now(UTC))
        platform._service_url = lambda _: origin
        sending = partial(platform.send, Address("teams", "tenant", "a:1"), Message(MARK, (Text(MARK),)), MARK)
        for _ in range(len(replies)):
            for call in (sending, partial(platform.identify, MARK, "a:1")):
                try:
                    call()
                except PlatformFault as fault:
                    print(f"told {fault}")
            replies.append(replies.pop(0))
        platform.close()


def refused_by_teams(trial):
    cara = _marked(trial)
    for fault in FAULTS:
        trial.connector.faults = partial(_once, [fault])
        cara.say(f"how is {MARK} done?")
        trial.serving.drain(3)


def _once(left, call):
    return left.pop() if left and call.name in ("send", "create", "member") else None


def refused_token(trial):
    trial.connector.faults = lambda call: "401" if call.name == "send" else None
    _marked(trial).say(f"how is {MARK} done?")
    trial.serving.drain(2)


def broken_handler(trial):
    cara = _marked(trial)

    def find(self):
        raise CanaryError(MARK)

    App.library = property(find)
    cara.say(f"how is {MARK} done?")
    trial.serving.drain(1)


def _marked(trial):
    user = trial.tenant.add(MARK, f"{MARK}@example.test")
    return trial.person(user)


if __name__ == "__main__":
    configure_logs(logging.INFO)
    main(Path(sys.argv[1]))
