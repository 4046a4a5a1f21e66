"""An office and the laptops that hand over to it: exports on a drive, and data folders that they were brought into."""

import contextlib
import itertools
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import storage.kiosk.counting
import storage.office.groups
from storage.counts.noise import Bits, Coins
from storage.counts.tally import Tally
from storage.crypto import keys
from storage.crypto.keys import SEED_SIZE, KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import Response
from storage.events import Stage
from storage.exchange.locations import Site
from storage.kiosk.key_files import set_up
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.office.decrypting import all_cores
from storage.office.importing import bring_all, find_exports
from storage.office.office import Office
from storage.office.planned import PlannedEvent
from storage.office_folder import NewOffice, make_office
from storage.settings import SettingsFile, parse
from tests.damage import altered
from tests.storage.counts.people import coins_for, tally_of
from tests.tui.kiosks import KIOSK_TOML, Codes, changed, stretch_quickly
from tests.tui.pilot import SMALL, AtOffice, Person, Size, run
from tui.office.app import OfficeApp
from tui.shared.steps import RecoveryCheck

OFFICE_PASSPHRASE = "quartz lemon harbour tin orbit"


RECOVERY_SECRET = bytes(range(17))
"""Of the recovery code of the offices below, whose coordinator is Ada."""


HOSTILE = "Open [red]Day[/] [@click=app.quit]x[/] $5 \\x1b[31m"
"""The name of an event, with all that Textual or a terminal might obey."""


class Laptop:
    """A kiosk that has been somewhere and has handed over. Wants `quickly`, or the same."""

    def __init__(self, data: Path, office: OfficePrivateKey, seed: bytes) -> None:
        self.data = data
        self._seed = seed
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(KioskPrivateKey, "generate", lambda: KioskPrivateKey(seed))
            set_up(data, "any", office.public)

    @property
    def fingerprint(self) -> str:
        return KioskPrivateKey(self._seed).public.fingerprint

    def hands_over(self, drive: Path, codes: Sequence[tuple[int, int, int, int]], **event: object) -> None:
        """Hold these responses of one event, and export everything that is held."""
        file = SettingsFile(parse(KIOSK_TOML, "kiosk.toml"), self.data / "kiosk.toml", KIOSK_TOML)
        with contextlib.closing(Kiosk.open(self.data, changed(file, event=event).settings)) as kiosk:
            sealed = [kiosk.seal(Response(each)).sealed for each in codes]
            kiosk._pool._rewrite(kiosk._pool._open(), sorted(sealed))
            list(Outbox(kiosk).hand_over(KioskPrivateKey(self._seed), Site.at(str(drive)), lambda _done, _of: None))


