"""Servers on this computer's own address, for tests of what is handed over: OpenSSH, Samba, S3, and some that are ill.

OpenSSH and Samba are the real ones, as ordinary processes with configurations of their own, which let in the user that
runs the tests. S3 is moto's.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.storage.needs import not_tested
from tests.waiting import WAIT

SFTP_SERVER = Path("/usr/lib/openssh/sftp-server")

S3_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def _sshd() -> Path | None:
    found = shutil.which("sshd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
    return Path(found) if found and SFTP_SERVER.exists() else None


def need_sshd() -> Path:
    """The server's program. Where it is missing the test is skipped, or fails where all are installed."""
    return _sshd() or not_tested(f"sshd or {SFTP_SERVER} is missing. Install openssh-server to test sftp.")


@dataclass(frozen=True)
class SshServer:
    """A running OpenSSH server."""

    port: int
    home: Path
    """A user's home, whose .ssh folder has the key that the server takes."""
    root: Path
    """A folder to put things in."""
    process: subprocess.Popen[bytes]

    @property
    def known_hosts(self) -> Path:
        """Where that user keeps the keys of computers."""
        return self.home / ".ssh" / "known_hosts"

    def make_known(self, public: str) -> None:
        """Let the user know this key as the server's, and no other."""
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {public}", "utf-8")

    def address(self, folder: Path | str = "") -> str:
        """The address of a folder there."""
        return f"sftp://{psutil.Process().username()}@127.0.0.1:{self.port}{folder}"

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop answering, as a computer does that was pulled off the network, while its connections stay."""
        with _frozen(self.process):
            yield

    def drop_connections(self) -> None:
        """End every connection and go on taking new ones."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        psutil.wait_procs(children, WAIT)


@contextlib.contextmanager
def _frozen(process: subprocess.Popen[bytes]) -> Iterator[None]:
    everyone = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    for one in everyone:
        one.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for one in everyone:
            one.send_signal(signal.SIGCONT)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _make_key(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True, stdin=subprocess.DEVNULL)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        return connection.recv(4) == b"SSH-"
    return False


def _start(sshd: Path, folder: Path) -> tuple[int, subprocess.Popen[bytes]]:
    port = _free_port()
    settings = folder / "sshd_config"
    settings.write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder / 'host_key'}\nPidFile none\n"
        f"AuthorizedKeysFile {folder / 'authorized_keys'}\nStrictModes no\nPermitRootLogin yes\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nMaxStartups 100\nUseDNS no\n"
        f"Subsystem sftp {SFTP_SERVER}\n",
        "utf-8",
    )
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen([sshd, "-D", "-e", "-f", settings], stdin=subprocess.DEVNULL, stderr=log)
    until = time.monotonic() + WAIT
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > until:
            _stop(process)
            raise RuntimeError((folder / "log").read_text("utf-8"))
    return port, process


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    process.wait(WAIT)


@contextlib.contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """An OpenSSH server that lets in whoever runs this, with a key."""
    sshd = need_sshd()
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd insists on it when root starts it
    home, root = folder / "home", folder / "served"
    (home / ".ssh").mkdir(mode=0o700, parents=True)
    root.mkdir()
    _make_key(folder / "host_key")
    _make_key(home / ".ssh" / "id_ed25519")
    shutil.copy(home / ".ssh" / "id_ed25519.pub", folder / "authorized_keys")
    for _ in range(2):  # somebody else may take the port in between
        try:
            port, process = _start(sshd, folder)
            break
        except RuntimeError as error:
            failed = error
    else:
        raise failed
    server = SshServer(port, home, root, process)
    server.make_known((folder / "host_key.pub").read_text("utf-8"))
    try:
        yield server
    finally:
        server.drop_connections()
        _stop(process)


@pytest.fixture(scope="session")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("ssh")) as server:
        yield server


