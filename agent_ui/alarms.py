"""What alarms are called: sentences for what is wrong with the house, and words for the kinds of alarms."""

from collections.abc import Iterable
from typing import ClassVar, get_args

from agent_ui.catalogue import mark as _
from agent_ui.catalogue import translations
from agent_ui.models.alarms import AlarmKind
from agent_ui.models.codes import Digits, Locale
from agent_ui.models.common import Reason
from agent_ui.times import shape

ALARMS = {
    "alarm_source_failing": _("%(account)s has not worked since %(since_at)s"),
    "alarm_source_silent": _(
        "Nothing has come in through %(account)s since %(since_at)s, which is unusual"
    ),
    "alarm_quarantine": _("In quarantine at %(account)s: %(count)s"),
    "alarm_mail_withheld": _("Mails that the server of %(account)s does not hand out: %(count)s"),
    "alarm_answers_stopped": _(
        "%(account)s answered so much by itself that its automatic answers were stopped"
    ),
    "alarm_backlog": _("Come in through %(account)s and not yet read: %(count)s"),
    "alarm_entry_old": _("What came in through %(account)s at %(since_at)s is still in no ticket"),
    "alarm_not_leaving": _("Answers that do not leave by %(account)s: %(count)s"),
    "alarm_delivery_failed": _("An answer on ticket %(number)s could not be sent"),
    "alarm_rated_low": _(
        "The contact of ticket %(number)s was not satisfied and says why: %(score)s"
    ),
    "alarm_disk": _("The disk is nearly full: %(percent)s%% are free"),
    "alarm_clock_check": _(
        "The nightly check found clocks that are not what their events say: %(count)s"
    ),
    "alarm_scheduler_down": _(
        "Promises were not watched from %(from_at)s to %(until_at)s; broken meanwhile: %(breaches)s"
    ),
    "alarm_topic_model_damaged": _(
        "What was learnt about topics is missing or damaged; words and rules decide until it is learnt again"
    ),
    "alarm_terms_followed": _(
        "The changed terms of %(terms)s hold for open tickets, too: %(count)s; newly late: %(breaches)s"
    ),
    "alarm_hours_followed": _(
        "Other working hours hold for open tickets, too: %(count)s; newly late: %(breaches)s"
    ),
    "alarm_day_unconfirmed": _(
        "The day of %(occasion)s in %(calendar)s is not yet confirmed; it begins %(day)s"
    ),
    "alarm_clock_back": _("The machine’s clock went back by %(minutes)s min"),
    "alarm_worker_silent": _("The worker has given no sign of life since %(since_at)s"),
    "alarm_nobody_found": _("Nobody can be found in %(team)s for waiting tickets: %(count)s"),
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
NOT_SENT = {
    "no_connection": _("The other side could not be reached"),
    "connection_broke": _("The connection broke off"),
    "no_such_name": _("There is no such name"),
    "private_address": _("The name leads into our own network, which is not allowed"),
    "secret_unreadable": _("The stored secret cannot be read with the present key"),
    "switched_off": _("It has been switched off"),
    "account_off": _("The account that sends alarms is switched off"),
    "answered_status": _("The other side answered with status %(status)s"),
}
REFUSED = {
    "url_not_https": _("The address must begin with https://"),
    "url_unreadable": _("This is not an address that can be called"),
    "secret_too_short": _("Between 16 and 200 characters"),
    "nothing_chosen": _("Choose at least one"),
    "too_many": _("There are too many already"),
    "account_cannot_send": _("This account cannot send"),
    "no_alarm_account": _("No account sends alarms yet"),
    "always_quiet": _("These hours never end. To hear of nothing, choose nothing above"),
}
SENTENCES = ALARMS | NOT_SENT | REFUSED


class AlarmWords:
    """What a reader is told of alarms."""

    locale: Locale
    digits: Digits

    alarm_kinds: ClassVar[tuple[AlarmKind, ...]] = get_args(AlarmKind)

    def told(self, promises: int, alarms: int, messages: int = 0) -> str:
        """Say what a notice is about."""
        ngettext = translations(self.locale).ngettext
        said = []
        if messages:
            text = ngettext("%(num)s message to the team", "%(num)s messages to the team", messages)
            said.append(text % {"num": shape(f"{messages:,}", self.digits)})
        if promises or not (alarms or messages):
            text = ngettext("%(num)s promise", "%(num)s promises", promises)
            said.append(text % {"num": shape(f"{promises:,}", self.digits)})
        if alarms:
            said.append(self.alarm_count("trouble", alarms))
        return self._listed(said)

    def alarm_counts(self, counts: Iterable[tuple[AlarmKind, int]]) -> str:
        """Say how much of each kind there is."""
        return self._listed(self.alarm_count(kind, count) for kind, count in counts if count)

    def alarm_count(self, kind: AlarmKind, count: int) -> str:
        """Say how much there is of one kind."""
        ngettext = translations(self.locale).ngettext
        match kind:
            case "warning":
                said = ngettext("%(num)s promise is close", "%(num)s promises are close", count)
            case "breach":
                said = ngettext("%(num)s promise broken", "%(num)s promises broken", count)
            case "escalation":
                said = ngettext("%(num)s escalation", "%(num)s escalations", count)
            case _:
                said = ngettext("%(num)s system alarm", "%(num)s system alarms", count)
        return said % {"num": shape(f"{count:,}", self.digits)}

    def _listed(self, parts: Iterable[str]) -> str:
        return ("، " if self.locale == "ar" else ", ").join(parts)


def not_sent(code: str) -> Reason:
    """Return why a message did not arrive; another system's answer is a number."""
    return Reason("answered_status", {"status": code}) if code.isdecimal() else Reason(code)
