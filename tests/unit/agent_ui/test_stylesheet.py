"""The rules mirror by themselves, and can be read by everyone in both themes."""

import math
import re

import pytest

from agent_ui import stylesheet

TEXT = re.sub(r"/\*.*?\*/", "", stylesheet.text(), flags=re.DOTALL)
PHYSICAL = re.compile(
    r"(?:margin|padding|border|scroll-margin)-(?:left|right|top|bottom)"
    r"|(?<![\w-])(?:left|right|top|bottom|width|height|min-width|min-height|max-height)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\);", TEXT
    )
}
SURFACES = ("paper", "paper-raised", "paper-rail", "hover", "chosen", "tint", "note-tint")
INKS = ("ink", "ink-2", "ink-3", "accent", "late", "soon")
PAIRS = [
    *((ink, surface) for ink in INKS for surface in SURFACES),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("late", "late-tint"),
    ("paper", "ink"),
    ("ink", "note-line"),
]


def test_no_rule_knows_left_from_right() -> None:
    assert PHYSICAL.findall(re.sub(r"@media[^{]*", "", TEXT)) == []


def test_every_colour_is_a_token() -> None:
    rules = re.sub(r":root\s*{.*?\n}", "", TEXT, flags=re.DOTALL)
    loose = re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsl", rules)
    assert loose == []


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "surface"), PAIRS)
def test_text_stands_out_from_what_it_is_on(ink: str, surface: str, theme: int) -> None:
    brightness = sorted(_luminance(TOKENS[name][theme]) for name in (ink, surface))
    assert (brightness[1] + 0.05) / (brightness[0] + 0.05) >= 4.5


def test_the_version_follows_the_text() -> None:
    assert len(stylesheet.version()) == 12
    assert stylesheet.static_version("no/such.file") == ""
    assert stylesheet.static_version("mark.svg")


def _luminance(colour: str) -> float:
    """From OKLCH to linear sRGB, and what the eye makes of it."""
    light, chroma, hue = (float(n) for n in re.findall(r"[\d.]+", colour)[:3])
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, one)) for one in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
