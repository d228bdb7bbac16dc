"""`python -m benchmarks`: ours beside stock Rasa, one run, ratios printed. Takes about twenty minutes."""

from __future__ import annotations

import argparse
import asyncio
import shlex
import signal
import sys
import tempfile
from pathlib import Path

from benchmarks import record
from benchmarks.figures import as_table
from benchmarks.processes import BenchmarkFailed
from benchmarks.run import Plan, run

QUICK = Plan(lines=6, messages=60, people=12, rounds=1, starts=1, batches=20, long=400, stock_long=100)


def main() -> int:
    """Measure, print, and keep the result."""
    asked = _arguments()
    # Asked to end in whatever way: every process that was started is ended, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    plan = QUICK if asked.quick else Plan()
    if asked.lines is not None:
        plan = Plan(**{**vars(plan), "lines": asked.lines})
    around = record.machine()
    try:
        with tempfile.TemporaryDirectory(prefix="harbour-benchmark-") as folder:
            lines, notes = asyncio.run(run(plan, Path(folder), keep=asked.keep_logs))
    except (BenchmarkFailed, TimeoutError) as problem:
        sys.stderr.write(f"benchmarks: {problem or 'an answer did not come in time'}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    table = as_table(lines)
    sys.stdout.write(f"{table}\n\n" + "".join(f"- {note}\n" for note in notes))
    if not (asked.quick or asked.no_record):
        command = shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])
        record.keep(record.entry(table, command=command, machine=around, notes=notes))
        sys.stderr.write("Kept in docs/benchmarks.md.\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, nothing kept: to try the benchmark itself"
    )
    parser.add_argument("--lines", type=int, help="training lines of each need and language; 0: all")
    parser.add_argument("--no-record", action="store_true", help="do not write docs/benchmarks.md")
    parser.add_argument("--keep-logs", type=Path, metavar="FOLDER", help="copy every process's log there")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
