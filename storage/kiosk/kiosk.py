"""A kiosk's data folder: set up once, then held by one process at a time.

<data>/kiosk.toml                            settings that set-up wrote, unless they live elsewhere
<data>/events.json                           those that the office has prepared it for: storage/exchange/coming.py
<data>/lock                                  held while a kiosk runs
<data>/office/                               only where this laptop is also the office
<data>/kiosk/                                its keys: storage/kiosk/key_files.py
<data>/kiosk/<event id>/                     one event: storage/kiosk/event_folder.py
"""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from content.survey import QUESTION_SET, Survey
from storage.crypto.hpke import suite
from storage.crypto.keys import (
    KioskPrivateKey,
    TallyPrivateKey,
)
from storage.errors import KeyFileError, NotSetUpError, StoreError
from storage.kiosk.event_folder import EventFolder, tidy
from storage.kiosk.open_event import Home, OpenEvent
from storage.kiosk.register import RENEWED, KioskKeys, Register
from storage.kiosk.state import is_set_up
from storage.private_files import write_private
from storage.progress import ProgressCallback, unreported
from storage.settings import Feedback, Settings

if TYPE_CHECKING:
    from storage.counts.disclosure import Counts


class Kiosk(OpenEvent):
    """An opened data folder with one current event. Make it with `open`, inside `hold`."""

    def __init__(
        self,
        data: Path,
        keys: KioskKeys,
        register: Register,
        settings: Settings,
    ) -> None:
        event = EventFolder.first_spelling(settings.event_for(keys.office.id, QUESTION_SET), data, register)
        self._home = Home(data, keys, register, settings.counts.threshold)
        super().__init__(event, frozenset(), self._home)
        self.own = keys.own
        self.feedback: OpenEvent | None = None
        """What people think of the current event, once they are asked."""
        self._feedback_asked: Feedback = "no"
        self._set(settings)

    def _set(self, settings: Settings) -> None:
        self._feedback_asked = settings.feedback.ask
        self._asks = _ids(settings.asks) if self._feedback_asked != "alone" else frozenset()
        if self._feedback_asked != "no" and self.feedback is None:
            choices = settings.feedback.choices
            feedback = EventFolder.feedback_on(self.event, choices, self.data, self.register)
            self.feedback = OpenEvent(feedback, _ids(feedback.survey), self._home)

    def go_by(self, settings: Settings) -> None:
        """Ask what these settings say from now on, at the same event. Whoever waits goes on waiting.

        Raises:
            StoreError: a place for feedback cannot be made.
        """
        self._set(settings)
        if self.feedback:
            try:
                self.feedback.prepare()
            except OSError as error:
                raise _cannot_write(self.data / "kiosk", error) from error

    @classmethod
    def open(cls, data: Path, settings: Settings) -> Self:
        """Check the keys, make the event's folder if it is new, settle and check its pool.

        Raises:
            NotSetUpError: set-up has not been run here.
            KeyFileError, SettingsError, StoreError: as their sentences say.
        """
        folder = data / "kiosk"
        if not is_set_up(data):
            raise NotSetUpError(f'{data} is not set up yet: run "fairstart setup".')
        if (folder / RENEWED).is_dir():
            from storage.kiosk.renewal import finish_renewal  # as good as no start does

            try:
                finish_renewal(data)
            except OSError as error:
                raise _cannot_write(folder, error) from error
        register = Register.open(folder)
        keys = KioskKeys.read(folder)
        register.check(keys)
        try:
            tidy(data)
            kiosk = cls(data, keys, register, settings)
            for one in kiosk.open_events:
                one.prepare()
        except OSError as error:
            raise _cannot_write(folder, error) from error
        try:
            kiosk.check()
        except BaseException:
            kiosk.close()
            raise
        return kiosk

    @property
    def open_events(self) -> tuple[OpenEvent, ...]:
        """The current event, and the feedback on it where people are asked."""
        return (self, self.feedback) if self.feedback else (self,)

    @property
    def asks_alone(self) -> Survey | None:
        """What people are asked about the event, where that is all they are asked; else None."""
        return self.feedback.event.survey if self.feedback and self._feedback_asked == "alone" else None

    @property
    def asks_then(self) -> Survey | None:
        """What they may be asked once that is kept; None once that takes no more."""
        if self.feedback is None or self._feedback_asked != "after" or self.feedback.ended:
            return None
        return self.feedback.event.survey

    @property
    def ended(self) -> bool:
        """Whether the current event was ended: it takes no more responses."""
        alone = self.feedback if self._feedback_asked == "alone" else None
        return super().ended or (alone is not None and alone.ended)

    def taking(self, survey: Survey) -> OpenEvent:
        """What takes the answers to a question set: the current event, or the feedback on it."""
        return next(one for one in self.open_events if one.event.question_set == survey.question_set)

    def unlock(self, passphrase: str) -> KioskPrivateKey:
        """The kiosk's private key, if the staff passphrase is right. Takes about a second and 256 MiB.

        A folder that has lost its `tally.pub` gets it back here, and an answer of the office's is no longer waited for.

        Raises:
            WrongPassphraseError: it is not.
            KeyFileError: the key file is missing or damaged.
            StoreError: `tally.pub` was missing and cannot be written.
        """
        key = KioskPrivateKey.from_file(self.data / "kiosk" / "kiosk.key", passphrase)
        if key.public != self.own or self._counting.key not in {None, key.tally.public}:
            raise KeyFileError("The kiosk's key files do not belong together: put back the ones set-up wrote.")
        if self._counting.key is None:
            write_private(self.data / "kiosk" / "tally.pub", key.tally.public.to_file())
            for one in self.open_events:
                one.lend(key.tally.public)
        from storage.kiosk.forgotten import expect_no_answer  # a start does without: 2 ms

        expect_no_answer(self.data)
        return key

    def warm_up(self) -> None:
        """Load what the first response would otherwise wait for."""
        _ = suite(), self.office.kem

    @property
    def all_waiting(self) -> int:
        """How many responses would stay out of this laptop's counts if it stopped now, feedback among them."""
        return sum(one.waiting for one in self.open_events)

    def end_event(self) -> None:
        """Leave those who wait to the office, and take no more responses, nor feedback. Final.

        Interrupted anywhere, it can simply be done again.

        Raises:
            StoreError: it could not be written: try again.
        """
        if self.feedback:
            self.feedback.end_event()
        super().end_event()

    @property
    def is_untouched(self) -> bool:
        """Whether nothing goes by what the current event is called: nothing is held of it or was handed over.

        Raises:
            StoreError: a pool cannot be read.
        """
        return super().is_untouched and (self.feedback is None or self.feedback.is_untouched)

    def discard_event(self) -> None:
        """Let go of the current event, which is untouched, for good: it has another name from now on.

        Raises:
            StoreError: it is not untouched, or could not be removed.
        """
        with self._keeping:
            if not self.is_untouched:
                raise StoreError("Somebody has answered meanwhile, so the event keeps its name: nothing was changed.")
            for one in reversed(self.open_events):
                one.discard()

    def counts(self, key: TallyPrivateKey, progress: ProgressCallback = unreported) -> "Counts":
        """The published tables of the current event, and of the feedback on it.

        Args:
            key: from `unlock`.
            progress: called every now and then with how many groups are open, and of how many.

        Raises:
            StoreError: a store cannot be read.
        """
        counts = super().counts(key, progress)
        return replace(counts, feedback=self.feedback.counts(key, progress)) if self.feedback else counts

    def check(self) -> int:
        """Check every page and row of the pools; return how many responses of the current event are held.

        Raises:
            StoreDamagedError, StoreError: as their sentences say.
        """
        if self.feedback:
            self.feedback.check()
        return super().check()

    def close(self) -> None:
        """Let go of the stores, and of the counts that are not written."""
        if self.feedback:
            self.feedback.close()
        super().close()


def _ids(survey: Survey) -> frozenset[str]:
    return frozenset(question.id for question in survey.questions)


def _cannot_write(folder: Path, error: OSError) -> StoreError:
    return StoreError(f"Cannot write in {folder} ({error.strerror}): check free space and permissions, then try again.")
