"""Examples of canned replies, articles and the help beside the composer; the gallery shows them with its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent_ui.models import Choice, Chrome, Name, Reason
from agent_ui.models.knowledge import (
    AnswerHelp,
    AnswerHelpPage,
    KnowledgeForm,
    KnowledgeFormPage,
    KnowledgeLine,
    KnowledgeList,
    KnowledgeListPage,
    KnowledgePiece,
    KnowledgePiecePage,
    KnowledgePreview,
    KnowledgeVersion,
    ReplyChoice,
    ReplyChoices,
    SimilarTicket,
    SuggestedPiece,
)

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LOSS = Name("بلاغ فقدان", "Loss report")
PASSPORTS = Name("الجوازات", "Passports")
ARABIC = "عزيزي {اسم المراجع}،\n\nنأسف لفقدان جوازكم. نرجو تقديم بلاغ الفقدان من التطبيق، ورقم تذكرتكم {رقم التذكرة}."
ENGLISH = "Dear {contact name},\n\nWe are sorry that your passport is lost. Your ticket is {ticket number}."
NAMES = (("اسم المراجع", "contact name"), ("رقم التذكرة", "ticket number"))

REPLY_LINE = KnowledgeLine(
    7,
    "reply",
    Name("خطوات بلاغ الفقدان", "How to report a loss"),
    (("نأسف ", False), ("لفقدان", True), (" جوازكم. نرجو تقديم البلاغ من التطبيق.", False)),
    AT,
    shortcut="فقدان",
    topics=(LOSS,),
    teams=(PASSPORTS,),
    uses=34,
    author="هدى الراشد",
    may_write=True,
)
ENGLISH_LINE = replace(
    REPLY_LINE,
    id=8,
    title=Name("", "Fees <2026>"),
    words=(("The fee is 300 for five years.", False),),
    shortcut="",
    topics=(),
    teams=None,
    uses=0,
    may_write=False,
)
ARTICLE_LINE = replace(
    REPLY_LINE,
    id=9,
    kind="article",
    title=Name("وثائق السفر الاضطرارية", "Emergency travel documents"),
    shortcut="",
    uses=2,
)
GONE_LINE = replace(REPLY_LINE, archived=True)
REPLIES = KnowledgeList("reply", (REPLY_LINE, ENGLISH_LINE), may_write=True)
LISTS = (
    REPLIES,
    replace(REPLIES, gone=GONE_LINE),
    KnowledgeList("reply", may_write=True),
    KnowledgeList("reply", asked='"<b>"'),
    KnowledgeList("article", (ARTICLE_LINE,), asked="وثائق"),
    KnowledgeList("article"),
    KnowledgeList("reply", (GONE_LINE,), archived=True, may_write=True),
    KnowledgeList("article", archived=True, notice=Reason("shortcut_taken")),
)
PIECES = (
    KnowledgePiece(REPLY_LINE, ARABIC, ENGLISH),
    KnowledgePiece(ARTICLE_LINE, "نص", "", "https://passports.example/emergency"),
    KnowledgePiece(replace(ARTICLE_LINE, archived=True, may_write=False), "", "Text <i>"),
)
VERSIONS = (
    KnowledgeVersion(2, "هدى الراشد", AT, REPLY_LINE.title, ARABIC, ENGLISH, current=True),
    KnowledgeVersion(1, "", AT - timedelta(days=9), REPLY_LINE.title, ARABIC, ""),
)
FORM = KnowledgeForm(
    7,
    "reply",
    "key-7",
    version=2,
    title_ar=REPLY_LINE.title.ar,
    title_en=REPLY_LINE.title.en,
    body_ar=ARABIC,
    body_en=ENGLISH,
    shortcut="فقدان",
    topics=(Choice("1", PASSPORTS), Choice("2", LOSS, selected=True, depth=1)),
    teams=(Choice("3", PASSPORTS, selected=True),),
    names=NAMES,
    ticket="100042",
    preview=KnowledgePreview("100042", "عزيزي فاطمة العتيبي،", "Dear \u2068فاطمة\u2069,"),
    versions=VERSIONS,
)
NEW_ARTICLE = KnowledgeForm(
    0, "article", "key-0", every_team=True, may_every_team=True, names=(), topics=()
)
WRONG = replace(
    FORM,
    preview=None,
    errors=(
        ("body_ar", Reason("unknown_placeholder", {"said": "{رقم الجواز}"})),
        ("shortcut", Reason("shortcut_taken")),
        ("teams", Reason("required")),
        ("ticket", Reason("no_such_ticket")),
        ("form", Reason("piece_changed", {"actor": "خالد النجار"})),
    ),
)
FORMS = (
    FORM,
    NEW_ARTICLE,
    WRONG,
    replace(FORM, archived=True),
    replace(NEW_ARTICLE, errors=(("address", Reason("not_a_link")),)),
)
REASONS = (
    Reason("help_topic", {"topic": LOSS}),
    Reason("help_words", {"words": "فقدت · جوازي · المطار"}),
    Reason("help_used", {"count": 34}),
)
SUGGESTED = SuggestedPiece(
    1042,
    7,
    "reply",
    REPLY_LINE.title,
    "عزيزي فاطمة، نأسف لفقدان جوازكم.",
    "ar",
    ("ar", "en"),
    REASONS,
)
LINKED = SuggestedPiece(
    1042,
    9,
    "article",
    ARTICLE_LINE.title,
    "تُصدر السفارة وثيقة سفر في اليوم نفسه.",
    "ar",
    ("ar",),
    REASONS[:1],
    "https://passports.example/emergency",
)
SIMILAR = SimilarTicket(
    1042,
    977,
    "100977",
    "فقدت جوازي في المطار",
    "نأسف لما حدث. نرجو تقديم بلاغ فقدان من التطبيق، ثم مراجعة أقرب مكتب.",
    "resolved",
    AT,
    REASONS[1:],
)
HELP = AnswerHelp(
    1042, (SUGGESTED,), (LINKED, replace(LINKED, id=10, address="", reasons=())), (SIMILAR,)
)
HELPS = (
    HELP,
    AnswerHelp(1042),
    AnswerHelp(1042, notice=Reason("help_busy")),
    AnswerHelp(1042, tickets=(replace(SIMILAR, subject=""),)),
)
CHOICES = (
    ReplyChoice(7, REPLY_LINE.title, "فقدان", "عزيزي فاطمة، نأسف لفقدان جوازكم.", "ar", "en"),
    ReplyChoice(8, ENGLISH_LINE.title, "", "The fee is 300 for five years.", "en"),
)

COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "knowledge_list": LISTS,
    "knowledge_line": (REPLY_LINE, ENGLISH_LINE, ARTICLE_LINE, GONE_LINE),
    "knowledge_piece": PIECES,
    "knowledge_form": FORMS,
    "answer_help": HELPS,
    "suggested_piece": (SUGGESTED, LINKED, replace(LINKED, address="")),
    "similar_ticket": (SIMILAR, replace(SIMILAR, subject="", reasons=())),
    "reply_choices": (
        ReplyChoices("فق", CHOICES),
        ReplyChoices(""),
        ReplyChoices("xyz"),
    ),
}


def pages(chrome: Chrome) -> Mapping[str, tuple[object, ...]]:
    """Return examples of the pages, with the gallery's own rail around them."""
    chrome = replace(chrome, here="knowledge-reply")
    return {
        "knowledge": tuple(KnowledgeListPage(chrome, view) for view in LISTS),
        "knowledge_piece": tuple(KnowledgePiecePage(chrome, view) for view in PIECES),
        "knowledge_form": tuple(KnowledgeFormPage(chrome, view) for view in FORMS),
        "answer_help": tuple(AnswerHelpPage(chrome, "1042", view) for view in HELPS),
    }
