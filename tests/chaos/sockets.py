"""I7: which sockets a process has open, and whether any leads beyond this machine."""

from __future__ import annotations

import contextlib
import ipaddress
import os
from collections.abc import Iterable
from pathlib import Path

TABLES = ("tcp", "tcp6", "udp", "udp6")
LISTENING = "0A"


def beyond_loopback(pids: Iterable[int]) -> set[str]:
    """Return ``pid local->remote`` for each socket of these processes that is not loopback only."""
    found: set[str] = set()
    for pid in pids:
        mine = _inodes(pid)
        for table in TABLES if mine else ():
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
                    fields = line.split()
                    if fields[9] in mine and not _stays(fields[1], fields[2], fields[3]):
                        found.add(f"{table} {_address(fields[1])} -> {_address(fields[2])}")
    return found


def _inodes(pid: int) -> set[str]:
    inodes = set()
    with contextlib.suppress(OSError):
        for entry in os.scandir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                target = str(Path(entry.path).readlink())
                if target.startswith("socket:["):
                    inodes.add(target[8:-1])
    return inodes


def _stays(local: str, remote: str, state: str) -> bool:
    """Whether a socket stays on the machine: loopback at both ends, or listening on loopback."""
    here, there = _address(local), _address(remote)
    return here.is_loopback and (state == LISTENING or there.is_loopback or there.is_unspecified)


def _address(field: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Read the kernel's form: hexadecimal, each 32-bit word in the machine's byte order."""
    raw = bytes.fromhex(field.partition(":")[0])
    packed = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    address = ipaddress.ip_address(packed)
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address
