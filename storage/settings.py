"""kiosk.toml: the one file an organiser edits. Read strictly, written back with the organiser's notes intact."""

import datetime as dt
import difflib
import re
import tomllib
import typing
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

import content.feedback
import content.language
import content.survey
from content.feedback import FEWEST_CHOICES, LONGEST_CHOICE, MOST_CHOICES, feedback_survey
from storage.errors import SettingsError
from storage.events import Event, Stage
from storage.names import evened, name_key
from storage.private_files import read_at_most, write_private
from storage.text import PRINTABLE, printable

FILE_NAME = "kiosk.toml"
_FILE_LIMIT = 1 << 16

Name = Annotated[str, Meta(max_length=60, pattern=PRINTABLE, description="text of at most 60 characters on one line")]
Statement = Annotated[
    str, Meta(max_length=240, pattern=PRINTABLE, description="text of at most 240 characters on one line")
]
Contact = Annotated[
    str, Meta(max_length=120, pattern=PRINTABLE, description="text of at most 120 characters on one line")
]
IdleSeconds = Annotated[int, Meta(ge=30, le=900, description="a whole number from 30 to 900")]
ThanksSeconds = Annotated[int, Meta(ge=3, le=60, description="a whole number from 3 to 60")]
EventDate = Annotated[dt.date | None, Meta(description="a day that exists, written year-month-day like 2026-11-23")]
KeepMonths = Annotated[int, Meta(ge=1, le=120, description="a whole number from 1 to 120")]
Threshold = Annotated[int, Meta(ge=10, le=1000, description="a whole number from 10 to 1000")]
Word = Annotated[str, Meta(min_length=1, max_length=60, pattern=PRINTABLE, description="a word in quotes")]
SharePercent = Annotated[float, Meta(ge=0, le=100, description="a percentage from 0 to 100")]
Year = Annotated[int, Meta(ge=1900, le=2200, description="a year like 2026")]
Questions = Literal["all", "key"]
Feedback = Literal["no", "after", "alone"]
"""Whether people are asked about the event itself: after the questions about background, or nothing else."""
Choices = Annotated[
    tuple[
        Annotated[str, Meta(max_length=LONGEST_CHOICE, pattern=PRINTABLE)],
        ...,
    ],
    Meta(
        max_length=MOST_CHOICES,
        description=f"a list of {FEWEST_CHOICES} to {MOST_CHOICES} texts of at most {LONGEST_CHOICE} characters "
        "on one line, or of none",
    ),
]
Theme = Literal["light", "dark", "strong-light", "strong-dark", "monochrome"]
Address = Annotated[
    str, Meta(max_length=400, pattern=PRINTABLE, description="an address of at most 400 characters on one line")
]
CopyDays = Annotated[int, Meta(ge=1, le=366, description="a whole number of days from 1 to 366")]
Sendings = Annotated[
    tuple[Literal["end", "start"], ...],
    Meta(max_length=2, description='a list of "end" and "start", of one of them or of none: ["end", "start"]'),
]
Languages = Annotated[
    tuple[Word, ...],
    Meta(min_length=1, max_length=8, description='a list of languages, the usual one first: ["en"] or ["en", "cy"]'),
]


class Organisation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who asks."""

    name: Name = ""
    """The name candidates read first."""
    statement: Statement = ""
    """The organisation's own words on why it asks."""


