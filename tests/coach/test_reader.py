"""Behind a citation stands a whole section, and only for who may read it."""

import pytest

from bot.company import apply_folder, read_folder
from coach.answer import Answer
from coach.reader import may_read_all, read_section, sop_folders
from metrics.policy import Asker

MANAGER = Asker(roles=frozenset({"manager"}))
REFUNDS = """---
version: '3'
---
# Refunds

## With a receipt

A refund goes back to the **card** that paid. Ask for the
[receipt](https://example.test) first.

- Count the money
- Sign the slip

1. First
2. Second

## Without

Call the manager.
"""
BONUS = "# Bonus pool\n\nThe bonus pool of the store is two percent of yearly margin.\n"


@pytest.fixture
def folder(company):
    return company(
        {
            "company.yaml": "roles: [manager]\ndefault_audience: everyone\naudiences: {'boss/*.md': manager}\n",
            "sops/shop/refunds.md": REFUNDS,
            "sops/boss/bonus.md": BONUS,
            "sops/loose.md": "# Loose\n\nKeys hang behind the door.\n",
        }
    )


@pytest.fixture
def applied(app, folder, now):
    apply_folder(read_folder(folder), app.database, app.embedder, now)
    return app


def source_of(applied, question, asker=MANAGER):
    from bot.asking import draft_reply

    with applied.database.session() as session:
        reply = draft_reply(applied, session, asker, question).reply
    assert isinstance(reply, Answer)
    return reply.sources[0]


def test_a_section_is_read_in_full_without_marks(applied):
    source = source_of(applied, "refund goes back to the card that paid receipt")
    with applied.database.session() as session:
        section = read_section(session, Asker(), source)
    assert section.heading_path == ("Refunds", "With a receipt")
    assert section.version == "3"
    assert section.paragraphs == (
        "A refund goes back to the card that paid. Ask for the receipt first.",
        "• Count the money\n• Sign the slip",
        "1. First\n2. Second",
    )


def test_a_closed_section_is_read_by_its_audience_alone(applied):
    source = source_of(applied, "bonus pool of the store two percent of yearly margin")
    assert source.file == "boss/bonus.md"
    with applied.database.session() as session:
        assert read_section(session, MANAGER, source) is not None
        assert read_section(session, Asker(), source) is None
        assert may_read_all(session, MANAGER, [source.passage_id])
        assert not may_read_all(session, Asker(), [source.passage_id])


def test_after_a_change_the_section_of_that_name_is_read(applied, folder, now):
    source = source_of(applied, "refund goes back to the card that paid receipt")
    (folder / "sops/shop/refunds.md").write_text(REFUNDS.replace("Count the money", "Count it twice"))
    apply_folder(read_folder(folder), applied.database, applied.embedder, now)
    with applied.database.session() as session:
        assert "• Count it twice\n• Sign the slip" in read_section(session, Asker(), source).paragraphs
        assert not may_read_all(session, Asker(), [source.passage_id, 10_000])
    (folder / "sops/shop/refunds.md").write_text("# Other\n\nNothing of that.\n")
    apply_folder(read_folder(folder), applied.database, applied.embedder, now)
    with applied.database.session() as session:
        assert read_section(session, Asker(), source) is None
        assert not may_read_all(session, Asker(), [source.passage_id])


def test_folders_are_counted_as_far_as_the_asker_may_read(applied):
    with applied.database.session() as session:
        assert dict(sop_folders(session, Asker())) == {"": 1, "shop": 1}
        assert dict(sop_folders(session, MANAGER)) == {"": 1, "shop": 1, "boss": 1}
