"""The stand-in without a port: an httpx transport into the app, faults included."""

from __future__ import annotations

import httpx
from starlette.types import ASGIApp

from bot.standin.transport import ConnectionLost, ReplyLost


class InProcess(httpx.AsyncBaseTransport):
    """Calls the app directly and lets cut connections look as they do over a network."""

    def __init__(self, app: ASGIApp) -> None:
        self._inner = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request to the app."""
        try:
            return await self._inner.handle_async_request(request)
        except ConnectionLost as error:
            raise httpx.ReadError("connection reset by the stand-in", request=request) from error
        except ReplyLost as error:
            raise httpx.ReadTimeout("no reply from the stand-in", request=request) from error
