"""The pages of a company that practised for a season, and browsers that look at them."""

import asyncio
import json
import secrets
import shutil
import threading
from pathlib import Path

import pytest
from aiohttp import web

from bot.company import apply_folder, read_folder
from bot.database import Database
from bot.trial.conversation import SAMPLE_COMPANY
from bot.web.application import make_application
from bot.web.pages import PAGES
from bot.web.pages_door import PagesDoor
from bot.web.sign_in import make_link
from coach.embed import WordHashEmbedder
from metrics.people import find_person
from tests.season import NOW, play_season
from tests.support import skip_or_fail

AXE = Path(__file__).parents[1] / "teams" / "node_modules" / "axe-core" / "axe.min.js"
REFUSED = "Failed to load resource: the server responded with a status of 4"
AUDITOR = "nell.varley@harbourbean.example"
# Of a rule that axe cannot decide by itself it tells among "incomplete": those are looked at by eye.
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


class Site:
    """The pages as they run, and links that let somebody in."""

    def __init__(self, url, database):
        self.url, self.database = url, database

    def link(self, alias):
        """Return a fresh link for somebody by what stands before the @ of their e-mail."""
        with self.database.transaction() as session:
            person = find_person(session, f"{alias}@harbourbean.example")
            return make_link(session, person.id, self.url, secrets.token_urlsafe(32), NOW)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    shutil.copytree(SAMPLE_COMPANY, folder / "company")
    settings = folder / "company" / "company.yaml"
    settings.write_text(f"{settings.read_text()}\nauditors:\n  - {AUDITOR}\n")
    database = Database(f"sqlite:///{folder / 'coach.db'}")
    database.upgrade()
    apply_folder(read_folder(folder / "company"), database, WordHashEmbedder(), NOW)
    play_season(database)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    site = Site("", database)
    door = PagesDoor(lambda: site.url, database, lambda: NOW, PAGES)
    runner = web.AppRunner(make_application([door], list), access_log=None)

    async def listen():
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner.addresses[0][1]

    port = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    site.url = f"http://127.0.0.1:{port}"
    yield site
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    database.close()


@pytest.fixture
def visit(chromium, site):
    """Open the pages as somebody; whatever goes wrong in the browser, or leaves the machine, fails the test."""
    contexts, wrong = [], []

    def sign_in(alias, width=1280, height=900, **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: None if request.url.startswith(site.url) else wrong.append(request.url))
        page.goto(site.link(alias))
        page.get_by_role("button", name="Sign In").click()
        page.wait_for_url(f"{site.url}/pages")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    # Whatever is not there or not theirs is said with a status, which the browser notes by itself.
    assert [line for line in wrong if not line.startswith(REFUSED)] == []


@pytest.fixture(scope="session")
def axe():
    """Return what axe-core finds serious or critical on a page, as rule and where."""
    if not AXE.is_file():
        skip_or_fail("axe-core is not installed; run make test, or npm ci in tests/e2e/teams")
    source = AXE.read_text()

    def look(page):
        # Past the page's own policy, which lets no script in.
        world = page.context.new_cdp_session(page)
        frame = world.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        inside = world.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})["executionContextId"]
        world.send("Runtime.evaluate", {"expression": source, "contextId": inside})
        run = f"axe.run(document, {json.dumps(RULES)}).then(found => JSON.stringify(found.violations))"
        told = {"expression": run, "contextId": inside, "awaitPromise": True, "returnByValue": True}
        violations = json.loads(world.send("Runtime.evaluate", told)["result"]["value"])
        world.detach()
        return [
            (violation["id"], violation["impact"], [node["target"] for node in violation["nodes"]])
            for violation in violations
            if violation["impact"] in ("serious", "critical")
        ]

    return look
