"""Settings: where a value comes from, and a clear word about a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import settings as settings_of
from bot.commands.show_settings import shown_values
from bot.errors import SettingsError


def test_the_environment_wins_over_the_file(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text("HARBOUR_HTTP=127.0.0.1:1000\nHARBOUR_ADVOCATES_GROUP=-1,-2\n", encoding="utf-8")
    settings = settings_of.load({"HARBOUR_HTTP": "127.0.0.1:2000"}, dotenv=file)
    assert settings.http.port == 2000
    assert settings.groups == (-1, -2)
    assert settings.origins["HARBOUR_HTTP"] == "environment"
    assert settings.origins["HARBOUR_ADVOCATES_GROUP"] == str(file)
    assert settings.origins["HARBOUR_TELEGRAM_API"] == "default"


def test_secrets_do_not_show(tmp_path: Path):
    told = {
        "HARBOUR_TELEGRAM_TOKEN": "123:very-secret",
        "HARBOUR_DATABASE_URL": "postgresql://me:very-secret@host/db",
    }
    settings = settings_of.load(told, dotenv=tmp_path / "none")
    assert "very-secret" not in repr(settings)
    assert "very-secret" not in str(shown_values(settings))
    assert shown_values(settings)["HARBOUR_TELEGRAM_TOKEN"] == "set"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HARBOUR_ADVOCATES_GROUP", "advocates"),
        ("HARBOUR_HTTP", "8700"),
        ("HARBOUR_HTTP", "127.0.0.1:port"),
        ("HARBOUR_HTTP", "127.0.0.1:99999"),
        ("HARBOUR_PACE", "fast"),
    ],
)
def test_a_bad_value_names_its_setting(tmp_path: Path, name: str, value: str):
    with pytest.raises(SettingsError, match=name):
        settings_of.load({name: value}, dotenv=tmp_path / "none")


def test_pace_cannot_be_lifted_towards_telegram(tmp_path: Path):
    with pytest.raises(SettingsError):
        settings_of.load({"HARBOUR_PACE": "off", "HARBOUR_TELEGRAM_TOKEN": "1:x"}, dotenv=tmp_path / "none")
