"""What staff read before they end an event, quit, or leave answers out of its counts."""

from collections.abc import Callable

from storage.events import day
from storage.exchange.handover import HeldEvent
from storage.kiosk.groups import GROUP
from storage.kiosk.kiosk import Kiosk
from storage.report.sentences import responses
from storage.text import counted
from tui.shared.confirm import Confirm
from tui.text.handover import what_goes


def end_event(kiosk: Kiosk, held: HeldEvent | None, ended: Callable[[], object]) -> Confirm:
    """Ask before ending the event; a yes ends it, and calls `ended` in its thread, even if the screens have locked.

    Args:
        kiosk: whose current event.
        held: that event, and what is held of it; None where that could not be read.
        ended: is told.
    """

    def end() -> None:
        kiosk.end_event()
        ended()

    about = what_goes(held) if held else f"{day(kiosk.event.date)}. What is held of it could not be read."
    waiting = (
        f"{counted(kiosk.all_waiting, 'response waits', 'responses wait')}, too few for this laptop’s counts: "
        "the office counts everybody. "
        if kiosk.all_waiting
        else ""
    )
    return Confirm(
        f"End “{kiosk.event.name}”?",
        f"{about} It will take no more answers. {waiting}Nothing is deleted. This cannot be undone.",
        "End the event",
        end,
        word="end",
    )


def leave(waiting: int, what: str, yes: str) -> Confirm:
    """Ask before leaving with answers that are not in the counts yet."""
    return Confirm(
        "Some responses are not in the counts yet",
        f"{responses(waiting)} would stay out of this laptop’s counts if you {what} now. "
        f"With {counted(GROUP - waiting % GROUP, 'more answer')} they would enter. "
        "Nothing is lost: the office counts everybody.",
        yes,
    )


def leave_practice() -> Confirm:
    """Ask before practice ends."""
    return Confirm("End practice?", "Nothing of it was kept.", "End practice")


def leave_kiosk(name: str) -> Confirm:
    """Ask before the kiosk closes."""
    return Confirm(
        "Quit?",
        f"“{name}” takes no answers until somebody starts Fairstart again on this laptop. Nothing is lost.",
        "Quit",
    )
