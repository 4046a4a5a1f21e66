"""A kiosk that went through set-up: its data folder, its keys, its people's answers, and the app on it.

Argon2id takes its time, so a data folder is set up once, and each test gets a copy.
"""

import contextlib
import hashlib
import shutil
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

import pytest
import tomlkit

from storage.crypto import keys
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import Response, ResponseOpener
from storage.data_folder import hold
from storage.errors import WrongPassphraseError
from storage.kiosk.key_files import set_up
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.practice import Practice
from storage.settings import SettingsFile, find_settings, parse
from tests.tui.pilot import SMALL, USUAL, AtKiosk, Size, run
from tui.app import KioskApp
from tui.setup import setup

Codes = tuple[int, int, int, int]
KIOSK_TOML = """\
# Written by Ada, for the autumn fair.

[organisation]
name = "Musterwerk"  # as on the banner

[event]
name = "Riverside Jobs Fair"
date = "2026-11-23"
place = "Leeds"
"""


class Start(Protocol):
    """Opens the kiosk; sections of kiosk.toml can be changed by name: `start(survey={"questions": "key"})`."""

    def __call__(
        self, size: Size = ..., *, practice: bool = ..., **changes: Mapping[str, object]
    ) -> AbstractAsyncContextManager[AtKiosk]: ...


class Held(Protocol):
    """Opens every response that is held, with the office's private key."""

    def __call__(self) -> list[tuple[int, int, int, int]]: ...


def changed(file: SettingsFile, **changes: Mapping[str, object]) -> SettingsFile:
    """The settings file with some keys changed."""
    document = tomlkit.parse(file.text)
    for section, values in changes.items():
        document.setdefault(section, tomlkit.table()).update(values)
    text = document.as_string()
    return SettingsFile(parse(text, str(file.path)), file.path, text)


def answered(kiosk: Kiosk, responses: Iterable[Response]) -> None:
    """Keep and count these, as the survey does."""
    for response in responses:
        kiosk.keep(kiosk.seal(response))
        kiosk.count(response)


@contextlib.asynccontextmanager
async def at_kiosk(app: KioskApp, size: Size = SMALL) -> AsyncIterator[AtKiosk]:
    """Stand in front of a kiosk that is ready."""
    async with run(app, size) as person:
        while not (person.app.survey._ready or person.app.fault):
            await person.pause()
        yield person


@pytest.fixture(scope="session")
def staff_passphrase() -> str:
    return "violet anchor mustard kite plough"


@pytest.fixture(scope="session")
def office_key() -> OfficePrivateKey:
    return OfficePrivateKey.generate()


@pytest.fixture(scope="session")
def kiosk_seed() -> bytes:
    """What the kiosk's own key is made of. No test holds the key itself, so one that is alive was left by the app."""
    return hashlib.sha256(b"a kiosk's seed").digest()


@pytest.fixture(scope="session")
def set_up_once(
    tmp_path_factory: pytest.TempPathFactory, office_key: OfficePrivateKey, staff_passphrase: str, kiosk_seed: bytes
) -> Path:
    """A data folder that went through set-up, never to be changed."""
    data = tmp_path_factory.mktemp("set-up") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KioskPrivateKey, "generate", lambda: KioskPrivateKey(kiosk_seed))
        set_up(data, staff_passphrase, office_key.public)
    return data


@pytest.fixture
def set_up_folder(set_up_once: Path, tmp_path: Path) -> Path:
    """A set-up data folder of this test's own."""
    return Path(shutil.copytree(set_up_once, tmp_path / "data"))


@pytest.fixture
def settings_file(set_up_folder: Path) -> SettingsFile:
    """A filled-in kiosk.toml, with an organiser's notes, in the data folder."""
    path = set_up_folder / "kiosk.toml"
    path.write_text(KIOSK_TOML, "utf-8")
    return SettingsFile(parse(KIOSK_TOML, str(path)), path, KIOSK_TOML)


@pytest.fixture
def shipped_settings(tmp_path: Path) -> SettingsFile:
    """The settings of a laptop that nobody has set up."""
    return find_settings(None, tmp_path, tmp_path / "data")


