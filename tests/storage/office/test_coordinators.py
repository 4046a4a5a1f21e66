"""Coordinators of an office: each change holds, is noted before, and a crash leaves the old file or the new."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.crypto.keys import OfficePrivateKey
from storage.errors import (
    CoordinatorError,
    KeyFileError,
    NotSetUpError,
    StoreError,
    WrongPassphraseError,
)
from storage.office import coordinators as coordinators_module
from storage.office.coordinators import Coordinators
from storage.office.office import Office
from storage.office.recovery import recover_office
from storage.office_folder import (
    NewOffice,
    copied_key_file,
    existing_office,
    make_office,
    office_key_file,
    recover_key,
    unlock_office,
)
from tests.storage.disk import failing
from tests.storage.killed import killed_everywhere

KEY = OfficePrivateKey(bytes(range(32)))
CODE, NEW_CODE = bytes(17), bytes(range(17))
ADA, BEN, NEW = "violet anchor mustard", "copper walnut ferry", "harbour lemon quartz"


def begin(data: Path) -> Path:
    make_office(data, NewOffice(KEY, ADA, "Ada", CODE))
    with opened(data) as office:
        office.coordinators.add("Ben", BEN)
    return data


@contextlib.contextmanager
def opened(data: Path, passphrase: str = ADA) -> Iterator[Office]:
    with contextlib.closing(Office.open(data, unlock_office(data, passphrase))) as office:
        yield office


@pytest.fixture
def data(memory_folder: Path) -> Path:
    return begin(memory_folder / "data")


def opens(data: Path) -> set[str]:
    """Which of all the passphrases and codes open the office, and as whom."""
    found = set()
    for passphrase in (ADA, BEN, NEW):
        with contextlib.suppress(WrongPassphraseError):
            found.add(f"{unlock_office(data, passphrase).coordinator}: {passphrase}")
    for code in (CODE, NEW_CODE):
        with contextlib.suppress(WrongPassphraseError):
            office_key_file(data).open_with_code(code)
            found.add("code" if code == CODE else "new code")
    return found


BEFORE = {f"Ada: {ADA}", f"Ben: {BEN}", "code"}
CHANGES: dict[str, tuple[Callable[[Coordinators], None], set[str], tuple[str, dict[str, str]]]] = {
    "add": (
        lambda them: them.add("Cyd", NEW),
        BEFORE | {f"Cyd: {NEW}"},
        ("coordinator added", {"name": "Cyd"}),
    ),
    "change": (
        lambda them: them.change_passphrase("ben", NEW),
        {f"Ada: {ADA}", f"Ben: {NEW}", "code"},
        ("passphrase changed", {"name": "Ben"}),
    ),
    "remove": (
        lambda them: them.remove("Ben"),
        {f"Ada: {ADA}", "code"},
        ("coordinator removed", {"name": "Ben"}),
    ),
    "rename": (
        lambda them: them.rename("Ben", "Benedict"),
        {f"Ada: {ADA}", f"Benedict: {BEN}", "code"},
        ("coordinator renamed", {"name": "Ben", "now": "Benedict"}),
    ),
    "code": (
        lambda them: them.change_code(NEW_CODE),
        {f"Ada: {ADA}", f"Ben: {BEN}", "new code"},
        ("recovery code issued", {}),
    ),
}
every_change = pytest.mark.parametrize("change", list(CHANGES))


@every_change
def test_a_change_holds_and_is_noted(data: Path, change: str) -> None:
    act, after, noted = CHANGES[change]
    assert opens(data) == BEFORE
    with opened(data) as office:
        act(office.coordinators)
        last = office.log.entries()[-1]
    assert opens(data) == after
    assert ((last.what, last.details), last.who) == (noted, "Ada")


@every_change
@pytest.mark.sampled
def test_a_change_that_was_killed_anywhere_is_there_whole_or_not_at_all(memory_folder: Path, change: str) -> None:
    act, after, _ = CHANGES[change]

    def work(data: Path) -> None:
        with opened(data) as office:
            act(office.coordinators)

    states = []
    for data in killed_everywhere(lambda number: begin(memory_folder / str(number)), work):
        states.append(opens(data))
        assert states[-1] in (BEFORE, after)
        with opened(data) as office:
            office.check()
            noted = [one.what for one in office.log.entries()]
        assert states[-1] == BEFORE or CHANGES[change][2][0] in noted, "nothing changes that is not noted"
    assert states[0] == BEFORE


@every_change
@pytest.mark.sampled
def test_a_change_that_cannot_be_written_is_told_and_nothing_changes(
    data: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (data / "office" / "office.key").read_bytes()
    with opened(data) as office:
        for where, name in ((coordinators_module, "write_private"), (office.coordinators, "_note")):
            with monkeypatch.context() as patch:
                patch.setattr(where, name, failing(StoreError("The disk is full.")))
                with pytest.raises(StoreError, match="full"):
                    CHANGES[change][0](office.coordinators)
    assert (data / "office" / "office.key").read_bytes() == before


def test_names_that_are_taken_or_unknown_are_refused_and_nothing_is_noted(data: Path) -> None:
    with opened(data) as office:
        them, before = office.coordinators, len(office.log.entries())
        assert (them.own, them.names()) == ("Ada", ["Ada", "Ben"])
        assert (them.have(f"{BEN} "), them.have(NEW)) == (True, False)
        refused: list[Callable[[], None]] = [
            lambda: them.add("BEN", NEW),
            lambda: them.rename("Ada", "ben"),
            lambda: them.change_passphrase("Cyd", NEW),
            lambda: them.remove("Cyd"),
            lambda: them.add("\n", NEW),
        ]
        for act in refused:
            with pytest.raises(CoordinatorError):
                act()
        them.remove("Ada")
        with pytest.raises(CoordinatorError, match="only coordinator"):
            them.remove("Ben")
        assert len(office.log.entries()) == before + 1
    assert opens(data) == {f"Ben: {BEN}", "code"}


def test_a_key_file_that_was_exchanged_meanwhile_is_not_written_over(data: Path) -> None:
    with opened(data) as office:
        path = data / "office" / "office.key"
        for other in (b"junk", _another_offices(data.parent / "other")):
            path.write_bytes(other)
            with pytest.raises(KeyFileError):
                office.coordinators.add("Cyd", NEW)
            assert path.read_bytes() == other


def _another_offices(data: Path) -> bytes:
    make_office(data, NewOffice(OfficePrivateKey.generate(), ADA))
    return (data / "office" / "office.key").read_bytes()


# The recovery code


@pytest.mark.parametrize("name", ["Ben", "Cyd"])
def test_the_code_gives_a_coordinator_a_new_passphrase_where_the_store_is_and_that_is_noted(
    data: Path, name: str
) -> None:
    key = recover_office(data, office_key_file(data), CODE, name, NEW)
    assert (key, key.coordinator) == (KEY, name)
    assert opens(data) == {f"Ada: {ADA}", f"{name}: {NEW}", "code"} | ({f"Ben: {BEN}"} if name == "Cyd" else set())
    with opened(data, NEW) as office:
        last = office.log.entries()[-2]
    assert (last.who, last.what, last.details) == (name, "recovered", {"name": name})


def test_a_wrong_an_old_and_another_offices_code_recover_nothing(data: Path) -> None:
    with opened(data) as office:
        office.coordinators.change_code(NEW_CODE)
    before = (data / "office" / "office.key").read_bytes()
    for wrong in (CODE, bytes(16) + b"\1"):
        with pytest.raises(WrongPassphraseError, match="an old one"):
            recover_key(data, office_key_file(data), wrong, "Ada", NEW)
    assert (data / "office" / "office.key").read_bytes() == before
    with pytest.raises(NotSetUpError):
        office_key_file(data.parent / "nowhere")


def test_a_copy_of_the_key_file_and_the_code_bring_an_office_back_on_a_new_computer(data: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    copy = data / "office" / "office.key"
    with pytest.raises(KeyFileError, match="already"):
        copied_key_file(data, copy)
    recover_office(new, copied_key_file(new, copy), CODE, "Ada", NEW)
    assert existing_office(new) == KEY.public
    assert unlock_office(new, NEW) == KEY
    (tmp_path / "junk").write_bytes(b"junk")
    with pytest.raises(KeyFileError):
        copied_key_file(tmp_path / "newer", tmp_path / "junk")


def test_the_code_opens_a_file_that_somebody_changed_and_only_who_is_named_stays(data: Path) -> None:
    path = data / "office" / "office.key"
    changed = office_key_file(data)
    object.__setattr__(changed, "mac", bytes(32))
    path.write_bytes(changed.to_file())
    with pytest.raises(KeyFileError, match="recovery code"):
        unlock_office(data, ADA)
    recover_office(data, office_key_file(data), CODE, "Ada", NEW)
    assert opens(data) == {f"Ada: {NEW}", "code"}


def test_a_store_that_is_damaged_keeps_nobody_from_their_key(data: Path) -> None:
    (data / "office" / "office.db").write_bytes(b"not a database at all")
    assert recover_office(data, office_key_file(data), CODE, "Ada", NEW) == KEY
    assert unlock_office(data, NEW) == KEY


def test_a_recovery_that_was_killed_anywhere_leaves_the_old_passphrases_or_the_new(memory_folder: Path) -> None:
    def work(data: Path) -> None:
        recover_office(data, office_key_file(data), CODE, "Ben", NEW)

    states = [opens(data) for data in killed_everywhere(lambda number: begin(memory_folder / str(number)), work)]
    after = {f"Ada: {ADA}", f"Ben: {NEW}", "code"}
    assert all(state in (BEFORE, after) for state in states)
    assert (states[0], states[-1]) == (BEFORE, after)
