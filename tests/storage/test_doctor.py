"""Every finding the doctor can make, for a laptop of that kind: real where it can be, pretended where it cannot."""

import contextlib
import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from content import survey
from content.language import load_words
from storage import computer, doctor
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import Response
from storage.data_folder import hold
from storage.doctor import Finding, Verdict, examine, free_space
from storage.exchange import locations
from storage.kiosk.kiosk import Kiosk
from storage.office.copies import Original, back_up
from storage.office.office import Office
from storage.office_folder import NewOffice, make_office
from storage.settings import OfficeAddress, Settings
from storage.toolkit.checklist import FILE_NAME, Checklist
from tests.storage.counts.people import people
from tests.storage.disk import failing
from tests.storage.office.merging import Desk, event, export, sealed_for

TODAY = dt.date(2026, 11, 23)
has_devices = pytest.mark.skipif(os.name == "nt", reason="Windows has no device numbers")


def found(findings: list[Finding], subject: str) -> Finding:
    (finding,) = (finding for finding in findings if finding.subject == subject)
    return finding


@pytest.fixture
def laptop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Linux laptop whose /proc and /sys lie in the folder returned."""
    root = tmp_path / "laptop"
    (root / "proc").mkdir(parents=True)

    def place(name: str) -> Path:
        return root / name[1:] if name.startswith(("/proc/", "/sys/")) else Path(name)

    monkeypatch.setattr(doctor, "Path", place)
    monkeypatch.setattr(sys, "platform", "linux")
    return root


def block_device(laptop: Path, number: int, uuid: str = "", lies_on: int | None = None) -> None:
    """Describe a block device as the kernel does under /sys."""
    node = laptop / "sys" / "dev" / "block" / f"{os.major(number)}:{os.minor(number)}"
    (node / "slaves").mkdir(parents=True)
    if uuid:
        (node / "dm").mkdir()
        (node / "dm" / "uuid").write_text(uuid, "ascii")
    if lies_on is not None:
        (node / "slaves" / "below").mkdir()
        (node / "slaves" / "below" / "dev").write_text(f"{os.major(lies_on)}:{os.minor(lies_on)}\n", "ascii")


def swap_on(laptop: Path, *lines: str) -> Finding:
    (laptop / "proc" / "swaps").write_text("\n".join(["Filename\tType\tSize\tUsed\tPriority", *lines, ""]), "utf-8")
    return doctor._swap()


# The whole


def test_a_laptop_that_is_set_up_is_examined_from_python_to_disk_and_left_as_it_is(
    data: Path, settings: Settings
) -> None:
    held = Kiosk.open(data, settings)
    held.keep(held.seal(Response((1, 2, 3, 4))))
    held.close()
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    findings = list(examine(data, settings, TODAY))
    assert [finding.subject for finding in findings] == [
        "Python",
        "Encryption",
        "Keys",
        "Laptop",
        "Store",
        "Counts",
        "Permissions",
        "Languages",
        "Disk space",
        "Clock",
        "Swap",
        "Disk encryption",
    ]
    assert all(finding.sentence.endswith(".") for finding in findings)
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file() and path.name != "lock"} == before


def test_a_laptop_that_is_not_set_up_is_examined_too_and_told_so(tmp_path: Path) -> None:
    findings = list(examine(tmp_path / "data", Settings(), TODAY))
    assert found(findings, "Set-up").verdict is Verdict.FIX
    assert "fairstart setup" in found(findings, "Set-up").sentence
    assert not (tmp_path / "data").exists()


# Python and cryptography


def test_this_python_is_sound_and_an_older_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor._python().verdict is Verdict.SOUND
    with monkeypatch.context() as patch:
        patch.setattr(sys, "version_info", (3, 10, 14))
        finding = doctor._python()
    assert finding == Finding("Python", Verdict.FIX, "This is Python 3.10.14: install 3.11 or newer.")


def test_this_cryptography_can_seal() -> None:
    assert doctor._sealing().verdict is Verdict.SOUND


@pytest.mark.parametrize("error", [ImportError, AttributeError, UnsupportedAlgorithm])
def test_a_cryptography_that_cannot_seal_is_told_plainly(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    monkeypatch.setattr(OfficePrivateKey, "generate", failing(error("ML-KEM")))
    finding = doctor._sealing()
    assert finding.verdict is Verdict.FIX
    assert "cannot seal responses" in finding.sentence
    assert "install its newest wheel" in finding.sentence


# Keys, store, permissions


def test_a_sound_store_says_what_it_holds_and_whom_it_is_sealed_to(
    data: Path, settings: Settings, office: OfficePrivateKey
) -> None:
    with contextlib.closing(Kiosk.open(data, settings)) as opened:
        for response in people(21):
            opened.keep(opened.seal(response))
            opened.count(response)
    findings = list(doctor._store(data, settings))
    assert found(findings, "Keys") == Finding(
        "Keys", Verdict.SOUND, f"Sealed to the office key {office.public.fingerprint}."
    )
    assert found(findings, "Store").verdict is Verdict.SOUND
    assert "responses held: 21" in found(findings, "Store").sentence
    assert found(findings, "Counts") == Finding("Counts", Verdict.SOUND, "Every page checked; groups: 2.")


def test_answers_that_are_due_to_be_deleted_at_the_office_are_told_with_the_command(
    settings: Settings, tmp_path: Path
) -> None:
    desk = Desk.at(tmp_path)
    one = event("Fair", "2026-03-02")
    desk.bring(export(one, sealed_for(one, people(3))))
    store, key = desk.office._store, desk.office.public
    assert doctor._deletion(store, key, settings, dt.date(2027, 3, 1)).verdict is Verdict.SOUND
    finding = doctor._deletion(store, key, settings, dt.date(2027, 3, 2))
    assert finding.verdict is Verdict.FIX
    assert finding.sentence.startswith("The answers of 1 event are due to be deleted after 12 months: run ")
    desk.office.close()


def test_a_store_in_use_cannot_be_told(data: Path, settings: Settings) -> None:
    with hold(data):
        (finding,) = doctor._store(data, settings)
    assert finding == Finding(
        "Store", Verdict.UNKNOWN, "Fairstart is running: quit it first to have the store checked."
    )


def test_a_damaged_store_is_to_be_mended(data: Path, settings: Settings) -> None:
    list(doctor._store(data, settings))
    (path,) = data.glob("kiosk/*/responses.db")
    path.write_bytes(b"not a database" * 1000)
    (finding,) = doctor._store(data, settings)
    assert finding.verdict is Verdict.FIX
    assert "damaged" in finding.sentence


def test_damaged_counts_are_to_be_mended_though_the_responses_are_sound(data: Path, settings: Settings) -> None:
    opened = Kiosk.open(data, settings)
    opened.close()
    (data / "kiosk" / opened.event.folder_name / "groups.db").write_bytes(b"")
    *_, store, counts = doctor._store(data, settings)
    assert (store.subject, store.verdict) == ("Store", Verdict.SOUND)
    assert counts.verdict is Verdict.FIX
    assert "groups.db is damaged" in counts.sentence


def test_a_checklist_is_looked_at_where_there_is_one(data: Path, settings: Settings) -> None:
    assert not [finding for finding in examine(data, settings, TODAY) if finding.subject == "Checklist"]
    Checklist.open(data).close()
    assert found(list(examine(data, settings, TODAY)), "Checklist").verdict is Verdict.SOUND
    path = data / FILE_NAME
    path.write_bytes(path.read_bytes()[:5000] + bytes(4096) + path.read_bytes()[9096:])
    finding = found(list(examine(data, settings, TODAY)), "Checklist")
    assert finding.verdict is Verdict.FIX
    assert FILE_NAME in finding.sentence


def test_a_damaged_language_pack_is_to_be_mended_and_a_draft_is_called_one(
    data: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = msgspec.structs.replace(settings, survey=msgspec.structs.replace(settings.survey, languages=("en", "cy")))
    finding = found(list(examine(data, both, TODAY)), "Languages")
    assert (finding.verdict, finding.sentence) == (Verdict.SOUND, "On offer: English, Cymraeg (a draft).")
    (tmp_path / "survey").mkdir()
    (tmp_path / "survey" / "cy.toml").write_text("language = ", "utf-8")
    monkeypatch.setattr(survey, "FOLDER", tmp_path / "survey")
    load_words.cache_clear()
    finding = found(list(examine(data, both, TODAY)), "Languages")
    load_words.cache_clear()
    assert finding.verdict is Verdict.FIX
    assert "content/survey/" in finding.sentence


@pytest.mark.parametrize(
    ("address", "verdict", "said"),
    [
        ("{here}", Verdict.SOUND, "{here} answers."),
        ("{here}/gone", Verdict.FIX, "There is no folder {here}/gone: plug the drive in"),
        ("sftp://ann:pass-word@office.example/in", Verdict.SOUND, "sftp://office.example/in can be used here; --reach"),
        ("webdavs://ann:pass-word@office.example/in", Verdict.SOUND, "webdavs://office.example/in can be used here"),
        ("sftp://ann:pass-word@host:port/in", Verdict.FIX, "is no address that can be used"),
        ("sfpt://ann:pass-word@office.example/in", Verdict.FIX, "sfpt://office.example/in is no address that can be"),
        ("adl://ann:pass-word@office.example/in", Verdict.FIX, "adl:// needs one more package: "),
    ],
)
def test_the_offices_address_is_looked_at_and_what_is_secret_in_it_is_not_told(
    tmp_path: Path, address: str, verdict: Verdict, said: str
) -> None:
    settings = Settings(office=OfficeAddress(address=address.format(here=tmp_path)))
    finding = found(list(examine(tmp_path / "data", settings, TODAY)), "Address")
    assert finding.verdict is verdict
    assert said.format(here=tmp_path) in finding.sentence
    assert "ann" not in finding.sentence
    assert "pass-word" not in finding.sentence


def test_the_offices_address_is_gone_to_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(office=OfficeAddress(address="memory://office/in"))
    asked = list[str]()

    def refuse(place: str, _protocol: str) -> None:
        asked.append(place)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(locations, "_connect", refuse)
    for reach, verdict in ((False, Verdict.SOUND), (True, Verdict.FIX)):
        finding = found(list(examine(tmp_path / "data", settings, TODAY, reach=reach)), "Address")
        assert finding.verdict is verdict
    assert asked == ["memory://office/in"]
    monkeypatch.undo()
    finding = found(list(examine(tmp_path / "data", settings, TODAY, reach=True)), "Address")
    assert finding.sentence == "memory://office/in answers."
    assert not [one for one in examine(tmp_path / "data", Settings(), TODAY) if one.subject == "Address"]


def test_an_event_that_has_ended_calls_for_a_new_one(data: Path, settings: Settings) -> None:
    opened = Kiosk.open(data, settings)
    opened.end_event()
    opened.close()
    assert Finding(
        "Event", Verdict.FIX, "“Riverside Jobs Fair” has ended: start a new event in the staff area."
    ) in list(doctor._store(data, settings))


def test_a_damaged_key_or_settings_without_an_event_are_to_be_mended(data: Path, settings: Settings) -> None:
    (finding,) = doctor._store(data, Settings())
    assert (finding.subject, finding.verdict) == ("Store", Verdict.FIX)
    assert "kiosk.toml" in finding.sentence
    (data / "kiosk" / "office.pub").write_bytes(b"")
    (finding,) = doctor._store(data, settings)
    assert (finding.subject, finding.verdict) == ("Store", Verdict.FIX)
    assert "office.pub" in finding.sentence


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_files_that_others_can_read_are_counted_with_the_command_that_mends_them(data: Path) -> None:
    data.chmod(0o700)
    assert doctor._permissions(data).verdict is Verdict.SOUND
    (data / "kiosk").chmod(0o755)
    (data / "kiosk" / "kiosk.key").chmod(0o640)
    finding = doctor._permissions(data)
    assert finding.verdict is Verdict.FIX
    assert finding.sentence.startswith("2 files or folders")
    command = finding.sentence.partition('"')[2].partition('"')[0]
    subprocess.run(command.split(), check=True)
    assert doctor._permissions(data).verdict is Verdict.SOUND


def test_a_link_to_nowhere_does_not_stop_the_examination(data: Path) -> None:
    (data / "link").symlink_to(data / "nowhere")
    doctor._permissions(data)


# Disk space and clock


@pytest.mark.parametrize(
    ("free", "verdict", "sentence"),
    [
        (199 * 2**20, Verdict.FIX, "Only 199 MB are free"),
        (200 * 2**20, Verdict.SOUND, "Enough is free."),
        (5 * 2**30, Verdict.SOUND, "5 GB free."),
    ],
)
def test_disk_space_under_200_mb_is_too_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, verdict: Verdict, sentence: str
) -> None:
    asked: list[Path] = []

    def usage(place: Path) -> SimpleNamespace:
        asked.append(place)
        return SimpleNamespace(free=free)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    finding = free_space(tmp_path / "not" / "made")
    assert finding.verdict is verdict
    assert finding.sentence.startswith(sentence)
    assert asked == [tmp_path], "the disk that the folder will lie on"


def test_a_clock_that_agrees_with_the_event_is_sound(settings: Settings) -> None:
    assert doctor._clock(settings, TODAY) == Finding("Clock", Verdict.SOUND, "23 November 2026.")
    assert doctor._clock(Settings(), TODAY).verdict is Verdict.SOUND


def test_every_day_of_an_event_of_several_agrees_with_the_clock(settings: Settings) -> None:
    last = TODAY + dt.timedelta(days=40)
    fair = msgspec.structs.replace(settings, event=msgspec.structs.replace(settings.event, last_day=last))
    assert doctor._clock(fair, last) == Finding("Clock", Verdict.SOUND, "02 January 2027.")
    assert doctor._clock(fair, last + dt.timedelta(days=14)).verdict is Verdict.SOUND
    assert doctor._clock(fair, last + dt.timedelta(days=15)).verdict is Verdict.FIX
    assert fair.event_for(bytes(16), "smc-2021") == settings.event_for(bytes(16), "smc-2021")


@pytest.mark.parametrize(
    ("days", "verdict"),
    [(1, Verdict.SOUND), (-1, Verdict.SOUND), (-40, Verdict.SOUND), (90, Verdict.FIX), (-400, Verdict.FIX)],
)
def test_an_event_of_some_days_or_of_next_month_is_sound_and_one_long_ago_is_not(
    days: int, verdict: Verdict, settings: Settings
) -> None:
    assert doctor._clock(settings, TODAY + dt.timedelta(days=days)).verdict is verdict
    finding = doctor._clock(settings, TODAY + dt.timedelta(days=1))
    assert "23 November 2026" in finding.sentence
    assert "24 November 2026" in finding.sentence


@pytest.mark.parametrize(
    ("mounts", "said"),
    [
        ("/dev/sda1 / ext4 rw,relatime 0 0", ""),
        ("/dev/sda1 / ext4 rw,data=journal 0 0", "This ext4 is mounted with data=journal"),
        ("/dev/sda1 / ext4 rw 0 0\ntank {} zfs rw 0 0", "ZFS keeps older states of files"),
        ("/dev/sda1 / btrfs rw 0 0", "Btrfs keeps older states of files"),
        ("/dev/sda1 / btrfs rw 0 0\ntmpfs {} tmpfs rw 0 0", ""),
        ("/dev/sda1 / ext4 rw 0 0\ntmpfs {0} tmpfs rw 0 0\ntank {0} zfs rw 0 0", "ZFS keeps older states of files"),
        ("proc /proc proc rw 0 0", ""),
        ("", ""),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="there the system says what is mounted")
def test_a_file_system_that_keeps_what_was_overwritten_is_named(
    mounts: str, said: str, laptop: Path, tmp_path: Path
) -> None:
    (laptop / "proc" / "self").mkdir()
    (laptop / "proc" / "self" / "mounts").write_text(mounts.format(tmp_path), "utf-8")
    sentences = [finding.sentence for finding in doctor._file_system(tmp_path / "data")]
    assert len(sentences) == bool(said)
    assert all(sentence.startswith(said) for sentence in sentences)


@pytest.mark.parametrize(
    ("kind", "name"), [("vfat", "FAT"), ("exfat", "exFAT"), ("fuseblk", "This drive"), ("ext4", "")]
)
@pytest.mark.skipif(sys.platform != "linux", reason="there the system says what is mounted")
def test_a_data_folder_on_a_stick_without_permissions_is_told_to_go_elsewhere_and_no_command_that_cannot_work(
    kind: str, name: str, laptop: Path, tmp_path: Path
) -> None:
    stick = tmp_path / "MY STICK"
    (stick / "data").mkdir(parents=True)
    (laptop / "proc" / "self").mkdir()
    mounts = f"/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 {tmp_path}/MY\\040STICK {kind} rw 0 0"
    (laptop / "proc" / "self" / "mounts").write_text(mounts, "utf-8")
    finding = doctor._permissions(stick / "data")
    assert finding.verdict is Verdict.FIX
    assert ("chmod" in finding.sentence) == (not name)
    assert finding.sentence.startswith(f"{name} keeps no permissions" if name else "1 files or folders")


def test_a_clock_that_was_never_set_is_to_be_mended(settings: Settings) -> None:
    finding = doctor._clock(settings, dt.date(1970, 1, 1))
    assert finding.verdict is Verdict.FIX
    assert "01 January 1970" in finding.sentence


# Swap


def test_on_macos_swap_is_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert doctor._swap().verdict is Verdict.SOUND


def test_where_the_system_does_not_list_swap_it_cannot_be_told(laptop: Path) -> None:
    assert doctor._swap().verdict is Verdict.UNKNOWN


def test_no_swap_and_swap_in_compressed_memory_are_sound(laptop: Path) -> None:
    assert swap_on(laptop).verdict is Verdict.SOUND
    assert swap_on(laptop, "/dev/zram0\tpartition\t8388604\t0\t100").verdict is Verdict.SOUND


@has_devices
def test_swap_is_sound_on_an_encrypted_device_and_to_be_mended_on_another(laptop: Path) -> None:
    device = Path(os.devnull).stat().st_rdev  # a device that every laptop has
    line = f"{os.devnull}\tpartition\t8388604\t0\t-2"
    finding = swap_on(laptop, line)
    assert finding.verdict is Verdict.FIX
    assert "swapoff" in finding.sentence
    block_device(laptop, device, uuid="CRYPT-LUKS2-0123-swap")
    assert swap_on(laptop, line, "/dev/zram0\tpartition\t1\t0\t100") == Finding(
        "Swap", Verdict.SOUND, "The swap is encrypted."
    )


@has_devices
def test_a_swap_file_on_an_encrypted_disk_is_sound(laptop: Path, tmp_path: Path) -> None:
    swapfile = tmp_path / "swapfile"
    swapfile.write_bytes(b"")
    block_device(laptop, swapfile.stat().st_dev, uuid="CRYPT-LUKS2-0123-root")
    assert swap_on(laptop, f"{swapfile}\tfile\t8388604\t0\t-2").verdict is Verdict.SOUND


# Disk encryption


def on_device(number: int) -> Callable[..., object]:
    return lambda *_, **__: SimpleNamespace(st_dev=number, st_mode=0o40700)


@has_devices
def test_a_device_is_found_encrypted_through_every_layer_it_lies_on(laptop: Path) -> None:
    volume, mapping, plain, unknown = (os.makedev(253, 1), os.makedev(253, 0), os.makedev(8, 1), os.makedev(8, 2))
    block_device(laptop, volume, uuid="LVM-0123", lies_on=mapping)
    block_device(laptop, mapping, uuid="CRYPT-LUKS2-0123-root", lies_on=plain)
    block_device(laptop, plain)
    encrypted = [doctor._is_encrypted_device(number) for number in (volume, mapping, plain, unknown)]
    assert encrypted == [True, True, False, False]


@has_devices
@pytest.mark.parametrize(("encrypted", "verdict"), [(True, Verdict.SOUND), (False, Verdict.FIX)])
def test_the_disk_asked_about_is_the_one_under_the_data_folder(
    laptop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, encrypted: bool, verdict: Verdict
) -> None:
    number = os.makedev(8, 1)
    monkeypatch.setattr(doctor, "_is_encrypted_device", lambda device: encrypted == (device == number))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", on_device(number))
        assert doctor._disk_encryption(tmp_path).verdict is verdict


@has_devices
def test_a_file_system_without_a_device_cannot_be_told(
    laptop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", on_device(os.makedev(0, 42)))
        finding = doctor._disk_encryption(tmp_path)
    assert finding.verdict is Verdict.UNKNOWN
    assert "BitLocker, FileVault or LUKS" in finding.sentence


def test_on_windows_disk_encryption_cannot_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert doctor._disk_encryption(tmp_path).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(("status", "verdict"), [(0, Verdict.SOUND), (1, Verdict.FIX)])
def test_on_macos_filevault_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, verdict: Verdict
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=status))
    assert doctor._disk_encryption(tmp_path).verdict is verdict


@pytest.mark.parametrize("error", [FileNotFoundError(2, "No such file"), subprocess.TimeoutExpired("fdesetup", 10)])
def test_on_macos_without_an_answer_disk_encryption_cannot_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(subprocess, "run", failing(error))
    assert doctor._disk_encryption(tmp_path).verdict is Verdict.UNKNOWN


# An office


def test_an_office_is_examined_without_its_passphrase_and_left_as_it_is(
    tmp_path: Path, office: OfficePrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    monkeypatch.setattr(computer, "_marks", lambda: {b"this one"})
    make_office(data, NewOffice(office, "any"))
    (tmp_path / "there").mkdir()

    def told() -> dict[str, tuple[Verdict, str]]:
        before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
        findings = list(examine(data, Settings(), TODAY))
        assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before
        return {one.subject: (one.verdict, one.sentence) for one in findings}

    assert "Office store" not in told(), "nothing was opened yet"
    with hold(data), contextlib.closing(Office.open(data, office)) as opened:
        assert told()["Copies"] == (Verdict.SOUND, "Nothing is there to be copied yet.")
        opened.accept(KioskPrivateKey(bytes(32)).public)
        found = told()  # while somebody writes
        assert found["Office store"] == (Verdict.SOUND, "Every page checked; responses held: 0.")
        assert found["Accepted"] == (Verdict.SOUND, "Laptops whose exports the office takes: 1.")
        assert found["Computer"] == (Verdict.SOUND, "The office is used on this computer.")
        never = "No copy of the office has been made yet"
        assert found["Copies"] == (Verdict.FIX, f'{never}: run "fairstart office backup DEST".')
        back_up(Original(opened, data), str(tmp_path / "there"), TODAY - dt.timedelta(days=31))
        assert told()["Copies"] == (Verdict.SOUND, "The last copy is of 23 October 2026.")
        opened.accept(KioskPrivateKey(bytes([1] * 32)).public)
        verdict, sentence = told()["Copies"]
        assert (verdict, sentence[:51]) == (Verdict.FIX, "The last copy of the office is of 23 October 2026, ")
        back_up(Original(opened, data), str(tmp_path / "there"), TODAY - dt.timedelta(days=30))
        opened.accept(KioskPrivateKey(bytes([2] * 32)).public)
        assert told()["Copies"][0] is Verdict.SOUND
    monkeypatch.setattr(computer, "_marks", lambda: {b"another one"})
    verdict, sentence = told()["Computer"]
    assert verdict is Verdict.FIX
    assert sentence.endswith('say which one goes on, with "fairstart office go-on".')
    path = data / "office" / "office.db"
    sound = path.read_bytes()
    path.write_bytes(sound[:4096] + b"?" * 4096 + sound[8192:])
    verdict, sentence = told()["Office store"]
    assert (verdict, "is damaged" in sentence) == (Verdict.FIX, True)
    path.write_bytes(sound)
    journal = path.with_name("office.db-journal")
    journal.write_bytes(b"\xd9\xd5\x05\xf9" + journal.read_bytes()[4:])
    assert told()["Office store"][0] is Verdict.UNKNOWN
