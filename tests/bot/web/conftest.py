"""A shop with people who practised, and its pages."""

import pytest

from bot.company_file import Company, Skill
from bot.handles import handles_of
from bot.tables import CompanySettings
from tests.bot.web.shop_pages import HOSTILE, Shop
from tests.lessons.shop import NOW, add_person, open_shop


@pytest.fixture
def shop(database):
    """A boss of six who practised, their head, somebody elsewhere, an admin and an auditor."""
    with database.transaction() as session:
        boss, _, _ = open_shop(session)
        admin, auditor = (add_person(session, name, team="Office", roles=("office",)) for name in ("admin", "auditor"))
        head = add_person(session, "head", team="Office", roles=("office",))
        boss.manager_id = head.id
        company = Company(
            name=HOSTILE,
            timezone="Europe/London",
            admins=[admin.email],
            auditors=[auditor.email],
            roles=["cashier", "store manager", "office"],
            skills={
                "refunds": Skill(title="Refunds", roles=["cashier"], workflows=["refund"]),
                "keys": Skill(title="Keys", roles=["office"]),
            },
        )
        session.add(CompanySettings(id=1, values=company.model_dump(mode="json"), applied_at=NOW))
        handles_of(session, lambda: "ab" * 32)
    return database


@pytest.fixture
def pages(shop):
    return Shop(shop)
