"""Review that teaches: which pairs to ask a person about, what the answers change, and what a sampled review says of quality."""

from reconcile.match.teaching.answers import ANSWERS, decided, pinned
from reconcile.match.teaching.learning import Lesson, Taught, Trial, taught
from reconcile.match.teaching.questions import QUESTIONS, queue
from reconcile.match.teaching.surveying import Quality, Share, Survey, survey

__all__ = [
    "ANSWERS",
    "QUESTIONS",
    "Lesson",
    "Quality",
    "Share",
    "Survey",
    "Taught",
    "Trial",
    "decided",
    "pinned",
    "queue",
    "survey",
    "taught",
]
