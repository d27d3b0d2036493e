"""The door of the pages: a link lets one person in once, a session ends at once, and no form comes from elsewhere."""

import asyncio
import re
import threading
from datetime import timedelta
from functools import partial

import pytest
import structlog
from aiohttp import ClientSession, CookieJar, DummyCookieJar
from aiohttp.test_utils import TestServer
from sqlalchemy import select, update

from bot.settings import Settings
from bot.tables import METADATA, SignInLink, WebSession
from bot.web.application import make_application
from bot.web.pages_door import CLOSED, ELSEWHERE, LINK_OVER, NOT_HERE, NOT_SIGNED_IN, PagesDoor
from bot.web.sign_in import is_usable, make_link, pages_url, use_link
from bot.web.visit import Download, Page
from metrics.errors import Refusal
from metrics.people import Person, find_person, load_roster
from metrics.privacy import erase_person, sweep_expired
from tests.metrics.test_people import ADA, BEN

TOKEN = "a-token-of-32-random-bytes-in-tests"
OTHER = "another-token-of-32-random-bytes"
HERE = {"Sec-Fetch-Site": "same-origin"}
# Browsers keep cookies of a bare address too.
KEEPS_COOKIES = partial(CookieJar, unsafe=True)


def fail(visit):
    raise ZeroDivisionError("Ben Ash owes 4711")


def refuse(visit):
    raise Refusal("Choose a week or a month.")


PAGES = {
    "": lambda visit: Page("notice.html", {"title": "Home", "sentence": f"{visit.person.name} <b>key</b>"}),
    "/person/{handle}": lambda visit: None if visit.inside["handle"] != "ben" else Download("a.csv", "text/csv", b"x"),
    "/fails": fail,
    "/refuses": refuse,
}


class Clock:
    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def ben(database, now):
    with database.transaction() as session:
        load_roster(session, [ADA, BEN], now)
        return find_person(session, BEN.email).id


@pytest.fixture
def link(database, now, ben):
    """Make a link for Ben and return its path."""

    def make(token=TOKEN, public_url="http://127.0.0.1:8000"):
        with database.transaction() as session:
            return make_link(session, ben, public_url, token, now)

    return make


class Browser:
    """A browser that keeps cookies, at a door."""

    def __init__(self, http, server):
        self.http, self.server = http, server

    async def get(self, path, **more):
        return await self._call("get", path, **more)

    async def post(self, path, headers=HERE, **more):
        return await self._call("post", path, headers=headers, **more)

    async def _call(self, method, path, **more):
        async with self.http.request(method, self.server.make_url(path), allow_redirects=False, **more) as answer:
            return Answer(answer.status, answer.headers, await answer.text())


class Answer:
    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text

    def says(self, notice):
        return self.status == notice.status and notice.title in self.text and notice.sentence in self.text


def visit(database, clock, play, public_url="http://127.0.0.1:8000", jar=KEEPS_COOKIES):
    """Play something with a browser at the door."""

    async def run():
        door = PagesDoor(lambda: public_url, database, clock, PAGES)
        server = TestServer(make_application([door], list))
        await server.start_server()
        try:
            async with ClientSession(cookie_jar=jar()) as http:
                return await play(Browser(http, server))
        finally:
            await server.close()

    return asyncio.run(run())


async def sign_in(browser, token=TOKEN):
    answer = await browser.post(f"/pages/sign-in/{token}")
    assert (answer.status, answer.headers["Location"]) == (303, "/pages")
    return answer


def test_looking_at_a_link_uses_nothing_and_pressing_its_button_signs_in_once(database, clock, link):
    assert link() == f"http://127.0.0.1:8000/pages/sign-in/{TOKEN}"

    async def play(browser):
        for _ in range(3):
            offered = await browser.get(f"/pages/sign-in/{TOKEN}")
            assert offered.status == 200
            assert "Sign In" in offered.text
            assert "Ben" not in offered.text
        assert (await browser.get("/pages")).says(NOT_SIGNED_IN)
        cookie = (await sign_in(browser)).headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=28800"} <= set(re.split("; ", cookie))
        assert "Secure" not in cookie
        assert "Ben Ash &lt;b&gt;key&lt;/b&gt;" in (await browser.get("/pages")).text
        assert (await browser.post(f"/pages/sign-in/{TOKEN}")).says(LINK_OVER)
        assert (await browser.get(f"/pages/sign-in/{TOKEN}")).says(LINK_OVER)

    visit(database, clock, play)
    with database.session() as session:
        stored = {session.scalar(select(SignInLink.token_hash)), session.scalar(select(WebSession.token_hash))}
    assert len(stored) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in stored)


