"""A forgotten staff passphrase: a file goes to the office, one comes back, and nobody else gains by either."""

import base64
import contextlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.crypto.armour import armour
from storage.crypto.hpke import suite
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey, ReplyPrivateKey, StaffPublicKey
from storage.errors import KeyFileError, StoreError, WeakPassphraseError, WrongPassphraseError
from storage.exchange.forgotten import Request, read_request, write_answer
from storage.kiosk import forgotten
from storage.kiosk.forgotten import Asked, ask_office, check_answer, take_answer
from storage.kiosk.key_files import change_passphrase, new_key_files, set_up
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import ClosedOutbox
from storage.office.office import Office
from storage.office_folder import NewOffice, make_office
from storage.private_files import write_private_files
from storage.settings import Settings
from storage.wrong_tries import WrongTries
from tests.damage import altered
from tests.storage.disk import failing
from tests.storage.killed import killed_everywhere

NEW, ANOTHER = "harbour lemon quartz", "copper walnut ferry"


def ask(data: Path) -> tuple[Asked, Path]:
    asked = ask_office(data)
    path = data.parent / asked.name
    path.write_bytes(asked.content)
    return asked, path


def answer(data: Path, office: OfficePrivateKey, passphrase: str = NEW) -> Path:
    """What the office writes to what a laptop asks."""
    request = read_request(ask(data)[1], office)
    path = data.parent / request.answer_name
    path.write_bytes(write_answer(request, passphrase, office))
    return path


def unlocks(data: Path, passphrase: str) -> bool:
    try:
        KioskPrivateKey.from_file(data / "kiosk" / "kiosk.key", passphrase)
    except WrongPassphraseError:
        return False
    return True


def payload(path: Path) -> bytes:
    return base64.b64decode(b"".join(path.read_bytes().split(b"\n")[1:]))[:-32]


def waits(data: Path) -> bool:
    return (data / "kiosk" / "forgotten.key").exists()


def test_the_office_gives_a_laptop_a_new_passphrase_and_the_old_one_opens_it_no_more(
    data: Path, office: OfficePrivateKey, own: KioskPrivateKey, passphrase: str, settings: Settings
) -> None:
    asked, path = ask(data)
    request = read_request(path, office)
    assert (request.kiosk, request.reply.fingerprint) == (own.public, asked.fingerprint)
    taken = answer(data, office)
    check_answer(data, taken)
    assert unlocks(data, passphrase), "nothing has changed yet"
    assert take_answer(data, taken, f" {NEW}") == own
    assert (unlocks(data, passphrase), unlocks(data, NEW), waits(data)) == (False, True, False)
    with contextlib.closing(Kiosk.open(data, settings)) as kiosk:
        assert kiosk.unlock(NEW) == own
    assert read_request(ask(data)[1], office).kiosk == own.public, "it can be forgotten again"


def test_a_laptop_that_was_set_up_from_a_stick_asks_as_well(tmp_path: Path, office: OfficePrivateKey) -> None:
    data = tmp_path / "data"
    write_private_files(new_key_files(data, StaffPublicKey.of(ANOTHER), office.public))
    take_answer(data, answer(data, office), NEW)
    assert (unlocks(data, NEW), unlocks(data, ANOTHER)) == (True, False)


def test_asking_again_waits_for_the_same_answer_so_nobody_spoils_it_by_asking(
    data: Path, office: OfficePrivateKey
) -> None:
    taken = answer(data, office)
    first, second = ask(data)[0], ask(data)[0]
    assert (first.name, first.fingerprint) == (second.name, second.fingerprint)
    assert first.content != second.content
    take_answer(data, taken, NEW)
    assert ask(data)[0].fingerprint != first.fingerprint


def test_an_answer_is_taken_once_and_an_old_one_opens_no_more(data: Path, office: OfficePrivateKey) -> None:
    old = answer(data, office)
    take_answer(data, old, NEW)
    with pytest.raises(KeyFileError, match="waits for no answer"):
        take_answer(data, old, NEW)
    ask(data)
    with pytest.raises(KeyFileError, match="does not answer what this laptop has asked last"):
        take_answer(data, old, NEW)


