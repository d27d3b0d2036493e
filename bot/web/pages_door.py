"""The door of the pages: who comes in by a link from chat, what each address shows, and how one goes out again."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.database import Database
from bot.handles import handles_of
from bot.logs import log_bug
from bot.web import guarding, sessions
from bot.web.rendering import Templates
from bot.web.sign_in import PATH, is_usable, use_link
from bot.web.visit import Download, Page, PageMaker, Shown, Visit
from metrics.errors import Refusal

A_DAY_SECONDS = 86_400
TOKEN_BYTES = KEY_BYTES = 32

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger()


@dataclass(frozen=True)
class Notice:
    """What is shown where there is no page: a heading, a sentence, and how to go on."""

    status: int
    title: str
    sentence: str


NOT_SIGNED_IN = Notice(403, "You Are Not Signed In", "Write “dashboard” to Coach and open the link it sends you.")
LINK_OVER = Notice(
    410,
    "This Link No Longer Works",
    "A link works once, for 10 minutes. Write “dashboard” to Coach to get a new one.",
)
NOT_HERE = Notice(404, "Nothing Is Here", "There is no such page, or it is not yours to see.")
ELSEWHERE = Notice(
    403,
    "This Did Not Come From a Page of Coach",
    "Open the page again and press its button there. A browser older than 2023 may not work.",
)
CLOSED = Notice(
    404, "These Pages Are Closed", "This Coach has no public address. Everything is in chat: write “progress” to Coach."
)
NO_DATABASE = Notice(503, "Coach Cannot Read Its Records Now", "Try again in a minute.")


class PagesDoor:
    """Answers under /pages, a bot.web Gateway. `pages` are what it shows, by address after /pages.

    `public_url` returns Coach's address as others see it; without one every address says that the pages are closed.
    Attempts are not counted: a token has 256 random bits, and a limit would lock out an office behind one address.
    """

    def __init__(
        self,
        public_url: Callable[[], str | None],
        database: Database,
        now: Callable[[], datetime],
        pages: Mapping[str, PageMaker],
    ) -> None:
        self._public_url = public_url
        self._database = database
        self._now = now
        self._pages = pages
        self._templates = Templates()

    async def start(self) -> None:
        """Take what comes."""

    async def stop(self) -> None:
        """Nothing was begun that is not finished with its answer."""

    def reasons(self) -> list[str]:
        """Return why it is not ready: nothing ever keeps it."""
        return []

    def warnings(self) -> list[str]:
        """Return what will stop it soon: nothing."""
        return []

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses of signing in and out, of each page, and of what lies beside them."""
        return [
            web.get(f"{PATH}/static/{{file}}", self._static),
            web.get(f"{PATH}/sign-in/{{token}}", self._guarded("sign_in_shown", self._offer_sign_in)),
            web.post(f"{PATH}/sign-in/{{token}}", self._guarded("sign_in", self._sign_in)),
            web.post(f"{PATH}/sign-out", self._guarded("sign_out", self._sign_out)),
            *(
                web.get(PATH + path, self._guarded("page", self._show(page), path))
                for path, page in self._pages.items()
            ),
            web.get(f"{PATH}{{rest:.*}}", self._guarded("page", self._show(_nothing), "none")),
        ]

    def _guarded(self, event: str, handler: Handler, path: str = "") -> Handler:
        """Wrap a handler: closed without an address, no form from elsewhere, the headers, one line, one error net."""

        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                public_url = self._public_url()
                if public_url is None:
                    response: web.StreamResponse = self._notice(CLOSED)
                elif request.method == "POST" and not guarding.is_from_here(request.headers, public_url):
                    response = self._notice(ELSEWHERE)
                else:
                    response = await handler(request)
            except Refusal as refusal:
                response = self._notice(Notice(409, "That Is Not Possible", str(refusal)))
            except SQLAlchemyError:
                log.exception("page_not_read", page=path, exc_info=False)
                response = self._notice(NO_DATABASE)
            except web.HTTPException:
                raise
            except Exception as error:
                reference = secrets.token_hex(4)
                log_bug("page_failed", error, reference)
                sentence = f"Something went wrong. Tell whoever looks after Coach this reference: {reference}."
                response = self._notice(Notice(500, "This Page Failed", sentence))
            response.headers.update({**guarding.HEADERS, **guarding.NOT_KEPT})
            log.info(event, page=PATH + path, status=response.status)
            return response

        return answer

    async def _static(self, request: web.Request) -> web.StreamResponse:
        file = self._templates.files.get(request.match_info["file"])
        if file is None:
            raise web.HTTPNotFound
        kept = {"Cache-Control": f"public, max-age={A_DAY_SECONDS}"}
        return web.Response(body=file[1], content_type=file[0], charset="utf-8", headers={**guarding.HEADERS, **kept})

    async def _offer_sign_in(self, request: web.Request) -> web.StreamResponse:
        token, now = request.match_info["token"], self._now()

        def is_good() -> bool:
            with self._database.session() as session:
                return is_usable(session, token, now)

        if not await asyncio.to_thread(is_good):
            return self._notice(LINK_OVER)
        return self._html("sign_in.html", {"prefix": self._prefix()})

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        given, now, old = request.match_info["token"], self._now(), self._token_of(request)
        token = secrets.token_urlsafe(TOKEN_BYTES)

        def let_in() -> bool:
            with self._database.transaction() as session:
                person_id = use_link(session, given, now)
                if person_id is None:
                    return False
                if old:
                    sessions.end_session(session, old, now)
                sessions.begin_session(session, person_id, token, now)
                # Pages are read without writing, so what their addresses are made with is there before.
                handles_of(session, lambda: secrets.token_hex(KEY_BYTES))
                return True

        if not await asyncio.to_thread(let_in):
            return self._notice(LINK_OVER)
        response = web.Response(status=303, headers={"Location": self._prefix() + PATH})
        guarding.set_cookie(response, self._own_url(), token)
        return response

    async def _sign_out(self, request: web.Request) -> web.StreamResponse:
        token = self._token_of(request)
        try:
            given = str((await request.post()).get("key", ""))
        except (ValueError, LookupError):
            # No form of ours: cut short, or in letters nobody knows.
            given = ""
        if not token or not sessions.is_form_key(token, given):
            return self._notice(ELSEWHERE if token else NOT_SIGNED_IN)

        def end() -> None:
            with self._database.transaction() as session:
                sessions.end_session(session, token, self._now())

        await asyncio.to_thread(end)
        response = self._notice(
            Notice(
                200, "You Are Signed Out", "To come back, write “dashboard” to Coach and open the link it sends you."
            )
        )
        guarding.clear_cookie(response, self._own_url())
        return response

    def _show(self, page: PageMaker) -> Handler:
        async def show(request: web.Request) -> web.StreamResponse:
            return await asyncio.to_thread(self._shown, page, request)

        return show

    def _shown(self, page: PageMaker, request: web.Request) -> web.Response:
        token, now = self._token_of(request), self._now()
        with self._database.session() as session:
            person = sessions.signed_in(session, token, now) if token else None
            if person is None:
                return self._notice(NOT_SIGNED_IN)
            root = self._prefix() + PATH
            shown = page(Visit(session, person, now, root, dict(request.match_info), dict(request.query)))
            response = self._answer(shown, {"prefix": self._prefix(), "key": sessions.form_key(token)})
        # Told before it is shown: a look that cannot be noted is none.
        if shown is not None and shown.afterwards is not None:
            with self._database.transaction() as session:
                shown.afterwards(session)
        return response

    def _answer(self, shown: Shown, given: dict[str, Any]) -> web.Response:
        match shown:
            case Page(template, values):
                return self._html(template, {**given, **values})
            case Download(name, content_type, body):
                named = {"Content-Disposition": f'attachment; filename="{name}"'}
                return web.Response(body=body, content_type=content_type, charset="utf-8", headers=named)
            case None:
                return self._notice(NOT_HERE)

    def _notice(self, notice: Notice) -> web.Response:
        values = {"prefix": self._prefix(), "title": notice.title, "sentence": notice.sentence}
        return self._html("notice.html", values, notice.status)

    def _html(self, template: str, values: Mapping[str, Any], status: int = 200) -> web.Response:
        return web.Response(text=self._templates.page(template, values), content_type="text/html", status=status)

    def _token_of(self, request: web.Request) -> str:
        token = request.cookies.get(guarding.cookie_name(self._own_url()), "")
        return token if token.isascii() else ""

    def _prefix(self) -> str:
        """Return the path before ours that a proxy takes away, "" for none."""
        return urlsplit(self._own_url()).path.rstrip("/")

    def _own_url(self) -> str:
        return self._public_url() or ""


def _nothing(_: Visit) -> Shown:
    return None
