"""Which words of a ticket tell it apart from the others, and how like it something else is.

Nothing here asks the index: shares of tickets that hold a word come in, and PostgreSQL's own query goes out.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import log

from routing.text import search_terms
from server.search.terms import WORD, quoted

TELLING = 9
"""Three groups of three, of which whatever shares four words has two."""
RARE = 4
"""So many words that the index knows next to nothing of: names and slips of the pen are among them."""
RAREST = 1 / 4000
COMMON = 0.3
CHARACTERS = 4000

_COURTESIES = frozenset(
    search_terms(
        """
        السلام عليكم ورحمة الله وبركاته تحية طيبة مرحبا أهلا صباح مساء الخير شكرا جزيلا لكم لك مع الشكر أرجو نرجو
        رجاء الرجاء لو سمحت سمحتم من فضلكم فضلك أخي أختي السيد السادة الكرام المحترمين حضرتك حضرتكم سعادة جزاكم خيرا
        أنا نحن هو هي هم أنت أنتم هذا هذه ذلك تلك الذي التي في من إلى على عن مع عند بعد قبل حتى منذ خلال بين أو ثم
        لا ما لم لن ليس هل كيف متى أين ماذا لماذا كم أي كل بعض غير قد كان كانت يكون أن إن إذا لو لكن لأن كما أيضا فقط
        عندي لدي لي عليه عليها فيه فيها به بها له لها منه منها وين ليش شو ايش عشان علشان بس مو مش يا الآن اليوم أمس
        أريد أود نريد ممكن يمكن يمكنني أستطيع وصل وصلني وصلتني رد ردكم ردا رسالة رسالتكم تواصل التواصل استفسار
        hello hi dear sir madam good morning evening thanks thank you please regards best kind sincerely greetings
        i me my we our us you your he she it its they them their this that these those the a an and or but if of in on
        at to from for with by about as is are was were be been am do does did have has had will would can could should
        may might not no yes so then than there here what when where which who how why all any some more very just also
        only now today yesterday want need like know tell help get got re fwd fw
        """
    )
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word that tells something: its stem, how much it tells, and how it was spelled."""

    stem: str
    weight: float
    spelled: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a ticket asks, as its telling words, the most telling first."""

    words: tuple[Word, ...] = ()

    @property
    def stems(self) -> tuple[str, ...]:
        return tuple(word.stem for word in self.words)

    @property
    def any_of(self) -> str:
        """Return PostgreSQL's query for whatever holds one of the words."""
        return " | ".join(quoted("n" + stem) for stem in self.stems)

    @property
    def two_of(self) -> str:
        """Return PostgreSQL's query for what holds words of two of three groups; empty where there are not two.

        Asked for every pair, the index would think several times as long over each ticket; whatever shares four
        words is found, and nearly all that shares three.
        """
        terms = [quoted("n" + stem) for stem in self.stems]
        first, second, third = (" | ".join(terms[place::3]) for place in range(3))
        if not second:
            return ""
        if not third:
            return f"({first}) & ({second})"
        return f"(({first}) & ({second} | {third})) | (({second}) & ({third}))"

    def shared(self, stems: Collection[str]) -> tuple[Word, ...]:
        """Return the words that something else holds too, the most telling first."""
        held = frozenset(stems)
        return tuple(word for word in self.words if word.stem in held)

    def share(self, words: Iterable[Word]) -> float:
        """Return how much of the question these words are, between 0 and 1."""
        return sum(word.weight for word in words) / (sum(w.weight for w in self.words) or 1.0)


def question(
    texts: Iterable[str], shares: Mapping[str, float], *, without: Iterable[str] = ()
) -> Question:
    """Choose the words that tell the most; ``shares`` is the part of tickets that hold a stem.

    Numbers and ``without`` (the contact's name) say who is asking, not what.
    """
    said = _spellings(texts, frozenset(search_terms(" ".join(without))))
    known = [stem for stem in said if RAREST < shares.get(stem, 0) <= COMMON]
    known.sort(key=lambda stem: shares[stem])
    rare = [stem for stem in said if shares.get(stem, 0) <= RAREST]
    if not shares:
        rare, known = rare[:TELLING], []
    chosen = [*rare[:RARE], *known] if known else rare
    words = (Word(stem, -log(max(shares.get(stem, 0), RAREST)), said[stem]) for stem in chosen)
    return Question(tuple(words)[:TELLING])


def _spellings(texts: Iterable[str], without: frozenset[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    for text in texts:
        for word in WORD.findall(text[:CHARACTERS]):
            for stem in search_terms(word):
                telling = len(stem) > 1 and not any(map(str.isdigit, stem))
                if telling and stem not in _COURTESIES and stem not in without:
                    said.setdefault(stem, word)
    return said
