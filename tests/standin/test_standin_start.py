"""Starting it: this machine only, no real tokens, one line that says where."""

import asyncio
import os
import signal
import sys

import httpx
import pytest

from bot.standin import STANDIN_TOKEN
from bot.standin.__main__ import main
from bot.standin.app import create_app
from bot.standin.serve import Refused, check_host, check_token, serve
from bot.standin.world import World

LOOKS_REAL = "123456789:" + "AAH" + "x" * 32


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", ""])
def test_only_this_machine_is_listened_on(host):
    """A stand-in that others can reach would let them read and write as anybody."""
    with pytest.raises(Refused, match="this machine only"):
        check_host(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_is_taken(host):
    check_host(host)


def test_a_token_that_looks_real_is_refused_unless_told():
    """A real bot's token has no business here."""
    with pytest.raises(Refused, match="real bot's token"):
        check_token(LOOKS_REAL)
    check_token(LOOKS_REAL, any_token=True)
    check_token(STANDIN_TOKEN)
    check_token("42:mine")
    with pytest.raises(Refused, match="a token is"):
        check_token("nonsense")


@pytest.mark.parametrize("words", [["--host", "0.0.0.0"], ["--token", LOOKS_REAL]])
def test_refusing_says_why_and_ends_with_2(words, capsys):
    assert main([*words, "--port", "0"]) == 2
    assert "did not start" in capsys.readouterr().err


async def test_a_taken_port_is_refused_with_words(address):
    with pytest.raises(Refused, match="cannot be taken"):
        async with serve(create_app(World(STANDIN_TOKEN)), port=httpx.URL(address).port):
            raise AssertionError("unreachable")


async def test_the_command_prints_its_address_serves_and_ends_on_a_signal():
    """One line, as soon as it listens."""
    words = [
        sys.executable,
        "-m",
        "bot.standin",
        "--port",
        "0",
        "--limits",
        "real",
        "--empty",
        "--fixed-clock",
    ]
    child = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    try:
        async with asyncio.timeout(60):
            line = (await child.stdout.readline()).decode()
            address = line.split()[0]
            assert address.startswith("http://127.0.0.1:")
            async with httpx.AsyncClient(base_url=address) as client:
                told = (await client.get("/standin/world")).json()
                assert told["users"] == []
                assert told["limits"]["profile"] == "real"
                assert (await client.get(f"/bot{STANDIN_TOKEN}/getMe")).json()["ok"]
                child.send_signal(signal.SIGTERM)
            assert await child.wait() == 0
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
