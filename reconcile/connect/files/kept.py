"""What was read of a file, kept in memory as long as the file is the same: a push asks for 200 records at a time, many times.

Apart from the files themselves, which say how each kind is read.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import polars as pl

MOST_BYTES = 512 << 20
"""So much is kept of one table; of a larger one nothing is, and each question reads the file again."""
_SETTLED_SECONDS = 2.0
"""A file that was changed so short a time ago may change again without its times telling, so that its bytes are looked at."""

Version = tuple[int, int, int, int, str]
Pages = Callable[[Sequence[str]], Iterator[pl.DataFrame]]
"""Reads these columns of the file, page by page."""


@dataclass(frozen=True)
class _Table:
    version: Version
    frame: pl.DataFrame | None
    """None if it is too large to be kept."""


class Kept:
    """Tables of files by a name of the caller's; safe to use from several threads."""

    def __init__(self) -> None:
        self._tables: dict[str, _Table] = {}
        self._lock = threading.Lock()

    def pages(self, name: str, path: Path, columns: Sequence[str], read: Pages) -> Iterable[pl.DataFrame]:
        """All rows with at least these columns, read only if the file, or a column, is not kept. Raises what `read` raises."""
        with self._lock:
            version, known = version_of(path), self._tables.get(name)
            if known is not None and known.version == version:
                if known.frame is None:
                    return read(columns)
                if set(columns) <= set(known.frame.columns):
                    return [known.frame]
                columns = list(dict.fromkeys([*columns, *known.frame.columns]))
            return self._read(name, path, version, read(columns))

    def _read(self, name: str, path: Path, version: Version, pages: Iterator[pl.DataFrame]) -> Iterable[pl.DataFrame]:
        """The pages; kept if they are not too large, and if the file did not change while it was read."""
        self._tables.pop(name, None)
        found: list[pl.DataFrame] = []
        size = 0.0
        for page in pages:
            found.append(page)
            size += page.estimated_size()
            if size > MOST_BYTES:
                self._tables[name] = _Table(version, None)
                return chain(found, pages)
        frame = pl.concat(found)
        if version_of(path) == version:
            self._tables[name] = _Table(version, frame)
        return [frame]

    def forget(self) -> None:
        """Keep nothing any more."""
        with self._lock:
            self._tables.clear()


def version_of(path: Path) -> Version:
    """Another one if the file was changed or replaced: times, size, place and, of one that was changed just now, a hash.

    Raises OSError.
    """
    now, stat = time.time(), path.stat()
    digest = ""
    if now - max(stat.st_mtime, stat.st_ctime) < _SETTLED_SECONDS:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "blake2b").hexdigest()
    return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino, digest
