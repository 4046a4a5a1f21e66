"""Bringing many exports into the office: from files, folders and addresses, one after the other, each for itself.

A file that cannot be taken is told and passed over. For every one that was taken a receipt is written back, beside the
export or to a folder.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Protocol

import msgspec

from storage.crypto.keys import KioskPrivateKey
from storage.crypto.sealing import SealedResponse
from storage.errors import ExportError, NothingThereError, PlaceError
from storage.events import Event, NearMiss, near_misses
from storage.exchange.addresses import shown
from storage.exchange.exports import EXPORT_LIMIT, EXPORT_SUFFIX
from storage.exchange.handover import Handed, HeldEvent
from storage.exchange.locations import Found, Site
from storage.exchange.receipts import RECEIPT_SUFFIX
from storage.office.labels import OfficeEvent
from storage.office.office import Brought, Office, UnknownKioskError
from storage.progress import ProgressCallback, part, unreported


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


def bring_all(
    office: Office,
    exports: Sequence[Found],
    executor: Executor,
    progress: ProgressCallback,
    receipts: Site | None = None,
) -> Iterator[Result]:
    """Bring exports in, and yield what became of each.

    Args:
        office: takes them.
        exports: from `find_exports`.
        executor: opens the responses.
        progress: called with how far it has come.
        receipts: where receipts go; beside each export if None.

    Raises:
        StoreError: the office's own store failed: nothing of that file was kept, and the others were not tried.
    """
    for done, found in enumerate(exports):
        result = _bring(office, found, executor, part(progress, done, len(exports)))
        if brought := result.brought:
            result = _give_receipt(result, found.file_name, brought, receipts or found.site.beside(found.path))
            office.receipts_due.note(brought.event.id, brought.kiosk.id, owed=bool(result.problem))
        yield result
        progress(done + 1, len(exports))


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
    outbox: HandsOver, key: KioskPrivateKey, office: Office, executor: Executor, progress: ProgressCallback
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


def _bring(office: Office, found: Found, executor: Executor, progress: ProgressCallback) -> Result:
    try:
        return Result(found.name, office.bring(found.read(EXPORT_LIMIT), executor, progress), "", place=found.shown)
    except UnknownKioskError as error:
        return Result(found.name, None, error.sentence, error, found.shown)
    except (ExportError, PlaceError) as error:
        return Result(found.name, None, error.sentence, place=found.shown)


def _give_receipt(result: Result, export: str, brought: Brought, site: Site) -> Result:
    """Write the receipt, called as its export is; beside another one of that name, which covers other responses."""
    name = export.removesuffix(EXPORT_SUFFIX) + RECEIPT_SUFFIX
    try:
        site.put_beside(name, brought.receipt, unreported, lambda _other: False)
    except PlaceError as error:
        return replace(result, problem=f"Its receipt could not be written. {error.sentence}")
    return result
