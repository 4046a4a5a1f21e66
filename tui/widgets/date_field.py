"""A field for a day, typed as people write it or gone to with the arrows, and the month that the day is in."""

import calendar
import datetime as dt
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from storage.days import read_day
from storage.events import day
from tui.widgets.field import TextField

_CELL = 3
"""Cells of a day in the month."""
WIDTH = 7 * _CELL
_TOP = 2
"""Lines above the first week."""
_WEEKS = 6
_YEARS = (dt.date.min.year, dt.date.max.year)


class DateField(TextField):
    """Up and down go to another day, Page Up and Page Down to another month; anything else is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "days(-1)", show=False),
        Binding("down", "days(1)", show=False),
        Binding("pageup", "months(-1)", show=False),
        Binding("pagedown", "months(1)", show=False),
    ]

    def __init__(self, value: str, first: dt.date) -> None:
        """Make a field; `first` is where the arrows begin, and what day without a year is the next from there on."""
        super().__init__(value, max_length=40)
        self.first = first

    @property
    def date(self) -> dt.date | None:
        """The day that stands in it; None where none does."""
        try:
            return read_day(self.value, coming_from=self.first)
        except ValueError:
            return None

    @date.setter
    def date(self, date: dt.date) -> None:
        self.value = day(date)
        self.cursor_position = len(self.value)

    def action_days(self, number: int) -> None:
        """Go on by so many days; an empty field begins with the first."""
        self._go(None if self.date is None else self.date.toordinal() + number)

    def action_months(self, number: int) -> None:
        """Go on by so many months."""
        self._go(None if self.date is None else months_on(self.date, number).toordinal())

    def _go(self, ordinal: int | None) -> None:
        if ordinal is None:
            self.date = self.first
        elif dt.date.min.toordinal() <= ordinal <= dt.date.max.toordinal():
            self.date = dt.date.fromordinal(ordinal)


def months_on(date: dt.date, number: int) -> dt.date:
    """The same day so many months later, or the last of that month; the day itself where time ends."""
    year, month = divmod(date.year * 12 + date.month - 1 + number, 12)
    if not _YEARS[0] <= year <= _YEARS[1]:
        return date
    return date.replace(year=year, month=month + 1, day=min(date.day, calendar.monthrange(year, month + 1)[1]))


class MonthGrid(Widget):
    """The weeks of a month, one day marked. A click on a day picks it; on an arrow, the same day of the next month."""

    DEFAULT_CSS = f"MonthGrid {{ width: {WIDTH}; height: {_TOP + _WEEKS}; }}"

    class Picked(Message):
        """A day was clicked."""

        def __init__(self, date: dt.date) -> None:
            super().__init__()
            self.date = date

    def __init__(self, date: dt.date) -> None:
        super().__init__()
        self._date = date

    def show(self, date: dt.date) -> None:
        """Show the month of this day, and mark it."""
        self._date = date
        self.refresh()

    def render(self) -> Content:
        """The month's name between two arrows, the days of the week, the weeks."""
        names = "".join(name[:2].rjust(_CELL) for name in calendar.day_name)
        lines = [Content.styled(f"◂{f'{self._date:%B %Y}':^{WIDTH - 2}}▸", "bold"), Content.styled(names, "$muted")]
        for week in self._weeks:
            days = (
                Content.styled(f"▸{number:2}", "bold $chosen-text on $chosen")
                if number == self._date.day
                else Content(f"{number or '':>{_CELL}}")
                for number in week
            )
            lines.append(Content("").join(days))
        return Content("\n").join(lines)

    @property
    def _weeks(self) -> list[list[int]]:
        return calendar.Calendar().monthdayscalendar(self._date.year, self._date.month)

    def on_click(self, event: events.Click) -> None:
        """Pick what was clicked."""
        if event.y == 0:
            self.post_message(self.Picked(months_on(self._date, -1 if event.x < WIDTH // 2 else 1)))
        elif 0 <= event.y - _TOP < len(self._weeks) and event.x < WIDTH:
            number = self._weeks[event.y - _TOP][event.x // _CELL]
            if number:
                self.post_message(self.Picked(self._date.replace(day=number)))
