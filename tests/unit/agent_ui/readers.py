"""Readers to render for."""

from zoneinfo import ZoneInfo

from agent_ui import gallery
from agent_ui.models import Digits, Locale
from agent_ui.render import Ui

RIYADH = ZoneInfo("Asia/Riyadh")


def reader(locale: Locale = "en") -> Ui:
    digits: Digits = "arab" if locale == "ar" else "latn"
    return Ui(locale, gallery.NOW, RIYADH, digits, csrf_token="token-1")
