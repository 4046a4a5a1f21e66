"""Keys that are no keys are refused: points off the curve, in another form, or of small order."""

from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from storage.crypto.armour import armour
from storage.crypto.keys import OFFICE_PUBLIC, KioskPrivateKey, OfficePrivateKey, OfficePublicKey
from storage.crypto.points import is_ed25519_key, is_x25519_key
from storage.errors import ExportError, KeyFileError
from storage.exchange import exports
from storage.exchange.exports import open_export, write_export
from storage.settings import Settings

P = 2**255 - 19
OF_ORDER_EIGHT = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
SMALL_ED25519 = [
    number.to_bytes(32, "little")
    for number in (1, P - 1, 0, 1 << 255, OF_ORDER_EIGHT, OF_ORDER_EIGHT | 1 << 255, P - OF_ORDER_EIGHT)
]
NOT_CANONICAL = [(P + number).to_bytes(32, "little") for number in (0, 1, 3)] + [(1 | 1 << 255).to_bytes(32, "little")]
SMALL_X25519 = [
    number.to_bytes(32, "little")
    for number in (
        0,
        1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
        P - 1,
        P,
        P + 1,
    )
]


def test_keys_that_were_made_as_they_should_be_are_taken() -> None:
    for _ in range(20):
        assert is_ed25519_key(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
        assert is_x25519_key(X25519PrivateKey.generate().public_key().public_bytes_raw())


@pytest.mark.parametrize("encoded", [*SMALL_ED25519, *NOT_CANONICAL])
def test_a_point_of_small_order_or_in_another_form_is_no_ed25519_key(encoded: bytes) -> None:
    assert not is_ed25519_key(encoded)


@pytest.mark.parametrize("encoded", SMALL_X25519)
def test_a_point_of_small_order_is_no_x25519_key(encoded: bytes) -> None:
    assert not is_x25519_key(encoded)


def test_about_half_of_all_numbers_are_no_point_at_all() -> None:
    random = Random(0)  # noqa: S311 - not a secret
    points = sum(is_ed25519_key(random.randbytes(32)) for _ in range(400))
    assert 150 < points < 250


@pytest.mark.parametrize(
    ("at", "encoded"), [*((1184, each) for each in SMALL_X25519), *((1216, each) for each in SMALL_ED25519)]
)
def test_an_office_pub_that_would_keep_nothing_secret_is_refused_on_reading(
    at: int, encoded: bytes, office: OfficePrivateKey, tmp_path: Path
) -> None:
    whole = office.public.encoded
    path = tmp_path / "office.pub"
    path.write_bytes(armour(OFFICE_PUBLIC, whole[:at] + encoded + whole[at + 32 :]))
    with pytest.raises(KeyFileError, match="would keep nothing secret"):
        OfficePublicKey.from_file(path)


def test_an_export_that_anybody_could_have_signed_is_refused(
    office: OfficePrivateKey, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the neutral point a signature of R = the neutral point and S = 0 holds for every message."""

    anybody = SimpleNamespace(
        public=SimpleNamespace(encoded=SMALL_ED25519[0]),
        signing=SimpleNamespace(sign=lambda _: SMALL_ED25519[0] + bytes(32)),
        derive=lambda _: bytes(32),
    )
    event = settings.event_for(office.public.id, "smc-2021")
    content = write_export(cast("KioskPrivateKey", anybody), office.public, event, [])
    with pytest.raises(ExportError, match="not signed by the laptop"):
        open_export(content, office)
    monkeypatch.setattr(exports, "is_ed25519_key", bool)
    open_export(content, office)
