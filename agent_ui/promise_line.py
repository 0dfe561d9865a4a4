"""What a row of promises says, in one go: pages show hundreds of them."""

from typing import NamedTuple

from agent_ui import urls
from agent_ui.models.supervision import Promise
from agent_ui.reader import Reader


class PromiseLine(NamedTuple):
    """The words and marks of one row; ``urgency``, ``share`` and ``soon`` are those of ``agent_ui.due``."""

    link: str
    due_at: str
    urgency: str
    share: int
    soon: int
    exact: str
    left: str
    channel: str
    subject_dir: str
    team: str
    target: str
    initials: str


def promise_line(view: Promise, reader: Reader) -> PromiseLine:
    """Return what a row says to this reader."""
    times, words = reader.times, reader.words
    due = reader.due(view.due_at, warn_at=view.warn_at)
    return PromiseLine(
        urls.ticket(view.id, view="late" if view.late else "all"),
        view.due_at.isoformat(),
        due.urgency,
        due.share,
        due.soon,
        times.exact(view.due_at),
        times.left(view.due_at),
        words.of("channel", view.channel),
        reader.dir_of(view.subject),
        words.name(view.team),
        words.of("target", view.target),
        words.initials(view.assignee.name) if view.assignee else "",
    )
