"""Days are read as people write them."""

import datetime as dt
import re

import pytest

from storage.days import read_day

MONDAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-23",
        "20261123",
        "2026/11/23",
        "23/11/2026",
        " 23.11.26 ",
        "23-11-2026",
        "23 11 2026",
        "23 Nov 2026",
        "23-Nov-26",
        "23nov2026",
        "23rd of November, 2026",
        "Mon 23 Nov. 2026",
        "MONDAY, 23 NOVEMBER 2026",
        "November 23, 2026",
        "Nov 23rd 2026",
    ],
)
def test_a_day_is_read_as_people_write_it(written: str) -> None:
    assert read_day(written) == MONDAY


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("23/11", MONDAY),
        ("23 Nov", MONDAY),
        ("Mon 23 November", MONDAY),
        ("22 Nov", dt.date(2026, 11, 22)),
        ("21 Nov", dt.date(2027, 11, 21)),
        ("3rd March", dt.date(2027, 3, 3)),
        ("29 Feb", dt.date(2028, 2, 29)),
    ],
)
def test_without_a_year_the_next_such_day_is_meant(written: str, meant: dt.date) -> None:
    assert read_day(written, coming_from=dt.date(2026, 11, 22)) == meant
    with pytest.raises(ValueError, match="is no day; write it like"):
        read_day(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "31/02/2026",
        "11/24/2026",
        "0/1/2026",
        "1/1/0",
        "23 No 2026",
        "23/11-2026",
        "30 Feb",
        "Monday",
        "²/1/26",
    ],
)
def test_what_is_no_day_is_refused_with_how_to_write_one(written: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"“{written}” is no day; write it like 2026-11-23 or 23/11/2026")):
        read_day(written, coming_from=MONDAY)


def test_a_year_of_four_digits_is_that_year() -> None:
    assert read_day("0003-01-01") == dt.date(3, 1, 1)


def test_a_day_of_the_week_that_does_not_belong_to_the_date_is_told() -> None:
    with pytest.raises(ValueError, match="23 November 2026 is a Monday, not as you wrote it"):
        read_day("Tuesday 23 November 2026")
