"""Reads company.yaml into checked values; every mistake is reported with its line and column."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.answers_block import AnswersBlock, Glossary
from bot.globs import matches
from bot.lessons_block import LessonsBlock, Weekday
from coach.reading import Rejected
from coach.yaml_file import Place, at, place_of, read_yaml, repeated_keys
from lessons.rules import LessonRules
from lessons.skills import SkillFormat, SkillRule
from metrics.policy import EVERYONE, Audience
from metrics.time_zones import is_time_zone

FILE = "company.yaml"
# By the first word of a fault's kind: dict_type, float_parsing and so on.
EXPECTED = {
    "bool": "must be true or false",
    "date": "must be a day like 2026-12-25",
    "dict": "must have lines like `key: value` under it. Add them, or take it out",
    "float": "must be a number like 12",
    "int": "must be a whole number like 12",
    "list": "must be a list like [one, two]",
    "missing": "is missing. Add it",
    "model": "must have lines like `key: value` under it. Add them, or take it out",
    "string": "must be words. Write some, or take it out",
}
LOOKS = {"currency": "must be three capitals like EUR", "locale": "must be a language like en or en-GB"}
NO_DEFAULT = (
    "audiences: needs default_audience: beside it. Write default_audience: everyone, or nobody, for the SOPs that no "
    "line under audiences: names."
)


def _role_name(role: str) -> str:
    if not role.strip() or set(role) & {"|", ";", ","}:
        raise ValueError(f"{role!r} is not a role name: use words without | ; or ,")
    return role.strip()


RoleName = Annotated[str, AfterValidator(_role_name)]


class Skill(BaseModel):
    """A skill staff can practise, and the SOPs it is taught from (names or globs relative to sops/).

    `format` says how it is learned: by practice, from people (human), or both (blended). One with `sign_off` needs a
    person's. `workflows` name the work events about it, `roles` who needs it (all where it names none).
    `benchmark_days` and `adherence_target` are what progress is held against.
    """

    model_config = ConfigDict(extra="forbid")

    title: str
    sops: list[str] = []
    format: SkillFormat = "practice"
    sign_off: bool = False
    workflows: list[str] = []
    roles: list[RoleName] = []
    benchmark_days: int | None = Field(default=None, ge=1, le=365)
    adherence_target: float | None = Field(default=None, gt=0, le=1)

    def rule(self, key: str) -> SkillRule:
        """Return what the practice needs to know of it."""
        whose = (tuple(self.workflows), tuple(self.roles))
        return SkillRule(
            key, self.title, self.format, self.sign_off, *whose, self.benchmark_days, self.adherence_target
        )


class Privacy(BaseModel):
    """How long the company keeps what people write, and how many people a group must have for its figures to show."""

    model_config = ConfigDict(extra="forbid")

    question_text_days: int = Field(default=90, ge=1, le=3650)
    smallest_group: int = Field(default=5, ge=5, le=100)


class Company(BaseModel):
    """What company.yaml says; every key may be left out except default_audience beside audiences."""

    model_config = ConfigDict(extra="forbid")

    name: str = "Your company"
    timezone: str = "UTC"
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    locale: str = Field(default="en", pattern=r"^[a-z]{2}([-_][A-Za-z]{2,4})?$")
    working_days: list[Weekday] = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    holidays: list[date] = []
    roles: list[RoleName] = []
    skills: dict[str, Skill] = {}
    admins: list[str] = []
    auditors: list[str] = []
    default_owner: str | None = None
    people_contact: str | None = None
    emergency_number: str | None = None
    default_audience: Literal["everyone", "nobody"] | None = None
    audiences: dict[str, list[str]] = {}
    privacy: Privacy = Privacy()
    lessons: LessonsBlock | None = None
    answers: AnswersBlock = AnswersBlock()
    glossary: Glossary = {}

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if not is_time_zone(zone):
            raise ValueError(f"{zone!r} is not a time zone like Europe/London")
        return zone

    @field_validator("audiences", mode="before")
    @classmethod
    def _one_role_is_a_list(cls, audiences: Any) -> Any:
        if not isinstance(audiences, dict):
            return audiences
        return {glob: [roles] if isinstance(roles, str) else roles for glob, roles in audiences.items()}

    def skill_rules(self) -> dict[str, SkillRule]:
        """Return what the practice needs to know of each skill, by its key."""
        return {key: skill.rule(key) for key, skill in self.skills.items()}

    def lesson_rules(self) -> LessonRules:
        """Return when practice may be sent; without a block lessons: there is no cohort, and none is sent unasked."""
        return (self.lessons or LessonsBlock()).rules(self.working_days, self.holidays)

    def names(self, file: str) -> bool:
        """Say whether a line under audiences: means an SOP."""
        return any(matches(glob, file) for glob in self.audiences)

    def audience_of(self, file: str) -> Audience:
        """Return who may read an SOP by its path: the intersection of every glob that means it, else the default."""
        naming = [Audience(frozenset(roles)) for glob, roles in self.audiences.items() if matches(glob, file)]
        if not naming:
            return Audience(frozenset()) if self.default_audience == "nobody" else EVERYONE
        audience = naming[0]
        for other in naming[1:]:
            audience = audience.narrowed_to(other)
        return audience


def read_company(text: str, files: Sequence[str]) -> tuple[Company | None, list[str]]:
    """Return the company and every mistake as a sentence with line and column.

    The company is None when a value in it is wrong; `files` are the SOPs its globs must mean.
    """
    try:
        root, values = read_yaml(text)
    except Rejected as reason:
        return None, [f"{FILE} {reason}"]
    if values is None:
        values = {}
    if not isinstance(values, dict):
        return None, [f"{FILE} line 1, column 1: this is not a list of `key: value` lines."]
    faults = _faults(values)
    wrong = {fault["loc"][0] for fault in faults if fault["loc"]}
    # What is right on its own is still checked against the rest, so that one look shows every mistake.
    sound = {key: value for key, value in values.items() if isinstance(key, str) and key not in wrong}
    company = Company.model_validate(sound)
    places = [(place, f"the key {key!r} is written twice. Keep one.") for key, place in repeated_keys(root)]
    places += [(place_of(root, fault["loc"]), _sentence(fault["loc"], fault["msg"], fault["type"])) for fault in faults]
    if company.audiences and company.default_audience is None and "default_audience" not in wrong:
        places.append((place_of(root, ("audiences",)), NO_DEFAULT))
    if "roles" not in wrong:
        places += _unlisted_roles(company, root)
    places += _unmatched_globs(company, root, files)
    mistakes = [f"{FILE} {at(place)}: {sentence}" for place, sentence in sorted(places)]
    return None if faults else company, mistakes


def _faults(values: dict[Any, Any]) -> list[Any]:
    try:
        Company.model_validate(values)
    except ValidationError as error:
        return error.errors(include_url=False, include_input=False)
    return []


def _unmatched_globs(company: Company, root: yaml.Node | None, files: Sequence[str]) -> list[tuple[Place, str]]:
    globs: list[tuple[tuple[str | int, ...], str]] = [(("audiences", glob), glob) for glob in company.audiences]
    for key, skill in company.skills.items():
        globs += [(("skills", key, "sops", place), glob) for place, glob in enumerate(skill.sops)]
    return [
        (place_of(root, path), f"{glob!r} means no file under sops/. Correct the path or take the line out.")
        for path, glob in globs
        if not any(matches(glob, file) for file in files)
    ]


def _unlisted_roles(company: Company, root: yaml.Node | None) -> list[tuple[Place, str]]:
    named: list[tuple[tuple[str, ...], list[str]]] = [
        (("audiences", glob), roles) for glob, roles in company.audiences.items()
    ]
    named += [(("skills", key, "roles"), skill.roles) for key, skill in company.skills.items()]
    cohorts = company.lessons.cohorts if company.lessons else {}
    named += [(("lessons", "cohorts", name, "roles"), cohort.roles) for name, cohort in cohorts.items()]
    return [
        (
            place_of(root, (*where, place)),
            f"the role {role!r} is not listed under roles:. Add it there or correct it.",
        )
        for where, roles in named
        for place, role in enumerate(roles)
        if role not in company.roles
    ]


def _sentence(location: tuple[str | int, ...], message: str, kind: str) -> str:
    name = next((step for step in reversed(location) if isinstance(step, str)), "")
    if kind == "extra_forbidden":
        return f"the key {name!r} is not known here. Correct or remove it."
    told = message.removeprefix("Value error, ").replace("Input should be", "must be")
    expected = LOOKS.get(name) if kind == "string_pattern_mismatch" else EXPECTED.get(kind.partition("_")[0])
    return f"{name}: {expected or told}."
