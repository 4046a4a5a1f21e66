"""Bringing many exports into the office: from files, folders and addresses, in their order, each for itself.

A file that cannot be taken is told and passed over. For every one that was taken a receipt is written back, beside the
export or to a folder.

While the responses of some exports are opened, those after them are read, those before them are kept, and receipts of
what is kept are written. How much lies between reading and keeping has a bound, whatever there is to bring in.
"""

import functools
import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import msgspec

from storage.crypto.keys import KioskPrivateKey
from storage.crypto.sealing import SealedResponse
from storage.errors import ExportError, NothingThereError, PlaceError, StoreError
from storage.events import Event, NearMiss, near_misses
from storage.exchange.addresses import shown
from storage.exchange.exports import EXPORT_LIMIT, EXPORT_SUFFIX
from storage.exchange.handover import Handed, HeldEvent
from storage.exchange.locations import Found, Site
from storage.exchange.receipts import RECEIPT_SUFFIX
from storage.office.decrypting import Openings, Origin, PartOpener
from storage.office.labels import OfficeEvent
from storage.office.office import Brought, Incoming, Office, UnknownKioskError
from storage.progress import ProgressCallback, part, unreported

T = TypeVar("T")


@dataclass(frozen=True)
class Result:
    """What became of one file."""

    name: str
    """What the file is called, to be shown."""
    brought: Brought | None
    """None where it was refused."""
    problem: str
    """Why it was refused, or why its receipt could not be written; empty where all went well."""
    unknown: UnknownKioskError | None = None
    """Set where it was refused because its kiosk is not accepted."""
    place: str = ""
    """Its name with where it is, where that was looked into."""


def without_head_count(results: Iterable[Result], events: Iterable[OfficeEvent]) -> list[OfficeEvent]:
    """Of the events that were just brought in, those of which it is not known how many came."""
    brought = {result.brought.event.id for result in results if result.brought}
    return [one for one in events if brought.intersection(one.all_ids) and not one.head_count_holds]


def find_exports(places: Sequence[str]) -> list[Found]:
    """Every export at these places, each once.

    Raises:
        NothingThereError: none has an export.
        PlaceError: a place cannot be reached.
    """
    sites = [Site.at(place) for place in places]
    found = {one.identity: one for site in sites for one in site.files(EXPORT_SUFFIX)}
    if not found:
        shown = ", ".join(map(str, sites))
        raise NothingThereError(f"There is no export at {shown}: look for files that end in {EXPORT_SUFFIX}.")
    return list(found.values())


TOGETHER = 16384
"""Responses that are kept in one transaction, where there are that many: it costs by the pages that it touches."""
_FEW = 64
"""Responses of a small export: one that brings fewer, or nothing new, counts as if it had so many."""
_RECEIPTS_AT_ONCE = 4
"""A disk flushes several files in the time of one."""


def bring_all(
    office: Office,
    exports: Sequence[Found],
    executor: Executor | PartOpener,
    progress: ProgressCallback,
    receipts: Site | None = None,
) -> Iterator[Result]:
    """Bring exports in, and yield what became of each, in their order.

    Args:
        office: takes them.
        exports: from `find_exports`.
        executor: opens the responses.
        progress: called with how far it has come.
        receipts: where receipts go; beside each export if None.

    Raises:
        StoreError: the office's own store failed: nothing of that file was kept, and the others were not tried.
    """
    for result in _brought_in(office, exports, executor, progress, receipts):
        if brought := result.brought:
            office.receipts_due.note(brought.event.id, brought.kiosk.id, owed=bool(result.problem))
        yield result


