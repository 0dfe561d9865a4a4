"""What the five points of a rating are called, best first."""

from agent_ui.catalogue import mark as _

SCORES = (5, 4, 3, 2, 1)
SCORE = {
    "5": _("Very good"),
    "4": _("Good"),
    "3": _("Acceptable"),
    "2": _("Poor"),
    "1": _("Very poor"),
}
LOW = 2
"""Up to here somebody was not satisfied."""
