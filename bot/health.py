"""The operator's pages: is it up, is it ready, and figures without anything personal.

`/health` answers while the process lives; `/ready` says 503 with the reasons while something is wrong;
`/metrics` is Prometheus text. Labels are fixed words, never ids or content.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Probe = Callable[[], Awaitable[Mapping[str, str]]]
"""Returns what is wrong now, as ``{part: what}``; empty when all is well."""

Waiting = Callable[[], Awaitable[Mapping[str, int]]]
"""Returns how many rows wait, as ``{"inbox": n, "outbox": n}``."""


class Figures:
    """Counters of this process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = Counter(
            "harbour_turns_total", "Inbox items taken to their end", ["end"], registry=self.registry
        )
        self.sends = Counter(
            "harbour_sends_total", "Sends by how they ended", ["end"], registry=self.registry
        )
        self.alarms = Counter("harbour_alarms_total", "Alarms raised", ["what"], registry=self.registry)
        self.waiting = Gauge("harbour_waiting_rows", "Rows waiting", ["room"], registry=self.registry)


def routes(figures: Figures, probe: Probe, waiting: Waiting) -> list[Route]:
    """Return the three routes over these figures and probes."""

    async def health(request: Request) -> Response:
        return PlainTextResponse("up\n")

    async def ready(request: Request) -> Response:
        wrong = dict(await probe())
        return JSONResponse({"ready": not wrong, "wrong": wrong}, status_code=503 if wrong else 200)

    async def metrics(request: Request) -> Response:
        for room, rows in (await waiting()).items():
            figures.waiting.labels(room=room).set(rows)
        return Response(generate_latest(figures.registry), media_type=CONTENT_TYPE_LATEST)

    return [Route("/health", health), Route("/ready", ready), Route("/metrics", metrics)]
