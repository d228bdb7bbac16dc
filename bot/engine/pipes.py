"""Frames on a pipe: four bytes of length, then UTF-8 JSON. Shared by parent and child."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

LIMIT = 4 * 1024 * 1024
"""Longest frame, in bytes; anything longer means that the stream is broken."""


class BrokenPipeline(Exception):
    """The other side wrote something that is not a frame."""


def encode(message: Mapping[str, Any]) -> bytes:
    """Return a message as a frame. Lone surrogates are replaced: no pipe can carry them.

    Raises:
        ValueError: If it is longer than ``LIMIT``.
    """
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    if len(body) > LIMIT:
        raise ValueError("The message is longer than a frame may be.")
    return len(body).to_bytes(4, "big") + body


async def read(reader: asyncio.StreamReader) -> dict[str, Any] | None:
    """Return the next message; ``None`` when the other side has closed the pipe.

    Raises:
        BrokenPipeline: If what comes is not a frame.
    """
    try:
        length = int.from_bytes(await reader.readexactly(4), "big")
        if length > LIMIT:
            raise BrokenPipeline
        message = json.loads(await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except ValueError:
        raise BrokenPipeline from None
    if not isinstance(message, dict):
        raise BrokenPipeline
    return message
