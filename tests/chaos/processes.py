"""F8 and bad starts: told to stop in mid-send, a second copy, no key, no Telegram, a wrong token."""

from __future__ import annotations

import signal
import time

from tests.chaos import story
from tests.chaos.play import Play
from tests.chaos.service import Running, command
from tests.chaos.trial import Fault
from tests.chaos.world import PEOPLE

PIM = PEOPLE["Pim"][0]
STOP_SECONDS = 30.0


def faults() -> list[Fault]:
    """Return every fault of this kind."""
    return [
        Fault("SIGTERM in mid-send", stopped_in_mid_send, lost_calls=None),
        Fault("SIGTERM while people write", stopped_in_the_rush),
        Fault("a second copy", second_copy),
        Fault("no key", no_key, starts=False),
        Fault("another database's key", wrong_key, starts=False),
        Fault("Telegram unreachable at the start", unreachable, starts=False),
        Fault("wrong token", wrong_token, starts=False),
    ]


async def stopped_in_mid_send(play: Play) -> None:
    """An answer is on its way, byte by byte, when the operator stops the service: it ends it, then ends."""
    world = play.world
    await play.asks("Pim", "hello, how are you")
    assert await world.quiet()
    match = {"chat_id": PIM}
    await world.telegram.fault("sendMessage", "slow", match=match, interval=0.005)
    start = play.heard(await world.telegram.shown(), "Pim")
    await play.writes("Pim", "what are my rights")
    await play.bot_says("Pim", [""], since=start)
    began = time.monotonic()
    assert await world.stop() == 0
    play.note = f"stopped within {time.monotonic() - began:.1f} s"
    world.keep_alive()
    await world.ready()
    await story.short(play)


async def stopped_in_the_rush(play: Play) -> None:
    """Stopped and started again three times while words go both ways."""
    world = play.world
    await play.asks("Pim", "can i talk to a person please", to="both", expects=story.QUEUED)
    await play.claims("Ada", "Pim")
    for _ in range(3):
        for text in ("one", "two", "three"):
            await play.writes("Pim", text, to="topic")
            await play.replies("Ada", "Pim", text)
        # Still starting, it may not have learnt yet to end by itself; nothing is begun then.
        assert await world.stop() in (0, -signal.SIGTERM)
        world.keep_alive()
    await world.ready()
    await story.both_ways(play, "Pim", "Ada")
    await play.hands_back("Ada", "Pim")


async def second_copy(play: Play) -> None:
    """A second service on the same database refuses at once and says why; the first does not notice."""
    env = play.world.env | {"HARBOUR_HTTP": "127.0.0.1:0"}
    status, said = await command(["run"], env)
    assert status == 1, f"it ended with {status}"
    assert "Another" in said, said
    await story.short(play)


async def no_key(play: Play) -> None:
    """Without the key nothing starts, and nothing is made up."""
    world = play.world
    key = world.folder / "keys" / "harbour.key"
    kept = key.rename(key.with_suffix(".away"))
    await play.writes("Pim", "hello, how are you")
    status, said = await command(["run"], world.env)
    assert status == 1, f"it ended with {status}"
    assert "key" in said.lower(), said
    assert not key.exists(), "it made a key beside a database that has another"
    kept.rename(key)
    start = play.heard(await world.telegram.shown(), "Pim")
    world.keep_alive()
    await play.bot_says("Pim", [""], since=start)
    # The story says hello too: two answers alike are right, if each follows its own question.
    await world.quiet()
    await story.short(play)


async def wrong_key(play: Play) -> None:
    """With another database's key nothing is read, and nothing of the right one is harmed."""
    world = play.world
    key = world.folder / "keys" / "harbour.key"
    kept = key.rename(key.with_suffix(".away"))
    status, said = await world.cli("keys", "create")
    assert status == 0, said
    status, said = await command(["run"], world.env)
    assert status == 1, f"it ended with {status}"
    assert "key" in said.lower(), said
    key.unlink()
    kept.rename(key)
    world.keep_alive()
    await world.ready()
    await story.short(play)


async def unreachable(play: Play) -> None:
    """Telegram does not answer at the start: our pages and the engine are up, and it goes on trying."""
    world = play.world
    world.standin.send(signal.SIGSTOP)
    world.keep_alive()
    try:
        await world.ready()
    finally:
        world.standin.send(signal.SIGCONT)
    await story.short(play)


async def wrong_token(play: Play) -> None:
    """A refused token raises an alarm and does not end the service; the right one works after a restart."""
    world = play.world
    right = world.env["HARBOUR_TELEGRAM_TOKEN"]
    world.env["HARBOUR_TELEGRAM_TOKEN"] = "1000001:not-the-token-that-is-right-here-at-all"
    service: Running = await world.start()
    await world.ready()
    await play.alarms_say("telegram")
    assert service.status is None, "it ended"
    assert await world.stop() == 0
    world.env["HARBOUR_TELEGRAM_TOKEN"] = right
    world.keep_alive()
    await world.ready()
    await story.short(play)
