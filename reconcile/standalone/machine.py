"""How much memory matching may take: what was said, or a share of what the machine has left."""

from __future__ import annotations

import os
import re
from pathlib import Path

from reconcile.errors import MemoryUnreadable

_SHARE = 0.6
"""Of the memory that is free, matching may take so much if nothing is said."""
_UNKNOWN = 4 * 2**30
"""What is assumed to be free where the system does not say."""
_UNITS = {"": 2**30, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_LIMITS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)
"""Where Linux tells what a container may take, and takes."""


def memory_of(text: str | None) -> int:
    """Bytes: `2GB`, `500 MB`, `1.5` (gigabytes); of None a share of what is free.

    Raises:
        MemoryUnreadable: it is no such size, or nothing.
    """
    if text is None:
        return int(_SHARE * _free())
    said = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)I?B?\s*", text.upper())
    size = int(float(said[1]) * _UNITS[said[2]]) if said else 0
    if not size:
        raise MemoryUnreadable(text)
    return size


def _free() -> int:
    free = _of_machine()
    for limit, taken in _LIMITS:
        try:
            free = min(free, int(limit.read_text()) - int(taken.read_text()))
        except (OSError, ValueError):  # there is no such limit
            continue
    return max(free, 2**20)


def _of_machine() -> int:
    try:
        told = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        return int(told["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        pass  # not Linux
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, OSError, ValueError):  # Windows
        return _UNKNOWN
