"""The control API's routes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.standin.control import snapshot, steering
from bot.standin.control.waiting import wait
from bot.standin.problems import JSON, ControlError
from bot.standin.world import World

Reset = Callable[[], None]
Endpoint = Callable[[Request], Awaitable[Response]]


async def _read(request: Request) -> JSON:
    body = await request.body()
    try:
        told = json.loads(body or b"{}")
    except ValueError as error:
        raise ControlError("the body is not JSON") from error
    if not isinstance(told, dict):
        raise ControlError("the body is a JSON object")
    return told


def _guarded(serve: Endpoint) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            return await serve(request)
        except ControlError as refused:
            return JSONResponse({"error": str(refused)}, status_code=400)

    return endpoint


def _deed(world: World, deed: steering.Deed) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return JSONResponse(deed(world, await _read(request)))

    return endpoint


def _look(look: Callable[[Request], JSON | list[JSON]]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return JSONResponse(look(request))

    return endpoint


def _wait(world: World) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        found = await wait(world, await _read(request))
        if found is None:
            return JSONResponse({"error": "it did not come in time"}, status_code=408)
        return JSONResponse(found)

    return endpoint


def _events(world: World) -> Endpoint:
    async def stream() -> AsyncIterator[str]:
        while True:
            told = world.clock.version
            yield f"event: world\ndata: {json.dumps({'version': told})}\n\n"
            await world.clock.changed_since(told)

    async def endpoint(request: Request) -> Response:
        return StreamingResponse(
            stream(), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )

    return endpoint


def _queue(world: World) -> JSON:
    return {
        "pending": [item.update_id for item in world.queue.pending()],
        "confirmed_to": world.queue.confirmed_to,
        "next": world.queue.next_id,
    }


def _clear_faults(world: World) -> list[JSON]:
    world.faults.clear()
    world.clock.ring()
    return world.faults.told()


def routes(world: World, reset: Reset) -> list[Route]:
    """Return the routes of the control API; `reset` puts the start world back."""

    def back(request: Request) -> JSON:
        reset()
        return {"reset": True}

    looks: dict[str, Callable[[Request], JSON | list[JSON]]] = {
        "world": lambda request: snapshot.world_sheet(world),
        "faults": lambda request: world.faults.told(),
        "ledger": lambda request: world.ledger.pages(),
        "requests": lambda request: world.records.requests(request.query_params.get("method")),
        "complaints": lambda request: world.records.complaints,
        "queue": lambda request: _queue(world),
    }
    made = [("GET", name, _look(look)) for name, look in looks.items()]
    made += [("POST", name, _deed(world, deed)) for name, deed in steering.EVENTS.items()]
    made += [
        ("POST", "faults", _deed(world, steering.add_fault)),
        ("DELETE", "faults", _look(lambda request: _clear_faults(world))),
        ("POST", "reset", _look(back)),
        ("POST", "wait", _wait(world)),
        ("GET", "events", _events(world)),
    ]
    return [Route(f"/standin/{name}", _guarded(endpoint), methods=[verb]) for verb, name, endpoint in made]
