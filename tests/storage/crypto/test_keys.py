"""Key files: what was written comes back, and nothing else is taken for it."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage.crypto import armour, keys
from storage.crypto.keys import (
    KIOSK_PRIVATE,
    KioskPrivateKey,
    KioskPublicKey,
    OfficePrivateKey,
    OfficePublicKey,
    StaffPublicKey,
    kiosk_key_id,
)
from storage.crypto.office_key import OfficeKeyFile
from storage.errors import KeyFileError, WrongPassphraseError
from tests.damage import altered

VECTORS = Path(__file__).parents[1] / "vectors"
OFFICE: dict[str, str] = json.loads((VECTORS / "office.json").read_text("utf-8"))
KIOSK: dict[str, str] = json.loads((VECTORS / "kiosk.json").read_text("utf-8"))
FILES = {
    "office.pub": VECTORS / "data" / "office" / "office.pub",
    "office.key": VECTORS / "data" / "office" / "office.key",
    "kiosk.pub": VECTORS / "data" / "kiosk" / "kiosk.pub",
    "kiosk.key": VECTORS / "data" / "kiosk" / "kiosk.key",
}
LABELS = {
    "office.pub": keys.OFFICE_PUBLIC,
    "office.key": keys.OFFICE_PRIVATE,
    "kiosk.pub": keys.KIOSK_PUBLIC,
    "kiosk.key": keys.KIOSK_PRIVATE,
}
READ: dict[str, Callable[[Path], Any]] = {
    "office.pub": OfficePublicKey.from_file,
    "office.key": lambda path: OfficeKeyFile.from_file(path).open(OFFICE["passphrase"]),
    "kiosk.pub": KioskPublicKey.from_file,
    "kiosk.key": lambda path: KioskPrivateKey.from_file(path, KIOSK["passphrase"]),
}
BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
every_kind = pytest.mark.parametrize("kind", list(FILES))


AN_OFFICE = OfficePrivateKey(bytes(32))


def refused(kind: str, path: Path) -> str:
    """The sentence with which a file is refused as such, which names it."""
    with pytest.raises(KeyFileError) as caught:
        READ[kind](path)
    assert str(path) in caught.value.sentence
    if kind == "kiosk.key":
        with pytest.raises(KeyFileError):
            kiosk_key_id(path)
    return caught.value.sentence


# Passphrases


def test_wrapping_costs_256_mib_and_four_passes() -> None:
    assert (keys.ARGON2_MEMORY_KIB, keys.ARGON2_PASSES, keys.ARGON2_LANES) == (262_144, 4, 4)


def test_a_wrapped_key_opens_with_its_passphrase_and_is_wrapped_afresh_each_time(tmp_path: Path) -> None:
    key = KioskPrivateKey.generate()
    first, second = (key.to_file("one two three", AN_OFFICE.public) for _ in range(2))
    (tmp_path / "kiosk.key").write_bytes(first)
    assert KioskPrivateKey.from_file(tmp_path / "kiosk.key", " one  two three ") == key
    assert first != second
    assert len(first) == len(second)


def test_a_wrong_passphrase_is_told_from_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.key"
    path.write_bytes(KioskPrivateKey.generate().to_file("one two three", AN_OFFICE.public))
    with pytest.raises(WrongPassphraseError):
        KioskPrivateKey.from_file(path, "One two three")


def test_a_whole_key_file_is_known_without_its_passphrase() -> None:
    assert OfficeKeyFile.from_file(FILES["office.key"]).key_id.hex() == OFFICE["id"]
    assert kiosk_key_id(FILES["kiosk.key"]).hex() == KIOSK["id"]


def test_a_private_key_does_not_show_itself() -> None:
    for key in (OfficePrivateKey.generate(), KioskPrivateKey.generate(), KioskPrivateKey.generate().tally):
        assert key.seed.hex() not in repr(key)
        assert repr(key.seed) not in repr(key)


# Files that are not what was written


@every_kind
def test_a_missing_file_is_refused(kind: str, tmp_path: Path) -> None:
    assert "check that it is there" in refused(kind, tmp_path / kind)


@every_kind
def test_a_folder_in_place_of_the_file_is_refused(kind: str, tmp_path: Path) -> None:
    refused(kind, tmp_path)


@every_kind
def test_a_truncated_file_is_refused_at_every_length(kind: str, tmp_path: Path) -> None:
    content, path = FILES[kind].read_bytes(), tmp_path / kind
    for length in range(len(content) - 1):  # without its last line feed a file is whole
        path.write_bytes(content[:length])
        refused(kind, path)


@every_kind
def test_a_file_altered_at_any_character_is_refused(kind: str, tmp_path: Path) -> None:
    content, path = FILES[kind].read_bytes(), tmp_path / kind
    for place, character in enumerate(content):
        digit = BASE64.find(character)
        if digit >= 0:
            other = BASE64[digit ^ 32]  # the bit that counts even in the last digit
            path.write_bytes(content[:place] + bytes([other]) + content[place + 1 :])
            refused(kind, path)


@every_kind
def test_a_character_outside_base_64_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    path.write_bytes(FILES[kind].read_bytes() + b"-\n")
    assert "damaged" in refused(kind, path)


@every_kind
def test_every_other_kind_of_file_is_refused(kind: str) -> None:
    for other, path in FILES.items():
        if other != kind:
            assert "is not" in refused(kind, path)


@every_kind
def test_a_file_of_a_later_version_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    payload = base64.b64decode(b"".join(FILES[kind].read_bytes().split(b"\n")[1:]))[:-32]
    path.write_bytes(armour.armour(LABELS[kind].replace(" 1", " 2"), payload))
    refused(kind, path)


@every_kind
def test_a_payload_of_another_length_is_refused_even_with_a_right_checksum(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    payload = base64.b64decode(b"".join(FILES[kind].read_bytes().split(b"\n")[1:]))[:-32]
    for other in (b"", payload[:-1], payload + b"\0"):
        path.write_bytes(armour.armour(LABELS[kind], other))
        assert "damaged" in refused(kind, path)


@every_kind
def test_an_oversized_file_is_refused_without_reading_it_all(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    path.write_bytes(FILES[kind].read_bytes() + b"\n" * 8192)
    assert "is not" in refused(kind, path)


@pytest.mark.parametrize("kind", ["office.pub", "kiosk.pub"])
def test_other_encodings_and_line_endings_and_stray_spaces_are_tolerated(kind: str, tmp_path: Path) -> None:
    content, path = FILES[kind].read_bytes(), tmp_path / kind
    whole = READ[kind](FILES[kind])
    for variant in (
        content.replace(b"\n", b"\r\n"),
        content.replace(b"\n", b" \n\t"),
        content.rstrip(),
        content + b"\n",
        content.replace(b"\n", b"\r"),
        content.replace(b"\n", "\u00a0\n\u2003".encode()),
        *(content.decode().replace("\n", "\r\n").encode(encoding) for encoding in ("utf-8-sig", "utf-16")),
        b"\xfe\xff" + content.decode().encode("utf-16-be"),
    ):
        path.write_bytes(variant)
        assert READ[kind](path) == whole


def test_a_wrapped_file_with_windows_line_endings_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "office.key"
    path.write_bytes(FILES["office.key"].read_bytes().replace(b"\n", b"\r\n"))
    OfficeKeyFile.from_file(path)


def test_a_public_key_that_is_no_key_is_refused_even_with_a_right_checksum(tmp_path: Path) -> None:
    path = tmp_path / "office.pub"
    path.write_bytes(armour.armour(keys.OFFICE_PUBLIC, b"\xff" * 1248))
    assert "damaged" in refused("office.pub", path)


def test_a_wrapped_seed_altered_in_any_field_does_not_open_even_with_a_right_checksum(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.key"
    key = KioskPrivateKey.generate()
    payload = base64.b64decode(b"".join(key.to_file("words", AN_OFFICE.public).split(b"\n")[1:]))[:-32]
    path.write_bytes(armour.armour(KIOSK_PRIVATE, payload))
    assert KioskPrivateKey.from_file(path, "words") == key
    fields = {"id": 0, "salt": 16, "nonce": 32, "ciphertext": 44, "tag": 91}
    for place in fields.values():
        path.write_bytes(armour.armour(KIOSK_PRIVATE, altered(payload, place)))
        with pytest.raises(WrongPassphraseError):
            KioskPrivateKey.from_file(path, "words")


def test_a_wrapped_seed_that_is_not_of_the_key_it_names_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    wrapped = keys.wrap(bytes(32), "words", keys.bound_to(KIOSK_PRIVATE, bytes(16)))
    path.write_bytes(armour.armour(KIOSK_PRIVATE, bytes(16) + wrapped + bytes(keys.SEALED_SEED_SIZE)))
    with pytest.raises(KeyFileError, match="damaged"):
        KioskPrivateKey.from_file(path, "words")


# Fingerprints


def test_a_fingerprint_is_thirty_digits_in_six_groups() -> None:
    some_begin_with_nought = [KioskPublicKey(bytes([number]) * 32) for number in range(256)]
    fingerprints = [public.fingerprint for public in some_begin_with_nought]
    for fingerprint in (OfficePrivateKey.generate().public.fingerprint, *fingerprints):
        groups = fingerprint.split(" ")
        assert [len(group) for group in groups] == [5] * 6
        assert "".join(groups).isdecimal()


def test_keys_of_different_kinds_and_seeds_have_different_ids() -> None:
    ids = {key.public.id for _ in range(20) for key in (OfficePrivateKey.generate(), KioskPrivateKey.generate())}
    assert len(ids) == 40


# A seed that is sealed to the staff's public key


def test_a_seed_sealed_to_the_staff_key_opens_with_the_passphrase_and_with_nothing_on_the_stick(tmp_path: Path) -> None:
    key, staff = KioskPrivateKey.generate(), StaffPublicKey.of("one two three")
    path, public = tmp_path / "kiosk.key", tmp_path / "staff.pub"
    public.write_bytes(staff.to_file())
    path.write_bytes(key.to_file(StaffPublicKey.from_file(public), AN_OFFICE.public))
    assert KioskPrivateKey.from_file(path, " one  two three ") == key
    assert kiosk_key_id(path) == key.public.id
    for wrong in ("One two three", "\ud800"):
        with pytest.raises(WrongPassphraseError):
            KioskPrivateKey.from_file(path, wrong)
    assert StaffPublicKey.of("one two three") != staff
    assert keys._stretch("one two three", staff.encoded[:16]) not in public.read_bytes() + path.read_bytes()


def test_a_sealed_seed_altered_in_any_field_does_not_open_even_with_a_right_checksum(tmp_path: Path) -> None:
    path, staff = tmp_path / "kiosk.key", StaffPublicKey.of("words")
    content = KioskPrivateKey.generate().to_file(staff, AN_OFFICE.public)
    payload = base64.b64decode(b"".join(content.split(b"\n")[1:]))[:-32]
    assert len(payload) == 2368
    for place in (0, 16, 32, 1120, 1152, 1199):
        path.write_bytes(armour.armour(KIOSK_PRIVATE, altered(payload, place)))
        with pytest.raises(WrongPassphraseError):
            KioskPrivateKey.from_file(path, "words")


@pytest.mark.parametrize("spoilt", [slice(16, 1200), slice(1200, 1232)])
def test_a_staff_key_that_is_no_key_is_refused_even_with_a_right_checksum(tmp_path: Path, spoilt: slice) -> None:
    encoded, path = bytearray(StaffPublicKey.of("words").encoded), tmp_path / "staff.pub"
    encoded[spoilt] = (b"\xff" if spoilt.start == 16 else b"\0") * (spoilt.stop - spoilt.start)
    path.write_bytes(armour.armour(keys.STAFF_PUBLIC, bytes(encoded)))
    with pytest.raises(KeyFileError, match="damaged"):
        StaffPublicKey.from_file(path)
