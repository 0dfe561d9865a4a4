"""Every path of the desk, for templates, handlers and redirects alike.

Constants in capitals are the patterns that handlers are registered with; functions build a link.
The reply, note and field forms of a ticket post to ``ticket_action(id, verb)``.
"""

from typing import Literal
from urllib.parse import quote, urlencode

Verb = Literal[
    "reply", "note", "take", "assign", "status", "topic", "priority", "team", "tags", "read",
    "contact_class",
]  # fmt: skip
DeliveryVerb = Literal["undo", "resend", "arrived"]
QuarantineVerb = Literal["retry", "ticket"]

HOME = "/"
SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
SET_UP = "/set-up/{token:str}"
INBOX = "/inbox/{view:str}"
RAIL = "/rail"
TICKET = "/tickets/{ticket_id:int}"
TICKET_ACTION = "/tickets/{ticket_id:int}/{verb:str}"
DELIVERY_ACTION = "/deliveries/{delivery_id:int}/{verb:str}"
ATTACHMENT = "/attachments/{attachment_id:int}"
MESSAGE_BODY = "/messages/{message_id:int}/body"
LIVE = "/live"
PRESENCE = "/presence"
PREFERENCES = "/preferences"
SIGNATURE = "/signature"
SUPERVISION = "/supervision"
OUTGOING = "/outgoing"
OUTGOING_MAIL = "/outgoing/{mail_id:int}"
OUTGOING_BODY = "/outgoing/{mail_id:int}/body"
QUARANTINE = "/quarantine"
QUARANTINE_ACTION = "/quarantine/{entry_id:int}/{verb:str}"
ASK_FOR_MAIL = "/quarantine/mails/{mail_id:int}/ask"
CHANNELS = "/channels"
ANSWER_AGAIN = "/channels/{account_id:int}/answer-again"
RECONCILIATION = "/reconciliation"
SEARCH = "/search"
RULES = "/rules"
RULE = "/rules/{rule_id:int}"
RULE_VERSION = "/rules/versions/{version_id:int}"
AUTOMATIC_TEXT = "/rules/texts/{text_id:int}"
TOPIC = "/topics/{topic_id:int}"
TOPIC_MODEL = "/topics/model"
ASSIGNMENT = "/assignment"
ASSIGNMENT_TEAM = "/assignment/teams/{team_id:int}"
ASSIGNMENT_AGENT = "/assignment/people/{user_id:int}"
DECLINE = "/tickets/{ticket_id:int}/decline"
MERGE = "/tickets/{ticket_id:int}/merge"
UNDO_MERGE = "/tickets/{ticket_id:int}/merge/undo"
SPLIT = "/messages/{message_id:int}/split"
SHIFTS = "/shifts"
SHIFT = "/shifts/people/{user_id:int}"
TEAM_HOURS = "/shifts/teams/{team_id:int}"
FAIRNESS = "/fairness"
FAIRNESS_FILE = "/fairness/shares.csv"
TERMS = "/promises"
CALENDAR = "/promises/calendars/{calendar_id:int}"
POLICY = "/promises/policies/{policy_id:int}"
NOTICES = "/notices"
NOTICE_ACTION = "/notices/{notice_id:int}/acknowledge"
NOTICE_BELL = "/notices/newest"
ALARMS = "/alarms"
ALARM_WAYS = "/alarms/ways"
WEBHOOK = "/alarms/webhooks/{webhook_id:int}"
WEBHOOK_TEST = "/alarms/webhooks/{webhook_id:int}/test"
ACCOUNTS = "/tickets/{ticket_id:int}/clocks"
BEHIND = "/supervision/tickets"
BULK = "/supervision/do"
REPORTS = "/reports"
REPORT_FILE = "/reports/{name:str}"
KNOWLEDGE = "/knowledge/{kind:str}"
KNOWLEDGE_PIECE = "/knowledge/{kind:str}/{piece_id:int}"
KNOWLEDGE_FORM = "/knowledge/{kind:str}/{piece_id:int}/edit"
HELP = "/tickets/{ticket_id:int}/help"
HELP_REPLIES = "/tickets/{ticket_id:int}/help/replies"
HELP_INSERT = "/tickets/{ticket_id:int}/help/insert"
RATING = "/portal/rating/{token:str}"
SATISFACTION = "/satisfaction"
ASKING = "/satisfaction/asking"
ASKING_TEAM = "/satisfaction/asking/teams/{team_id:int}"
API_TOKENS = "/api-tokens"
REVOKE = "/api-tokens/{token_id:int}/revoke"
API_DOCS = "/api/docs"
API_DESCRIPTION = "/api/docs/openapi.json"
STYLESHEET = "/app.css"
STATIC = "/static"


