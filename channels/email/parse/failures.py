"""Non-delivery told in prose: the many servers that never heard of RFC 3464."""

import re
from dataclasses import replace

from channels.email.parse import limits, reports
from channels.email.parse.head import Head
from channels.message import BouncedRecipient

DAEMON = (
    "mailer-daemon", "mailer daemon", "mailerdaemon", "mail-daemon", "mail daemon", "maildaemon",
    "postmaster", "post-master", "post_master", "mdaemon", "bounce", "mail deliver", "mail-system@",
    "delivery subsystem", "delivery system", "mailer administrator", "mail administrator", "mail system",
    "mailer system", "mail transfer", "mail router", "mailadmin", "mail-admin",
    "microsoft exchange", "exchange server", "exchange329", "symantec messaging",
    "no-reply@sns", "noreply-dmarc", "no-reply@amazonses", "no-reply@receivingses",
    "do-not-reply@sendgrid", "系统管理", "メール配信", "メールシステム",
)  # fmt: skip
SUBJECT = re.compile(
    r"(?:undeliver(?:ed|able)|undelivered mail|returned (?:mail|e-?mail|to sender)|return receipt"
    r"|mail delivery (?:fail|problem|error|system|status)|delivery (?:status|failure|report|error|has failed)"
    r"|delivery[ -]status|delivery notification|fail(?:ed|ure) (?:notice|delivery|notification|to deliver)"
    r"|failure delivering|could ?n[o']t (?:be )?deliver|could not deliver|not delivered|unable to deliver"
    r"|mail (?:could not|couldn't|not) (?:be )?deliver|mail system error|message (?:you sent )?blocked"
    r"|warning: (?:could not send|message)|mail[ -]?error|nondeliverable|non[ -]?delivery|bounced?\b"
    r"|rejected|delayed|still being retried|user unknown|unknown user|unzustellbar|unrouteable"
    r"|nicht zustellbar|zustellung|non remis|échec de (?:la )?(?:remise|distribution)|impossible de remettre"
    r"|no se (?:puede|pudo) entregar|devuelto|mancata consegna|impossibile recapitare|iletilemedi"
    r"|teslim edileme|недоставлен|не (?:было |удалось )доставлен|возвращ|退信|無法(?:傳送|投遞)|系统退信|配信不能"
    r"|配信エラー|エラー|تعذر (?:ال)?تسليم|لم يتم تسليم|فشل (?:في )?(?:ال)?تسليم|unable to send|problem delivering"
    r"|email (?:could|not)|message (?:not|status|delivery)|undeliver|mail failure|dead letter|onbestelbaar"
    r"|posta teslim|retourné|niet (?:worden )?(?:be)?zorgd|kunde inte levereras|ikke lever(?:es|et|t)"
    r"|غير قابل للتسليم|لم (?:ت|يت)م?سل[يّ]م|não (?:foi )?entregue|falha na entrega|non recapitabil"
    r"|niedostarczaln|nie można dostarczyć|nedoručiteln|kézbesíthetetlen|ei voi(?:tu|da) toimittaa"
    r"|toimitus epäonnistui|kan inte leverera|nu (?:a fost|poate fi) livrat|nije isporučen|не доставлено"
    r"|αδύνατη η παράδοση|δεν παραδόθηκε|לא ניתן למסור|未送达|无法送达|未傳遞|未配達|배달되지|반송"
    r"|تحویل ناموفق|تحویل داده نشد|gagal (?:ter)?kirim|tidak terkirim|không gửi được|ส่งไม่สำเร็จ)",
    re.IGNORECASE,
)
PROSE = re.compile(
    r"(?:could ?n[o']t be delivered|could not be (?:delivered|sent)|unable to deliver|not able to deliver"
    r"|undeliverable|not (?:be |been )?delivered|was(?:n't| not) delivered|delivery (?:has |to the following \w+ )?"
    r"failed|failed (?:permanently|recipients?|addresses)|permanent (?:fatal )?error|fatal errors|user unknown"
    r"|unknown user|no such user|mailbox (?:is )?(?:full|unavailable|not found|does not exist)|over ?quota"
    r"|quota exceeded|recipient (?:address )?(?:rejected|unknown)|does(?:n't| not) exist|transcript of session"
    r"|delivery temporarily suspended|delivery (?:is |was |has been )?delayed|has not (?:yet )?been delivered"
    r"|returned (?:to you|below|message)|bounced|rejected (?:your|the|by)|didn'?t reach|did not reach"
    r"|couldn't be found|wasn't found|host unknown|unrouteable|retry (?:time|timeout)|message (?:has|was) "
    r"(?:been )?(?:rejected|blocked|returned)|message you sent|i'm afraid i wasn't able|giving up on it"
    r"|cannot be delivered|cannot deliver|can't be delivered|address(?:es)? failed|mail(?:box)? system"
    r"|unzustellbar|zugestellt werden|n'a pas pu|no (?:se )?pudo entregar|配信|無法|退信|تعذر|لم يتم تسليم"
    r"|undelivered|unreachable|delivering your|delivery attempts|unable to (?:relay|send)|失敗|エラー|送信できません"
    r"|non è stato possibile|iletilemedi|teslim başarısız|не (?:может|было|удалось)|فشل (?:ال)?تسليم"
    r"|falha na entrega|não (?:foi|pôde ser) entregue|recapito non riuscito|nie można dostarczyć"
    r"|nem (?:sikerült|lehet) kézbesíteni|toimitus epäonnistui|kunde inte leverer|kunne ikke lever"
    r"|échec de la remise|fehler bei der nachrichtenzustellung|mislukt|nu a putut fi livrat)",
    re.IGNORECASE,
)
ORIGINAL = re.compile(
    r"^[ \t]*(?:[-_=*+<>#]{2,}.{0,60}(?:original|returned message|copy of|header|unsent|"
    r"(?:message|mail|undelivered).{0,30}(?:follows|below|text)).*"
    r"|.{0,60}\b(?:original message|your message|copy of (?:the|your) \w+|message headers?"
    r"|returned message|headers? of the \w+)\b.{0,40}(?:follows?|below|attached|here|:)[ \t]*[:.]*"
    r"|received: .*|return-path: .*|message-id: .*)$",
    re.IGNORECASE | re.MULTILINE,
)
CODES = re.compile(r"(?<!\d)[45]\d\d[ -][45]\.\d\.\d")
DELAY = re.compile(
    r"(?:delayed|has not (?:yet )?been delivered|still (?:being )?(?:retr|try)|will (?:be retried|keep trying|retry"
    r"|continue)|do not need to resend|warning message only|not (?:need|have) to resend|temporar)",
    re.IGNORECASE,
)
# Words that say what happened where no code does; the status is what RFC 3463 would call it.
MEANINGS = tuple(
    (status, re.compile("|".join(words), re.IGNORECASE))
    for status, *words in (
        (
            "5.1.1",
            r"user(?:name)? (?:is )?unknown|unknown (?:user|recipient|address|or illegal alias)",
            r"no such (?:user|mailbox|recipient|address|account|person)|user not found",
            r"recipient (?:not found|unknown)|invalid (?:recipient|address|mailbox|user)",
            r"(?:account|mailbox|address|user|recipient) (?:does(?:n't| not) exist|not found)",
            r"(?:account|mailbox|address|user|recipient) (?:unavailable|invalid|not (?:known|listed))",
            r"no mailbox here|not listed in|couldn't be found|unrouteable address|doesn't have a",
        ),
        (
            "5.2.2",
            r"mailbox (?:is )?full|over ?(?:the )?quota|quota (?:is )?exceeded|inbox is full",
            r"exceed(?:ed|s)? (?:the |his |its )?(?:storage|quota|mailbox)|mailbox size limit",
            r"not enough (?:storage|disk)|maildir over",
        ),
        (
            "5.2.1",
            r"(?:account|mailbox|user) (?:is |has been )?(?:disabled|inactive|suspended|closed)",
        ),
        (
            "5.3.4",
            r"too (?:large|big)|exceeds? (?:the )?(?:maximum|size|fixed)|message size|size limit",
        ),
        (
            "5.1.2",
            r"host (?:unknown|not found)|domain (?:not found|does not exist|unknown)|nxdomain",
            r"unknown host|name or service not known|no (?:mx|such (?:host|domain))",
        ),
        ("5.7.1", r"spam|blocked|black ?list|policy|denied|not permitted|refused|relaying|virus"),
        ("4.4.7", r"retry time(?:out)? (?:not reached|exceeded)|expired|timed? ?out|too long"),
        ("4.4.1", r"connection (?:refused|dropped)|no (?:route|answer)|unreachable|not respond"),
    )
)


