"""The held-out lines: what their version guards, and that none of them is trained on."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content_check import read_examples
from bot.conversation.danger import SAFETY_NEEDS
from bot.errors import BadCatalogue
from bot.evaluation.split import DANGER_FOLDER, FOLDER, digest_of, read_split
from bot.thoughts import repeats

ROOT = Path(__file__).resolve().parents[2]
ENTRY = (
    'version: "3.1"\n\nnlu:\n  - intent: greet\n    metadata: {%s}\n    examples: |\n      - hello there\n'
)


def project(
    tmp_path: Path, metadata: str = "language: en, tags: [clean]", version: str | None = None
) -> Path:
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    (folder / "en.yml").write_text(ENTRY % metadata)
    named = version or f"3 {digest_of([folder / 'en.yml'])}"
    (folder / "VERSION").write_text(named + "\n")
    return tmp_path


def test_lines_come_with_need_language_and_tags(tmp_path):
    split = read_split(project(tmp_path))
    line = split.lines[0]
    assert (split.version, line.text, line.intent, line.language) == ("3", "hello there", "greet", "en")
    assert line.tags == {"clean"}
    assert read_split(tmp_path, ["vi"]).lines == []


@pytest.mark.parametrize("version", ["3 0000000000000000", "3", "none"])
def test_lines_that_changed_need_a_new_version(tmp_path, version):
    with pytest.raises(BadCatalogue, match="VERSION"):
        read_split(project(tmp_path, version=version))


def test_an_entry_without_a_language_is_refused_by_name(tmp_path):
    with pytest.raises(BadCatalogue, match="greet"):
        read_split(project(tmp_path, metadata="tags: [clean]"))


@pytest.mark.parametrize("where", [FOLDER, DANGER_FOLDER])
def test_every_served_language_is_tested_and_no_line_is_trained_on(where):
    split = read_split(ROOT, where=where)
    assert len(split.languages()) == 22
    for language in split.languages():
        mine = [line for line in split.lines if line.language == language]
        trained = read_examples(ROOT / "nlu" / "examples" / language)
        needs = {line.intent for line in mine}
        assert needs <= set(trained)
        assert needs == set(trained) if where == FOLDER else needs >= SAFETY_NEEDS
        assert not repeats([line.text for line in mine], [t for texts in trained.values() for t in texts])
