"""A cluster opens what this computer would open, to the same sums, and learns nothing that it is not told."""

from __future__ import annotations

import contextlib
import importlib
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from storage.counts.tally import Tally
from storage.crypto.sealing import SEALED_SIZE
from storage.errors import FairstartError
from storage.exchange.exports import EXPORT_SUFFIX
from storage.exchange.locations import Site
from storage.office import cluster_worker
from storage.office.cluster import Cluster, ClusterError, ClusterGoneError
from storage.office.decrypting import PartOpener
from storage.office.importing import Result, bring_all, find_exports
from storage.progress import ProgressCallback, unreported
from tests.storage.counts.people import EVERYTHING, KEY_ONLY, people, tally_of
from tests.storage.exchange.servers import webdav_server
from tests.storage.office.clusters import RunningCluster, running_cluster
from tests.storage.office.merging import (
    LAPTOPS,
    OFFICE,
    Content,
    Desk,
    Inline,
    Numbers,
    content_of,
    event,
    export,
    numbers_of,
    sealed_for,
    sums,
)

distributed = pytest.importorskip("distributed", reason="NOT TESTED: the extra cluster is not installed")

EVENTS = [event(f"Event {number}", f"2026-11-{10 + number}") for number in range(3)]
EACH = 300


@pytest.fixture(autouse=True)
def little_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers open less in one go, so that there are several tasks."""
    monkeypatch.setattr("storage.office.cluster._AT_ONCE", 256)


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of three events, two laptops each that have some responses in common."""
    folder = tmp_path_factory.mktemp("stick")
    for number, one in enumerate(EVENTS):
        sealed = sealed_for(one, people(EACH, number, EVERYTHING if number else KEY_ONLY))
        for laptop, rows in enumerate((sealed[:200], sealed[150:])):
            (folder / f"{number}-{laptop}{EXPORT_SUFFIX}").write_bytes(export(one, rows, LAPTOPS[laptop]))
    return folder


@dataclass
class Scene:
    """An office that brings in what is on a stick, and what it must hold and show afterwards."""

    desk: Desk
    stick: Path
    expected: tuple[Content, Numbers]
    receipts: Path

    def bring(
        self, executor: Executor | PartOpener, progress: ProgressCallback = unreported, place: str = ""
    ) -> list[Result]:
        exports, receipts = find_exports([place or str(self.stick)]), Site.at(str(self.receipts))
        return list(bring_all(self.desk.office, exports, executor, progress, receipts))

    def holds_everything_once(self) -> None:
        assert sums(self.desk.counts()) == (3 * EACH, 3 * EACH, 0, 0, 0)
        assert (content_of(self.desk.path), numbers_of(self.desk.counts())) == self.expected


@pytest.fixture(scope="module")
def expected(stick: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Content, Numbers]:
    """What an office holds and shows that has opened everything itself."""
    folder = tmp_path_factory.mktemp("expected")
    desk = Desk.at(folder / "data")
    list(bring_all(desk.office, find_exports([str(stick)]), Inline(), unreported, Site.at(str(folder))))
    numbers = numbers_of(desk.counts())
    desk.office.close()
    return content_of(desk.path), numbers


@pytest.fixture
def scene(tmp_path: Path, stick: Path, expected: tuple[Content, Numbers]) -> Iterator[Scene]:
    (tmp_path / "receipts").mkdir()
    opened = Desk.at(tmp_path / "data")
    with contextlib.closing(opened.office):
        yield Scene(opened, stick, expected, tmp_path / "receipts")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster") / "tls", 2) as running:
        yield running


@pytest.fixture
def certified(cluster: RunningCluster) -> Iterator[RunningCluster]:
    """Dask's own configuration names the certificates."""
    with configured(cluster):
        yield cluster


@contextlib.contextmanager
def configured(cluster: RunningCluster) -> Iterator[None]:
    dask = importlib.import_module("dask")
    names = {f"distributed.comm.tls.{name.lower().replace('__', '.')}": to for name, to in cluster.settings.items()}
    with dask.config.set(names):
        yield


