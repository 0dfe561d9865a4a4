"""Letters in HTML: a copy that cannot run, fetch or imitate, and a text that people can read."""

import re
from functools import cache
from typing import Any

from channels.email.parse import limits
from channels.email.parse.reply import MARK, QUOTE, SIGNED, unmarked

TAGS = frozenset(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup "
    "dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i "
    "img ins kbd li main mark nav ol p pre q rp rt ruby s samp section small span strike strong "
    "sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
DROPPED = frozenset(
    "script style title head template noscript iframe object embed applet svg math form select "
    "textarea button audio video canvas frameset noframes noembed xmp".split()
) - {"form", "head"}  # those two only lose their tags: letters stand inside them
ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align", "valign", "style"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor"},
    "td": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "height", "bgcolor", "scope"},
    "tr": {"bgcolor"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "ol": {"start", "type"},
    "li": {"value"},
    "font": {"color", "size", "face"},
    "blockquote": {"cite"},
    "time": {"datetime"},
}
STYLES = frozenset(
    "color background-color font font-family font-size font-style font-weight text-align "
    "text-decoration text-indent line-height letter-spacing direction unicode-bidi white-space "
    "vertical-align width height max-width min-width padding padding-left padding-right padding-top "
    "padding-bottom margin margin-left margin-right margin-top margin-bottom border border-top "
    "border-bottom border-left border-right border-color border-style border-width border-collapse "
    "border-spacing list-style-type".split()
)
SCHEMES = frozenset({"http", "https", "mailto", "tel", "cid"})
ACTIVE = (
    "<script", "<iframe", "<object", "<embed", "<applet", "<form", "<base", "<svg", "<math",
    "<frameset", "javascript:", "vbscript:", "livescript:", "data:text/html",
)  # fmt: skip
REFRESH = re.compile(r"<meta[^<>]{0,200}http-equiv\s*=\s*[\"']?refresh")
EVENT = re.compile(
    r"[\s\"'/]on(?:abort|animation\w{3,9}|begin|blur|change|click|copy|cut|drag\w{0,5}|drop|error"
    r"|focus\w{0,3}|hashchange|input|key\w{2,5}|load\w{0,9}|message|mouse\w{2,5}|page\w{4}|paste"
    r"|pointer\w{2,6}|popstate|reset|resize|scroll|select|submit|toggle|touch\w{3,6}"
    r"|transition\w{3,6}|unload|wheel)\s*="
)
FORMATTING = re.compile(
    r"<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b[^<>]{0,500}>?",
    re.IGNORECASE,
)
LONG_TAG = re.compile(rf"<[a-z][^<>]{{{limits.TAG_CHARS},}}>?", re.IGNORECASE)
OPENING = re.compile(r"<[a-z]", re.IGNORECASE)
ANY_TAG = re.compile(r"<[^>]{0,5000}>?")
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
UNSIZED = {"alt", "src"}


@cache
def _cleaner() -> Any:
    """Build the cleaner once; importing it late keeps other channels' start fast."""
    import nh3

    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(DROPPED),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        strip_comments=True,
        link_rel="noopener noreferrer nofollow",
        filter_style_properties=set(STYLES),
    )


def clean(source: str) -> str:
    """Remove all that runs, navigates or fetches on its own; keep what a letter needs."""
    cleaned: str = _cleaner().clean(tamed(source))
    return cleaned


def tamed(source: str) -> str:
    """Defuse markup whose only purpose can be to exhaust a parser."""
    source = source.replace("\0", "")
    if len(source) < 4000:
        return source
    if source.count("&") > limits.ENTITIES:
        source = source.replace("&nbsp;", "\xa0").replace("&", "＆")
    if source.count("<") > 3 * limits.HTML_TAGS:
        source = ANY_TAG.sub(" ", source)
    source = LONG_TAG.sub("<p>", source)
    formatting = FORMATTING.findall(source)
    if len(formatting) - 2 * formatting.count("/") > limits.HTML_DEPTH:
        source = FORMATTING.sub("", source)
    if len(OPENING.findall(source)) > limits.HTML_TAGS or _depth(source) > limits.HTML_DEPTH:
        source = ANY_TAG.sub(" ", source)
    return source


def _depth(source: str) -> int:
    """Estimate how deep elements nest, ignoring those that close themselves."""
    depth = deepest = 0
    for closing, name in NESTING.findall(source):
        if closing:
            depth -= depth > 0
        elif name.lower() not in VOID:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


NESTING = re.compile(r"<(/?)([a-z][a-z0-9:]{0,20})", re.IGNORECASE)
VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li td tr th dd dt "
    "option font b i u a strong em span o:p html head body tbody".split()
)


OPENING_TAG = re.compile(
    r"<(?:div|p|span|hr|section|table|blockquote)\s[^<>]{1,1500}>", re.IGNORECASE
)
HISTORY = re.compile(
    r"gmail_attr|moz-cite-prefix|yahoo_quoted|divRplyFwdMsg|appendonsend|protonmail_quote"
    r"|OutlookMessageHeader|stopSpelling|zwchr|tutanota_quote|zmail_extra|reply-intro|ymail_android"
    r"|history_container|ms-outlook-mobile-reference-message|type\s*=\s*[\"']?cite",
    re.IGNORECASE,
)


SIGNATURE = re.compile(
    r"gmail_signature|moz-signature|id\s*=\s*[\"']?(?:x_)?signature\b|ms-outlook-mobile-signature"
    r"|protonmail_signature|AppleMailSignature|data-signature",
    re.IGNORECASE,
)


def with_marks(source: str) -> str:
    """Mark where mail programs say, by names in their markup, that history or signature begins."""
    source = unmarked(source)
    if not HISTORY.search(source) and not SIGNATURE.search(source):
        return source
    return OPENING_TAG.sub(_marked, source)


def _marked(tag: re.Match[str]) -> str:
    if HISTORY.search(tag[0]):
        return tag[0] + MARK
    return tag[0] + SIGNED if SIGNATURE.search(tag[0]) else tag[0]


def is_active(source: str) -> bool:
    """Tell whether the letter tried to run something, which people should know."""
    lowered = source.lower()
    if any(sign in lowered for sign in ACTIVE):
        return True
    return EVENT.search(lowered) is not None or REFRESH.search(lowered) is not None


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
