"""The stand-in as one Starlette app."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from importlib import import_module
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.standin.botapi import BotApi, check_token
from bot.standin.control import steering
from bot.standin.control.routes import routes
from bot.standin.demo import fill_demo
from bot.standin.hooks import Pusher
from bot.standin.polling import RESTARTED
from bot.standin.problems import ApiError
from bot.standin.world import World

PAGE = Path(__file__).parent / "page"

for _name in (
    "answering",
    "chats",
    "copying",
    "deleting",
    "editing",
    "profile",
    "sending",
    "topics",
    "updates",
):
    import_module(f"bot.standin.methods.{_name}")


def create_app(
    world: World,
    *,
    fill: Callable[[World], None] = fill_demo,
    webhook_target: httpx.AsyncBaseTransport | None = None,
) -> Starlette:
    """Return the app over a world, which is filled at once and at every reset.

    `webhook_target` lets a test receive webhooks in process; without it they go to loopback over HTTP.
    """

    def reset() -> None:
        world.poller.end(RESTARTED)
        world.build()
        fill(world)

    reset()
    world.happen = partial(steering.happen, world)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        pusher = Pusher(world, target=webhook_target)
        await pusher.start()
        try:
            yield
        finally:
            await pusher.stop()

    async def page(request: Request) -> Response:
        return FileResponse(PAGE / "index.html", headers={"cache-control": "no-store"})

    async def download(request: Request) -> Response:
        return _download(world, request.path_params["token"], request.path_params["path"])

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", page),
            Route("/bot{token}/{method}", BotApi(world)),
            Route("/file/bot{token}/{path:path}", download),
            *routes(world, reset),
            Mount("/standin/static", StaticFiles(directory=PAGE, check_dir=False)),
        ],
    )


def _download(world: World, token: str, path: str) -> Response:
    """Return a file's bytes while its link is good."""
    try:
        check_token(world, token)
    except ApiError as refused:
        return JSONResponse(refused.body(), status_code=refused.code)
    file = world.files.download(path)
    if file is None:
        return JSONResponse(ApiError(404, "Not Found").body(), status_code=404)
    return Response(file.data, media_type="application/octet-stream")
