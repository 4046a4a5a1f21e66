"""The office's targets: typed once, kept in `office.db`, readable. FORMAT.md, section 18."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

from storage.counts.targets import KINDS, Kind, Target, shares_to_aim_at
from storage.days import read_day
from storage.errors import FairstartError
from storage.events import STAGES, Stage, day
from storage.office.labels import MOST_PEOPLE
from storage.office.store import OfficeStore, row_number
from storage.text import folded, shortened

_ID_SIZE = 8

Field = Literal["kind", "category", "value", "stage", "by"]
FIELDS: tuple[Field, ...] = get_args(Field)
AT_MOST = "at most"
"""Before a share that is to be no more than that."""


class TargetError(FairstartError):
    """Something that was typed of a target cannot be used; nothing was kept."""

    def __init__(self, field: Field, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        """Where it was typed."""


def target_typed(typed: Mapping[Field, str], today: dt.date, before: Target | None = None) -> Target:
    """The target that somebody typed.

    Args:
        typed: what stands in each field; empty where nothing does.
        today: the day on which a new one is set, and before which none is to be reached.
        before: the target that is changed; it keeps its id and the day on which it was set.

    Raises:
        TargetError: a field is empty or cannot be used.
    """
    kind = _kind(typed["kind"])
    at_most, value = _value(kind, typed["value"])
    return Target(
        id=before.id if before else secrets.token_hex(_ID_SIZE),
        kind=kind,
        value=value,
        at_most=at_most,
        category=_category(typed["category"]) if kind == "share" else "",
        stage=_stage(typed["stage"]) if kind != "items" else "",
        by=_day(typed["by"], today),
        since=before.since if before else today,
    )


def typed_of(target: Target) -> dict[Field, str]:
    """What somebody could have typed for it."""
    percent = "%" if target.kind in {"share", "response rate"} else ""
    return {
        "kind": target.kind,
        "category": target.category,
        "value": f"{f'{AT_MOST} ' if target.at_most else ''}{target.value:g}{percent}",
        "stage": target.stage,
        "by": day(target.by) if target.by else "",
    }


def _kind(text: str) -> Kind:
    kind = next((kind for kind in KINDS if folded(kind) == folded(text)), None)
    if kind is None:
        raise TargetError("kind", f"“{shortened(text)}” cannot be a target: choose one of {', '.join(KINDS)}.")
    return kind


def _category(text: str) -> str:
    known = shares_to_aim_at()
    found = next((name for name, label in known.items() if folded(text) in {folded(name), folded(label)}), None)
    if found is None:
        raise TargetError("category", f"“{shortened(text)}” is no share: choose one of {', '.join(known.values())}.")
    return found


def _value(kind: Kind, text: str) -> tuple[bool, float]:
    text = " ".join(text.casefold().split())
    at_most = text.startswith(AT_MOST)
    digits = re.sub(r"[\s,%]", "", text.removeprefix(AT_MOST).removeprefix("at least"))
    of_hundred = kind in {"share", "response rate"}
    if at_most and kind != "share":
        raise TargetError("value", "Only a share can be aimed at with “at most”: write the number alone.")
    most = 100 if of_hundred else MOST_PEOPLE
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9])?", digits) or not 0 < float(digits) <= most:
        what = "a share in per cent, such as 39 or at most 10" if kind == "share" else "a number"
        raise TargetError("value", f"Write {what}: from 1 to {most:,}.")
    if not of_hundred and not float(digits).is_integer():
        raise TargetError("value", "Write a whole number.")
    return at_most, float(digits)


def _stage(text: str) -> Stage | Literal[""]:
    if not text.strip():
        return ""
    stage = next((stage for stage in STAGES if folded(stage) == folded(text)), None)
    if stage is None:
        raise TargetError("stage", f"“{shortened(text)}” is no stage: choose one of {', '.join(STAGES)}.")
    return stage


def _day(text: str, today: dt.date) -> dt.date | None:
    if not text.strip():
        return None
    try:
        found = read_day(text, coming_from=today)
    except ValueError as error:
        raise TargetError("by", f"{error}.") from error
    if found < today:
        raise TargetError("by", f"{day(found)} has passed: write a day that is coming.")
    return found


class Targets:
    """The targets in an office's store."""

    def __init__(self, store: OfficeStore) -> None:
        self._store = store

    def all(self) -> list[Target]:
        """Every one: shares first, each kind by the day by which it is to be reached.

        Raises:
            StoreError: the store cannot be read; StoreDamagedError where a target is not as it was written.
        """
        with self._store.reading() as read:
            rows = msgspec.convert(list(read("SELECT id, described FROM target", ())), list[tuple[bytes, bytes]])
            targets = [msgspec.json.decode(described, type=Target) for _, described in rows]
            aimed_at = shares_to_aim_at()
            if any(
                bytes.fromhex(one.id) != id_ or (one.kind == "share") != (one.category in aimed_at)
                for one, (id_, _) in zip(targets, rows, strict=True)
            ):
                raise self._store.damaged
        return sorted(targets, key=lambda one: (KINDS.index(one.kind), one.by or dt.date.max, one.category, one.id))

    def save(self, target: Target) -> None:
        """Keep one; one with its id is what was there before.

        Raises:
            StoreError: it cannot be written.
        """
        id_ = bytes.fromhex(target.id)
        with self._store.writing() as write:
            row = row_number(id_), id_, msgspec.json.encode(target)
            write("INSERT OR REPLACE INTO target (rowid, id, described) VALUES (?, ?, ?)", [row])

    def remove(self, id_: str) -> None:
        """Forget one, if it is there.

        Raises:
            StoreError: it cannot be written.
        """
        with self._store.writing() as write:
            write("DELETE FROM target WHERE id = ?", [(bytes.fromhex(id_),)])
