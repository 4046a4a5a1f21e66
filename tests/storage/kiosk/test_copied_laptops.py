"""Laptops copied from one disk: neither loses anything to the other, they are told apart, and one gets a new key."""

import shutil
from contextlib import closing
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from storage import computer
from storage.computer import is_other_computer, marks_of_computer
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import SealedResponse
from storage.errors import ReceiptError, WrongPassphraseError
from storage.exchange.exports import open_export
from storage.exchange.handover import FILES_NOTED
from storage.exchange.locations import Site
from storage.exchange.receipts import write_receipt
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.kiosk.register import is_copied
from storage.kiosk.renewal import renew_key, stay_here
from storage.progress import unreported
from storage.settings import Settings
from tests.storage.counts.people import people
from tests.storage.disk import HANDOVER_LOCK, files_of, harmed_everywhere


def answer(data: Path, settings: Settings, count: int, seed: int) -> set[SealedResponse]:
    """So many people answer at a laptop; all that it holds then."""
    with closing(Kiosk.open(data, settings)) as kiosk:
        for response in people(count, seed):
            kiosk.keep(kiosk.seal(response))
            kiosk.count(response)
        return set(kiosk.responses())


def hand_over(data: Path, settings: Settings, own: KioskPrivateKey, stick: Path) -> str:
    """Hand over to a stick; what the file is called."""
    with closing(Kiosk.open(data, settings)) as kiosk:
        (handed,) = Outbox(kiosk).hand_over(own, Site.at(str(stick)), unreported)
        return handed.name


def on(stick: Path, office: OfficePrivateKey) -> set[SealedResponse]:
    """What the office finds on a stick."""
    return {one for path in stick.glob("*.fairstart") for one in open_export(path.read_bytes(), office).sealed}


@pytest.fixture
def laptops(data: Path, tmp_path: Path, settings: Settings) -> list[Path]:
    """Three laptops copied from one disk, of which each has had people of its own since."""
    answer(data, settings, 2, 0)
    copies = [data, *(Path(shutil.copytree(data, tmp_path / name)) for name in ("b", "c"))]
    for number, copy in enumerate(copies):
        answer(copy, settings, 3, 1 + number)
    return copies


def test_copied_laptops_hand_over_beside_each_other_and_each_replaces_its_own_file(
    laptops: list[Path], settings: Settings, own: KioskPrivateKey, office: OfficePrivateKey, stick: Path
) -> None:
    names = [hand_over(laptop, settings, own, stick) for laptop in laptops]
    stem = names[0].removesuffix(".fairstart")
    assert names == [f"{stem}.fairstart", f"{stem}-2.fairstart", f"{stem}-3.fairstart"]
    assert len(on(stick, office)) == 2 + 3 * 3
    more = [answer(laptop, settings, 1, 10 + number) for number, laptop in enumerate(laptops)]
    assert [hand_over(laptop, settings, own, stick) for laptop in reversed(laptops)] == names[::-1]
    assert on(stick, office) == set.union(*more)
    assert len(list(stick.iterdir())) == 3


def test_each_copied_laptop_finds_its_own_receipt_among_those_of_the_others(
    laptops: list[Path], settings: Settings, own: KioskPrivateKey, office: OfficePrivateKey, stick: Path
) -> None:
    for laptop in laptops:
        name = hand_over(laptop, settings, own, stick)
        receipt = write_receipt(open_export((stick / name).read_bytes(), office), office)
        (stick / name).with_suffix(".receipt").write_bytes(receipt)
    site = Site.at(str(stick))
    for laptop in laptops:
        with closing(Kiosk.open(laptop, settings)) as kiosk:
            ((held, content),), problem = Outbox(kiosk).take_receipts(own, site)
            assert (held.event, held.held, problem) == (kiosk.event, 5, None)
            Outbox(kiosk).delete(own, content)


