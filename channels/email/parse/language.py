"""Guess the language of a short text: by script first, by small words for Latin letters."""

import re

SAMPLE = 1_000
ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff]")
SCRIPTS = (
    ("ar", ARABIC),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("am", re.compile("[\u1200-\u137f]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
)
LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
WORD = re.compile(r"[^\W\d_]+")
URDU = re.compile("[ٹڈڑںےہھ]")
PERSIAN = re.compile("[پچژگی]|ک")
KURDISH = re.compile("[ێۆەڕڵ]")
SMALL_WORDS = {
    "en": "the and of to is in that you for it was with on are this not have be my please we your",
    "fr": "le la les des est et je vous pour une un dans que pas mon ma avec sur bonjour merci du",
    "de": "der die das und ist ich nicht sie ein eine mit für auf den zu wir bitte haben mein von",
    "es": "el la los las que de y en un una por para con mi es su no gracias hola se",
    "pt": "o os as que de e em um uma por para com meu minha não é obrigado olá da do",
    "it": "il lo gli che di e un una per con mio mia non è sono grazie ciao della del",
    "tr": "ve bir bu için ile da de ne var mı benim çok merhaba teşekkürler olarak değil lütfen",
    "nl": "de het een en van is ik niet dat u voor met op zijn mijn naar wij graag aan",
    "id": "yang dan di untuk dengan saya tidak ini itu dari ke ada terima kasih mohon",
    "tl": "ang ng mga sa ko po na ako ito ay hindi para salamat",
    "so": "waa iyo ka ku in ay uu la oo waxaan mahadsanid",
    "sw": "ya na wa kwa ni katika la za yangu asante tafadhali",
    "pl": "w z na nie się jest że mam proszę dziękuję mój",
    "sv": "och att det är jag en som på för inte med har min tack",
    "da": "og at det er jeg en som på for ikke med har min tak af",
    "nb": "og at det er jeg en som på for ikke med har min takk av",
    "ro": "și de la în cu pentru nu este un o mulțumesc să pe",
}  # fmt: skip
VOCABULARY = {code: frozenset(words.split()) for code, words in SMALL_WORDS.items()}


def guess(text: str) -> str | None:
    """Give a BCP-47 code, or None where there is too little to go by."""
    sample = text[:SAMPLE]
    if sample.isascii():
        return _latin(sample)
    arabic = len(ARABIC.findall(sample))
    if arabic * 3 > len(sample):
        return _arabic_script(sample)
    counts = {code: len(script.findall(sample)) for code, script in SCRIPTS}
    if counts["ja"]:
        counts["ja"] += counts.pop("zh")
    code = max(counts, key=lambda one: counts[one])
    latin = len(LATIN.findall(sample))
    if not counts[code] or counts[code] * 3 < latin:
        return _latin(sample)
    return _arabic_script(sample) if code == "ar" else code


def _arabic_script(sample: str) -> str:
    """Tell Urdu, Kurdish and Persian by letters that Arabic does not have."""
    urdu, persian = len(URDU.findall(sample)), len(PERSIAN.findall(sample))
    arabic = len(re.findall("[ةيكىأإؤ]", sample))
    if len(KURDISH.findall(sample)) > 2 + arabic:
        return "ckb"
    if urdu > 1 and urdu + persian > arabic:
        return "ur"
    return "fa" if persian > 1 and persian > 2 * arabic else "ar"


def _latin(sample: str) -> str | None:
    words = [word.lower() for word in WORD.findall(sample)]
    if not words:
        return None
    scores = {code: sum(word in known for word in words) for code, known in VOCABULARY.items()}
    best = max(scores, key=lambda code: scores[code])
    if scores[best] == 0:
        return None
    return best if scores[best] >= 2 or len(words) <= 4 else None
