"""What people read in their own mailbox."""

from agent_ui.mail.acknowledgement import render_acknowledgement
from agent_ui.mail.alarm import render_alarm
from agent_ui.mail.answer import render_answer
from agent_ui.mail.rating import rating_words, render_rating

__all__ = [
    "rating_words",
    "render_acknowledgement",
    "render_alarm",
    "render_answer",
    "render_rating",
]