def _brought_in(
    office: Office,
    exports: Sequence[Found],
    executor: Executor | PartOpener,
    progress: ProgressCallback,
    receipts: Site | None,
) -> Iterator[Result]:
    waiting: deque[_Begun] = deque()
    size = 0
    writer = _ReceiptWriter(receipts)
    with Openings(office.key, executor) as openings:
        try:
            for number, (found, content) in enumerate(_read_ahead(exports)):
                before = [one.begun for one in waiting if isinstance(one.begun, Incoming)]
                begun = _begin(office, found, content, openings, before)
                waiting.append(_Begun(number, found, begun, _size(begun)))
                size += waiting[-1].size
                while size >= TOGETHER + TOGETHER // 2 + openings.ahead:  # half as many are opened while some are kept
                    for one, result in _keep(office, waiting, openings, progress, len(exports)):
                        size -= one.size
                        yield from writer.add(one, result)
            while waiting:
                for one, result in _keep(office, waiting, openings, progress, len(exports)):
                    yield from writer.add(one, result)
        except StoreError:
            yield from writer.rest()
            raise
        yield from writer.rest()
        progress(len(exports), len(exports))


@dataclass(frozen=True)
class _Begun:
    """A file that was read: what of it is being opened, or why it is not taken."""

    number: int
    found: Found
    begun: Incoming | Result
    size: int


def _begin(
    office: Office, found: Found, content: Callable[[], bytes], openings: Openings, before: Sequence[Incoming]
) -> Incoming | Result:
    try:
        origin = Origin(*found.address) if found.address else None
        return office.begin(content(), openings, before, origin)
    except (ExportError, PlaceError) as error:
        return _refused(found, error)


def _size(begun: Incoming | Result) -> int:
    return max(len(begun.new) if isinstance(begun, Incoming) else 0, _FEW)


def _keep(
    office: Office, waiting: deque[_Begun], openings: Openings, progress: ProgressCallback, files: int
) -> Iterator[tuple[_Begun, Result]]:
    """Keep the first of those that wait, in one transaction; where that fails, each in one of its own."""
    batch = deque([waiting.popleft()])
    size = batch[0].size
    while waiting and size < TOGETHER:
        batch.append(waiting.popleft())
        size += batch[-1].size
    at_once = len(batch)
    while batch:
        some = [
            (one.begun, part(progress, one.number, files))
            for one in itertools.islice(batch, at_once)
            if isinstance(one.begun, Incoming)
        ]
        try:
            kept = office.keep(some, openings)
        except StoreError:
            if at_once == 1:
                raise
            at_once = 1
            continue
        while batch and (kept or isinstance(batch[0].begun, Result)):
            one = batch.popleft()
            yield one, one.begun if isinstance(one.begun, Result) else _told(one.found, kept.pop(0))
        progress(one.number + 1, files)


def _told(found: Found, brought: Brought | ExportError) -> Result:
    if isinstance(brought, ExportError):
        return _refused(found, brought)
    return Result(found.name, brought, "", place=found.shown)


def _refused(found: Found, error: ExportError | PlaceError) -> Result:
    unknown = error if isinstance(error, UnknownKioskError) else None
    return Result(found.name, None, error.sentence, unknown, found.shown)


def _read_ahead(exports: Iterable[Found]) -> Iterator[tuple[Found, Callable[[], bytes]]]:
    """Each with what gives its content or raises why it cannot be read; the next one is read meanwhile."""
    ahead: deque[tuple[Found, Callable[[], bytes]]] = deque()
    for found in exports:
        ahead.append((found, _in_background(functools.partial(found.read, EXPORT_LIMIT)).result))
        if len(ahead) > 1:
            yield ahead.popleft()
    yield from ahead


class _ReceiptWriter:
    """Writes the receipts of what was kept, several at a time, and gives the results in their order."""

    def __init__(self, site: Site | None) -> None:
        """Write them to a site; beside each export if None."""
        self._site = site
        self._going: deque[Callable[[], Result]] = deque()

    def add(self, one: _Begun, result: Result) -> Iterator[Result]:
        """Write another one; yield those results that nothing more is to be done for."""
        if result.brought:
            site = self._site or one.found.site.beside(one.found.path)
            work = functools.partial(_give_receipt, result, one.found.file_name, result.brought, site)
            self._going.append(_in_background(work).result)
        else:
            self._going.append(lambda: result)
        while len(self._going) > _RECEIPTS_AT_ONCE:
            yield self._going.popleft()()

    def rest(self) -> Iterator[Result]:
        """The results of all others."""
        while self._going:
            yield self._going.popleft()()


