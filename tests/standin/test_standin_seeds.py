"""A stand-in that starts anew does not repeat the ids of an older one, unless it is asked to."""

from __future__ import annotations

from bot.standin import STANDIN_TOKEN
from bot.standin.demo import GROUP, fill_demo
from bot.standin.world import World


def _beginnings(seed: int) -> tuple[int, int]:
    world = World(STANDIN_TOKEN, seed=seed)
    fill_demo(world)
    return world.queue.next_id, world.chats[GROUP].last_id


def test_another_seed_begins_with_other_update_and_topic_ids() -> None:
    """A bot takes known update ids for repeats, and known topic ids for old topics."""
    first, second = _beginnings(1), _beginnings(2)
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_the_same_seed_gives_the_same_run() -> None:
    assert _beginnings(7) == _beginnings(7)
