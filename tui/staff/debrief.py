"""How the event went, as those who ran it write it on its laptop."""

from storage.crypto.keys import KioskPrivateKey
from storage.debrief import Debrief
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from tui.shared.debrief_form import DebriefForm

GOES_ALONG = "It goes to the office with the next hand-over, and opens here with your passphrase alone."


class StaffDebrief(DebriefForm):
    """Three questions about the current event, which has ended."""

    CSS_PATH = "../shared/shared.tcss"

    def __init__(self, kiosk: Kiosk, key: KioskPrivateKey) -> None:
        """Ask about a kiosk's current event; `key` opens what was written before.

        Raises:
            StoreError: that cannot be read.
        """
        written = Outbox(kiosk).debrief(key, kiosk.event)
        super().__init__(kiosk.event.name, written.said if written else None, GOES_ALONG)
        self._kiosk = kiosk
        self._key = key

    def keep(self, said: Debrief) -> None:
        """Keep it on the laptop."""
        Outbox(self._kiosk).write_debrief(self._key, self._kiosk.event, said)
