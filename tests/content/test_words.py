"""What a candidate reads around the questions: easy to read, short enough to fit, and with nothing left to fill in.

Reading ease is the Flesch-Kincaid grade: grade 6 is read by most eleven-year-olds. Official wording is not ours to
simplify and is left out.
"""

from __future__ import annotations

import string
import textwrap

import msgspec
import pytest

from content.language import PLACEHOLDERS, Note, Words, load_words
from content.survey import load_survey
from tests.content import reading
from tests.content.texts import flat

HARDEST_GRADE = 6
LONGEST_SENTENCE = 22
"""In words. An average can hide one sentence that is too long."""

WORDS = load_words()
QUESTIONS = load_survey().questions

FILLED_IN = {
    "organisation": "Northfield Hospital Trust",
    "number": "2",
    "total": "4",
    "first": "1",
    "last": "9",
    "seconds": "30",
    "label": "Other",
    "name": "Cymraeg",
}
"""One realistic value for each placeholder."""


def fill(text: str) -> str:
    return text.format(**FILLED_IN)


def grade(*texts: str) -> float:
    """The Flesch-Kincaid grade of texts read one after the other, each on a line of its own."""
    return reading.grade("\n".join(map(fill, texts)))


def texts_of(part: object) -> list[str]:
    return [text for _, text in flat(msgspec.to_builtins(part))]


def passages() -> dict[str, list[str]]:
    """What is read in one go: each screen's words, and each note of the help."""
    screens: dict[str, list[str]] = {
        section: texts_of(getattr(WORDS, section))
        for section in (
            "button",
            "look",
            "language_choice",
            "speech",
            "question",
            "check",
            "saving",
            "thanks",
            "idle",
            "small",
            "practice",
            "plain",
        )
    }
    screens["failed"] = texts_of(WORDS.failed)
    welcome = msgspec.to_builtins(WORDS.welcome)
    screens["welcome (all questions)"] = [text for key, text in welcome.items() if key != "time_key"]
    screens["welcome (key question)"] = [text for key, text in welcome.items() if key != "time_all"]
    screens["guidance: after"] = [WORDS.guidance.after_title, WORDS.guidance.after]
    for question in QUESTIONS:
        for note in WORDS.guidance.notes(question.id):
            screens[f"guidance: {question.id}: {note.title}"] = [note.title, note.text]
    return screens


def all_texts() -> list[tuple[str, str]]:
    return [
        (key, text)
        for key, text in flat(msgspec.to_builtins(WORDS))
        if key not in {"language", "name", "direction", "status"}
    ]


def all_notes() -> list[Note]:
    return [note for question in QUESTIONS for note in WORDS.guidance.notes(question.id)]


# Reading ease


@pytest.mark.parametrize("passage", passages())
def test_every_passage_can_be_read_at_eleven(passage: str) -> None:
    assert grade(*passages()[passage]) <= HARDEST_GRADE


@pytest.mark.parametrize("key", [key for key, text in all_texts() if len(text.split()) >= 5])
def test_no_single_text_is_hard_even_where_its_neighbours_are_easy(key: str) -> None:
    assert grade(dict(all_texts())[key]) <= HARDEST_GRADE


def test_all_of_it_together_is_easier_still() -> None:
    assert grade(*(text for _, text in all_texts())) <= HARDEST_GRADE - 2


def test_no_sentence_is_long() -> None:
    for key, text in all_texts():
        for sentence in reading.sentences(fill(text)):
            assert len(reading.words(sentence)) <= LONGEST_SENTENCE, key


def test_the_syllables_of_every_word_are_known_and_not_guessed() -> None:
    said = {word for _, text in all_texts() for word in reading.words(fill(text))}
    assert [word for word in sorted(said) if not reading.is_known(word)] == [], "add it to reading.SYLLABLES"


def test_the_measure_tells_hard_words_from_easy_ones() -> None:
    assert grade("Participation in this questionnaire is entirely voluntary and confidential.") > HARDEST_GRADE
    assert grade("You can say no. We will not mind.") < HARDEST_GRADE


def test_the_measure_gives_the_grade_worked_out_by_hand() -> None:
    six_words_of_twelve_syllables_in_two_sentences = "Everyone left before 1980. Goodbye."
    assert grade(six_words_of_twelve_syllables_in_two_sentences) == pytest.approx(0.39 * 6 / 2 + 11.8 * 12 / 6 - 15.59)


# What is said


def test_the_welcome_says_what_someone_needs_to_decide() -> None:
    welcome = WORDS.welcome
    assert "{organisation}" in welcome.who
    assert "say no" in welcome.voluntary
    assert "home and school you grew up with" in welcome.who
    assert "do not keep your name, the time, or who came before you" in WORDS.guidance.after
    assert "keep no name or time, or who came first" in welcome.anonymous
    assert "ten people or more" in welcome.anonymous
    assert "no part in who gets a job" in welcome.no_decision
    assert "everyone" in welcome.everyone
    assert "about a minute" in welcome.time_all
    assert "just one question" in welcome.time_key


def test_declining_is_said_to_count_as_one_person_and_nothing_else() -> None:
    for text in (WORDS.welcome.declining, WORDS.thanks.declined_text):
        assert "one person who chose not to answer" in text
        assert "nothing else" in text


