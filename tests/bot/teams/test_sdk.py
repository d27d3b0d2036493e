"""Who is believed to be Teams: only whoever holds a token for this bot, this service and this tenant."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.database import Database
from bot.tables import METADATA, InboxItem
from bot.teams import gateway as told
from bot.teams import sdk
from tests.teams_door import SERVICE_URL, Said, teams_door
from tests.teams_tokens import OTHER_TENANT, changed, forged, running_issuer

FORGERIES = 80
WORDS = "how do refunds work, Zebra?"
HOURS = timedelta(hours=2)


@pytest.fixture
def store(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'coach.db'}")
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def issuer():
    with running_issuer(SERVICE_URL) as issuer:
        yield issuer


@pytest.fixture
def impatient(monkeypatch):
    """Wait hardly at all for keys, and ask again at once."""
    monkeypatch.setattr(sdk, "KEYS_TIMEOUT_SECONDS", 0.1)
    monkeypatch.setattr(sdk, "KEYS_PAUSE_SECONDS", 0)


@pytest.fixture
def question():
    return Said().question(WORDS)


def everything_stored(database):
    with database.session() as session:
        return {name: sorted(map(repr, session.execute(select(t)))) for name, t in METADATA.tables.items()}


def kept(database):
    with database.session() as session:
        return len(session.scalars(select(InboxItem)).all())


def play(scene):
    asyncio.run(scene())


def age_keys(door, by=HOURS):
    """Let the keys have been fetched that much earlier: the SDK looks at the clock of the machine."""
    door.gateway._door._keys.last_updated -= by


# Forgeries


def pressed(said, data):
    seen_by = {"type": "Action.Execute", "title": "Go", "verb": data["action"], "data": data}
    value = {"action": seen_by, "trigger": "manual"}
    return {**said.question(WORDS), "type": "invoke", "name": "adaptiveCard/action", "value": value, "replyToId": "1"}


def rated(said):
    reaction = {"reaction": "like", "feedback": json.dumps({"feedbackText": "Zebra"})}
    value = {"actionName": "feedback", "actionValue": reaction}
    return {**said.question(WORDS), "type": "invoke", "name": "message/submitAction", "value": value, "replyToId": "1"}


SHAPES = {
    "message": lambda said: said.question(WORDS),
    "slash": lambda said: said.cara.slash(WORDS, said.channel).activity,
    "press": lambda said: pressed(said, {"action": "share", "value": "Zebra"}),
    "rating": rated,
    "edit": lambda said: said.cara.edit(said.question(WORDS)["id"], "Zebra?").activity,
    "deletion": lambda said: said.cara.delete(said.question(WORDS)["id"]).activity,
    "uninstall": lambda said: said.cara.uninstall().activity,
}


@pytest.mark.parametrize("shape", ["message", "slash", "press", "rating", "edit", "deletion", "uninstall"])
def test_no_forgery_of_anything_is_taken_stored_or_logged(store, issuer, shape):
    activity = SHAPES[shape](Said())

    async def scene():
        async with teams_door(store, issuer) as door:
            before = everything_stored(store)
            requests = forged(issuer, SERVICE_URL)
            with capture_logs() as lines:
                answers = {
                    name: await door.post(changed(activity, changes), header)
                    for name, (header, changes) in requests.items()
                }
            assert len(answers) >= FORGERIES
            assert {name: status for name, (status, _) in answers.items() if status != 401} == {}
            assert {json.dumps(body) for _, body in answers.values()} == {json.dumps({"error": told.NOT_TEAMS})}
            assert everything_stored(store) == before
            assert door.platform.shown == []
            assert door.wakes == []
            assert {line["event"] for line in lines} == {"teams_not_accepted"}
            assert len(lines) == len(answers)
            said = json.dumps(lines)
            assert [word for word in ("Zebra", "Cara", "eyJ", "example.test") if word in said] == []
            # The very same activity under a good token: only the proof was missing.
            assert (await door.post(activity))[0] == 200

    play(scene)


def test_a_replayed_token_proves_nothing_about_another_service(store, issuer, question):
    async def scene():
        async with teams_door(store, issuer) as door:
            elsewhere = "https://smba.trafficmanager.net/emea/"
            for header, url in ((issuer.token(), elsewhere), (issuer.token(serviceurl=elsewhere), SERVICE_URL)):
                assert (await door.post(changed(question, {"serviceUrl": url}), f"Bearer {header}"))[0] == 401
            good = f"Bearer {issuer.token(serviceurl=elsewhere)}"
            assert (await door.post(changed(question, {"serviceUrl": elsewhere}), good))[0] == 200

    play(scene)


def test_a_tenant_is_known_however_its_id_is_spelled(store, issuer, question):
    tenant = question["conversation"]["tenantId"]
    shouted = changed(question, {"conversation.tenantId": tenant.upper()})

    async def scene():
        async with teams_door(store, issuer) as door:
            assert (await door.post(shouted))[0] == 200
            assert (await door.post(changed(question, {"channelData.tenant.id": OTHER_TENANT})))[0] == 401

    play(scene)


# Keys


def test_keys_are_fetched_when_first_needed_and_then_known(store, issuer, question):
    async def scene():
        async with teams_door(store, issuer) as door:
            assert issuer.fetches == {}
            answers = await asyncio.gather(*(door.post(changed(question, {"id": str(n)})) for n in range(8)))
            assert {status for status, _ in answers} == {200}
            assert issuer.fetches == {"metadata": 1, "keys": 1}

    play(scene)
    assert kept(store) == 8


def test_a_rotated_key_is_followed_and_the_old_one_no_longer_believed(store, issuer, question):
    async def scene():
        async with teams_door(store, issuer) as door:
            old = f"Bearer {issuer.token()}"
            assert (await door.post(question, old))[0] == 200
            issuer.rotate()
            age_keys(door)
            assert (await door.post(question))[0] == 200
            assert issuer.fetches["keys"] == 2
            assert (await door.post(question, old))[0] == 401

    play(scene)


def test_unknown_keys_do_not_make_coach_ask_again_and_again(store, issuer, question):
    async def scene():
        async with teams_door(store, issuer) as door:
            await door.post(question)
            for number in range(20):
                unknown = issuer.signed(issuer.claims(), kid=f"unknown-{number}")
                assert (await door.post(question, f"Bearer {unknown}"))[0] == 401
            assert issuer.fetches["metadata"] == 1

    play(scene)


@pytest.mark.parametrize("breaks", ["hang", "fail", "garbage"])
def test_without_keys_everything_is_refused_and_readiness_says_so(store, issuer, question, impatient, breaks):
    async def scene():
        async with teams_door(store, issuer) as door:
            assert await door.readiness() == (200, [])
            issuer.breaks = breaks
            before = everything_stored(store)
            with capture_logs() as lines:
                answers = await asyncio.gather(*(door.post(question) for _ in range(4)))
            assert {status for status, _ in answers} == {401}
            assert everything_stored(store) == before
            assert await door.readiness() == (503, [told.NO_KEYS])
            assert {line["event"] for line in lines} == {"teams_keys_not_fetched", "teams_not_accepted"}
            issuer.breaks = None
            assert (await door.post(question))[0] == 200
            assert await door.readiness() == (200, [])

    play(scene)
    assert kept(store) == 1


def test_whoever_waits_for_keys_does_not_ask_for_them_too(store, issuer, question, monkeypatch):
    monkeypatch.setattr(sdk, "KEYS_TIMEOUT_SECONDS", 0.1)

    async def scene():
        async with teams_door(store, issuer) as door:
            issuer.breaks = "hang"
            answers = await asyncio.gather(*(door.post(question) for _ in range(20)))
            assert {status for status, _ in answers} == {401}
            assert issuer.fetches["metadata"] == 1

    play(scene)


def test_a_forger_cannot_make_a_working_door_look_broken(store, issuer, question, impatient):
    async def scene():
        async with teams_door(store, issuer) as door:
            await door.post(question)
            issuer.breaks = "fail"
            age_keys(door)
            unknown = issuer.signed(issuer.claims(), kid="unknown")
            assert (await door.post(question, f"Bearer {unknown}"))[0] == 401
            issuer.breaks = None
            # What Teams really sends is believed by the keys that are known.
            assert (await door.post(question))[0] == 200
            assert await door.readiness() == (200, [])

    play(scene)


def test_while_keys_are_waited_for_the_loop_goes_on(store, issuer, question, monkeypatch):
    monkeypatch.setattr(sdk, "KEYS_TIMEOUT_SECONDS", 2)

    async def scene():
        async with teams_door(store, issuer) as door:
            issuer.breaks = "hang"
            waiting = asyncio.create_task(door.post(question))
            while not issuer.fetches:
                await asyncio.sleep(0.01)
            assert await door.readiness() == (200, [])
            assert not waiting.done()
            assert (await waiting)[0] == 401

    play(scene)
