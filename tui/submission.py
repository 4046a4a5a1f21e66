"""One response on its way to the disk and into the counts."""

import contextlib
from collections.abc import Mapping

from storage.crypto.sealing import Response, SealedResponse
from storage.kiosk.open_event import OpenEvent


class Submission:
    """One candidate's answers, to be sealed, kept and counted.

    A second try keeps the very same sealed response, so it can never count twice. Nothing that goes wrong underneath
    gets past this class, panics of `cryptography` included, which are no `Exception`: it would take the kiosk with it,
    and with the kiosk the answers, or a thank-you that was deserved.
    """

    def __init__(self, taken_by: OpenEvent, answers: Mapping[str, int]) -> None:
        self._taken_by = taken_by
        self._answers = answers
        self._sealed: SealedResponse | None = None

    def keep(self) -> bool:
        """Seal it, and put it on the disk. Returns whether it is there: only then may the candidate be thanked."""
        kept = False
        with contextlib.suppress(BaseException):
            if self._sealed is None:
                self._sealed = self._taken_by.seal(self._response)
            self._taken_by.keep(self._sealed)
            kept = True
        return kept

    def count(self) -> None:
        """Let it into the counts, once, when it is kept. Whatever comes of that, the candidate is thanked."""
        with contextlib.suppress(BaseException):
            self._taken_by.count(self._response)

    @property
    def _response(self) -> Response:
        return Response.of(self._answers, self._taken_by.event.survey)