def test_a_laptop_that_has_no_good_receipt_says_what_is_wrong_with_the_others(
    laptops: list[Path], settings: Settings, own: KioskPrivateKey, office: OfficePrivateKey, stick: Path
) -> None:
    name = hand_over(laptops[0], settings, own, stick)
    receipt = write_receipt(open_export((stick / name).read_bytes(), office), office)
    (stick / "a.receipt").write_bytes(receipt)
    before = files_of(laptops[1])
    with (
        closing(Kiosk.open(laptops[1], settings)) as kiosk,
        pytest.raises(ReceiptError, match="does not cover every response held here"),
    ):
        Outbox(kiosk).take_receipts(own, Site.at(str(stick)))
    assert files_of(laptops[1]) == before | HANDOVER_LOCK


@pytest.mark.parametrize("there", ["foreign", "empty", "folder", "damaged", "forgotten", "lost"])
def test_what_this_laptop_did_not_write_from_what_it_holds_is_never_replaced(
    there: str, data: Path, settings: Settings, own: KioskPrivateKey, stick: Path
) -> None:
    answer(data, settings, 2, 0)
    early = Path(shutil.copytree(data, data.with_name("early")))
    answer(data, settings, 1, 1)
    name = hand_over(data, settings, own, stick)
    path = stick / name
    match there:
        case "foreign" | "empty":
            path.write_bytes(b"something else" if there == "foreign" else b"")
        case "damaged":
            path.write_bytes(path.read_bytes()[:-1])
        case "folder":
            path.unlink()
            path.mkdir()
        case "forgotten":
            elsewhere = data.with_name("elsewhere")
            elsewhere.mkdir()
            for _ in range(FILES_NOTED):
                hand_over(data, settings, own, elsewhere)
            assert len(list(elsewhere.iterdir())) == 1
        case "lost":  # an old copy of the pool was put back, and the note that goes with the newer one stayed
            (pool,) = data.glob("kiosk/*/responses.db")
            shutil.copyfile(early / pool.relative_to(data), pool)
    before = files_of(stick)
    assert hand_over(data, settings, own, stick) == name.replace(".fairstart", "-2.fairstart")
    assert before.items() <= files_of(stick).items()
    assert path.exists()


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 60))])
def test_whatever_copied_laptops_do_no_stick_ever_holds_less_than_was_handed_over_to_it(
    seed: int, data: Path, settings: Settings, own: KioskPrivateKey, office: OfficePrivateKey
) -> None:
    random = Random(seed)  # noqa: S311 - chooses what happens
    laptops, sticks = [data], [data.with_name(name) for name in ("x", "y")]
    handed: dict[Path, set[SealedResponse]] = {stick: set() for stick in sticks}
    held = {data: answer(data, settings, 1, 0)}
    for stick in sticks:
        stick.mkdir()
    for step in range(24):
        laptop, stick = random.choice(laptops), random.choice(sticks)
        match random.choice(["answer", "hand over", "hand over", "copy", "copy the stick"]):
            case "answer":
                held[laptop] = answer(laptop, settings, 1, 1000 * seed + step + 1)
            case "copy" if len(laptops) < 4:
                copy = Path(shutil.copytree(laptop, data.with_name(f"laptop-{step}")))
                laptops.append(copy)
                held[copy] = held[laptop]
            case "copy the stick":
                other = sticks[1 - sticks.index(stick)]
                for path in stick.iterdir():
                    if not (other / path.name).exists():
                        shutil.copyfile(path, other / path.name)
            case _:
                hand_over(laptop, settings, own, stick)
                handed[stick] |= held[laptop]
        for each in sticks:
            assert handed[each] <= on(each, office), f"step {step}"


# Telling them apart


@pytest.fixture
def this_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this computer's marks are read from."""
    root = tmp_path / "computer"
    monkeypatch.setattr(computer, "_ROOT", root)
    monkeypatch.setattr(computer, "sys", SimpleNamespace(platform="linux"))
    put(root, "etc/machine-id", "0123456789abcdef")
    return root


