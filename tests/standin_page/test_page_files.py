"""The page's files: no outside address, no inline script, and every promised name in use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import standin

PAGE = Path(standin.__file__).parent / "page"
FILES = sorted(PAGE.iterdir())


def promised() -> set[str]:
    """Return the data-testid names that the comment at the top of index.html promises."""
    comment = re.search(r"<!--(.*?)-->", (PAGE / "index.html").read_text(), re.S)
    assert comment is not None
    listed = re.sub(r"\[[^\]]*\]|\([^)]*\)", "", comment[1].split("Frame ", 1)[1])
    return set(re.findall(r"(?<![<\w-])[a-z]+(?:-[a-z]+)+(?![\w>-])", listed))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_file_names_another_host(file):
    """Nothing is loaded from elsewhere: the only addresses are names of SVG's language."""
    addresses = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"')]*", file.read_text()))
    assert addresses <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_strict_policy_is_kept(file):
    """No inline script, style or handler, and no way from words to markup."""
    text = file.read_text()
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "javascript:",
    ):
        assert forbidden not in text
    if file.suffix == ".html":
        assert not re.search(r"\son[a-z]+\s*=|<style|\sstyle\s*=|<script(?![^>]*\ssrc=)", text)
        assert "default-src 'none'" in text


def test_every_promised_name_is_in_use():
    """A data-testid that the page promises stands in its code, whole or put together from its parts."""
    code = "".join(file.read_text() for file in FILES if file.suffix == ".js")
    code += (PAGE / "index.html").read_text().split("-->", 1)[1]
    templates = set(re.findall(r"`([a-z-]*\$\{[a-z]+\}-[a-z-]+)`", code))
    made = [re.compile(re.sub(r"\$\{[a-z]+\}", "[a-z]+", one)) for one in templates]
    names = promised()
    assert len(names) > 60
    missing = [
        name for name in names if f'"{name}"' not in code and not any(one.fullmatch(name) for one in made)
    ]
    assert missing == []
