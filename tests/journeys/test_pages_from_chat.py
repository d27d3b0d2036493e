"""From a word in chat to a page: the link Coach sends lets one person in, once, to their own progress."""

import re
import urllib.error
import urllib.request
from http.cookiejar import CookieJar

import pytest

from tests.slack_trial import trial


@pytest.fixture
def coach(tmp_path):
    with trial(tmp_path) as running:
        yield running


class Browser:
    """A browser with cookies, which says where its forms come from."""

    def __init__(self):
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def open(self, url, form=None):
        """Return the status and text of a page, or of what a form leads to."""
        sent = urllib.request.Request(url, form, {"Sec-Fetch-Site": "same-origin"} if form is not None else {})
        try:
            with self.opener.open(sent) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


def link_for(coach, human):
    coach.act(human.say, human.dm(), "dashboard")
    # Coach may have something else to say to somebody it meets for the first time.
    return re.findall(r"http://127\.0\.0\.1:\d+/pages/sign-in/[\w-]+", str(coach.by_coach(human, human.dm())))[-1]


def test_a_word_in_chat_opens_ones_own_page_once(coach):
    cara, browser = coach.newcomer(), Browser()
    link = link_for(coach, cara)
    assert browser.open(link)[0] == 200
    status, page = browser.open(link, b"")
    assert status == 200
    assert "Your Progress" in page
    assert "Oak Shop" in page
    assert Browser().open(link, b"")[0] == 410
    # Another link does not end the session that is open.
    link_for(coach, cara)
    assert browser.open(link.partition("/sign-in")[0])[0] == 200


def test_a_manager_sees_their_people_behind_the_link(coach):
    manager, browser = coach.manager(), Browser()
    status, page = browser.open(link_for(coach, manager), b"")
    assert status == 200
    assert "Cara Elm 59" in page
    assert "Refunds" in page
