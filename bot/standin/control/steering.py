"""Steering the stand-in itself: time, faults, limits, odd updates, restarts."""

from __future__ import annotations

from collections.abc import Callable

from bot.standin.control import gathering, touching, writing
from bot.standin.control.reading import whole
from bot.standin.polling import RESTARTED
from bot.standin.problems import JSON, ControlError
from bot.standin.updates import tell_raw
from bot.standin.world import World

Deed = Callable[[World, JSON], JSON]


def raw_update(world: World, told: JSON) -> JSON:
    """Queue an update made by hand."""
    if not set(told) - {"update_id", "verbatim"}:
        raise ControlError("an update has a kind, or a raw text")
    return {"update_id": tell_raw(world, told)}


def again(world: World, told: JSON) -> JSON:
    """Deliver an update a second time, as Telegram sometimes does."""
    update_id = whole(told, "update_id")
    if not world.queue.again(update_id):
        raise ControlError(f"there was no update {update_id}")
    return {"update_id": update_id}


def gap(world: World, told: JSON) -> JSON:
    """Let the next update_id jump, as after a quiet week; by default to a lower number, the harder case."""
    chosen = told.get("to")
    world.queue.next_id = (
        whole(told, "to") if chosen is not None else world.ids.lower_update(world.queue.next_id)
    )
    return {"next": world.queue.next_id}


def move_clock(world: World, told: JSON) -> JSON:
    """Move time forward."""
    seconds = told.get("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise ControlError("advance is a number of seconds, not below zero")
    world.clock.advance(seconds)
    return {"now": world.clock.now()}


def add_fault(world: World, told: JSON) -> JSON:
    """Plan something to go wrong."""
    event = told.get("event")
    if told.get("action") == "event" and event not in EVENTS:
        raise ControlError(f"event is one of {', '.join(sorted(EVENTS))}")
    fault = world.faults.add(told)
    world.clock.ring()
    return fault.told()


def set_limits(world: World, told: JSON) -> JSON:
    """Switch Telegram's pace on or off, or change it."""
    world.limits.set(told.get("profile"), told.get("overrides"))
    return {"profile": world.limits.profile, "rates": world.limits.rates}


def hold_kinds(world: World, told: JSON) -> JSON:
    """Let the webhook lanes of these kinds wait, so that others overtake them; an empty list frees all."""
    kinds = told.get("kinds")
    if not isinstance(kinds, list):
        raise ControlError("kinds is a list")
    world.hook.held = frozenset(str(kind) for kind in kinds)
    world.clock.ring()
    return {"held": sorted(world.hook.held)}


def revoke(world: World, told: JSON) -> JSON:
    """Revoke the bot's token, or make it good again."""
    world.refused_token = bool(told.get("revoked", True))
    return {"revoked": world.refused_token}


def restart(world: World, told: JSON) -> JSON:
    """Telegram restarts: the long poll breaks; the waiting updates are kept or lost."""
    if not told.get("keep_queue", True):
        world.queue.clear()
    world.poller.end(RESTARTED)
    return {"pending": len(world.queue.pending())}


EVENTS: dict[str, Deed] = {
    "people": gathering.add_person,
    "groups": gathering.add_group,
    "send": writing.send,
    "press": touching.press,
    "edit": writing.edit,
    "delete": touching.delete,
    "react": touching.react,
    "block": touching.block,
    "delete_account": touching.delete_account,
    "topic": gathering.change_topic,
    "member": gathering.change_member,
    "migrate": gathering.migrate,
    "update": raw_update,
    "again": again,
    "gap": gap,
    "clock": move_clock,
    "limits": set_limits,
    "hold": hold_kinds,
    "token": revoke,
    "restart": restart,
}
"""What can be made to happen, by its name: over the control API, or by a fault just before a call."""


def happen(world: World, event: str, body: JSON) -> JSON:
    """Make something happen."""
    return EVENTS[event](world, body)
