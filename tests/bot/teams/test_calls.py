"""Calling the Bot Connector: only Teams is called, with a token that works, and each failure has a name."""

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
import requests
from requests.adapters import HTTPAdapter

from bot.messages import Disconnected, Failed, NotSent, Undeliverable, Unsure
from bot.teams.calls import SCOPE, ConnectorCalls, Tokens, is_of_teams, no_token
from tests.teams_loopback import Reply, json_reply, served

TEAMS = "https://smba.trafficmanager.net"
SERVICE_URL = f"{TEAMS}/emea/"
PATH = "v3/conversations/a%3A1/activities"
OF_TEAMS = [
    SERVICE_URL,
    "https://smba.trafficmanager.net",
    "https://SMBA.TrafficManager.net/emea/",
    "https://smba.trafficmanager.net:443/uk/",
    "https://smba.infra.gcc.teams.microsoft.com/gcc/",
    "https://smba.infra.gov.teams.microsoft.us/gcch/",
    "https://europe.botframework.com/",
]
OF_NOBODY_ELSE = [
    "",
    " ",
    "smba.trafficmanager.net",
    "//smba.trafficmanager.net/",
    "https:smba.trafficmanager.net",
    "https:///smba.trafficmanager.net",
    "https://",
    "http://smba.trafficmanager.net/emea/",
    "ftp://smba.trafficmanager.net/",
    "file:///etc/passwd",
    "javascript://smba.trafficmanager.net/%0aalert(1)",
    "https://smba.trafficmanager.net.evil.example/",
    "https://smba.trafficmanager.net.",
    "https://smba.trafficmanager.netevil.example/",
    "https://evil.example/smba.trafficmanager.net/",
    "https://evil.example?smba.trafficmanager.net",
    "https://evil.example#.botframework.com",
    "https://evil.example/.botframework.com",
    "https://evilbotframework.com/",
    "https://botframework.com/",
    "https://botframework.com.evil.example/",
    "https://teams.microsoft.com/",
    "https://evilteams.microsoft.com/",
    "https://evil.example@smba.trafficmanager.net/",
    "https://smba.trafficmanager.net@evil.example/",
    "https://smba.trafficmanager.net:443@evil.example/",
    "https://@smba.trafficmanager.net/",
    "https://:secret@smba.trafficmanager.net/",
    "https://smba.trafficmanager.net:80/",
    "https://smba.trafficmanager.net:8443/",
    "https://smba.trafficmanager.net:0/",
    "https://127.0.0.1:8000\\.botframework.com/",
    "https://other.trafficmanager.net/",
    "https://evil.example\\@smba.trafficmanager.net/",
    "https://smba.trafficmanager.net\\@evil.example/",
    "https://smba.trafficmanager。net/",
    "https://smba.trafficmanager.net／evil.example",
    "https://evil.example／.botframework.com/",
    "https://smba.trafficmanager.nеt/",  # a Cyrillic e
    "https://ѕmba.trafficmanager.net/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]:443/",
    "https://[smba.trafficmanager.net]/",
    "https://[::1].botframework.com/",
    "https://[",
    "https://127.0.0.1/",
    "https://169.254.169.254/metadata",
    "https://2130706433/",
    "https://localhost/",
]
# urlsplit takes a backslash as part of a host, requests as its end.
TWO_READINGS = [
    "https://evil.example\\.botframework.com/",
    "https://evil.example\\.teams.microsoft.com/",
]
IMPOSSIBLE_PORTS = [f"https://smba.trafficmanager.net:{port}/" for port in ("99999", "-1", "x", "443:443")]


class ToLoopback(HTTPAdapter):
    """Brings what is sent to Teams to a server on this machine."""

    def __init__(self, origin):
        super().__init__()
        self.origin = origin

    def send(self, request, **more):
        request.url = request.url.replace(TEAMS, self.origin, 1)
        return super().send(request, **more)


