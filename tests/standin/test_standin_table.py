"""The table of methods against python-telegram-bot's signatures and Telegram's own manual."""

import inspect
import json
import re
from pathlib import Path

import pytest
import telegram

import bot.standin.app  # noqa: F401 - fills the table
from bot.standin.methods.table import KNOWN_ELSEWHERE, METHODS

SPEC = json.loads((Path(__file__).parent / "bot_api_types.json").read_text())["methods"]
OF_THE_CLIENT = {"self", "read_timeout", "write_timeout", "connect_timeout", "pool_timeout", "api_kwargs"}
SHORTHANDS = {
    "reply_to_message_id", "allow_sending_without_reply", "disable_web_page_preview", "filename", "location",
    "contact",
}  # fmt: skip
"""Arguments that the client turns into others, or into the fields of an object, before it sends."""


def parameters_of_the_client(name: str) -> set[str]:
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    return set(inspect.signature(getattr(telegram.Bot, snake)).parameters) - OF_THE_CLIENT - SHORTHANDS


def test_there_are_48_methods():
    """Those of the project's outline."""
    assert sorted(method.name for method in METHODS.values()) == sorted(SPEC)
    assert len(METHODS) == 48


@pytest.mark.parametrize("name", SPEC)
def test_every_parameter_the_client_can_send_is_known(name):
    """Source: python-telegram-bot 22.8, telegram.Bot."""
    assert parameters_of_the_client(name) <= METHODS[name.lower()].parameters


@pytest.mark.parametrize("name", SPEC)
def test_the_parameters_are_those_of_the_manual(name):
    """Source: Bot API 10.1."""
    assert METHODS[name.lower()].parameters == frozenset(SPEC[name]["parameters"])


def test_real_methods_that_are_not_written_are_known_by_name():
    """So that calling one is told apart from a typing error."""
    assert {"sendpoll", "banchatmember", "sendmediagroup"} <= KNOWN_ELSEWHERE
    assert not KNOWN_ELSEWHERE & set(METHODS)
    client = {name.lower().replace("_", "") for name in dir(telegram.Bot) if not name.startswith("_")}
    assert len(KNOWN_ELSEWHERE & client) > 100
