"""Those who wait at the office and the groups that they become, sealed to the office alone.

What is kept of those who wait is a sum for each event. Before a table is made they become groups of ten people or
more, once and for ever: their sum gets noise that follows from the office's seed and from who they are, and the exact
sum is dropped. FORMAT.md, section 18.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec

from content.survey import Survey, load_survey
from storage.counts.noise import NoisyGroup, keyed_coins
from storage.counts.record import pack_group, unpack_group
from storage.counts.tally import Tally, asked_mask
from storage.crypto.keys import OfficePrivateKey
from storage.crypto.sealing import SealedResponse
from storage.errors import StoreError
from storage.events import Event, parse_event
from storage.office.planning import Waiting, plan_groups
from storage.office.store import OfficeStore, Write, row_number

_NONCE_SIZE = 12

_Id = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_Number = Annotated[int, msgspec.Meta(ge=1)]

_GroupRow = tuple[_Number, int, bytes]
WaitingRow = tuple[_Id, int, int, bytes]
"""Of those who wait: event, what they were asked, how many, their sealed sum."""
MemberRow = tuple[_Number, _Id, int]
"""Of a group: its number, an event that its people came to, how many of them did."""


class OfficeGroups:
    """Who waits and who is in which group, in an office's store."""

    def __init__(self, store: OfficeStore, key: OfficePrivateKey) -> None:
        self._store = store
        self._key = key

    def let_wait(self, write: Write, event: bytes, asked: int, more: Tally) -> None:
        """Add people to those who wait, inside a transaction."""
        found = self._store.connection.execute(
            "SELECT tally FROM waiting WHERE event = ? AND asked = ?", (event, asked)
        )
        bound = _bound_waiting(event, asked)
        held = [
            Tally.unpack(self._unseal(sealed, bound), more.survey)
            for (sealed,) in msgspec.convert(list(found), list[tuple[bytes]])
        ]
        tally = Tally.total((*held, more))
        people = tally.people(tally.asked[0])
        sealed = self._seal(tally.pack(), bound)
        row = row_number(event, asked), event, asked, people, sealed
        write("INSERT OR REPLACE INTO waiting (rowid, event, asked, people, tally) VALUES (?, ?, ?, ?, ?)", [row])

    def make(self, events: Mapping[bytes, Event]) -> None:
        """Make groups of those who wait, for ever: all of them in one transaction.

        Those of an event that is not among these go on waiting.

        Args:
            events: what every event counts as, by its id: one that is there in several spellings is one event.

        Raises:
            StoreError: the store cannot be read or written.
        """
        with self._store.reading():
            surveys = self._surveys()
            rows = self._waiting()
            sealed = {(event, asked): tally for event, asked, _, tally in rows}
            planned = plan_groups(
                [
                    Waiting(id_, events[id_].stage, asked, people, events[id_].id, surveys[id_].question_set)
                    for id_, asked, people, _ in rows
                    if id_ in events
                ]
            )
        if not planned:
            return
        with self._store.writing() as write:
            if self._waiting() != rows:
                raise StoreError("Somebody else changed the office meanwhile: try again.")
            first = self._store.connection.execute("SELECT coalesce(max(number), 0) + 1 FROM noisy_group").fetchone()[0]
            for number, members in enumerate(planned, first):
                survey = surveys[members[0].event]
                tally = Tally.total(self._open_waiting(one, sealed[one.event, one.asked], survey) for one in members)
                ids = [id_ for one in members for id_ in self._ids_of(one)]
                group = NoisyGroup.of(tally, keyed_coins(self._noise_key, ids))
                parts = [(number, one.event, one.people) for one in members]
                content = self._seal(pack_group(group, survey), _bound_group(number, parts))
                write("INSERT INTO noisy_group VALUES (?, ?, ?)", [(number, group.people, content)])
                numbered = [(row_number(number, event), number, event, people) for _, event, people in parts]
                write("INSERT INTO member (rowid, together, event, people) VALUES (?, ?, ?, ?)", numbered)
                keys = [(one.event, one.asked) for one in members]
                write(
                    "UPDATE response SET together = ? WHERE event = ? AND asked = ? AND together IS NULL",
                    [(number, *key) for key in keys],
                )
                write("DELETE FROM waiting WHERE event = ? AND asked = ?", keys)

    def _surveys(self) -> dict[bytes, Survey]:
        """What was asked at each event."""
        rows = self._store.connection.execute("SELECT id, described FROM event")
        described = msgspec.convert(list(rows), list[tuple[_Id, bytes]])
        usual = load_survey()
        return {id_: parse_event(event).survey if b'"choices"' in event else usual for id_, event in described}

    def _waiting(self) -> list[WaitingRow]:
        rows = self._store.connection.execute("SELECT event, asked, people, tally FROM waiting")
        return msgspec.convert(list(rows), list[WaitingRow])

    def read(self) -> list[tuple[dict[bytes, int], NoisyGroup]]:
        """Every group, with how many of its people came to which event.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._store.reading() as read:
            surveys = self._surveys()
            members: dict[int, list[MemberRow]] = {}
            query = "SELECT together, event, people FROM member"
            for member in msgspec.convert(list(read(query, ())), list[MemberRow]):
                members.setdefault(member[0], []).append(member)
            query = "SELECT DISTINCT together, asked FROM response WHERE together IS NOT NULL"
            asked = set(msgspec.convert(list(read(query, ())), list[tuple[int, int]]))
            groups = []
            query = "SELECT number, people, counts FROM noisy_group"
            for number, people, sealed in msgspec.convert(list(read(query, ())), list[_GroupRow]):
                parts = members.pop(number, [])
                of = {surveys.get(event) for _, event, _ in parts}
                survey = of.pop() if len(of) == 1 else None
                if survey is None:
                    raise self._store.damaged
                group = unpack_group(self._unseal(sealed, _bound_group(number, parts)), survey)
                if {group.people, people} != {sum(part for _, _, part in parts)}:
                    raise self._store.damaged
                asked.discard((number, asked_mask(group.asked, survey)))
                groups.append(({event: people for _, event, people in parts}, group))
            if asked:
                raise self._store.damaged
        return groups

    def ids(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
        """Ids of responses from rows of id and sealed form: each as its sealed form has it.

        Raises:
            StoreDamagedError: one is not.
        """
        for id_, sealed in rows:
            if not isinstance(sealed, bytes) or SealedResponse(sealed).id != id_:
                raise self._store.damaged
            yield id_

    def _ids_of(self, one: Waiting) -> list[bytes]:
        query = "SELECT id, sealed FROM response WHERE event = ? AND asked = ? AND together IS NULL"
        return list(self.ids(self._store.connection.execute(query, (one.event, one.asked))))

    def _open_waiting(self, one: Waiting, sealed: bytes, survey: Survey) -> Tally:
        tally = Tally.unpack(self._unseal(sealed, _bound_waiting(one.event, one.asked)), survey)
        if {tally.people(question) for question in tally.asked} != {one.people}:
            raise self._store.damaged
        return tally

    def _seal(self, plain: bytes, bound: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        nonce = os.urandom(_NONCE_SIZE)
        return nonce + ChaCha20Poly1305(self._tally_key).encrypt(nonce, plain, bound)

    def _unseal(self, sealed: bytes, bound: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        try:
            return ChaCha20Poly1305(self._tally_key).decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], bound)
        except InvalidTag as error:
            raise self._store.damaged from error

    @functools.cached_property
    def _tally_key(self) -> bytes:
        return self._key.derive(b"fairstart office tallies 1")

    @functools.cached_property
    def _noise_key(self) -> bytes:
        return self._key.derive(b"fairstart office noise 1")


def _bound_waiting(event: bytes, asked: int) -> bytes:
    """What the sealed sum of those who wait belongs to."""
    return b"waiting\x00" + event + bytes([asked])


def _bound_group(number: int, members: Sequence[MemberRow]) -> bytes:
    """What a sealed group belongs to: its number, and how many came to which event."""
    parts = (event + people.to_bytes(4, "big") for _, event, people in sorted(members))
    return b"group\x00" + number.to_bytes(8, "big") + b"".join(parts)
