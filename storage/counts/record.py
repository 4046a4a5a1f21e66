"""A noisy group as a fixed number of bytes, whatever was counted. The layout is in FORMAT.md, section 11."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from content.survey import Survey, load_survey
from storage.counts.noise import NoisyGroup
from storage.counts.tally import asked_mask

GROUP_RECORD_SIZE = 128

_RECORD_VERSION = 1
_MOST_CATEGORIES = 7
_HEAD = struct.Struct(">BBI")
_COUNTS = struct.Struct(f">{_MOST_CATEGORIES}i")


def pack_group(group: NoisyGroup, survey: Survey | None = None) -> bytes:
    """The record: 128 bytes, whatever was counted; of the questions about background unless another set is named."""
    survey = survey or load_survey()
    counts = b""
    for question in survey.questions:
        numbers = group.counts.get(question.id, {})
        signed = [numbers.get(category.id, 0) for category in question.categories]
        counts += _COUNTS.pack(*signed, *[0] * (_MOST_CATEGORIES - len(signed)))
    return (_HEAD.pack(_RECORD_VERSION, asked_mask(group.asked, survey), group.people) + counts).ljust(
        GROUP_RECORD_SIZE, b"\x00"
    )


def unpack_group(record: bytes, survey: Survey | None = None) -> NoisyGroup:
    """Read a record back.

    Raises:
        ValueError: not a record of this version.
    """
    survey = survey or load_survey()
    if len(record) != GROUP_RECORD_SIZE or record[0] != _RECORD_VERSION:
        raise ValueError("not a version 1 record")
    _, asked, people = _HEAD.unpack_from(record)
    counts: dict[str, Mapping[str, int]] = {}
    for place, question in enumerate(survey.questions):
        if asked >> place & 1:
            numbers = _COUNTS.unpack_from(record, _HEAD.size + place * _COUNTS.size)
            names = [category.id for category in question.categories]
            counts[question.id] = dict(zip(names, numbers, strict=False))
    group = NoisyGroup.read(people, counts)
    if pack_group(group, survey) != record:
        raise ValueError("a count for a category that is not there")
    return group
