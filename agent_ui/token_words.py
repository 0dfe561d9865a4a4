"""What tokens of the API open, how they stand, and why one could not be made."""

from collections.abc import Mapping

from agent_ui.catalogue import mark as _

SETS: Mapping[str, Mapping[str, str]] = {
    "scope": {
        "reports:read": _("Read figures: the wall and reports"),
        "tickets:read": _("Read tickets and conversations"),
        "tickets:write": _("Answer, note and change tickets"),
    },
    "token": {
        "good": _("In use"),
        "revoked": _("Revoked"),
        "expired": _("Its time is over"),
        "ended": _("Ended with its person’s role or password"),
    },
}
REASONS = {
    "token_scopes": _("Choose what it may do"),
    "token_days": _("A token lasts between 1 and %(limit)s days"),
    "token_nobody": _("Nobody with this address may sign in"),
    "token_not_supervisor": _("Only supervisors and administrators read figures"),
    "token_made": _(
        "This form was sent before, and its token was shown then. If you did not copy it, revoke it and make another."
    ),
    "token_too_many": _("This person has too many tokens already. Revoke one first."),
}
