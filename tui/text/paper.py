"""What staff read while they enter paper sheets, on the screen and in lines."""

from content.survey import Question
from storage.kiosk.batch import least_sheets
from storage.kiosk.groups import GROUP
from storage.text import counted
from tui.sheet import NO_ANSWER, Sheet, Step

HEADING = "Enter paper sheets"
UNREADABLE = "No mark, several marks, or not readable"
RULE = (
    f"Type the number that is marked. Type {NO_ANSWER} where nothing is marked, several answers are, or you cannot "
    "read it: that is kept as “prefer not to say”. Where one of two marks is crossed out, the other one counts. "
    "Never guess."
)
SHUFFLE = "Shuffle all the sheets first, face down: their order must not show who handed one in, or when."
ALONE = (
    "You will see answers. Let nobody look on, and name them to nobody. Whoever collected the sheets should not enter "
    "them."
)
SAME = "Sheets in large print are entered the same way."


KEEP, LEAVE = "keep", "leave"
"""What is typed in lines to keep all sheets, and to leave."""
LINES = (
    "What you type stays unseen. Each digit is one answer, and you can type all answers of a sheet in one line. "
    "? reads out what can be answered, b goes back."
)
SHUFFLED_PROMPT = (
    f"Are they shuffled? 1: yes, I enter each sheet twice. 2: yes, I check each sheet. {LEAVE}: enter none. > "
)
PROMPT = f"Digits, Enter, ?, b, {KEEP} or {LEAVE} > "
NOT_TAKEN = "That is not an answer here, so nothing of it was taken."
KEEPING = "Keeping all sheets…"
FINISH_FIRST = "Enter this sheet to its end first, or go back to its beginning."


def introduction(waiting: int, minutes: int) -> tuple[str, ...]:
    """What to know before, with these people waiting to be counted and these minutes until staff screens lock."""
    return SHUFFLE, ALONE, RULE, needed(waiting), wiped_if(minutes), SAME


def needed(waiting: int) -> str:
    """How many sheets it takes, with these people waiting to be counted."""
    waits = waiting % GROUP
    beside = f", because {counted(waits, 'person waits', 'people wait')} to be counted with them" if waits else ""
    return (
        f"Enter at least {counted(least_sheets(waiting), 'sheet', 'sheets')} in one go{beside}. "
        "If you have fewer, collect more first."
    )


def wiped_if(minutes: int) -> str:
    """What becomes of sheets that are not kept, with these minutes until staff screens lock."""
    return (
        "Nothing is written to the disk until you keep them all at the end. If you leave before, or nobody touches "
        f"the laptop for {minutes} minutes, or it stops, all that was entered is wiped, and those sheets must be "
        "entered again."
    )


def entered(sheets: int) -> str:
    """How many sheets would be wiped."""
    return f"{counted(sheets, 'sheet', 'sheets')} entered"


def wiped(sheets: int) -> str:
    """What was lost."""
    return (
        f"{counted(sheets, 'paper sheet was', 'paper sheets were')} entered and not kept. "
        f"{'It is' if sheets == 1 else 'They are'} wiped, and must be entered again."
    )


def leaving(sheets: int) -> str:
    """What would be lost."""
    return (
        f"{counted(sheets, 'sheet that was entered is', 'sheets that were entered are')} not kept yet. "
        f"If you leave now, {'it is' if sheets == 1 else 'they are'} wiped and must be entered again."
    )


def keeping(sheets: int) -> str:
    """What to look at before all are kept."""
    return (
        f"Count the pile: it should be {counted(sheets, 'sheet', 'sheets')}. If there are more, cancel, and enter what "
        "is missing. If there are fewer, one was entered twice: cancel, leave, and begin again. They are kept in no "
        "order, as all responses are. This cannot be undone."
    )


def kept(sheets: int, *, practice: bool) -> str:
    """What was done, and what to do with the sheets."""
    if practice:
        return f"{counted(sheets, 'paper sheet is', 'paper sheets are')} entered. This was practice: nothing is kept."
    return (
        f"{counted(sheets, 'paper sheet is', 'paper sheets are')} kept with the other responses. Do not enter them "
        "again: put them where your organisation destroys such papers. If you gave out more than came back, tell the "
        "office how many: those people came too."
    )


def once_more(word: str) -> str:
    """How to say in lines that it is meant."""
    return f"Type {word} once more to do it, or Enter to go on as before > "


def uncounted(sheets: int) -> str:
    """Who stays out of this laptop's counts as the program ends."""
    return (
        f"{counted(sheets, 'of them is', 'of them are')} too few for a group of ten, and not in this laptop’s counts: "
        "the office counts everybody."
    )


def result(sheets: int, lost: int, *, practice: bool) -> str:
    """How it ended: what was kept or lost, and nothing where nothing was entered."""
    if sheets:
        return kept(sheets, practice=practice)
    return wiped(lost) if lost else ""


def place(sheet: Sheet, sheets: int) -> str:
    """Which sheet and question it is, with so many sheets entered before."""
    number, total = sheet.position + 1, len(sheet.survey.questions)
    match sheet.step:
        case Step.CHECK | Step.DONE:
            where = "look it through"
        case Step.SECOND:
            where = f"question {number} of {total}, second time"
        case Step.FIRST if sheet.twice:
            where = f"question {number} of {total}, first time"
        case _:
            where = f"question {number} of {total}"
    return f"Sheet {sheets + 1}, {where}"


def to_do(sheet: Sheet) -> str:
    """What to do now."""
    match sheet.step:
        case Step.CHECK:
            return "Is this what the sheet says? Enter: yes, next sheet. A number: change that answer."
        case Step.SECOND if not sheet.again:
            return "Now the same sheet again, from the first question."
        case Step.DIFFERENT:
            first, then = sheet.differing
            return f"You typed {first} and then {then}. Look at the sheet and type what it says."
        case Step.FIRST if not sheet.codes:
            return "Take the next sheet. Type the number that is marked, or 0."
        case _:
            return "Type the number that is marked, or 0."


def answers(sheet: Sheet) -> list[str]:
    """The answers of a sheet to look through, one a line."""
    return [_answer(question, code) for question, code in zip(sheet.survey.questions, sheet.codes, strict=False)]


def _answer(question: Question, code: int) -> str:
    return f"Number {code}: {question.option(code).label}"
