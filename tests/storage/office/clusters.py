"""Dask clusters on this computer, of real processes: a scheduler and workers, with certificates or without."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_PATIENCE = 90.0
_ROOT = Path(__file__).parents[3]


@dataclass
class RunningCluster:
    """A scheduler and its workers."""

    folder: Path
    environment: dict[str, str]
    protocol: str
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return str(json.loads((self.folder / "scheduler.json").read_text("utf-8"))["address"])

    @property
    def settings(self) -> dict[str, str]:
        """What Dask's own configuration says of certificates."""
        return certificates(self.folder) if self.protocol == "tls" else {}

    def start_worker(self) -> subprocess.Popen[bytes]:
        """One more, with one thread; its memory is its process's, and what it says is in a file."""
        number = len(self.workers)
        worker = self._start(
            f"worker-{number}",
            *("distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"),
            *("--local-directory", str(self.folder / "spill"), "--name", f"worker-{number}"),
        )
        self.workers.append(worker)
        return worker

    def said(self) -> bytes:
        """All that any of its processes has said or left in files."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if _is_of_cluster(path))

    def _start(self, name: str, module: str, *options: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                cwd=self.folder,
            )


def _is_of_cluster(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pem"


def certificates(folder: Path) -> dict[str, str]:
    """Settings of Dask's, by the names that they have in its environment, without the beginning that is the same."""
    certificate, key = str(folder / "certificate.pem"), str(folder / "key.pem")
    roles = {
        f"{role}__{what}": path
        for role in ("CLIENT", "SCHEDULER", "WORKER")
        for what, path in (("CERT", certificate), ("KEY", key))
    }
    return {"CA_FILE": certificate, **roles}


def make_certificate(folder: Path) -> None:
    """One that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a cluster of tests")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@contextlib.contextmanager
def running_cluster(folder: Path, workers: int, *, protocol: str = "tls") -> Iterator[RunningCluster]:
    """A cluster whose workers are there."""
    folder.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    if protocol == "tls":
        make_certificate(folder)
        environment |= {f"DASK_DISTRIBUTED__COMM__TLS__{name}": value for name, value in certificates(folder).items()}
    cluster = RunningCluster(folder, environment, protocol)
    try:
        cluster.scheduler = cluster._start(
            "scheduler",
            *("distributed.cli.dask_scheduler", "--host", f"{protocol}://127.0.0.1", "--port", "0"),
            *("--protocol", protocol, "--scheduler-file", str(folder / "scheduler.json"), "--no-dashboard"),
        )
        _wait_for((folder / "scheduler.json").exists, cluster)
        for _ in range(workers):
            cluster.start_worker()
        _wait_for(lambda: cluster.said().count(b"Registered to:") >= workers, cluster)
        yield cluster
    finally:
        for process in (*cluster.workers, cluster.scheduler):
            if process is not None:
                process.kill()
                process.wait()


def _wait_for(state: Callable[[], bool], cluster: RunningCluster) -> None:
    until = time.monotonic() + _PATIENCE
    while not state():
        if time.monotonic() > until:
            raise RuntimeError(cluster.said().decode("utf-8", "replace"))
        time.sleep(0.05)
