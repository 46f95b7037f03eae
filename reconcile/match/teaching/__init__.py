"""Review that teaches: which pairs to ask a person about, what the answers change, and what a sampled review says of quality."""

from reconcile.match.teaching.answers import ANSWERS, decided, pinned
from reconcile.match.teaching.learning import Lesson, Taught, Trial, taught
from reconcile.match.teaching.questions import QUESTIONS, queue

__all__ = ["ANSWERS", "QUESTIONS", "Lesson", "Taught", "Trial", "decided", "pinned", "queue", "taught"]
