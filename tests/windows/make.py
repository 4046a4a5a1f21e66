"""A real Python for Windows that runs under Wine, with the wheels of Windows for all that Fairstart needs.

Its libraries and extension modules come from a package that ships them for programs of its own, panda3d; the standard
library is that of a Python 3.11 of this computer, which is the same text. What is missing is compiled: `python.exe`,
`python3.dll`, which hands each call on to `python311.dll`, and `bcryptprimitives.dll`.

Wine is not Windows. What passes here is likely right there; what fails may be Wine's fault. Its console shows nothing
that is painted, it has one mode of files in place of lists of access, numpy does not load, and there is no PowerShell.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
GCC, OBJDUMP = "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-objdump"
PACKAGES = ("debian", ("wine", "wine64", "gcc-mingw-w64-x86-64"))
LIBRARIES = "panda3d==1.10.16"
LOCKED = "constraints.txt"
TESTS_NEED = (
    *("axe-playwright-python", "colorama", "hypothesis", "openpyxl", "paramiko", "pefile", "playwright", "psutil"),
    *("pyinstaller", "pynacl", "pypdf", "pyphen", "pyrage", "pyte", "pytest", "pytest-asyncio", "pytest-xdist"),
    *("pywin32-ctypes", "pyyaml", "textstat", "webdav4"),
)
"""Of what development needs, that which loads under Wine. Where pip runs it does not see what Windows alone needs:
colorama, pytest's, and pefile and pywin32-ctypes, PyInstaller's."""


class CannotMakeError(Exception):
    """Why there is no Windows here, in one sentence."""


class Windows:
    """A Python for Windows in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "python" / "python.exe"
        self.is_made = (folder / "made").exists()

    def environment(self, **more: str) -> dict[str, str]:
        """What Wine goes by. Paths of this computer begin with Z: there."""
        own = {"WINEPREFIX": str(self.folder / "prefix"), "WINEDEBUG": "-all", "WINEARCH": "win64"}
        own["WINEDLLOVERRIDES"] = "explorer.exe="  # its desktop would hold on to the pipes of whoever needs one first
        compiled = {"PYTHONPYCACHEPREFIX": f"Z:{self.folder / 'compiled'}"}  # not beside what other systems compile
        return {**os.environ, **own, **compiled, "PYTHONUTF8": "1", "PYTHONPATH": f"Z:{REPOSITORY}", **more}

    def run(self, words: Sequence[str], seconds: float, **more: str) -> subprocess.CompletedProcess[str]:
        """Run Python with these words in the repository, through pipes, which Wine needs.

        Raises:
            subprocess.TimeoutExpired: it took longer; whatever runs under this Wine has been ended.
        """
        try:
            return subprocess.run(
                ["wine", self.python, *words],
                check=False,
                input="",
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                timeout=seconds,
                cwd=REPOSITORY,
                env=self.environment(**more),
                umask=0o077,  # Wine has files' modes in place of the lists that Windows would inherit from folders
            )
        except subprocess.TimeoutExpired:
            self.end()
            raise

    def end(self) -> None:
        """End whatever runs under this Wine, if anything was made."""
        if not (self.folder / "prefix").exists():
            return
        subprocess.run(["wineserver", "-k"], check=False, env=self.environment(), stderr=subprocess.DEVNULL)


def cached() -> Windows:
    """The one of this version of the project, whether it is made or not. It lies outside the repository."""
    digest = hashlib.sha256()
    for path in (*sorted(HERE.glob("*.c")), HERE / "make.py", REPOSITORY / LOCKED):
        digest.update(path.read_bytes())
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Windows(cache / "fairstart-windows" / digest.hexdigest()[:16])


