"""kiosk.toml: read strictly, with a sentence that names the file and the key, and written back with its notes."""

import contextlib
import datetime as dt
import json
import re
import tomllib
import typing
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from content.benchmarks import load_benchmarks
from content.guide import FOLDER as GUIDE
from storage.errors import SettingsError
from storage.settings import (
    EventDetails,
    Organisation,
    OwnBenchmark,
    Settings,
    SettingsFile,
    Survey,
    Theme,
    filled_in,
    find_settings,
    parse,
    shipped_default,
    write_settings,
)

SHIPPED = shipped_default().read_text("utf-8")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def named(name: str) -> str:
    return f'[organisation]\nname = "{name}"\n'


def refusal(text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        parse(text, "our.toml")
    sentence = caught.value.sentence
    assert sentence.startswith("our.toml")
    return sentence


def refusal_of_file(content: bytes, folder: Path) -> str:
    path = folder / "our.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        find_settings(path, folder, folder)
    assert str(path) in caught.value.sentence
    return caught.value.sentence


# Which file applies


def test_the_file_named_with_config_comes_first_then_the_working_folder_then_the_data_folder_then_the_shipped(
    tmp_path: Path, work: Path, kept: Path
) -> None:
    config = tmp_path / "named.toml"
    config.write_text(named("config"), "utf-8")
    (work / "kiosk.toml").write_text(named("working"), "utf-8")
    (kept / "kiosk.toml").write_text(named("data"), "utf-8")

    found = find_settings(config, work, kept)
    assert (found.settings.organisation.name, found.path) == ("config", config)
    found = find_settings(None, work, kept)
    assert (found.settings.organisation.name, found.path) == ("working", work / "kiosk.toml")
    (work / "kiosk.toml").unlink()
    found = find_settings(None, work, kept)
    assert (found.settings.organisation.name, found.path) == ("data", kept / "kiosk.toml")
    (kept / "kiosk.toml").unlink()
    found = find_settings(None, work, kept)
    assert (found.settings, found.path, found.text) == (Settings(), kept / "kiosk.toml", SHIPPED)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_copy_in_the_working_folder_that_nobody_edited_is_passed_over(work: Path, kept: Path, newline: str) -> None:
    (work / "kiosk.toml").write_bytes(SHIPPED.replace("\n", newline).encode())
    (kept / "kiosk.toml").write_text(named("data"), "utf-8")
    assert find_settings(None, work, kept).settings.organisation.name == "data"


def test_a_damaged_file_is_reported_and_never_passed_over(work: Path, kept: Path) -> None:
    (work / "kiosk.toml").write_text("[organisation\n", "utf-8")
    (kept / "kiosk.toml").write_text(named("data"), "utf-8")
    with pytest.raises(SettingsError, match=re.escape(str(work / "kiosk.toml"))):
        find_settings(None, work, kept)


def test_a_named_file_that_is_missing_or_a_folder_is_refused(work: Path, kept: Path) -> None:
    for config in (work / "nowhere.toml", work):
        with pytest.raises(SettingsError, match="after --config") as caught:
            find_settings(config, work, kept)
        assert str(config) in caught.value.sentence


# What is refused


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("[organization]", 'no key "organization". Did you mean "organisation"?'),
        ("[event]\nplcae = 1", 'no key "event.plcae". Did you mean "event.place"?'),
        ("[survey]\nquestion = 1", 'no key "survey.question". Did you mean "survey.questions"?'),
        ("idle_seconds = 60", 'no key "idle_seconds". Did you mean "kiosk.idle_seconds"?'),
        ("[kiosk]\ncolours = 1", 'no key "kiosk.colours". Did you mean "kiosk.'),
    ],
)
def test_an_unknown_key_is_refused_and_the_nearest_is_suggested(written: str, nearest: str) -> None:
    assert nearest in refusal(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[organisation]\nname = 7", '"organisation.name" must be text of at most 60 characters on one line'),
        ("[organisation]\nstatement = []", '"organisation.statement" must be text of at most 240 characters'),
        ("[event]\nstage = 'start'", '"event.stage" must be one of "outreach", "applicants", "starts", '),
        ("[event]\ndate = 20261123", '"event.date" must be a day that exists'),
        ("[survey]\nquestions = true", '"survey.questions" must be one of "all", "key"'),
        ("[survey]\nlanguages = []", '"survey.languages" must be a list of languages, the usual one first'),
        ("[survey]\nlanguages = 'cy'", '"survey.languages" must be a list of languages, the usual one first'),
        ("[survey]\nlanguages = [1]", '"survey.languages" must be a list of languages, the usual one first'),
        ("[survey]\nlanguages = ['en', 'tlh']", '"survey.languages" must be one of "cy", "en"'),
        ("[survey]\nlanguages = ['../en']", '"survey.languages" must be one of "cy", "en"'),
        ("[survey]\nlanguages = ['cy', 'en', 'cy']", '"survey.languages" names "cy" twice'),
        ("[survey]\ncheck_answers = 'yes'", '"survey.check_answers" must be true or false'),
        ("[kiosk]\nidle_seconds = 29", '"kiosk.idle_seconds" must be a whole number from 30 to 900'),
        ("[kiosk]\nidle_seconds = 901", '"kiosk.idle_seconds" must be a whole number from 30 to 900'),
        ("[kiosk]\nidle_seconds = 60.5", '"kiosk.idle_seconds" must be a whole number from 30 to 900'),
        ("[kiosk]\nidle_seconds = '60'", '"kiosk.idle_seconds" must be a whole number from 30 to 900'),
        ("[kiosk]\nthanks_seconds = 2", '"kiosk.thanks_seconds" must be a whole number from 3 to 60'),
        ("[kiosk]\ntheme = 'blue'", '"kiosk.theme" must be one of "light", "dark"'),
        ("[counts]\nthreshold = 9", '"counts.threshold" must be a whole number from 10 to 1000'),
        ("[counts]\nthreshold = 0", '"counts.threshold" must be a whole number from 10 to 1000'),
        ("[counts]\nthreshold = 1001", '"counts.threshold" must be a whole number from 10 to 1000'),
        ("[counts]\nthreshold = 10.5", '"counts.threshold" must be a whole number from 10 to 1000'),
        ("[counts]\nthreshold = '10'", '"counts.threshold" must be a whole number from 10 to 1000'),
        ("[counts]\nthreshold = true", '"counts.threshold" must be a whole number from 10 to 1000'),
        ("[office]\naddress = 3", '"office.address" must be an address of at most 400 characters on one line'),
        ("[office]\naddress = 'a\tb'", '"office.address" must be an address of at most 400 characters on one line'),
        ("[office]\naddress = 'x'\nsync = 'end'", '"office.sync" must be a list of "end" and "start"'),
        ("[office]\naddress = 'x'\nsync = ['now']", '"office.sync" must be a list of "end" and "start"'),
        ("[office]\nsync = ['end']", '"office.sync" needs "office.address". Write the address'),
        ("event = 3", '"event" must be a section, written [event]'),
        ("[[event]]\nname = 'x'", '"event" must be a section, written [event]'),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_what_is_expected(written: str, expected: str) -> None:
    assert expected in refusal(written)


@pytest.mark.parametrize(
    "day", ["2026-02-30", "2027-02-29", "2026-13-01", "2026-1-1", "23 November 2026", "2026-11-23T10:00:00", " "]
)
def test_a_day_that_does_not_exist_is_refused_in_quotes(day: str) -> None:
    assert '"event.date" must be a day that exists, written year-month-day' in refusal(f'[event]\ndate = "{day}"')


@pytest.mark.parametrize("day", ["2026-02-30", "2027-02-29", "2026-13-01", "2026-11-23T10:00:00", "10:00:00"])
def test_a_day_that_does_not_exist_is_refused_without_quotes(day: str) -> None:
    sentence = refusal(f"[event]\ndate = {day}")
    assert "line 2" in sentence or '"event.date" must be a day that exists' in sentence


def test_a_day_reads_the_same_with_and_without_quotes() -> None:
    for day in ("2026-11-23", '"2026-11-23"'):
        assert parse(f"[event]\ndate = {day}", "our.toml").event.date == dt.date(2026, 11, 23)


@pytest.mark.parametrize("code", [0x00, 0x07, 0x08, 0x09, 0x0A, 0x1B, 0x7F, 0x9B])
def test_a_control_character_is_refused_in_every_text(code: int) -> None:
    for key in ("organisation]\nname", "organisation]\nstatement", "event]\nname", "event]\nplace"):
        for after in ("after", ""):
            assert "on one line" in refusal(f'[{key} = "before\\u{code:04x}{after}"')


def test_a_control_character_in_a_key_does_not_reach_the_screen() -> None:
    assert "\x1b" not in refusal('"\\u001b[2J" = 1')


def test_a_text_may_be_as_long_as_its_limit_and_no_longer() -> None:
    assert parse(f'[event]\nname = "{"ö" * 60}"', "our.toml").event.name == "ö" * 60
    assert "at most 60" in refusal(f'[event]\nname = "{"o" * 61}"')
    assert parse(f'[organisation]\nstatement = "{"o" * 240}"', "our.toml").organisation.statement == "o" * 240
    assert "at most 240" in refusal(f'[organisation]\nstatement = "{"o" * 241}"')


def test_a_line_that_is_not_toml_is_named_by_its_number() -> None:
    assert "line 2" in refusal("[organisation]\nname = Musterwerk\n")
    assert "line 1" in refusal("name == 7")
    assert "line 3" in refusal("[event]\nname = ''\nname = ''\n")


@pytest.mark.parametrize("written", ["a = " + "[" * 30_000, "[kiosk]\nidle_seconds = " + "9" * 5_000])
def test_what_the_toml_reader_itself_chokes_on_is_refused(written: str) -> None:
    refusal(written)


@pytest.mark.parametrize(
    "line",
    [
        "name = “Fair”",
        'name = "Fair”',
        'name = “Fair"',
        "name = \u2018Fair\u2019",
        "name = 'Fair’ # today",
        "name = «Fair»",
        "name = „Fair“",
        "“name” = 1",
        "languages = [“en”]",
        'languages = ["en”, "cy"]',
        'languages = ["en", “cy”]',
    ],
)
@pytest.mark.parametrize("more", ["", "\n", '\nplace = "Leeds"\n'])
def test_curly_quotes_are_named_as_such_with_their_line(line: str, more: str) -> None:
    assert "has curly quotes in line 3: write straight ones" in refusal(f"# ours\n[event]\n{line}{more}")


@pytest.mark.parametrize("line", ['name = "Tom’s fair', 'name = Tom"s', "name == '’'"])
def test_what_is_wrong_for_another_reason_is_not_blamed_on_curly_quotes(line: str) -> None:
    assert "curly" not in refusal(f"[event]\n{line}\n")


@given(st.text(st.sampled_from("“”\u2018’'\"=[],# \nab"), max_size=30))
def test_a_line_with_any_quotes_is_read_or_refused_in_one_sentence(text: str) -> None:
    with contextlib.suppress(SettingsError):
        parse(text, "our.toml")


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    for encoding in ("utf-16", "latin-1"):
        assert "save it as UTF-8" in refusal_of_file(named("Müsterwerk").encode(encoding), tmp_path)


def test_a_byte_order_mark_and_windows_line_endings_are_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "our.toml"
    path.write_bytes(b"\xef\xbb\xbf" + named("Müsterwerk").replace("\n", "\r\n").encode())
    found = find_settings(path, tmp_path, tmp_path)
    assert found.settings.organisation.name == "Müsterwerk"
    assert found.text == named("Müsterwerk")


def test_a_file_over_64_kib_is_refused(tmp_path: Path) -> None:
    (tmp_path / "full.toml").write_bytes(b"#" * 65_536)
    assert find_settings(tmp_path / "full.toml", tmp_path, tmp_path).settings == Settings()
    assert "far too long" in refusal_of_file(b"#" * 65_537, tmp_path)


# Benchmarks that the organisation brings

BROUGHT = """\
[[benchmarks]]
question = "school"
category = "independent"
share = 12.5
source = "Our county"
year = 2024
"""


def test_several_benchmarks_can_be_brought_for_any_category_that_is_compared() -> None:
    assert parse("", "our.toml").benchmarks == ()
    text = "".join(
        BROUGHT.replace('"school"', f'"{part.id}"').replace('"independent"', f'"{category}"')
        for part in load_benchmarks().questions
        for category in part.compared
    )
    brought = parse(text, "our.toml").benchmarks
    assert [(mark.question, mark.category) for mark in brought] == [
        (part.id, category) for part in load_benchmarks().questions for category in part.compared
    ]
    assert {(mark.share, mark.source, mark.year) for mark in brought} == {(12.5, "Our county", 2024)}


@pytest.mark.parametrize("share", ["0", "100", "7.5"])
def test_a_share_may_be_anything_from_nothing_to_everyone(share: str) -> None:
    (brought,) = parse(BROUGHT.replace("12.5", share), "our.toml").benchmarks
    assert brought.share == float(share)


@pytest.mark.parametrize(
    ("line", "written", "expected"),
    [
        ('question = "school"', 'question = "height"', '"benchmarks.question" must be one of "occupation", "school", '),
        ('question = "school"', 'question = ""', '"benchmarks.question" must be a word in quotes'),
        ('question = "school"', "question = 1", '"benchmarks.question" must be a word in quotes'),
        ('"independent"', '"posh"', '"benchmarks.category" must be one of "state", "independent"'),
        ('"independent"', '"outside_uk"', '"benchmarks.category" must be one of "state", "independent"'),
        ('"independent"', '"professional"', '"benchmarks.category" must be one of "state", "independent"'),
        ("share = 12.5", "share = 100.5", '"benchmarks.share" must be a percentage from 0 to 100'),
        ("share = 12.5", "share = -1", '"benchmarks.share" must be a percentage from 0 to 100'),
        ("share = 12.5", "share = nan", '"benchmarks.share" must be a percentage from 0 to 100'),
        ("share = 12.5", "share = inf", '"benchmarks.share" must be a percentage from 0 to 100'),
        ("share = 12.5", "share = '12.5'", '"benchmarks.share" must be a percentage from 0 to 100'),
        ("year = 2024", "year = 24", '"benchmarks.year" must be a year like 2026'),
        ("year = 2024", "year = 2024-01-01", '"benchmarks.year" must be a year like 2026'),
        ('"Our county"', '"Our\\u001bcounty"', '"benchmarks.source" must be text of at most 60 characters on one line'),
    ],
)
def test_a_benchmark_that_cannot_be_compared_with_anything_is_refused_with_what_is_expected(
    line: str, written: str, expected: str
) -> None:
    assert BROUGHT.count(line) == 1
    for place in (0, 2):  # the first of them, and one further down
        sentence = refusal(BROUGHT * place + BROUGHT.replace(line, written))
        assert expected in sentence
        assert one_plain_sentence(sentence)


@pytest.mark.parametrize("key", ["question", "category", "share", "source", "year"])
def test_a_benchmark_without_one_of_its_keys_is_refused_and_the_key_is_named(key: str) -> None:
    for place in (0, 2):
        sentence = refusal(BROUGHT * place + re.sub(rf"^{key} = .*\n", "", BROUGHT, flags=re.MULTILINE))
        assert f"benchmarks.{key}" in sentence
        assert one_plain_sentence(sentence)


def test_a_benchmark_with_an_unknown_key_is_refused_and_the_nearest_is_suggested() -> None:
    for place in (0, 2):
        sentence = refusal(BROUGHT * place + BROUGHT.replace("share", "shares"))
        assert 'no key "benchmarks.shares". Did you mean "benchmarks.share"?' in sentence
        assert one_plain_sentence(sentence)


@pytest.mark.parametrize("written", [BROUGHT.replace("[[benchmarks]]", "[benchmarks]"), "benchmarks = 3"])
def test_benchmarks_that_are_no_list_are_refused_with_how_to_write_one(written: str) -> None:
    assert "[[benchmarks]]" in refusal(written)


def one_plain_sentence(sentence: str) -> bool:
    """For a person: no place counted from nought, no name of a Python type, and an end."""
    return not re.search(r"\[\d|\.\.\.|[$`]|Expected|Object|float", sentence) and sentence.endswith(".")


# What set-up writes back

EDITED = """\
# Our own note at the top.
[organisation]   # who
name = "Old"     # a note after a value
statement = 'Because we ask everyone.'

[event]
# a note above the name
name = ""
date = ""
place = ""
stage = "starts" # the stage

[kiosk]
idle_seconds = 45 # longer
theme = "dark"
# the last note
"""


NOTED = BROUGHT.replace("[[benchmarks]]\n", "# census\n[[benchmarks]] # ours\n").replace("12.5\n", "12.5  # per cent\n")
COUNTS = "[counts] # shown\nthreshold = 25 # high\n"


@pytest.mark.parametrize(
    "text",
    [
        EDITED,
        *(EDITED + COUNTS + NOTED * 2, COUNTS + NOTED * 2 + EDITED),
        *(NOTED * 2 + COUNTS, NOTED + EDITED + NOTED + COUNTS),
    ],
)
def test_set_up_keeps_every_note_and_every_other_key_and_benchmark_wherever_they_stand(
    tmp_path: Path, text: str
) -> None:
    current = SettingsFile(parse(text, "our.toml"), tmp_path / "our.toml", text)
    event = EventDetails(name='The "new" fair', date=dt.date(2026, 11, 23), place="Łódź", stage="starts")
    organisation = Organisation(name="New\\old", statement="Because we ask everyone.")
    written = filled_in(current, organisation, event, Survey(questions="key"))
    assert written.path == current.path
    assert written.settings == replace(
        current.settings, organisation=organisation, event=event, survey=Survey(questions="key")
    )
    for note in re.findall(r"#.*", text):
        assert note in written.text
    kept = [line for line in text.splitlines() if not line.startswith(("name", "date", "place", "statement"))]
    assert not Counter(kept) - Counter(written.text.splitlines()), "every other line stands"
    lines = iter(written.text.splitlines())
    assert all(line in lines for line in kept) or text.startswith(NOTED + EDITED), "in its order, but for two lists"
    assert written.text.count("# ours\nquestion") == text.count("# ours\nquestion")


LISTED = """[survey]
languages = [
    "en", # the usual one
    # a draft, until spring
    "cy",
]
"""


def test_set_up_keeps_the_notes_inside_what_it_does_not_change(tmp_path: Path) -> None:
    current = SettingsFile(parse(LISTED, "our.toml"), tmp_path / "our.toml", LISTED)
    event = EventDetails(name="Fair", date=dt.date(2026, 11, 23), place="Leeds")
    written = filled_in(current, Organisation(name="New"), event, Survey(questions="key", languages=("en", "cy")))
    assert LISTED in written.text
    assert written.settings.survey == Survey(questions="key", languages=("en", "cy"))
    assert (written.settings.organisation.name, written.settings.event) == ("New", event)


def test_set_up_fills_the_shipped_file_and_changes_no_note(tmp_path: Path, work: Path, kept: Path) -> None:
    event = EventDetails(name="Fair", date=dt.date(2026, 11, 23), place="Leeds")
    current = find_settings(None, work, kept)
    write_settings(filled_in(current, Organisation(name="Musterwerk"), event, Survey()))
    found = find_settings(None, work, kept)
    assert found.path == kept / "kiosk.toml"
    assert found.settings == Settings(organisation=Organisation(name="Musterwerk"), event=event)
    changed = [
        (before, after)
        for before, after in zip(SHIPPED.splitlines(), found.text.splitlines(), strict=True)
        if before != after
    ]
    assert [before.partition(" ")[0] for before, _ in changed] == ["name", "name", "date", "place"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "event.name = 'Old'\norganisation = {name = 'Old'} # inline\n",
        "[event]\nname='Old'\n[kiosk]\ntheme='dark'\n[organisation]\nname='Old'\n",
        "[kiosk]\ntheme='dark'\n[event]",
    ],
)
def test_set_up_writes_into_files_of_any_shape(tmp_path: Path, text: str) -> None:
    current = SettingsFile(parse(text, "our.toml"), tmp_path / "our.toml", text)
    event = EventDetails(name="Fair", date=dt.date(2026, 11, 23), place="Leeds", stage="make-up")
    written = filled_in(current, Organisation(name="New"), event, Survey(check_answers=False))
    assert written.settings.organisation.name == "New"
    assert written.settings.event == event
    assert not written.settings.survey.check_answers
    assert written.settings.kiosk == current.settings.kiosk


