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
LOW, SATISFIED = 2, 4
"""Up to here somebody was not satisfied, and from here on they were."""
FEW = 5
"""With fewer answers than this no share and no mean is told: one person more would change it altogether."""
