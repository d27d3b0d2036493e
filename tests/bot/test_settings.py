"""The environment is read once; every mistake is told at once and no secret with it."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings, read_settings
from metrics.errors import Refusal

SECRET = "hunter2-marked"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in [name for name in os.environ if name.upper().startswith("COACH_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def environment(monkeypatch):
    def put(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"COACH_{name.upper()}", value)

    return put


def test_nothing_needs_to_be_set():
    settings = read_settings()
    assert settings.home == Path.home() / ".coach"
    assert settings.database() == f"sqlite:///{settings.home / 'coach.db'}"
    assert settings.chroma_url is None
    assert settings.threads == 2


def test_an_empty_variable_is_as_good_as_none(environment):
    environment(home="", database_url="", chroma_url="", threads="")
    assert read_settings() == Settings()
    assert read_settings().home == Path.home() / ".coach"


def test_the_data_folder_is_absolute(environment):
    environment(home="here")
    assert read_settings().home == Path.cwd() / "here"


@pytest.mark.parametrize(
    ("stated", "address"),
    [
        ("postgresql://u:p@db/coach?x=1", "postgresql+psycopg://u:p@db/coach?x=1"),
        ("postgresql+psycopg2://u@db/coach", "postgresql+psycopg://u@db/coach"),
        ("sqlite:////srv/coach.db", "sqlite:////srv/coach.db"),
    ],
)
def test_a_database_address_goes_to_its_driver(environment, stated, address):
    environment(database_url=stated)
    assert read_settings().database() == address


def test_every_mistake_is_told_at_once_and_no_value_with_it(environment):
    environment(
        home="~nobody-of-that-name/x",
        database_url=f"mysql://u:{SECRET}@db/coach",
        chroma_url=f"ftp://{SECRET}",
        threads="many",
    )
    with pytest.raises(Refusal) as refused:
        read_settings()
    assert str(refused.value).splitlines() == [
        "The environment needs correcting:",
        "COACH_HOME: names a user this machine does not have after the ~",
        "COACH_DATABASE_URL: must begin with postgresql:// or sqlite:///",
        "COACH_CHROMA_URL: must look like http://host:8000",
        "COACH_THREADS: Input should be a valid integer, unable to parse string as an integer",
    ]
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("threads", ["0", "65", "1.5"])
def test_threads_have_bounds(environment, threads):
    environment(threads=threads)
    with pytest.raises(Refusal, match="COACH_THREADS"):
        read_settings()


@pytest.mark.parametrize("url", ["host:8000", "http://", "https:///path", "http://host:port", "http://host:99999"])
def test_a_server_address_needs_a_host_and_a_port_that_can_be(environment, url):
    environment(chroma_url=url)
    with pytest.raises(Refusal, match="COACH_CHROMA_URL"):
        read_settings()


def test_the_database_password_is_never_printed(environment):
    environment(database_url=f"postgresql://u:{SECRET}@db/coach")
    settings = read_settings()
    assert SECRET in settings.database()
    assert SECRET not in repr(settings) + str(settings) + settings.model_dump_json()


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        Settings().threads = 3


def test_every_setting_says_what_it_is_for():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