def make(windows: Windows, end: float) -> None:
    """Make it, in about a minute; nothing is installed on this computer.

    Args:
        windows: what is made.
        end: when it has to be done, in seconds of `time.monotonic`.

    Raises:
        CannotMakeError: something is missing here, or cannot be fetched.
        subprocess.TimeoutExpired: it takes longer.
    """
    missing = [name for name in ("wine", "wineserver", GCC, OBJDUMP) if shutil.which(name) is None]
    if missing:
        raise CannotMakeError(f"{', '.join(missing)} missing (on Debian: apt-get install {' '.join(PACKAGES[1])})")
    library = _standard_library()
    shutil.rmtree(windows.folder, ignore_errors=True)
    root = windows.folder / "python"
    site = root / "Lib" / "site-packages"
    try:
        _unpack_libraries(windows.folder / "fetched", root, end)
        shutil.copytree(library, root / "Lib", ignore=_not_for_windows)
        _compile(root)
        _install(windows.folder / "own", site, end)
        _ran(["wine", "wineboot", "-i"], end, env=windows.environment())
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or b""
        last = said.decode(errors="replace").strip().splitlines()[-1:] or [str(error)]
        raise CannotMakeError(f"it could not be made ({last[0]})") from error
    (windows.folder / "made").touch()


def _standard_library() -> Path:
    ask = "import sysconfig; print(sysconfig.get_path('stdlib'))"
    for python in (sys.executable, "python3.11"):
        if (found := shutil.which(python)) is not None:
            done = subprocess.run([found, "-c", ask], check=False, capture_output=True, text=True)
            if done.returncode == 0 and "3.11" in done.stdout:
                return Path(done.stdout.strip())
    raise CannotMakeError("python3.11 missing, whose standard library it takes")


def _not_for_windows(folder: str, names: list[str]) -> list[str]:
    heavy = {"site-packages", "lib-dynload", "test", "idlelib", "__pycache__"}
    return [name for name in names if name in heavy or (name.startswith("config-") and Path(folder, name).is_dir())]


def _ran(command: Sequence[str | Path], end: float, env: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, capture_output=True, env=env, timeout=end - time.monotonic())


def _pip(end: float, command: str, *words: str) -> None:
    base = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
    _ran([*base, command, *words], end)


_FOR_WINDOWS = (
    *("--platform", "win_amd64", "--python-version", "3.11"),
    *("--implementation", "cp", "--only-binary", ":all:"),
)


def _unpack_libraries(fetched: Path, root: Path, end: float) -> None:
    _pip(end, "download", "--no-deps", "--dest", str(fetched), *_FOR_WINDOWS, LIBRARIES)
    (root / "DLLs").mkdir(parents=True)
    with zipfile.ZipFile(next(fetched.glob("*.whl"))) as wheel:
        for name in wheel.namelist():
            folder = {".pyd": root / "DLLs", ".dll": root}.get(Path(name).suffix.lower())
            if name.startswith("deploy_libs/") and folder is not None:
                (folder / Path(name).name).write_bytes(wheel.read(name))
    shutil.rmtree(fetched)


def _compile(root: Path) -> None:
    def compiled(*words: str | Path) -> None:
        subprocess.run([GCC, "-O1", *words], check=True, capture_output=True)

    compiled("-municode", "-o", root / "python.exe", HERE / "python.c")
    compiled("-shared", "-o", root / "bcryptprimitives.dll", HERE / "bcryptprimitives.c", "-ladvapi32")
    told = subprocess.run([OBJDUMP, "-p", root / "python311.dll"], check=True, capture_output=True, text=True).stdout
    names = re.findall(r"^\s+\[\s*\d+\].* (_?Py\w+)$", told.partition("[Ordinal/Name Pointer]")[2], re.MULTILINE)
    definition, nothing = root / "python3.def", root / "nothing.c"
    definition.write_text("".join(["EXPORTS\n", *(f"{name}=python311.{name}\n" for name in names)]), "ascii")
    nothing.write_text("int nothing;\n", "ascii")
    compiled("-shared", "-nostdlib", "-Wl,-e,0", "-o", root / "python3.dll", nothing, definition)
    nothing.unlink()


def _install(own: Path, site: Path, end: float) -> None:
    _pip(end, "wheel", "--no-deps", "--wheel-dir", str(own), str(REPOSITORY))
    (wheel,) = own.glob("*.whl")
    bounds = ("--constraint", str(REPOSITORY / LOCKED))
    _pip(end, "install", "--target", str(site), *_FOR_WINDOWS, *bounds, str(wheel), *TESTS_NEED)
    for package in ("content", "storage", "tui"):  # what runs is the repository's
        shutil.rmtree(site / package)
