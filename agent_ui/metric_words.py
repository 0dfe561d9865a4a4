"""What each figure of the wall and the reports is called, and what it means: shown as help beside the figures.

The ids are those of ``server.supervision.metrics``, which says how each is counted.
"""

from agent_ui.catalogue import mark as _

METRIC = {
    "late_now": _("Late now"),
    "due_soon": _("Due within the hour"),
    "due_later": _("Due later today"),
    "unassigned": _("Unassigned"),
    "open_now": _("Open"),
    "waiting_longest": _("Waiting longest"),
    "not_leaving": _("Answers that are not leaving"),
    "kept": _("Kept"),
    "broken": _("Late"),
    "attainment": _("Share kept"),
    "open_time": _("Working time"),
    "elapsed_time": _("Elapsed time"),
    "opened": _("Tickets opened"),
    "resolved": _("Resolved"),
    "reopened": _("Reopened"),
    "merged": _("Merged into others"),
    "reopen_rate": _("Reopen rate"),
    "reassigned": _("Reassigned"),
    "arrived": _("Arrived"),
    "answered": _("Answered"),
    "asked": _("Asked how it went"),
    "rated": _("Answers on how it went"),
    "satisfied": _("Satisfied"),
    "unsatisfied": _("Not satisfied"),
    "mean_score": _("Mean of the points"),
    "backlog_age": _("Open now, by age"),
}
MEANING = {
    "late_now": _("Open tickets whose nearest promise is past its due time at this moment."),
    "due_soon": _("Open tickets whose nearest promise falls due within the next hour."),
    "due_later": _(
        "Open tickets whose nearest promise falls due after the next hour and before the day ends."
    ),
    "unassigned": _("Open tickets that nobody has."),
    "open_now": _("Tickets that are new, open, pending or on hold."),
    "waiting_longest": _("Contacts who spoke last, by how long they have waited for an answer."),
    "not_leaving": _("Answers that should have left more than 15 minutes ago and have not."),
    "kept": _(
        "Promises kept in time. A promise counts on the day on which it was kept or broken, whichever came first."
    ),
    "broken": _("Promises that were broken, also those that were made good afterwards."),
    "attainment": _("Promises kept out of all that were kept or broken."),
    "open_time": _(
        "Time during which the promise’s calendar was open and its clock ran. "
        "Median and 9 of 10 are right within 2%."
    ),
    "elapsed_time": _(
        "Time from the start of a promise until it was fulfilled, with nights, holidays and pauses."
    ),
    "opened": _("Tickets that were created."),
    "resolved": _(
        "How often tickets were resolved or closed; one that comes back and is resolved again counts twice."
    ),
    "reopened": _("How often resolved or closed tickets were opened again."),
    "merged": _("Open tickets that were merged into others, less those whose merge was undone."),
    "reopen_rate": _("Reopened for every hundred resolved."),
    "reassigned": _(
        "How often tickets went from one person to another; being handed out or given back does not count."
    ),
    "arrived": _("Messages from contacts, without automatic mail."),
    "answered": _(
        "Answers that people wrote and did not undo. By agent, an answer is its writer’s."
    ),
    "asked": _("Contacts who were asked how it went, on the day of the mail."),
    "rated": _(
        "Contacts who said how it went, on the day of their first answer. By agent, it is who has the ticket."
    ),
    "satisfied": _(
        "Answers of 4 or 5 points out of all. Of fewer than 5 answers no share is told."
    ),
    "unsatisfied": _("Answers of 1 or 2 points."),
    "mean_score": _("The mean of 1 to 5 points. Of fewer than 5 answers none is told."),
    "backlog_age": _("Open tickets by the time since they were created."),
}
