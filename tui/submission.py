"""One response on its way to the disk and into the counts."""

from collections.abc import Mapping

from storage.crypto.sealing import Response, SealedResponse
from storage.errors import EventEndedError, StoreError
from storage.kiosk.kiosk import Kiosk


class Submission:
    """One candidate's answers, to be sealed, kept and counted.

    A second try keeps the very same sealed response, so it can never count twice.
    """

    def __init__(self, kiosk: Kiosk, answers: Mapping[str, int]) -> None:
        self._kiosk = kiosk
        self._response = Response.of(answers)
        self._sealed: SealedResponse | None = None

    def keep(self) -> bool:
        """Seal it, and put it on the disk. Returns whether it is there: only then may the candidate be thanked."""
        if self._sealed is None:
            self._sealed = self._kiosk.seal(self._response)
        try:
            self._kiosk.keep(self._sealed)
        except (EventEndedError, StoreError):
            return False
        return True

    def count(self) -> None:
        """Let it into the counts, once, when it is kept. Whatever comes of that, the candidate is thanked."""
        self._kiosk.count(self._response)
