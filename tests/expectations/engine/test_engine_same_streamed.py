"""Whatever a batch comes as, the verdicts are those of the frame in memory, which are held to pandas' elsewhere."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from differential_cases import FORMATS, Case, every_case, one_of_each
from differential_frames import fixed
from differential_sides import Sides, differing

FRAMES = fixed()


@pytest.fixture(scope="module")
def sides() -> Iterator[Sides]:
    return Sides()


def agrees(sides: Sides, frame: pl.DataFrame, cases: Sequence[Case], result_format: Any, folder: Path) -> None:
    """The same of a frame, lazily, and from a file that has it in several pieces."""
    path = folder / "frame.parquet"
    frame.write_parquet(path, row_group_size=5)
    in_memory = sides.ask("polars", frame, cases, result_format)
    others = {"lazy": sides.ask("polars", frame.lazy(), cases, result_format), "file": sides.ask_file(path, cases, result_format)}
    for name, told in others.items():
        wrong = [(case, one, other) for case, one, other in zip(cases, in_memory, told, strict=True) if differs(one, other)]
        assert not wrong, f"{len(wrong)} differ of a {name}: {wrong[:3]}"


def differs(one: Any, other: Any) -> bool:
    """Told otherwise; of an exception its first line, too."""
    return bool(differing(one, other)) or one.raised.split("\n")[0] != other.raised.split("\n")[0]


def test_all_that_is_asked_is_answered_alike(sides: Sides, tmp_path: Path) -> None:
    agrees(sides, FRAMES["typical"], every_case()[::2], "COMPLETE", tmp_path)


@pytest.mark.parametrize("name", [name for name in FRAMES if name != "typical"])
def test_frames_at_the_edge_are_answered_alike(sides: Sides, name: str, tmp_path: Path) -> None:
    agrees(sides, FRAMES[name], one_of_each(2), "COMPLETE", tmp_path)


@pytest.mark.parametrize("name", FORMATS)
def test_every_result_format_is_answered_alike(sides: Sides, name: str, tmp_path: Path) -> None:
    agrees(sides, FRAMES["typical"], one_of_each(3), FORMATS[name], tmp_path)
