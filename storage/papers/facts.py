"""Every name and figure that a paper says: from the settings, and from the constants that the program goes by.

A paper's text has none of its own, so a paper says what is so, and after a change of either what is so then.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

import content.papers
from content.language import Words, languages_offered, load_words
from content.papers import Gaps
from storage.counts.noise import THRESHOLD
from storage.crypto.keys import ARGON2_MEMORY_KIB, ARGON2_PASSES, SEED_SIZE
from storage.crypto.office_key import MOST_COORDINATORS
from storage.crypto.passphrases import WORDS
from storage.crypto.sealing import RECORD_SIZE, SEALED_SIZE
from storage.events import day
from storage.exchange.addresses import shown
from storage.exchange.exports import EXPORT_SUFFIX, SMALLEST_EXPORT
from storage.kiosk.groups import GROUP
from storage.office.planned import PlannedEvent
from storage.report.files import EPSILON
from storage.report.sentences import UNDER_TEN
from storage.settings import Settings
from storage.text import cleaned, counted

_MINUTE = 60
_NO_LANGUAGE = "no language yet"
_NAMES = {"organisation", "statement", "event", "place", "contact", "officer", "address", "notes"}
"""What is written by somebody else."""


class Screens(Struct, frozen=True, kw_only=True):
    """What papers say of the screens, which are above this room."""

    warning_seconds: int
    """How long the warning stands before a forgotten screen is cleared."""
    staff_lock_seconds: int
    office_lock_seconds: int
    """After how long untouched the screens of staff and of the office lock."""
    said: Mapping[str, str]
    """Sentences of the screens, by what papers call them."""


class Facts(Struct, frozen=True, kw_only=True):
    """What a paper is filled in with, in one language."""

    words: Words
    gaps: Gaps
    settings: Settings
    texts: Mapping[str, str]
    """By the name in braces; empty where something is not known."""
    conditions: Mapping[str, bool]
    made: dt.date

    def text(self, name: str) -> str:
        """What a name in braces stands for; KeyError if there is no such name."""
        return self.texts[name]

    def is_from_elsewhere(self, name: str) -> bool:
        """Whether somebody else has written it."""
        return name in _NAMES

    def gap(self, name: str) -> str:
        """What is printed where it is empty."""
        said: str = getattr(self.gaps, name)
        return said


def settings_with(settings: Settings, event: PlannedEvent | None) -> Settings:
    """The settings of a planned event, where there is one, as its laptops get them."""
    if event is None:
        return settings
    survey = settings.survey
    if event.languages:
        survey = msgspec.structs.replace(survey, languages=event.languages)
    feedback = msgspec.structs.replace(settings.feedback, ask=event.feedback or settings.feedback.ask)
    return msgspec.structs.replace(settings, event=event.details, survey=survey, feedback=feedback)


def facts_of(
    settings: Settings, language: str, screens: Screens, made: dt.date, *, expected: int | None = None
) -> Facts:
    """What papers in a language are filled in with.

    Args:
        settings: those that apply, with the event's.
        language: of the candidates' papers, or English.
        screens: what papers say of them.
        made: the day that papers are made.
        expected: how many people may come; None where nobody has said.
    """
    words, papers = load_words(language), content.papers.load_candidates_papers(language)
    packs = [load_words(code) for code in settings.survey.languages]
    translated = content.papers.candidates_languages()
    asked, odds = settings.asks, round(math.exp(EPSILON))
    texts = {
        **{f"words.{key}": text for key, text in _flat(msgspec.to_builtins(words))},
        **{f"notice.{section.id}": section.heading for section in papers.notice.sections if section.id},
        **{f"said.{key}": text for key, text in screens.said.items()},
        **dict(_settings_texts(settings)),
        "language": words.name,
        "languages": languages_offered(packs),
        "papers_in": languages_offered(pack for pack in packs if pack.language in translated) or _NO_LANGUAGE,
        "papers_lacking": languages_offered(pack for pack in packs if pack.language not in translated),
        "asked": counted(len(asked.questions), "question"),
        "source": asked.source,
        "expected": str(expected or ""),
        "made": day(made),
        "warning": str(screens.warning_seconds),
        "staff_minutes": str(screens.staff_lock_seconds // _MINUTE),
        "office_minutes": str(screens.office_lock_seconds // _MINUTE),
        "group": str(GROUP),
        "under_ten": UNDER_TEN.capitalize(),
        "odds": str(odds),
        "both_odds": str(odds**2),
        "sure": f"{odds} in {odds + 1}",
        "both_sure": f"{odds**2} in {odds**2 + 1}",
        "record_bytes": str(RECORD_SIZE),
        "sealed_bytes": f"{SEALED_SIZE:,}",
        "seed_bytes": str(SEED_SIZE),
        "argon_mib": str(ARGON2_MEMORY_KIB // 1024),
        "argon_passes": str(ARGON2_PASSES),
        "passphrase_words": str(WORDS),
        "coordinators": str(MOST_COORDINATORS),
        "export_kib": str(SMALLEST_EXPORT // 1024),
        "export_suffix": EXPORT_SUFFIX,
    }
    return Facts(
        words=words,
        gaps=papers.gaps,
        settings=settings,
        texts={name: cleaned(text, keep="") for name, text in texts.items()},
        conditions=_conditions(settings, packs, words)
        | {
            "expected": expected is not None,
            "lacks_papers": any(pack.language not in translated for pack in packs),
        },
        made=made,
    )


def _settings_texts(settings: Settings) -> Iterator[tuple[str, str]]:
    """What the settings say, in words."""
    event, office, kiosk = settings.event, settings.office, settings.kiosk
    yield "organisation", settings.organisation.name.strip()
    yield "statement", settings.organisation.statement.strip()
    yield "contact", settings.papers.contact.strip()
    yield "officer", settings.papers.officer.strip()
    yield "notes", settings.report.notes.strip()
    yield "event", event.name.strip()
    yield "place", event.place.strip()
    yield "stage", event.stage
    days = [one for one in (event.date, event.ends if event.ends != event.date else None) if one]
    yield "day", " to ".join(map(day, days))
    yield "date", " – ".join(f"{one:%d/%m/%Y}" for one in days)
    yield "threshold", str(settings.counts.threshold)
    yield "months", str(office.keep_months)
    yield "keep", counted(office.keep_months, "month")
    yield "copy_days", counted(office.copy_days, "day")
    yield "address", shown(office.address)
    yield "idle", str(kiosk.idle_seconds)
    yield "thanks", str(kiosk.thanks_seconds)
    yield "theme", kiosk.theme
    own = [f"{one.question}, {one.category}: {one.share:g}% ({one.source}, {one.year})" for one in settings.benchmarks]
    yield "benchmarks", "; ".join(own)


def _conditions(settings: Settings, packs: list[Words], words: Words) -> dict[str, bool]:
    return {
        "all_questions": settings.survey.questions == "all",
        "check_answers": settings.survey.check_answers,
        "several_languages": len(packs) > 1,
        "a_draft": any(pack.status == "draft" for pack in packs),
        "draft": words.status == "draft",
        "raised_threshold": settings.counts.threshold > THRESHOLD,
        "feedback": settings.feedback.ask == "after",
        "read_aloud": settings.kiosk.read_aloud,
        "has_address": bool(settings.office.address),
        "sends_at_start": "start" in settings.office.sync,
        "sends_at_end": "end" in settings.office.sync,
        "has_statement": bool(settings.organisation.statement.strip()),
        "has_officer": bool(settings.papers.officer.strip()),
        "has_notes": bool(settings.report.notes.strip()),
        "has_benchmarks": bool(settings.benchmarks),
        "several_days": settings.event.ends != settings.event.date,
        "one_month": settings.office.keep_months == 1,
    }


def settings_rows(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every setting by its key in kiosk.toml, as a paper may show it: addresses without user and password."""
    for section, values in msgspec.to_builtins(settings).items():
        if section == "benchmarks":
            yield section, str(len(values)) if values else ""
            continue
        for key, value in values.items():
            name = f"{section}.{key}"
            yield name, shown(value) if name == "office.address" else _shown_value(value)


def _shown_value(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(str, value))
        case None:
            return ""
    return cleaned(str(value), keep="").strip()


def _flat(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a pack by its key with dots."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _flat(part, f"{key}.{name}" if key else str(name))
