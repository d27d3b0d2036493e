"""An applied company with an open SOP, one for managers, and people of each kind."""

import pytest

from bot.company import apply_folder, read_folder
from bot.messages import Identity
from tests.chat import Chat

MEMBERS = (
    Identity("U1", True, "Ada Oak", "ada@example.test"),
    Identity("U2", True, "Ben Ash", "ben@example.test"),
    Identity("U3", True, "Cara Elm", "cara@example.test"),
    Identity("U9", True, "Nia New", "nia@example.test", "Europe/Paris"),
    Identity("U8", False, "Guest", "guest@else.test"),
)
FILES = {
    "company.yaml": "name: Oak Shop\nroles: [manager, cashier]\ndefault_audience: everyone\n"
    "audiences: {'boss/*.md': manager}\ndefault_owner: ada@example.test\nemergency_number: '112'\n",
    "people.csv": "name,email,role,slack_id,manager\nAda Oak,ada@example.test,manager,U1,\n"
    "Ben Ash,ben@example.test,cashier,U2,ada@example.test\nCara Elm,cara@example.test,cashier,U3,ada@example.test\n",
    "sops/shop/refunds.md": "---\nowner: ben@example.test\nversion: '3'\n---\n# Refunds\n\n"
    "A refund goes back to the card that paid. Ask for the receipt first.\n",
    "sops/boss/bonus.md": "# Bonus pool\n\nThe bonus pool of the store is two percent of its yearly margin.\n",
}


@pytest.fixture
def folder(company):
    return company(FILES)


@pytest.fixture
def chat(app, folder, now):
    apply_folder(read_folder(folder), app.database, app.embedder, now)
    return Chat(app, now, MEMBERS)
