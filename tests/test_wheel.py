"""The wheel, as it is built and installed, holds what it needs to run anywhere and nothing that it does not."""

import datetime as dt
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from storage.crypto.keys import OfficePrivateKey
from storage.kiosk.key_files import set_up

ROOT = Path(__file__).parents[1]
NOT_IN_GIT = (".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "build", "dist", "*.egg-info")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout by the build backend that is installed here, without the network."""
    pytest.importorskip("hatchling", reason="the build backend is not installed")
    folder = tmp_path_factory.mktemp("dist")
    build: list[str | Path] = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    done = subprocess.run(build, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("fairstart-*-py3-none-any.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a virtual environment with the wheel in it; what it depends on is lent by this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    own = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
    lent = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (own / "lent.pth").write_text("\n".join(lent), "utf-8")  # searched last; no .pth file in there is read
    scripts = Path(sysconfig.get_path("scripts", "venv", {"base": str(folder), "platbase": str(folder)}))
    python = next(path for path in (scripts / "python", scripts / "python.exe") if path.exists())
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-index", "--ignore-installed"]
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", python, "install", *options, wheel]
    done = subprocess.run(pip, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return scripts


@pytest.fixture
def run(installed: Path, tmp_path: Path) -> Run:
    """Runs something of the virtual environment from an empty folder."""

    def ran(program: str, *arguments: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        (tmp_path / "elsewhere").mkdir(exist_ok=True)
        return subprocess.run(
            [installed / program, *arguments],
            input=given,
            capture_output=True,
            check=False,
            text=True,
            encoding="utf-8",
            cwd=tmp_path / "elsewhere",
            env={**environment, "HOME": str(tmp_path), "PYTHONUTF8": "1"},
        )

    return ran


def test_it_holds_every_source_and_data_file_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
        settings = archive.read("storage/kiosk.toml")
    kept = {
        path.relative_to(ROOT).as_posix()
        for package in ("content", "storage", "tui")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and path != ROOT / "tui" / "pictures" / "__main__.py"
    }
    assert packed == kept | {"storage/kiosk.toml"}
    assert {"content/survey/en.toml", "content/survey/smc-2021.toml", "tui/kiosk.tcss"} <= packed
    assert {"storage/FORMAT.md", "storage/PRIVACY.md", "tui/survey/views.tcss", "tui/shared/shared.tcss"} <= packed
    assert settings == (ROOT / "kiosk.toml").read_bytes()
    assert not [name for name in packed if "test" in name or name.endswith((".gif", ".key", ".db"))]


def test_it_names_its_licence_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        about = {
            name.rpartition("/")[2]: archive.read(name).decode() for name in archive.namelist() if "-info/" in name
        }
    assert "fairstart = tui.cli.main:main" in about["entry_points.txt"]
    assert "LICENSE" in about
    assert "Requires-Python: >=3.11" in about["METADATA"]


@pytest.mark.long
def test_installed_it_is_its_own(run: Run, installed: Path) -> None:
    done = run("python", "-c", "import content, storage, tui; print(content.__file__, storage.__file__, tui.__file__)")
    assert done.stdout.count(str(installed.parent)) == 3


def test_installed_it_runs_from_any_folder(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    told = run("fairstart", "--version")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("fairstart, version ")
    set_up(data, "violet anchor mustard kite plough", OfficePrivateKey.generate().public)
    options = ["--organisation", "Musterwerk", "--event", "Fair", "--date", "2026-11-23", "--place", "Leeds"]
    done = run("fairstart", "setup", "--data", data, *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert (data / "kiosk.toml").read_text("utf-8").startswith("# Fairstart: the settings of one kiosk.")
    asked = run("fairstart", "plain", "--data", data, given="1\n6\n3\n3\n2\n1\n")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "What was the occupation of your main household earner" in asked.stdout
    assert "Your answers are locked and saved." in asked.stdout
    assert not list((tmp_path / "elsewhere").iterdir())


def test_installed_the_screens_find_their_style_sheets(run: Run) -> None:
    look = "from tui.app import KioskApp as k; from tui.setup.setup import SetupApp as s; from pathlib import Path\n"
    look += "import inspect\n"
    look += (
        "for app in (k, s):\n for css in app.CSS_PATH: print((Path(inspect.getfile(app)).parent / css).resolve(True))"
    )
    done = run("python", "-c", look)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(".tcss") == 4


def test_the_wheel_says_that_its_packages_are_typed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert {"content/py.typed", "storage/py.typed", "tui/py.typed"} <= set(archive.namelist())


@pytest.mark.long
def test_two_builds_on_different_days_and_in_different_folders_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    built: list[dict[str, bytes]] = []
    for number, day in enumerate((dt.datetime(2026, 1, 2, tzinfo=dt.UTC), dt.datetime(2027, 3, 4, tzinfo=dt.UTC))):
        copy = Path(shutil.copytree(ROOT, tmp_path / f"copy-{number}", ignore=shutil.ignore_patterns(*NOT_IN_GIT)))
        for path in copy.rglob("*"):
            os.utime(path, (day.timestamp(), day.timestamp()))
            path.chmod((0o777, 0o700)[number] if path.is_dir() else (0o664, 0o600)[number])
        build: list[str | Path] = [sys.executable, "-m", "build", "--no-isolation", "--outdir", copy / "dist", copy]
        done = subprocess.run(build, capture_output=True, check=False, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        built.append({path.name: path.read_bytes() for path in (copy / "dist").iterdir()})
    assert {name.rpartition("-")[2] for name in built[0]} == {"any.whl", f"{version('fairstart')}.tar.gz"}
    assert built[0] == built[1]
