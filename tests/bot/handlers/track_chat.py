"""A shop in a chat: an owner who is admin, a manager, a shift lead, and cashiers, a track of every kind of step."""

import random
from dataclasses import replace

from pydantic import SecretStr
from sqlalchemy import select

from bot.app import App
from bot.company import apply_folder, read_folder
from bot.handlers import nudging, tracks
from bot.handlers.request import new_id
from bot.messages import Identity
from bot.queue import resume_sending
from bot.settings import Settings
from coach.embed import WordHashEmbedder
from lessons.shelf import store_modules, store_tracks
from metrics.people import Person
from tests.chat import Chat
from tests.lesson_runs import MODULE
from tests.tracks import TRACK, complete

OLA, ADA, LEE, BEN, CAL = "U1", "U2", "U3", "U4", "U5"
COMPANY = """name: Oak Shop
roles: [owner, manager, shift lead, cashier]
skills:
  refunds: {title: Refunds}
  allergens: {title: Allergens, sign_off: true}
timezone: Europe/London
working_days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]
admins: [ola@example.test]
lessons: {quiet_hours: "20:00-07:00"}
"""
PEOPLE = f"""name,email,slack_id,role,site,manager,start_date
Ola Elm,ola@example.test,{OLA},owner,Head office,,2010-01-04
Ada Oak,ada@example.test,{ADA},manager,Quayside,ola@example.test,2015-01-05
Lee Fir,lee@example.test,{LEE},shift lead,Quayside,ada@example.test,2019-01-07
Ben Ash,ben@example.test,{BEN},cashier,Quayside,ada@example.test,2020-01-06
Cal Yew,cal@example.test,{CAL},cashier,Millgate,ola@example.test,2020-01-06
"""
REFUNDS = """---
title: Refunds
version: "4.2"
---
# Refunds

Pay back.

## Exceptions

Above 100 pounds a manager decides.
"""
FOLDER = {"company.yaml": COMPANY, "people.csv": PEOPLE, "sops/stores/refunds.md": REFUNDS}
BY_HAND = replace(TRACK, is_onboarding=False, is_required=False)


def open_shop(database, company, tmp_path, now, files=FOLDER, track=BY_HAND):
    """Return the chat of the shop; close its app afterwards."""
    app = App(Settings(home=tmp_path / "home", database_url=SecretStr(database.url)), embedder=WordHashEmbedder())
    apply_folder(read_folder(company(files)), app.database, app.embedder, now)
    with app.database.transaction() as session:
        store_modules(session, [MODULE], now)
        store_tracks(session, [track])
        resume_sending(session, "slack", "T1", now)
    return Chat(app, now, tuple(Identity(user, is_member=True) for user in (OLA, ADA, LEE, BEN, CAL)))


def tock(chat, minutes=1):
    """Let the hourly sweep and a tick of the clock pass."""
    chat.at(minutes=minutes)
    with chat.app.database.transaction() as session:
        tracks.sweep(session, chat.now)
    with chat.app.database.transaction() as session:
        nudging.clear_up(session, chat.now)
    for _ in range(9):
        with chat.app.database.transaction() as session:
            if not nudging.send_due(session, chat.now, new_id, random.Random(1)):
                break
    chat.settle()


def rows(chat, table):
    with chat.app.database.session() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def person_of(session, email):
    return session.scalars(select(Person).where(Person.email == email)).one()


def take_lesson(chat, email="ben@example.test"):
    """Let somebody have completed the lesson now; return its run's id."""
    with chat.app.database.transaction() as session:
        return complete(session, person_of(session, email), at=chat.now).id


def seen_by(chat, user):
    """What stands in somebody's direct conversation, oldest first."""
    return [sent for sent in chat.standing() if sent.channel == f"dm-{user}"]