def test_over_https_the_cookie_is_bound_to_this_host_and_a_proxys_path_is_kept(database, clock, link):
    link()

    async def play(browser):
        answer = await browser.post(f"/pages/sign-in/{TOKEN}")
        assert answer.headers["Location"] == "/coach/pages"
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-coach=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(re.split("; ", cookie))
        assert 'href="/coach/pages/static/pages.css' in (await browser.get("/pages")).text

    visit(database, clock, play, "https://example.test/coach", DummyCookieJar)


def test_a_link_ends_after_ten_minutes_and_when_a_newer_one_is_made(database, clock, link, now):
    link()
    link(OTHER)
    with database.session() as session:
        assert not is_usable(session, TOKEN, now)
        assert is_usable(session, OTHER, now + timedelta(minutes=9, seconds=59))
        assert not is_usable(session, OTHER, now + timedelta(minutes=10))
    clock.at = now + timedelta(minutes=10)

    async def play(browser):
        assert (await browser.get(f"/pages/sign-in/{OTHER}")).says(LINK_OVER)
        assert (await browser.post(f"/pages/sign-in/{OTHER}")).says(LINK_OVER)
        assert (await browser.post("/pages/sign-in/never-made")).says(LINK_OVER)

    visit(database, clock, play)


def test_of_many_who_use_a_link_at_once_one_is_let_in(database, link, now, ben):
    link()
    start, let_in = threading.Barrier(4), []

    def use():
        start.wait()
        with database.transaction() as session:
            let_in.append(use_link(session, TOKEN, now))

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(let_in, key=str) == [ben, None, None, None]


@pytest.mark.parametrize("leaves", ["over", "inactive", "erased"])
def test_a_session_is_over_after_eight_hours_and_at_once_when_its_person_leaves(
    database, clock, link, now, ben, leaves
):
    link()

    async def play(browser):
        await sign_in(browser)
        clock.at = now + timedelta(hours=7, minutes=59)
        assert (await browser.get("/pages")).status == 200
        if leaves == "over":
            clock.at = now + timedelta(hours=8)
        else:
            with database.transaction() as session:
                if leaves == "inactive":
                    session.execute(update(Person).where(Person.id == ben).values(is_active=False))
                else:
                    erase_person(session, METADATA, session.get(Person, ben), now, "ab" * 16)
        for path in ("/pages", "/pages/person/ben", "/pages/none"):
            assert (await browser.get(path)).says(NOT_SIGNED_IN)

    visit(database, clock, play)


def test_nobody_who_left_is_let_in(database, clock, link, ben):
    link()
    with database.transaction() as session:
        session.execute(update(Person).where(Person.id == ben).values(is_active=False))

    async def play(browser):
        assert (await browser.get(f"/pages/sign-in/{TOKEN}")).says(LINK_OVER)
        assert (await browser.post(f"/pages/sign-in/{TOKEN}")).says(LINK_OVER)

    visit(database, clock, play)


def test_signing_out_needs_a_form_of_this_session_and_ends_it(database, clock, link):
    link()

    async def play(browser):
        assert (await browser.post("/pages/sign-out")).says(NOT_SIGNED_IN)
        await sign_in(browser)
        for given in ({}, {"key": "0" * 64}, {"key": "ü"}):
            assert (await browser.post("/pages/sign-out", data=given)).says(ELSEWHERE)
        assert (await browser.get("/pages")).status == 200
        token = next(iter(browser.http.cookie_jar)).value
        from bot.web.sessions import form_key

        out = await browser.post("/pages/sign-out", data={"key": form_key(token)})
        assert "You Are Signed Out" in out.text
        assert "Max-Age=0" in out.headers["Set-Cookie"]
        back = await browser.get("/pages", headers={"Cookie": f"coach={token}"})
        assert back.says(NOT_SIGNED_IN)

    visit(database, clock, play)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded; charset=none", "multipart/form-data", "ours"])
def test_what_no_browser_sends_is_turned_away_and_is_no_fault_of_ours(database, clock, link, kind):
    link()

    async def play(browser):
        assert (await browser.get("/pages", headers={"Cookie": "coach=\udcff"})).says(NOT_SIGNED_IN)
        assert (await browser.get("/pages/sign-in/%ff%ed%a0%80")).says(LINK_OVER)
        await sign_in(browser)
        kinds = {"Content-Type": kind.replace("ours", "application/x-www-form-urlencoded")}
        answer = await browser.post("/pages/sign-out", headers=HERE | kinds, data=b"key=\xff")
        assert answer.says(ELSEWHERE)

    visit(database, clock, play)


