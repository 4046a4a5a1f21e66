"""Days as people write them: 23/11/2026, 23 Nov 2026, Monday 23rd November, 2026-11-23.

What could be read in two ways is read in the British one: the day stands before the month. A day of the week that does
not belong to the date is a slip of the pen in one of the two, so nothing is made of it.
"""

import calendar
import datetime as dt
import re

from storage.text import shortened

_MONTHS = [name.casefold() for name in calendar.month_name[1:]]
_WEEKDAYS = [name.casefold() for name in calendar.day_name]
_SHORTEST = 3
"""Letters of a month's or a weekday's name, at least."""
_CENTURY = "20"
"""Of years that are written with two digits."""

_YEAR = r"(?P<year>\d{4}|\d{2})"
_FORMS = [
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        rf"(?P<day>\d{{1,2}})([/.\- ])(?P<month>\d{{1,2}})(?:\2{_YEAR})?",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -]?(?:of )?(?P<name>[a-z]+)\.?(?:[ -]?{_YEAR})?",
        rf"(?P<name>[a-z]+)\.?[ -](?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:[ -]{_YEAR})?",
    )
]


def read_day(text: str, *, coming_from: dt.date | None = None) -> dt.date:
    """The day that somebody wrote.

    Args:
        text: as they wrote it.
        coming_from: where the year may be left out: the first such day from this one on is meant.

    Raises:
        ValueError: there is no such day; it says how to write one.
    """
    words = " ".join(text.casefold().replace(",", " ").split())
    first, _, rest = words.partition(" ")
    weekday = _named(first.rstrip("."), _WEEKDAYS)
    try:
        day = _date(rest if weekday is not None else words, coming_from)
    except ValueError as error:
        raise ValueError(f"“{shortened(text)}” is no day; write it like 2026-11-23 or 23/11/2026") from error
    if weekday is not None and day.weekday() != weekday:
        raise ValueError(f"{day.day} {day:%B %Y} is a {calendar.day_name[day.weekday()]}, not as you wrote it")
    return day


def _date(words: str, coming_from: dt.date | None) -> dt.date:
    found = next((match for form in _FORMS if (match := form.fullmatch(words))), None)
    if found is None:
        raise ValueError(words)
    parts = {"name": "", "month": ""} | found.groupdict()
    month = _named(parts["name"], _MONTHS)
    number = int(parts["month"]) if month is None else month + 1
    year, day = parts["year"], int(parts["day"])
    if year is None:
        return _next(number, day, coming_from)
    return dt.date(int(year if len(year) > len(_CENTURY) else _CENTURY + year), number, day)


def _next(month: int, day: int, coming_from: dt.date | None) -> dt.date:
    """The first day of that name from a day on; 29 February comes within eight years."""
    if coming_from is None:
        raise ValueError("no year")
    for year in range(coming_from.year, coming_from.year + 9):
        if day <= calendar.monthrange(year, month)[1] and (found := dt.date(year, month, day)) >= coming_from:
            return found
    raise ValueError("no such day")


def _named(word: str, names: list[str]) -> int | None:
    """The place of the name that a word is, or begins."""
    found = [place for place, name in enumerate(names) if len(word) >= _SHORTEST and name.startswith(word)]
    return found[0] if found else None