@pytest.fixture
def kiosk(set_up_folder: Path, settings_file: SettingsFile) -> Iterator[Kiosk]:
    """The opened data folder."""
    with hold(set_up_folder), contextlib.closing(Kiosk.open(set_up_folder, settings_file.settings)) as opened:
        yield opened


@pytest.fixture
def start(kiosk: Kiosk, settings_file: SettingsFile, office_key: OfficePrivateKey) -> Start:
    @contextlib.asynccontextmanager
    async def started(
        size: Size = USUAL, *, practice: bool = False, **changes: Mapping[str, object]
    ) -> AsyncIterator[AtKiosk]:
        settings = changed(settings_file, **changes)
        with contextlib.ExitStack() as closing:
            opened = kiosk
            if changes.keys() & {"event", "feedback"}:
                opened = closing.enter_context(contextlib.closing(Kiosk.open(kiosk.data, settings.settings)))
            practising = Practice(opened.data, office_key) if practice else None
            if practising:
                practising.stick.mkdir()
            async with at_kiosk(KioskApp(lambda: opened, settings, practice=practising), size) as person:
                yield person

    return started


@pytest.fixture
def as_staff(start: Start, staff_passphrase: str) -> Start:
    """Opens the kiosk, and its staff area. Wants `easy_unlock`, or the same."""

    @contextlib.asynccontextmanager
    async def let_in(
        size: Size = USUAL, *, practice: bool = False, **changes: Mapping[str, object]
    ) -> AsyncIterator[AtKiosk]:
        async with start(size, practice=practice, **changes) as person:
            await person.press("f2")
            await person.enter(staff_passphrase)
            yield person

    return let_in


@pytest.fixture
def held(kiosk: Kiosk, office_key: OfficePrivateKey) -> Held:
    def opened() -> list[tuple[int, int, int, int]]:
        responses: list[Response] = [
            ResponseOpener(office_key, kiosk.event).open(sealed.sealed) for sealed in kiosk._pool.rows()
        ]
        return [response.codes for response in responses]

    return opened


@pytest.fixture
def easy_unlock(monkeypatch: pytest.MonkeyPatch, staff_passphrase: str, kiosk_seed: bytes) -> None:
    """The staff passphrase without Argon2id, where a test is about something else."""

    def unlock(_kiosk: Kiosk, passphrase: str) -> KioskPrivateKey:
        if passphrase != staff_passphrase:
            raise WrongPassphraseError("That passphrase is not right.")
        return KioskPrivateKey(kiosk_seed)

    monkeypatch.setattr(Kiosk, "unlock", unlock)


def stretch_quickly(passphrase: str, salt: bytes) -> bytes:
    return hashlib.sha256(salt + keys.normalise_passphrase(passphrase).encode()).digest()


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key files as they are, with a hash in Argon2id's place."""
    monkeypatch.setattr(keys, "_stretch", stretch_quickly)


@pytest.fixture
def quickly_unlocked(
    quickly: None, set_up_folder: Path, staff_passphrase: str, kiosk_seed: bytes, office_key: OfficePrivateKey
) -> None:
    """The staff passphrase unlocks the kiosk's own key file, with a hash in Argon2id's place."""
    content = KioskPrivateKey(kiosk_seed).to_file(staff_passphrase, office_key.public)
    (set_up_folder / "kiosk" / "kiosk.key").write_bytes(content)


@pytest.fixture
def set_up_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set-up without its last act and without looking around, where a test is about its screens."""
    monkeypatch.setattr(setup, "carry_out", lambda _plan: iter(["Keys made and saved."]))
    monkeypatch.setattr(setup, "find_files", lambda _pattern: [])


@pytest.fixture
def office_pub(tmp_path: Path, office_key: OfficePrivateKey) -> Path:
    """The file that the office handed over."""
    path = tmp_path / "stick" / "office.pub"
    path.parent.mkdir()
    path.write_bytes(office_key.public.to_file())
    return path


def opened_with(office: OfficePrivateKey, data: Path, settings_file: SettingsFile) -> list[Codes]:
    """What is held, opened at the office."""
    with contextlib.closing(Kiosk.open(data, settings_file.settings)) as kiosk:
        return [ResponseOpener(office, kiosk.event).open(sealed.sealed).codes for sealed in kiosk._pool.rows()]
