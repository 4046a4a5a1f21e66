"""Paper sheets in plain lines: a line a sheet, said again to nobody, and all kept together or none."""

import io

import pytest

from content.survey import load_survey
from storage.crypto.sealing import Response
from storage.kiosk.batch import Batch
from storage.kiosk.kiosk import Kiosk
from storage.settings import SettingsFile
from tests.tui.kiosks import Held, answered
from tui.staff.paper_lines import PaperLines
from tui.text import paper

TWICE, CHECKED = "1", "2"


class Desk:
    """Somebody who types in sheets."""

    def __init__(self, kiosk: Kiosk, settings_file: SettingsFile) -> None:
        self._kiosk = kiosk
        self._settings = settings_file.settings
        self.batch = Batch()

    def types(self, *lines: str) -> str:
        """What is said to these lines, after which there are no more."""
        source, sink = io.StringIO("".join(f"{line}\n" for line in lines)), io.StringIO()
        PaperLines(self._kiosk, self._settings, self.batch, source, sink, idle_seconds=300).run()
        return sink.getvalue()


@pytest.fixture
def desk(kiosk: Kiosk, settings_file: SettingsFile) -> Desk:
    return Desk(kiosk, settings_file)


def test_a_sheet_is_one_line_and_enter_and_all_are_kept_by_the_word_twice(desk: Desk, held: Held) -> None:
    said = desk.types(CHECKED, *["6332", ""] * 10, "keep", "keep")
    assert held() == [(6, 3, 3, 2)] * 10
    assert desk.batch.kept == 10
    assert "Count the pile: it should be 10 sheets." in said
    assert said.count(load_survey().questions[0].text) == 11


def test_entered_twice_a_difference_is_pointed_to_and_mended(desk: Desk, kiosk: Kiosk, held: Held) -> None:
    answered(kiosk, [Response((1, 1, 1, 1))] * 9)
    said = desk.types(TWICE, "6332", "6432", "4", "keep", "keep")
    assert "You typed 3 and then 4. Look at the sheet and type what it says." in said
    assert (6, 4, 3, 2) in held()


def test_what_is_typed_is_said_only_to_be_looked_through(desk: Desk) -> None:
    label = load_survey().questions[0].option(6).label
    assert label not in desk.types(TWICE, "6332", "6332", "63", "b", "b")
    assert f"1. Number 6: {label}" in desk.types(CHECKED, "6332")


def test_answers_can_come_one_by_one_be_taken_back_and_changed(desk: Desk, kiosk: Kiosk, held: Held) -> None:
    answered(kiosk, [Response((1, 1, 1, 1))] * 9)
    desk.types(CHECKED, "5", "b", "6", "33", "2", "2", "0", "", "keep", "keep")
    assert (6, 6, 3, 2) in held()


@pytest.mark.parametrize("line", ["63321", "6a", "636", "٦", "63 3", "x", "-1"])
def test_a_line_with_anything_that_is_no_answer_there_is_not_taken_at_all(desk: Desk, line: str) -> None:
    said = desk.types(CHECKED, line)
    assert paper.NOT_TAKEN in said
    assert said.count("question 1 of 4") == 2


def test_the_answers_are_read_out_when_asked_for(desk: Desk) -> None:
    said = desk.types(TWICE, "?")
    options = load_survey().questions[0].options
    assert [option.label for option in options if f"{option.code}. {option.label}" not in said] == []
    assert f"0. {paper.UNREADABLE}" in said
    assert options[0].label not in desk.types(TWICE, "6")


def test_too_few_sheets_or_half_a_sheet_are_not_kept(desk: Desk, held: Held) -> None:
    said = desk.types(CHECKED, "6332", "", "keep", "63", "keep")
    assert "1 sheet is too few: enter at least 10 in one go" in said
    assert paper.FINISH_FIRST in said
    assert (held(), desk.batch.wipe()) == ([], 1)


@pytest.mark.parametrize(
    "lines", [(), ("leave",), (CHECKED, "leave"), (CHECKED, "6332", "", "leave", "leave"), (TWICE, "63")]
)
def test_who_leaves_or_ends_the_input_keeps_nothing(desk: Desk, lines: tuple[str, ...], held: Held) -> None:
    said = desk.types(*lines, *(["9999", "keep", "keep"] * ("leave" in lines)))
    assert held() == []
    assert desk.batch.kept == 0
    assert ("1 sheet that was entered is not kept yet." in said) == (len(lines) == 5)


def test_a_word_that_keeps_or_leaves_has_to_be_typed_once_more(desk: Desk, held: Held) -> None:
    desk.types(CHECKED, *["6332", ""] * 10, "keep", "", "leave", "", "6332", "", "keep", "keep")
    assert len(held()) == 11


def test_what_to_know_is_said_first(desk: Desk) -> None:
    said = desk.types()
    assert [sentence for sentence in paper.introduction(0, 5) if sentence not in said] == []