def test_the_welcome_gives_the_number_of_questions_there_are() -> None:
    number = {1: "one", 4: "four"}
    assert number[len(QUESTIONS)] in WORDS.welcome.time_all
    assert number[len(load_survey().key.questions)] in WORDS.welcome.time_key


def test_a_failure_says_what_happened_and_what_to_do() -> None:
    assert "could not save" in WORDS.failed.text
    assert "member of staff" in WORDS.failed.text


def test_a_wrong_key_is_answered_with_the_right_ones_and_never_repeated() -> None:
    assert PLACEHOLDERS["plain.not_a_choice"] == {"first", "last"}


@pytest.mark.parametrize(
    ("question", "circumstances"),
    [
        (
            "occupation",
            [
                "why we ask",
                "main household earner",
                "earned the most",
                "about age 14",
                "need to be exact",
                "nothing fits",
                "in care",
                "foster",
                "refugee",
                "live abroad",
                "here or there",
                "not 14 yet",
                "worked alone",
                "up to 24 workers",
                "armed forces",
                "through an app",
                "more than one job",
                "do not know the job",
                "ill, disabled, a carer, or at home with children",
                "two homes",
                "guardian",
                "grandparent",
                "retired",
                "had died",
                "out of work",
            ],
        ),
        (
            "school",
            [
                "why we ask",
                "more than one school",
                "boarding",
                "taught at home",
                "bursary",
                "comprehensive, community, faith, special, grammar or free school, or an academy",
                "no fees",
                "not 16 yet",
                "the closest",
                "another country",
            ],
        ),
        (
            "meals",
            [
                "why we ask",
                "what are free school meals",
                "low income",
                "benefits",
                "everyone got them",
                "england",
                "wales",
                "put your name down",
                "boarding",
                "still at school",
                "before 1980",
                "abroad",
                "did not take them",
                "not sure",
            ],
        ),
        (
            "degree",
            [
                "why we ask",
                "counts as a parent",
                "step-parent",
                "guardian",
                "raised you",
                "in care",
                "after you turned 18",
                "not 18 yet",
                "got no degree",
                "hnd",
                "foundation degree",
                "nursing or teaching certificate",
                "another country",
                "not sure",
                "has died",
            ],
        ),
    ],
)
def test_the_help_covers_the_lives_people_have_had(question: str, circumstances: list[str]) -> None:
    notes = WORDS.guidance.notes(question)
    help_text = " ".join(f"{note.title} {note.text}" for note in notes).lower()
    assert [circumstance for circumstance in circumstances if circumstance not in help_text] == []


def test_the_help_for_every_question_starts_with_why_it_is_asked() -> None:
    for question in QUESTIONS:
        assert WORDS.guidance.notes(question.id)[0].title == "Why we ask"


@pytest.mark.parametrize(
    ("question", "title", "said"),
    [
        (
            "occupation",
            "If they worked for themselves",
            "choose the kind of work: a plumber is in “Technical",
        ),
        ("occupation", "If they worked for themselves", "up to 24 workers, choose “Small business owners”"),
        ("occupation", "If they worked for themselves", "more, choose “Senior, middle or junior managers"),
        ("occupation", "If you were in care", "“Other” is fine. So is “I prefer not to say”"),
        ("occupation", "If you came from another country", "where you were at about age 14"),
        ("school", "Schools with no fees", "if there were no fees"),
        ("school", "If you were taught at home", "“I don’t know” is the closest"),
        ("meals", "If everyone got them", "Choose “no”"),
        ("meals", "If you did not take them", "choose “yes”"),
        ("meals", "If you lived at a boarding school", "do not count"),
        ("degree", "What counts as a degree?", "If that was all they had, choose “no”"),
    ],
)
def test_the_help_names_the_answer_that_counts_right(question: str, title: str, said: str) -> None:
    notes = {note.title: note.text for note in WORDS.guidance.notes(question)}
    assert said in notes[title]


def test_no_answer_is_called_a_good_one() -> None:
    assert [key for key, text in all_texts() if "good answer" in text] == []


# Fit


def test_the_longest_welcome_leaves_room_for_buttons_on_a_screen_of_60_by_20() -> None:
    shown = [WORDS.welcome.heading, *passages()["welcome (all questions)"][1:]]
    rows = sum(len(textwrap.wrap(fill(text), width=56)) for text in shown)
    assert rows <= 12


def test_no_line_of_the_welcome_is_long() -> None:
    assert len(WORDS.welcome.heading) <= 50
    for text in texts_of(WORDS.welcome):
        assert len(fill(text)) <= 110


def test_the_hint_and_the_practice_banner_fit_one_line() -> None:
    assert len(WORDS.question.hint) <= 56
    assert len(WORDS.practice.banner) <= 56


# Form


def test_every_placeholder_is_one_that_the_program_fills_in() -> None:
    for key, text in all_texts():
        named = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        assert named == PLACEHOLDERS.get(key, set()), key
    assert set(PLACEHOLDERS) <= dict(all_texts()).keys()
    assert set().union(*PLACEHOLDERS.values()) == FILLED_IN.keys()


def test_the_words_say_which_language_they_are_in() -> None:
    assert isinstance(WORDS, Words)
    assert (WORDS.language, WORDS.name) == ("en", "English")
