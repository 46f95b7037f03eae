"""What tests set up once for a machine is whole for everybody who asks, whoever comes first and whatever was left behind."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from systems import first_build
from systems.first_build import installed, run


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(first_build, "CACHE", tmp_path / "cache")


def test_who_comes_while_it_is_built_waits_and_gets_it_whole():
    later, built = [], []

    def build(home):
        built.append(home)
        if len(built) == 1:
            later.append(people.submit(installed, "system", "1", proof="whole", build=build))
            with pytest.raises(TimeoutError):
                later[0].result(timeout=0.2)
        (home / "whole").touch()

    with ThreadPoolExecutor(1) as people:
        first = installed("system", "1", proof="whole", build=build)
        assert later[0].result() == first
    assert built == [first]


def test_what_was_left_by_half_is_built_from_nothing():
    def dies(home):
        (home / "half").touch()
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        installed("system", "1", proof="whole", build=dies)
    home = installed("system", "1", proof="whole", build=lambda home: (home / "whole").touch())
    assert [file.name for file in home.iterdir()] == ["whole"]


def test_another_kind_is_another_folder():
    folders = {installed("system", kind, proof="whole", build=lambda home: (home / "whole").touch()) for kind in ("1", "2", "1")}
    assert len(folders) == 2


def test_a_step_that_fails_says_of_what_and_why():
    with pytest.raises(AssertionError, match=r"A thing can't be set up for its tests: .*\n.*no such wheel"):
        run("A thing", sys.executable, "-c", "raise SystemExit('no such wheel')")
