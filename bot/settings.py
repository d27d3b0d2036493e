"""Owns Settings: the environment read once, every mistake reported at once, secrets never printed."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from coach.spending import Prices
from metrics.errors import Refusal
from metrics.people import ENTRA_ID

DATABASE_SCHEMES = ("sqlite", "postgresql")
FEWEST_SECRET_CHARACTERS = 16
MODEL_PROVIDERS = ("openai", "anthropic", "azure_openai", "ollama")
EMBEDDINGS_PROVIDERS = ("openai", "azure_openai", "ollama", "local")
# Two tries, each with passages of 5,000 tokens, a question and earlier ones, and two replies.
MOST_TOKENS_AN_ANSWER = 25_000
MOST_PRICE = 1_000_000
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Settings(BaseSettings):
    """What the environment may set: COACH_ and the name in capitals; a platform's own under its usual name."""

    model_config = SettingsConfigDict(
        env_prefix="COACH_", env_ignore_empty=True, frozen=True, extra="ignore", populate_by_name=True
    )

    home: Path = Field(
        default=Path("~/.coach"), description="Data folder of every command: database, index and language model."
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="Database address, postgresql://… or sqlite:///…; unset, a SQLite file in the data folder.",
    )
    chroma_url: str | None = Field(
        default=None, description="Address of a Chroma server, http://host:port; unset, an index in the data folder."
    )
    threads: int = Field(default=2, ge=1, le=64, description="Processor threads the language model may use.")
    indexing: Literal["best", "fast"] = Field(
        default="best", description="`fast` reads each passage once at `coach apply`, and finds a little less."
    )
    embeddings: str | None = Field(
        default=None,
        description="Embedding model in place of the bundled one, provider:name; of openai, azure_openai and ollama; "
        "or local:FOLDER with an ONNX model.",
    )
    embeddings_key: SecretStr | None = Field(default=None, description="Key of the embeddings' provider.")
    embeddings_url: str | None = Field(
        default=None,
        description="Address of the embeddings' provider; with openai:name any server that speaks OpenAI's protocol.",
    )
    reranker_url: str | None = Field(
        default=None, description="Address, ending in /rerank, that puts the first 20 passages in order."
    )
    reranker_key: SecretStr | None = Field(default=None, description="Key of the reranker.")
    reranker_model: str | None = Field(
        default=None, description="Reranker's model, as Cohere and Jina want it; text-embeddings-inference wants none."
    )
    host: str = Field(default="127.0.0.1", description="Address `coach serve` listens on; 0.0.0.0 for all.")
    port: int = Field(
        default=8000,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("COACH_PORT", "PORT"),
        description="Port `coach serve` listens on; PORT is read too.",
    )
    slack_bot_token: SecretStr | None = Field(
        default=None, validation_alias="SLACK_BOT_TOKEN", description="Token of the installed Slack app, xoxb-…"
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        validation_alias="SLACK_SIGNING_SECRET",
        description="Secret that proves Slack sent a request; needed unless Socket Mode is used.",
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        validation_alias="SLACK_APP_TOKEN",
        description="App-level token, xapp-…; set, Coach connects by Socket Mode.",
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        validation_alias="SLACK_API_URL",
        description="Address of Slack's Web API; the trial sets its own.",
    )

    teams_app_id: str | None = Field(
        default=None,
        validation_alias="TEAMS_APP_ID",
        description="Application (client) id of your bot's registration in Entra.",
    )
    teams_app_password: SecretStr | None = Field(
        default=None,
        validation_alias="TEAMS_APP_PASSWORD",
        description="Value of a client secret of that registration.",
    )
    teams_tenant_id: str | None = Field(
        default=None, validation_alias="TEAMS_TENANT_ID", description="Directory (tenant) id of your Microsoft 365."
    )
    teams_secret_expires_on: date | None = Field(
        default=None,
        validation_alias="TEAMS_SECRET_EXPIRES_ON",
        description="Day the client secret expires, YYYY-MM-DD; Coach warns 30 days before.",
    )
    teams_auth: Literal["token", "anonymous"] = Field(
        default="token",
        validation_alias="TEAMS_AUTH",
        description="`anonymous` takes what a Teams simulator on this machine sends, without tokens; only on loopback.",
    )
    teams_openid_url: str = Field(
        default="https://login.botframework.com/v1/.well-known/openidconfiguration",
        validation_alias="TEAMS_OPENID_URL",
        description="Where Microsoft publishes the keys it signs with.",
    )

    model: str | None = Field(
        default=None,
        description="Model that phrases answers, provider:name; of openai, anthropic, azure_openai and ollama.",
    )
    model_key: SecretStr | None = Field(default=None, description="Key of the model's provider.")
    model_url: str | None = Field(
        default=None,
        description="Address of the model's provider; with openai:name any server that speaks OpenAI's protocol.",
    )
    model_api_version: str | None = Field(default=None, description="API version, for azure_openai only.")
    model_tokens_a_day: int | None = Field(
        default=1_000_000, ge=0, description="Most tokens a day the model may use; over it, answers are quotes."
    )
    model_money_a_day: Decimal | None = Field(
        default=None, ge=0, description="Most money a day the model may cost, by the two prices."
    )
    model_price_in: Decimal = Field(
        default=Decimal(0), ge=0, le=MOST_PRICE, description="Price of a million tokens sent."
    )
    model_price_out: Decimal = Field(
        default=Decimal(0), ge=0, le=MOST_PRICE, description="Price of a million tokens written."
    )

    public_url: str | None = Field(
        default=None,
        description="Coach's own address as others reach it, https://…; opens its pages, and HubSpot signs for it.",
    )
    work_events_secret: SecretStr | None = Field(
        default=None, description="Secret that signs reports of the work; unset, /work-events is closed."
    )
    zendesk_secret: SecretStr | None = Field(
        default=None, description="Signing secret of the Zendesk webhook that reports the work."
    )
    hubspot_secret: SecretStr | None = Field(
        default=None, description="Client secret of the HubSpot app that reports the work."
    )
    jira_secret: SecretStr | None = Field(default=None, description="Secret of the Jira webhook that reports the work.")

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        try:
            return home.expanduser().absolute()
        except RuntimeError:
            raise ValueError("names a user this machine does not have after the ~") from None

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and urlsplit(url.get_secret_value()).scheme.split("+")[0] not in DATABASE_SCHEMES:
            raise ValueError("must begin with postgresql:// or sqlite:///")
        return url

    @field_validator("chroma_url")
    @classmethod
    def _known_server(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "http://host")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ValueError("must look like http://host:8000")
        return url

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _token(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        prefix = "xoxb-" if info.field_name == "slack_bot_token" else "xapp-"
        if token is not None and not token.get_secret_value().startswith(prefix):
            raise ValueError(f"must begin with {prefix}")
        return token

    @field_validator("work_events_secret", "zendesk_secret", "hubspot_secret", "jira_secret")
    @classmethod
    def _hard_to_guess(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < FEWEST_SECRET_CHARACTERS:
            raise ValueError(f"must have at least {FEWEST_SECRET_CHARACTERS} characters")
        return secret

    @field_validator("slack_api_url", "teams_openid_url", "public_url", "model_url", "embeddings_url", "reranker_url")
    @classmethod
    def _safe_address(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url is None:
            return None
        try:
            parts = urlsplit(url)
            is_address = bool(parts.hostname) and parts.port != 0 and not any(map(str.isspace, url))
        except ValueError:
            is_address = False
        if not is_address and "://" in url:
            raise ValueError("must be an address like https://host/path, a port a number up to 65535")
        if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in LOOPBACK):
            raise ValueError("must begin with https://, or lead to this machine")
        return url.rstrip("/") + "/" if info.field_name == "slack_api_url" else url

    @field_validator("teams_app_id", "teams_tenant_id")
    @classmethod
    def _guid(cls, value: str | None) -> str | None:
        if value is not None and not ENTRA_ID.fullmatch(value):
            raise ValueError("must be an id like 11111111-2222-3333-4444-555555555555")
        return value and value.lower()

    @model_validator(mode="after")
    def _whole_bot(self) -> Self:
        if self.teams_auth == "anonymous":
            if self.host not in LOOPBACK:
                raise ValueError(
                    "TEAMS_AUTH=anonymous believes everybody: set COACH_HOST to 127.0.0.1, or leave it out"
                )
            if self.teams_app_password is not None:
                raise ValueError("TEAMS_AUTH=anonymous is for a simulator: leave it out, or TEAMS_APP_PASSWORD")
            return self
        bot = {
            "TEAMS_APP_ID": self.teams_app_id,
            "TEAMS_APP_PASSWORD": self.teams_app_password,
            "TEAMS_TENANT_ID": self.teams_tenant_id,
        }
        missing = [name for name, value in bot.items() if value is None]
        if missing and len(missing) < len(bot):
            raise ValueError(f"Teams needs {', '.join(missing)} too; docs/teams.md says where to find them")
        return self

    @field_validator("model")
    @classmethod
    def _known_provider(cls, model: str | None) -> str | None:
        provider, _, name = (model or "openai:name").partition(":")
        if provider not in MODEL_PROVIDERS or not name.strip():
            raise ValueError(f"must be provider:name, with one of {', '.join(MODEL_PROVIDERS)}")
        return model and f"{provider}:{name.strip()}"

    @field_validator("model_key", "embeddings_key", "reranker_key")
    @classmethod
    def _fits_a_header(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not re.fullmatch(r"[!-~]+", key.get_secret_value()):
            raise ValueError("must be the key alone, on one line: no spaces, no letters with accents")
        return key

    @field_validator("embeddings")
    @classmethod
    def _known_embeddings(cls, embeddings: str | None) -> str | None:
        provider, _, name = (embeddings or "openai:name").partition(":")
        if provider not in EMBEDDINGS_PROVIDERS or not name.strip():
            raise ValueError(f"must be provider:name, with one of {', '.join(EMBEDDINGS_PROVIDERS)}")
        return embeddings

    @model_validator(mode="after")
    def _whole_search(self) -> Self:
        provider = (self.embeddings or "").partition(":")[0]
        if not provider and (self.embeddings_key or self.embeddings_url):
            raise ValueError("COACH_EMBEDDINGS_KEY and COACH_EMBEDDINGS_URL need COACH_EMBEDDINGS=provider:name too")
        if provider == "azure_openai" and self.embeddings_url is None:
            raise ValueError("COACH_EMBEDDINGS=azure_openai:name needs COACH_EMBEDDINGS_URL too")
        if provider not in ("", "local") and self.indexing == "fast":
            raise ValueError("COACH_INDEXING=fast is for a model on this machine: leave it out, or COACH_EMBEDDINGS")
        if self.reranker_url is None and (self.reranker_key or self.reranker_model):
            raise ValueError("COACH_RERANKER_KEY and COACH_RERANKER_MODEL need COACH_RERANKER_URL too")
        return self

    @model_validator(mode="after")
    def _whole_model(self) -> Self:
        if self.model is None and (self.model_key or self.model_url or self.model_api_version):
            raise ValueError("COACH_MODEL_KEY and COACH_MODEL_URL need COACH_MODEL=provider:name too")
        prices = {"model_price_in", "model_price_out"}
        if self.model_money_a_day is not None and not prices <= self.model_fields_set:
            raise ValueError("COACH_MODEL_MONEY_A_DAY needs COACH_MODEL_PRICE_IN and COACH_MODEL_PRICE_OUT too")
        if self.model is not None:
            self._check_provider(self.model.partition(":")[0])
            self._check_budgets()
        return self

    def _check_provider(self, provider: str) -> None:
        if provider == "azure_openai" and not (self.model_url and self.model_key and self.model_api_version):
            raise ValueError(
                "COACH_MODEL=azure_openai:name needs COACH_MODEL_URL, COACH_MODEL_KEY and COACH_MODEL_API_VERSION too"
            )
        if provider != "ollama" and self.model_url is None and self.model_key is None:
            raise ValueError(
                f"COACH_MODEL={provider}:name needs COACH_MODEL_KEY too, or the COACH_MODEL_URL of your own"
            )

    def _check_budgets(self) -> None:
        least = MOST_TOKENS_AN_ANSWER
        if self.model_tokens_a_day is not None and self.model_tokens_a_day < least:
            raise ValueError(
                f"COACH_MODEL_TOKENS_A_DAY must be {least} at least, what one answer may take: raise it, or leave out "
                "COACH_MODEL to have quotes alone"
            )
        cost = Prices(self.model_price_in, self.model_price_out).cost(least, 0)
        if self.model_money_a_day is not None and self.model_money_a_day < cost:
            raise ValueError(
                f"COACH_MODEL_MONEY_A_DAY must be {cost} at least, what one answer may cost: raise it, or leave out "
                "COACH_MODEL to have quotes alone"
            )

    @model_validator(mode="after")
    def _hubspot_signs_the_address(self) -> Self:
        if self.hubspot_secret is not None and self.public_url is None:
            raise ValueError("COACH_HUBSPOT_SECRET needs COACH_PUBLIC_URL too: HubSpot signs the address it sends to")
        return self

    @property
    def uses_slack(self) -> bool:
        """Whether a Slack app is set up."""
        return self.slack_bot_token is not None

    @property
    def uses_teams(self) -> bool:
        """Whether a Teams bot is set up, or a simulator of Teams is to be answered."""
        return self.teams_app_id is not None or self.teams_auth == "anonymous"

    @property
    def uses_socket_mode(self) -> bool:
        """Whether Coach connects to Slack rather than Slack to Coach."""
        return self.slack_app_token is not None

    def database(self) -> str:
        """Return the address SQLAlchemy connects to, PostgreSQL through psycopg."""
        if self.database_url is None:
            return f"sqlite:///{self.home / 'coach.db'}"
        scheme, _, rest = self.database_url.get_secret_value().partition("://")
        return f"postgresql+psycopg://{rest}" if scheme.startswith("postgresql") else f"{scheme}://{rest}"


def read_settings() -> Settings:
    """Read the environment. Raises Refusal that lists every mistake, without the values."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            ": ".join(
                [*(_variable(str(place)) for place in fault["loc"][:1]), fault["msg"].removeprefix("Value error, ")]
            )
            for fault in error.errors(include_input=False)
        ]
        raise Refusal("The environment needs correcting:\n" + "\n".join(lines)) from None


def _variable(location: str) -> str:
    return location if location.isupper() else f"COACH_{location.upper()}"
