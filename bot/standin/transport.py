"""Cutting a connection for real: closed, reset, or left hanging.

Under uvicorn the protocol below hands its connection to the app. In process there is no connection to cut,
so the same faults surface as exceptions that `inprocess` turns into what an HTTP client would see.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any, cast

from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEY = "standin.connection"


class ConnectionLost(Exception):
    """In process: the connection went away without (all of) an answer."""


class ReplyLost(Exception):
    """In process: the answer never comes."""


class CuttableProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with its connection within the app's reach."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give each connection's requests a way to end it."""
        self.app_state = {**self.app_state, KEY: transport}
        super().connection_made(transport)


def _connection(scope: Scope) -> asyncio.Transport | None:
    return cast("asyncio.Transport | None", (scope.get("state") or {}).get(KEY))


async def cut(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """End the connection now: by a reset, or by closing it after what was sent."""
    connection = _connection(scope)
    if connection is None:
        raise ConnectionLost
    if reset:
        plug: Any = connection.get_extra_info("socket")
        # A linger of zero makes the kernel say RST instead of a polite goodbye.
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.abort()
    else:
        connection.close()
    await until_gone(receive)


async def hang(scope: Scope, receive: Receive) -> None:
    """Say nothing until the client gives up."""
    if _connection(scope) is None:
        raise ReplyLost
    await until_gone(receive)


async def until_gone(receive: Receive) -> None:
    """Return once the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        continue


async def send_start(send: Send, status: int, media: str, length: int) -> None:
    """Begin an answer of a known length."""
    headers = [(b"content-type", media.encode()), (b"content-length", str(length).encode())]
    start: Message = {"type": "http.response.start", "status": status, "headers": headers}
    await send(start)


async def send_body(send: Send, body: bytes, *, more: bool = False) -> None:
    """Send a piece of an answer's body."""
    await send({"type": "http.response.body", "body": body, "more_body": more})
