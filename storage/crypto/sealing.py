"""A response as a fixed number of bytes, sealed to the office key with HPKE (RFC 9180).

The suite is X-Wing (ML-KEM-768 with X25519) as the KEM, HKDF-SHA256, and ChaCha20-Poly1305. `info` binds a sealed
response to this application and format, the office key, the event and the question set, so that it cannot be passed off
as another's. A kiosk can seal and not open. Layouts are in FORMAT.md, sections 1 and 2.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from content.survey import Survey, load_survey
from storage.crypto.hpke import suite
from storage.crypto.keys import OfficePrivateKey, OfficePublicKey, OpeningKey
from storage.errors import NotSealedForThisKeyError, SealingUnavailableError
from storage.events import Event

RECORD_SIZE = 16
SEALED_SIZE = 1120 + RECORD_SIZE + 16
"""X-Wing encapsulation, record, Poly1305 tag: 1152 bytes."""

_ID_SIZE = 16
NOT_ASKED = 0
RECORD_VERSION = 1
_QUESTIONS = 4
CODES = slice(1, 1 + _QUESTIONS)
"""Where a record has the codes of the options."""
_INFO = b"fairstart sealed response 1\x00"
_FEEDBACK_INFO = b"fairstart sealed feedback 1\x00"


@dataclass(frozen=True, slots=True)
class Response:
    """One candidate's answers: for each question of the set, in order, the option's code, or `NOT_ASKED`.

    A question that was asked and not answered holds the code of its *prefer not to say*.
    """

    codes: tuple[int, int, int, int]

    def pack(self) -> bytes:
        """The record: 16 bytes, whatever was answered."""
        return bytes((RECORD_VERSION, *self.codes)).ljust(RECORD_SIZE, b"\x00")

    @classmethod
    def of(cls, answers: Mapping[str, int], survey: Survey | None = None) -> "Response":
        """The response with these codes by question id; a question that is absent was not asked.

        Args:
            answers: the codes.
            survey: what was asked; the four questions about background unless another set is named.
        """
        questions = (survey or load_survey()).questions
        first, second, third, fourth = (answers.get(question.id, NOT_ASKED) for question in questions)
        return cls((first, second, third, fourth))

    @classmethod
    def unpack(cls, record: bytes) -> "Response":
        """Read a record back.

        Raises:
            ValueError: not a record of this version.
        """
        if len(record) != RECORD_SIZE or record[0] != RECORD_VERSION or any(record[CODES.stop :]):
            raise ValueError("not a version 1 record")
        first, second, third, fourth = record[CODES]
        return cls((first, second, third, fourth))


class SealedResponse(msgspec.Struct, frozen=True, order=True):
    """A response that only the office can open: `SEALED_SIZE` bytes."""

    sealed: bytes

    @property
    def id(self) -> bytes:
        """The first 16 bytes of the SHA-256 of the sealed bytes."""
        return hashlib.sha256(self.sealed).digest()[:_ID_SIZE]


def ids_of(sealed: Iterable[SealedResponse]) -> list[bytes]:
    """The ids of many."""
    digest = hashlib.sha256
    return [digest(one.sealed).digest()[:_ID_SIZE] for one in sealed]


def binding(event: Event) -> bytes:
    """HPKE `info`: 28 bytes of name and version, 16 of office key id, 16 of event id, the question set in ASCII.

    The name is another where people are asked about the event: nothing that is sealed as the one opens as the other.
    """
    info = _FEEDBACK_INFO if event.is_feedback else _INFO
    return info + event.office_key_id + event.id + event.question_set.encode("ascii")


def require_sealing() -> None:
    """Check that the installed `cryptography` can seal and open.

    Raises:
        SealingUnavailableError: it was built without the algorithms.
    """
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
    except ImportError as error:
        raise _unavailable() from error
    try:
        office = OfficePrivateKey.generate()
        suite().decrypt(suite().encrypt(b"", office.public.kem), office.kem)
    except (ImportError, AttributeError, UnsupportedAlgorithm) as error:
        raise _unavailable() from error


def _unavailable() -> SealingUnavailableError:
    return SealingUnavailableError(
        "The installed cryptography package cannot seal responses: "
        'install its newest wheel with "pip install --upgrade cryptography".'
    )


def seal(response: Response, office: OfficePublicKey, event: Event) -> SealedResponse:
    """Seal one response. Randomised: the same answers never give the same bytes."""
    return SealedResponse(suite().encrypt(response.pack(), office.kem, binding(event)))


class ResponseOpener:
    """Opens many responses of one event at the office: the key is worked out once."""

    def __init__(self, office: OfficePrivateKey | OpeningKey, event: Event) -> None:
        from cryptography.exceptions import InvalidTag

        self._kem = office.kem
        self._binding = binding(event)
        self._decrypt = suite().decrypt
        self._refused = (InvalidTag, ValueError)

    def open(self, sealed: bytes) -> Response:
        """Open one, given as its `SEALED_SIZE` bytes.

        Raises:
            NotSealedForThisKeyError: altered, or sealed under another key, event or question set.
        """
        try:
            return Response.unpack(self.record(sealed))
        except ValueError as error:
            raise _not_for_this_key() from error

    def record(self, sealed: bytes) -> bytes:
        """The record in one, whatever it says: it may be no record of this version.

        Raises:
            NotSealedForThisKeyError: as `open`.
        """
        try:
            return self._decrypt(sealed, self._kem, self._binding)
        except self._refused as error:
            raise _not_for_this_key() from error


def _not_for_this_key() -> NotSealedForThisKeyError:
    return NotSealedForThisKeyError(
        "This response was altered, or was sealed for another office or event: leave it out and ask the sender."
    )