def is_report(head: Head, text: str, *, encloses: bool) -> bool:
    """Want a daemon's name and one more sign, or an enclosed mail with every other sign."""
    if "x-failed-recipients" in head:
        return True
    sender = head.sender
    daemon = sender is not None and names_daemon(f"{sender.name or ''} {sender.address}")
    nobody = (head.text("return-path") or "").replace(" ", "") == "<>"
    if not daemon and not nobody and not encloses:
        return False
    start = text[: limits.REPORT_BYTES // 10]
    codes = CODES.search(start) is not None
    subject = SUBJECT.search(head.subject or "") is not None
    words = codes or PROSE.search(start) is not None
    if daemon:
        return subject or words
    # vacation notices come from nobody, too, and people write about bounces
    answers = (head.text("auto-submitted") or "").lower().startswith("auto-replied")
    if answers or (encloses and not nobody and "in-reply-to" in head):
        return False
    return codes if nobody and not subject else subject and words


def names_daemon(text: str) -> bool:
    lowered = text.lower()
    return any(name in lowered for name in DAEMON)


def is_delay(text: str) -> bool:
    return DELAY.search(text[:4000]) is not None


def recipients(head: Head, text: str) -> list[BouncedRecipient]:
    """Find who was not reached and why, above the copy of the original."""
    text = text[: limits.REPORT_BYTES]
    said = _above_original(text)
    if "final-recipient:" in said.lower():
        written_out = reports.delivery_status(said.encode("utf-8", "replace"))
        if written_out:
            return [refined(one, said) for one in written_out]
    answer = reports.answer(said)
    if answer.status is None and answer.code is None:
        answer = reports.answer(text)
    status = answer.status or meaning(said, answer.code)
    diagnostic = _line_with(said, answer)
    addresses = _addresses(head, said)
    action = "delayed" if is_delay(said) and not (status or "4").startswith("5") else "failed"
    if not addresses:
        return [BouncedRecipient(None, status, action, answer.code, diagnostic)]
    return [
        BouncedRecipient(address, status, action, answer.code, diagnostic)
        for address in addresses[: limits.RECIPIENTS]
    ]


def refined(one: BouncedRecipient, text: str) -> BouncedRecipient:
    """Fill what a report left empty or vague from a code in its words; words alone name no code."""
    if one.status and not one.status.endswith(".0.0"):
        return one
    said = _above_original(text[: limits.REPORT_BYTES])
    better = reports.answer(said).status
    if one.status is None:
        better = better or meaning(one.diagnostic or said, one.smtp_code)
    elif better is None or better[0] != one.status[0]:
        return one
    return replace(one, status=better)


def meaning(words: str, code: str | None) -> str | None:
    """Name the failure that the words describe, in the class the plain code gives."""
    for status, pattern in MEANINGS:
        if pattern.search(words):
            return status if code is None or code[0] not in "45" else code[0] + status[1:]
    return f"{code[0]}.0.0" if code and code[0] in "45" else None


def _above_original(text: str) -> str:
    found = ORIGINAL.search(text, 200 if len(text) > 400 else 0)
    return text[: found.start()] if found and found.start() > 20 else text


def _line_with(text: str, answer: reports.Said) -> str | None:
    needle = answer.status or answer.code
    if not needle:
        return None
    for line in text.split("\n"):
        if needle in line:
            return line.strip()[:500]
    return None


def _addresses(head: Head, text: str) -> list[str]:
    """List those the text names, but neither ourselves nor the daemon."""
    failed = reports.ADDRESS.findall(head.text("x-failed-recipients") or "")
    if failed:
        return list(dict.fromkeys(failed))
    not_them = {
        party.address.lower() for name in ("to", "from", "cc") for party in head.parties(name)
    }
    named = re.findall(
        r"(?im)^[ \t>]*(?:<|to:? ?<?|rcpt to:? ?<?|final-recipient:[^;]*; ?|recipient:? ?<?)?"
        rf"({reports.ADDRESS.pattern})>?[ \t]*(?::|$|\.\.\.|\()",
        text,
    )
    named += reports.ADDRESS.findall(text) if not named else []
    kept = [one for one in named if one.lower() not in not_them and not names_daemon(one)]
    return list(dict.fromkeys(kept))[:20]
