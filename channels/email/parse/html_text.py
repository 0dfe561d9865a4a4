"""Read a cleaned HTML letter as plain lines."""

import re

from channels.email.parse.reply import QUOTE

TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\"[^\"]*\"|[^\">])*)>|([^<]+)|<")
BLANKS = re.compile(r"[ \t\r\n\f]+")
MANY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
LINE_BLANKS = re.compile(r"[ \t]+\n")
PARAGRAPH = frozenset("p h1 h2 h3 h4 h5 h6 blockquote table ul ol dl pre hr figure details".split())
LINE = frozenset(
    "div tr li dt dd address article aside caption center footer header main nav section summary "
    "figcaption".split()
)
ALT = re.compile(r'\balt="([^"]*)"')


def to_text(cleaned: str) -> str:
    """Read cleaned HTML as lines: paragraphs apart, quotes and list items marked, layout dropped."""
    writer = _Writer()
    for closing, name, attributes, text in TOKEN.findall(cleaned):
        if text:
            writer.say(text)
        elif name:
            writer.tag(name, attributes, closing=bool(closing))
    return writer.text()


def _unescaped(text: str) -> str:
    """Undo the four escapes that the cleaner writes, and no others."""
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\xa0")
    return text.replace("&quot;", '"').replace("&amp;", "&")


class _Writer:
    """Collects text, holding line breaks back until something follows them."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.breaks = 0
        self.blank = False
        self.preformatted = 0
        self.lists: list[int] = []
        self.quotes = 0

    def say(self, source: str) -> None:
        text = _unescaped(source) if "&" in source else source
        if self.preformatted:
            self._flush()
            self.out.append(text.replace("\n", f"\n{QUOTE}") if self.quotes else text)
            return
        plain = BLANKS.sub(" ", text)
        if plain == " ":
            self.blank = True
            return
        if plain[0] == " ":
            self.blank = True
        self._flush()
        self.out.append(plain.strip(" "))
        self.blank = plain[-1] == " "

    def _flush(self) -> None:
        if self.breaks or not self.out:
            if self.out:
                self.out.append("\n" * self.breaks)
            self.out.append(QUOTE * self.quotes)
        elif self.blank and self.out and not self.out[-1].endswith("\n"):
            self.out.append(" ")
        self.breaks, self.blank = 0, False

    def tag(self, name: str, attributes: str, *, closing: bool) -> None:
        if name == "br":
            self.breaks = min(self.breaks + 1, 3)
        elif name in PARAGRAPH:
            self._paragraph(name, closing=closing)
        elif name in LINE:
            self.breaks = max(self.breaks, 1)
            if name == "li" and not closing:
                self._item()
        elif name in ("td", "th") and not closing:
            self.blank = True
        elif name == "img":
            alt = ALT.search(attributes)
            if alt and alt[1].strip():
                self.say(alt[1])

    def _paragraph(self, name: str, *, closing: bool) -> None:
        nested = name in ("ul", "ol") and bool(self.lists[1:] if closing else self.lists)
        self.breaks = max(self.breaks, 1 if nested else 2)
        if name == "pre":
            self.preformatted = max(0, self.preformatted + (-1 if closing else 1))
        elif name == "blockquote":
            self.quotes = max(0, self.quotes + (-1 if closing else 1))
        elif name in ("ul", "ol"):
            if closing:
                del self.lists[-1:]
            else:
                self.lists.append(1 if name == "ol" else 0)

    def _item(self) -> None:
        self._flush()
        number = self.lists[-1] if self.lists else 0
        self.out.append("  " * max(0, len(self.lists) - 1) + (f"{number}. " if number else "- "))
        if number:
            self.lists[-1] += 1

    def text(self) -> str:
        joined = "".join(self.out).replace("\xa0", " ").replace("\r", "")
        return MANY_LINES.sub("\n\n", LINE_BLANKS.sub("\n", joined)).strip()
