"""`harbour advocate …` and `harbour erase`: who helps, and who is forgotten."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta

import typer

from bot.commands.stores import with_stores
from bot.errors import Conflict, HarbourError
from bot.relay.invites import new_token, token_hash
from bot.settings import Settings
from bot.storage.stores import Stores


def invite(settings: Settings, alias: str, lifetime: timedelta) -> None:
    """Keep an invitation and print the link that uses it up."""
    token = new_token()
    until = datetime.now(UTC) + lifetime

    async def work(stores: Stores) -> None:
        await stores.roster.create_invite(alias, "advocate", token_hash(token), until)

    try:
        with_stores(settings, work)
    except Conflict:
        raise HarbourError(
            f"There is an advocate called {alias} already.", remedy="Choose another name, or remove them."
        ) from None
    minutes = int(lifetime.total_seconds() // 60)
    sys.stdout.write(f"{asyncio.run(_link(settings, token))}\n")
    sys.stdout.write(f"It enrols {alias}, once, within {minutes} minutes. Send it by another road.\n")


async def _link(settings: Settings, token: str) -> str:
    """Return a link to the bot's chat; what to type instead, if Telegram cannot be asked for its name."""
    from bot.gateway.account import username_of

    name = None if settings.uses_standin else await username_of(settings)
    return f"https://t.me/{name}?start={token}" if name else f"/start {token}"


def show_advocates(settings: Settings) -> None:
    """Print one line per advocate."""

    async def work(stores: Stores) -> None:
        for advocate in await stores.roster.list_advocates():
            state = (
                "removed" if not advocate.active else "in the group" if advocate.present else "left the group"
            )
            sys.stdout.write(f"{advocate.alias}\t{advocate.role}\t{state}\n")

    with_stores(settings, work)


def remove(settings: Settings, alias: str) -> None:
    """End an advocate's standing."""

    async def work(stores: Stores) -> bool:
        return await stores.roster.remove_advocate(alias)

    if not with_stores(settings, work):
        raise HarbourError(f"No active advocate is called {alias}.", remedy="See `harbour advocate list`.")
    sys.stdout.write(f"{alias} has no say any more, from the next update on.\n")


def erase(settings: Settings, code: str, *, yes: bool) -> None:
    """Erase the person behind a case, after asking."""
    if not yes and not typer.confirm(f"Erase the person of case {code} for good?"):
        raise typer.Exit(1)

    async def work(stores: Stores) -> bool:
        case = await stores.walk.case_by_code(code)
        if case is None:
            raise HarbourError(f"There is no case {code}.", remedy="The code stands in the topic's name.")
        return (await stores.erase_person(case.person)).log_emptied

    if not with_stores(settings, work):
        sys.stdout.write(
            "Erased. The database's log is still read by something; the service empties it within the hour.\n"
        )
        raise typer.Exit(1)
    sys.stdout.write("Erased: the key, every row, and the database's traces of them.\n")
