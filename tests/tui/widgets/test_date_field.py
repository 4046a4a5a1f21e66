"""A month on from a day; what the field does with it is tested where it stands, at the office."""

import datetime as dt

import pytest

from tui.widgets.date_field import months_on


@pytest.mark.parametrize(
    ("date", "number", "wanted"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2027-12-05", 1, "2028-01-05"),
        ("2027-01-05", -1, "2026-12-05"),
        ("2027-01-05", -13, "2025-12-05"),
        ("0001-01-05", -1, "0001-01-05"),
        ("9999-12-05", 1, "9999-12-05"),
    ],
)
def test_a_month_on_is_the_same_day_or_the_last_there_is(date: str, number: int, wanted: str) -> None:
    assert months_on(dt.date.fromisoformat(date), number) == dt.date.fromisoformat(wanted)