@dataclass
class Service:
    """A server that answers in order, then with an id; `requests` are what it was asked."""

    replies: list = field(default_factory=list)
    requests: list = field(default_factory=list)

    def answer(self, request):
        self.requests.append(request)
        reply = self.replies.pop(0) if self.replies else json_reply(201, {"id": "17"})
        return request.hang() if reply == "hang" else reply

    @property
    def bearers(self):
        return [request.headers.get("Authorization") for request in self.requests]


class Source:
    """Hands out token after token, or the same until a new one is asked for; `fault` is raised instead."""

    def __init__(self):
        self.asked, self.number, self.fault = [], 1, None

    def __call__(self, anew):
        self.asked.append(anew)
        if self.fault is not None:
            raise self.fault
        self.number += anew
        return f"token-{self.number}"


@pytest.fixture
def service():
    service = Service()
    with served(service.answer) as service.origin:
        yield service


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def calls(service, source):
    calls = ConnectorCalls(source, is_anonymous=False, timeout_seconds=2)
    calls._session.mount(TEAMS, ToLoopback(service.origin))
    yield calls
    calls.close()


class TestWhereCallsGo:
    @pytest.mark.parametrize("url", OF_TEAMS)
    def test_teams_is_teams(self, url):
        assert is_of_teams(url, is_anonymous=False)
        assert not is_of_teams(url, is_anonymous=True)

    @pytest.mark.parametrize("url", OF_NOBODY_ELSE)
    def test_nothing_else_is(self, url):
        assert not is_of_teams(url, is_anonymous=False)

    @pytest.mark.parametrize("url", TWO_READINGS)
    def test_nor_what_is_read_in_two_ways(self, url):
        assert not is_of_teams(url, is_anonymous=False)

    @pytest.mark.parametrize("url", IMPOSSIBLE_PORTS)
    def test_nor_what_has_a_port_that_cannot_be(self, url):
        assert not is_of_teams(url, is_anonymous=False)

    @pytest.mark.parametrize("url", ["http://127.0.0.1:56150/", "http://localhost/", "http://[::1]:3978/x/"])
    def test_a_simulator_is_on_this_machine(self, url):
        assert is_of_teams(url, is_anonymous=True)
        assert not is_of_teams(url, is_anonymous=False)

    @pytest.mark.parametrize(
        "url",
        [
            *("http://evil.example/", "http://127.0.0.1.evil.example/", "http://127.0.0.1@evil.example/", "http://["),
            *("http://10.0.0.1/", "http://0.0.0.0/", "http://localhost.evil.example/", "http://[::2]/", ""),
        ],
    )
    def test_and_nowhere_else(self, url):
        assert not is_of_teams(url, is_anonymous=True)

    @pytest.mark.parametrize("is_anonymous", [True, False])
    @pytest.mark.parametrize("url", OF_NOBODY_ELSE)
    def test_no_token_is_even_asked_for_an_address_that_is_not_teams(self, source, url, is_anonymous):
        if is_of_teams(url, is_anonymous):
            return
        calls = ConnectorCalls(source, is_anonymous)
        with pytest.raises(Undeliverable) as caught:
            calls.call("POST", url, PATH, {"type": "message"}, may_double=True)
        assert caught.value.code == "foreign_service_url"
        assert source.asked == []
        calls.close()

    def test_a_redirect_is_not_followed(self, calls, service):
        elsewhere = Service()
        with served(elsewhere.answer) as origin:
            for status in (301, 302, 303, 307, 308):
                service.replies = [Reply(status, headers={"Location": f"{origin}/"})]
                with suppress(Unsure):
                    calls.call("POST", SERVICE_URL, PATH, {}, may_double=True)
        assert elsewhere.requests == []
        assert len(service.requests) == 5

    def test_nothing_in_the_environment_turns_a_call_elsewhere(self, service, monkeypatch, tmp_path):
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login ana password hunter2\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9/")
        calls = ConnectorCalls(no_token, is_anonymous=True)
        assert calls.call("POST", f"{service.origin}/teams/", PATH, {}) == {"id": "17"}
        assert service.bearers == [None]
        calls.close()

    def test_no_cookie_is_kept(self, calls, service):
        service.replies = [Reply(201, b"{}", headers={"Set-Cookie": "ana=1; Path=/"})]
        for _ in range(2):
            calls.call("POST", SERVICE_URL, PATH, {})
        assert ["Cookie" in request.headers for request in service.requests] == [False, False]
        assert list(calls._session.cookies) == []


