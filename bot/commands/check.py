"""`harbour check`: the content's findings, then a dry training."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bot.content_check import findings


def check(root: Path) -> int:
    """Print every finding and train dry; return 1 if something must be mended."""
    found = findings(root)
    for finding in found:
        sys.stdout.write(f"{'MEND' if finding.blocks else 'note'}  {finding.where}: {finding.what}\n")
    if any(finding.blocks for finding in found):
        sys.stdout.write("Mend what is marked MEND, then check again.\n")
        return 1
    return _dry_training(root)


def _dry_training(root: Path) -> int:
    from bot.commands.progress import progress
    from bot.engine.releases import train

    with tempfile.TemporaryDirectory(prefix="harbour-check-") as folder, progress("Training dry") as tell:
        train(root, Path(folder), tell)
    sys.stdout.write("Everything fits together.\n")
    return 0
