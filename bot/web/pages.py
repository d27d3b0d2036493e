"""Owns which page stands at which address."""

from bot.web.visit import Page, PageMaker, Visit


def _home(visit: Visit) -> Page:
    return Page("home.html", {"name": visit.person.name})


PAGES: dict[str, PageMaker] = {"": _home}
