"""`harbour doctor`: looks at everything a start needs, and says how to mend what is wrong."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx

from bot.engine import releases
from bot.engine.manifest import verify
from bot.engine.sources import fingerprint
from bot.errors import BadCatalogue, DatabaseUnfit, KeyMissing, ModelUnfit
from bot.gateway.account import account_state, group_state
from bot.messages import ChatId
from bot.settings import Address, Settings
from bot.storage.keys import KeyRing, load_key_ring
from bot.storage.stores import open_stores
from bot.words import Words


@dataclass(frozen=True)
class Look:
    """One thing looked at; ``mend`` is empty when it is well."""

    part: str
    what: str
    mend: str = ""


def examine(settings: Settings) -> int:
    """Print every look; return 1 if something must be mended."""
    return asyncio.run(_examine(settings))


async def _examine(settings: Settings) -> int:
    wrong = 0
    async for look in looks(settings):
        wrong += bool(look.mend)
        sys.stdout.write(f"{'MEND' if look.mend else 'ok':5}{look.part}: {look.what}\n")
        if look.mend:
            sys.stdout.write(f"     → {look.mend}\n")
    sys.stdout.write("Content: a lawyer and a caller must check what is said before real use.\n")
    return int(bool(wrong))


async def looks(settings: Settings) -> AsyncIterator[Look]:
    """Look at the key, the database, the model, the words, the ports and Telegram."""
    ring = None
    try:
        ring = load_key_ring(settings.key_file)
        yield Look("key", f"{settings.key_file} is whole")
    except KeyMissing as problem:
        yield Look("key", problem.what, problem.remedy)
    if ring is not None:
        yield await _database(settings, ring)
    yield _model(settings)
    yield _words(settings)
    yield _port("pages", settings.http, "HARBOUR_HTTP")
    if settings.uses_standin:
        yield Look("telegram", "no token is set: `harbour run` uses the local Telegram")
        return
    async for look in _telegram(settings):
        yield look


async def _database(settings: Settings, ring: KeyRing) -> Look:
    stores = open_stores(settings, ring)
    try:
        if await stores.database.is_new():
            return Look("database", "is new: `harbour run` will make its tables")
        await stores.database.check()
        waiting = await stores.inbox.waiting()
        return Look("database", f"is sound and of this version; {waiting} updates wait")
    except DatabaseUnfit as problem:
        return Look("database", problem.what, problem.remedy)
    finally:
        await stores.database.close()


def _model(settings: Settings) -> Look:
    release = releases.current(settings.models_dir)
    if release is None:
        return Look("model", "there is none", "Say `harbour train`.")
    try:
        verify(release.archive)
    except ModelUnfit as problem:
        return Look("model", problem.what, problem.remedy)
    if release.fingerprint != fingerprint(settings.root):
        return Look("model", f"{release.name} is older than the files", "Say `harbour train`.")
    return Look("model", f"{release.name} is whole")


def _words(settings: Settings) -> Look:
    try:
        languages = Words.load(settings.root).languages()
    except BadCatalogue as problem:
        return Look("words", problem.what, problem.remedy)
    return Look("words", f"{len(languages)} languages; `harbour check` counts what is unreviewed")


def _port(part: str, address: Address, name: str) -> Look:
    if _is_ours(address):
        return Look(part, f"the service runs and answers on {address}")
    with socket.socket() as plug:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            plug.bind((address.host, address.port))
        except OSError:
            return Look(part, f"port {address.port} is taken", f"Free it, or set {name} to another port.")
    return Look(part, f"{address} is free")


def _is_ours(address: Address) -> bool:
    try:
        with httpx.Client(trust_env=False, timeout=2.0) as client:
            return client.get(f"http://{address}/health").text.strip() == "up"
    except httpx.HTTPError:
        return False


async def _telegram(settings: Settings) -> AsyncIterator[Look]:
    account = await account_state(settings)
    if account.refused:
        yield Look("telegram", "refuses the token", "Copy the token from @BotFather again.")
        return
    if account.username is None:
        yield Look("telegram", "cannot be reached", "Look at the network; the service keeps trying.")
        return
    yield Look("telegram", f"knows us as @{account.username}")
    if not settings.groups:
        yield Look("group", "none is set", "Set HARBOUR_ADVOCATES_GROUP: nobody can be asked for help.")
    for group in settings.groups:
        yield await _group(settings, ChatId(group))


async def _group(settings: Settings, group: ChatId) -> Look:
    state = await group_state(settings, group)
    if not state.found:
        return Look("group", f"{group} is not there for us", "Add the bot to the group, or correct its id.")
    if not state.is_forum:
        return Look("group", f"{group} is not a forum", "Switch Topics on in the group's settings.")
    if not state.is_admin:
        return Look("group", f"the bot is no admin of {group}", "Make it an admin that manages topics.")
    if state.missing_rights:
        missing = ", ".join(state.missing_rights)
        return Look("group", f"rights are missing in {group}: {missing}", "Give the bot these rights.")
    return Look("group", f"{group} is a forum and the bot its admin")
