"""Listening: on this machine only, with connections that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
from collections.abc import AsyncIterator

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp

from bot.standin import STANDIN_TOKEN
from bot.standin.methods.updates import is_loopback
from bot.standin.transport import CuttableProtocol

REAL_TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{35}")
"""What BotFather hands out."""


class Refused(Exception):
    """The stand-in does not start like this; its text says why."""


def check_token(token: str, *, any_token: bool = False) -> None:
    """Refuse a token that looks like a real bot's: it has no business in a stand-in."""
    if token != STANDIN_TOKEN and REAL_TOKEN.fullmatch(token) and not any_token:
        raise Refused(
            "this looks like a real bot's token; the stand-in needs none (--any-token takes it all the same)"
        )
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
        raise Refused("a token is a number, a colon, and letters, digits, _ or -")


def check_host(host: str) -> None:
    """Refuse to listen where other machines could come in."""
    if not is_loopback(host):
        raise Refused(f"the stand-in listens on this machine only, not on {host}")


class Server(uvicorn.Server):
    """uvicorn, without its hold on the process's signals: whoever runs it decides when it ends."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        """Leave signals alone."""
        yield


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether a line of the server's is worth reading: a call cut short, by either end, is not."""
    error = record.exc_info[1] if record.exc_info else None
    cut = isinstance(error, asyncio.CancelledError | ClientDisconnect)
    return not cut and not record.msg.startswith("Cancel %s running task")


def make_server(app: ASGIApp) -> Server:
    """Return a server for the app that is not running yet."""
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    config = uvicorn.Config(
        app, http=CuttableProtocol, ws="none", lifespan="on", log_level="warning", access_log=False,
        timeout_graceful_shutdown=1, timeout_keep_alive=75,
    )  # fmt: skip
    return Server(config)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes any free one.

    Raises:
        Refused: If the host is not of this machine, or the port is taken.
    """
    check_host(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, so that asyncio sends small answers at once (TCP_NODELAY).
    plug = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        plug.bind((host, port))
    except OSError as error:
        plug.close()
        raise Refused(f"port {port} on {host} cannot be taken: {error.strerror}") from error
    return plug


@contextlib.asynccontextmanager
async def serve(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve the app while the block runs; yields its address, such as `http://127.0.0.1:8765`."""
    plug = listen(host, port)
    server = make_server(app)
    running = asyncio.create_task(server.serve(sockets=[plug]))
    try:
        while not server.started:
            if running.done():
                running.result()
                raise Refused("the stand-in ended before it listened")
            await asyncio.sleep(0.005)
        number = plug.getsockname()[1]
        yield f"http://[{host}]:{number}" if ":" in host else f"http://{host}:{number}"
    finally:
        server.should_exit = True
        await running
        plug.close()
