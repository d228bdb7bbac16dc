"""Asks an engine every held-out line, as the service would, and times each answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from bot.conversation.ports import Engine
from bot.evaluation.figures import Asked
from bot.evaluation.split import Line

TOLD_EVERY = 250


async def ask(
    engine: Engine, lines: Sequence[Line], tell: Callable[[str], None] = lambda step: None
) -> list[Asked]:
    """Return each line with what it was taken for; one after the other, so that the times mean something.

    Raises:
        EngineDown: If the engine gives no answer in time.
    """
    asked = []
    for number, line in enumerate(lines, 1):
        began = time.perf_counter()
        heard = await engine.parse(line.text)
        asked.append(Asked(line, heard, (time.perf_counter() - began) * 1000))
        if number % TOLD_EVERY == 0:
            tell(f"{number} of {len(lines)} lines")
    return asked
