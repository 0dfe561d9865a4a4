"""Examples of what belongs to writing an answer besides the composer itself: copies, and the signature."""

from collections.abc import Mapping

from agent_ui.models import Chrome, Composer, Copied, Copies, Reason
from agent_ui.models.signature import SignatureForm, SignaturePage

COPIES = Copies(usual="", everybody="omar.z@mail.example, huda@embassy.example")
TYPED = Copies(
    cc="omar.z@mail.example, huda@embassy.example", bcc="archive@ministry.example", usual=""
)
WRONG = Copies(cc="omar.z@mail.example, huda@", everybody="omar.z@mail.example")
COPIED = (
    Copied("omar.z@mail.example"),
    Copied("huda@embassy.example", failed="550"),
    Copied("archive@ministry.example", hidden=True),
)
REFUSED = Composer(
    ticket_id=1043,
    channel="email",
    to="fatima.z@mail.example",
    form_key="b71f",
    seen_seq=9,
    text="مرفق نموذج الطلب.",
    attachments_allowed=True,
    copies=WRONG,
    wrong="cc",
    error=Reason("wrong_address", {"address": "huda@"}),
    quotes=True,
    sender="care@passports.example",
    sender_name="الجوازات",
    signature="سارة العتيبي\nإدارة الجوازات",
)
FORM = SignatureForm(
    "سارة العتيبي", "سارة العتيبي\nقسم تجديد الجوازات", "Sara Al-Otaibi", limit=500
)

COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "copies": (COPIES, TYPED, Copies()),
    "copied": COPIED,
    "signature_form": (
        FORM,
        SignatureForm("Nora", saved=True),
        SignatureForm(
            "سارة العتيبي",
            arabic="سطر\n" * 7,
            wrong="arabic",
            error=Reason("signature_too_many_lines", {"limit": 6}),
        ),
    ),
}


def pages(chrome: Chrome) -> Mapping[str, tuple[object, ...]]:
    """Return examples of the page, with the gallery's own rail around it."""
    return {"signature": (SignaturePage(chrome, FORM),)}