class TestTokens:
    def test_each_call_carries_one(self, calls, service, source):
        assert calls.call("POST", SERVICE_URL, PATH, {"type": "message"}) == {"id": "17"}
        assert service.bearers == ["Bearer token-1"]
        assert source.asked == [False]
        [request] = service.requests
        assert request.parts == ["emea", "v3", "conversations", "a:1", "activities"]
        assert request.body == b'{"type": "message"}'

    def test_one_that_is_refused_is_replaced_once(self, calls, service, source):
        service.replies = [json_reply(401, {})]
        assert calls.call("POST", SERVICE_URL, PATH, {}, may_double=True) == {"id": "17"}
        assert service.bearers == ["Bearer token-1", "Bearer token-2"]
        assert source.asked == [False, True]

    def test_refused_twice_coach_is_not_welcome(self, calls, service):
        service.replies = [json_reply(401, {}), json_reply(401, {})]
        with pytest.raises(Disconnected) as caught:
            calls.call("POST", SERVICE_URL, PATH, {}, may_double=True)
        assert caught.value.code == "unauthorized"
        assert len(service.requests) == 2

    def test_what_comes_of_the_second_try_counts(self, calls, service):
        service.replies = [json_reply(401, {}), json_reply(403, {"error": {"code": "MessageWritesBlocked"}})]
        with pytest.raises(Undeliverable) as caught:
            calls.call("POST", SERVICE_URL, PATH, {}, may_double=True)
        assert caught.value.code == "MessageWritesBlocked"

    @pytest.mark.parametrize("fault", [Disconnected("invalid_client"), NotSent("no_token")])
    def test_without_one_nothing_is_called(self, calls, service, source, fault):
        source.fault = fault
        with pytest.raises(type(fault)) as caught:
            calls.call("POST", SERVICE_URL, PATH, {}, may_double=True)
        with pytest.raises(type(fault)):
            calls.check()
        assert caught.value is fault
        assert service.requests == []

    def test_a_simulator_is_called_without(self, service):
        calls = ConnectorCalls(no_token, is_anonymous=True)
        calls.check()
        service.replies = [json_reply(401, {})]
        with pytest.raises(Disconnected):
            calls.call("POST", service.origin, PATH, {})
        assert service.bearers == [None]
        calls.close()

    def test_no_failure_names_it(self, calls, service, caplog, capfd):
        for reply in (json_reply(401, {}), json_reply(500, {}), None, json_reply(400, {"error": {"code": "token-1"}})):
            service.replies = [reply, reply]
            with pytest.raises((NotSent, Unsure, Undeliverable)) as caught:
                calls.call("POST", SERVICE_URL, PATH, {}, may_double=True)
            assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True) or (
                caught.value.__context__ is None
            )
        assert "token-" not in caplog.text + "".join(capfd.readouterr())


class MicrosoftSays:
    """What MSAL would say, in order; exceptions are raised."""

    def __init__(self, *answers):
        self.answers, self.scopes, self.removed = list(answers), [], 0

    def acquire_token_for_client(self, scopes):
        self.scopes.append(scopes)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def remove_tokens_for_client(self):
        self.removed += 1


def tokens_from(*answers):
    tokens = Tokens("an app", "a secret", "a tenant")
    tokens._msal = MicrosoftSays(*answers)
    return tokens, tokens._msal


