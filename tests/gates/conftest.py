import pytest
from gate_case import Case


@pytest.fixture
def case(tmp_path):
    case = Case(tmp_path)
    yield case
    case.close()
