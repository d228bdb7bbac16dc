"""`harbour run`: the service; without a token beside a local Telegram, so that anybody can try it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import uvloop

from bot import logs
from bot.app import Harbour, now
from bot.errors import HarbourError, SettingsError
from bot.relay.invites import new_token, token_hash
from bot.settings import Address, Secret, Settings
from bot.standin import STANDIN_TOKEN
from bot.storage.keys import KeyRing, create_key_file, load_key_ring

STANDIN_GROUP = -1001000000001
STANDIN_ADVOCATE = 2001
STANDIN_ALIAS = "Ada"
START_SECONDS = 15.0


def serve(settings: Settings) -> None:
    """Run the service until SIGTERM or Ctrl-C."""
    logs.configure()
    if not settings.uses_standin:
        _check_port(settings.http)
        uvloop.run(_run(settings, load_key_ring(settings.key_file), _nothing_more))
        return
    with _local_telegram(settings.standin) as address:
        local = replace(settings, token=Secret(STANDIN_TOKEN), api=address, groups=(STANDIN_GROUP,))
        _check_port(local.http)
        uvloop.run(_run(local, _key_to_try(local), _enrol_first_advocate))


def standin_alone(host: str, port: int, limits: str) -> None:
    """Run the local Telegram in this process."""
    from bot.standin.__main__ import main

    raise SystemExit(main(["--host", host, "--port", str(port), "--limits", limits]))


async def _run(settings: Settings, ring: KeyRing, on_ready: Callable[[Harbour], Awaitable[None]]) -> None:
    service = Harbour(settings, ring, on_ready)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, service.stop)
    await service.run()


async def _nothing_more(service: Harbour) -> None:
    """Telegram is reached; nothing else is to do."""


def _key_to_try(settings: Settings) -> KeyRing:
    """Return the key; make one for trying things out, but never beside a database that has another."""
    database = Path(settings.database_url.removeprefix("sqlite:///"))
    if not settings.key_file.exists() and not database.exists():
        return create_key_file(settings.key_file)
    return load_key_ring(settings.key_file)


@contextlib.contextmanager
def _local_telegram(address: Address) -> Iterator[str]:
    """Start the stand-in, or use the one that an earlier run left standing; end it with this run."""
    url = f"http://{address}"
    if _answers(url):
        sys.stderr.write(f"Using the local Telegram that already runs at {url}\n")
        process = None
    else:
        _check_port(address)
        # Another seed each time: update and topic ids of an earlier run are known to the database already.
        command = [
            *(sys.executable, "-m", "bot.standin", "--seed", str(secrets.randbelow(2**31))),
            *("--host", address.host, "--port", str(address.port)),
        ]
        # Its own session: if this process is killed, the phones and their messages stay.
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
        _await_answer(url, process)
    sys.stderr.write(f"\n  Both phones: {url}/\n  This is not Telegram. Nothing leaves this machine.\n\n")
    try:
        yield url
    finally:
        if process is not None:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        with httpx.Client(trust_env=False, timeout=2.0) as client:
            return client.get(f"{url}/standin/queue").status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _await_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = now() + timedelta(seconds=START_SECONDS)
    while now() < deadline and process.poll() is None:
        if _answers(url):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise HarbourError("The local Telegram did not start.", remedy="Set HARBOUR_STANDIN to a free port.")


def _check_port(address: Address) -> None:
    """Raise SettingsError if something listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET) as plug:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            plug.bind((address.host, address.port))
        except OSError:
            raise SettingsError(
                f"Port {address.port} on {address.host} is taken.",
                remedy="Stop what listens there, or set HARBOUR_HTTP or HARBOUR_STANDIN to another port.",
            ) from None


async def _enrol_first_advocate(service: Harbour) -> None:
    """On the local Telegram one advocate is enrolled from the start, by an ordinary invitation."""
    if any(advocate.active for advocate in await service.stores.roster.list_advocates()):
        return
    token = new_token()
    await service.stores.roster.create_invite(
        STANDIN_ALIAS, "advocate", token_hash(token), now() + timedelta(minutes=5)
    )
    said = {"as": STANDIN_ADVOCATE, "text": f"/start {token}"}
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(f"{service.settings.api}/standin/send", json=said)
