"""The door for the work: only what is signed comes in, each report once, and every refusal says why."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from sqlalchemy import select

from bot.web.application import make_application
from bot.web.work_door import MOST_REPORTS, WorkDoor
from lessons.tables import Appointment
from metrics.people import load_roster
from metrics.work import WorkEvent
from tests.metrics.test_people import ADA, BEN

SECRET = "a secret of the door"
PUBLIC = "https://coach.example"
REPORT = {
    "person": BEN.email,
    "workflow": "refund",
    "step": "3",
    "outcome": "missed",
    "at": "2026-11-20T16:05:00+00:00",
    "reference": "71",
}


@pytest.fixture
def door(database, now):
    with database.transaction() as session:
        load_roster(session, [ADA, BEN], now)
    names = ("own", "zendesk", "hubspot", "jira")
    return WorkDoor(dict.fromkeys(names, SecretStr(SECRET)), PUBLIC, database, lambda: now)


def knock(door, path, body, headers):
    async def play():
        server = TestServer(make_application([door], list))
        await server.start_server()
        try:
            async with ClientSession() as http, http.post(server.make_url(path), data=body, headers=headers) as answer:
                return answer.status, await answer.json() if answer.content_type == "application/json" else None
        finally:
            await server.close()

    return asyncio.run(play())


def own(body, now, secret=SECRET):
    stamp = str(int(now.timestamp()))
    signed = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Coach-Signature": f"t={stamp},v1={signed}"}


def zendesk(body, now, secret=SECRET):
    stamp = now.isoformat()
    signed = hmac.digest(secret.encode(), stamp.encode() + body, "sha256")
    name = "X-Zendesk-Webhook-Signature"
    return {name: base64.b64encode(signed).decode(), f"{name}-Timestamp": stamp}


def hubspot(body, now, secret=SECRET, url=f"{PUBLIC}/work-events/hubspot"):
    stamp = str(int(now.timestamp() * 1000))
    signed = hmac.digest(secret.encode(), b"POST" + url.encode() + body + stamp.encode(), "sha256")
    return {
        "X-HubSpot-Signature-v3": base64.b64encode(signed).decode(),
        "X-HubSpot-Request-Timestamp": stamp,
    }


def jira(body, now, secret=SECRET):
    return {"X-Hub-Signature": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}


TICKET = {
    "ticket": 4711,
    "agent": BEN.email,
    "tags": "vip coach/handoff/3/missed coach/refund/done",
    "at": "2026-11-20T16:05:00Z",
}
DEAL = {
    "eventId": 9,
    "objectId": 5,
    "propertyName": "coach_step",
    "propertyValue": f"{BEN.email}; demo follow-up; 4; corrected",
    "occurredAt": 1_795_190_700_000,
}
ISSUE = {
    "timestamp": 1_795_190_700_000,
    "user": {"emailAddress": ADA.email},
    "issue": {
        "key": "OPS-7",
        "fields": {
            "labels": ["coach-returns", "urgent"],
            "assignee": {"emailAddress": BEN.email},
            "status": {"statusCategory": {"key": "done"}},
        },
    },
    "changelog": {"id": "88", "items": [{"field": "status", "fromString": "Check the box", "toString": "Done"}]},
}
SOURCES = {
    "own": SimpleNamespace(path="/work-events", sign=own, said=REPORT, rows={("refund", "3", "missed")}),
    "zendesk": SimpleNamespace(
        path="/work-events/zendesk",
        sign=zendesk,
        said=TICKET,
        rows={("handoff", "3", "missed"), ("refund", None, "done")},
    ),
    "hubspot": SimpleNamespace(
        path="/work-events/hubspot", sign=hubspot, said=[DEAL], rows={("demo follow-up", "4", "corrected")}
    ),
    "jira": SimpleNamespace(
        path="/work-events/jira", sign=jira, said=ISSUE, rows={("returns", "Check the box", "done")}
    ),
}


@pytest.mark.parametrize("name", SOURCES)
def test_each_system_reports_in_its_own_way_and_once(door, database, now, name):
    source = SOURCES[name]
    body = json.dumps(source.said).encode()
    many = len(source.rows)
    assert knock(door, source.path, body, source.sign(body, now)) == (200, {"new": many, "known": 0, "refused": []})
    assert knock(door, source.path, body, source.sign(body, now)) == (200, {"new": 0, "known": many, "refused": []})
    with database.session() as session:
        rows = session.scalars(select(WorkEvent)).all()
        assert {(row.workflow, row.step, row.outcome) for row in rows} == source.rows
        assert {row.source for row in rows} == {name}


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_not_signed_is_not_taken(door, database, now, name):
    source = SOURCES[name]
    body = json.dumps(source.said).encode()
    good = source.sign(body, now)
    forged = [
        ({}, body),
        (source.sign(body, now, secret="another secret of length"), body),
        (good, body + b" "),
        (dict.fromkeys(good, "é"), body),
        (dict.fromkeys(good, ""), body),
    ]
    if name != "jira":
        forged += [(source.sign(body, now + timedelta(minutes=minutes)), body) for minutes in (-6, 6)]
    for headers, sent in forged:
        status, said = knock(door, source.path, sent, headers)
        assert (status, said["error"][:27]) == (401, "The signature is not right,")
    with database.session() as session:
        assert session.scalars(select(WorkEvent)).all() == []


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"7", b"[7]", b'"x"', b"\xff", b"[" * 5_000, b'{"a": 1}', b"null", b'{"issue": 7, "changelog": [1]}'],
)
def test_whatever_is_signed_gets_an_answer(door, now, name, body):
    source = SOURCES[name]
    status, said = knock(door, source.path, body, source.sign(body, now))
    assert status in (200, 400)
    assert "error" in said or said["new"] == 0


def test_too_many_at_once_are_refused(door, now):
    body = json.dumps([{**REPORT, "reference": str(number)} for number in range(MOST_REPORTS + 1)]).encode()
    assert knock(door, "/work-events", body, own(body, now))[0] == 413


def test_a_wrong_crm_value_says_what_it_must_be(door, now):
    body = json.dumps([{**DEAL, "propertyValue": "done"}]).encode()
    status, said = knock(door, "/work-events/hubspot", body, hubspot(body, now))
    assert (status, said) == (400, {"error": "coach_step must hold four parts: person; workflow; step; outcome."})


def test_one_wrong_report_does_not_cost_the_others(door, now):
    body = json.dumps([{**REPORT, "outcome": "lost"}, 7, REPORT]).encode()
    status, said = knock(door, "/work-events", body, own(body, now))
    assert (status, said["new"]) == (200, 1)
    assert said["refused"] == [
        "outcome is 'lost'. Send one of done, missed, corrected, alone.",
        "The body must be a JSON object, or a list of them.",
    ]


def test_a_board_that_sends_back_corrects(door, database, now):
    back = {**ISSUE, "issue": {**ISSUE["issue"], "fields": {**ISSUE["issue"]["fields"]}}}
    back["issue"]["fields"]["status"] = {"statusCategory": {"key": "new"}}
    body = json.dumps(back).encode()
    knock(door, "/work-events/jira", body, jira(body, now))
    with database.session() as session:
        assert session.scalars(select(WorkEvent.outcome)).all() == ["corrected"]


@pytest.mark.parametrize("odd", [5, True, {"a": 1}, "coach-returns"])
def test_a_board_that_sends_no_lists_reports_nothing(door, now, odd):
    body = json.dumps({"issue": {"fields": {"labels": odd}}, "changelog": {"items": odd}}).encode()
    assert knock(door, "/work-events/jira", body, jira(body, now)) == (200, {"new": 0, "known": 0, "refused": []})


def test_what_lies_ahead_is_an_appointment(door, database, now):
    ahead = {**REPORT, "workflow": "client call", "outcome": "done", "at": (now + timedelta(hours=3)).isoformat()}
    body = json.dumps([REPORT, {**ahead, "reference": "72"}]).encode()
    assert knock(door, "/work-events", body, own(body, now))[0] == 200
    with database.session() as session:
        [row] = session.scalars(select(Appointment))
        assert (row.kind, row.starts_at) == ("client call", now + timedelta(hours=3))


def test_without_a_secret_there_is_no_door(database, now):
    door = WorkDoor({"own": None, "jira": SecretStr(SECRET)}, None, database, lambda: now)
    assert [route.path for route in door.routes()] == ["/work-events/jira"]
    assert knock(door, "/work-events", b"{}", {})[0] == 404
