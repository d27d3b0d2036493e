"""Owns what a browser is told and asked at the door of the pages: headers, the cookie, and where a form comes from."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from aiohttp import web

from bot.web.sessions import LASTS

# Pages run no script and load nothing from anywhere else; nothing of them is kept, framed, indexed or told on.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOT_KEPT = {"Cache-Control": "no-store"}


def is_from_here(headers: Mapping[str, str], public_url: str) -> bool:
    """Say whether a request was sent by a page of ours; a browser that says neither way is not believed.

    Under the policy no-referrer a form's Origin is "null" (Fetch, "append a request Origin header"), so
    Sec-Fetch-Site decides where it is sent: by every browser since 2023, over https and to this machine.
    """
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    own = urlsplit(public_url)
    return headers.get("Origin", "").lower() == f"{own.scheme}://{own.netloc}".lower()


def cookie_name(public_url: str) -> str:
    """Return the cookie's name: over https one that browsers let no other host or path set."""
    return "__Host-coach" if _is_https(public_url) else "coach"


def set_cookie(response: web.Response, public_url: str, token: str) -> None:
    """Hand the browser the token of a session."""
    response.set_cookie(
        cookie_name(public_url),
        token,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=_is_https(public_url),
        httponly=True,
        samesite="Lax",
    )


def clear_cookie(response: web.Response, public_url: str) -> None:
    """Take the token back."""
    name = cookie_name(public_url)
    response.del_cookie(name, path="/", secure=_is_https(public_url), httponly=True, samesite="Lax")


def _is_https(public_url: str) -> bool:
    return urlsplit(public_url).scheme == "https"