class Recorded:
    """All that this process hands to Dask, and all that it gets back."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.everything: list[bytes] = []
        self.submitted: list[int] = []
        for name in ("submit", "run"):
            monkeypatch.setattr(distributed.Client, name, self._recording(name, getattr(distributed.Client, name)))

    def _recording(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def record(client: Any, *given: Any, **named: Any) -> Any:  # noqa: ANN401
            sent = pickle.dumps((given, named))
            self.everything.append(sent)
            result = original(client, *given, **named)
            if name == "submit":
                self.submitted.append(len(sent))
                result.add_done_callback(lambda done: self.everything.append(pickle.dumps(done.result())))
            else:
                self.everything.append(pickle.dumps(result))
            return result

        return record


def secrets_of(session: Cluster) -> dict[str, bytes]:
    key = session._key
    mlkem, x25519 = key.expanded[:64], key.expanded[64:]
    found = {"seed": OFFICE.seed, "ML-KEM seed": mlkem, "X25519": x25519, "what seals": key.secret}
    for number in range(3):
        everybody = people(EACH, number, EVERYTHING if number else KEY_ONLY)
        found |= {f"answers {number}": everybody[0].pack(), f"sums {number}": tally_of(everybody).pack()[:60]}
        found |= {f"one person {number}": Tally.of(everybody[0]).pack()[:60]}
    return found


def encodings(secret: bytes) -> Sequence[bytes]:
    from base64 import b64encode

    return secret, secret.hex().encode(), b64encode(secret)[:-4], repr(secret)[2:-1].encode()


def test_a_cluster_opens_everything_to_the_same_sums_and_nothing_secret_is_anywhere_on_it(
    certified: RunningCluster, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Recorded(monkeypatch)
    told: list[float] = []
    with Cluster.at(certified.address, OFFICE) as session:
        results = scene.bring(session, lambda done, _of: told.append(done))
        session._client.dump_cluster_state(str(tmp_path / "state"), format="yaml")
        logs = repr((session._client.get_scheduler_logs(), session._client.get_worker_logs()))
        looked_for = secrets_of(session)
        held = session._client.run(holds, session._session)
    assert [one.problem for one in results] == [""] * 6
    assert told == sorted(told)
    scene.holds_everything_once()
    assert len(recorded.submitted) >= 3
    assert list(held.values()) == [True, True]
    state = b"".join(path.read_bytes() for path in tmp_path.glob("state*"))
    assert b"fairstart-" in state + logs.encode() + b"".join(recorded.everything)
    everywhere = {
        "what was handed to Dask and came back": b"".join(recorded.everything),
        "the state of scheduler and workers": state,
        "what it has logged": logs.encode(),
        "what its processes said and wrote": certified.said(),
    }
    for where, content in everywhere.items():
        found = [name for name, secret in looked_for.items() if any(one in content for one in encodings(secret))]
        assert not found, f"{where}: {found}"
    with contextlib.closing(distributed.Client(certified.address, set_as_default=False)) as client:
        assert list(client.run(holds, session._session).values()) == [False, False], "it is forgotten afterwards"


def holds(session: str) -> bool:
    """Runs in a worker."""
    return session in cluster_worker._held


def test_workers_read_exports_from_an_address_themselves_and_nothing_of_them_goes_the_long_way(
    certified: RunningCluster, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Recorded(monkeypatch)
    with (
        webdav_server(scene.stick, ("office", "a password")) as server,
        Cluster.at(certified.address, OFFICE) as session,
    ):
        results = scene.bring(session, place=f"webdav://office:a%20password@{server}/")
        assert session._reads
    assert [one.problem for one in results] == [""] * 6
    scene.holds_everything_once()
    assert sum(recorded.submitted) < 3 * EACH * SEALED_SIZE / 10
    assert not any(b"password" in one for one in [*recorded.everything, certified.said()])


def test_what_workers_cannot_read_is_sent_to_them(certified: RunningCluster, scene: Scene, tmp_path: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    for path in scene.stick.glob(f"*{EXPORT_SUFFIX}"):
        memory.pipe(f"/stick/{path.name}", path.read_bytes())
    with Cluster.at(certified.address, OFFICE) as session:
        results = scene.bring(session, place="memory://stick")
        assert not session._reads
    assert [one.problem for one in results] == [""] * 6
    scene.holds_everything_once()


def test_a_cluster_without_this_computers_certificates_is_told_in_one_sentence(cluster: RunningCluster) -> None:
    with pytest.raises(ClusterError, match="certificates") as caught:
        Cluster.at(cluster.address, OFFICE)
    assert "\n" not in caught.value.sentence


@pytest.mark.long
def test_a_scheduler_without_workers_is_told_in_one_sentence(tmp_path: Path) -> None:
    with (
        running_cluster(tmp_path / "cluster", 0, protocol="tcp") as empty,
        pytest.raises(ClusterError, match="no workers"),
    ):
        Cluster.at(empty.address, OFFICE)


# When it breaks


@pytest.mark.long
def test_workers_that_are_killed_are_replaced_and_nothing_is_counted_twice(tmp_path: Path, scene: Scene) -> None:
    with running_cluster(tmp_path / "cluster", 1, protocol="tcp") as cluster:
        killed: list[int] = []

        def kill(_done: float, _of: float) -> None:
            if not killed:
                killed.append(cluster.workers[0].pid)
                cluster.workers[0].kill()
                cluster.start_worker()  # it has not been given the key

        with Cluster.at(cluster.address, OFFICE) as session:
            results = scene.bring(session, kill)
        assert killed
    assert [one.problem for one in results] == [""] * 6
    scene.holds_everything_once()


@pytest.mark.long
def test_a_scheduler_that_goes_away_is_told_in_one_sentence_and_importing_again_completes_it(
    tmp_path: Path, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.office.importing.TOGETHER", 64)
    with running_cluster(tmp_path / "cluster", 1, protocol="tcp") as cluster:
        assert cluster.scheduler
        gone = cluster.scheduler

        def kill(done: float, _of: float) -> None:
            if done >= 2:
                gone.kill()

        with Cluster.at(cluster.address, OFFICE) as session, pytest.raises(ClusterGoneError) as caught:
            scene.bring(session, kill)
    assert "nobody is counted twice" in caught.value.sentence
    assert "\n" not in caught.value.sentence
    assert isinstance(caught.value, FairstartError)
    assert 0 < scene.desk.office.check() < 3 * EACH, "what was kept before stays"
    scene.bring(Inline())
    scene.holds_everything_once()