def put(root: Path, name: str, content: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{content}\n", "ascii")


def test_a_copy_is_told_by_its_hardware_and_a_new_card_or_disk_alone_makes_no_copy(
    this_computer: Path, own: KioskPrivateKey
) -> None:
    without = marks_of_computer(own.public)
    put(this_computer, "sys/class/ieee80211/phy0/macaddress", "00:11:22:33:44:55")
    put(this_computer, "sys/class/nvme/nvme0/serial", "S5GXNX0R")
    was = marks_of_computer(own.public)
    assert not is_other_computer(was, was)
    assert len(was) == 2
    assert without != was
    put(this_computer, "sys/class/nvme/nvme0/serial", "another disk")
    assert not is_other_computer(was, marks_of_computer(own.public))
    put(this_computer, "sys/class/ieee80211/phy0/macaddress", "00:11:22:33:44:66")
    assert is_other_computer(was, marks_of_computer(own.public)), "though the system on it says it is the same"
    assert not is_other_computer(was, ()), "where nothing can be read, nothing is said"
    assert not is_other_computer((), was)
    marks = b"".join((*was, *without))
    assert not any(word in marks for word in (b"00:11", b"S5GX", b"0123"))
    assert set(marks_of_computer(KioskPrivateKey.generate().public)).isdisjoint(was), "nor do two kiosks share a mark"


def move(root: Path, to: str) -> None:
    put(root, "etc/machine-id", to)


@pytest.fixture
def copied(this_computer: Path, data: Path, settings: Settings) -> Path:
    """A laptop with two groups and two who were left out, on another computer than it was set up on."""
    stay_here(data)
    answer(data, settings, 22, 0)
    assert not is_copied(data)
    move(this_computer, "fedcba9876543210")
    assert is_copied(data)
    return data


def counted(data: Path, settings: Settings, key: KioskPrivateKey) -> tuple[int, object]:
    with closing(Kiosk.open(data, settings)) as kiosk:
        counts = kiosk.counts(key.tally)
        return counts.in_counts, counts.tables


def test_the_owner_of_a_laptop_whose_disk_was_moved_says_so_once(copied: Path) -> None:
    before = files_of(copied)
    stay_here(copied)
    assert not is_copied(copied)
    assert {name for name, content in files_of(copied).items() if before[name] != content} == {"kiosk/register.json"}


def test_a_new_key_opens_the_same_counts_and_hands_over_under_another_name(
    copied: Path, settings: Settings, passphrase: str, office: OfficePrivateKey, stick: Path
) -> None:
    own = KioskPrivateKey.from_file(copied / "kiosk" / "kiosk.key", passphrase)
    was = counted(copied, settings, own)
    first = hand_over(copied, settings, own, stick)
    new = renew_key(copied, passphrase)
    assert not is_copied(copied)
    assert new.public != own.public
    assert was == counted(copied, settings, new)
    with closing(Kiosk.open(copied, settings)) as kiosk:
        assert kiosk.unlock(passphrase) == new
        assert kiosk.check_groups() == 2
    second = hand_over(copied, settings, new, stick)
    assert first.removesuffix(".fairstart") not in second
    exports = [open_export((stick / name).read_bytes(), office) for name in (first, second)]
    assert [export.kiosk for export in exports] == [own.public, new.public]
    assert exports[0].sealed == exports[1].sealed
    assert answer(copied, settings, 10, 9) > set(exports[1].sealed)
    assert counted(copied, settings, new)[0] == 30


def test_a_wrong_passphrase_makes_no_new_key(copied: Path) -> None:
    before = files_of(copied)
    with pytest.raises(WrongPassphraseError):
        renew_key(copied, "another passphrase than that")
    assert files_of(copied) == before


def test_a_renewal_that_is_interrupted_anywhere_leaves_the_old_key_or_the_new_one(
    copied: Path,
    settings: Settings,
    own: KioskPrivateKey,
    passphrase: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    was = counted(copied, settings, own)
    new = KioskPrivateKey.generate()
    monkeypatch.setattr(KioskPrivateKey, "generate", lambda: new)
    seen = set()
    for data, error in harmed_everywhere(
        lambda number: Path(shutil.copytree(copied, copied.with_name(f"stopped-{number}"))),
        lambda data: renew_key(data, passphrase),
    ):
        with closing(Kiosk.open(data, settings)) as kiosk:
            key = kiosk.unlock(passphrase)
        assert key in {own, new}
        assert key == new or error is not None
        assert counted(data, settings, key) == was
        assert {path.name for path in (data / "kiosk").iterdir()} == {
            path.name for path in (copied / "kiosk").iterdir()
        }
        seen.add(key == new)
        shutil.rmtree(data)
    assert seen == {True, False}
