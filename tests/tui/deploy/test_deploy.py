"""`fairstart deploy`: what it writes is read back by the programs it is for, as far as they are here."""

from __future__ import annotations

import configparser
import json
import os
import plistlib
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.storage.needs import not_tested
from tests.storage.toolkit import browsing
from tests.storage.toolkit.browsing import A4, PHONE, SMALLEST, Window, on_paper, squeezed
from tests.tui.cli import commands
from tests.tui.cli.commands import RUN, Runs
from tui.deploy.files import STARTS, SYSTEMS, System, files_for, guide, running_command, this_system

browser, window, run = browsing.browser, browsing.window, commands.run

NASTY = """a "b" 'c' $HOME `id` \\ %n é & (d)"""
OWN_SCREEN = "card1-eDP-1"
NEWER = "mouse-bindings.select-quote=none"
"""What foot 1.13 does not know."""
Script = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The folders of all systems, without the command."""
    for system in SYSTEMS:
        (tmp_path / system).mkdir()
        for file in files_for(system, None):
            path = tmp_path / system / file.name
            path.write_bytes(file.content)
            path.chmod(0o755 if file.is_program else 0o644)
    return tmp_path


def said_by(*command: str | bytes | Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command, and give what it says."""
    return subprocess.run(command, capture_output=True, check=False, text=True, env=env)


def need(program: str) -> str:
    return shutil.which(program) or not_tested(f"{program} is not there.")


