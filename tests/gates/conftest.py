import pytest
from gate_case import Case


@pytest.fixture
def case(tmp_path, ledger_url):
    case = Case(tmp_path, ledger_url)
    yield case
    case.close()
