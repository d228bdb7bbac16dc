"""Our own events, caught instead of printed: a printed traceback costs more than the test itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict


@pytest.fixture(autouse=True)
def events() -> Iterator[list[EventDict]]:
    """Return what was logged, as it was before anything was made text of it."""
    with capture_logs() as caught:
        yield caught
