"""Owns Settings: the environment read once, every mistake reported at once, secrets never printed."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from metrics.errors import Refusal

DATABASE_SCHEMES = ("sqlite", "postgresql")


class Settings(BaseSettings):
    """What the environment may set; each is read from COACH_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="COACH_", env_ignore_empty=True, frozen=True, extra="ignore")

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
            f"COACH_{str(fault['loc'][0]).upper()}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors(include_input=False)
        ]
        raise Refusal("The environment needs correcting:\n" + "\n".join(lines)) from None
