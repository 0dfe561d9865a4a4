"""What alarms are called: sentences for what is wrong with the house, and words for the kinds of alarms."""

from agent_ui.catalogue import mark as _

ALARMS = {
    "alarm_source_failing": _("%(account)s has not worked since %(since_at)s"),
    "alarm_source_silent": _(
        "Nothing has come in through %(account)s since %(since_at)s, which is unusual"
    ),
    "alarm_quarantine": _("In quarantine at %(account)s: %(count)s"),
    "alarm_backlog": _("Come in through %(account)s and not yet read: %(count)s"),
    "alarm_entry_old": _("What came in through %(account)s at %(since_at)s is still in no ticket"),
    "alarm_not_leaving": _("Answers that do not leave by %(account)s: %(count)s"),
    "alarm_delivery_failed": _("An answer on ticket %(number)s could not be sent"),
    "alarm_disk": _("The disk is nearly full: %(percent)s%% are free"),
    "alarm_clock_check": _(
        "The nightly check found clocks that are not what their events say: %(count)s"
    ),
    "alarm_scheduler_down": _(
        "Promises were not watched from %(from_at)s to %(until_at)s; broken meanwhile: %(breaches)s"
    ),
    "alarm_clock_back": _("The machine’s clock went back by %(minutes)s min"),
    "alarm_worker_silent": _("The worker has given no sign of life since %(since_at)s"),
    "alarm_webhook_failing": _("Alarms do not reach the webhook %(webhook)s"),
    "alarm_mail_failing": _("Alarms do not reach %(person)s by e-mail"),
}
KINDS = {
    "warning": _("a promise is about to be broken"),
    "breach": _("a promise has been broken"),
    "escalation": _("a broken promise is passed further up"),
    "trouble": _("something is wrong with the system"),
}
OUTCOMES = {
    "gathering": _("Being gathered"),
    "waiting": _("Waiting for the next try"),
    "sending": _("Being sent"),
    "sent": _("Sent"),
    "failed": _("Did not arrive"),
}
NOT_REACHED = {
    "timeout": _("The other side did not answer in time"),
    "no_connection": _("The other side could not be reached"),
    "connection_broke": _("The connection broke off"),
    "no_such_name": _("There is no such name"),
    "private_address": _("The name leads into our own network, which is not allowed"),
    "url_not_https": _("The address must begin with https://"),
    "url_unreadable": _("This is not an address that can be called"),
    "secret_unreadable": _("The stored secret cannot be read with the present key"),
    "switched_off": _("It has been switched off"),
    "account_off": _("The account that sends alarms is switched off"),
}
ANSWERED = _("The other side answered with status %(status)s")
