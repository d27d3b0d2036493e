"""Reads company.yaml into checked values; every mistake is reported with its line and column."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.globs import matches
from coach.front_matter import AsWritten
from lessons.skills import SkillFormat, SkillRule
from metrics.policy import EVERYONE, Audience
from metrics.time_zones import is_time_zone

FILE = "company.yaml"
NO_DEFAULT = (
    "audiences: needs default_audience: beside it. Write default_audience: everyone, or nobody, for the SOPs that no "
    "line under audiences: names."
)
Place = tuple[int, int]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def _role_name(role: str) -> str:
    if not role.strip() or set(role) & {"|", ";", ","}:
        raise ValueError(f"{role!r} is not a role name: use words without | ; or ,")
    return role.strip()


RoleName = Annotated[str, AfterValidator(_role_name)]


class Skill(BaseModel):
    """A skill staff can practise, and the SOPs it is taught from (names or globs relative to sops/).

    `format` says how it is learned: by practice, from people (human), or both (blended). One with `sign_off` needs a
    person's. `workflows` name the work events about it, `roles` who needs it (all where it names none).
    """

    model_config = ConfigDict(extra="forbid")

    title: str
    sops: list[str] = []
    format: SkillFormat = "practice"
    sign_off: bool = False
    workflows: list[str] = []
    roles: list[RoleName] = []


class Privacy(BaseModel):
    """How long the company keeps what people write."""

    model_config = ConfigDict(extra="forbid")

    question_text_days: int = Field(default=90, ge=1, le=3650)


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
    default_owner: str | None = None
    people_contact: str | None = None
    emergency_number: str | None = None
    default_audience: Literal["everyone", "nobody"] | None = None
    audiences: dict[str, list[str]] = {}
    privacy: Privacy = Privacy()

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
        return {
            key: SkillRule(key, skill.title, skill.format, skill.sign_off, tuple(skill.workflows), tuple(skill.roles))
            for key, skill in self.skills.items()
        }

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
    loader = AsWritten(text)
    try:
        root = loader.get_single_node()
        values = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        return None, [f"{FILE}{where}: {error.problem}. Check the spelling and the indentation there."]
    except (yaml.YAMLError, ValueError) as error:
        return None, [f"{FILE}: {error}. Correct it."]
    except RecursionError:
        return None, [f"{FILE}: its brackets are nested too deeply to read. Correct it."]
    if values is None:
        values = {}
    if not isinstance(values, dict):
        return None, [f"{FILE} line 1, column 1: this is not a list of `key: value` lines."]
    faults = _faults(values)
    wrong = {fault["loc"][0] for fault in faults if fault["loc"]}
    # What is right on its own is still checked against the rest, so that one look shows every mistake.
    sound = {key: value for key, value in values.items() if isinstance(key, str) and key not in wrong}
    company = Company.model_validate(sound)
    places = [(place, f"the key {key!r} is written twice. Keep one.") for key, place in _repeated(root, set())]
    places += [(_place(root, fault["loc"]), _sentence(fault["loc"], fault["msg"], fault["type"])) for fault in faults]
    if company.audiences and company.default_audience is None and "default_audience" not in wrong:
        places.append((_place(root, ("audiences",)), NO_DEFAULT))
    if "roles" not in wrong:
        places += _unlisted_roles(company, root)
    places += _unmatched_globs(company, root, files)
    mistakes = [f"{FILE} line {line}, column {column}: {sentence}" for (line, column), sentence in sorted(places)]
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
        (_place(root, path), f"{glob!r} means no file under sops/. Correct the path or take the line out.")
        for path, glob in globs
        if not any(matches(glob, file) for file in files)
    ]


def _unlisted_roles(company: Company, root: yaml.Node | None) -> list[tuple[Place, str]]:
    named: list[tuple[tuple[str, ...], list[str]]] = [
        (("audiences", glob), roles) for glob, roles in company.audiences.items()
    ]
    named += [(("skills", key, "roles"), skill.roles) for key, skill in company.skills.items()]
    return [
        (
            _place(root, (*where, place)),
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
    return f"{name}: {message.removeprefix('Value error, ')}."


def _place(root: yaml.Node | None, location: tuple[str | int, ...]) -> Place:
    """Return line and column, from 1, of the key or item at a location, or of the nearest part that exists."""
    if root is None:
        return 1, 1
    mark, node = root.start_mark, root
    for step in location:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in reversed(node.value) if key.value == str(step)), None)
            if pair is None:
                break
            mark, node = pair[0].start_mark, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            mark = node.start_mark
        else:
            break
    return mark.line + 1, mark.column + 1


def _repeated(node: yaml.Node | None, visited: set[int]) -> list[tuple[str, Place]]:
    # An alias stands for a node met before, perhaps one around it.
    if node is None or id(node) in visited:
        return []
    visited.add(id(node))
    found: list[tuple[str, Place]] = []
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if str(key.value) in seen:
                found.append((str(key.value), (key.start_mark.line + 1, key.start_mark.column + 1)))
            seen.add(str(key.value))
            found += _repeated(value, visited)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            found += _repeated(item, visited)
    return found
