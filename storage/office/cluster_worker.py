"""What runs in a process of a cluster: it opens responses for an office that has given it the key.

The key lies in this process's memory alone, sealed on its way to a key that this process has made. It is no value of
the cluster's: nothing of it is in a task, on a dashboard, in a log, or in a file that a worker writes for want of
memory. What a task is given and what it answers is sealed as well, so whoever passes it on learns how long it is.

It is forgotten when the office says so, and when nothing has come from it for a while.
"""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass, field

import msgspec

from storage.counts.tally import asked_mask
from storage.crypto.keys import OfficePublicKey, OpeningKey, WorkerPrivateKey, WorkerPublicKey
from storage.events import Event, parse_event
from storage.exchange.exports import EXPORT_LIMIT, open_export
from storage.exchange.locations import Site
from storage.office.decrypting import Opened, Part, open_parts

IDLE = 900.0
"""Seconds without work after which a key is forgotten."""
_BOUND = b"fairstart cluster key 1\x00"
_NONCE_SIZE = 12


class Introduction(msgspec.Struct, frozen=True):
    """What a process says of itself."""

    version: str
    public: bytes
    """What its key is sealed to."""


class Key(msgspec.Struct, frozen=True):
    """What an office gives to a process, sealed to it."""

    expanded: bytes
    office: bytes
    secret: bytes
    """Seals what goes to and fro."""

    def __repr__(self) -> str:
        """Nothing of it."""
        return "Key()"


class Job(msgspec.Struct, frozen=True):
    """Some responses of one event: here they are, or there they can be read."""

    event: bytes
    sealed: bytes = b""
    place: str = ""
    path: str = ""
    ids: bytes = b""


class Sums(msgspec.Struct, frozen=True):
    """What came of a job."""

    asked: bytes
    """For each response, which questions: a mask, 0 where it cannot be read."""
    tallies: dict[int, bytes]


class Answer(msgspec.Struct, frozen=True):
    """What a task answers. Neither field tells anything without the office's secret."""

    done: bytes = b""
    """Sealed: a list of `Sums`, or None where an export could not be read there. Empty where it failed."""
    introduction: Introduction | None = None
    """Where this process has no key."""


@dataclass
class _Held:
    key: OpeningKey
    sealer: Sealer
    timer: threading.Timer = field(repr=False)


class Sealer:
    """Seals what goes between one office and its processes, for one import."""

    def __init__(self, secret: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        self._cipher = ChaCha20Poly1305(secret)

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """Seal something under a nonce of its own, bound to what it is."""
        nonce = os.urandom(_NONCE_SIZE)
        return nonce + self._cipher.encrypt(nonce, plain, bound)

    def unseal(self, sealed: bytes, bound: bytes) -> bytes:
        """Open it; `cryptography.exceptions.InvalidTag` where it is not what was sealed."""
        return self._cipher.decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], bound)


_lock = threading.Lock()
_own: list[WorkerPrivateKey] = []
_held: dict[str, _Held] = {}


def introduce() -> bytes:
    """An `Introduction`, encoded."""
    return msgspec.msgpack.encode(_introduction())


def take_key(session: str, sealed: bytes) -> None:
    """Hold the key that was sealed to this process, for one import. What is not for it is left aside."""
    from cryptography.exceptions import InvalidTag

    with contextlib.suppress(InvalidTag, ValueError, msgspec.MsgspecError):
        key = msgspec.msgpack.decode(_own_key().unseal(sealed, _bound_key(session)), type=Key)
        timer = _timer(session)
        with _lock:
            _held[session] = _Held(OpeningKey(key.expanded, OfficePublicKey(key.office)), Sealer(key.secret), timer)
        timer.start()


def forget_key(session: str) -> None:
    """Hold it no longer."""
    with _lock:
        held = _held.pop(session, None)
    if held is not None:
        held.timer.cancel()


def work(session: str, task: str, sealed: bytes) -> bytes:
    """Open what is asked for: an `Answer`, encoded. Whatever fails does not say why: a traceback would travel."""
    with _lock:
        held = _held.get(session)
        if held is not None:
            held.timer.cancel()
            held.timer = _timer(session)
            held.timer.start()
    if held is None:
        return msgspec.msgpack.encode(Answer(introduction=_introduction()))
    try:
        jobs = msgspec.msgpack.decode(held.sealer.unseal(sealed, bound_task(task)), type=list[Job])
        done = held.sealer.seal(msgspec.msgpack.encode(_sums(held.key, jobs)), bound_answer(task))
    except Exception:  # noqa: BLE001 - what it says would travel and be logged
        done = b""
    return msgspec.msgpack.encode(Answer(done=done))


def seal_key(key: Key, public: bytes, session: str) -> bytes:
    """A key as `take_key` takes it."""
    return WorkerPublicKey(public).seal(msgspec.msgpack.encode(key), _bound_key(session))


def job_of(part: Part, *, reads: bool) -> Job:
    """What is said of a part; where it can be read, if it is to be read."""
    from storage.events import write_event

    event = write_event(part.event)
    if not (reads and part.origin):
        return Job(event, sealed=part.sealed)
    ids = b"".join(one.id for one in part.rows)
    return Job(event, place=part.origin.place, path=part.origin.path, ids=ids)


def _sums(key: OpeningKey, jobs: list[Job]) -> list[Sums] | None:
    parts = []
    for job in jobs:
        sealed = job.sealed if not job.ids else _read(key, job)
        if sealed is None:
            return None
        parts.append(Part(parse_event(job.event), sealed))
    return [_packed(opened, part.event) for opened, part in zip(open_parts(key, parts), parts, strict=True)]


def _packed(opened: Opened, event: Event) -> Sums:
    masks = {which: asked_mask(which or (), event.survey) for which in {*opened.asked}}
    return Sums(
        bytes(masks[which] for which in opened.asked),
        {masks[which]: tally.pack() for which, tally in opened.tallies.items()},
    )


def _read(key: OpeningKey, job: Job) -> bytes | None:
    """The responses with these ids, read from where their export is; None where that cannot be done."""
    try:
        export = open_export(Site.at(job.place).read(job.path, EXPORT_LIMIT), key)
    except Exception:  # noqa: BLE001 - whatever it is, the office sends them itself
        return None
    rows: dict[bytes, bytes] = {one.id: one.sealed for one in export.sealed}
    ids = [job.ids[at : at + 16] for at in range(0, len(job.ids), 16)]
    return b"".join(rows[id_] for id_ in ids) if rows.keys() >= {*ids} else None


def _introduction() -> Introduction:
    from importlib.metadata import version

    return Introduction(version("fairstart"), _own_key().public.encoded)


def bound_task(task: str) -> bytes:
    """What a sealed job belongs to."""
    return b"task\x00" + task.encode()


def bound_answer(task: str) -> bytes:
    """What a sealed answer belongs to."""
    return b"answer\x00" + task.encode()


def _own_key() -> WorkerPrivateKey:
    with _lock:
        if not _own:
            _own.append(WorkerPrivateKey.generate())
        return _own[0]


def _timer(session: str) -> threading.Timer:
    timer = threading.Timer(IDLE, forget_key, [session])
    timer.daemon = True
    return timer


def _bound_key(session: str) -> bytes:
    return _BOUND + session.encode()
