"""Where the key goes that opens responses: to who may have it, for as long as it is needed, and shown by nothing."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator

import pytest

from storage.crypto.keys import WorkerPrivateKey
from storage.office import cluster_worker
from storage.office.cluster import Cluster, ClusterError
from tests.storage.office.merging import OFFICE


@pytest.mark.parametrize(
    "address",
    [
        "tcp://10.0.0.1:8786",
        "tcp://scheduler.example:8786",
        "tcp://127.0.0.1.example:8786",
        "tcp://0.0.0.0:8786",
        "ws://127.0.0.1:8786",
        "http://127.0.0.1:8786",
        "127.0.0.1:8786",
        "scheduler:8786",
        "tls://",
        "",
    ],
)
def test_what_others_could_listen_to_is_refused_before_anything_is_connected_to(address: str) -> None:
    with pytest.raises(ClusterError, match="is not private") as caught:
        Cluster.at(address, OFFICE)
    assert "\n" not in caught.value.sentence


@pytest.fixture
def session() -> Iterator[str]:
    yield "a session of these tests"
    cluster_worker.forget_key("a session of these tests")


def key_of(secret: bytes = bytes(32)) -> cluster_worker.Key:
    return cluster_worker.Key(OFFICE.opening.expanded, OFFICE.public.encoded, secret)


def test_a_key_that_is_sealed_to_another_process_or_for_another_import_is_not_held(session: str) -> None:
    own = cluster_worker._introduction().public
    cluster_worker.take_key(
        session, cluster_worker.seal_key(key_of(), WorkerPrivateKey.generate().public.encoded, session)
    )
    cluster_worker.take_key(session, cluster_worker.seal_key(key_of(), own, "another session"))
    cluster_worker.take_key(session, b"no key at all")
    assert session not in cluster_worker._held
    cluster_worker.take_key(session, cluster_worker.seal_key(key_of(), own, session))
    assert session in cluster_worker._held
    cluster_worker.forget_key(session)
    assert session not in cluster_worker._held


def test_a_key_is_forgotten_when_nothing_has_come_for_a_while(session: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_worker, "IDLE", 0.0)
    own = cluster_worker._introduction().public
    cluster_worker.take_key(session, cluster_worker.seal_key(key_of(), own, session))
    while session in cluster_worker._held:
        pass
    assert session not in cluster_worker._held


def test_nothing_that_holds_a_key_shows_it() -> None:
    key = key_of(b"a secret of 32 bytes of one run.")
    shown = f"{key!r} {key} {OFFICE.opening!r} {OFFICE!r} {cluster_worker._own_key()!r}"
    for secret in (key.secret, key.expanded, OFFICE.seed):
        assert secret.hex() not in shown
        assert repr(secret)[2:-1] not in shown


def test_with_the_half_that_workers_have_nothing_is_signed_and_no_noise_is_worked_out() -> None:
    assert not hasattr(OFFICE.opening, "receipts")
    assert not hasattr(OFFICE.opening, "derive")
    assert OFFICE.seed not in pickle.dumps(OFFICE.opening)


def test_without_the_package_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r'run "pip install fairstart\[cluster\]"'):
        Cluster.at("tls://scheduler:8786", OFFICE)
