"""`harbour`, also `python -m bot`."""

from __future__ import annotations

import logging
import os
import sys
from typing import NoReturn


def main() -> None:
    """Run the command line; a known error ends with its remedy and status 1."""
    # One thread per embedding: with more, two busy cores make a message 20 times slower.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from bot import logs
    from bot.commands.cli import app
    from bot.errors import HarbourError

    logs.configure(logging.WARNING)
    try:
        app()
    except HarbourError as problem:
        _fail(str(problem))
    except BaseExceptionGroup as problems:
        known = problems.subgroup(HarbourError)
        _fail("; ".join(_told(problem) for problem in (known or problems).exceptions))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as problem:
        # Its message may hold anybody's words: only its class and place are told.
        _fail(f"{logs.place_of(problem)}. This is a defect; please report that line.")


def _told(problem: BaseException) -> str:
    from bot import logs
    from bot.errors import HarbourError

    return str(problem) if isinstance(problem, HarbourError) else logs.place_of(problem)


def _fail(text: str) -> NoReturn:
    sys.stderr.write(f"harbour: {text}\n")
    raise SystemExit(1) from None


if __name__ == "__main__":
    main()
