"""How the bot gets its updates: by polling or by webhook."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from bot.standin.methods.table import method
from bot.standin.polling import WEBHOOK_SET, Batch
from bot.standin.problems import JSON, bad_request, conflict
from bot.standin.wire import Args
from bot.standin.world import Hook, World

WEBHOOK_PORTS = frozenset({80, 88, 443, 8443})
MOST_CONNECTIONS = 100
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@method("getUpdates", "offset limit timeout allowed_updates")
async def get_updates(world: World, args: Args) -> Batch:
    """Hand over updates; a higher offset confirms those before it."""
    if world.hook.url:
        raise conflict(WEBHOOK_ACTIVE)
    _take_allowed(world, args)
    return await world.poller.poll(
        args.integer("offset"), args.integer("limit", 100), args.integer("timeout")
    )


def _take_allowed(world: World, args: Args) -> None:
    """Remember which kinds are wanted from now on; not given means as before."""
    allowed = args.array("allowed_updates")
    if allowed is not None:
        world.queue.allowed = frozenset(str(kind) for kind in allowed)


@method(
    "setWebhook",
    "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
)
def set_webhook(world: World, args: Args) -> bool:
    """Push updates to an address from now on; an empty one goes back to polling."""
    url, secret = args.text("url"), args.text("secret_token")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    if url:
        _check_address(url)
    _take_allowed(world, args)
    if args.boolean("drop_pending_updates"):
        world.queue.clear()
    connections = min(max(args.integer("max_connections", 40), 1), MOST_CONNECTIONS)
    world.hook = Hook(url, secret, connections, held=world.hook.held)
    if url:
        world.poller.end(WEBHOOK_SET)
    world.clock.ring()
    return True


def _check_address(url: str) -> None:
    """Refuse an address that Telegram would not push to; loopback alone is let through, over plain http.

    Source: telegram-bot-api `WebhookActor.cpp`:706-719, 783. Telegram takes public https addresses; this
    stand-in sends nothing beyond its own machine.
    """
    parts = urlsplit(url)
    if is_loopback(parts.hostname or "") and parts.scheme == "http":
        return
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in WEBHOOK_PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if is_loopback(parts.hostname or ""):
        raise bad_request(f"bad webhook: IP address {parts.hostname} is reserved")
    raise bad_request("bad webhook: this stand-in pushes to http on its own machine only")


def is_loopback(host: str) -> bool:
    """Whether a host name or address stays on this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@method("deleteWebhook", "drop_pending_updates")
def delete_webhook(world: World, args: Args) -> bool:
    """Go back to polling."""
    if args.boolean("drop_pending_updates"):
        world.queue.clear()
    world.drop_hook()
    return True


@method("getWebhookInfo")
def get_webhook_info(world: World, args: Args) -> JSON:
    """Tell where updates go and how that fares."""
    hook = world.hook
    told: JSON = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(world.queue.pending()),
    }
    if hook.url:
        told |= {"max_connections": hook.connections, "ip_address": "127.0.0.1"}
    if hook.last_error:
        told |= {"last_error_date": int(hook.last_error_at), "last_error_message": hook.last_error}
    if world.queue.allowed:
        told["allowed_updates"] = sorted(world.queue.allowed)
    return told
