"""Releases: trained only when something changed, promoted, rolled back, never loaded when altered."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.engine import releases, sources
from bot.engine.environment import clean_environment
from bot.engine.manifest import Release
from bot.errors import ModelUnfit

Copied = Callable[[Path, str], Path]


@pytest.fixture
def project(tmp_path: Path, tiny_root: Path) -> Path:
    """A copy of the tiny project that a test may change."""
    ignored = shutil.ignore_patterns("models", ".rasa", "__pycache__")
    return shutil.copytree(tiny_root, tmp_path / "project", ignore=ignored)


@pytest.mark.parametrize(
    "file", ["config.yml", "nlu/examples/en.yml", "stories/domain/domain.yml", "stories/topics/rules.yml"]
)
def test_what_shapes_a_model_changes_the_fingerprint(project: Path, file: str) -> None:
    before = sources.fingerprint(project)
    with (project / file).open("a", encoding="utf-8") as out:
        out.write("\n# changed\n")
    assert sources.fingerprint(project) != before


def test_translations_and_services_are_recorded_but_need_no_training(project: Path) -> None:
    shape, record = sources.fingerprint(project), sources.recorded(project)
    for file in ("stories/locale/vi/LC_MESSAGES/harbour.po", "guidance/services.yml"):
        with (project / file).open("a", encoding="utf-8") as out:
            out.write("\n# changed\n")
    assert sources.fingerprint(project) == shape
    assert sources.recorded(project) != record
    assert {"requirements.lock", "nlu/need_classifier.py", "config.yml"} <= set(record)


def test_ensure_trains_nothing_that_stands_already(tiny_release: Release, tiny_root: Path) -> None:
    steps: list[str] = []
    again = releases.ensure(tiny_root, tiny_release.archive.parent, steps.append)
    assert again == tiny_release
    assert steps == []


def test_ensure_promotes_a_release_of_the_same_sources(
    copied: Copied, tmp_path: Path, tiny_root: Path
) -> None:
    copied(tmp_path, "20260101T000000-aaaaaaaa")
    steps: list[str] = []
    live = releases.ensure(tiny_root, tmp_path, steps.append)
    assert (live.name, steps) == ("20260101T000000-aaaaaaaa", [])
    assert releases.current(tmp_path) == live


def test_promote_and_go_back(copied: Copied, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        copied(tmp_path, name)
        releases.promote(tmp_path, name)

    assert [release.name for release in releases.list_releases(tmp_path)] == ["two", "three", "one"]
    assert releases.rollback(tmp_path).name == "two"
    assert releases.rollback(tmp_path).name == "one"
    with pytest.raises(ModelUnfit):
        releases.rollback(tmp_path)
    live = releases.current(tmp_path)
    assert live is not None
    assert live.name == "one"


@pytest.mark.threat("T20")
def test_an_altered_release_is_neither_promoted_nor_gone_back_to(copied: Copied, tmp_path: Path) -> None:
    old, new = copied(tmp_path, "old"), copied(tmp_path, "new")
    releases.promote(tmp_path, "old")
    releases.promote(tmp_path, "new")
    old.write_bytes(old.read_bytes() + b"\0")
    with pytest.raises(ModelUnfit):
        releases.rollback(tmp_path)
    with pytest.raises(ModelUnfit):
        releases.promote(tmp_path, "old")
    live = releases.current(tmp_path)
    assert live is not None
    assert live.archive == new


def test_pointers_that_are_broken_point_at_nothing(tmp_path: Path, copied: Copied) -> None:
    assert releases.current(tmp_path) is None
    assert releases.last_good(tmp_path) is None
    for broken in (b"", b"\xff", b"[]", b'{"current": "../../etc/passwd", "before": []}'):
        (tmp_path / "current").write_bytes(broken)
        assert releases.current(tmp_path) is None
    (tmp_path / "last-good").write_text("../outside.tar.gz")
    assert releases.last_good(tmp_path) is None
    archive = copied(tmp_path, "good")
    releases.note_good(archive)
    assert releases.last_good(tmp_path) == archive


def test_only_the_newest_and_those_to_go_back_to_are_kept(copied: Copied, tmp_path: Path) -> None:
    for name in ("a", "b"):
        copied(tmp_path, name)
        releases.promote(tmp_path, name)
    newer = [f"c{number:02}" for number in range(releases.KEPT + 3)]
    for name in newer:
        copied(tmp_path, name)
    releases.promote(tmp_path, "b")

    left = {release.name for release in releases.list_releases(tmp_path)}
    assert left == {"a", "b", *newer[3:]}
    assert not (tmp_path / "c00.tar.gz").exists()


@pytest.mark.threat("T29")
def test_no_setting_of_ours_reaches_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARBOUR_TELEGRAM_TOKEN", "CANARY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "CANARY")
    monkeypatch.setenv("PYTHONSTARTUP", "CANARY")
    environment = clean_environment()
    assert "CANARY" not in repr(environment)
    assert environment["RASA_TELEMETRY_ENABLED"] == "false"


@pytest.mark.model
def test_a_file_that_cannot_be_trained_on_is_named(project: Path, tmp_path: Path) -> None:
    (project / "stories" / "topics" / "rules.yml").write_text(
        'version: "3.1"\nrules:\n- rule: greet\n  steps: [{intent: greet}, {action: action_nobody_wrote}]\n'
    )
    with pytest.raises(ModelUnfit) as refused:
        releases.train(project, tmp_path / "models")
    assert "action_nobody_wrote" in str(refused.value)
    assert releases.list_releases(tmp_path / "models") == []
