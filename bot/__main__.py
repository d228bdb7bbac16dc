"""`harbour`, also `python -m bot`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; a known error ends with its remedy and status 1."""
    # One thread per embedding: with more, two busy cores make a message 20 times slower.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from bot.commands.cli import app
    from bot.errors import HarbourError

    try:
        app()
    except HarbourError as problem:
        sys.stderr.write(f"harbour: {problem}\n")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
