"""Write a mail of ours as bytes that relays leave alone; the same message gives the same bytes."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from html import escape
from urllib.parse import quote

from channels.message import File, Outbound, Party

CRLF = "\r\n"
LINE = 76
WORD_BYTES = 42  # 56 letters of base64, with their wrapping under the 75 that RFC 2047 allows
REFERENCES_CHARS = 900
RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa ha he ks ku ps sd ug ur yi".split())
DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
ATOM = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,60}/[A-Za-z0-9!#$&^_.+-]{1,100}")
ADDRESS = re.compile(r"[^\s<>(),;:\\\"\[\]@]+@[^\s<>(),;:\\\"\[\]@]+")
MESSAGE_ID = re.compile(r"[^\s<>]{1,500}")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}؟،؛]")


def compose(message: Outbound) -> bytes:
    """Give the complete mail; a ValueError names what cannot be sent at all."""
    headers = [
        ("From", _parties((message.sender,))),
        ("To", _parties(message.to)),
        ("Cc", _parties(message.cc)),
        ("Reply-To", _parties(message.reply_to)),
        ("Subject", _unstructured(message.subject, used=len("Subject: "))),
        ("Date", _date(message.date)),
        ("Message-ID", _id(message.message_id)),
        ("In-Reply-To", _id(message.in_reply_to) if message.in_reply_to else ""),
        ("References", _references(message.references)),
        ("Content-Language", _language(message.language)),
        ("Auto-Submitted", "auto-replied" if message.automatic else ""),
        ("X-Auto-Response-Suppress", "All" if message.automatic else ""),
        ("MIME-Version", "1.0"),
    ]
    head = "".join(f"{name}: {value}{CRLF}" for name, value in headers if value)
    return (head + _body(message)).encode("utf-8")


def direction(language: str) -> str:
    """Say which way a language is read."""
    return "rtl" if language.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def _body(message: Outbound) -> str:
    """Nest as clients expect: mixed(alternative(text, related(html, images)), files)."""
    seed = hashlib.sha256(message.message_id.encode("utf-8")).hexdigest()[:24]
    shown = [file for file in message.files if file.inline and file.content_id]
    loose = [file for file in message.files if file not in shown]
    rich = _text_part("html", _page(message))
    if shown:
        rich = _multipart("related", f"{seed}r", [rich, *map(_file, shown)])
    body = _multipart("alternative", f"{seed}a", [_text_part("plain", message.text), rich])
    return _multipart("mixed", f"{seed}m", [body, *map(_file, loose)]) if loose else body


def _multipart(kind: str, name: str, parts: list[str]) -> str:
    # "=_" can stand in neither base64 nor quoted-printable, so no body can hold the boundary
    boundary = f"=_{name}"
    inner = "".join(f"--{boundary}{CRLF}{part}{CRLF}" for part in parts)
    return (
        f'Content-Type: multipart/{kind};{CRLF} boundary="{boundary}"{CRLF}{CRLF}'
        f"{inner}--{boundary}--{CRLF}"
    )


def _text_part(kind: str, text: str) -> str:
    data = CRLF.join(text.replace("\0", "").splitlines()).encode("utf-8", "replace") + b"\r\n"
    high = sum(byte > 127 for byte in data[:4000])
    if high * 6 > min(len(data), 4000):
        encoding, body = "base64", _base64(data)
    else:
        encoding, body = "quoted-printable", binascii.b2a_qp(data).decode("ascii")
    return (
        f"Content-Type: text/{kind}; charset=utf-8{CRLF}"
        f"Content-Transfer-Encoding: {encoding}{CRLF}{CRLF}{body}"
    )


def _page(message: Outbound) -> str:
    """Wrap the letter so that clients which drop `<html dir>` still show it the right way."""
    if message.html is not None and message.html.lstrip()[:9].lower() == "<!doctype":
        return message.html  # complete already: a page inside a page shows as neither
    inner = message.html if message.html is not None else _paragraphs(message.text)
    way, language = direction(message.language), _language(message.language)
    side = "right" if way == "rtl" else "left"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{way}">\n<head><meta charset="utf-8"></head>\n'
        f'<body dir="{way}">\n<table dir="{way}" lang="{language}" width="100%" border="0" '
        f'cellpadding="0" cellspacing="0" role="presentation"><tr>\n'
        f'<td align="{side}" style="direction: {way}; text-align: {side}; '
        f'font-family: Tahoma, Arial, sans-serif; font-size: 15px; line-height: 1.6">\n'
        f"{inner}\n</td>\n</tr></table>\n</body>\n</html>"
    )


def _paragraphs(text: str) -> str:
    blocks = re.split(r"\n[ \t]*\n", text.strip("\n").replace("\r\n", "\n"))
    return "\n".join(
        f'<p dir="auto">{"<br>".join(map(_linked, block.splitlines()))}</p>' for block in blocks
    )


def _linked(line: str) -> str:
    out, at = "", 0
    for found in LINK.finditer(line):
        url = escape(found[0])
        out += f'{escape(line[at : found.start()])}<a href="{url}">{url}</a>'
        at = found.end()
    return out + escape(line[at:])


def _file(file: File) -> str:
    """Attach as base64; an enclosed mail becomes a plain file, because RFC 2046 forbids that."""
    kind = file.content_type.lower()
    if not TYPE.fullmatch(kind) or kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    placing = "inline" if file.inline and file.content_id else "attachment"
    lines = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64"]
    lines.append(f"Content-Disposition: {placing}{_filename(file.filename or 'attachment')}")
    if file.content_id:
        lines.append(f"Content-ID: {_id(file.content_id)}")
    return f"{CRLF.join(lines)}{CRLF}{CRLF}{_base64(file.content)}"


def _filename(name: str) -> str:
    """Name the file for old clients in ASCII, for all others in RFC 2231."""
    name = UNPRINTABLE.sub(" ", name).strip()
    plain = re.sub(r'[^\x20-\x7e]|["\\]', "_", name)
    if plain == name and len(name) <= 60:
        return f';{CRLF} filename="{plain}"'
    stem, dot, extension = plain[-200:].rpartition(".")
    short = f"{stem[:40]}.{extension[:12]}" if dot else plain[:50]
    coded = "utf-8''" + quote(name.encode("utf-8", "replace"), safe="")
    pieces = list(_pieces(coded, 60))
    if len(pieces) == 1:
        return f';{CRLF} filename="{short}";{CRLF} filename*={coded}'
    numbered = "".join(f";{CRLF} filename*{i}*={piece}" for i, piece in enumerate(pieces))
    return f';{CRLF} filename="{short}"{numbered}'


def _pieces(coded: str, size: int) -> Iterator[str]:
    """Cut percent-encoded text, but never inside a `%XX`."""
    while coded:
        cut = size
        if "%" in coded[size - 2 : size] and len(coded) > size:
            cut = coded.rindex("%", 0, size)
        yield coded[:cut]
        coded = coded[cut:]


def _base64(data: bytes) -> str:
    coded = base64.b64encode(data).decode("ascii")
    return "".join(f"{coded[at : at + LINE]}{CRLF}" for at in range(0, len(coded), LINE))


def _parties(parties: tuple[Party, ...]) -> str:
    return f",{CRLF} ".join(_party(party) for party in parties)


def _party(party: Party) -> str:
    address = wire_address(party.address)
    name = UNPRINTABLE.sub(" ", party.name or "").strip()
    if not name:
        return address
    if not name.isascii() or len(name) > 60 or "=?" in name:
        return f"{_words(name)}{CRLF} <{address}>"
    if ATOM.fullmatch(name):
        return f"{name} <{address}>"
    quoted = re.sub(r'(["\\])', r"\\\1", name)
    return f'"{quoted}" <{address}>'


def wire_address(address: str) -> str:
    """Check an address and spell its domain in ASCII, as it travels."""
    if not ADDRESS.fullmatch(address) or UNPRINTABLE.search(address) or len(address) > 320:
        raise ValueError(f"{address!r} is not an address that mail can be sent to")
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise ValueError(f"{address!r} has a domain that cannot exist") from error


def _unstructured(text: str, *, used: int) -> str:
    text = " ".join(UNPRINTABLE.sub(" ", text).split())
    if text.isascii() and "=?" not in text and len(text) + used <= LINE:
        return text
    return _words(text)


def _words(text: str) -> str:
    """Encode in base64 words, cut between letters, one a line."""
    out, chunk = list[str](), b""
    for letter in text:
        coded = letter.encode("utf-8", "replace")
        if len(chunk) + len(coded) > WORD_BYTES:
            out.append(chunk.decode("utf-8"))
            chunk = b""
        chunk += coded
    out.append(chunk.decode("utf-8"))
    return f"{CRLF} ".join(
        f"=?utf-8?B?{base64.b64encode(one.encode('utf-8')).decode('ascii')}?=" for one in out
    )


def _date(at: datetime) -> str:
    """Write the instant in English, whatever the machine's locale."""
    if at.tzinfo is None:
        raise ValueError("the date of a mail needs its time zone")
    return f"{DAYS[at.weekday()]}, {at.day} {MONTHS[at.month - 1]} {at:%Y %H:%M:%S %z}"


def _id(value: str) -> str:
    bare = value.strip().strip("<>")
    if not MESSAGE_ID.fullmatch(bare) or not bare.isascii() or UNPRINTABLE.search(bare):
        raise ValueError(f"{value!r} cannot be a Message-ID")
    return f"<{bare}>"


def _references(values: tuple[str, ...]) -> str:
    """Keep the first and as many of the last as relays bear; what is no id is left out."""
    ids = list(dict.fromkeys(
        f"<{bare}>" for value in values
        if MESSAGE_ID.fullmatch(bare := value.strip().strip("<>")) and bare.isascii()
        and not UNPRINTABLE.search(bare)
    ))  # fmt: skip
    if not ids:
        return ""
    kept: list[str] = []
    room = REFERENCES_CHARS - len(ids[0])
    for one in reversed(ids[1:]):
        room -= len(one) + 3
        if room < 0 and kept:
            break
        kept.append(one)
    return f"{CRLF} ".join([ids[0], *reversed(kept)])


def _language(language: str) -> str:
    return language if LANGUAGE.fullmatch(language) else "ar"