@pytest.fixture
def sftp(ssh: SshServer, monkeypatch: pytest.MonkeyPatch) -> SshServer:
    """That server, seen by a user who has its key at home, as ssh-keygen puts it."""
    monkeypatch.setenv("HOME", str(ssh.home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return ssh


def need_smbd() -> Path:
    """The server's program. Where it cannot be run the test is skipped, or fails where all are installed."""
    found = shutil.which("smbd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
    if not found or not shutil.which("smbpasswd") or os.geteuid() != 0:
        not_tested("smbd or smbpasswd is missing, or this is not root. Install samba to test smb.")
    return Path(found)


SMB_PASSWORD = "p@ss/w:rd#?%41"


@dataclass(frozen=True)
class SmbServer:
    """A running Samba server."""

    port: int
    root: Path
    """What is in its share."""
    process: subprocess.Popen[bytes]

    def address(self, path: str = "", password: str = SMB_PASSWORD) -> str:
        """The address of a folder in the share."""
        user = psutil.Process().username()
        return f"smb://{user}:{urllib.parse.quote(password, safe='')}@127.0.0.1:{self.port}/share{path}"

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop answering while connections stay."""
        with _frozen(self.process):
            yield


@contextlib.contextmanager
def smb_server(folder: Path) -> Iterator[SmbServer]:
    """A Samba server with one share, which lets in whoever runs this with a password."""
    smbd = need_smbd()
    root = folder / "served"
    for each in (root, folder / "state", folder / "run"):
        each.mkdir(mode=0o700)
    port = _free_port()
    settings = folder / "smb.conf"
    places = "".join(
        f"{name} directory = {folder / 'state'}\n" for name in ("private", "lock", "state", "cache", "pid")
    )
    settings.write_text(
        f"[global]\nserver role = standalone server\ninterfaces = 127.0.0.1\nbind interfaces only = yes\n"
        f"smb ports = {port}\n{places}ncalrpc dir = {folder / 'run'}\nlog file = {folder / 'log'}\n"
        f"passdb backend = tdbsam\ndisable netbios = yes\nload printers = no\nmap to guest = never\n"
        f"[share]\npath = {root}\nread only = no\n",
        "utf-8",
    )
    user = psutil.Process().username()
    subprocess.run(
        ["smbpasswd", "-c", settings, "-s", "-a", user],
        input=f"{SMB_PASSWORD}\n{SMB_PASSWORD}\n".encode(),
        check=True,
        capture_output=True,
    )
    command = [str(smbd), "--foreground", "--no-process-group", "--debug-stdout", f"--configfile={settings}"]
    with (folder / "told").open("wb") as told:
        process = subprocess.Popen(  # as it ends it ends its whole process group
            command, stdin=subprocess.DEVNULL, stdout=told, stderr=told, start_new_session=True
        )
    until = time.monotonic() + WAIT
    try:
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((folder / "told").read_text("utf-8", "replace"))
        yield SmbServer(port, root, process)
    finally:
        children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        _stop(process)
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def s3_server() -> Iterator[str]:
    """The address of an S3 server with nothing in it."""
    moto = pytest.importorskip("moto.server", reason="NOT TESTED: moto is not installed")
    server = moto.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextlib.contextmanager
def webdav_server(folder: Path, login: tuple[str, str] | None = None) -> Iterator[str]:
    """A WebDAV server for a folder, as host and port; it asks for a user's name and password where they are given."""
    cheroot = pytest.importorskip("cheroot.wsgi", reason="NOT TESTED: cheroot is not installed")
    wsgidav = pytest.importorskip("wsgidav.wsgidav_app", reason="NOT TESTED: wsgidav is not installed")
    users = {login[0]: {"password": login[1]}} if login else True
    settings = {"provider_mapping": {"/": str(folder)}, "simple_dc": {"user_mapping": {"*": users}}, "verbose": 0}
    server = cheroot.Server(("127.0.0.1", 0), wsgidav.WsgiDAVApp(settings), shutdown_timeout=1)
    server.prepare()
    serving = threading.Thread(target=server.serve)
    serving.start()
    try:
        yield f"127.0.0.1:{server.bind_addr[1]}"
    finally:
        server.stop()
        serving.join()


@contextlib.contextmanager
def mute_server() -> Iterator[int]:
    """The port of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield int(server.getsockname()[1])


@contextlib.contextmanager
def unroutable() -> Iterator[int]:
    """A port that drops who knocks, as an address does that no route leads to: its queue is full and never emptied."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):
            knocking = stack.enter_context(socket.socket())
            knocking.settimeout(0)
            with contextlib.suppress(BlockingIOError):
                knocking.connect(server.getsockname())
        yield int(server.getsockname()[1])
