"""`harbour doctor` finds what is wrong and says how to mend it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import settings as settings_of
from bot.commands.doctor import Look, looks
from bot.engine import releases
from bot.engine.manifest import Release
from bot.settings import Address, Secret, Settings
from bot.standin import STANDIN_TOKEN
from bot.storage.keys import create_key_file
from bot.storage.stores import open_stores
from tests.support.standin import ADA, GROUP, StandIn, standin_over_http


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with standin_over_http() as found:
        yield found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    create_key_file(tmp_path / "key")
    plain = settings_of.load({}, dotenv=tmp_path / "none")
    return replace(
        plain,
        key_file=tmp_path / "key",
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path}/harbour.db",
        http=Address("127.0.0.1", _free_port()),
    )


def _free_port() -> int:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        return int(plug.getsockname()[1])


def _with_telegram(settings: Settings, standin: StandIn) -> Settings:
    address = standin.api.bot.base_url.partition("/bot")[0]
    return replace(settings, token=Secret(STANDIN_TOKEN), api=address, groups=(GROUP,))


async def look(settings: Settings, part: str) -> Look:
    """Return the one look at this part."""
    found = [seen async for seen in looks(settings) if seen.part == part]
    assert len(found) == 1, found
    return found[0]


async def test_a_missing_key(settings: Settings):
    settings.key_file.unlink()
    assert "keys create" in (await look(settings, "key")).mend


async def test_a_broken_key(settings: Settings):
    settings.key_file.write_text("{}", encoding="ascii")
    assert "Restore" in (await look(settings, "key")).mend


async def test_a_new_database_is_well(settings: Settings):
    assert (await look(settings, "database")).mend == ""


async def test_a_database_of_an_older_version(settings: Settings):
    from bot.storage.keys import load_key_ring

    stores = open_stores(settings, load_key_ring(settings.key_file))
    await stores.database.upgrade()
    await stores.database.downgrade("0001")
    await stores.database.close()
    assert "db upgrade" in (await look(settings, "database")).mend


async def test_a_damaged_database(settings: Settings, tmp_path: Path):
    (tmp_path / "harbour.db").write_bytes(b"this is no database at all" * 100)
    assert (await look(settings, "database")).mend


async def test_no_model(settings: Settings):
    assert "harbour train" in (await look(settings, "model")).mend


@pytest.mark.threat("T20")
async def test_an_altered_model(settings: Settings):
    archive = settings.models_dir / "r1.tar.gz"
    settings.models_dir.mkdir(parents=True)
    archive.write_bytes(b"altered")
    from bot.engine.manifest import write

    write(Release("r1", archive, "f", "2026-01-01", 1.0, "0" * 64, {}, {}))
    (settings.models_dir / "current").write_text('{"current": "r1", "before": []}', encoding="utf-8")
    assert releases.current(settings.models_dir) is not None
    assert (await look(settings, "model")).mend


async def test_a_taken_port(settings: Settings):
    with socket.socket() as plug:
        plug.bind((settings.http.host, settings.http.port))
        plug.listen()
        assert "HARBOUR_HTTP" in (await look(settings, "pages")).mend


async def test_all_is_well_with_telegram(settings: Settings, standin: StandIn):
    told = _with_telegram(settings, standin)
    assert (await look(told, "telegram")).mend == ""
    assert (await look(told, "group")).mend == ""


async def test_a_wrong_token(settings: Settings, standin: StandIn):
    told = replace(_with_telegram(settings, standin), token=Secret("1000001:wrong"))
    assert "@BotFather" in (await look(told, "telegram")).mend


async def test_telegram_out_of_reach(settings: Settings):
    told = replace(settings, token=Secret("1:x"), api=f"http://127.0.0.1:{_free_port()}")
    assert "network" in (await look(told, "telegram")).mend


async def test_no_group(settings: Settings, standin: StandIn):
    told = replace(_with_telegram(settings, standin), groups=())
    assert "HARBOUR_ADVOCATES_GROUP" in (await look(told, "group")).mend


async def test_an_unknown_group(settings: Settings, standin: StandIn):
    told = replace(_with_telegram(settings, standin), groups=(-1009,))
    assert "correct its id" in (await look(told, "group")).mend


async def test_a_group_without_topics(settings: Settings, standin: StandIn):
    standin.world.chats[GROUP].is_forum = False
    assert "Topics" in (await look(_with_telegram(settings, standin), "group")).mend


async def test_the_bot_is_no_admin(settings: Settings, standin: StandIn):
    standin.does("member", chat=GROUP, user=1000001, action="demote")
    assert "admin" in (await look(_with_telegram(settings, standin), "group")).mend
    assert ADA != 1000001
