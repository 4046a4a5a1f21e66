"""What staff are told before they end an event, or leave answers out of its counts."""

from collections.abc import Callable

from storage.kiosk import Kiosk
from storage.sentences import responses
from tui.staff.confirm import Confirm


def end_event(kiosk: Kiosk, ended: Callable[[], object]) -> Confirm:
    """Ask before ending the event; a yes ends it, and calls `ended` in its thread, even if the screens have locked."""

    def end() -> None:
        kiosk.end_event()
        ended()

    entering = kiosk.waiting - kiosk.left_at_end
    if entering:
        told = f"{responses(entering)} that wait will enter the counts now."
    elif kiosk.waiting:
        told = "Too few responses wait to enter this laptop’s counts."
    else:
        told = "No responses are waiting."
    if kiosk.left_at_end:
        told += f" The office alone counts the last {kiosk.left_at_end}."
    return Confirm(
        f"End “{kiosk.event.name}”?",
        f"This laptop will take no more answers for it. {told} Nothing is deleted. This cannot be undone.",
        "End the event",
        end,
    )


def leave(waiting: int, what: str, yes: str) -> Confirm:
    """Ask before leaving with answers that are not in the counts yet."""
    return Confirm(
        "Some responses are not in the counts yet",
        f"{responses(waiting)} would stay out of this laptop’s counts if you {what} now. "
        "Nothing is lost: the office counts everybody. If this event is over, end it first.",
        yes,
    )
