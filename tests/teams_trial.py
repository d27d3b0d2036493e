"""A tenant of Teams with the whole application behind it: a small company, its people, and what they got."""

import time
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.app import App
from bot.serving import Serving, serving_in_thread
from tests.behind import Behind
from tests.slack_trial import CASHIERS, MANAGER, WAIT_SECONDS, company_app, until
from tests.teams_connector import running_connector
from tests.teams_people import TeamsPerson, Tenant, poster


@dataclass
class TeamsTrial(Behind):
    """The tenant and the application in one hand."""

    app: App
    connector: object
    serving: Serving
    met: list[str] = field(default_factory=list)

    @property
    def tenant(self):
        return self.connector.tenant

    @property
    def url(self):
        return f"http://127.0.0.1:{self.serving.port}/api/messages"

    def person(self, user):
        return TeamsPerson(self.connector, poster(self.url), user)

    def manager(self):
        return self.person(next(user for user in self.tenant.users.values() if user.email == MANAGER))

    def newcomer(self):
        """Somebody of the company who has not been in this trial yet."""
        self.met.append(f"c{len(self.met)}@example.test")
        return self.person(next(user for user in self.tenant.users.values() if user.email == self.met[-1]))

    def act(self, deed, *given, **more):
        """Do something and wait until everything it leads to was handled and sent."""
        done = deed(*given, **more)
        self.settle()
        return done

    def settle(self, within_seconds=WAIT_SECONDS):
        until(self.is_idle, within_seconds)
        # What is shown at once is nobody's to wait for, but tests look at it.
        self.serving.tick()
        until(self.is_idle, within_seconds)
        time.sleep(0.01)

    def last(self, person, conversation=None):
        """What Coach wrote last of all that this person sees there."""
        return person.by_coach(conversation)[-1]

    def assert_counts_agree(self, kept):
        """One event for each of `kept` things that came in, and for each message sent; nothing was refused."""
        self.sent_when_counts_agree(kept)
        assert self.connector.rejections == []


def small_tenant():
    """Everybody of the small company, with Coach installed."""
    tenant = Tenant()
    tenant.add("Ada Oak", MANAGER)
    for number in range(CASHIERS):
        tenant.add(f"Cara Elm {number}", f"c{number}@example.test")
    return tenant


@contextmanager
def teams_trial(folder, url=None, tenant=None):
    """The small company's tenant with Coach in it."""
    tenant = tenant or small_tenant()
    with company_app(folder, url) as app, running_connector(tenant) as connector:
        teams = {"teams_auth": "anonymous", "teams_app_id": tenant.app_id, "teams_tenant_id": tenant.id}
        app.settings = app.settings.model_copy(update={**teams, "host": "127.0.0.1", "port": 0})
        with serving_in_thread(Serving(app)) as serving:
            yield TeamsTrial(app, connector, serving)
