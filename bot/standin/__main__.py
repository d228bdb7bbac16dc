"""Start the stand-in from a shell: `python -m bot.standin`."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from bot.standin import STANDIN_TOKEN
from bot.standin.app import create_app
from bot.standin.clock import Clock
from bot.standin.demo import fill_demo, fill_empty
from bot.standin.serve import Refused, check_token, serve
from bot.standin.world import World


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bot.standin", description="A local Telegram; nothing leaves this machine."
    )
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8765, help="0 takes any free one (default 8765)")
    parser.add_argument(
        "--limits", choices=("off", "real"), default="off", help="Telegram's pace (default off)"
    )
    parser.add_argument("--seed", type=int, default=1, help="for repeatable ids (default 1)")
    parser.add_argument("--token", default=STANDIN_TOKEN, help="the bot's token here")
    parser.add_argument("--any-token", action="store_true", help="take a token that looks like a real bot's")
    parser.add_argument("--fixed-clock", action="store_true", help="time moves only when it is told to")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--demo", action="store_true", help="three advocates and three young people (default)")
    start.add_argument("--empty", action="store_true", help="nobody but the bot")
    return parser.parse_args(words)


async def _run(told: argparse.Namespace) -> None:
    check_token(told.token, any_token=told.any_token)
    world = World(told.token, clock=Clock(ticking=not told.fixed_clock), seed=told.seed)

    def fill(made: World) -> None:
        (fill_empty if told.empty else fill_demo)(made)
        made.limits.set(told.limits, None)

    app = create_app(world, fill=fill)
    end = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, end.set)
    async with serve(app, told.host, told.port) as address:
        print(f"{address}/ is a stand-in for Telegram with both phones; stop it with Ctrl+C", flush=True)  # noqa: T201
        await end.wait()


def main(words: list[str] | None = None) -> int:
    """Run until stopped; 2 when it will not start like this."""
    try:
        asyncio.run(_run(_arguments(words)))
    except Refused as refused:
        print(f"The stand-in did not start: {refused}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
