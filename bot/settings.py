"""One frozen settings object, from the environment and `.env`; every name is documented where it is read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.errors import SettingsError

TELEGRAM_API = "https://api.telegram.org"


class Secret(str):
    """A string that does not show itself in a repr or a traceback."""

    def __repr__(self) -> str:
        return "Secret('**********')" if self else "Secret('')"


@dataclass(frozen=True)
class Known:
    """One environment name, its default as text, and what it is for."""

    name: str
    default: str
    meaning: str
    secret: bool = False


KNOWN = (
    Known("HARBOUR_TELEGRAM_TOKEN", "", "The bot's token from @BotFather. Empty: the stand-in.", True),
    Known("HARBOUR_TELEGRAM_API", TELEGRAM_API, "Where the Bot API answers."),
    Known("HARBOUR_ADVOCATES_GROUP", "", "Chat id of the advocates' forum group; several, comma-separated."),
    Known("HARBOUR_ADVOCATES_LANGUAGE", "en", "Language of what advocates read from us."),
    Known("HARBOUR_DATA_DIR", "var", "Folder for the database, models and the page's state."),
    Known("HARBOUR_DATABASE_URL", "", "SQLAlchemy URL. Empty: SQLite in the data folder."),
    Known("HARBOUR_KEY_FILE", "keys/harbour.key", "The key file. Keep it apart from the database."),
    Known("HARBOUR_TRANSLATOR", "none", "Translation engine for the relay; 'none' sends originals only."),
    Known("HARBOUR_TRANSLATOR_URL", "", "Address of the translation engine."),
    Known("HARBOUR_TRANSLATOR_KEY", "", "Key of the translation engine.", True),
    Known("HARBOUR_WEBHOOK_URL", "", "Public https address for Telegram's webhook. Empty: polling."),
    Known("HARBOUR_WEBHOOK_SECRET", "", "Secret header of the webhook. Empty: from the key file.", True),
    Known("HARBOUR_HTTP", "127.0.0.1:8700", "host:port of health, metrics and the webhook."),
    Known("HARBOUR_PACE", "telegram", "`off` sends without Telegram's limits; for a local stand-in only."),
    Known("HARBOUR_STANDIN", "127.0.0.1:8765", "host:port of the stand-in Telegram when it is used."),
)


@dataclass(frozen=True)
class Address:
    """A host and a TCP port to listen on."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Settings:
    """Everything an operator can set. Paths are absolute; ``groups`` are Telegram chat ids."""

    token: Secret
    api: str
    groups: tuple[int, ...]
    advocates_language: str
    data_dir: Path
    database_url: str = field(repr=False)
    key_file: Path
    webhook_url: str
    webhook_secret: Secret
    http: Address
    standin: Address
    paced: bool = True
    translator: str = "none"
    translator_url: str = ""
    translator_key: Secret = field(default_factory=lambda: Secret(""))
    origins: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def uses_standin(self) -> bool:
        """True when no token is set: the local Telegram stands in."""
        return not self.token

    @property
    def root(self) -> Path:
        """Folder with `stories/`, `nlu/`, `guidance/` and `config.yml`: where this package lies, or here."""
        beside = Path(__file__).resolve().parent.parent
        return beside if (beside / "stories").is_dir() else Path.cwd()

    @property
    def models_dir(self) -> Path:
        """Folder of trained releases."""
        return self.data_dir / "models"


def load(environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Settings:
    """Read settings from ``environ`` (default: the process's), then ``.env``, then defaults.

    Raises:
        SettingsError: If a value cannot be read; the message names the setting and a right form.
    """
    environ = os.environ if environ is None else environ
    path = Path(".env") if dotenv is None else dotenv
    from_file = {k: v for k, v in dotenv_values(path).items() if v is not None} if path.is_file() else {}
    values: dict[str, str] = {}
    origins: dict[str, str] = {}
    for known in KNOWN:
        if known.name in environ:
            values[known.name], origins[known.name] = environ[known.name].strip(), "environment"
        elif known.name in from_file:
            values[known.name], origins[known.name] = from_file[known.name].strip(), str(path)
        else:
            values[known.name], origins[known.name] = known.default, "default"
    data_dir = Path(values["HARBOUR_DATA_DIR"]).expanduser().resolve()
    return Settings(
        token=Secret(values["HARBOUR_TELEGRAM_TOKEN"]),
        api=values["HARBOUR_TELEGRAM_API"].rstrip("/"),
        groups=_groups(values["HARBOUR_ADVOCATES_GROUP"]),
        advocates_language=values["HARBOUR_ADVOCATES_LANGUAGE"] or "en",
        data_dir=data_dir,
        database_url=values["HARBOUR_DATABASE_URL"] or f"sqlite:///{data_dir / 'harbour.db'}",
        key_file=Path(values["HARBOUR_KEY_FILE"]).expanduser().resolve(),
        webhook_url=values["HARBOUR_WEBHOOK_URL"],
        webhook_secret=Secret(values["HARBOUR_WEBHOOK_SECRET"]),
        http=_address("HARBOUR_HTTP", values["HARBOUR_HTTP"]),
        standin=_address("HARBOUR_STANDIN", values["HARBOUR_STANDIN"]),
        paced=_paced(
            values["HARBOUR_PACE"], values["HARBOUR_TELEGRAM_TOKEN"], values["HARBOUR_TELEGRAM_API"]
        ),
        translator=values["HARBOUR_TRANSLATOR"] or "none",
        translator_url=values["HARBOUR_TRANSLATOR_URL"],
        translator_key=Secret(values["HARBOUR_TRANSLATOR_KEY"]),
        origins=origins,
    )


def _groups(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise SettingsError(
            "HARBOUR_ADVOCATES_GROUP is not a list of chat ids.",
            remedy="Write whole numbers such as -1001234567890, separated by commas.",
        ) from None


def _paced(text: str, token: str, api: str) -> bool:
    local = not token or urlsplit(api).hostname in {"127.0.0.1", "localhost", "::1"}
    if text not in {"telegram", "off"} or (text == "off" and not local):
        raise SettingsError(
            "HARBOUR_PACE is `telegram`, or `off` for a stand-in on this machine.",
            remedy="Leave it out: Telegram blocks bots that send faster than it allows.",
        )
    return text == "telegram"


def _address(name: str, text: str) -> Address:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) < 65536:
        raise SettingsError(f"{name} is not host:port.", remedy="Write it like 127.0.0.1:8700.")
    return Address(host.strip("[]"), int(port))
