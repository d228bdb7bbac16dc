"""What we install: every file by its hash, from nowhere by name, and an altered one is refused."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK = ROOT / "requirements.lock"


@pytest.mark.threat("T30")
def test_every_locked_package_has_an_exact_version_and_a_hash():
    """No line of the lock installs whatever the registry holds today."""
    entries = re.split(r"\n(?=\S)", LOCK.read_text(encoding="utf-8").strip())
    loose = [e.split()[0] for e in entries if "==" not in e.split()[0] or "--hash=sha256:" not in e]
    assert len(entries) > 100
    assert loose == []


def test_the_lock_names_no_host():
    assert not re.search(r"https?:|index-url|@ file", LOCK.read_text(encoding="utf-8"))


def test_make_installs_with_hashes_required():
    assert "--require-hashes -r requirements.lock" in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.threat("T30")
@pytest.mark.parametrize("altered", [False, True])
def test_an_altered_file_does_not_install(tmp_path: Path, altered: bool):
    """With the lock's options a package installs; with one byte more in it, it is refused."""
    wheel = _tiny_wheel(tmp_path / "shelf")
    wanted = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if altered:
        with zipfile.ZipFile(wheel, "a") as archive:
            archive.writestr("tiny_wheel/more.py", "stolen = True\n")
    requirements = tmp_path / "requirements.lock"
    requirements.write_text(f"tiny-wheel==1.0 --hash=sha256:{wanted}\n", encoding="utf-8")
    done = _pip_install(requirements, shelf=wheel.parent, target=tmp_path / "site")
    assert (done.returncode != 0) is altered
    assert (tmp_path / "site" / "tiny_wheel").exists() is not altered
    assert ("DO NOT MATCH THE HASHES" in done.stderr) is altered


def _pip_install(requirements: Path, *, shelf: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--ignore-requires-python"]
    command += ["--require-hashes", "--no-index", "--find-links", str(shelf), "--target", str(target)]
    return subprocess.run(
        [*command, "-r", str(requirements)], capture_output=True, text=True, check=False, timeout=120
    )


def _tiny_wheel(shelf: Path) -> Path:
    shelf.mkdir()
    wheel = shelf / "tiny_wheel-1.0-py3-none-any.whl"
    info = "tiny_wheel-1.0.dist-info"
    files = {
        "tiny_wheel/__init__.py": "",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny-wheel\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]))
    return wheel