def test_set_up_writes_nothing_that_could_not_be_read_back(tmp_path: Path) -> None:
    current = SettingsFile(Settings(), tmp_path / "our.toml", SHIPPED)
    with pytest.raises(SettingsError, match=r"event\.name"):
        filled_in(current, Organisation(), EventDetails(name="a\x1bb"), Survey())


# The shipped file


def test_the_shipped_file_says_what_the_code_assumes() -> None:
    assert parse(SHIPPED, "kiosk.toml") == Settings()


EXAMPLE = re.compile(r"^# (?=\[\[|\w+ = )", re.MULTILINE)
"""What begins a line of the commented-out example, and no line of a note."""


def test_the_shipped_file_has_every_key_there_is_and_no_other() -> None:
    written = tomllib.loads(EXAMPLE.sub("", SHIPPED))
    parts = {section: part[0] if isinstance(part, list) else part for section, part in written.items()}
    shipped = {section: list(part) for section, part in parts.items()}
    known = {}
    for section, kind in typing.get_type_hints(Settings).items():
        part = typing.get_args(kind)[0] if typing.get_origin(kind) is tuple else kind
        known[section] = list(typing.get_type_hints(part))
    assert shipped == known


def test_the_example_in_the_shipped_file_is_a_benchmark_once_its_signs_are_taken_away() -> None:
    changed = parse(EXAMPLE.sub("", SHIPPED), "kiosk.toml")
    mark = OwnBenchmark(question="occupation", category="working_class", share=45, source="Our city, census", year=2021)
    assert changed == Settings(benchmarks=(mark,))
    lines = SHIPPED.splitlines()
    first = lines.index("# [[benchmarks]]")
    example = [line.removeprefix("# ") for line in lines[first:]]
    assert len(example) == 6, "as many lines as the note says"
    twice = "\n".join([EXAMPLE.sub("", SHIPPED), *example])
    assert parse(twice, "kiosk.toml").benchmarks == (mark, mark)