def _with(path: str, **query: str | int | None) -> str:
    kept = {key: value for key, value in query.items() if value is not None and value != ""}
    return f"{path}?{urlencode(kept)}" if kept else path


def set_up(token: str) -> str:
    return f"/set-up/{quote(token, safe='')}"


def inbox(
    view: str, *, after: str | None = None, status: str | None = None, tag: str | None = None
) -> str:
    return _with(f"/inbox/{quote(view, safe='')}", status=status, tag=tag, after=after)


def revoke_token(token_id: int) -> str:
    return f"/api-tokens/{token_id}/revoke"


def rule(rule_id: int | None) -> str:
    return f"/rules/{rule_id or 0}"


def rule_version(version_id: int) -> str:
    return f"/rules/versions/{version_id}"


def automatic_text(text_id: int | None) -> str:
    """Link to a text that rules answer with; none is a new one."""
    return f"/rules/texts/{text_id or 0}"


def rules_on(number: str) -> str:
    """Link to what the rules make of a ticket now."""
    return _with(RULES, ticket=number)


def topics(topic_id: int = 0) -> str:
    return f"/topics/{topic_id}"


def assignment_team(team_id: int) -> str:
    return f"/assignment/teams/{team_id}"


def assignment_agent(user_id: int) -> str:
    return f"/assignment/people/{user_id}"


def decline(ticket_id: int) -> str:
    return f"/tickets/{ticket_id}/decline"


def merge(ticket_id: int) -> str:
    """Link to where a ticket may be merged into another."""
    return f"/tickets/{ticket_id}/merge"


def undo_merge(ticket_id: int) -> str:
    return f"/tickets/{ticket_id}/merge/undo"


def split(message_id: int) -> str:
    return f"/messages/{message_id}/split"


def shifts(week: str | None = None) -> str:
    """Link to the shifts of the week that a day is in."""
    return _with(SHIFTS, week=week)


def shift(user_id: int) -> str:
    return f"/shifts/people/{user_id}"


def team_hours(team_id: int) -> str:
    return f"/shifts/teams/{team_id}"


def fairness(**days: str) -> str:
    return _with(FAIRNESS, **days)


def fairness_file(**days: str) -> str:
    return _with(FAIRNESS_FILE, **days)


def search(asked: str = "", *, older: bool = False, after: str | None = None) -> str:
    return _with(SEARCH, q=asked, older=1 if older else None, after=after)


def ticket(ticket_id: int, *, view: str | None = None, before: int | None = None) -> str:
    """Link to a ticket; ``view`` keeps the list it was opened from, ``before`` pages back."""
    return _with(f"/tickets/{ticket_id}", view=view, before=before)


def ticket_action(ticket_id: int, verb: Verb, *, view: str | None = None) -> str:
    return _with(f"/tickets/{ticket_id}/{verb}", view=view)


def delivery_action(delivery_id: int, verb: DeliveryVerb) -> str:
    return f"/deliveries/{delivery_id}/{verb}"


def attachment(attachment_id: int) -> str:
    return f"/attachments/{attachment_id}"


