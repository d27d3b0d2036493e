"""The pages in a real browser: signing in, every page wide and narrow, by keyboard, without JavaScript, on paper."""

import csv
import io
import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

# Somebody for each thing one may be: looks after Coach, leads a shift, works in a store, audits.
PEOPLE = ("idris.calloway", "aoife.brannock", "sofia.belcourt", "leila.osmond", "nell.varley")
HANDLE = re.compile(r"[0-9a-f]{32}")
OWN = {"/pages", "/pages/person/*", "/pages/skill/*", "/pages/events/*", "/pages/answers", "/pages/definitions"}
OWNERS = {"/pages/sops", "/pages/sop/*"}
COMPANY = {"/pages/events", "/pages/revise", "/pages/lesson/*", "/pages/use", "/pages/programme"}
# The auditor of these tests owns SOPs too.
PAGES_OF = {
    "idris.calloway": OWN | OWNERS | COMPANY,
    "aoife.brannock": OWN | OWNERS,
    "sofia.belcourt": OWN,
    "leila.osmond": OWN,
    "nell.varley": OWN | OWNERS | COMPANY,
}


def kind_of(address):
    """Return an address without what it asks for and whom it names."""
    return HANDLE.sub("*", address.partition("?")[0].partition("#")[0])


def walk(page, url):
    """Go to one page of each kind that links lead to, and yield its kind."""
    waiting, known = ["/pages"], {"/pages"}
    while waiting:
        answer = page.goto(url + waiting[0])
        assert answer.status == 200, waiting[0]
        yield kind_of(waiting.pop(0))
        for link in page.locator("a[href^='/pages']").all():
            address = link.get_attribute("href")
            if kind_of(address) not in known and not kind_of(address).endswith(".csv"):
                known.add(kind_of(address))
                waiting.append(address)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("alias", PEOPLE)
def test_every_page_fits_its_screen_and_is_fit_for_everybody(visit, site, axe, keep_picture, alias, width):
    page, found = visit(alias, width=width), set()
    for kind in walk(page, site.url):
        found.add(kind)
        keep_picture(page, f"page {alias} {kind} {width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
        expect(page.locator("h1")).to_have_count(1)
        expect(page.locator("h1 + .takeaway")).not_to_be_empty()
        levels = [int(tag[1]) for tag in page.locator("h1, h2, h3").evaluate_all("all => all.map(one => one.tagName)")]
        assert all(after - before <= 1 for before, after in pairwise(levels)), kind
        assert axe(page) == [], kind
    assert found == PAGES_OF[alias]


def test_what_is_wrong_with_a_page_is_found(chromium, axe):
    page = chromium.new_page()
    page.set_content('<html lang="en"><title>A page</title><main><h1>A</h1><img src="data:,"></main></html>')
    assert [rule for rule, *_ in axe(page)] == ["image-alt"]
    page.close()


def test_a_link_signs_in_once_and_signing_out_ends_it(chromium, site, axe, keep_picture):
    page = chromium.new_context(viewport={"width": 360, "height": 740}).new_page()
    link = site.link("sofia.belcourt")
    page.goto(link)
    keep_picture(page, "page sign in")
    assert axe(page) == []
    assert "Sofia" not in page.content()
    page.get_by_role("button", name="Sign In").click()
    expect(page.locator("h1")).to_have_text("Your Progress")
    page.goto(link)
    expect(page.get_by_text("A link works once, for 10 minutes.")).to_be_visible()
    assert axe(page) == []
    page.goto(f"{site.url}/pages")
    page.get_by_role("button", name="Sign Out").click()
    expect(page.locator("h1")).to_have_text("You Are Signed Out")
    page.go_back()
    page.reload()
    expect(page.locator("h1")).to_have_text("You Are Not Signed In")
    page.context.close()


def test_a_link_works_where_no_script_runs(visit, site):
    page = visit("idris.calloway", java_script_enabled=False)
    page.get_by_role("link", name="Quarter").click()
    expect(page.locator("[aria-current=true]").first).to_have_text("Quarter")
    page.get_by_text("Show the Chart as a Table").click()
    expect(page.locator("figure table")).to_be_visible()
    page.get_by_role("link", name="Site", exact=True).click()
    expect(page.get_by_role("heading", name="Groups by Site")).to_be_visible()
    page.locator("main th a[href*='/person/']").first.click()
    expect(page.get_by_text("That you looked is noted")).to_be_visible()


def test_the_pages_are_walked_by_keyboard_alone(visit, site):
    page = visit("aoife.brannock")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.locator("main :focus")
    expect(focused).to_have_text("Week")
    assert focused.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/pages?period=week")
    wanted = page.locator("main th a[href*='/person/']").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            break
    name = wanted.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pages/person/**")
    expect(page.locator(".takeaway")).to_contain_text(name)


def test_the_file_holds_what_the_page_shows(visit, site):
    page = visit("aoife.brannock")
    shown = page.locator("main th a[href*='/person/']").all_inner_texts()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download as CSV").click()
    content = waiting.value.path().read_bytes()
    assert content.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["person"] for row in rows] == shown
    page.get_by_role("link", name=shown[0]).first.click()
    mastered = page.locator(".facts .value").first.inner_text()
    assert mastered == f"{rows[0]['skills_mastered']} of {rows[0]['skills_needed']}"


def test_on_paper_there_is_nothing_to_press(visit, site, keep_picture):
    page = visit("idris.calloway")
    page.emulate_media(media="print")
    expect(page.locator("nav").first).to_be_hidden()
    expect(page.get_by_role("button", name="Sign Out")).to_be_hidden()
    expect(page.locator("figure svg").first).to_be_visible()
    expect(page.locator("figure .narrow")).to_be_hidden()
    keep_picture(page, "page on paper")
