"""Feedback at the office: it goes with its event, and is grouped and counted apart from the answers."""

import datetime as dt
from pathlib import Path

import msgspec

from content.feedback import choices_of, feedback_survey, usual_choices
from content.survey import load_survey
from storage.crypto.sealing import Response
from storage.office.corrections import labels_of
from storage.office.labels import KINDS, Kind, Scope
from storage.office.queries import feedback_of, findings_of, slices_of
from storage.office.retention import due
from storage.progress import unreported
from storage.settings import Settings
from tests.storage.office.merging import (
    LAPTOPS,
    Desk,
    by,
    by_event,
    event,
    export,
    is_told_as_damage,
    noise_by_the_book,
    read,
    sealed_for,
)

FAIR = event()
USUAL, OWN = FAIR.asking(usual_choices()), FAIR.asking(("More chairs", "More tea"))
SETTINGS = Settings()


def thought(number: int, choices: int = 5) -> list[Response]:
    return [Response((1 + n % 6, 1 + n // 2 % 6, 1 + n % 3, 1 + n % (choices + 2))) for n in range(number)]


def people(number: int) -> list[Response]:
    return [Response((1 + n % 9, 1 + n % 6, 1 + n % 5, 1 + n % 4)) for n in range(number)]


def test_feedback_belongs_to_its_event_and_is_not_among_its_answers(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.bring_people(USUAL, thought(11))
    (one,) = desk.office.events()
    assert (one.event, one.responses, one.all_sealed) == (FAIR, 12, 23)
    assert one.feedback is not None
    assert (one.feedback.responses, one.feedback.waiting) == (11, 11)
    assert desk.counts().held == 12
    assert desk.office.check() == 23


def test_feedback_of_an_event_that_asks_nothing_else_brings_the_event(desk: Desk) -> None:
    desk.bring_people(USUAL, thought(11))
    (one,) = desk.office.events()
    assert (one.event, one.responses) == (FAIR, 0)
    assert one.feedback is not None
    found = feedback_of(desk.office, Scope(), SETTINGS)
    assert found is not None
    assert (found.held, found.in_counts) == (11, 11)
    assert desk.office.check() == 11


def test_no_group_has_both_and_none_has_two_lists(desk: Desk) -> None:
    desk.bring_people(FAIR, people(6))
    desk.bring_people(USUAL, thought(6))
    desk.bring_people(OWN, thought(6, 2))
    desk.office.tables()
    assert desk.groups() == {}, "eighteen wait, but no ten of them were asked the same"
    other = event("Another fair")
    desk.bring_people(other.asking(usual_choices()), thought(6))
    desk.office.tables()
    (group,) = desk.groups().values()
    assert len(group) == 12


def test_feedback_is_the_sum_of_its_people_with_their_own_noise(desk: Desk) -> None:
    brought = desk.bring_people(USUAL, thought(25))
    desk.bring_people(FAIR, people(25))
    counts = desk.office.feedback_tables().counts(by_event(FAIR), 10)
    assert [table.people for table in counts.tables] == [25] * 4
    for place, (table, question) in enumerate(zip(counts.tables, feedback_survey().questions, strict=True)):
        exact = dict.fromkeys((category.id for category in question.categories), 0)
        for _, response in brought:
            exact[question.category_of(response.codes[place])] += 1
        drawn = noise_by_the_book(question.id, len(exact), (sealed.id for sealed, _ in brought))
        assert table.counts == {name: exact[name] + z for name, z in zip(exact, drawn, strict=True)}


def test_lists_are_told_apart_and_the_other_questions_summed(desk: Desk) -> None:
    desk.bring_people(USUAL, thought(12))
    desk.bring_people(OWN, thought(14, 2))
    found = feedback_of(desk.office, Scope(), SETTINGS)
    assert found is not None
    assert [question.people for question in found.questions] == [26, 26, 26, 12, 14]
    assert [len(question.categories) for question in found.questions[3:]] == [7, 4]
    labels = {category.label for question in found.questions[3:] for category in question.categories}
    assert labels >= {*usual_choices(), *choices_of(OWN.survey)}, "each code has its name"


def test_feedback_is_told_over_time_by_quarter(desk: Desk) -> None:
    spring, autumn = event(date="2026-04-03"), event(date="2026-11-23")
    desk.bring_people(spring.asking(usual_choices()), [Response((5, 5, 5, 6))] * 200)
    desk.bring_people(autumn.asking(usual_choices()), [Response((1, 1, 1, 6))] * 200)
    found = feedback_of(desk.office, Scope(), SETTINGS)
    assert found is not None
    assert found.trend is not None
    assert [period.period for period in found.trend.periods] == ["2026 Q2", "2026 Q4"]
    assert {change.verdict for change in found.trend.changes} == {"rise"}
    assert [share.share for share in found.trend.periods[0].shares] == [None] * 3, "under 10"
    assert all((share.low or 0) > 90 for share in found.trend.periods[1].shares)
    assert found.together[0].rounded is not None


def test_a_corrected_event_takes_its_feedback_along_and_two_that_are_one_share_it(desk: Desk) -> None:
    typo = event("Riversde Jobs Fair")
    desk.bring_people(FAIR, people(12))
    desk.bring_people(USUAL, thought(12))
    desk.bring_people(typo.asking(usual_choices()), thought(13))
    first, second = (next(one for one in desk.office.events() if one.event == name) for name in (FAIR, typo))
    desk.office.corrections.merge(second, first)
    (one,) = desk.office.events()
    assert one.feedback is not None
    assert one.feedback.responses == 25
    desk.bring_people(OWN, thought(5, 2))
    (one,) = desk.office.events()
    assert one.feedback is not None
    assert one.feedback.responses == 30, "what comes later as well"
    moved = labels_of(one)
    desk.office.corrections.correct(
        one, type(moved)(name="Hall", place="York", date=dt.date(2027, 1, 4), stage="starts")
    )
    found = feedback_of(desk.office, by("stage", "starts"), SETTINGS)
    assert found is not None
    assert found.held == 30
    assert feedback_of(desk.office, by("stage", "outreach"), SETTINGS) is None


def test_a_removed_event_takes_its_feedback_out_of_the_tables(desk: Desk) -> None:
    desk.bring_people(USUAL, thought(12))
    (one,) = desk.office.events()
    assert feedback_of(desk.office, Scope(), SETTINGS) is not None
    desk.office.corrections.remove(one)
    assert feedback_of(desk.office, Scope(), SETTINGS) is None
    assert desk.bring(export(USUAL, sealed_for(USUAL, thought(1)))).removed
    desk.office.corrections.undo(1)
    assert feedback_of(desk.office, Scope(), SETTINGS) is not None


def test_feedback_is_deleted_with_its_event_and_its_tables_stay(desk: Desk) -> None:
    sealed = sealed_for(USUAL, thought(12))
    desk.bring(export(USUAL, sealed))
    before = feedback_of(desk.office, Scope(), SETTINGS)
    events = due(desk.office.events(), 1, dt.date(2027, 2, 1))
    assert len(events) == 1
    desk.office.delete_responses(events, dt.date(2027, 2, 1))
    assert not read(desk.path, "SELECT 1 FROM response")
    assert feedback_of(desk.office, Scope(), SETTINGS) == before
    again = desk.bring(export(USUAL, sealed))
    assert (again.new, again.deleted) == (0, 12)
    desk.office.check()


def test_a_store_whose_feedback_is_about_no_event_is_damaged(desk: Desk) -> None:
    desk.bring_people(USUAL, thought(2))
    desk.alter("DELETE FROM event WHERE id = ?", FAIR.id)
    is_told_as_damage(desk, desk.office.check)


def test_feedback_brought_in_in_any_order_by_any_laptop_gives_the_same(tmp_path: Path) -> None:
    exports = [
        export(FAIR, sealed_for(FAIR, people(11)), LAPTOPS[0]),
        export(USUAL, sealed_for(USUAL, thought(11)), LAPTOPS[0]),
        export(USUAL, sealed_for(USUAL, thought(4)), LAPTOPS[1]),
        export(OWN, sealed_for(OWN, thought(10, 2)), LAPTOPS[1]),
    ]
    found = []
    for number, order in enumerate(([0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2, 1])):
        desk = Desk.at(tmp_path / str(number))
        for one in order:
            desk.bring(exports[one])
        found.append(findings_of(desk.office, Scope(), SETTINGS))
        desk.office.close()
    assert found[0] == found[1] == found[2]


def test_every_slice_has_its_feedback(desk: Desk) -> None:
    desk.bring_people(FAIR, people(12))
    desk.bring_people(USUAL, thought(12))
    slices = slices_of(desk.office, SETTINGS, unreported)
    told = [{question.id for question in questions} for _, questions in slices]
    background = {question.id for question in load_survey().questions}
    assert told.count(background) * 2 == len(told)
    assert all(ids == background or not ids & background for ids in told)


def test_a_slice_says_what_its_scope_says_by_itself(desk: Desk) -> None:
    others = msgspec.structs.replace(FAIR, place="York"), msgspec.structs.replace(FAIR, stage="starts")
    for number, one in enumerate((FAIR, *others), 1):
        desk.bring_people(one, people(11 * number))
    desk.bring_people(USUAL, thought(12))
    for about, questions in slices_of(desk.office, SETTINGS, unreported):
        chosen: dict[Kind, str] = {kind: value for kind in KINDS if (value := about.parts.get(kind))}
        if "event" not in chosen:
            found = findings_of(desk.office, Scope.of(chosen), SETTINGS)
            thought_of = found.feedback.questions if found.feedback else ()
            assert questions in (found.questions, thought_of)
