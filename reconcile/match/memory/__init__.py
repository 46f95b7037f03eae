"""What a full run leaves for the next: so that this one looks only at what has changed, and at its neighbours."""

from reconcile.match.memory.again import Again, Decided, Near, again, as_decided, link_again
from reconcile.match.memory.changed import MOST_CHANGED, Changed, Sides, changed, marks
from reconcile.match.memory.files import Forgotten, decided_in, load, program, save, save_links
from reconcile.match.memory.remember import DECIDED, INNER, LISTED, Keys, Memory, remember

__all__ = [
    "DECIDED",
    "INNER",
    "LISTED",
    "MOST_CHANGED",
    "Again",
    "Changed",
    "Decided",
    "Forgotten",
    "Keys",
    "Memory",
    "Near",
    "Sides",
    "again",
    "as_decided",
    "changed",
    "decided_in",
    "link_again",
    "load",
    "marks",
    "program",
    "remember",
    "save",
    "save_links",
]
