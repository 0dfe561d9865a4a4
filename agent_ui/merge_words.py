"""What is said about merging and splitting: lines between the messages, and why it cannot be done."""

from agent_ui.catalogue import mark as _

EVENTS = {
    "ticket_merged": _("Merged into %(ticket)s"),
    "ticket_took_over": _("%(ticket)s was merged into this ticket"),
    "merge_undone": _("No longer merged into %(ticket)s"),
    "ticket_gave_back": _("%(ticket)s is a ticket of its own again"),
    "message_split": _("A message became %(ticket)s"),
    "split_off": _("Split off from %(ticket)s"),
}
REASONS = {
    "merge_nothing_chosen": _("Choose the ticket first, or write its number"),
    "merged_into_itself": _("This is the same ticket. Choose another one"),
    "merge_target_closed": _("%(ticket)s is closed. Choose one that is still open"),
    "merged_too_many": _("At most %(limit)s tickets can stand in one conversation"),
    "not_merged": _("This is undone already"),
    "only_message": _("This is the only message of its ticket, so nothing would stay"),
    "not_split": _("Only a message of a citizen can become a ticket of its own"),
    "merged_meanwhile": _(
        "This ticket was merged meanwhile. The conversation goes on in %(ticket)s; say it there"
    ),
    "merge_busy": _("Too many people are searching just now. Write the number of the ticket"),
}
