"""The environment is read once; every mistake is told at once and no secret with it."""

import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from bot.settings import MOST_TOKENS_AN_ANSWER, Settings, read_settings
from coach.answer import Abstention, Drafted, Trace
from coach.conversation import Turn
from coach.phrase import Asking, prepare
from coach.search import FoundPassage
from metrics.errors import Refusal

SECRET = "hunter2-marked"
NO_VECTORS = np.zeros((0, 2), dtype=np.float32)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in [name for name in os.environ if name.upper().startswith(("COACH_", "TEAMS_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def environment(monkeypatch):
    def put(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"COACH_{name.upper()}", value)

    return put


def refused():
    """Return the mistakes in the environment as they are told; its secret is never among them."""
    with pytest.raises(Refusal) as caught:
        read_settings()
    assert SECRET not in str(caught.value)
    return str(caught.value)


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


APP, TENANT = "00000000-0000-4000-8000-0000000000bb", "11111111-0000-4000-8000-000000000001"
BOT = {"TEAMS_APP_ID": APP, "TEAMS_APP_PASSWORD": SECRET, "TEAMS_TENANT_ID": TENANT}


class TestTeams:
    @pytest.fixture
    def put(self, monkeypatch):
        def put(**values: str) -> None:
            for name, value in values.items():
                monkeypatch.setenv(name, value)

        return put

    def test_without_any_of_it_teams_is_not_used(self):
        assert not read_settings().uses_teams

    def test_a_bot_is_three_settings(self, put):
        put(**BOT)
        settings = read_settings()
        assert settings.uses_teams
        assert (settings.teams_app_id, settings.teams_tenant_id, settings.teams_auth) == (APP, TENANT, "token")
        assert settings.teams_app_password.get_secret_value() == SECRET
        assert SECRET not in repr(settings) + str(settings) + settings.model_dump_json()

    def test_ids_are_compared_in_small_letters(self, put):
        put(**BOT | {"TEAMS_APP_ID": APP.upper(), "TEAMS_TENANT_ID": TENANT.upper()})
        assert (read_settings().teams_app_id, read_settings().teams_tenant_id) == (APP, TENANT)

    @pytest.mark.parametrize("missing", BOT)
    def test_a_part_of_a_bot_says_what_is_missing(self, put, missing):
        put(**{name: value for name, value in BOT.items() if name != missing})
        with pytest.raises(Refusal) as refused:
            read_settings()
        assert f"Teams needs {missing} too; docs/teams.md says where to find them" in str(refused.value)
        assert SECRET not in str(refused.value)

    @pytest.mark.parametrize("name", ["TEAMS_APP_ID", "TEAMS_TENANT_ID"])
    @pytest.mark.parametrize(
        "value",
        ["common", "organizations", "northwind.example", f"{APP}x", APP[:-1], APP.replace("-", ""), f"{{{APP}}}", "🔥"],
    )
    def test_an_id_that_is_none_says_what_one_looks_like(self, put, name, value):
        put(**BOT | {name: value})
        with pytest.raises(Refusal) as refused:
            read_settings()
        assert str(refused.value).splitlines()[1:] == [
            f"{name}: must be an id like 11111111-2222-3333-4444-555555555555"
        ]

    def test_every_mistake_is_told_by_its_own_name_and_without_its_value(self, put):
        put(
            TEAMS_APP_ID=SECRET,
            TEAMS_TENANT_ID=SECRET,
            TEAMS_SECRET_EXPIRES_ON=SECRET,
            TEAMS_AUTH=SECRET,
            TEAMS_OPENID_URL=f"http://{SECRET}.example/",
        )
        with pytest.raises(Refusal) as refused:
            read_settings()
        _, *lines = str(refused.value).splitlines()
        assert [line.partition(":")[0] for line in lines] == [
            "TEAMS_APP_ID",
            "TEAMS_TENANT_ID",
            "TEAMS_SECRET_EXPIRES_ON",
            "TEAMS_AUTH",
            "TEAMS_OPENID_URL",
        ]
        assert SECRET not in str(refused.value)

    @pytest.mark.parametrize("day", ["2026-13-01", "soon", "01.02.2027", "2026-02-30"])
    def test_a_day_is_written_with_the_year_first(self, put, day):
        put(TEAMS_SECRET_EXPIRES_ON=day)
        with pytest.raises(Refusal, match="TEAMS_SECRET_EXPIRES_ON"):
            read_settings()
        put(TEAMS_SECRET_EXPIRES_ON="2027-02-01")
        assert read_settings().teams_secret_expires_on == date(2027, 2, 1)

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "coach.example", "127.0.0.1.evil.example"])
    def test_whoever_believes_everybody_listens_on_this_machine_alone(self, put, host):
        put(TEAMS_AUTH="anonymous", COACH_HOST=host)
        with pytest.raises(Refusal, match="TEAMS_AUTH=anonymous believes everybody"):
            read_settings()
        put(COACH_HOST="127.0.0.1")
        assert read_settings().uses_teams

    def test_a_simulator_needs_no_bot_and_takes_a_part_of_one(self, put):
        put(TEAMS_AUTH="anonymous")
        assert read_settings().uses_teams
        put(TEAMS_APP_ID=APP)
        assert read_settings().teams_app_id == APP

    @pytest.mark.parametrize("url", ["https://login.test/keys", "http://127.0.0.1:9000/keys", "http://[::1]/keys"])
    def test_keys_come_over_https_or_from_this_machine(self, put, url):
        put(TEAMS_OPENID_URL=url)
        assert read_settings().teams_openid_url == url

    @pytest.mark.parametrize(
        "url", ["http://login.test/keys", "ftp://login.test", "login.test", "http://[", "file:///k"]
    )
    def test_and_from_nowhere_else(self, put, url):
        put(TEAMS_OPENID_URL=url)
        with pytest.raises(Refusal, match="TEAMS_OPENID_URL"):
            read_settings()

    def test_an_empty_variable_is_as_good_as_none(self, put):
        put(**dict.fromkeys(BOT, ""), TEAMS_SECRET_EXPIRES_ON="", TEAMS_AUTH="")
        assert read_settings() == Settings()


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        Settings().threads = 3


def test_every_setting_says_what_it_is_for():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("name", ["work_events_secret", "zendesk_secret", "hubspot_secret", "jira_secret"])
def test_a_secret_that_opens_the_door_for_the_work_is_hard_to_guess_and_never_printed(environment, name):
    environment(**{name: "short", "public_url": "https://coach.example"})
    with pytest.raises(Refusal, match=f"COACH_{name.upper()}: must have at least 16 characters"):
        read_settings()
    environment(**{name: f"{SECRET} long enough"})
    assert SECRET not in repr(read_settings())


def test_what_hubspot_signs_must_be_known(environment):
    environment(hubspot_secret=f"{SECRET} long enough")
    with pytest.raises(Refusal, match="COACH_HUBSPOT_SECRET needs COACH_PUBLIC_URL too"):
        read_settings()
    environment(public_url="http://coach.example")
    with pytest.raises(Refusal, match="COACH_PUBLIC_URL: must begin with https://"):
        read_settings()


@pytest.mark.parametrize(
    ("values", "mistake"),
    [
        ({"embeddings": "text-embedding-x"}, "COACH_EMBEDDINGS: must be provider:name, with one of openai"),
        ({"embeddings": "anthropic:x"}, "COACH_EMBEDDINGS: must be provider:name, with one of openai"),
        ({"embeddings": "local: "}, "COACH_EMBEDDINGS: must be provider:name, with one of openai"),
        ({"embeddings_key": SECRET}, "COACH_EMBEDDINGS_URL need COACH_EMBEDDINGS=provider:name too"),
        ({"embeddings": "azure_openai:x"}, "COACH_EMBEDDINGS=azure_openai:name needs COACH_EMBEDDINGS_URL too"),
        ({"embeddings": "openai:x", "indexing": "fast"}, "COACH_INDEXING=fast is for a model on this machine"),
        ({"embeddings": "openai:x", "embeddings_url": "http://elsewhere.test/v1"}, "COACH_EMBEDDINGS_URL: must begin"),
        ({"reranker_url": "http://elsewhere.test/rerank"}, "COACH_RERANKER_URL: must begin with https://"),
        ({"reranker_key": SECRET}, "COACH_RERANKER_KEY and COACH_RERANKER_MODEL need COACH_RERANKER_URL too"),
        ({"reranker_model": "x"}, "COACH_RERANKER_KEY and COACH_RERANKER_MODEL need COACH_RERANKER_URL too"),
    ],
)
def test_what_cannot_search_says_why(environment, values, mistake):
    environment(**values)
    assert mistake in refused()


@pytest.mark.parametrize(
    "values",
    [
        {"embeddings": "openai:x", "embeddings_key": SECRET},
        {"embeddings": "ollama:x", "embeddings_url": "http://127.0.0.1:11434"},
        {"embeddings": "azure_openai:x", "embeddings_url": "https://x.openai.azure.com", "embeddings_key": SECRET},
        {"embeddings": "local:~/models/x", "indexing": "fast"},
        {"reranker_url": "https://api.rerank.test/v2/rerank", "reranker_key": SECRET, "reranker_model": "x"},
    ],
)
def test_embeddings_and_rerankers_that_can_be(environment, values):
    environment(**values)
    settings = read_settings()
    assert settings.embeddings == values.get("embeddings")
    assert SECRET not in repr(settings)


OPENAI = {"model": "openai:x", "model_key": SECRET}
AZURE = {"model": "azure_openai:x", "model_key": SECRET, "model_url": "https://x.openai.azure.com"}


@pytest.mark.parametrize(
    ("values", "mistake"),
    [
        ({"model": "opnai:x"}, "COACH_MODEL: must be provider:name, with one of openai"),
        ({"model": "openai:x"}, "COACH_MODEL=openai:name needs COACH_MODEL_KEY too"),
        ({"model": "anthropic:x"}, "COACH_MODEL=anthropic:name needs COACH_MODEL_KEY too"),
        (AZURE, "COACH_MODEL=azure_openai:name needs COACH_MODEL_URL, COACH_MODEL_KEY and COACH_MODEL_API_VERSION too"),
        ({"model_api_version": "2025-01-01"}, "need COACH_MODEL=provider:name too"),
        ({**OPENAI, "model_key": f"{SECRET}\n"}, "COACH_MODEL_KEY: must be the key alone"),
        ({**OPENAI, "model_key": f"{SECRET}é"}, "COACH_MODEL_KEY: must be the key alone"),
        ({**OPENAI, "model_url": "http://elsewhere.test/v1"}, "COACH_MODEL_URL: must begin with https://"),
        ({**OPENAI, "model_url": "elsewhere.test/v1"}, "COACH_MODEL_URL: must begin with https://"),
        ({**OPENAI, "model_url": "ftp://localhost/v1"}, "COACH_MODEL_URL: must begin with https://"),
        *(
            ({**OPENAI, "model_url": url}, "COACH_MODEL_URL: must be an address like https://host/path")
            for url in (
                "https://",
                "https://[bad",
                "https://host:99999/v1",
                "https://host:abc/v1",
                "https://my host/v1",
            )
        ),
        ({**OPENAI, "model_tokens_a_day": "0"}, "COACH_MODEL_TOKENS_A_DAY must be 25000 at least"),
        (
            {**OPENAI, "model_tokens_a_day": "-1"},
            "COACH_MODEL_TOKENS_A_DAY: Input should be greater than or equal to 0",
        ),
        (
            {**OPENAI, "model_money_a_day": "5", "model_price_in": "3"},
            "needs COACH_MODEL_PRICE_IN and COACH_MODEL_PRICE",
        ),
        (
            {**OPENAI, "model_money_a_day": "0", "model_price_in": "3", "model_price_out": "9"},
            "COACH_MODEL_MONEY_A_DAY must be 0.075 at least",
        ),
        ({**OPENAI, "model_price_in": "1e40"}, "COACH_MODEL_PRICE_IN: Input should be less than or equal to"),
    ],
)
def test_a_model_that_could_never_phrase_an_answer_says_why_at_the_start(environment, values, mistake):
    environment(**values)
    assert mistake in refused()


@pytest.mark.parametrize(
    "values",
    [
        OPENAI,
        {"model": "ollama:x"},
        {"model": "openai:x", "model_url": "http://127.0.0.1:8080/v1"},
        {**AZURE, "model_api_version": "2025-01-01"},
        {**OPENAI, "model_money_a_day": "5", "model_price_in": "3", "model_price_out": "0"},
        {"model_tokens_a_day": "0"},
    ],
)
def test_models_that_can_be(environment, values):
    environment(**values)
    assert read_settings().model == values.get("model")


def test_the_least_budget_holds_any_one_answer():
    words = "word " * 400
    passages = tuple(
        FoundPassage(number, 0.5, "a.md", words[:80], (words[:80],), words * 6, None, None, None, NO_VECTORS)
        for number in range(6)
    )
    history = [Turn("user", words)] * 3
    prepared = prepare(Drafted(Abstention(None, None, Trace()), words, passages), Asking(history=history))
    assert 15_000 < prepared.most_tokens_in + prepared.most_tokens_out <= MOST_TOKENS_AN_ANSWER