def message_body(message_id: int, *, images: Literal["remote"] | None = None) -> str:
    return _with(f"/messages/{message_id}/body", images=images)


def outgoing(*, after: str | None = None) -> str:
    return _with(OUTGOING, after=after)


def outgoing_mail(mail_id: int) -> str:
    return f"/outgoing/{mail_id}"


def outgoing_body(mail_id: int) -> str:
    return f"/outgoing/{mail_id}/body"


def quarantine(*, after: str | None = None) -> str:
    return _with(QUARANTINE, after=after)


def quarantine_action(entry_id: int, verb: QuarantineVerb) -> str:
    return f"/quarantine/{entry_id}/{verb}"


def ask_for_mail(mail_id: int) -> str:
    return f"/quarantine/mails/{mail_id}/ask"


def calendar(calendar_id: int) -> str:
    """Link to a calendar's form; 0 is a new one."""
    return f"/promises/calendars/{calendar_id}"


def policy(policy_id: int) -> str:
    """Link to a policy's form; 0 is a new one."""
    return f"/promises/policies/{policy_id}"


def acknowledge(notice_id: int) -> str:
    return f"/notices/{notice_id}/acknowledge"


def webhook(webhook_id: int) -> str:
    """Link to a webhook's form; 0 is a new one."""
    return f"/alarms/webhooks/{webhook_id}"


def webhook_test(webhook_id: int) -> str:
    return f"/alarms/webhooks/{webhook_id}/test"


def accounts(ticket_id: int) -> str:
    """Link to how each promise of a ticket was reckoned, line by line."""
    return f"/tickets/{ticket_id}/clocks"


def behind(measure: str, **by: str | int | None) -> str:
    """Link to the tickets behind a figure, as in ``behind("late", team=3)``."""
    return _with(BEHIND, measure=measure, **by)


def reports(**by: str | int | None) -> str:
    return _with(REPORTS, **by)


def report_file(name: str, **by: str | int | None) -> str:
    return _with(f"/reports/{name}", **by)


def rating(token: str, **asked: str | int | None) -> str:
    """Link to the page on which a citizen says how it went."""
    return _with(f"/portal/rating/{token}", **asked)


def satisfaction(**by: str | int | None) -> str:
    """Link to what citizens said of how it went, as in ``satisfaction(low=1, team=3)``."""
    return _with(SATISFACTION, **by)


def asking_team(team_id: int) -> str:
    return f"/satisfaction/asking/teams/{team_id}"


def knowledge(
    kind: str, *, asked: str = "", archived: bool = False, gone: int | None = None
) -> str:
    """Link to the canned replies or the articles; ``gone`` offers to bring back what was just archived."""
    return _with(f"/knowledge/{kind}", q=asked, archived=1 if archived else None, gone=gone)


def knowledge_piece(kind: str, piece_id: int) -> str:
    return f"/knowledge/{kind}/{piece_id}"


def knowledge_form(kind: str, piece_id: int) -> str:
    """Link to a piece's form; 0 is a new one."""
    return f"/knowledge/{kind}/{piece_id}/edit"


def help_with(ticket_id: int) -> str:
    """Link to what may help with the answer to a ticket."""
    return f"/tickets/{ticket_id}/help"


def help_replies(ticket_id: int) -> str:
    return f"/tickets/{ticket_id}/help/replies"


def help_insert(ticket_id: int) -> str:
    return f"/tickets/{ticket_id}/help/insert"


def answer_again(account_id: int) -> str:
    return f"/channels/{account_id}/answer-again"


def static(path: str, *, version: str = "") -> str:
    return _with(f"{STATIC}/{path}", v=version)


def scripts(version: str) -> str:
    """Name the folder of the browser code, which changes as a whole."""
    return f"{STATIC}/js-{version}"


def stylesheet(version: str) -> str:
    return _with(STYLESHEET, v=version)
