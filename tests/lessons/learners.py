"""Modules and learners in a few words, for tests of what comes next."""

from datetime import UTC, datetime, timedelta

from lessons.learner import Known, Learner
from lessons.memory import Memory, recall
from lessons.module import Card, Item, Minutes, Module, Part, Taught
from lessons.skills import SkillRule

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
SKILLS = {
    "refunds": SkillRule("refunds", "Refunds", workflows=("refund",)),
    "till": SkillRule("till", "Using the till", workflows=("sale",)),
    "allergens": SkillRule("allergens", "Allergens", sign_off=True, roles=("barista",)),
    "shadowing": SkillRule("shadowing", "Shadowing", format="human"),
}


def days_ago(days):
    return NOW - timedelta(days=days)


def make_item(slug, step=None, phase="practice", kind="choice"):
    return Item(
        slug=slug,
        kind=kind,
        phase=phase,
        title=slug.capitalize(),
        situation=(Part("A customer waits at the counter."),),
        question="What do you do?",
        options=("Ask the shift lead", "Promise it"),
        right=0,
        why="Only the shift lead decides.",
        quote="The shift lead decides.",
        step=step,
    )


def make_module(file, skill="refunds", items=("one", "two"), total=5, after=(), version="1", **facts):
    rest = total - 2
    return Module(
        file=file,
        title=f"Lesson {file.removesuffix('.md')}",
        skill=skill,
        behaviour="They ask first.",
        minutes=facts.pop("minutes", Minutes(1, rest, 1)),
        teaches=(Taught(f"stores/{skill}.md", ("How?",), version),),
        cards=(Card("First", (Part("Ask first."),)),),
        items=tuple(each if isinstance(each, Item) else make_item(each) for each in items),
        after=tuple(after),
        **facts,
    )


def by_file(*modules):
    return {module.file: module for module in modules}


def make_known(item, skill="refunds", days=10, stability=10.0, **facts):
    memory = Memory(stability, 5.0, days_ago(days))
    return Known(item=item, skill=skill, memory=memory, recall=facts.pop("recall", recall(memory, NOW)), **facts)


def make_learner(*known, **facts):
    return Learner(person_id=1, known={each.item: each for each in known}, **facts)
