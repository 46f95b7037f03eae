"""What every test may use: golden files (`pytest --rewrite-golden` writes them anew), and ledgers on both kinds of database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# machines that run tests are shared: a slow example is no failure
settings.register_profile("exploring", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", settings.get_profile("exploring"), derandomize=True)  # of the same code the same is said
settings.load_profile("steady")

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write tests/golden/ anew instead of comparing with it")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden("name.txt", text)`: the text is what tests/golden/name.txt holds."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--rewrite-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        assert path.exists(), f"{path} is missing: write it with `pytest --rewrite-golden`, and read it before you commit it"
        assert text == path.read_text(encoding="utf-8"), f"differs from {path}: if it should, `pytest --rewrite-golden`"

    return compare


@pytest.fixture(scope="session")
def cluster():
    """One PostgreSQL server for all tests of this process."""
    from postgres_cluster import Cluster  # noqa: PLC0415  # tests without a ledger need neither server nor driver

    cluster = Cluster()
    yield cluster
    cluster.close()


NewLedger = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_ledger(request: pytest.FixtureRequest) -> NewLedger:
    """`with new_ledger() as url`: a database of its own. What asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "postgresql":
        cluster = request.getfixturevalue("cluster")
        return lambda _folder=None: cluster.database()
    folders = request.getfixturevalue("tmp_path_factory")
    return lambda folder=None: nullcontext(f"sqlite:///{(folder or folders.mktemp('ledger')) / 'ledger.db'}")


@pytest.fixture
def ledger_url(new_ledger: NewLedger, tmp_path: Path) -> Iterator[str]:
    """The URL of a database for one test, which runs on SQLite and on PostgreSQL."""
    with new_ledger(tmp_path) as url:
        yield url
