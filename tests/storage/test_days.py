"""A day is understood as people write it, with the day first as in Britain."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.days import read_day

WRITTEN = (
    *("2026-11-23", "2026/11/23", "23/11/2026", "23.11.2026", "23-11-2026", "23/11/26", "23 / 11 / 2026", "23 11 2026"),
    *("23 Nov 2026", "23 November 2026", "23rd November 2026", "23rd of November 2026", "23nov2026", "23-Nov-2026"),
    *("Mon 23 Nov 2026", "Monday, 23 November 2026", "monday 23/11/2026", "NOVEMBER 23, 2026", "Nov 23rd, 2026"),
    *("  23   Nov.  2026 ", "23 Nov 26"),
)


@pytest.mark.parametrize("written", WRITTEN)
def test_a_day_is_read_as_it_is_written(written: str) -> None:
    assert read_day(written) == dt.date(2026, 11, 23)


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%Y-%m-%d", "%d %b %Y", "%A %d %B %Y", "%B %d, %Y", "%d.%m.%y"])
@given(day=st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_is_read_in_every_form(form: str, day: dt.date) -> None:
    assert read_day(day.strftime(form)) == day


def test_the_day_comes_before_the_month() -> None:
    assert read_day("3/4/2026") == dt.date(2026, 4, 3)
    assert read_day("1 Sept 2026") == dt.date(2026, 9, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "soon",
        "11/23/2026",
        "30 Feb 2026",
        "31/4/2026",
        "23/11",
        "23 Nov",
        "2026",
        "23/11/226",
        "0/1/2026",
        "23 Novem",
    ],
)
def test_what_is_no_day_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"is no day; write it like 2026-11-23 or 23/11/2026"):
        read_day(wrong)


def test_a_day_of_the_week_that_is_another_is_told() -> None:
    with pytest.raises(ValueError, match=r"^23 November 2026 is a Monday; correct the day or the date$"):
        read_day("Tuesday 23 November 2026")