def test_a_new_sign_in_ends_the_session_this_browser_had(database, clock, link):
    async def play(browser):
        link()
        await sign_in(browser)
        first = next(iter(browser.http.cookie_jar)).value
        link(OTHER)
        await sign_in(browser, OTHER)
        return first

    first = visit(database, clock, play)

    async def again(browser):
        assert (await browser.get("/pages", headers={"Cookie": f"coach={first}"})).says(NOT_SIGNED_IN)

    visit(database, clock, again)


@pytest.mark.parametrize(
    ("headers", "is_taken"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Origin": "http://127.0.0.1:8000"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "https://elsewhere.test"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_a_form_from_elsewhere_is_not_taken(database, clock, link, headers, is_taken):
    link()

    async def play(browser):
        answer = await browser.post(f"/pages/sign-in/{TOKEN}", headers=headers)
        assert (answer.status == 303) is is_taken
        assert answer.says(ELSEWHERE) is not is_taken

    visit(database, clock, play)


def test_every_answer_says_what_a_browser_may_do_with_it(database, clock, link):
    link()

    async def play(browser):
        answers = [await browser.get(f"/pages/sign-in/{TOKEN}"), await browser.get("/pages/none")]
        await sign_in(browser)
        answers += [await browser.get(path) for path in ("/pages", "/pages/person/ben", "/pages/fails", "/pages/none")]
        for answer in answers:
            assert answer.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["X-Robots-Tag"].startswith("noindex")
        assert answers[3].headers["Content-Disposition"] == 'attachment; filename="a.csv"'
        css = await browser.get("/pages/static/pages.css")
        assert (css.status, css.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
        assert (await browser.get("/pages/static/..%2Fpages.py")).status == 404
        assert (await browser.get("/pages/person/somebody")).says(NOT_HERE)
        assert (await browser.get("/pages/none")).says(NOT_HERE)
        assert "Choose a week or a month." in (await browser.get("/pages/refuses")).text

    visit(database, clock, play)


def test_without_a_public_address_the_pages_are_closed_and_nothing_links_to_them(database, clock, link, tmp_path):
    link()

    async def play(browser):
        for path in ("/pages", "/pages/", f"/pages/sign-in/{TOKEN}", "/pages/person/ben"):
            assert (await browser.get(path)).says(CLOSED)
        assert (await browser.post(f"/pages/sign-in/{TOKEN}")).says(CLOSED)
        assert (await browser.post("/pages/sign-out")).says(CLOSED)

    visit(database, clock, play, None)
    assert pages_url(Settings(home=tmp_path)) is None
    assert pages_url(Settings(home=tmp_path, public_url="https://coach.example/")) == "https://coach.example/pages"


def test_logs_hold_no_token_no_name_and_no_word_of_an_error(database, clock, link):
    link()

    async def play(browser):
        await browser.get(f"/pages/sign-in/{TOKEN}")
        await sign_in(browser)
        cookie = next(iter(browser.http.cookie_jar)).value
        failed = await browser.get("/pages/fails")
        await browser.get("/pages/person/ben")
        return cookie, failed

    with structlog.testing.capture_logs() as logs:
        cookie, failed = visit(database, clock, play)
    assert failed.status == 500
    assert "4711" not in failed.text
    said = str(logs)
    assert not any(secret in said for secret in (TOKEN, cookie, "Ben", "4711", "/person/ben"))
    [bug] = [line for line in logs if line["event"] == "page_failed"]
    assert bug["reference"] in failed.text
    assert {line["page"] for line in logs if line["event"] == "page"} == {"/pages/fails", "/pages/person/{handle}"}


def test_old_links_and_sessions_are_swept_away(database, clock, link, now):
    link()

    async def play(browser):
        await sign_in(browser)

    visit(database, clock, play)
    with database.transaction() as session:
        sweep_expired(session, METADATA, now + timedelta(days=1, hours=7), {})
        assert session.scalar(select(SignInLink.id)) is None
        assert session.scalar(select(WebSession.id)) is not None
        sweep_expired(session, METADATA, now + timedelta(days=1, hours=9), {})
        assert session.scalar(select(WebSession.id)) is None
