"""Tell which language a text is in and which way it runs.

Scripts decide most of it; among Latin letters, little words do, and without any of them nobody knows.
"""

import re
import unicodedata
from collections import Counter
from typing import Final

# A letter's language when its script has one likely reader here.
_SCRIPTS: Final = (
    (
        "ar",
        re.compile(
            "[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"
        ),
    ),
    ("latin", re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("hi", re.compile("[\u0904-\u0939]")),
    ("bn", re.compile("[\u0985-\u09b9]")),
    ("am", re.compile("[\u1200-\u137f]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e01-\u0e2e]")),
)
_LETTERS_READ: Final = 4000
_URDU_LETTERS: Final = re.compile("[ٹڈڑںےہھ]")
_PERSIAN_LETTERS: Final = re.compile("[پچژگ]")
_PERSIAN_WORDS: Final = frozenset(
    ("است", "این", "اين", "برای", "براي", "را", "می", "چه", "شما", "خود", "شود", "هست", "لطفا")
)
_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+|\S+@\S+")

_LITTLE_WORDS: Final = {
    "en": """the a an is are was were be been i my me we our you your he she his her it its they their this that
        these and or not no yes of to in on for with from by at as if but have has had do does did
        can could will would should may what when where how why who which please thank thanks hello
        hi dear sir madam regards need want lost help about there any new still passport visa
        renewal renew appointment fees status application expired mr mrs good morning evening sorry
        am after before get got been urgent""",
    "fr": """le la les un une des du de et est sont je tu il elle nous vous ils mon ma mes votre vos notre pour
        dans sur avec sans pas ne que qui quoi comment quand ou au aux ce cette ces bonjour bonsoir
        merci monsieur madame svp veuillez voudrais besoin passeport rendez demande renouvellement
        renouveler perdu j'ai c'est n'est l'ambassade d'un d'une ai suis ete être avoir fait mais
        donc si plus tres""",
    "es": """el la los las un una de del y es son yo mi mis su por para con sin no que como cuando donde hola
        gracias señor quiero necesito pasaporte cita estoy tengo pero muy esta este""",
    "de": """der die das ein eine und ist sind ich mein meine sie wir ihr für mit nicht wie wann wo bitte danke
        hallo guten habe brauche reisepass termin auf zu von im dem den oder""",
    "tr": """bir ve bu için ile ben benim nasıl ne zaman merhaba teşekkürler lütfen pasaport randevu var yok mı
        mi olarak değil istiyorum nerede""",
    "tl": """ang ng mga sa ako ko po opo ay na at hindi kung paano kailan saan salamat magandang naman lang yung""",
    "id": """yang dan di ke dari saya ini itu untuk dengan tidak apa bagaimana kapan dimana terima kasih paspor
        sudah belum bisa mohon""",
    "ar": """salam salaam alaikum alaykum assalamu wa shukran shokran ana enta enti kif kifak keef habibi
        inshallah insha allah mumkin momken lw law samaht sama7t jawaz safar bidi biddi ayez 3ayez
        abi abgha mafi fi feen wein wain lesh leh tajdeed taqdeem maw3ed mawid ya3ni yani marhaba
        ahlan""",
}
_LITTLE: Final = {language: frozenset(words.split()) for language, words in _LITTLE_WORDS.items()}
_LATIN_WORD: Final = re.compile("[0-9a-z\u00df-\u024f]+(?:['’][a-z\u00df-\u024f]+)?")
# Digits that stand for Arabic letters sit inside or before a word: 3alaikum, ma3lomat; never 2nd or 5pm.
_ARABIZI: Final = re.compile(
    "(?!2nd|3rd|[0-9]+(?:am|pm|th|st|x|g|k|kg|km|mb)$)[a-z]*[235679][a-z]*[a-z][0-9a-z]*"
)
_ACCENTS: Final = {"fr": "çèàùêîôûœ", "es": "ñ¿¡", "de": "ßäü", "tr": "ığşİ"}


def language(text: str) -> str | None:
    """Name the language (`ar`, `en`, `fr`, …) that most of `text` is in, or None when nothing tells."""
    sample = _ADDRESS.sub(" ", text[: 4 * _LETTERS_READ])[:_LETTERS_READ]
    counts = {name: len(pattern.findall(sample)) for name, pattern in _SCRIPTS}
    name = max(counts, key=counts.__getitem__)
    if not counts[name]:
        return None
    if name == "zh" and counts["ja"]:
        return "ja"
    if name == "ar":
        return _of_arabic_letters(sample, counts["ar"])
    if name != "latin":
        return name
    return _latin_language(sample)


def _of_arabic_letters(sample: str, letters: int) -> str:
    """Tell Arabic from Urdu and Persian; گ and چ alone are heard in the Gulf too."""
    if 25 * len(_URDU_LETTERS.findall(sample)) >= letters:
        return "ur"
    words = _PERSIAN_WORDS.intersection(sample.split())
    return "fa" if len(words) > 1 or (words and _PERSIAN_LETTERS.search(sample)) else "ar"


def _latin_language(sample: str) -> str | None:
    lowered = sample.lower()
    votes: Counter[str] = Counter()
    for word in _LATIN_WORD.findall(lowered):
        for name, little in _LITTLE.items():
            if word in little:
                votes[name] += 2
        if _ARABIZI.fullmatch(word):
            votes["ar"] += 2
    for name, accents in _ACCENTS.items():
        votes[name] += sum(lowered.count(accent) for accent in accents)
    if not votes or not max(votes.values()):
        return None
    return max(votes, key=lambda name: (votes[name], name == "en"))


def direction(text: str) -> str | None:
    """Name the way `text` runs (`rtl`, `ltr`) by its first letter that has one."""
    for letter in text:
        match unicodedata.bidirectional(letter):
            case "R" | "AL":
                return "rtl"
            case "L":
                return "ltr"
            case _:
                continue
    return None