class TestMicrosoft:
    def test_it_is_asked_for_a_token_for_the_service(self):
        tokens, microsoft = tokens_from({"access_token": "abc", "expires_in": 3_599})
        assert tokens(False) == "abc"
        assert (microsoft.scopes, microsoft.removed) == ([[SCOPE]], 0)

    def test_a_new_one_is_asked_for_by_forgetting_the_old(self):
        tokens, microsoft = tokens_from({"access_token": "abc"})
        assert tokens(True) == "abc"
        assert microsoft.removed == 1

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            ({"error": "invalid_client", "error_description": "AADSTS7000215: a secret"}, "invalid_client"),
            ({"error": "unauthorized_client"}, "unauthorized_client"),
            ({"error": "x" * 500}, "x" * 80),
            ({"error": None}, "None"),
            ({}, "no_token"),
        ],
    )
    def test_what_it_refuses_is_the_end(self, answer, code):
        tokens, _ = tokens_from(answer)
        with pytest.raises(Disconnected) as caught:
            tokens(False)
        assert caught.value.code == code

    @pytest.mark.parametrize(
        "error",
        [requests.ConnectionError("login"), requests.Timeout(), requests.HTTPError("503"), ValueError("a page")],
    )
    def test_while_it_is_away_nothing_is_sent(self, error):
        tokens, _ = tokens_from(error, {"access_token": "abc"})
        with pytest.raises(NotSent) as caught:
            tokens(False)
        assert caught.value.code == "no_token"
        assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True)
        assert tokens(False) == "abc"


class TestAnswers:
    @pytest.mark.parametrize(
        ("reply", "kind", "code"),
        [
            (json_reply(200, {}), None, {}),
            (Reply(201, b""), None, {}),
            (json_reply(201, ["17"]), Unsure, "malformed"),
            (Reply(201, b'{"id": "17'), Unsure, "malformed"),
            (Reply(200, b"<html>", "text/html"), Unsure, "malformed"),
            (None, Unsure, "connection_lost"),
            ("hang", Unsure, "timeout"),
            (Reply(502, b"<html>", "text/html"), Failed, "http_502"),
            (Reply(413, b"<html>", "text/html"), Undeliverable, "message_too_large"),
            (json_reply(429, {}, **{"Retry-After": "3"}), NotSent, "ratelimited"),
            (json_reply(403, {"error": {"code": "ForbiddenOperation"}}), Undeliverable, "ForbiddenOperation"),
        ],
    )
    def test_each_has_a_meaning(self, service, reply, kind, code):
        service.replies = [reply]
        calls = ConnectorCalls(no_token, is_anonymous=True, timeout_seconds=0.3)
        if kind is None:
            assert calls.call("POST", service.origin, PATH, {}, may_double=True) == code
        else:
            with pytest.raises(kind) as caught:
                calls.call("POST", service.origin, PATH, {}, may_double=True)
            assert (type(caught.value), caught.value.code) == (kind, code)
        calls.close()

    @pytest.mark.parametrize("reply", [None, "hang", Reply(502)])
    def test_what_can_be_done_twice_unseen_is_just_done_again(self, service, reply):
        service.replies = [reply]
        calls = ConnectorCalls(no_token, is_anonymous=True, timeout_seconds=0.3)
        with pytest.raises(NotSent):
            calls.call("PUT", service.origin, PATH, {})
        assert calls.call("PUT", service.origin, PATH, {}) == {"id": "17"}
        calls.close()

    @pytest.mark.parametrize(
        "reply",
        [Reply(200, b"<html>", "text/html"), Reply(302, headers={"Location": "/"})],
    )
    def test_what_cannot_be_read_is_no_answer(self, service, reply):
        service.replies = [reply]
        calls = ConnectorCalls(no_token, is_anonymous=True)
        try:
            with pytest.raises(NotSent):
                calls.call("GET", service.origin, "v3/conversations/a%3A1/members/ana")
        finally:
            calls.close()

    def test_nobody_listening_is_not_sent(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            calls = ConnectorCalls(no_token, is_anonymous=True)
            with pytest.raises(NotSent) as caught:
                calls.call("POST", f"http://127.0.0.1:{probe.getsockname()[1]}/", PATH, {}, may_double=True)
            calls.close()
        assert caught.value.code == "not_reached"

    def test_many_threads_share_the_connections(self, calls, service):
        said = []
        threads = [
            threading.Thread(target=lambda: said.extend(calls.call("POST", SERVICE_URL, PATH, {}) for _ in range(5)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert said == [{"id": "17"}] * 20
        assert len(service.requests) == 20
