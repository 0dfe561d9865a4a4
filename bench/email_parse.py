"""How fast mail is read: small mails a second on one core, and what a 25 MB mail costs.

The bound beside it is Python's own `email` package (compat32), which only takes a mail apart.
"""

import base64
import json
import random
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message

from channels.email.parse import parse

WORDS = "السلام عليكم أرجو إفادتي عن موعد استلام جواز السفر بعد تجديده رقم الطلب في المكتب".split()
SECONDS = 5.0
BIG = 25_000_000


def small_mails(count: int = 200) -> list[bytes]:
    """Make mails as citizens send them: plain, HTML, replies, a few headers of relays."""
    chance = random.Random(5)
    return [_small(number, chance) for number in range(count)]


def _small(number: int, chance: random.Random) -> bytes:
    text = "\n".join(" ".join(chance.choices(WORDS, k=9)) for _ in range(chance.randint(3, 9)))
    if number % 3 == 0:
        text += (
            "\n\nفي الأحد، 22 نوفمبر 2026 في 3:46 م، كتب هيئة الجوازات <help@passports.example>:\n\n"
            + "\n".join(f"> {' '.join(chance.choices(WORDS, k=8))}" for _ in range(6))
        )
    coded = base64.encodebytes(text.encode())
    plain = (
        b"Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + coded
    )
    if number % 2:
        markup = f"<div dir=rtl>{text.replace(chr(10), '<br>')}</div>".encode()
        rich = (
            b"Content-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(markup)
        )
        body = (
            b'Content-Type: multipart/alternative; boundary="b1"\r\n\r\n--b1\r\n'
            + plain + b"\r\n--b1\r\n" + rich + b"\r\n--b1--\r\n"
        )  # fmt: skip
    else:
        body = plain
    subject = base64.b64encode("طلب تجديد جواز السفر".encode()).decode()
    head = (
        f"Return-Path: <citizen{number}@example.org>\r\n"
        "Received: from mail.example.org (mail.example.org [192.0.2.1])\r\n"
        "\tby mx.passports.example with ESMTPS id 4f1; Sun, 22 Nov 2026 15:46:00 +0300\r\n"
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s1;\r\n"
        "\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSb\r\n"
        f"From: =?UTF-8?B?{base64.b64encode('فاطمة علي'.encode()).decode()}?= <citizen{number}@example.org>\r\n"
        "To: help@passports.example\r\n"
        f"Subject: =?UTF-8?B?{subject}?=\r\n"
        "Date: Sun, 22 Nov 2026 15:46:00 +0300\r\n"
        f"Message-ID: <{number}.{chance.random()}@example.org>\r\n"
        "MIME-Version: 1.0\r\n"
    )
    return head.encode() + body


def big_mail() -> bytes:
    """Make a mail of 25 MB whose weight is one attachment, as scanned documents are."""
    content = base64.encodebytes(random.Random(6).randbytes(BIG * 3 // 4))
    return (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: big\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b2"\r\n\r\n--b2\r\n'
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nAttached.\r\n--b2\r\n"
        b'Content-Type: application/pdf; name="scan.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
        b'Content-Disposition: attachment; filename="scan.pdf"\r\n\r\n' + content + b"--b2--\r\n"
    )


def rate(read: Callable[[bytes], object], mails: list[bytes]) -> float:
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < SECONDS:
        for raw in mails:
            read(raw)
        done += len(mails)
    return done / spent


def walk(raw: bytes) -> list[Message]:
    return list(message_from_bytes(raw).walk())


def main() -> None:
    mails = small_mails()
    parse(mails[1])  # the libraries it uses are loaded on first need
    bound, ours = rate(walk, mails), rate(parse, mails)
    raw = big_mail()
    start = time.perf_counter()
    parse(raw)
    seconds = time.perf_counter() - start
    tracemalloc.start()
    parse(raw)
    peak = tracemalloc.get_traced_memory()[1] + len(raw)
    tracemalloc.stop()
    rows = [
        ("small mails, full parse, per core", f"{ours:,.0f}/s", ">= 2,000/s", ours >= 2000),
        ("small mails, only taken apart by the email package", f"{bound:,.0f}/s", "bound", True),
        (f"mail of {len(raw) / 1e6:.0f} MB", f"{seconds:.2f} s", "<= 1 s", seconds <= 1),
        (
            "its memory, the mail itself included",
            f"{peak / len(raw):.1f}x",
            "<= 6x",
            peak <= 6 * len(raw),
        ),
    ]
    if "--json" in sys.argv:
        print(json.dumps([{"what": w, "is": i, "wanted": x, "ok": ok} for w, i, x, ok in rows]))
        return
    for what, found, wanted, good in rows:
        print(f"{what:<52} {found:>12}   {wanted:>10}   {'ok' if good else 'MISSED'}")
    print(
        f"peak of the whole process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
