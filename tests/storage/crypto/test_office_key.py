"""The office's key file: each slot opens with its own passphrase alone, and a change without the key shows."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.crypto import keys
from storage.crypto.armour import armour
from storage.crypto.keys import OFFICE_PRIVATE, OfficePrivateKey
from storage.crypto.office_key import MOST_COORDINATORS, OfficeKeyFile
from storage.errors import CoordinatorError, KeyFileError, WeakPassphraseError, WrongPassphraseError
from tests.damage import altered

KEY = OfficePrivateKey(bytes(range(32)))
CODE, OTHER_CODE = bytes(range(17)), bytes(range(1, 18))
ADA, BEN = "violet anchor mustard", "copper walnut ferry"


@pytest.fixture
def two() -> OfficeKeyFile:
    return OfficeKeyFile.new(KEY, "Ada", ADA, CODE).with_coordinator(KEY, "Ben", BEN)


def read_back(file: OfficeKeyFile, folder: Path) -> OfficeKeyFile:
    (folder / "office.key").write_bytes(file.to_file())
    return OfficeKeyFile.from_file(folder / "office.key")


def payload_of(file: OfficeKeyFile) -> bytes:
    return base64.b64decode(b"".join(file.to_file().split(b"\n")[1:]))[:-32]


def test_each_passphrase_opens_the_same_key_and_says_whose_it_is(two: OfficeKeyFile, tmp_path: Path) -> None:
    file = read_back(two, tmp_path)
    for passphrase, name in ((f" {ADA}", "Ada"), (BEN, "Ben")):
        key = file.open(passphrase)
        assert (key, key.coordinator) == (KEY, name)
    assert file.open_with_code(CODE) == KEY
    for wrong in ("", "violet anchor", f"{ADA} {BEN}", "\ud800"):
        with pytest.raises(WrongPassphraseError):
            file.open(wrong)


def test_a_passphrase_is_stretched_once_however_many_slots_there_are(
    two: OfficeKeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    stretched: list[str] = []
    stretch = keys._stretch

    def counted(typed: str, salt: bytes) -> bytes:
        stretched.append(typed)
        return stretch(typed, salt)

    monkeypatch.setattr(keys, "_stretch", counted)
    two.open(BEN)
    with pytest.raises(WrongPassphraseError):
        two.open("nobody's")
    assert stretched == [BEN, "nobody's"]
    two.with_coordinator(KEY, "Cyd", "a third one")
    assert len(stretched) == 3


def test_nothing_in_the_file_looks_alike_where_the_same_is_wrapped_again(two: OfficeKeyFile) -> None:
    again = two.with_coordinator(KEY, "Ben", BEN).with_code(KEY, CODE)
    assert again.open(BEN) == KEY
    assert not {slot.wrapped for slot in again.slots if slot.name == "Ben"} & {slot.wrapped for slot in two.slots}
    assert again.for_code != two.for_code
    assert KEY.seed not in payload_of(again)


def test_a_changed_passphrase_and_an_issued_code_take_the_place_of_those_before(two: OfficeKeyFile) -> None:
    changed = two.with_coordinator(KEY, "bEN", "another passphrase").with_code(KEY, OTHER_CODE)
    assert changed.names == ["Ada", "Ben"], "a coordinator keeps the spelling of their name"
    assert changed.open("another passphrase").coordinator == "Ben"
    assert changed.open(ADA).coordinator == "Ada"
    assert changed.open_with_code(OTHER_CODE) == KEY
    with pytest.raises(WrongPassphraseError):
        changed.open(BEN)
    with pytest.raises(WrongPassphraseError, match="an old one"):
        changed.open_with_code(CODE)
    assert two.open(BEN) == KEY, "which is why the texts say that copies still open"


def test_who_is_removed_is_out_and_the_last_one_stays(two: OfficeKeyFile) -> None:
    alone = two.without(KEY, "ada")
    assert alone.names == ["Ben"]
    with pytest.raises(WrongPassphraseError):
        alone.open(ADA)
    with pytest.raises(CoordinatorError, match="only coordinator"):
        alone.without(KEY, "Ben")
    with pytest.raises(CoordinatorError, match="no coordinator “Ada”"):
        alone.without(KEY, "Ada")


def test_who_is_renamed_keeps_their_passphrase(two: OfficeKeyFile) -> None:
    renamed = two.renamed(KEY, "ben", "Aaron")
    assert renamed.names == ["Aaron", "Ada"]
    assert renamed.open(BEN).coordinator == "Aaron"
    for name in ("Ada", "ADA", "", " ", "x" * 61, "two\nlines" * 9):
        with pytest.raises(CoordinatorError):
            two.renamed(KEY, "Ben", name)


def test_two_coordinators_have_no_passphrase_in_common(two: OfficeKeyFile) -> None:
    with pytest.raises(WeakPassphraseError, match="Another coordinator"):
        two.with_coordinator(KEY, "Cyd", f"{BEN} ")
    with pytest.raises(WeakPassphraseError, match="Another coordinator"):
        two.with_coordinator(KEY, "Ada", BEN)
    assert two.with_coordinator(KEY, "Ben", BEN).open(BEN).coordinator == "Ben"


def test_the_longest_file_is_read_back_and_one_more_is_refused(tmp_path: Path) -> None:
    file = OfficeKeyFile.new(KEY, "\U0001f600" * 58 + "00", "0", CODE)
    for number in range(1, MOST_COORDINATORS):
        file = file.with_coordinator(KEY, "\U0001f600" * 58 + f"{number:02}", f"{number}")
    assert read_back(file, tmp_path) == file
    assert file.open("7").coordinator.endswith("07")
    with pytest.raises(CoordinatorError, match="16 coordinators at most"):
        file.with_coordinator(KEY, "Ada", ADA)


def _name(payload: bytes) -> bytes:
    return payload.replace(b"\x03Ben", b"\x03Eve")


def _without_the_first(payload: bytes) -> bytes:
    return payload[:92] + b"\x01" + payload[93 + 64 :]


def _exchanged(payload: bytes) -> bytes:
    first, second = payload[93 + 4 : 93 + 64], payload[93 + 68 : 93 + 128]
    return payload.replace(first, b"?" * 60).replace(second, first).replace(b"?" * 60, second)


def _another_code(payload: bytes) -> bytes:
    return payload[:32] + bytes(60) + payload[92:]


def _one_more(payload: bytes) -> bytes:
    return payload[:92] + b"\x03" + payload[93:-32] + b"\x03Cyd" + bytes(60) + payload[-32:]


@pytest.mark.parametrize("change", [_name, _without_the_first, _exchanged, _another_code, _one_more])
def test_whoever_lacks_the_key_changes_no_slot_and_no_name_unseen(
    two: OfficeKeyFile, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    changed = change(payload_of(two))
    assert changed != payload_of(two)
    (tmp_path / "office.key").write_bytes(armour(OFFICE_PRIVATE, changed))
    file = OfficeKeyFile.from_file(tmp_path / "office.key")
    with pytest.raises(KeyFileError, match="changed by somebody who does not have its key"):
        file.open(BEN)
    assert not file.is_whole(KEY)


def test_a_file_with_another_keys_id_or_a_slot_cut_short_is_refused(two: OfficeKeyFile, tmp_path: Path) -> None:
    payload, path = payload_of(two), tmp_path / "office.key"
    path.write_bytes(armour(OFFICE_PRIVATE, altered(payload, 0)))
    with pytest.raises(WrongPassphraseError):
        OfficeKeyFile.from_file(path).open(ADA)
    swapped = payload[:93] + payload[93 + 64 : 93 + 128] + payload[93 : 93 + 64] + payload[-32:]
    for broken in (
        payload[:92] + b"\x00" + payload[93:],
        payload[:92] + b"\x07" + payload[93:],
        payload[:93] + b"\x00" + payload[94:],
        payload[:93] + b"\xff" + payload[94:],
        payload.replace(b"Ada", b"A\na"),
        payload.replace(b"Ada", b"\xff\xff\xff"),
        payload.replace(b"Ada", b"Ben"),
        swapped,
    ):
        path.write_bytes(armour(OFFICE_PRIVATE, broken))
        with pytest.raises(KeyFileError, match="damaged"):
            OfficeKeyFile.from_file(path)


def test_a_name_that_nobody_has_is_repeated_in_a_short_sentence(two: OfficeKeyFile) -> None:
    with pytest.raises(CoordinatorError) as refused:
        two.without(KEY, "x" * 100_000)
    assert len(refused.value.sentence) < 200
