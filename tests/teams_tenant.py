"""A Microsoft 365 tenant with Coach in it: everybody, every conversation, and where Coach may write."""

import uuid
from dataclasses import dataclass, field

APP_ID = "00000000-0000-4000-8000-0000000000bb"
TENANT_ID = "11111111-0000-4000-8000-000000000001"
COACH = "Coach"


@dataclass(frozen=True)
class User:
    """Somebody in the tenant, or a guest in it; a stranger's `tenant_id` is another. `upn` None is the e-mail."""

    id: str
    aad_object_id: str
    name: str
    email: str
    tenant_id: str
    time_zone: str = "Europe/London"
    role: str = "user"
    upn: str | None = None

    def on_wire(self):
        """Return what a roster says of them."""
        given_name, _, surname = self.name.partition(" ")
        return {
            "id": self.id,
            "objectId": self.aad_object_id,
            "aadObjectId": self.aad_object_id,
            "name": self.name,
            "givenName": given_name,
            "surname": surname,
            "email": self.email,
            "userPrincipalName": self.upn or self.email,
            "tenantId": self.tenant_id,
            "userRole": self.role,
        }


@dataclass
class Place:
    """A conversation: `kind` is personal, groupChat or channel; `members` are user ids.

    Where an owner agreed to it, Coach `hears_all`; elsewhere only what mentions it. `team` is the id of a team.
    """

    id: str
    kind: str
    members: list
    name: str = ""
    team: str | None = None
    has_coach: bool = True
    hears_all: bool = False


@dataclass
class Tenant:
    """Everybody and every conversation; Coach is installed for whoever is added, unless told otherwise."""

    id: str = TENANT_ID
    app_id: str = APP_ID
    users: dict = field(default_factory=dict)
    places: dict = field(default_factory=dict)
    installed: set = field(default_factory=set)
    blocked: set = field(default_factory=set)

    @property
    def bot_id(self):
        return f"28:{self.app_id}"

    def add(self, name, email=None, is_installed=True, **more):
        """Add somebody and return them."""
        number = len(self.users) + 1
        user = User(
            f"29:1{uuid.uuid5(uuid.NAMESPACE_OID, f'{self.id}/{number}').hex}",
            f"22222222-0000-4000-8000-{number:012d}",
            name,
            f"{name.lower().replace(' ', '.')}@example.test" if email is None else email,
            **({"tenant_id": self.id} | more),
        )
        self.users[user.id] = user
        if is_installed:
            self.installed.add(user.id)
        return user

    def personal(self, user):
        """Return the conversation of a person with Coach."""
        id_ = f"a:1{uuid.uuid5(uuid.NAMESPACE_OID, user.id).hex}"
        return self.places.setdefault(id_, Place(id_, "personal", [user.id]))

    def group(self, name, *users, **more):
        """Make a group chat of these people and Coach."""
        return self._make(f"19:{_slug(name)}@thread.v2", "groupChat", name, users, **more)

    def channel(self, name, *users, team="Store 12", **more):
        """Make a channel of a team, with Coach in it."""
        team_id = f"19:{_slug(team)}-general@thread.tacv2"
        return self._make(f"19:{_slug(name)}@thread.tacv2", "channel", name, users, team=team_id, **more)

    def find(self, id_or_name):
        """Return a conversation, or that of a thread, by id or name; None where there is none."""
        bare = id_or_name.partition(";messageid=")[0]
        named = (place for place in self.places.values() if place.name and place.name == id_or_name)
        return self.places.get(bare) or next(named, None)

    def user(self, id_):
        """Return somebody by either of their ids, None where there is nobody."""
        return next((user for user in self.users.values() if id_ in (user.id, user.aad_object_id)), None)

    def refusal(self, place):
        """Return the code with which Coach is kept from writing there, None where it may."""
        if place.kind != "personal":
            return None if place.has_coach else "BotNotInConversationRoster"
        (user_id,) = place.members
        if user_id in self.blocked:
            return "MessageWritesBlocked"
        teams = (other for other in self.places.values() if other.kind == "channel" and other.has_coach)
        if user_id in self.installed or any(user_id in other.members for other in teams):
            return None
        return "BotNotInConversationRoster"

    def install(self, place, is_there):
        """Add Coach to a conversation or take it out."""
        if place.kind != "personal":
            place.has_coach = is_there
        elif is_there:
            self.installed.add(place.members[0])
            self.blocked.discard(place.members[0])
        else:
            self.blocked.add(place.members[0])

    def _make(self, id_, kind, name, users, **more):
        self.places[id_] = Place(id_, kind, [user.id for user in users], name, **more)
        return self.places[id_]


def _slug(name):
    return "-".join("".join(letter if letter.isalnum() else " " for letter in name.lower()).split())
