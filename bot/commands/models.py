"""`harbour train`, `test`, `releases`, `promote`, `rollback`: the trained models."""

from __future__ import annotations

import subprocess
import sys

from bot.commands.progress import progress
from bot.engine import releases
from bot.engine.environment import clean_environment
from bot.errors import ModelUnfit
from bot.settings import Settings


def train(settings: Settings, *, if_needed: bool, who: str, why: str) -> None:
    """Train and promote; with ``if_needed`` only if the files changed."""
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    with progress("Training") as tell:
        if if_needed:
            release = releases.ensure(settings.root, settings.models_dir, tell)
        else:
            made = releases.train(settings.root, settings.models_dir, tell, who=who, why=why)
            release = releases.promote(settings.models_dir, made.name)
    sys.stderr.write(f"The current release is {release.name}.\n")


def show_releases(settings: Settings) -> None:
    """Print one line per release, newest first."""
    live = releases.current(settings.models_dir)
    for release in releases.list_releases(settings.models_dir):
        mark = "current" if live is not None and release.name == live.name else ""
        figures = [release.name, release.created, f"{release.seconds:.0f} s", release.who, release.why, mark]
        sys.stdout.write("\t".join(figures) + "\n")


def promote(settings: Settings, name: str, *, who: str, why: str) -> None:
    """Make a release the current one."""
    releases.promote(settings.models_dir, name)
    sys.stdout.write(f"{name} is the current release{_signed(who, why)}. Restart the service to use it.\n")


def rollback(settings: Settings, *, who: str, why: str) -> None:
    """Go back by one release."""
    release = releases.rollback(settings.models_dir)
    sys.stdout.write(f"Back to {release.name}{_signed(who, why)}. Restart the service to use it.\n")


def test(settings: Settings) -> int:
    """Run Rasa's own conversation tests over the current release; return its status."""
    release = releases.current(settings.models_dir)
    if release is None:
        raise ModelUnfit("There is no release to test.", remedy="Say `harbour train` first.")
    stories = settings.root / "stories" / "tests"
    out = settings.data_dir / "test"
    command = [
        *(sys.executable, "-m", "rasa", "test", "core"),
        *("--model", str(release.archive), "--stories", str(stories), "--out", str(out)),
        *("--endpoints", "endpoints.yml", "--no-plot", "--fail-on-prediction-errors"),
    ]
    environment = {**clean_environment(), "PYTHONWARNINGS": "ignore", "TQDM_DISABLE": "1"}
    status = subprocess.run(command, cwd=settings.root, env=environment, check=False).returncode  # noqa: S603
    verdict = "All conversation tests hold." if status == 0 else f"Some do not; see {out}."
    sys.stdout.write(f"{verdict}\n")
    return status


def _signed(who: str, why: str) -> str:
    return "".join([f", by {who}" if who else "", f", because {why}" if why else ""])
