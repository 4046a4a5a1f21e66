"""Servers on this computer's own address, for the tests of what is handed over: OpenSSH, S3, and some that are ill.

OpenSSH is the real one. It runs as an ordinary process with a host key, a configuration and a user's key of its own,
and lets in the user that runs the tests. S3 is moto's.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.storage.needs import not_tested

SFTP_SERVER = Path("/usr/lib/openssh/sftp-server")
_PATIENCE = 10.0

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
    """The server's program. Where it is missing the test is skipped, except in CI: there it fails."""
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

    def address(self, folder: Path) -> str:
        """The address of a folder there."""
        return f"sftp://{pwd.getpwuid(os.geteuid()).pw_name}@127.0.0.1:{self.port}{folder}"

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop answering, as a computer does that was pulled off the network, while its connections stay."""
        everyone = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        for one in everyone:
            one.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for one in everyone:
                one.send_signal(signal.SIGCONT)

    def drop_connections(self) -> None:
        """End every connection and go on taking new ones."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        psutil.wait_procs(children, _PATIENCE)


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
    until = time.monotonic() + _PATIENCE
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > until:
            _stop(process)
            raise RuntimeError((folder / "log").read_text("utf-8"))
    return port, process


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    process.wait(_PATIENCE)


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
    try:
        yield server
    finally:
        server.drop_connections()
        _stop(process)


@contextlib.contextmanager
def s3_server() -> Iterator[str]:
    """The address of an S3 server with nothing in it."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextlib.contextmanager
def webdav_server(folder: Path) -> Iterator[str]:
    """A WebDAV server for a folder, as host and port."""
    from cheroot.wsgi import Server
    from wsgidav.wsgidav_app import WsgiDAVApp

    settings = {"provider_mapping": {"/": str(folder)}, "simple_dc": {"user_mapping": {"*": True}}, "verbose": 0}
    server = Server(("127.0.0.1", 0), WsgiDAVApp(settings), shutdown_timeout=1)
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
