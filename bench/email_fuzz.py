"""Mutated mails, the same every time: none may crash the reader, hold it up, or give what cannot be stored.

python -m bench.email_fuzz [COUNT] [SEED]
"""

import json
import random
import sys
import time
from pathlib import Path

from channels.email.parse import parse

MAILS = Path(__file__).parents[1] / "tests" / "data" / "email"
LIMIT_SECONDS = 1.0
PIECES = (
    b"\r\n", b"\n", b"\r", b"\0", b"\xff", b"\xd8\xa7", b"--", b"=?utf-8?B?", b"?=", b'"', b"<", b">",
    b"(", b";", b"=", b"> ", b"\x1b$B", b"\xe2\x80\xae", b"Content-Type: multipart/mixed; boundary=a\r\n",
    b"Content-Type: text/html\r\n", b"charset=utf-7", b"charset=windows-1256", b"boundary=", b"base64",
    b"filename*0*=", b"begin 644 a\n", b"<blockquote type=cite>", b"On 1/1/2026 a@b.example wrote:\n",
)  # fmt: skip


def mutated(mails: list[bytes], chance: random.Random) -> bytes:
    raw = bytearray(chance.choice(mails))
    for _ in range(chance.randint(1, 8)):
        at, kind = chance.randrange(len(raw) + 1), chance.random()
        if kind < 0.3:
            raw[at:at] = chance.choice(PIECES)
        elif kind < 0.5:
            del raw[at : at + chance.randint(1, 60)]
        elif kind < 0.7:
            start = chance.randrange(len(raw) + 1)
            raw[at:at] = raw[start : start + chance.randint(1, 400)]
        elif kind < 0.85 and at < len(raw):
            raw[at] = chance.randrange(256)
        elif kind < 0.9:
            del raw[at:]
        else:
            other = chance.choice(mails)
            start = chance.randrange(len(other))
            raw[at:at] = other[start : start + chance.randint(1, 2000)]
    return bytes(raw)


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    mails = [path.read_bytes() for path in sorted(MAILS.glob("*.eml"))]
    slowest, failed = 0.0, 0
    for number in range(count):
        raw = mutated(mails, chance)
        start = time.process_time()
        try:
            json.dumps(parse(raw).as_json(), ensure_ascii=False).encode()
        except Exception as error:  # noqa: BLE001 - the point is that there is none
            failed += 1
            print(f"mail {number}: {error!r}")
        slowest = max(slowest, time.process_time() - start)
    good = not failed and slowest <= LIMIT_SECONDS
    print(f"{count:,} mutated mails: {failed} failed, the slowest took {slowest * 1000:.0f} ms")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
