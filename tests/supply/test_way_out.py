"""The way out of this machine: closed for the whole test run, and our settings know two hosts at most."""

from __future__ import annotations

import socket

import pytest

from bot import settings as settings_of
from bot.engine.environment import clean_environment


@pytest.mark.threat("T29")
def test_a_socket_beyond_this_machine_is_refused_while_tests_run():
    """The watch that guards every test of this run really refuses (192.0.2.0/24 is for documentation)."""
    from tests.conftest import OUTSIDE

    with socket.socket() as plug, pytest.raises(PermissionError):
        plug.connect(("192.0.2.1", 443))
    assert OUTSIDE.pop() == "192.0.2.1"
    assert OUTSIDE == []


@pytest.mark.threat("T29")
def test_telemetry_is_off_where_rasa_runs():
    assert clean_environment()["RASA_TELEMETRY_ENABLED"] == "false"


@pytest.mark.threat("T29")
def test_by_default_only_telegram_is_spoken_to():
    settings = settings_of.load({}, dotenv=None)
    assert settings.api == "https://api.telegram.org"
    assert settings.translator == "none"
    assert settings.translator_url == ""
