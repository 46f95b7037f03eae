"""Columns that follow from others: told where many different rows show it, and not where chance could."""

import datetime as dt
import random

import polars as pl

from expectations.suggest import suggest, table_of_file

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
ROWS = 200
CITIES = {"BER": "Berlin", "BON": "Bonn", "MUC": "München", "CGN": "Köln"}


def rules_of(frame):
    return {one.rule.name: one for one in suggest(table_of_file(frame, "documents", NOW)).rules}


def lines():
    """Order lines with discount, tax and totals as a CSV gives them; one of them does not add up."""
    chance = random.Random(5)  # noqa: S311 # made-up lines, the same each time
    rows = []
    for n in range(ROWS):
        quantity, price, discount = chance.randint(1, 20), chance.randint(100, 9999) / 100, chance.choice([0, 0, 0.05, 0.1])
        net = round(quantity * price * (1 - discount), 2)
        tax = round(net * chance.choice([0.07, 0.19]), 2)
        gross = round(net + tax, 2) if n != 7 else 1.0
        code = chance.choice(list(CITIES))
        rows.append((f"L-{n:04}", quantity, price, discount, net, tax, gross, code, CITIES[code]))
    names = ("Line Id", "Quantity", "Unit Price", "Discount", "Net", "Tax", "Gross", "City Code", "City Name")
    return pl.DataFrame(rows, schema=names, orient="row").cast(pl.String)


def test_sums_and_products_are_told():
    rules = rules_of(lines())
    net, gross = rules["net_adds_up"], rules["gross_adds_up"]
    assert net.rule.kwargs["factor_columns"] == ["Quantity", "Unit Price"]
    assert net.rule.kwargs["discount_column"] == "Discount"
    assert net.tally[None].failed == 0
    assert gross.rule.kwargs["sum_columns"] == ["Net", "Tax"]
    assert gross.tally[None].failed == 1
    assert gross.rule.mostly < 1
    assert "199 of 200 rows" in gross.rule.reason.en
    assert "Gross = Net + Tax" in gross.rule.reason.zh
    assert {name for name in rules if name.endswith("_adds_up")} == {"net_adds_up", "gross_adds_up"}


def test_the_name_of_a_code_is_told():
    one = rules_of(lines())["city_name_goes_with_city_code"]
    assert one.rule.kwargs == {"column": "City Name", "by_columns": ["City Code"]}
    assert one.tally[None].failed == 0
    chinese = lines().rename({"City Code": "城市编码", "City Name": "城市名称"})
    assert any(one.rule.kwargs.get("by_columns") == ["城市编码"] for one in rules_of(chinese).values())


def test_chance_makes_no_rule():
    chance = random.Random(6)  # noqa: S311 # as above
    frame = pl.DataFrame(
        {
            "Id": [f"A-{n:04}" for n in range(ROWS)],
            **{f"Amount {name}": [str(chance.randint(0, 12)) for _ in range(ROWS)] for name in "ABCDEFGH"},
            "Shop Code": [chance.choice("XYZ") for _ in range(ROWS)],
            "Shop Name": ["Main" if n else "Other" for n in range(ROWS)],
        }
    )
    assert not [name for name in rules_of(frame) if name.endswith("_adds_up") or "_goes_with_" in name]
