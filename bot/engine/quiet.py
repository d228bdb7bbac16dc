"""Silence before Rasa is imported: unasked, its logging prints what people write."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import MutableMapping
from typing import Any

import structlog


def silence() -> None:
    """Let no log line, warning or progress bar out of this process."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    structlog.configure(
        processors=[_drop],
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.ReturnLoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _drop(logger: Any, name: str, event: MutableMapping[str, Any]) -> Any:
    raise structlog.DropEvent


def take_stdout() -> int:
    """Return a private copy of standard output and send the public one, and errors, nowhere.

    Whatever a library prints can then neither be read nor corrupt our frames.
    """
    private = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return private