def ini(path: Path) -> configparser.ConfigParser:
    """A file of systemd or foot; where a key is there twice, the last counts."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text("utf-8"))
    return parser


# The command


def test_it_writes_a_guide_and_a_folder_for_each_system_and_says_what_to_read_and_to_fill_in(
    run: Runs, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "kiosk files"
    said = run("deploy", folder).answer()
    assert sorted(path.name for path in folder.iterdir()) == ["guide.html", "linux", "macos", "windows"]
    assert said.splitlines()[-1].startswith(f"Now read {folder / 'guide.html'}")
    for system in SYSTEMS:
        assert f"{system}: {folder / system}\n" in said
        assert {path.name for path in (folder / system).iterdir()} == {file.name for file in files_for(system, None)}
        text = (folder / system / STARTS[system]).read_text("utf-8")
        assert re.search("^(#|rem) WHERE FAIRSTART IS ON THIS (LAPTOP|MAC)", text, re.MULTILINE)
        wanted = f"For {system}, say at the top of {STARTS[system]} where Fairstart is on that laptop.\n"
        known = system == this_system() and running_command() is not None
        assert (wanted in said) != known
        assert (str(running_command()) in text) == known


@pytest.mark.skipif(os.name == "nt", reason="Windows starts files by their names")
def test_what_is_to_be_started_can_be(run: Runs, tmp_path: Path) -> None:
    folder = tmp_path / "kiosk"
    run("deploy", folder)
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if can_be_started(path)} == {
        *(f"{system}/{name}.sh" for system in ("linux", "macos") for name in ("install", "uninstall")),
        *("linux/fairstart-kiosk", "macos/fairstart-kiosk.command"),
    }


def can_be_started(path: Path) -> bool:
    return path.is_file() and bool(path.stat().st_mode & stat.S_IXUSR)


def test_it_finds_the_fairstart_of_the_python_that_runs() -> None:
    found = running_command()
    if found is None:
        pytest.skip("not installed beside this Python")
    assert found.parent == Path(sys.executable).parent
    assert os.access(found, os.X_OK)


@pytest.mark.parametrize(
    ("options", "systems"),
    [(["--for", "linux"], ["linux"]), (["--for", "windows", "--for", "macos", "--for", "macos"], ["macos", "windows"])],
)
def test_it_writes_only_what_is_asked_for(options: list[str], systems: list[str], run: Runs, tmp_path: Path) -> None:
    assert run("deploy", tmp_path / "kiosk", *options).status == 0
    assert sorted(path.name for path in (tmp_path / "kiosk").iterdir()) == ["guide.html", *systems]


def test_the_guide_is_about_the_folders_that_are_there(run: Runs, tmp_path: Path) -> None:
    run("deploy", tmp_path / "kiosk", "--for", "macos")
    run("deploy", tmp_path / "kiosk", "--for", "linux")
    text = (tmp_path / "kiosk" / "guide.html").read_text("utf-8")
    assert re.findall("the folder “(.*)”\\)", text) == ["linux", "macos"]


def test_somebody_elses_page_is_not_written_over(run: Runs, tmp_path: Path) -> None:
    page = tmp_path / "guide.html"
    page.write_text("mine", "utf-8")
    done = run("deploy", tmp_path, "--for", "macos")
    assert done.status == 1
    assert done.err == f"{page} is there already: choose another folder, or write over it with --force.\n"
    assert [path.name for path in tmp_path.iterdir() if path.name in {"guide.html", "macos"}] == ["guide.html"]
    assert page.read_text("utf-8") == "mine"
    assert run("deploy", tmp_path, "--for", "macos", "--force").status == 0
    assert "Force Quit" in page.read_text("utf-8")


def test_it_knows_no_other_system(run: Runs, tmp_path: Path) -> None:
    done = run("deploy", tmp_path / "kiosk", "--for", "amiga")
    assert done.status == 2
    assert not (tmp_path / "kiosk").exists()


def test_a_folder_that_holds_something_is_refused_before_anything_is_written(run: Runs, tmp_path: Path) -> None:
    (tmp_path / "kiosk" / "windows").mkdir(parents=True)
    (tmp_path / "kiosk" / "linux").mkdir()
    own = tmp_path / "kiosk" / "windows" / "settings.json"
    own.write_text("own", "utf-8")
    done = run("deploy", tmp_path / "kiosk")
    assert done.status == 1
    assert done.err == (
        f"{tmp_path / 'kiosk' / 'windows'} is not empty: choose another folder, or write over it with --force.\n"
    )
    assert [path for path in (tmp_path / "kiosk").rglob("*") if path.is_file()] == [own]
    assert run("deploy", tmp_path / "kiosk", "--for", "linux").status == 0
    assert run("deploy", tmp_path / "kiosk", "--force").status == 0
    assert json.loads(own.read_text("utf-8"))


@pytest.mark.parametrize("inside", ["", "linux"])
def test_a_file_in_the_way_is_named_in_one_sentence(inside: str, run: Runs, tmp_path: Path) -> None:
    blocked = tmp_path / "kiosk" / inside
    blocked.parent.mkdir(exist_ok=True)
    blocked.write_text("own", "utf-8")
    done = run("deploy", tmp_path / "kiosk", "--force")
    assert done.status == 1
    folder = re.escape(str(tmp_path / "kiosk"))
    assert re.fullmatch(rf"Cannot write into {folder} \([^)]+\): choose another folder\.\n", done.err)
    assert blocked.read_text("utf-8") == "own"


@pytest.mark.skipif(sys.platform != "linux", reason="file permissions hold for root here too, unless given up")
def test_a_folder_that_cannot_be_written_is_one_sentence(run: Runs, tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    done = run("deploy", tmp_path / "shut" / "kiosk")
    assert done.status == 1
    assert re.fullmatch(r"Cannot write into .*kiosk \(.*\): choose another folder\.\n", done.err)


def test_it_loads_no_screens(run: Runs, tmp_path: Path) -> None:
    look = "import atexit, sys; atexit.register(lambda: print(sorted({'textual', 'rich'} & set(sys.modules))))\n"
    done = run("deploy", tmp_path / "kiosk", code=look + RUN)
    assert done.out.splitlines()[-1] == "[]"


# The path of the command, as each kind of file is read


@pytest.mark.skipif(os.name == "nt", reason="a name that Windows does not allow")
@pytest.mark.parametrize("system", ["linux", "macos"])
def test_a_path_of_any_letters_is_started_by_the_shell(system: System, tmp_path: Path) -> None:
    program = tmp_path / NASTY / "fairstart"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@"\nkill $PPID\n', "utf-8")
    program.chmod(0o755)
    start = next(file for file in files_for(system, program) if file.name == STARTS[system])
    done = said_by("/bin/sh", "-c", start.content, "kiosk", env={"TERM": "dumb"})
    assert done.stdout.strip() == ("--data /var/lib/fairstart/data" if system == "linux" else "")
    assert done.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode in Windows")
def test_a_path_that_is_not_utf_8_is_written_as_it_is() -> None:
    command = Path(os.fsdecode(b"/opt/caf\xe9/fairstart"))
    start = next(file for file in files_for("linux", command) if file.name == STARTS["linux"])
    assert b"\nfairstart='/opt/caf\xe9/fairstart'\n" in start.content


def test_a_cmd_file_takes_a_path_with_per_cent_signs_and_spaces() -> None:
    path = r"C:\Fair 100% & (start)\fairstart.exe"
    start = next(file for file in files_for("windows", Path(path)) if file.name == STARTS["windows"])
    written = re.search('^set "FAIRSTART=(.*)"\r$', start.content.decode(), re.MULTILINE)
    assert written
    assert written[1].replace("%%", "%") == path
    assert "%" not in written[1].replace("%%", "")


@pytest.mark.skipif(os.name == "nt", reason="the shell is for Linux and macOS")
@pytest.mark.parametrize(
    ("system", "ending", "wiped", "pauses"),
    [
        ("linux", "exit 0", False, False),
        ("linux", "exit 1", False, True),
        ("linux", "kill -9 $$", True, True),
        ("macos", "exit 1", False, True),
        ("macos", "kill -9 $$", True, True),
    ],
)
def test_what_the_last_person_saw_is_wiped_when_fairstart_is_killed_and_what_it_said_is_not(
    system: System, ending: str, tmp_path: Path, *, wiped: bool, pauses: bool
) -> None:
    stubs = stub(tmp_path, fairstart=f"echo said; {ending}", sleep="echo paused; kill $PPID", clear=":", date="echo 1")
    start = next(file for file in files_for(system, stubs / "fairstart") if file.name == STARTS[system])
    done = said_by("/bin/sh", "-c", start.content, env={"PATH": str(stubs)})
    assert ("\x1bc" in done.stdout.partition("said")[2]) is wiped
    assert done.stdout.endswith("paused\n") is pauses


@pytest.mark.skipif(os.name == "nt", reason="the shell is for Linux and macOS")
@pytest.mark.parametrize("system", ["linux", "macos"])
def test_after_a_good_while_it_starts_again_at_once_and_no_shell_comes_between(system: System, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    stubs = stub(
        tmp_path,
        fairstart=f'echo x >>"{starts}"; exit 1',
        date=f'times=0; while read -r _; do times=$((times + 1)); done <"{starts}"; echo $(((times % 4) * 60))',
        sleep="echo paused; kill $PPID",
        clear=":",
    )
    starts.touch()
    start = next(file for file in files_for(system, stubs / "fairstart") if file.name == STARTS[system])
    done = said_by("/bin/sh", "-c", start.content, env={"PATH": str(stubs)})
    assert done.stdout.count("paused") == 1
    assert starts.read_text("utf-8").count("x") == 4, "three runs of a minute, then one that ended before it had begun"


# The files, as the programs they are for read them


def test_the_shell_can_read_every_script(written: Path) -> None:
    scripts = [path for path in written.rglob("*") if path.is_file() and path.read_bytes().startswith(b"#!/bin/sh\n")]
    assert len(scripts) == 6
    for name in filter(shutil.which, ("bash", "dash")):
        for script in scripts:
            done = said_by(name, "-n", script)
            assert (done.returncode, done.stderr) == (0, ""), script


def test_files_for_windows_end_their_lines_as_windows_does_and_scripts_are_plain_ascii(written: Path) -> None:
    for path in (written / "windows").iterdir():
        assert re.search(rb"[^\r]\n", path.read_bytes()) is None, path
        if path.suffix == ".ps1":  # Windows PowerShell takes other letters for those of the country
            assert path.read_bytes().isascii()
    for system in ("linux", "macos"):
        for path in (written / system).iterdir():
            assert b"\r" not in path.read_bytes(), path


def test_systemd_finds_nothing_wrong_with_the_service(written: Path) -> None:
    analyze = need("systemd-analyze")
    unit = written / "linux" / "fairstart-kiosk.service"
    text = unit.read_text("utf-8")
    assert "=/usr/bin/cage " in text
    unit.write_text(text.replace("=/usr/bin/cage ", "=/bin/true "), "utf-8")  # which is on every system
    done = said_by(analyze, "verify", unit)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_service_starts_again_however_it_ends_and_leads_to_no_other_console(written: Path) -> None:
    unit = ini(written / "linux" / "fairstart-kiosk.service")
    assert (unit["Service"]["Restart"], unit["Unit"]["StartLimitIntervalSec"]) == ("always", "0")
    assert unit["Unit"]["Conflicts"] == "getty@tty1.service"
    assert (unit["Service"]["User"], unit["Service"]["NoNewPrivileges"]) == ("fairstart", "yes")
    cage, foot = " ".join(shlex.split(unit["Service"]["ExecStart"])).split(" -- ")
    assert cage == "/usr/bin/cage -d"
    assert foot.split()[0] == "/usr/bin/foot"
    assert foot.split()[-1] == "/usr/local/lib/fairstart-kiosk/fairstart-kiosk"  # never a shell
    login = ini(written / "linux" / "logind.conf")["Login"]
    assert (login["NAutoVTs"], login["ReserveVT"]) == ("0", "0")


def test_a_stick_is_mounted_for_the_kiosk_with_options_that_systemd_knows(written: Path) -> None:
    rule = (written / "linux" / "usb-sticks.rules").read_text("utf-8")
    mount = re.search(r'RUN\{program\}\+="([^"]+)"', rule)
    assert mount
    given = dict(word.partition("=")[::2] for word in mount[1].split() if word.startswith("--"))
    assert given["--owner"] == "fairstart"
    assert {"nosuid", "nodev", "noexec", "sync"} <= set(given["--options"].split(","))
    known = subprocess.run([need("systemd-mount"), "--help"], capture_output=True, check=True, text=True).stdout
    assert [option for option in given if option not in known] == []


def test_foot_finds_nothing_wrong_with_its_settings(written: Path) -> None:
    check = [need("foot"), "--check-config", f"--config={written / 'linux' / 'foot.ini'}"]
    done = subprocess.run(check, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    assert not re.search("^ *(err|warn)", done.stderr, re.MULTILINE)


def test_every_key_and_button_that_foot_takes_for_itself_is_switched_off(written: Path) -> None:
    need("foot")
    shipped = Path("/etc/xdg/foot/foot.ini").read_text("utf-8")
    ours = ini(written / "linux" / "foot.ini")
    newer = (written / "linux" / "foot-newer.txt").read_text("utf-8").splitlines()
    section, seen = "", 0
    for line in shipped.splitlines():
        section = line.strip("[]") if line.startswith("[") else section
        binding = re.fullmatch(r"# ([a-z-]+) *= *(.*)", line)
        if section.endswith("-bindings") and binding and not re.search(r"(^|\] )none( #.*)?$", binding[2]):
            seen += 1
            assert ours[section].get(binding[1]) == "none" or f"{section}.{binding[1]}=none" in newer, line
    assert seen > 40
    assert {value for name in ours if name.endswith("-bindings") for value in ours[name].values()} == {"none"}
    assert (ours["scrollback"]["lines"], ours["cursor"]["blink"]) == ("0", "no")
    assert ours["main"]["selection-target"] == "none"
    assert "security.osc52=disabled" in newer


def test_windows_terminal_fills_the_screen_with_fairstart_alone_and_has_no_keys_of_its_own(written: Path) -> None:
    settings = json.loads((written / "windows" / "settings.json").read_text("utf-8"))
    (profile,) = settings["profiles"]["list"]
    assert settings["defaultProfile"] == profile["guid"]
    assert settings["launchMode"] == "fullscreen"
    assert profile["commandline"].endswith('\\fairstart-kiosk.cmd""')
    assert {action["command"] for action in settings["actions"]} == {"unbound"}
    keys = {action["keys"] for action in settings["actions"]}
    assert len(keys) == len(settings["actions"])
    assert keys >= {
        *("ctrl+shift+p", "ctrl+,", "ctrl+shift+,", "ctrl+alt+,", "ctrl+shift+space", "alt+space", "f11", "alt+enter"),
        *("ctrl+shift+t", "ctrl+shift+n", "ctrl+shift+d", "ctrl+shift+w", "alt+f4", "alt+shift+-", "alt+shift+plus"),
        *("ctrl+shift+f", "ctrl+shift+c", "ctrl+shift+v", "shift+insert", "ctrl+plus", "ctrl+minus", "ctrl+0"),
        *(f"ctrl+shift+{number}" for number in range(1, 10)),
    }


@pytest.mark.skipif(os.name == "nt", reason="the shell is for Linux and macOS")
def test_macos_opens_what_install_puts_into_the_accounts_library(written: Path) -> None:
    agent = plistlib.loads((written / "macos" / "fairstart-kiosk.plist").read_bytes())
    assert agent["RunAtLoad"] is True
    *shell, opening = agent["ProgramArguments"]
    assert shell == ["/bin/sh", "-c"]
    opened = shlex.split(opening)[-1].replace("$HOME", str(written))
    for name, there in (("install", True), ("install", True), ("uninstall", False)):
        stubs = stub(written, id="echo 501")
        done = said_by(
            "/bin/sh",
            written / "macos" / f"{name}.sh",
            env={"HOME": str(written), "PATH": f"{stubs}:{os.environ['PATH']}"},
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert os.access(opened, os.X_OK) is there
        assert (written / "Library" / "LaunchAgents" / "fairstart-kiosk.plist").exists() is there


# Installing on Linux, into a folder in place of /, with programs that only note what they are asked


def stub(folder: Path, **programs: str) -> Path:
    """A folder of programs, each a line of sh."""
    place = folder / "programs"
    place.mkdir(exist_ok=True)
    for name, line in programs.items():
        (place / name).write_text(f"#!/bin/sh\n{line}\n", "utf-8")
        (place / name).chmod(0o755)
    return place


@pytest.fixture
def script(written: Path) -> Script:
    """Runs install.sh or uninstall.sh; a program that is named behaves as the line of sh given."""
    root = written / "root"
    (root / "sys" / "class" / "drm" / OWN_SCREEN).mkdir(parents=True)
    noting = f'echo "$(basename "$0") $*" >> {shlex.quote(str(written / "asked"))}'

    def ran(name: str, *arguments: str, without: str = "", **programs: str) -> subprocess.CompletedProcess[str]:
        usual = {
            "id": 'if [ "$1" = -u ]; then echo 0; else exit 1; fi',
            "foot": f'case "$*" in *{NEWER}*) exit 230 ;; esac',
            "systemctl": f'{noting}; if [ "$1" = get-default ]; then echo graphical.target; fi',
            **dict.fromkeys(("cage", "Xwayland", "useradd", "usermod", "runuser"), noting),
        }
        shutil.rmtree(written / "programs", ignore_errors=True)
        stubs = stub(written, **{name: line for name, line in (usual | programs).items() if name != without})
        for needed in ("basename", "cat", "dirname", "head", "install", "rm", "sed"):
            (stubs / needed).symlink_to(shutil.which(needed) or not_tested(f"{needed} is not there."))
        return said_by(
            "/bin/sh", written / "linux" / f"{name}.sh", *arguments, env={"PATH": str(stubs), "DESTDIR": str(root)}
        )

    return ran


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="install.sh is for Linux")


@on_linux
def test_install_puts_each_file_where_it_is_looked_for_and_can_be_run_again(script: Script, written: Path) -> None:
    done = script("install")
    assert (done.returncode, done.stderr) == (0, "")
    first = contents(written / "root")
    unit = ini(written / "root" / "etc" / "systemd" / "system" / "fairstart-kiosk.service")
    started = unit["Service"]["ExecStart"]
    assert {path for path in first if f"/{path}" in started} == {
        *("etc/fairstart-kiosk/foot.ini", "usr/local/lib/fairstart-kiosk/fairstart-kiosk")
    }
    assert f"etc/pam.d/{unit['Service']['PAMName']}" in first
    assert {path.split("/")[1] for path in first if path.startswith("etc/")} >= {"sysctl.d", "systemd", "udev"}
    asked = (written / "asked").read_text("utf-8")
    assert "useradd --system" in asked
    assert "systemctl mask ctrl-alt-del.target\n" in asked
    assert "systemctl enable fairstart-kiosk.service\n" in asked
    again = script("install", id="echo 0", systemctl="echo multi-user.target")
    assert (again.returncode, again.stderr) == (0, "")
    assert contents(written / "root") == first


@on_linux
def test_uninstall_leaves_nothing_and_the_laptop_starts_as_before(script: Script, written: Path) -> None:
    script("install")
    done = script("uninstall")
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(written / "root") == {}
    asked = (written / "asked").read_text("utf-8").splitlines()
    assert {"systemctl set-default graphical.target", "systemctl unmask ctrl-alt-del.target"} <= set(asked)
    assert script("uninstall").returncode == 0


@on_linux
@pytest.mark.parametrize(
    ("mode", "arguments", "size"),
    [
        ("1366x768\n1024x768\n", [], 27),
        ("3840x2160\n", [], 76),
        ("1080x1920i\n", [], 22),
        ("", [], 38),
        ("1366x768\n", ["30"], 30),
    ],
)
def test_letters_fit_the_laptops_own_screen_unless_a_size_is_given(
    mode: str, arguments: list[str], size: int, script: Script, written: Path
) -> None:
    (written / "root" / "sys" / "class" / "drm" / OWN_SCREEN / "modes").write_text(mode, "utf-8")
    assert script("install", *arguments).returncode == 0
    settings = ini(written / "root" / "etc" / "fairstart-kiosk" / "foot.ini")
    assert settings["main"]["font"] == f"monospace:pixelsize={size}"


@on_linux
def test_what_only_a_newer_foot_knows_is_left_out_for_an_older_one(script: Script, written: Path) -> None:
    script("install")
    settings = ini(written / "root" / "etc" / "fairstart-kiosk" / "foot.ini")
    newer = [
        line.partition("=")[0].split(".")
        for line in (written / "linux" / "foot-newer.txt").read_text("utf-8").splitlines()
    ]
    missing = [f"{section}.{key}=none" for section, key in newer if not settings.has_option(section, key)]
    assert missing == [NEWER]


@on_linux
@pytest.mark.parametrize(
    ("without", "programs", "sentence"),
    [
        ("", {"id": "echo 1000"}, "This needs the administrator: type sudo ./install.sh"),
        ("Xwayland", {}, "The program Xwayland is missing. On Debian and Ubuntu type: sudo apt install cage xwayland"),
        ("", {"runuser": "exit 1"}, 'The account "fairstart" cannot run Fairstart: install it where every account'),
        ("", {"foot": "exit 230"}, "This version of foot does not know all of foot.ini"),
    ],
)
def test_install_says_in_a_sentence_what_is_wrong_and_leaves_the_system_as_it_was(
    without: str, programs: dict[str, str], sentence: str, script: Script, written: Path
) -> None:
    done = script("install", without=without, **programs)
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
    assert {path.split("/fairstart-kiosk/")[0] for path in contents(written / "root")} <= {"usr/local/lib", "etc"}
    asked = written / "asked"
    assert not asked.exists() or "systemctl" not in asked.read_text("utf-8")


@on_linux
def test_a_size_of_letters_that_is_no_number_is_refused(script: Script, written: Path) -> None:
    done = script("install", "large")
    assert (done.returncode, done.stderr) == (1, "The size of letters is a number of pixels, such as 30.\n")
    assert contents(written / "root") == {}


# The guide


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("guide") / "guide.html"
    path.write_bytes(guide(SYSTEMS))
    return path


@pytest.mark.long
def test_the_guide_prints_to_one_a4_page_with_every_word_on_it(window: Window, page: Path) -> None:
    printed, texts = on_paper(window, page, 672)
    (sheet,) = printed.pages
    assert [float(side) for side in sheet.mediabox[2:]] == pytest.approx(A4, abs=1)
    shown = squeezed(sheet.extract_text())
    assert [text for text in texts if text not in shown] == []


def test_the_guide_is_one_for_everybody_and_fetches_nothing(window: Window, page: Path) -> None:
    window.open(page, PHONE)
    assert window.did == ["asked for guide.html"]
    assert window.width <= PHONE
    assert [text["text"] for text in window.texts() if text["size"] < SMALLEST] == []
    wrong, passed = window.judged()
    assert wrong == []
    assert {"color-contrast", "document-title"} <= passed


@pytest.mark.parametrize(
    ("system", "said"),
    [
        ("linux", ["Can be left alone, within limits", "disk encryption, a firmware password and a boot menu"]),
        ("windows", ["Not tamper-proof: somebody stands by", "Ctrl+Alt+Del", "Shell Launcher", "Assigned Access"]),
        ("macos", ["Not tamper-proof: somebody stands by", "Force Quit", "Screen Time"]),
    ],
)
def test_the_guide_says_for_each_system_whether_somebody_must_stand_by(system: System, said: list[str]) -> None:
    text = " ".join(re.sub("<[^>]+>", "", guide([system]).decode()).split())
    assert [words for words in said if words not in text] == []
    assert "To get out" in text


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_guide_names_only_files_that_are_there(system: System) -> None:
    text = guide([system]).decode()
    named = set(re.findall(r"[\w-]+\.(?:sh|ps1|cmd|command|json|ini)\b", text))
    assert named
    assert named <= {file.name for file in files_for(system, None)}
