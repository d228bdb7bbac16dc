"""Rotates the key of one database copy per plan, each in a process that is killed where the plan says.

Called as ``python rotation_driver.py COUNT_FILE FOLDER=PLAN …``; a plan is ``count``, or the numbers of
the steps at which successive rotations are killed, such as ``12`` or ``3+9``. The heavy libraries are
imported once, before forking; ours after it, because failpoints are read when they are imported.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import alembic.command  # noqa: F401
import cryptography.hazmat.primitives.ciphers.aead  # noqa: F401
import sqlalchemy.dialects.postgresql
import sqlalchemy.dialects.sqlite  # noqa: F401


def rotate(folder: Path) -> None:
    import asyncio

    from bot.storage.database import Database
    from bot.storage.keys import load_key_ring
    from bot.storage.rotation import rotate

    key_file = folder / "keys" / "harbour.key"

    async def work() -> None:
        database = Database(f"sqlite:///{folder / 'harbour.db'}", load_key_ring(key_file))
        await rotate(database, key_file, retire=True)
        await database.close()

    asyncio.run(work())


def run(folder: Path, failpoint: str) -> int:
    """Rotate in a child process; return the signal that ended it, 0 if it came to its end."""
    child = os.fork()
    if child == 0:
        os.environ["HARBOUR_FAILPOINT"] = failpoint
        rotate(folder)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def main(count_file: str, plans: list[str]) -> int:
    for one in plans:
        folder, _, plan = one.rpartition("=")
        if plan == "count":
            if run(Path(folder), f"count:{count_file}") != 0:
                return 1
            continue
        for step in plan.split("+"):
            if run(Path(folder), f"kill:{step}") not in {0, signal.SIGKILL}:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
