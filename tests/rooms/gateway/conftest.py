"""The stand-in Telegram, in process and over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.standin import StandIn, standin_in_process, standin_over_http


@pytest.fixture
async def telegram() -> AsyncIterator[StandIn]:
    async with standin_in_process() as standin:
        yield standin


@pytest.fixture
async def telegram_over_http() -> AsyncIterator[StandIn]:
    async with standin_over_http() as standin:
        yield standin