def test_the_note_above_the_example_names_every_question_and_category_that_has_a_benchmark() -> None:
    note = SHIPPED.partition("# A benchmark of your own")[2].partition("# [[benchmarks]]")[0]
    words = set(re.findall(r'"(\w+)"', note))
    asked = {part.id for part in load_benchmarks().questions}
    compared = {category for part in load_benchmarks().questions for category in part.compared}
    assert words == asked | compared


def test_each_key_of_the_shipped_file_has_a_note_above_it() -> None:
    lines = SHIPPED.splitlines()
    keys = [place for place, line in enumerate(lines) if "=" in line and not line.startswith("#")]
    assert len(keys) == 24
    for place in keys:
        assert lines[place - 1].startswith("# "), lines[place]


def test_the_notes_of_the_shipped_file_name_every_stage_and_limit() -> None:
    notes = " ".join(line[2:] for line in SHIPPED.splitlines() if line.startswith("# "))
    for word in (
        "60 characters",
        "240 characters",
        "from 30 to 900",
        "from 1 to 366",
        "from 3 to 60",
        "ten or more people",
        "raised to 1000",
        '"all"',
        '"key"',
        "true or false",
        ", ".join(f'"{theme}"' for theme in get_args(Theme)[:-1]),
        f'or "{get_args(Theme)[-1]}"',
        '"cy" is Welsh, a draft',
    ):
        assert word in notes
    from storage.events import STAGES

    assert ", ".join(f'"{stage}"' for stage in STAGES) in notes


