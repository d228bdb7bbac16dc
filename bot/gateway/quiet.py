"""Silences the libraries of this room: they log addresses with the bot's token, and message texts."""

from __future__ import annotations

import logging
import warnings

LOUD = ("httpx", "httpcore", "telegram")


def quieten() -> None:
    """Cut the loggers of `httpx`, `httpcore` and `telegram` off from every handler.

    A level alone would not do: `telegram` writes whole answers at ERROR when they are not JSON. What
    operators must know is said in our own events.
    """
    for name in LOUD:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
        logger.handlers = [logging.NullHandler()]
    # Raw updates are asked for on purpose: they are stored before they are parsed.
    warnings.filterwarnings("ignore", message=r"Please use 'Bot\.getUpdates' instead")
