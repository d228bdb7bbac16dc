"""For every test: no way out of this machine, and a table of the threats that were proved.

A whole run fails when a threat of `docs/threats.md` has no passing test.
"""

from __future__ import annotations

import ipaddress
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROVED: Counter[str] = Counter()
OUTSIDE: list[str] = []
FORBIDDEN = {"socket.connect", "socket.sendto", "socket.sendmsg"}


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in FORBIDDEN:
        return
    address = arguments[1] if len(arguments) > 1 else None
    if isinstance(address, tuple) and address and not _is_here(str(address[0])):
        OUTSIDE.append(str(address[0]))
        raise PermissionError("tests reach nothing beyond this machine")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return host in {"localhost", ""}


sys.addaudithook(_watch)


def required_threats() -> set[str]:
    """Return the threats that `docs/threats.md` says are proved by a test."""
    text = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| (T\d\d) \|", text, flags=re.MULTILINE))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call" and report.passed:
        for mark in item.iter_markers("threat"):
            PROVED.update(mark.args)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    whole = not session.config.args or session.config.args == session.config.getini("testpaths")
    selected = session.config.getoption("keyword") or session.config.getoption("markexpr")
    if whole and not selected and exitstatus == 0 and required_threats() - set(PROVED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not PROVED:
        return
    terminalreporter.section("threats proved")
    for threat in sorted(required_threats() | set(PROVED)):
        terminalreporter.line(f"{threat}  {PROVED[threat]:5d} passed")
    missing = sorted(required_threats() - set(PROVED))
    if missing:
        terminalreporter.line(f"without a passing test in this run: {', '.join(missing)}")
    if OUTSIDE:
        terminalreporter.line(f"refused on the way out: {len(OUTSIDE)}")
