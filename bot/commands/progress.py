"""Showing that long work is alive: a spinner with its step on a terminal, one line a step elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def progress(title: str) -> Iterator[Callable[[str], None]]:
    """Yield a function that tells the step now under way."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda step: console.print(f"{title}: {step}")
        return
    with console.status(title) as status:
        yield lambda step: status.update(f"{title}: {step}")
