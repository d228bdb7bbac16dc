"""What `harbour train` does, on any project's files: `python -m benchmarks.train_ours PROJECT MODELS`."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.engine import releases


def main(project: Path, models: Path) -> None:
    """Train a release and make it the current one."""
    made = releases.train(project, models, who="benchmark", why="measuring")
    releases.promote(models, made.name)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
