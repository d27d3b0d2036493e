"""Owns which page stands at which address after /pages."""

from bot.web import answer_pages, content_pages, people_pages
from bot.web.visit import PageMaker

PAGES: dict[str, PageMaker] = {
    "": people_pages.home,
    "/person/{handle}": people_pages.person,
    "/person/{handle}/export.csv": people_pages.own_export,
    "/skill/{handle}": people_pages.skill,
    "/events": people_pages.group_events,
    "/events/{handle}": people_pages.events,
    "/export.csv": people_pages.export,
    "/answer/{answer_id}": answer_pages.answer,
    "/answers": answer_pages.answers,
    "/lesson/{handle}": content_pages.lesson,
    "/revise": content_pages.revise_queue,
    "/use": content_pages.use,
    "/sop/{handle}": content_pages.sop,
    "/sops": content_pages.sops,
    "/programme": content_pages.programme,
    "/definitions": content_pages.definitions,
}
