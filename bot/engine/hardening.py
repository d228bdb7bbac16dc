"""What the child gives up before it reads a word: sockets, other programs, core dumps, endless memory."""

from __future__ import annotations

import ctypes
import resource
import signal
import socket
import sys
from typing import Any

MEMORY_LIMIT = 1536 * 1024 * 1024
"""Most writable memory, in bytes; a model that needs more is ended, not the machine."""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4

_REFUSED = frozenset(
    {
        "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
        "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo", "socket.sethostname",
        "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.spawn",
        "os.startfile", "pty.spawn", "ftplib.connect", "smtplib.connect", "urllib.Request", "ptrace",
    }
)  # fmt: skip
"""Audit events (source: Python 3.11 documentation, audit events table) that the engine never needs."""


class Refused(PermissionError):
    """The engine may not do this."""


def limit() -> None:
    """Allow no core dump, bound memory, and end when the parent ends, however it ends."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_LIMIT, MEMORY_LIMIT))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def refuse_egress() -> None:
    """Refuse sockets and other programs from here on; a hook once set cannot be taken away."""
    sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _REFUSED:
        raise Refused(f"The engine may not do {event}.")
    # The event loop wakes itself through a pair of local sockets that lead nowhere.
    if event == "socket.__new__" and arguments[1] != socket.AF_UNIX:
        raise Refused("The engine may not open a socket.")