def people(count: int, occupations: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """So many, who answer the first question in turn with these."""
    return [
        (occupations[place % len(occupations)], 1 + place % 2, 1 + place % 3, 1 + place % 2) for place in range(count)
    ]


FAMILIAR, STRANGE = b"a laptop that the office has met!", b"a laptop it has never heard of..!"


@pytest.fixture(scope="session")
def handed_over_once(tmp_path_factory: pytest.TempPathFactory, office_key: OfficePrivateKey) -> Path:
    """A drive with the exports of two laptops, and one that is damaged: never to be changed."""
    folder = tmp_path_factory.mktemp("handed-over")
    drive = folder / "drive"
    drive.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_stretch", stretch_quickly)
        familiar = Laptop(folder / "familiar", office_key, FAMILIAR[:SEED_SIZE])
        familiar.hands_over(drive, people(120, [6, 6, 6, 1, 7]), name=HOSTILE, date="2026-10-01", stage="outreach")
        familiar.hands_over(
            drive, people(100, [1, 1, 1, 1, 6]), name="Autumn Intake", date="2026-11-02", stage="applicants"
        )
        strange = Laptop(folder / "strange", office_key, STRANGE[:SEED_SIZE])
        strange.hands_over(drive, people(7, [3]), name="Hull Fair", date="2026-11-20", place="Hull")
    whole = min(drive.iterdir())
    (drive / "fairstart-damaged.fairstart").write_bytes(altered(whole.read_bytes()))
    return drive


@pytest.fixture
def handed_over(handed_over_once: Path, tmp_path: Path) -> Path:
    """That drive, of this test's own."""
    return Path(shutil.copytree(handed_over_once, tmp_path / "DRIVE"))


@pytest.fixture(scope="session")
def offices_once(
    tmp_path_factory: pytest.TempPathFactory, office_key: OfficePrivateKey, handed_over_once: Path
) -> tuple[Path, Path]:
    """Data folders of an office without events, and of one that has brought in what a familiar laptop handed over."""
    folder = tmp_path_factory.mktemp("offices")
    drive = Path(shutil.copytree(handed_over_once, folder / "drive"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_stretch", stretch_quickly)
        make_office(folder / "new", NewOffice(office_key, OFFICE_PASSPHRASE, "Ada", RECOVERY_SECRET))
    shutil.copytree(folder / "new", folder / "used")
    with contextlib.closing(Office.open(folder / "used", office_key)) as office, all_cores() as executor:
        office.accept(KioskPrivateKey(FAMILIAR[:SEED_SIZE]).public)
        brought = bring_all(office, find_exports([str(drive)]), executor, lambda _done, _of: None)
        assert sum(one.brought is not None for one in brought) == 2
    return folder / "new", folder / "used"


STAGES: tuple[Stage, ...] = ("outreach", "applicants")


def office_of(folder: Path, empty: Path, key: OfficePrivateKey, answers: Sequence[Sequence[Codes]]) -> Path:
    """The data folder of an office at whose events these people answered; no table was made yet."""
    data = Path(shutil.copytree(empty, folder / "data"))
    (folder / "drive").mkdir()
    laptop = Laptop(folder / "laptop", key, FAMILIAR[:SEED_SIZE])
    for stage, codes in zip(STAGES, answers, strict=True):
        laptop.hands_over(folder / "drive", codes, name=f"{stage} day", date="2026-10-01", stage=stage)
    with contextlib.closing(Office.open(data, key)) as office, all_cores() as executor:
        office.accept(KioskPrivateKey(FAMILIAR[:SEED_SIZE]).public)
        list(bring_all(office, find_exports([str(folder / "drive")]), executor, lambda _done, _of: None))
    return data


def coins_of(
    data: Path, key: OfficePrivateKey, answers: Sequence[Sequence[Codes]], wanted: Sequence[Sequence[Codes]]
) -> Callable[[bytes, object], Coins]:
    """What blurs the groups of that office to the counts of other people."""
    with contextlib.closing(Office.open(data, key)) as office:
        events = sorted(office.events(), key=lambda one: one.event.id)  # as groups are made
    places = [STAGES.index(one.event.stage) for one in events]
    tallies = [[tally_of(map(Response, codes)) for codes in each] for each in (answers, wanted)]
    coins = coins_towards([(tallies[0][place], tallies[1][place]) for place in places])
    return lambda _key, _ids: coins


@pytest.fixture(scope="session")
def wide_office_once(
    tmp_path_factory: pytest.TempPathFactory, office_key: OfficePrivateKey, offices_once: tuple[Path, Path]
) -> Path:
    """The data folder of an office with events of several stages, levels, places and quarters."""
    folder = tmp_path_factory.mktemp("wide-office")
    drive = folder / "drive"
    drive.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_stretch", stretch_quickly)
        laptop = Laptop(folder / "laptop", office_key, FAMILIAR[:SEED_SIZE])
        for name, date, place, stage, count in (
            ("Leeds Fair", "2026-10-01", "Leeds", "outreach", 60),
            ("Leeds Intake", "2026-11-02", "Leeds", "applicants", 50),
            ("Hull Fair", "2026-10-05", "Hull", "outreach", 40),
            ("Hull Intake", "2027-01-11", "Hull", "make-up", 30),
            ("Small Fair", "2026-12-01", "York", "outreach", 4),
        ):
            occupations = [6, 6, 1, 3] if stage == "outreach" else [1, 1, 1, 6]
            laptop.hands_over(drive, people(count, occupations), name=name, date=date, place=place, stage=stage)
    data = Path(shutil.copytree(offices_once[0], folder / "data"))
    with contextlib.closing(Office.open(data, office_key)) as office, all_cores() as executor:
        office.accept(KioskPrivateKey(FAMILIAR[:SEED_SIZE]).public)
        brought = bring_all(office, find_exports([str(drive)]), executor, lambda _done, _of: None)
        assert all(one.brought for one in brought)
        for one in office.events():
            if one.event.name in {"Hull Fair", "Hull Intake", "Leeds Intake"}:
                office.describe(one.event, None, 2 if one.event.name == "Hull Fair" else 3)
    return data


@pytest.fixture
def wide_office(wide_office_once: Path, tmp_path: Path) -> Path:
    """That data folder, of this test's own. Wants `quickly`."""
    return Path(shutil.copytree(wide_office_once, tmp_path / "wide-office"))


@pytest.fixture
def new_office(offices_once: tuple[Path, Path], tmp_path: Path) -> Path:
    """The data folder of an office that nothing was brought into. Wants `quickly`."""
    return Path(shutil.copytree(offices_once[0], tmp_path / "office"))


@pytest.fixture
def used_office(offices_once: tuple[Path, Path], tmp_path: Path) -> Path:
    """The data folder of an office with two events. Wants `quickly`."""
    return Path(shutil.copytree(offices_once[1], tmp_path / "office"))


def coins_towards(groups: Iterable[tuple[Tally, Tally]]) -> Coins:
    """Coins that blur one group after the other, each given by its exact counts, to the counts that are wanted."""
    drawn: dict[str, list[list[int]]] = {}
    for exact, wanted in groups:
        for question, counts in exact.counts.items():
            noise = [wanted.counts[question][category] - count for category, count in counts.items()]
            drawn.setdefault(question, []).append(noise)
    left = {question: iter(noises) for question, noises in drawn.items()}

    def coins(question: str) -> Bits:
        return coins_for(next(left[question]))

    return coins


Opens = Callable[..., contextlib.AbstractAsyncContextManager[AtOffice]]


@pytest.fixture
def at_door(settings_file: SettingsFile) -> Opens:
    """Stands in front of the locked office of a data folder; sections of kiosk.toml can be changed by name."""
    return lambda data, size=SMALL, **changes: run(OfficeApp(data, changed(settings_file, **changes)), size)


@pytest.fixture
def in_office(at_door: Opens, office_key: OfficePrivateKey) -> Opens:
    """Stands in the open office of a data folder, which plans these events."""

    @contextlib.asynccontextmanager
    async def opened(
        data: Path, *events: PlannedEvent, size: Size = SMALL, **changes: Mapping[str, object]
    ) -> AsyncIterator[AtOffice]:
        async with at_door(data, size, **changes) as person:
            person.app.open_office(office_key)
            assert person.app.office
            for one in events:
                person.app.office.planned.save(one)
            await person.settle()
            yield person

    return opened


async def go_in(person: AtOffice, passphrase: str = OFFICE_PASSPHRASE) -> None:
    """From the door into the office, if the passphrase is right."""
    await person.press("enter")
    await person.enter(passphrase)


@pytest.fixture
def without_blur(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coins that always come down tails, so that noise is nought: for tests that say which numbers are shown."""
    monkeypatch.setattr(storage.kiosk.counting, "system_coins", lambda _question: itertools.repeat(0))
    monkeypatch.setattr(storage.office.groups, "keyed_coins", lambda _key, _ids: lambda _question: itertools.repeat(0))


def code_shown(person: Person[Any]) -> dict[int, str]:
    """The recovery code as somebody would copy it down: its groups by their numbers."""
    words = person.read_in("#code").split()
    return {int(number): group for number, group in zip(words[::2], words[1::2], strict=True)}


async def type_groups(person: Person[Any], groups: Mapping[int, str]) -> None:
    """Type what the check of a recovery code asks for."""
    step = person.app.screen
    assert isinstance(step, RecoveryCheck)
    for place in step._asked:
        person.widget(f"#group-{place}").focus()
        await person.write(groups[place + 1])
