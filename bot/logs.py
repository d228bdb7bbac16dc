"""Logs without anyone's words: an event's fixed name, opaque ids, and where an exception arose.

Libraries put message text and tokens into their log lines and exceptions, so of theirs only the logger's
name, the level and the exception's class and place are written.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import structlog

LEVEL = logging.WARNING


def configure(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send our events and the bare fact of libraries' records to a stream, one JSON a line.

    Args:
        level: Lowest level of our own events; libraries speak from WARNING, or from DEBUG at DEBUG.
        stream: Where to; standard error by default.

    Also switches core dumps off: a dump would hold everything in memory.
    """
    out = stream or sys.stderr
    libraries = logging.DEBUG if level <= logging.DEBUG else LEVEL
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _exception_as_place,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(BareFact())
    logging.basicConfig(level=libraries, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "telegram", "uvicorn", "uvicorn.error", "uvicorn.access", "asyncio"):
        logging.getLogger(name).setLevel(libraries)


class BareFact(logging.Formatter):
    """Formats a library's record as the fact that it spoke, never what it said."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON line without the record's message."""
        fact: dict[str, Any] = {
            "event": "library spoke",
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            fact["error"] = place_of(record.exc_info[1])
        return json.dumps(fact)


def place_of(error: BaseException) -> str:
    """Return an exception's class and the innermost file and line, without its message."""
    where = _innermost(error.__traceback__)
    return f"{type(error).__name__} at {where}" if where else type(error).__name__


def _innermost(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""


def _exception_as_place(logger: Any, method: str, event: Any) -> Any:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["error"] = place_of(error)
    return event