def test_the_guide_lists_every_key_with_the_value_it_is_shipped_with() -> None:
    page = (GUIDE / "settings.md").read_text("utf-8")
    listed: dict[str, str] = {}
    for names, value in re.findall(r"^\| (`[a-z]+.*`) \| .* \| (.*) \|$", page, re.MULTILINE):
        listed |= dict.fromkeys(re.findall(r"`([^`]+)`", names), value)
    shipped = {
        f"{section}.{key}": value for section, part in tomllib.loads(SHIPPED).items() for key, value in part.items()
    }
    assert listed.pop("benchmarks") == "none"
    assert listed == {key: _as_listed(value) for key, value in shipped.items()}


def _as_listed(value: object) -> str:
    """How the table writes a value."""
    if value == "":
        return "empty"
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def test_a_last_day_is_no_earlier_than_the_first_and_goes_with_its_event() -> None:
    several = '[event]\nname = "Fair"\nplace = "Leeds"\ndate = "2026-11-23"\nlast_day = "2026-11-24"\n'
    parsed = parse(several, "our.toml")
    assert (parsed.event.last_day, parsed.event.ends) == (dt.date(2026, 11, 24), dt.date(2026, 11, 24))
    assert '"event.last_day" is before "event.date"' in refusal(several.replace("2026-11-24", "2026-11-22"))
    current = SettingsFile(parsed, Path("our.toml"), several)
    later = EventDetails(name="Fair", place="Leeds", date=dt.date(2027, 3, 2))
    saved = filled_in(current, parsed.organisation, later, parsed.survey)
    assert saved.settings.event == later
    assert 'last_day = ""' in saved.text