def _in_background(work: Callable[[], T]) -> Future[T]:
    """Do something in a thread that nobody has to wait for: a server may never answer."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


class _File(msgspec.Struct, frozen=True, kw_only=True):
    file: str
    event: str | None
    id: str | None
    responses: int
    new: int
    unreadable: int
    problem: str


class _Fetched(msgspec.Struct, frozen=True, kw_only=True):
    address: str
    new: int
    files: list[_File]


def to_json(place: str, results: Sequence[Result]) -> str:
    """What became of each file, as FORMAT.md, section 21, describes it."""
    files = [
        _File(
            file=one.place,
            event=one.brought.event.title if one.brought else None,
            id=one.brought.event.id.hex() if one.brought else None,
            responses=one.brought.responses if one.brought else 0,
            new=one.brought.new if one.brought else 0,
            unreadable=one.brought.unreadable if one.brought else 0,
            problem=one.problem,
        )
        for one in results
    ]
    fetched = _Fetched(address=shown(place), new=sum(one.new for one in files), files=files)
    return msgspec.json.format(msgspec.json.encode(fetched), indent=2).decode() + "\n"


def near_misses_in(results: Sequence[Result], before: Sequence[OfficeEvent]) -> Iterator[tuple[Event, NearMiss]]:
    """Each event that came in now and has nearly the name or place of one that was there, or came beside it."""
    met, known = {id_ for one in before for id_ in one.all_ids}, [one.event for one in before]
    for result in results:
        if result.brought and not result.brought.removed and (event := result.brought.event.about).id not in met:
            for miss in near_misses(event.name, event.place, known):
                yield event, miss
            met.add(event.id)
            known.append(event)


@dataclass(frozen=True)
class OwnEvent:
    """An event that this laptop has brought into its own office."""

    held: HeldEvent
    receipt: bytes
    """Lets the kiosk delete it."""


class HandsOver(Protocol):
    """What hands a laptop's events over: `storage.kiosk.outbox.Outbox` on the same laptop."""

    def to_hand_over(self) -> list[tuple[Event, list[SealedResponse]]]:
        """The events that exports are made of, with their responses."""

    def export(self, key: KioskPrivateKey, event: Event, sealed: list[SealedResponse]) -> Handed:
        """The export of one event."""

    def note_export(self, handed: Handed) -> None:
        """Note that an export is where it should be."""

    def take_receipt(self, key: KioskPrivateKey, content: bytes) -> HeldEvent:
        """Check a receipt against what is held now, and note it."""


def bring_own(
    outbox: HandsOver, key: KioskPrivateKey, office: Office, executor: Executor | PartOpener, progress: ProgressCallback
) -> Iterator[OwnEvent]:
    """Where a laptop is kiosk and office in one: export, import and receipt of every event, without a file between.

    Raises:
        ExportError, ReceiptError, StoreError: as their sentences say; what was brought in before stays so.
    """
    office.accept(key.public)
    events = outbox.to_hand_over()
    for done, (event, sealed) in enumerate(events):
        handed = outbox.export(key, event, sealed)
        brought = office.bring(handed.content, executor, part(progress, done, len(events)))
        outbox.note_export(handed)
        held = outbox.take_receipt(key, brought.receipt)
        office.receipts_due.note(event.id, key.public.id, owed=False)
        yield OwnEvent(held, brought.receipt)
        progress(done + 1, len(events))


def _give_receipt(result: Result, export: str, brought: Brought, site: Site) -> Result:
    """Write the receipt, called as its export is; beside another one of that name, which covers other responses."""
    name = export.removesuffix(EXPORT_SUFFIX) + RECEIPT_SUFFIX
    try:
        site.put_beside(name, brought.receipt, unreported, lambda _other: False)
    except PlaceError as error:
        return replace(result, problem=f"Its receipt could not be written. {error.sentence}")
    return result
