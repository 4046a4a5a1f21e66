"""Opening responses on other computers: a Dask cluster, which has certificates of its own.

Only what is sealed leaves this process: responses as they are in exports, and the key that opens them, to a key that
each worker has made. The scheduler and its dashboard see names that are drawn at random, and how long things are.
Workers themselves can open what they are given, so they are trusted as the office's own computer is. FORMAT.md,
section 28.

`distributed` comes with the extra `cluster`, and is imported when somebody names a scheduler.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self

import msgspec

from storage.counts.tally import Tally
from storage.crypto.keys import OfficePrivateKey
from storage.errors import FairstartError, StoreError
from storage.office import cluster_worker
from storage.office.cluster_worker import Answer, Introduction, Key, Sealer, Sums, bound_answer, bound_task, job_of
from storage.office.decrypting import Asked, Opened, Part, PartOpener

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 10
"""Seconds that a scheduler has to answer."""
_AT_ONCE = 2048
"""Responses that a worker opens in one go, in 0.2 s: with 256 two workers did a fifth less, for all that is sent."""
_KEYS_GIVEN = 5
"""How often one task may find a worker without the key: each time it is given to that one."""


class ClusterError(FairstartError):
    """A cluster cannot be used; nothing was brought in."""


class ClusterGoneError(StoreError):
    """A cluster that was in use has gone; what was kept before stays."""

    def __init__(self) -> None:
        super().__init__(
            "The cluster does not answer any more: what was taken is kept, and nobody is counted twice. "
            "Start its scheduler and workers and import again, or import without --cluster."
        )


class Cluster(PartOpener):
    """The workers of a scheduler. Make it with `at`, and use it in a `with`: then they forget the key."""

    def __init__(self, client: Client, address: str, key: OfficePrivateKey) -> None:
        """Use a client of a scheduler at an address that was looked at."""
        secret = secrets.token_bytes(32)
        self._client = client
        self._address = address
        self._key = Key(key.opening.expanded, key.public.encoded, secret)
        self._sealer = Sealer(secret)
        self._session = secrets.token_hex(16)
        self._reads = True
        """Whether workers have read every export themselves that they were asked to."""
        self._going: dict[str, object] = {}
        """Futures of Dask's, which calls a task off when nobody holds its future."""
        self.at_once, self.ahead = _AT_ONCE, 2 * _AT_ONCE

    @classmethod
    def at(cls, address: str, key: OfficePrivateKey) -> Self:
        """Connect to a scheduler, and give its workers the key.

        Args:
            address: `tls://host:port`, or `tcp://` to this computer itself.
            key: the office's.

        Raises:
            ClusterError: it is no address for this, `distributed` is missing, or the cluster is not as it must be.
        """
        if not _is_private(address):
            raise ClusterError(
                f"{address} is not private: the key that opens responses goes to workers by tls:// only, "
                "or by tcp:// to 127.0.0.1. Give the scheduler certificates, and use tls://."
            )
        try:
            import distributed
        except ImportError as error:
            raise ClusterError(
                'A cluster needs one more package: run "pip install fairstart[cluster]", then try again.'
            ) from error
        for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what a person has to know is said by us
        try:
            client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
        except Exception as error:  # whatever certificates, addresses and versions do
            raise ClusterError(
                f"The scheduler at {address} cannot be reached: check that it runs, that it has the address, "
                "and that Dask's own configuration names the certificates."
            ) from error
        cluster = cls(client, address, key)
        try:
            cluster._introduce()
        except BaseException:
            client.close()
            raise
        return cluster

    def __enter__(self) -> Self:
        """Nothing more is to be done."""
        return self

    def __exit__(self, *_: object) -> None:
        """Have every worker forget the key, and let go of the scheduler."""
        self._going.clear()
        with contextlib.suppress(Exception):  # one that is gone has forgotten it
            self._client.run(cluster_worker.forget_key, self._session, on_error="ignore")
        with contextlib.suppress(Exception):
            self._client.close(timeout=PATIENCE)

    def open_parts(self, parts: Sequence[Part]) -> Future[list[Opened]]:
        """What comes of some parts, once a worker has opened them.

        Raises:
            ClusterGoneError: nothing can be asked of the scheduler.
        """
        wanted: Future[list[Opened]] = Future()
        self._ask(parts, wanted, _KEYS_GIVEN)
        return wanted

    def _ask(self, parts: Sequence[Part], wanted: Future[list[Opened]], tries: int) -> None:
        task = f"fairstart-{secrets.token_hex(16)}"
        reads = self._reads
        jobs = msgspec.msgpack.encode([job_of(part, reads=reads) for part in parts])
        sealed = self._sealer.seal(jobs, bound_task(task))
        with _plainly():
            asked = self._client.submit(cluster_worker.work, self._session, task, sealed, key=task, pure=False)

        def done(answered: Any) -> None:  # noqa: ANN401 - a future of Dask's
            self._going.pop(task, None)
            if wanted.cancelled():
                return
            try:
                with _plainly():
                    answer = msgspec.msgpack.decode(answered.result(), type=Answer)
                if answer.introduction is not None:
                    self._give(self._worker_with(answer.introduction), answer.introduction)
                elif (opened := self._opened(answer, task, parts)) is not None:
                    wanted.set_result(opened)
                    return
                else:
                    self._reads = False  # from now on they are sent along
                if tries == 0:
                    raise ClusterGoneError
                self._ask(parts, wanted, tries - 1)
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                wanted.set_exception(error)

        self._going[task] = asked
        asked.add_done_callback(done)

    def _opened(self, answer: Answer, task: str, parts: Sequence[Part]) -> list[Opened] | None:
        with _plainly():
            plain = self._sealer.unseal(answer.done, bound_answer(task))
            sums = msgspec.msgpack.decode(plain, type=list[Sums] | None)
        return None if sums is None else [_unpacked(one, part) for one, part in zip(sums, parts, strict=True)]

    def _introduce(self) -> None:
        """Give the key to every worker that there is.

        Raises:
            ClusterError: there is none, or one is not as it must be.
        """
        workers = self._introductions()
        if not workers:
            raise ClusterError(f"The scheduler at {self._address} has no workers: start one, then try again.")
        for address, said in workers.items():
            self._give(address, said)
        threads = sum(self._client.nthreads().values())
        self.ahead = 2 * _AT_ONCE * max(threads, 1)

    def _introductions(self) -> dict[str, Introduction]:
        try:
            with _plainly():
                told: dict[str, bytes] = self._client.run(cluster_worker.introduce)
            return {address: msgspec.msgpack.decode(said, type=Introduction) for address, said in told.items()}
        except (ClusterGoneError, msgspec.MsgspecError) as error:
            raise ClusterError(
                f"The workers of {self._address} do not run Fairstart: install the same version there as here."
            ) from error

    def _worker_with(self, wanted: Introduction) -> str:
        """Which worker has said this: one may have been started anew under another address."""
        for address, said in self._introductions().items():
            if said.public == wanted.public:
                return address
        raise ClusterGoneError

    def _give(self, address: str, said: Introduction) -> None:
        """Give one worker the key.

        Raises:
            ClusterError: it can be listened to on the way, or is of another version.
        """
        from importlib.metadata import version

        if not _is_private(address) or address.startswith("tls") != self._address.startswith("tls"):
            raise ClusterError(f"The worker at {address} is not reached by TLS, so it was given no key: start it anew.")
        if said.version != version("fairstart"):
            raise ClusterError(f"The worker at {address} has another version of Fairstart: install the same as here.")
        sealed = cluster_worker.seal_key(self._key, said.public, self._session)
        with _plainly():
            self._client.run(cluster_worker.take_key, self._session, sealed, workers=[address])


def _unpacked(sums: Sums, part: Part) -> Opened:
    survey = part.event.survey
    ids = [question.id for question in survey.questions]
    which: dict[int, Asked | None] = {
        mask: tuple(id_ for place, id_ in enumerate(ids) if mask >> place & 1) or None for mask in range(1 << len(ids))
    }
    if len(sums.asked) != part.responses:
        raise ClusterGoneError
    tallies = {which[mask]: Tally.unpack(packed, survey) for mask, packed in sums.tallies.items()}
    return Opened(tuple(which[mask] for mask in sums.asked), {asked: one for asked, one in tallies.items() if asked})


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    """Turn whatever Dask raises into one sentence."""
    try:
        yield
    except FairstartError:
        raise
    except Exception as error:
        raise ClusterGoneError from error


def _is_private(address: str) -> bool:
    """Whether nobody on the way can listen: by TLS, or not leaving this computer."""
    scheme, _, rest = address.partition("://")
    host = rest.rpartition(":")[0].strip("[]")
    if scheme == "tls":
        return bool(host)
    if scheme != "tcp":
        return False
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
