"""What papers say is what the settings, PRIVACY.md and the code say."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

import storage
from content.language import load_words
from content.papers import ORGANISATIONS, candidates_languages, load_candidates_papers, load_paper
from storage.crypto import keys, sealing
from storage.exchange import exports
from storage.kiosk.groups import GROUP
from storage.office.planned import PlannedEvent
from storage.papers.document import Asked, Document, Listing, Slip, Table, plain, texts_of
from storage.papers.facts import facts_of, settings_rows, settings_with
from storage.papers.files import NoPapersError, papers_of
from storage.papers.promises import limits, promises
from storage.report.files import EPSILON
from storage.settings import Settings
from tests.content import reading
from tests.storage.papers.filled import EVERYTHING, LONGEST, MADE, PATHS, USUAL, document, papers
from tui.app import AUTO_LOCK_SECONDS as STAFF_LOCKS
from tui.office.app import AUTO_LOCK_SECONDS as OFFICE_LOCKS
from tui.survey.idle import WARNING_SECONDS
from tui.text.papers import SCREENS, lacking

ROOT = Path(__file__).parents[3]


def text_of(paper: Document) -> str:
    return "\n".join(plain(text) for block in paper.blocks for text in texts_of(block))


def everything_said(settings: Settings) -> str:
    return "\n".join(text_of(one.document) for one in papers(settings).made)


def changed(key: str) -> Settings:
    """The usual settings with one key as in the others."""
    section, _, name = key.partition(".")
    if not name:
        return msgspec.structs.replace(USUAL, **{section: getattr(EVERYTHING, section)})
    part = msgspec.structs.replace(getattr(USUAL, section), **{name: getattr(getattr(EVERYTHING, section), name)})
    return msgspec.structs.replace(USUAL, **{section: part})


# Settings

SAID: dict[str, tuple[str, str, str]] = {
    "event.name": ("en/notice", "Autumn Fair", "Spring Jobs Fair"),
    "event.date": ("en/notice", "28 September 2026", "23 November 2026"),
    "event.place": ("en/notice", "Guildhall", "Town Hall"),
    "event.stage": ("officer/dpia", "applicants", ""),
    "survey.questions": ("en/notice", "We ask one thing", "four things"),
    "survey.check_answers": ("en/notice", "sent when you go on from the last question", "you can look at your answers"),
    "survey.languages": ("officer/dpia", "Cymraeg", "English"),
    "feedback.ask": ("en/notice", "Then we ask: Will you tell us how it was here?", ""),
    "counts.threshold": ("en/notice", "fewer than 40 people", "fewer than 10 people"),
    "office.address": ("en/notice", "sftp://office.example/in", "memory stick"),
    "office.keep_months": ("en/notice", "for one month", "12 months"),
    "office.copy_days": ("staff/coordinator-guide", "older than 7 days", "older than 30 days"),
    "kiosk.idle_seconds": ("en/notice", "waits 90 seconds", "waits 120 seconds"),
    "kiosk.read_aloud": ("officer/security", "Reading aloud is turned off", "starts the system’s own speech program"),
    "benchmarks": ("officer/dpia", "working_class: 45% (Our city, census, 2021)", ""),
}
"""Of what stands in sentences: in which paper, how it is said after the change, and what is said no more."""
IN_THE_TABLE = {
    "event.last_day",
    "feedback.better",
    "kiosk.theme",
    "kiosk.thanks_seconds",
    "office.sync",
    "organisation.name",
    "organisation.statement",
    "papers.contact",
    "papers.officer",
    "report.notes",
}
"""What other tests look at, or the table of settings alone has."""


def test_every_setting_is_looked_at_here() -> None:
    assert {key for key, _ in settings_rows(USUAL)} == set(SAID) | IN_THE_TABLE


@pytest.mark.parametrize("key", SAID)
def test_a_setting_that_changes_changes_what_the_papers_say(key: str) -> None:
    path, after, before = SAID[key]
    settings = changed(key)
    if key == "survey.languages":
        scope = next(block for block in document(path, settings).blocks if isinstance(block, Table))
        assert [plain(row[1]) for row in scope.rows if plain(row[0]) == "languages"] == ["Cymraeg (a draft)"]
        assert {one.folder for one in papers(settings).made} == {"cy", "staff", "officer", ""}
        return
    said = text_of(document(path, settings))
    assert after in said
    assert not before or before not in said
    assert not before or before in text_of(document(path))


@pytest.mark.parametrize("key", sorted(set(SAID) | IN_THE_TABLE))
def test_the_record_has_every_setting_as_it_is(key: str) -> None:
    settings = EVERYTHING if key == "office.sync" else changed(key)
    table = [block for block in document("officer/record", settings).blocks if isinstance(block, Table)][-1]
    assert {plain(row[0]): plain(row[1]) for row in table.rows}[key] == (dict(settings_rows(settings))[key] or "–")


def test_no_paper_says_anything_of_settings_that_are_others_now() -> None:
    said = everything_said(EVERYTHING)
    for gone in (
        "Spring Jobs Fair",
        "Town Hall",
        "12 months",
        "120 seconds",
        "30 days.",
        "fewer than 10",
        "memory stick",
    ):
        assert gone not in said, gone
    assert "four things" not in said
    assert "Offer the headphones" not in said


def test_an_address_is_said_without_its_user_and_password() -> None:
    said = everything_said(EVERYTHING)
    assert "sftp://office.example/in" in said
    assert "hunter2" not in said
    assert "ann" not in re.findall(r"\w+", said)


@pytest.mark.parametrize(("key", "when"), [("end", "as staff end the event"), ("start", "as staff first unlock it")])
def test_when_a_laptop_sends_by_itself_is_said(key: str, when: str) -> None:
    office = msgspec.structs.replace(EVERYTHING.office, sync=(key,))
    said = text_of(document("officer/security", msgspec.structs.replace(EVERYTHING, office=office)))
    assert f"A laptop sends {when}" in said
    assert said.count("A laptop sends as") == 1


def test_an_event_that_asks_for_feedback_alone_has_no_papers() -> None:
    alone = msgspec.structs.replace(USUAL.feedback, ask="alone")
    with pytest.raises(NoPapersError, match="this event asks for feedback alone: choose another event"):
        papers_of(msgspec.structs.replace(USUAL, feedback=alone), None, SCREENS, MADE)
    event = PlannedEvent(name="Open Evening", place="Hull", date=MADE, feedback="alone")
    with pytest.raises(NoPapersError):
        papers_of(USUAL, event, SCREENS, MADE)


def test_a_planned_event_comes_before_the_settings() -> None:
    event = PlannedEvent(name="Open Evening", place="Hull", date=MADE, expected=250, languages=("cy",), stage="starts")
    settings = settings_with(USUAL, event)
    assert (settings.event.name, settings.survey.languages) == ("Open Evening", ("cy",))
    made = papers_of(USUAL, event, SCREENS, MADE)
    said = "\n".join(text_of(one.document) for one in made.made)
    assert "Open Evening" in said
    assert "About 250 people are expected." in said
    assert "Spring Jobs Fair" not in said
    assert "en" not in {one.folder for one in made.made}


def test_what_is_not_known_is_a_gap_and_listed_at_the_start() -> None:
    poster = document("en/poster", Settings())
    assert set(poster.gaps) == {"name of the organisation", "whom to ask, and how to reach them"}
    start = text_of(document("start-here", Settings()))
    for gap in ("name of the organisation", "name of the event", "day", "place"):
        assert f"\n{gap}" in start
    assert document("en/poster").gaps == ()


def test_everything_that_is_left_to_decide_is_listed_at_the_start() -> None:
    start = text_of(document("start-here"))
    left = [decide for path in PATHS for decide in document(path).decisions]
    assert len(left) > 20
    for decide in left:
        assert plain(decide.text) in start


def test_a_language_without_papers_is_told_and_all_else_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("content.papers.candidates_languages", lambda: ("en",))
    made = papers_of(USUAL, None, SCREENS, MADE)
    assert made.lacking == ("Cymraeg",)
    assert {one.folder for one in made.made} == {"en", "staff", "officer", ""}
    start = text_of(made.made[-1].document)
    assert "Candidates’ papers are in English." in start
    assert "You also offer Cymraeg (a draft), and there are no papers" in start
    assert list(lacking(made)) == ["There are no papers for candidates in Cymraeg yet: translate those in English."]
    assert list(lacking(papers())) == []


# The code


def test_the_figures_of_papers_are_those_that_the_program_goes_by() -> None:
    texts = facts_of(USUAL, "en", SCREENS, MADE).texts
    assert texts["argon_mib"] == str(keys.ARGON2_MEMORY_KIB // 1024) == "256"
    assert texts["argon_passes"] == str(keys.ARGON2_PASSES)
    assert texts["seed_bytes"] == str(keys.SEED_SIZE)
    assert texts["sealed_bytes"] == f"{sealing.SEALED_SIZE:,}"
    assert texts["record_bytes"] == str(sealing.RECORD_SIZE)
    assert texts["export_kib"] == str(exports.SMALLEST_EXPORT // 1024)
    assert texts["group"] == str(GROUP)
    assert texts["warning"] == str(WARNING_SECONDS)
    assert (texts["staff_minutes"], texts["office_minutes"]) == (str(STAFF_LOCKS // 60), str(OFFICE_LOCKS // 60))
    assert (texts["odds"], texts["both_odds"]) == (str(round(math.exp(EPSILON))), "16")
    assert (texts["sure"], texts["both_sure"]) == ("4 in 5", "16 in 17")


def test_the_fourfold_of_papers_is_that_of_the_privacy_statement() -> None:
    privacy = (ROOT / "storage" / "PRIVACY.md").read_text("utf-8")
    assert "“Fourfold” is the most" in privacy
    assert "surer than four in five" in " ".join(privacy.split())
    assert "at most 4 times" in text_of(document("officer/dpia"))


def test_the_questions_on_paper_are_the_instruments_with_its_numbers() -> None:
    for code in candidates_languages():
        asked = [block for block in document(f"{code}/questions").blocks if isinstance(block, Asked)]
        survey = load_words(code).asked(USUAL.asks)
        assert [block.text for block in asked] == [question.text for question in survey.questions]
        assert [block.answers for block in asked] == [
            tuple((option.code, option.label, option.detail) for option in question.options)
            for question in survey.questions
        ]


def test_a_slip_has_a_box_for_each_answer_and_no_word_of_what_it_means() -> None:
    (slip,) = document("staff/slip").blocks
    assert isinstance(slip, Slip)
    assert slip.boxes == (9, 6, 5, 4)
    assert plain(slip.heading) == "Spring Jobs Fair, 23 November 2026"
    (key,) = document("staff/slip", EVERYTHING).blocks
    assert isinstance(key, Slip)
    assert key.boxes == (9,)


def test_the_files_that_it_is_said_to_write_are_those_of_the_written_format() -> None:
    (table,) = [
        block
        for block in document("officer/security").blocks
        if isinstance(block, Table) and plain(block.head[0]) == "File or folder"
    ]
    specified = (Path(storage.__path__[0]) / "FORMAT.md").read_text("utf-8").partition("## 12. ")[2]
    for row in table.rows:
        assert f"`{plain(row[0])}`" in specified.partition("\n## ")[0]


def test_no_port_is_opened_as_it_is_said() -> None:
    said = text_of(document("officer/security"))
    assert "Which ports does it open?\nnone" in said
    for path in (one for package in ("content", "storage", "tui") for one in (ROOT / package).rglob("*.py")):
        assert not re.search(r"\.(bind|listen)\(|socketserver|http\.server|start_server", path.read_text("utf-8")), path


def test_it_needs_the_python_that_is_said() -> None:
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert "Python 3.11 or newer" in text_of(document("officer/security"))


# PRIVACY.md


def test_every_promise_is_read_with_its_test() -> None:
    privacy = (Path(storage.__path__[0]) / "PRIVACY.md").read_text("utf-8")
    assert len(promises()) == privacy.count("(test: ")
    for name, promise in promises().items():
        assert promise.test.endswith(f"::{name}")
        assert promise.sentence.endswith(".")
        assert "\n" not in promise.sentence
    section = privacy.partition("## What this cannot promise")[2].partition("\n## ")[0]
    assert len(limits()) == section.count("\n- **")


def test_the_officers_papers_repeat_promises_and_limits_word_for_word() -> None:
    said = text_of(document("officer/security"))
    for promise in promises().values():
        assert f"“{promise.sentence}” {promise.test}" in said
    for paper in ("officer/dpia", "officer/security"):
        for limit in limits():
            assert f"{limit.title} {limit.text}" in text_of(document(paper))


def test_each_risk_of_the_draft_has_measures() -> None:
    dpia = load_paper("dpia")
    risks = re.findall(r"^\| (R\d) ", next(s.text for s in dpia.sections if "Step 5" in s.heading), re.MULTILINE)
    measures = next(section.text for section in dpia.sections if "Step 6" in section.heading)
    assert re.findall(r"^# (R\d) ", measures, re.MULTILINE) == risks
    assert len(re.findall(r"^@ ", measures, re.MULTILINE)) > 15


# The law

ARTICLE_13 = [
    *("13(1)(a)", "13(1)(b)", "13(1)(c)", "13(1)(d)", "13(1)(e)", "13(1)(f)"),
    *("13(2)(a)", "13(2)(b)", "13(2)(c)", "13(2)(d)", "13(2)(e)", "13(2)(f)"),
]
ARTICLE_5 = ["5(1)(a)", "5(1)(b)", "5(1)(c)", "5(1)(d)", "5(1)(e)", "5(1)(f)", "5(2)"]


def test_a_table_says_where_each_part_of_articles_13_and_5_is_covered_and_it_is_there() -> None:
    (table,) = [
        block
        for block in document("officer/dpia").blocks
        if isinstance(block, Table) and plain(block.head[0]) == "Provision"
    ]
    assert [plain(row[0]) for row in table.rows] == ARTICLE_13 + ARTICLE_5
    headings = {section.heading for section in load_candidates_papers("en").notice.sections}
    for row in table.rows:
        named = re.findall(r"“(.+?)”", plain(row[2]))
        assert set(named) <= headings, plain(row[0])
        assert named or "above" in plain(row[2]) or "this paper" in plain(row[2])


def test_the_lawful_basis_is_explained_and_not_chosen() -> None:
    dpia = document("officer/dpia")
    for basis in (
        "consent, (a)",
        "public task, (e)",
        "legitimate interests, (f)",
        "recognised legitimate interests, (ea)",
    ):
        assert basis in text_of(dpia)
    assert any("Which basis, and why?" in plain(one.text) for one in dpia.decisions)
    assert any("lawful basis" in plain(one.text) for one in document("en/notice").decisions)
    assert any("ar ba sail" in plain(one.text) for one in document("cy/notice").decisions)


def test_single_responses_are_never_called_anonymous() -> None:
    for path in ("officer/dpia", "officer/record", "officer/security", "en/notice", "en/poster"):
        own = "\n".join(
            plain(text) for block in document(path).blocks if not isinstance(block, Listing) for text in texts_of(block)
        )
        for sentence in re.split(r"(?<=[.!?])\s", own):
            if "anonymous" in sentence.lower():
                assert any(
                    word in sentence
                    for word in ("published", "should not", "Do you agree", "If you hold", "within the stated")
                ), sentence
    assert "pseudonymous at most, until retention ends" in text_of(document("officer/dpia"))


def test_every_paper_can_be_made_of_any_settings() -> None:
    for settings in (USUAL, EVERYTHING, LONGEST, Settings()):
        assert papers(settings).lacking == ()


# Reading

HARDEST: dict[str, float] = {"candidate": 6, "staff": 8, "officer": 11}
_A_NAME = "us"


def own_texts(paper: Document) -> list[str]:
    """What we have written, with one word for each name from elsewhere; no promise, command or setting."""
    found = []
    for block in paper.blocks:
        for text in texts_of(block):
            if not any(run.typed for run in text) or not isinstance(block, Listing):
                said = "".join(_A_NAME if run.foreign else run.text for run in text if not run.typed)
                found.append(re.sub(r"\b(ico\.org\.uk\S*|\d{4} \d{3} \d{4}|legislation\S+)", "it", said))
    return [text for text in found if reading.words(text)]


def english() -> list[tuple[str, str]]:
    kinds: dict[str, Any] = {name: load_paper(name).reader for name in ORGANISATIONS}
    found = []
    for path in PATHS:
        folder, _, name = path.rpartition("/")
        if folder != "cy" and name != "slip" and path != "start-here":
            found.append((path, "candidate" if folder == "en" else kinds[name]))
    return found


@pytest.mark.parametrize(("path", "reader"), english())
@pytest.mark.parametrize("settings", [USUAL, EVERYTHING], ids=["usual", "everything"])
def test_papers_are_as_easy_to_read_as_who_reads_them_needs(path: str, reader: str, settings: Settings) -> None:
    if settings is EVERYTHING and path.startswith("en/"):
        settings = msgspec.structs.replace(
            EVERYTHING, survey=msgspec.structs.replace(EVERYTHING.survey, languages=("en",))
        )
    texts = own_texts(document(path, settings))
    assert reading.grade("\n".join(texts)) <= HARDEST[reader]
    for text in texts:
        if len(reading.words(text)) >= 20:
            assert reading.grade(text) <= HARDEST[reader] + (0 if reader == "candidate" else 3), text
        if reader == "candidate":
            assert max(len(reading.words(sentence)) for sentence in reading.sentences(text)) <= 22, text


def test_the_syllables_of_every_word_that_candidates_read_are_known() -> None:
    said = {
        word
        for path, reader in english()
        if reader == "candidate"
        for text in own_texts(document(path))
        for word in reading.words(text)
    }
    assert [word for word in sorted(said) if not reading.is_known(word)] == [], "add it to reading.SYLLABLES"