def test_a_right_passphrase_ends_the_waiting(
    data: Path, office: OfficePrivateKey, passphrase: str, settings: Settings
) -> None:
    taken = answer(data, office)
    ClosedOutbox.at(data, settings).unlock(passphrase)
    assert waits(data), "what a scheduler sends has nothing to do with what staff have forgotten"
    with contextlib.closing(Kiosk.open(data, settings)) as kiosk:
        kiosk.unlock(passphrase)
    assert not waits(data)
    with pytest.raises(KeyFileError, match="waits for no answer"):
        take_answer(data, taken, NEW)
    assert unlocks(data, passphrase)


def test_with_every_file_and_the_answer_the_passphrase_is_still_needed_and_wrong_ones_are_slowed(
    data: Path, office: OfficePrivateKey, passphrase: str
) -> None:
    taken = answer(data, office)
    tries = WrongTries(data / "kiosk")
    with pytest.raises(WrongPassphraseError):
        tries.unlock(lambda typed: take_answer(data, taken, typed), passphrase)
    assert tries.count == 1
    assert unlocks(data, passphrase)
    own = KioskPrivateKey.from_file(data / "kiosk" / "kiosk.key", passphrase)
    for path in (taken, *data.parent.glob("*.forgotten"), *(data / "kiosk").glob("*.key")):
        assert own.seed not in payload(path)
        assert NEW.encode() not in path.read_bytes()
    assert tries.unlock(lambda typed: take_answer(data, taken, typed), NEW) == own


def test_who_finds_the_request_or_the_answer_can_open_neither_and_both_say_nothing(
    data: Path, office: OfficePrivateKey, own: KioskPrivateKey, passphrase: str
) -> None:
    taken = answer(data, office)
    request = next(data.parent.glob("*.forgotten"))
    reply = ReplyPrivateKey.from_file(data / "kiosk" / "forgotten.key").public
    for path in (request, taken):
        assert own.public.id not in payload(path)
        assert own.public.encoded not in payload(path)
        assert office.public.id not in payload(path)
        assert path.stem == f"fairstart-{reply.id[:4].hex()}"
    other = OfficePrivateKey.generate()
    with pytest.raises(KeyFileError, match="another office"):
        read_request(request, other)
    copied = Path(shutil.copytree(data, data.parent / "copied"))
    (copied / "kiosk" / "forgotten.key").write_bytes(ReplyPrivateKey.generate().to_file())
    with pytest.raises(KeyFileError, match="does not answer"):
        take_answer(copied, taken, NEW)


def test_only_the_office_can_answer_and_only_this_laptop_is_answered(
    data: Path, office: OfficePrivateKey, own: KioskPrivateKey, tmp_path: Path
) -> None:
    request = read_request(ask(data)[1], office)
    path = tmp_path / "forged"
    path.write_bytes(write_answer(request, NEW, OfficePrivateKey.generate()))
    with pytest.raises(KeyFileError, match="does not answer"):
        take_answer(data, path, NEW)
    path.write_bytes(write_answer(Request(request.reply, KioskPrivateKey.generate()), NEW, office))
    with pytest.raises(KeyFileError, match="does not answer"):
        take_answer(data, path, NEW)


