"""The one table of settings; `automations/open/settings.py` reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

SECRETS = ("HA_TOKEN", "OPENAI_API_KEY", "MQTT_PASSWORD", "DATA_API_KEY", "LOCAL_TOKEN")

RATE = r"^[1-9][0-9]{0,6}/(second|minute|hour|day)$"

HistorySourceName = Literal["data-api", "home-assistant", "recorder", "file"]


class Settings(BaseSettings):
    """Everything a person can set; `docs/settings.md` is made from this table."""

    model_config = SettingsConfigDict(extra="forbid", env_file=None, case_sensitive=True, frozen=True)

    DATA_API_URL: str = Field("http://data-api:8006", description="Where the Data API answers.")
    DATA_API_KEY: SecretStr | None = Field(None, description="Bearer key of the Data API, where it wants one.")
    DATA_API_PATH: str = Field("/api/events", description="Route of the events in the Data API.")
    DATA_API_STYLE: Literal["relative", "absolute"] = Field(
        "relative", description="`relative` sends start=-30d&group_by=device_id, `absolute` start_time and end_time."
    )
    HA_URL: str | None = Field(None, description="Where Home Assistant answers; empty: the home is a folder.")
    HA_PUBLIC_URL: str | None = Field(
        None, description="Where a browser reaches Home Assistant, for its sign-in page; empty: at HA_URL."
    )
    HA_TOKEN: SecretStr | None = Field(None, description="Long-lived token of a Home Assistant administrator.")
    MQTT_BROKER: str | None = Field(None, description="Host of the MQTT broker; empty: notices go to the log.")
    MQTT_PORT: int = Field(1883, ge=1, le=65535, description="Port of the broker.")
    MQTT_USERNAME: str | None = Field(None, description="User at the broker.")
    MQTT_PASSWORD: SecretStr | None = Field(None, description="Password at the broker.")
    MQTT_TLS_CA: Path | None = Field(None, description="CA file that signs the broker's certificate; set: TLS is used.")
    OPENAI_API_KEY: SecretStr | None = Field(None, description="Key of the model's server.")
    OPENAI_BASE_URL: str | None = Field(None, description="Any OpenAI-compatible server; empty: OpenAI's own.")
    OPENAI_MODEL: str = Field("gpt-4o-mini", description="Model that words and refines suggestions.")
    LLM: Literal["auto", "on", "off"] = Field(
        "auto",
        description="`auto` asks a model where a key or base URL is set. `on` does the same, and where both are "
        "missing, each draft says so; it is our own then as well. `off` never asks a model.",
    )
    LLM_NIGHTLY_TOKENS: int = Field(60_000, ge=0, description="Tokens a night may use, both ways together.")
    LLM_NIGHTLY_DOLLARS: float = Field(0.25, ge=0, description="Money a night may cost, in US dollars.")
    LANGUAGE: str | None = Field(None, description="Language of names and descriptions; empty: the home's own.")
    ANALYSIS_SCHEDULE: str = Field("0 3 * * *", description="When the night starts, as cron, in the home's time zone.")
    HISTORY_SOURCE: HistorySourceName = Field("data-api", description="Where the night reads its history.")
    HISTORY_FILE: Path | None = Field(None, description="History file, where the source is `file`.")
    HISTORY_DAYS: int = Field(30, ge=1, le=365, description="Days of history that a night looks at.")
    HISTORY_KEEP_DAYS: int = Field(90, ge=1, le=3650, description="Days of history kept in the local store.")
    RECORDER_DB: str | None = Field(None, description="Path or URL of Home Assistant's recorder database.")
    EXCLUDE_USERS: tuple[str, ...] = Field((), description="Home Assistant user ids that are services, not people.")
    EXCLUDE: tuple[str, ...] = Field((), description="Entities, domains, areas, floors or labels never looked at.")
    INCLUDE: tuple[str, ...] = Field((), description="If set, only these entities, domains, areas, floors or labels.")
    HOME_FILE: Path | None = Field(None, description="Home file (JSON); empty: read from Home Assistant.")
    HOME_FOLDER: Path | None = Field(
        None, description="Folder with automations.yaml, where there is no HA_URL; empty: DATA_DIR/home."
    )
    AUTOMATIONS_REPO: Path = Field(Path("data/automations.git"), description="The bare repository of automations.")
    AUTOMATIONS_REMOTE: str | None = Field(
        None, description="Git URL that branches, ledgers and what is deployed are pushed to."
    )
    DATA_DIR: Path = Field(
        Path("data"), description="Folder of diary, history, logs, the model's answers and the local token."
    )
    HOST: str = Field("127.0.0.1", description="Address the service listens on.")
    PORT: int = Field(8011, ge=0, le=65535, description="Port the service listens on; 0: any free one.")
    BASE_PATH: str = Field(
        "", pattern=r"^(/[A-Za-z0-9._~-]+)*/?$", description="Path prefix behind a proxy, such as `/nightshift`."
    )
    PUBLIC_URL: str | None = Field(None, description="Address people open the page at, for links in notices.")
    TRUSTED_PROXIES: tuple[str, ...] = Field(
        ("127.0.0.1",), description="Addresses or networks of proxies whose X-Forwarded-* headers are believed."
    )
    INGRESS_ADDRESS: str | None = Field(
        None, description="Address of Home Assistant's supervisor, in an add-on; empty: no ingress is believed."
    )
    RATE_LIMIT: str = Field(
        "1200/minute", pattern=RATE, description="Requests that one signed-in caller may make, as number/period."
    )
    SIGN_IN_RATE_LIMIT: str = Field(
        "10/minute", pattern=RATE, description="Tries to sign in from one address, as number/period."
    )
    CORS_ORIGINS: tuple[str, ...] = Field(
        ("http://localhost:3002",), description="Other origins that may call the API; `none` for no other."
    )
    LOCAL_TOKEN: SecretStr | None = Field(None, description="Token that signs in; empty: made at the first start.")
    NIGHTLY_CAP: int = Field(3, ge=0, le=100, description="New suggestions a night, at most.")
    OPEN_CAP: int = Field(10, ge=0, le=1000, description="Open suggestions, at most.")
    MAX_CHANGES: int = Field(5, ge=1, description="A plan that changes more automations waits for a person.")
    MAX_DELETIONS: int = Field(1, ge=0, description="A plan that deletes more automations waits for a person.")
    REVIEWER_NAME: str = Field("Resident", description="Git author of what is decided with the local token.")
    LOG_FORMAT: Literal["console", "json"] = Field("console", description="How log lines look.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only the keyword arguments: the caller has read the environment and the files already."""
        return (init_settings,)
