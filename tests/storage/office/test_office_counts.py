"""The office's tables beside a plain recount of people who are known one by one; and noise, drawn once for ever."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn
from unittest import mock

import pytest

from storage.crypto.sealing import Response
from storage.kiosk.outbox import Outbox
from storage.office.labels import Scope, Tables
from storage.office.office import Office
from tests.storage.counts.people import KEY_ONLY, people
from tests.storage.kiosk.crashes import keeper_environment
from tests.storage.office.merging import (
    LAPTOPS,
    OFFICE,
    Desk,
    Numbers,
    by,
    by_event,
    content_of,
    event,
    export,
    failing_at_each_statement,
    make_laptop,
    numbers_of,
    opened_laptop,
    recount,
    settings_for,
    sums,
)

FAIR = event("Fair", "2026-11-23", "Leeds", "outreach")
VISIT = event("Visit", "2026-12-31", "York", "outreach")
OPEN_DAY = event("Open day", "2027-01-01", "Leeds", "outreach")
FIRST = event("First day", "2026-09-30", "Leeds", "starts")
SECOND = event("Second day", "2026-10-01", "York", "starts")
LAST = event("Last day", "2027-03-31", "York", "completion")


def asked(desk: Desk, scope: Scope) -> list[int | None]:
    return [table.people for table in desk.counts(scope).tables]


# Few people


def test_people_of_small_events_join_those_of_their_stage_and_are_in_no_narrower_table(desk: Desk) -> None:
    small = {
        one: desk.bring_people(one, people(count, count))
        for one, count in ((FAIR, 4), (VISIT, 6), (FIRST, 5), (SECOND, 7), (LAST, 3))
    }
    outreach, starts = [*small[FAIR], *small[VISIT]], [*small[FIRST], *small[SECOND]]
    assert sums(desk.counts()) == (25, 22, 0, 3, 0)
    assert numbers_of(desk.counts()) == recount([outreach, starts])
    assert numbers_of(desk.counts(by("stage", "outreach"))) == recount([outreach])
    assert numbers_of(desk.counts(by("stage", "starts"))) == recount([starts])
    assert sums(desk.counts(by("stage", "completion"))) == (3, 0, 0, 3, 0)
    for one in (FAIR, VISIT, FIRST, SECOND):
        held = len(small[one])
        assert sums(desk.counts(by_event(one))) == (held, 0, held, 0, 0)
        assert asked(desk, by_event(one)) == [None] * 4


def test_people_who_are_few_in_every_stage_join_across_stages_and_stay_together(desk: Desk) -> None:
    few = [desk.bring_people(one, people(4, seed)) for seed, one in enumerate((FAIR, FIRST, LAST))]
    together = [one for part in few for one in part]
    assert numbers_of(desk.counts()) == recount([together])
    later = desk.bring_people(FAIR, people(11, 7))
    assert numbers_of(desk.counts()) == recount([together, later])
    assert numbers_of(desk.counts(by("stage", "outreach"))) == recount([later])
    assert sums(desk.counts(by("stage", "outreach"))) == (15, 11, 4, 0, 0)
    for stage in ("starts", "completion"):
        assert sums(desk.counts(by("stage", stage))) == (4, 0, 4, 0, 0)


def test_who_is_in_a_group_does_not_depend_on_what_anybody_answered(memory_folder: Path) -> None:
    shapes = []
    for run, answers in enumerate(((1, 1, 1, 1), (9, 6, 5, 4), None)):
        desk = Desk.at(memory_folder / str(run))
        for seed, (one, count) in enumerate([(FAIR, 12), (VISIT, 4), (FIRST, 5), (OPEN_DAY, 6), (LAST, 3), (VISIT, 1)]):
            desk.bring_people(one, [Response(answers)] * count if answers else people(count, seed))
            if seed == 3:
                desk.counts()
        shapes.append({scope: sums(counts) for scope, counts in desk.everything().items()})
        desk.office.close()
    assert shapes[0] == shapes[1] == shapes[2]


def test_an_office_draws_noise_of_its_own_for_people_whom_a_laptop_has_counted(desk: Desk, memory_folder: Path) -> None:
    data = make_laptop(memory_folder / "laptop", LAPTOPS[0])
    everybody = people(20)
    with opened_laptop(data, settings_for()) as kiosk:
        sealed = [kiosk.seal(one) for one in everybody]
        for one, response in zip(sealed, everybody, strict=True):
            kiosk.keep(one)
            kiosk.count(response)
        desk.bring(Outbox(kiosk).export(LAPTOPS[0], kiosk.event, kiosk.responses()).content)
        assert kiosk.counts(LAPTOPS[0].tally).in_counts == 20
    assert numbers_of(desk.counts()) == recount([list(zip(sealed, everybody, strict=True))])


# Noise, once


def in_another_process(data: Path) -> Numbers:
    """What a fresh Python that opens this folder shows of everybody."""
    program = (
        "import json, sys; from pathlib import Path; from tests.storage.office.merging import *;"
        "print(json.dumps(numbers_of(Office.open(Path(sys.argv[1]), OFFICE).counts(Scope(), 10))))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, data],
        check=True,
        capture_output=True,
        text=True,
        env=keeper_environment(),
        cwd=Path(__file__).parents[3],
    )
    return [(question, asked, groups, counts) for question, asked, groups, counts in json.loads(run.stdout)]


def test_the_same_people_give_the_same_numbers_after_a_restart_in_another_process_and_from_a_copy_put_back(
    desk: Desk, memory_folder: Path
) -> None:
    groups = [desk.bring_people(FAIR, people(13)), desk.bring_people(VISIT, people(17, 1))]
    content = export(FAIR, [sealed for sealed, _ in groups[0]])
    desk.office.close()
    copy = Path(shutil.copytree(desk.data, memory_folder / "copy"))
    before = Path(shutil.copytree(desk.data, memory_folder / "before"))
    expected = recount(groups)
    assert in_another_process(copy) == expected
    for _ in range(3):
        desk.reopen()
        assert numbers_of(desk.counts()) == expected
    desk.bring(content)
    desk.bring(export(FAIR, [sealed for sealed, _ in groups[0][:5]], LAPTOPS[1]))
    assert numbers_of(desk.counts()) == expected
    desk.office.close()
    shutil.rmtree(desk.data)
    shutil.copytree(before, desk.data)
    desk.reopen()
    assert numbers_of(desk.counts()) == expected
    assert in_another_process(before) == expected


def test_whichever_table_is_asked_for_first_all_tables_are_the_same(desk: Desk, memory_folder: Path) -> None:
    for seed, (one, count) in enumerate([(FAIR, 12), (VISIT, 6), (OPEN_DAY, 5), (FIRST, 4), (SECOND, 3), (LAST, 4)]):
        desk.bring_people(one, people(count, seed))
    desk.office.describe(FIRST, None, 3)
    desk.office.close()
    seen = []
    for number, first in enumerate(
        [
            Scope(),
            by("stage", "starts"),
            by("place", "York"),
            by("level", "3"),
            by("quarter", "2026 Q4"),
            by_event(FAIR),
            by_event(LAST),
            Scope.of({"stage": "outreach", "place": "Leeds"}),
        ]
    ):
        copy = Desk(folder := memory_folder / str(number), Office.open(shutil.copytree(desk.data, folder), OFFICE))
        copy.counts(first)
        seen.append((copy.everything(), copy.groups()))
        copy.office.close()
    assert len(seen[0][1]) == 3
    assert all(one == seen[0] for one in seen)


# Noted before they are shown


class KilledError(BaseException):
    """As if the process ended here."""


def test_tables_are_made_only_after_who_is_in_them_is_on_the_disk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, memory_folder: Path
) -> None:
    """Killed at the moment when the first table is made: the next office knows of it."""
    first = desk.bring_people(FAIR, people(12))
    killed = memory_folder / "killed"

    def kill(*_: object) -> NoReturn:
        shutil.copytree(desk.data, killed)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(Tables, "counts", kill)
        with pytest.raises(KilledError):
            desk.counts(by_event(FAIR))
    after = Desk(killed, Office.open(killed, OFFICE))
    assert after.groups() == {1: {sealed.id for sealed, _ in first}}
    after.bring_people(FAIR, people(5, 1))
    assert sums(after.counts()) == (17, 12, 0, 5, 0)
    assert numbers_of(after.counts()) == recount([first])
    after.office.close()


def test_a_table_whose_people_cannot_be_noted_is_never_shown_and_nothing_of_it_is_kept(desk: Desk) -> None:
    everybody = [*desk.bring_people(FAIR, people(5, 5)), *desk.bring_people(FAIR, people(7, 7))]
    states = set()
    with mock.patch.object(Tables, "counts", autospec=True, side_effect=Tables.counts) as made:
        for _ in failing_at_each_statement(desk, desk.counts):
            made.assert_not_called()
            states.add((len(desk.groups()), *desk.waiting().values()))
    assert states == {(0, 12), (1,)}, "all of it is noted, or nothing"
    assert numbers_of(desk.counts()) == recount([everybody])


def test_no_exact_sum_is_left_of_people_once_they_are_a_group(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.bring_people(VISIT, people(3, 1))
    assert desk.waiting() == {(FAIR.id, 15): 12, (VISIT.id, 15): 3}
    before = content_of(desk.path)
    desk.counts(by_event(VISIT))
    assert desk.waiting() == {(VISIT.id, 15): 3}
    assert content_of(desk.path) == before


# The threshold, and how many came


def test_a_raised_threshold_shows_fewer_of_the_same_tables_and_nobody_waits_longer(desk: Desk) -> None:
    groups = [desk.bring_people(FAIR, people(33)), desk.bring_people(FAIR, people(15, 1, KEY_ONLY))]
    for threshold, shown in (
        (10, [48, 33, 33, 33]),
        (33, [48, 33, 33, 33]),
        (34, [48, None, None, None]),
        (49, [None] * 4),
    ):
        counts = desk.counts(threshold=threshold)
        assert counts.threshold == threshold
        assert sums(counts) == (48, 48, 0, 0, 0)
        assert [table.people for table in counts.tables] == shown
        assert numbers_of(counts) == recount(groups, threshold)
