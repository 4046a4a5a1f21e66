"""What the stages of the apprenticeship journey, and the questions to choose from, mean: each in a few words."""

from storage.events import Stage
from storage.settings import Questions

STAGE_WORDS: dict[Stage, str] = {
    "outreach": "who comes to your event",
    "applicants": "who applies",
    "starts": "who begins an apprenticeship",
    "make-up": "all your apprentices now",
    "levels": "who trains at which level",
    "functional skills": "who completes Functional Skills",
    "completion": "who completes the apprenticeship",
    "progression": "who moves on afterwards",
}


QUESTIONS: dict[Questions, str] = {"all": "All four questions", "key": "Only the key question, about occupation"}


def explained(stage: Stage) -> str:
    """A stage and what it means: “Outreach: who comes to your event”."""
    return f"{stage.capitalize()}: {STAGE_WORDS[stage]}"
