import pytest

from reconcile.ledger import Ledger


@pytest.fixture
def url(ledger_url):
    """On SQLite and on PostgreSQL; a test of SQLite's files makes its own."""
    return ledger_url


@pytest.fixture
def ledger(url):
    with Ledger.open(url) as ledger:
        yield ledger
