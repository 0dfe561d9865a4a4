"""Which browser files are built, and when."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tools import assets

ROOT = Path(__file__).parents[3]
DRAWING = '<svg class="lucide"\n  fill="none"\n>\n  <path d="{}" />\n</svg>'


def names() -> dict[str, str]:
    lines = [line for line in assets.ICONS.read_text().splitlines() if line and line[0] != "#"]
    return {ours.strip(): theirs.strip() for ours, _, theirs in (x.partition("=") for x in lines)}


@pytest.fixture
def icons(tmp_path: Path) -> Path:
    for ours, theirs in names().items():
        (tmp_path / f"{theirs or ours}.svg").write_text(DRAWING.format(theirs or ours))
    return tmp_path


def test_the_sprite_holds_every_icon_we_name(icons: Path) -> None:
    assert set(re.findall('<symbol id="([^"]+)"', assets.sprite(icons))) == set(names())


def test_an_icon_under_our_own_name_is_the_same_drawing(icons: Path) -> None:
    symbols = dict(re.findall(r'<symbol id="([^"]+)"[^>]*>(.*)</symbol>', assets.sprite(icons)))
    assert symbols["channel-email"] == symbols["mail"] == '<path d="mail" />'


def test_an_icon_that_the_set_does_not_have_is_named(icons: Path) -> None:
    (icons / "mail.svg").unlink()
    with pytest.raises(assets.AssetsFailed, match=r"mail\.svg"):
        assets.sprite(icons)


def test_fonts_are_two_weights_that_swap_in(tmp_path: Path) -> None:
    for package, (_, subsets) in assets.FONTS.items():
        home = tmp_path / "@fontsource" / package
        (home / "files").mkdir(parents=True)
        (home / "unicode.json").write_text(json.dumps(dict.fromkeys(subsets, "U+0600-06FF")))
        for subset in subsets:
            for weight in (100, 400, 600, 700):
                (home / f"files/{package}-{subset}-{weight}-normal.woff2").write_bytes(b"font")
    (served := tmp_path / "served").mkdir()
    rules = assets.fonts(tmp_path, served)
    assert set(re.findall(r"font-weight: (\d+)", rules)) == {"400", "600"}
    assert rules.count("font-display: swap") == rules.count("@font-face")
    addresses = re.findall(r"url\(/static/vendor/([^)]+)\)", rules)
    assert sorted(addresses) == sorted(file.name for file in served.iterdir())


def test_a_lock_file_that_cannot_be_installed_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "package-lock.json").write_text("{")
    (tmp_path / "package.json").write_text("{}")
    with pytest.raises(assets.AssetsFailed, match=r"package-lock\.json"):
        assets.build(tmp_path)
    assert not (tmp_path / assets.VENDOR).exists()


def test_what_is_built_from_the_same_lock_file_is_left_alone(tmp_path: Path) -> None:
    if not (ROOT / assets.VENDOR / ".stamp").is_file():
        pytest.skip("the browser files have not been built")
    shutil.copyfile(ROOT / "package-lock.json", tmp_path / "package-lock.json")
    shutil.copytree(ROOT / assets.VENDOR, tmp_path / assets.VENDOR)
    assert assets.build(tmp_path) is False
    (tmp_path / "package-lock.json").write_text("{}")
    with pytest.raises(assets.AssetsFailed):  # it does look again, and finds nothing to install
        assets.build(tmp_path)
    assert (tmp_path / assets.VENDOR / "htmx.js").is_file()


def test_the_lock_file_pins_contents_and_names_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    installed = {name: entry for name, entry in packages.items() if name}
    assert all(entry["integrity"].startswith("sha512-") for entry in installed.values())
    assert not any("resolved" in entry for entry in installed.values())
