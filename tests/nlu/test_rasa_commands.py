"""Rasa's own commands work on our files and on the locked set of libraries."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.engine.environment import clean_environment

TINY = Path(__file__).resolve().parents[1] / "support" / "tiny_project"

# One process for all: what takes long is importing TensorFlow.
DRIVER = """
import sys
from rasa.__main__ import main

def rasa(*arguments):
    sys.argv = ["rasa", *arguments]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise

files = ["--domain", "stories/domain", "--data", "nlu", "stories/topics"]
rasa("data", "validate", *files)
rasa("train", *files, "--out", "trained", "--fixed-model-name", "commands")
rasa("test", "nlu", "--nlu", "nlu/examples/en.yml", "--model", "trained", "--domain", "stories/domain",
     "--out", "results", "--no-plot")
rasa("test", "core", "--stories", "stories/tests", "--model", "trained", "--out", "results", "--no-plot",
     "--endpoints", "endpoints.yml")
"""


@pytest.mark.model
def test_validate_train_and_test_as_a_trainer_types_them(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("models", "__pycache__")
    project = shutil.copytree(TINY, tmp_path / "project", ignore=ignored)
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        cwd=project,
        env=clean_environment() | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert (project / "trained" / "commands.tar.gz").is_file()
    understood = json.loads((project / "results" / "intent_report.json").read_text())
    assert understood["accuracy"] > 0.9
    told = json.loads((project / "results" / "story_report.json").read_text())
    assert told["conversation_accuracy"]["accuracy"] == 1.0
