"""The failures that people meet. Each carries one plain sentence saying what to do; `tui` decides how to show it.

The cause for the engineer travels as `__cause__`. A sentence never holds anything a candidate typed. What it repeats of
names, addresses and drivers' own words can steer no terminal.
"""

from storage.text import printable


class FairstartError(Exception):
    """A failure with a sentence for the person at the screen."""

    def __init__(self, sentence: str) -> None:
        self.sentence = printable(sentence)
        super().__init__(self.sentence)


class SettingsError(FairstartError):
    """kiosk.toml, or what was given in its place, cannot be used."""

    def __init__(self, sentence: str, key: str = "") -> None:
        """Make one; `key` is the key that it is about, such as `event.date`, where that is one."""
        super().__init__(sentence)
        self.key = key


class KeyFileError(FairstartError):
    """A key file or a recovery code is missing, damaged, or of the wrong kind."""


class WrongPassphraseError(FairstartError):
    """The passphrase does not open this key."""


class CoordinatorError(FairstartError):
    """A coordinator cannot be added, called so, or removed; nothing was changed."""


class TooSoonError(FairstartError):
    """The last passphrases were wrong, and the next one has to wait."""


class TooLittleMemoryError(FairstartError):
    """This computer has too little free memory for what was asked of it."""

    def __init__(self) -> None:
        super().__init__("This computer has too little free memory for that: close other programs, then try again.")


class WeakPassphraseError(FairstartError):
    """The passphrase would be too easy to guess."""


class NotSealedForThisKeyError(FairstartError):
    """A sealed response was altered, or belongs to another key, event or question set."""


class SealingUnavailableError(FairstartError):
    """This computer's `cryptography` lacks the algorithms that responses are sealed with."""


class StoreError(FairstartError):
    """The store could not be read or written; what it held before is unharmed."""


class StoreDamagedError(StoreError):
    """The store is not what was written."""


class ChangedElsewhereError(StoreError):
    """Another process changed the same thing meanwhile; what it wrote stands."""


class PlanError(FairstartError):
    """A table that was edited elsewhere cannot be read back; nothing was changed."""


class EventEndedError(FairstartError):
    """The event was ended: it takes no more responses."""


class InUseError(FairstartError):
    """Another process holds this data folder."""


class OtherComputerError(FairstartError):
    """The office's store was used on another computer, and nobody has said that it goes on here."""


class CopyError(FairstartError):
    """A copy of the office cannot be made or put back; the office stays as it is."""


class OlderCopyError(CopyError):
    """The office here holds something that the copy lacks."""


class NotSetUpError(FairstartError):
    """This data folder has not been through set-up."""


class ExportError(FairstartError):
    """An export cannot be made or taken; nothing of it was kept."""


class ReceiptError(FairstartError):
    """A receipt cannot be believed, or does not cover what is held; nothing was deleted."""


class StaleReceiptError(ReceiptError):
    """A receipt is good, but for other responses than those held now."""


class PlaceError(FairstartError):
    """A folder, drive or address cannot be reached, read or written."""


class NothingThereError(PlaceError):
    """A folder, drive or address has nothing of what is looked for."""


class StoppedError(FairstartError):
    """Somebody stopped it."""


class StickError(FairstartError):
    """A stick that an office prepares cannot be written, or a laptop cannot be set up from it."""
