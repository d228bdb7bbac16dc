"""F3: updates that come twice, late, out of order, in heaps, or after a day without us."""

from __future__ import annotations

import asyncio
import time

from tests.chaos import story
from tests.chaos.play import Play, canary
from tests.chaos.service import free_port
from tests.chaos.telegram import Shown
from tests.chaos.trial import Fault

DAY = 86_400
STORED_SECONDS, ANSWERED_SECONDS = 10.0, 200.0


def faults(heap: int = 5_000) -> list[Fault]:
    """Return every fault of this kind; ``heap`` is how many updates wait at once."""
    return [
        Fault("each update twice, by polling", doubled),
        Fault("numbers jump back", jumped),
        Fault("each push twice", pushed_twice, starts=False),
        Fault("presses overtake messages (webhook)", overtaken, starts=False),
        Fault("Telegram restarts in mid-poll", restarted),
        Fault("a day and an hour down", a_day_down, starts=False),
        Fault(f"{heap} updates wait", lambda play: waiting_heap(play, heap), starts=False),
    ]


async def doubled(play: Play) -> None:
    """Every update of a story comes a second time: nothing happens a second time."""
    first = (await play.world.telegram.look("queue"))["next"]
    await story.short(play)
    last = (await play.world.telegram.look("queue"))["next"]
    for number in range(first, last):
        await play.world.telegram.do("again", update_id=number)


async def jumped(play: Play) -> None:
    """After a quiet week Telegram's numbers begin somewhere lower: everything still comes in."""
    await play.asks("Pim", "hello, how are you")
    await play.world.telegram.do("gap")
    await play.asks("Pim", "what are my rights")
    await play.world.telegram.do("gap")
    await play.asks("Pim", "thank you")


def push(play: Play) -> None:
    """Let the service be pushed to instead of polling."""
    port = free_port()
    play.world.env["HARBOUR_HTTP"] = f"127.0.0.1:{port}"
    play.world.env["HARBOUR_WEBHOOK_URL"] = f"http://127.0.0.1:{port}/telegram/webhook"


async def pushed_twice(play: Play) -> None:
    """Telegram pushes each update twice."""
    push(play)
    await play.world.telegram.fault("webhook", "duplicate", times=200)
    play.world.keep_alive()
    await play.world.ready()
    await story.short(play)
    await play.world.telegram.clear_faults()


async def overtaken(play: Play) -> None:
    """Messages are held back while presses come through: each still has its one effect."""
    push(play)
    telegram = play.world.telegram
    play.world.keep_alive()
    await play.world.ready()
    await play.asks("Pim", "hello, how are you")
    start = play.heard(await telegram.shown(), "Pim")
    await telegram.do("hold", kinds=["message"])
    await play.writes("Pim", "what are my rights")
    await play.presses("Pim", ["English"], expects=[""])
    await telegram.do("hold", kinds=[])
    await play.bot_says("Pim", [""], since=start + 1)
    await story.short(play)


async def restarted(play: Play) -> None:
    """The long poll breaks; what waits is kept."""
    await play.asks("Pim", "hello, how are you")
    await play.world.telegram.do("restart", keep_queue=True)
    await play.asks("Pim", "what are my rights")
    await story.short(play)


async def a_day_down(play: Play) -> None:
    """Down for a day and an hour: what we had stored is done, what Telegram still had comes in.

    What Telegram threw away after a day never reached us; the person writes again and is answered.
    """
    world = play.world
    await world.start()
    await world.ready()
    await play.asks("Pim", "hello, how are you")
    await world.quiet()
    assert await world.stop() == 0
    await play.writes("Pim", "is anyone there?")
    await world.telegram.do("clock", advance=DAY - 3_600)
    start = play.heard(await world.telegram.shown(), "Pim")
    world.keep_alive()
    await world.ready()
    await play.bot_says("Pim", [""], since=start)
    await world.quiet()
    assert await world.stop() == 0
    await world.telegram.do("clock", advance=DAY + 3_600)
    world.keep_alive()
    await world.ready()
    await story.short(play)


async def waiting_heap(play: Play, heap: int) -> None:
    """So many updates of a hundred people wait while we are down: stored fast, each answered."""
    world, telegram = play.world, play.world.telegram
    people = [7_000_000_000 + number for number in range(100)]
    for number in people:
        await telegram.do("people", id=number, first_name="Someone", language_code="en")
    words: dict[int, list[str]] = {number: [] for number in people}
    for turn in range(heap):
        person = people[turn % len(people)]
        words[person].append(canary())
        await telegram.do("send", **{"as": person}, text=f"hello {words[person][-1]}")
    began = time.monotonic()
    world.keep_alive()
    await _confirmed(play)
    stored = time.monotonic() - began
    answered = await telegram.until(lambda shown: all_answered(shown, words), seconds=ANSWERED_SECONDS * 3)
    took = time.monotonic() - began
    play.note = f"{heap} stored {stored:.1f} s after the start, answered after {took:.0f} s"
    assert answered, f"not everyone was answered: {play.note}"
    await world.ready()


def all_answered(shown: Shown, words: dict[int, list[str]]) -> bool:
    """Whether everyone got at least one answer to each message (and the two of the first contact)."""
    return all(len(shown.from_bot(person)) >= len(said) for person, said in words.items())


async def _confirmed(play: Play) -> None:
    async with asyncio.timeout(120):
        while (await play.world.telegram.look("queue"))["pending"]:
            await play.world.telegram.do("wait", **{"for": "queue-empty"}, seconds=60)
