"""What nobody who knows business would write: amounts of numbers that name, keys of moments, faults of what is to come."""

import datetime as dt
import random

import polars as pl

from expectations.suggest import suggest, table_of_file

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
ROWS = 300


def lines():
    """Lines of orders, some of them not shipped yet, with the moment at which each was changed."""
    chance = random.Random(11)  # noqa: S311 # made-up lines, the same each time
    day = dt.datetime(2024, 1, 1, 8)  # noqa: DTZ001 # a file's moments have no zone
    rows = []
    for n in range(ROWS):
        placed = day + dt.timedelta(days=n % 290, minutes=n)
        shipped = None if chance.random() < 0.03 else placed + dt.timedelta(days=2)
        rows.append(
            (
                *(f"{4500000 + n // 3}", str(10 * (n % 3 + 1)), f"{chance.randint(1, 9)}", f"{chance.randint(1, 400)}"),
                *(placed, shipped, f"T{n:06}" if shipped else None, dt.datetime(2026, 11, 1) + dt.timedelta(minutes=n)),  # noqa: DTZ001 # as above
            )
        )
    names = (
        "Sales Order",
        "Sales Order Item",
        "Quantity",
        "Available Quantity",
        "Placed",
        "Goods Issue",
        "Tracking",
        "Last Change",
    )
    return pl.DataFrame(rows, schema=names, orient="row")


def rules():
    return {one.rule.name: one.rule for one in suggest(table_of_file(lines(), "lines", NOW)).rules}


def test_numbers_of_one_length_name_something():
    assert "sales_order_is_in_range" not in rules()
    assert rules()["sales_order_is_well_formed"].kwargs["regex"] == r"^\d{7}$"


def test_a_moment_of_change_is_no_part_of_a_key_and_follows_nothing():
    found = rules()
    assert found["sales_order_and_sales_order_item_are_unique"].severity == "blocking"
    assert not any("last_change_is_not_before" in name for name in found)


def test_what_has_not_happened_yet_and_what_comes_with_it_may_be_missing():
    found = rules()
    assert not {"goods_issue_is_mostly_present", "tracking_is_mostly_present"} & set(found)
    assert "goods_issue_is_not_before_placed" in found


def test_parts_of_a_key_have_no_list_and_stock_may_run_out():
    found = rules()
    assert "sales_order_item_is_known" not in found
    assert "strict_min" in found["quantity_is_in_range"].kwargs
    assert "strict_min" not in found["available_quantity_is_in_range"].kwargs


def test_an_early_year_is_no_fault_unless_it_is_far_from_all_others():
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in range(ROWS)]
    days[0], days[1] = dt.date(2018, 5, 1), dt.date(1900, 1, 1)
    one = suggest(table_of_file(pl.DataFrame({"Id": range(ROWS), "Placed": days}), "orders", NOW)).rules
    bound = next(each for each in one if each.rule.name == "placed_is_plausible")
    assert bound.rule.kwargs["min_value"] == "2010-01-01"
    assert bound.tally[None].examples == ("1900-01-01",)
