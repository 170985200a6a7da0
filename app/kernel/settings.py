"""The one place that reads the environment: frozen settings from `RANTAU_*` variables."""

from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_DEVELOPMENT_SECRET = "development-only-secret-change-me-in-production"  # noqa: S105 - refused in production below


class Environment(StrEnum):
    """Where the process runs; production refuses what is only convenient elsewhere."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything that may differ between two installations.

    Built only by the entry points; production refuses default secrets and a missing database address.
    """

    model_config = SettingsConfigDict(env_prefix="RANTAU_", frozen=True, extra="ignore")

    environment: Environment = Environment.DEVELOPMENT
    home: Path = Field(Path(".rantau"), description="Where the embedded database, uploads and the mailbox live.")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    processes: int = Field(1, ge=1, le=64, description="API processes.")
    public_url: str = Field("", description="Where people reach the service; default http://host:port.")
    secret_key: SecretStr = Field(SecretStr(_DEVELOPMENT_SECRET), min_length=32)

    database_url: SecretStr | None = Field(None, description="The owner's connection; empty: embedded PostgreSQL.")
    app_database_url: SecretStr | None = Field(None, description="The app role's connection; empty: derived.")
    pool_size: int = Field(20, ge=1, le=200, description="Database connections a process.")
    request_deadline: float = Field(3.0, gt=0, description="Seconds within which every request is answered.")

    requests_a_minute_of_address: int = Field(300, ge=1, description="Quota of an address without a credential.")
    requests_a_minute_of_caller: int = Field(1200, ge=1, description="Quota of a session or API key.")

    smtp_url: SecretStr | None = Field(None, description="smtp[s]://user:password@host:port; empty: mailbox.")
    mail_from: str = "Rantau <no-reply@rantau.example>"
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    docs: bool | None = Field(None, description="Serve /docs; default: not in production.")
    log_level: str = "INFO"
    log_json: bool | None = Field(None, description="Default: in production.")

    @model_validator(mode="after")
    def _refuse_conveniences_in_production(self) -> Self:
        if self.environment is Environment.PRODUCTION:
            if self.secret_key.get_secret_value() == _DEVELOPMENT_SECRET:
                message = "Set RANTAU_SECRET_KEY to 32 or more random characters before running in production."
                raise ValueError(message)
            if self.database_url is None:
                message = "Set RANTAU_DATABASE_URL before running in production."
                raise ValueError(message)
        return self

    @property
    def is_production(self) -> bool:
        """Whether conveniences for development are off."""
        return self.environment is Environment.PRODUCTION

    @property
    def mailbox(self) -> Path:
        """The development mailbox: what is sent where no provider is configured."""
        return self.home / "mailbox"

    @property
    def uploads(self) -> Path:
        """Where the files of uploads lie."""
        return self.home / "uploads"

    @property
    def logs_json(self) -> bool:
        """Whether logs are JSON rather than text for a terminal."""
        return self.is_production if self.log_json is None else self.log_json

    @cached_property
    def address(self) -> str:
        """Where people reach the service, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
