"""A day as people write it, the British way round: 23/11/2026 is in November, and 11/23/2026 is no day."""

import datetime as dt
import re

from storage.text import shortened

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
_WEEKDAY = r"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?"
_DAY, _YEAR = r"(?P<day>\d{1,2})", r"(?P<year>\d{4}|\d{2})"
_FORMS = (
    r"(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})",
    rf"{_WEEKDAY}{_DAY} ?[/. -] ?(?P<month>\d{{1,2}}) ?[/. -] ?{_YEAR}",
    rf"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?(?:[ -]| of )?(?P<word>{_MONTH})\.?,?[ -]?{_YEAR}",
    rf"{_WEEKDAY}(?P<word>{_MONTH})\.? {_DAY}(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
)
_CENTURY, _ALL_DIGITS = 2000, 4


def read_day(text: str) -> dt.date:
    """The day that somebody writes: 23/11/2026, 23.11.26, 23 Nov 2026, Monday 23rd November 2026, or 2026-11-23.

    Raises:
        ValueError: there is no such day, or it is another day of the week; what it says is for people to read.
    """
    words = " ".join(text.split())
    found = next(filter(None, (re.fullmatch(form, words, re.IGNORECASE) for form in _FORMS)), None)
    parts = found.groupdict() if found else {}
    try:
        year = int(parts["year"])
        month = 1 + _MONTHS.index(parts["word"][:3].lower()) if "word" in parts else int(parts["month"])
        day = dt.date(year if len(parts["year"]) == _ALL_DIGITS else year + _CENTURY, month, int(parts["day"]))
    except (KeyError, ValueError) as error:
        raise ValueError(f"“{shortened(text)}” is no day; write it like 2026-11-23 or 23/11/2026") from error
    weekday = parts.get("weekday")
    if weekday and not f"{day:%A}".lower().startswith(weekday.lower()):
        raise ValueError(f"{day.day} {day:%B %Y} is a {day:%A}; correct the day or the date")
    return day
