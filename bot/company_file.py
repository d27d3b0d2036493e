"""Reads company.yaml into checked values; every mistake is reported with its line and column."""

from datetime import date
from typing import Any, Literal
from zoneinfo import available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bot.globs import matches
from metrics.policy import EVERYONE, Audience

FILE = "company.yaml"
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Skill(BaseModel):
    """A skill staff can practise, and the SOPs it is taught from (names or globs relative to sops/)."""

    model_config = ConfigDict(extra="forbid")

    title: str
    sops: list[str] = []


class Privacy(BaseModel):
    """How long the company keeps what people write."""

    model_config = ConfigDict(extra="forbid")

    question_text_days: int = Field(default=90, ge=1, le=3650)


class Company(BaseModel):
    """What company.yaml says; every key may be left out except default_audience beside audiences."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    name: str = "Your company"
    timezone: str = "UTC"
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    locale: str = Field(default="en", pattern=r"^[a-z]{2}([-_][A-Za-z]{2,4})?$")
    working_days: list[Weekday] = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    holidays: list[date] = []
    roles: list[str] = []
    skills: dict[str, Skill] = {}
    admins: list[str] = []
    default_owner: str | None = None
    people_contact: str | None = None
    emergency_number: str | None = None
    default_audience: Literal["everyone", "nobody"] | None = None
    audiences: dict[str, list[str]] = {}
    privacy: Privacy = Privacy()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"{zone!r} is not a time zone like Europe/London")
        return zone

    @field_validator("roles")
    @classmethod
    def _plain_names(cls, roles: list[str]) -> list[str]:
        for role in roles:
            if not role.strip() or set(role) & {"|", ";", ","}:
                raise ValueError(f"{role!r} is not a role name: use words without | ; or ,")
        return [role.strip() for role in roles]

    @field_validator("audiences", mode="before")
    @classmethod
    def _one_role_is_a_list(cls, audiences: Any) -> Any:
        if not isinstance(audiences, dict):
            return audiences
        return {glob: [roles] if isinstance(roles, str) else roles for glob, roles in audiences.items()}

    @model_validator(mode="after")
    def _default_is_chosen(self) -> "Company":
        if self.audiences and self.default_audience is None:
            raise ValueError(
                "audiences: needs default_audience: beside it. Write default_audience: everyone, or nobody, "
                "for the SOPs that no line under audiences: names"
            )
        return self

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


def read_company(text: str) -> tuple[Company | None, list[str]]:
    """Return the company, or None and every mistake as a sentence with line and column."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        return None, [f"{FILE}{where}: {error.problem}. Check the spelling and the indentation there."]
    except (yaml.YAMLError, ValueError) as error:
        return None, [f"{FILE}: {error}. Correct it."]
    if root is None:
        return Company(), []
    if not isinstance(values, dict):
        return None, [f"{FILE} line 1, column 1: this is not a list of `key: value` lines."]
    mistakes = [f"{FILE} {place}: the key {key!r} is written twice. Keep one." for key, place in _repeated(root)]
    try:
        company = Company.model_validate(values)
    except ValidationError as error:
        mistakes += [
            f"{FILE} {_place(root, fault['loc'])}: {_sentence(fault['loc'], fault['msg'], fault['type'])}"
            for fault in error.errors(include_url=False)
        ]
        return None, mistakes
    mistakes += _unlisted_roles(company, root)
    return (None, mistakes) if mistakes else (company, [])


def unmatched_globs(company: Company, text: str, files: list[str]) -> list[str]:
    """Return a sentence for each glob that means no SOP."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    globs: list[tuple[tuple[str | int, ...], str]] = [(("audiences", glob), glob) for glob in company.audiences]
    for key, skill in company.skills.items():
        globs += [(("skills", key, "sops", place), glob) for place, glob in enumerate(skill.sops)]
    return [
        f"{FILE} {_place(root, path)}: {glob!r} means no file under sops/. Correct the path or take the line out."
        for path, glob in globs
        if not any(matches(glob, file) for file in files)
    ]


def _unlisted_roles(company: Company, root: yaml.Node) -> list[str]:
    return [
        f"{FILE} {_place(root, ('audiences', glob, place))}: the role {role!r} is not listed under roles:. "
        "Add it there or correct it."
        for glob, roles in company.audiences.items()
        for place, role in enumerate(roles)
        if role not in company.roles
    ]


def _sentence(location: tuple[str | int, ...], message: str, kind: str) -> str:
    name = str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        return f"the key {name!r} is not known here. Correct or remove it."
    text = message.removeprefix("Value error, ")
    return f"{name}: {text}." if name else f"{text}."


def _place(root: yaml.Node | None, location: tuple[str | int, ...]) -> str:
    """Return "line L, column C" of the value at a location, or of the nearest part of it that exists."""
    mark = root.start_mark if root is not None else None
    node = root
    for step in location:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if pair is None:
                break
            mark, node = pair[0].start_mark, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            mark = node.start_mark
        else:
            break
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else "line 1, column 1"


def _repeated(node: yaml.Node) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if str(key.value) in seen:
                found.append((str(key.value), f"line {key.start_mark.line + 1}, column {key.start_mark.column + 1}"))
            seen.add(str(key.value))
            found += _repeated(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            found += _repeated(item)
    return found