def test_an_answer_with_the_seed_of_another_laptop_is_refused_though_the_office_made_it(
    data: Path, office: OfficePrivateKey, own: KioskPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(read_request(ask(data)[1], office).reply, KioskPrivateKey.generate())
    monkeypatch.setattr(Request, "kiosk", own.public)
    path = data.parent / "answer"
    path.write_bytes(write_answer(request, NEW, office))
    with pytest.raises(KeyFileError, match="the key of another laptop"):
        take_answer(data, path, NEW)


def test_a_request_with_the_seed_of_another_key_is_refused(office: OfficePrivateKey, tmp_path: Path) -> None:
    reply, other = ReplyPrivateKey.generate(), KioskPrivateKey.generate()
    path = tmp_path / "request"
    label = "FAIRSTART FORGOTTEN PASSPHRASE 1"
    for encoded in (reply.public.encoded, b"\xff" * 1216):
        plain = encoded + bytes(16) + other.for_office(office.public)
        sealed = suite().encrypt(plain, office.public.kem, label.encode() + office.public.id)
        path.write_bytes(armour(label, sealed))
        with pytest.raises(KeyFileError, match="damaged"):
            read_request(path, office)


@pytest.mark.parametrize("kind", ["forgotten", "passphrase"])
def test_a_missing_foreign_cut_or_altered_file_is_refused_with_a_sentence_that_names_it(
    data: Path, office: OfficePrivateKey, kind: str, passphrase: str
) -> None:
    answer(data, office)
    path = next(data.parent.glob(f"*.{kind}"))
    content = path.read_bytes()
    other = next(data.parent.glob("*.passphrase" if kind == "forgotten" else "*.forgotten")).read_bytes()
    changed = altered(content, -9)
    for wrong in (b"", b"junk", content[: len(content) // 2], changed, other, content * 3):
        path.write_bytes(wrong)
        with pytest.raises(KeyFileError, match=re.escape(str(path))):
            read_request(path, office) if kind == "forgotten" else take_answer(data, path, NEW)
    path.unlink()
    with pytest.raises(KeyFileError, match=re.escape(str(path))):
        read_request(path, office) if kind == "forgotten" else take_answer(data, path, NEW)
    assert (unlocks(data, passphrase), waits(data)) == (True, True)


def test_a_key_for_the_answer_that_is_damaged_gives_way_to_a_new_one(data: Path, office: OfficePrivateKey) -> None:
    ask(data)
    (data / "kiosk" / "forgotten.key").write_bytes(b"junk")
    take_answer(data, answer(data, office), NEW)
    assert unlocks(data, NEW)


@pytest.fixture
def begin(memory_folder: Path, office: OfficePrivateKey, passphrase: str) -> Callable[[int], Path]:
    """Sets a laptop up in a folder of its own, by number."""

    def begin(number: int) -> Path:
        data = memory_folder / str(number) / "data"
        set_up(data, passphrase, office.public)
        return data

    return begin


def test_a_laptop_killed_anywhere_opens_with_the_old_passphrase_or_the_new_and_the_answer_can_be_taken_again(
    begin: Callable[[int], Path], office: OfficePrivateKey, passphrase: str
) -> None:
    def work(data: Path) -> None:
        taken = answer(data, office)
        take_answer(data, taken, NEW)

    for data in killed_everywhere(begin, work):
        assert unlocks(data, passphrase) is not unlocks(data, NEW)
        if unlocks(data, passphrase):
            work(data)
        assert unlocks(data, NEW)


def test_an_answer_that_cannot_be_written_leaves_the_old_passphrase_and_is_waited_for(
    data: Path, office: OfficePrivateKey, passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = answer(data, office)
    monkeypatch.setattr(forgotten, "write_private", failing(StoreError("The disk is full.")))
    with pytest.raises(StoreError):
        take_answer(data, taken, NEW)
    assert (unlocks(data, passphrase), waits(data)) == (True, True)


def test_staff_change_their_passphrase_and_an_interrupted_change_leaves_one_that_opens(
    begin: Callable[[int], Path], office: OfficePrivateKey, passphrase: str
) -> None:
    def work(data: Path) -> None:
        change_passphrase(data, KioskPrivateKey.from_file(data / "kiosk" / "kiosk.key", passphrase), NEW)

    for data in killed_everywhere(begin, work):
        assert unlocks(data, passphrase) is not unlocks(data, NEW)
    done = begin(-1)
    work(done)
    assert (unlocks(done, passphrase), unlocks(done, NEW)) == (False, True)
    take_answer(done, answer(done, office, ANOTHER), ANOTHER)
    assert unlocks(done, ANOTHER)


def test_the_office_notes_whom_it_gave_a_passphrase_and_gives_none_of_its_own(
    data: Path, office: OfficePrivateKey, own: KioskPrivateKey, tmp_path: Path
) -> None:
    make_office(tmp_path / "office", NewOffice(office, ANOTHER, "Ada"))
    with contextlib.closing(Office.open(tmp_path / "office", office)) as opened:
        request = opened.read_request(ask(data)[1])
        with pytest.raises(WeakPassphraseError, match="office passphrase"):
            opened.answer(request, ANOTHER)
        assert opened.log.entries() == []
        (tmp_path / request.answer_name).write_bytes(opened.answer(request, NEW))
        (entry,) = opened.log.entries()
    assert (entry.what, entry.details) == ("staff passphrase given", {"laptop": own.public.fingerprint})
    assert take_answer(data, tmp_path / request.answer_name, NEW) == own