class EventDetails(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The occasion, as typed."""

    name: Name = ""
    date: EventDate = None
    last_day: EventDate = None
    """Where it lasts several days. Only this laptop goes by it: it is no part of what tells the event from others."""
    place: Name = ""
    stage: Stage = "outreach"

    @property
    def ends(self) -> dt.date | None:
        """Its last day, or its only one."""
        return self.last_day or self.date


class Survey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked."""

    questions: Questions = "all"
    check_answers: bool = True
    languages: Languages = ("en",)
    """Codes of language packs. Everybody is welcomed in the first."""


class FeedbackAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people are asked about the event itself."""

    ask: Feedback = "no"
    better: Choices = ()
    """What should be better, to choose from; empty for the usual list."""

    @property
    def choices(self) -> tuple[str, ...]:
        """The list that is asked."""
        return tuple(map(evened, self.better)) or content.feedback.usual_choices()


class CountsShown(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the counts are shown."""

    threshold: Threshold = 10


class ReportWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What reports say besides."""

    notes: Statement = ""
    """The organisation's own words for those who read a report."""


class PapersWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What notices and posters say besides."""

    contact: Contact = ""
    """Whom anybody may ask about the survey, and how."""
    officer: Contact = ""
    """The data protection officer, and how to reach them."""


class OwnBenchmark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A benchmark that the organisation brings itself."""

    question: Word
    category: Word
    share: SharePercent
    """In per cent of those in the categories that are compared."""
    source: Name
    year: Year


class KioskBehaviour(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the screens behave."""

    idle_seconds: IdleSeconds = 120
    thanks_seconds: ThanksSeconds = 8
    theme: Theme = "light"
    read_aloud: bool = True


class OfficeAddress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the office is, and how long it keeps what it has."""

    address: Address = ""
    """A folder, or an address as `storage.exchange.addresses` reads it: laptops send to it, the office fetches it."""
    sync: Sendings = ()
    """When a laptop sends by itself, with staff there: as its event ends, and as they first unlock it after a start."""
    keep_months: KeepMonths = 12
    """How long after an event's last day its sealed responses are kept: one round of recruitment, as it comes."""
    copy_days: CopyDays = 30
    """How old the last copy of the office may be before it reminds of one."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything kiosk.toml can say."""

    organisation: Organisation = Organisation()
    event: EventDetails = EventDetails()
    survey: Survey = Survey()
    feedback: FeedbackAsked = FeedbackAsked()
    counts: CountsShown = CountsShown()
    report: ReportWords = ReportWords()
    papers: PapersWords = PapersWords()
    office: OfficeAddress = OfficeAddress()
    kiosk: KioskBehaviour = KioskBehaviour()
    benchmarks: tuple[OwnBenchmark, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys that must be filled in before an event can start."""
        needed = {
            "organisation.name": self.organisation.name.strip(),
            "event.name": evened(self.event.name),
            "event.date": self.event.date,
            "event.place": evened(self.event.place),
        }
        return tuple(key for key, value in needed.items() if not value)

    @property
    def asks(self) -> content.survey.Survey:
        """The survey, or its key question alone."""
        survey = content.survey.load_survey()
        return survey if self.survey.questions == "all" else survey.key

    @property
    def asks_first(self) -> content.survey.Survey:
        """What people are asked first: what they think of the event, where that is all they are asked."""
        alone = self.feedback.ask == "alone"
        return content.feedback.feedback_survey(self.feedback.choices) if alone else self.asks

    def event_for(self, office_key_id: bytes, question_set: str) -> Event:
        """The event these settings describe, for one office.

        Raises:
            SettingsError: the settings do not name an event yet.
        """
        if self.missing or self.event.date is None:
            raise SettingsError(
                f"The settings leave out {', '.join(self.missing)}: fill them in in {FILE_NAME}, "
                'or run "fairstart setup".'
            )
        return Event(
            name=evened(self.event.name),
            date=self.event.date,
            place=evened(self.event.place),
            stage=self.event.stage,
            question_set=question_set,
            office_key_id=office_key_id,
        )


class SettingsFile(msgspec.Struct, frozen=True):
    """Settings, and where set-up writes what it is told."""

    settings: Settings
    path: Path
    """The file these settings were read from or, if that is the shipped default, the one set-up will write."""
    text: str
    """The file as its organiser wrote it."""

    @property
    def own_text(self) -> str:
        """The same; empty where it is as it came."""
        return "" if self.text == _text(shipped_default()) else self.text


def shipped_default() -> Path:
    """The commented kiosk.toml that comes with Fairstart: beside this module once installed, else in the checkout."""
    here = Path(__file__).parent
    installed = here / FILE_NAME
    return installed if installed.is_file() else here.parent / FILE_NAME


def find_settings(config: Path | None, working_folder: Path | None, data: Path) -> SettingsFile:
    """Read the settings that apply.

    They come from `config`, else kiosk.toml in the working folder, else the one set-up wrote in the data folder, else
    the shipped default. A kiosk.toml in the working folder that nobody has edited says nothing and is passed over, and
    so is a working folder that is gone (None).

    Raises:
        SettingsError: the file chosen cannot be read or says something impossible.
    """
    shipped = _text(shipped_default())
    if config is not None:
        return SettingsFile(parse(_text(config), str(config)), config, _text(config))
    for place in [folder / FILE_NAME for folder in (working_folder, data) if folder]:
        if place.is_file() and (text := _text(place)) != shipped:
            return SettingsFile(parse(text, str(place)), place, text)
    return SettingsFile(parse(shipped, FILE_NAME), data / FILE_NAME, shipped)


def parse(text: str, file: str) -> Settings:
    """Turn the text of a kiosk.toml into settings.

    Raises:
        SettingsError: naming `file` and the key, saying what is expected and suggesting the nearest word.
    """
    try:
        content = tomllib.loads(text)
        event = content.get("event")
        for key in ("date", "last_day"):
            if isinstance(event, dict) and event.get(key) == "":
                del event[key]  # as shipped: no day chosen yet
    except tomllib.TOMLDecodeError as error:
        if line := _curly_line(text, str(error)):
            raise SettingsError(
                f'{file} has curly quotes in line {line}: write straight ones there, as in name = "Town Hall".'
            ) from error
        raise SettingsError(
            f"{file} cannot be read: {_lower_first(printable(str(error)))}. "
            "Fix that line, or put the file back as it came."
        ) from error
    except (RecursionError, ValueError) as error:  # brackets without end, a number of thousands of digits
        raise SettingsError(f"{file} cannot be read: put the file back as it came.") from error
    return checked(content, file)


def checked(content: object, source: str) -> Settings:
    """Turn plain values, as a TOML reader gives them, into settings.

    Raises:
        SettingsError: naming `source` and the key, saying what is expected and suggesting the nearest word.
    """
    try:
        settings = msgspec.convert(content, Settings)
    except msgspec.ValidationError as error:
        sentence, key = _explain(str(error))
        raise SettingsError(f"{source}: {sentence}", key) from error
    except UnicodeEncodeError as error:  # typed on a command line in other letters than the system's
        raise SettingsError(f"{source}: something in it cannot be read as text. Write it again.") from error
    first, last = settings.event.date, settings.event.last_day
    if first and last and last < first:
        raise SettingsError(
            f'{source}: "event.last_day" is before "event.date". Correct one of them.', "event.last_day"
        )
    if settings.office.sync and not settings.office.address:
        raise SettingsError(f'{source}: "office.sync" needs "office.address". Write the address, or empty the list.')
    if settings.benchmarks:
        _check_benchmarks(settings.benchmarks, source)
    _check_languages(settings.survey.languages, source)
    if settings.feedback.better:
        _check_choices(settings.feedback, source)
    return settings


def _check_choices(feedback: FeedbackAsked, source: str) -> None:
    key = "feedback.better"
    choices = feedback.choices
    if len(choices) < FEWEST_CHOICES or not all(choices):
        number = f"{FEWEST_CHOICES} to {MOST_CHOICES}"
        raise SettingsError(f'{source}: "{key}" must be a list of {number} texts, or of none. Correct that line.', key)
    labels = [option.label for option in feedback_survey().questions[-1].options[-2:]]
    for place, choice in enumerate(choices):
        if name_key(choice) in map(name_key, (*labels, *choices[:place])):
            raise SettingsError(f'{source}: "{key}" has "{choice}" twice, or it is always there. Leave one out.', key)


def _check_languages(languages: tuple[str, ...], source: str) -> None:
    if languages == Survey().languages:  # as nearly everywhere: no folder need be listed at a start
        return
    for place, language in enumerate(languages):
        _one_of(source, "survey.languages", language, content.language.languages())
        if language in languages[:place]:
            raise SettingsError(f'{source}: "survey.languages" names "{language}" twice. Correct that line.')


def _check_benchmarks(benchmarks: tuple[OwnBenchmark, ...], source: str) -> None:
    from content.benchmarks import load_benchmarks  # few bring any, and every start comes by here

    compared = {part.id: part.compared for part in load_benchmarks().questions}
    for own in benchmarks:
        _one_of(source, "benchmarks.question", own.question, compared)
        _one_of(source, "benchmarks.category", own.category, compared[own.question])


def _one_of(source: str, key: str, word: str, known: Iterable[str]) -> None:
    if word not in known:
        words = ", ".join(f'"{each}"' for each in known)
        raise SettingsError(f'{source}: "{key}" must be one of {words}. Correct that line.')


Section = Organisation | EventDetails | Survey | FeedbackAsked | KioskBehaviour | OfficeAddress
_SECTIONS: dict[type[Section], str] = {
    Organisation: "organisation",
    EventDetails: "event",
    Survey: "survey",
    FeedbackAsked: "feedback",
    KioskBehaviour: "kiosk",
    OfficeAddress: "office",
}


def filled_in(current: SettingsFile, *parts: Section) -> SettingsFile:
    """The same file with these parts set, every note and every other key kept."""
    import tomlkit  # 24 ms to import: wanted at set-up, never at a kiosk's start

    document = tomlkit.parse(current.text)
    for part in parts:
        name = _SECTIONS[type(part)]
        known = msgspec.structs.asdict(getattr(current.settings, name))
        for key, value in msgspec.structs.asdict(part).items():
            if value != known[key]:  # what stays the same keeps the notes inside it
                document.setdefault(name, tomlkit.table())[key] = "" if value is None else value
    text = document.as_string()
    return SettingsFile(parse(text, str(current.path)), current.path, text)


def write_settings(settings: SettingsFile) -> None:
    """Save the file.

    Raises:
        StoreError: the place cannot be written; the file there is unharmed.
    """
    write_private(settings.path, settings.text.encode())


def _text(path: Path) -> str:
    try:
        content = read_at_most(path, _FILE_LIMIT)
        if len(content) > _FILE_LIMIT:
            raise SettingsError(f"{path} is far too long to be a settings file: choose another with --config.")
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise SettingsError(f"Cannot read {path} ({error.strerror}): check the name after --config.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not plain text: save it as UTF-8, or put the file back as it came.") from error


_CURLY = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"
"""What word processors put in the place of straight quotes."""


def _curly_line(text: str, problem: str) -> int:
    """The number of the line that a TOML reader stopped in, where quotes that are not straight stopped it; else 0."""
    lines = text.split("\n")
    ends = re.compile(rf"[{_CURLY}]\s*([],}}#=]|$)")
    found = re.search(r"\(at line (\d+), column (\d+)\)", problem)
    if found is None:  # it read on to the end
        return next((number for number, line in enumerate(lines, 1) if ends.search(line)), 0)
    number, column = int(found[1]), int(found[2])
    line = lines[number - 1]
    return number if line[column - 1 : column] in set(_CURLY) or ends.search(line) else 0


def _explain(message: str) -> tuple[str, str]:
    """One sentence from msgspec's message, which ends in the place, "… - at `$.event.date`"; and the key there."""
    problem, _, place = printable(message).rpartition(" - at `$")
    keys = [key for key in re.sub(r"\[[0-9.]*\]", "", place).strip("`.").split(".") if key]
    if not problem or ".".join(keys) not in {"", *_known_keys()}:
        problem, keys = printable(message), []  # what looks like a place is part of somebody's key
    unknown = re.match(r"Object contains unknown field `(.*)`", problem)
    if unknown:
        key = ".".join([*keys, unknown[1]])
        near = difflib.get_close_matches(key, _known_keys(), n=1, cutoff=0.0)[0]
        return f'there is no key "{key}". Did you mean "{near}"? Correct it or delete the line.', key
    missing = re.match(r"Object missing required field `(.*)`", problem)
    if missing:
        keys.append(missing[1])
        return f'"{".".join(keys)}" is missing: add that line. It must be {_expected(keys)}.', ".".join(keys)
    return f'"{".".join(keys)}" must be {_expected(keys)}. Correct that line.', ".".join(keys)


def _known_keys() -> list[str]:
    sections = {name: _part(kind) for name, kind in typing.get_type_hints(Settings).items()}
    return [
        *sections,
        *(f"{name}.{key}" for name, part in sections.items() for key in typing.get_type_hints(part)),
    ]


def _part(kind: object) -> object:
    """The kind of one of its parts, where a key may be given several times."""
    return typing.get_args(kind)[0] if typing.get_origin(kind) is tuple else kind


def _expected(keys: list[str]) -> str:
    kind: object = Settings
    several = False
    for key in keys:
        several = typing.get_origin(typing.get_type_hints(kind)[key]) is tuple
        kind = _part(typing.get_type_hints(kind, include_extras=True)[key])
    if typing.get_origin(kind) is Literal:
        return "one of " + ", ".join(f'"{word}"' for word in typing.get_args(kind))
    for meta in getattr(kind, "__metadata__", ()):
        return str(meta.description)
    if kind is bool:
        return "true or false"
    return f"a section, written [[{'.'.join(keys)}]]" if several else f"a section, written [{'.'.join(keys)}]"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
