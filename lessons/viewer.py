"""Owns Viewer: whoever looks at progress, with what the company says of skills, groups and its clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from lessons.rules import LessonRules
from lessons.skills import SkillRule
from metrics.people import Person, managers_above, managers_by_person, visible_to
from metrics.policy import Action, Asker, ProgressOf, WholeCompany, may


@dataclass(frozen=True)
class Viewer:
    """`asker` looks; `company` says who looks after it and who audits it.

    `zone` is the company's time zone, `smallest_group` how many people figures of a group are of at least.
    """

    asker: Asker
    company: WholeCompany
    skills: Mapping[str, SkillRule]
    zone: str = "UTC"
    smallest_group: int = 5
    rules: LessonRules = field(default_factory=LessonRules)

    @property
    def sees_company(self) -> bool:
        """Whether they may see figures of groups of everybody."""
        return may(self.asker, Action.SEE_COMPANY, self.company)

    @property
    def sees_content(self) -> bool:
        """Whether they may see how lessons and SOPs do, in figures of the company."""
        return may(self.asker, Action.SEE_CONTENT, self.company)

    @property
    def looks_after_coach(self) -> bool:
        """Whether they look after Coach."""
        return may(self.asker, Action.SEE_HEALTH, self.company)

    def people(self, session: Session) -> list[Person]:
        """Return the active people besides themselves whose standing they may see, by name."""
        return visible_to(session, self.asker, self.company.admin_ids)

    def may_see(self, session: Session, person: Person, action: Action = Action.SEE_PROGRESS) -> bool:
        """Say whether they may see, or do, something about one person."""
        above = frozenset(managers_above(person.id, managers_by_person(session)))
        return person.is_active and may(self.asker, action, ProgressOf(person.id, above, self.company.admin_ids))
