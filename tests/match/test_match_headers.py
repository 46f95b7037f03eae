"""What a column's name says, in each of the languages of the vocabulary, also of terms on its later lines."""

import pytest

from reconcile.match.discovery.headers import concept_of


@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("国家", "country"),
        ("单价", "price"),
        ("手机号", "mobile"),
        ("客户名称", "company"),
        ("codigo postal", "postal_code"),
        ("Straße", "address"),
        ("Geburtsdatum", "birth_date"),
        ("ShipCountry", "country"),
    ],
)
def test_a_name_is_known_in_each_language(name, concept):
    assert concept_of(name).name == concept
