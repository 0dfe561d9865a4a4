"""What helps with the answer to one ticket: ranked, each with the reason why it is there."""

from datetime import datetime
from math import log1p
from typing import cast

from agent_ui.models import Name, Reason
from agent_ui.models.codes import Locale, Status
from agent_ui.models.knowledge import (
    AnswerHelp,
    AnswerHelpPage,
    ReplyChoice,
    ReplyChoices,
    SimilarTicket,
    SuggestedPiece,
)
from routing.text import search_terms
from server.knowledge import placeholders
from server.knowledge.likeness import Question, Word, question
from server.knowledge.queries import asking, likes, pieces
from server.knowledge.queries.likes import Like, Solved
from server.knowledge.queries.pieces import REPLY, Piece
from server.knowledge.screens.values import language_of, values
from server.people.queries import Viewer
from server.search.pool import TooBusy
from server.tickets.queries import topics
from server.tickets.queries.ticket import Ticket
from server.tickets.screens.chrome import chrome

REPLIES, ARTICLES, TICKETS = 3, 2, 3
WORDS = 240
CHOSEN_WORDS = 120
NAMED_WORDS = 4
OWN_TOPIC, TOPIC_ABOVE, IN_TITLE, USED = 1.0, 0.5, 0.15, 0.05
ENOUGH = 0.25
"""Below this share of the question's words, without its topic, likeness is chance."""


async def answer_help_page(found: Ticket, *, viewer: Viewer, now: datetime) -> AnswerHelpPage:
    """Build the help as a page of its own."""
    rail = await chrome(viewer, here="help", now=now)
    return AnswerHelpPage(rail, str(found.number), await answer_help(found, viewer=viewer, now=now))


async def answer_help(found: Ticket, *, viewer: Viewer, now: datetime) -> AnswerHelp:
    """Gather and rank what may help; where time or connections run out, say so."""
    tree = await topics.tree()
    near = asking.around(found.topic.id if found.topic else None, tree)
    try:
        shares = await likes.shares(now=now)
        texts = await asking.texts(found)
        asked = question(texts, shares, without=(found.contact_name,))
        like = await likes.pieces(asked, viewer=viewer, near=near)
        solved = await likes.solved(asked, ticket_id=found.id, viewer=viewer, now=now)
    except (TooBusy, TimeoutError, likes.TookTooLong):
        return AnswerHelp(found.id, notice=Reason("help_busy"))
    ranked = sorted(
        ((_score(one, asked, near), one) for one in like),
        key=lambda pair: (-pair[0], pair[1].piece.id),
    )
    fitting = [one for score, one in ranked if score >= ENOUGH]
    language = language_of(found, viewer)
    names = {node.topic.id: Name(node.topic.ar, node.topic.en) for node in tree}
    shown = [_piece(one, asked, near, names, found, viewer, language, now) for one in fitting]
    return AnswerHelp(
        ticket_id=found.id,
        replies=tuple(one for one in shown if one.kind == "reply")[:REPLIES],
        articles=tuple(one for one in shown if one.kind == "article")[:ARTICLES],
        tickets=_similar(solved, asked, near, names, found),
    )


async def reply_choices(found: Ticket, said: str, *, viewer: Viewer, now: datetime) -> ReplyChoices:
    """Build the list above the composer: replies that `/word` may mean, filled for this ticket."""
    near = asking.around(found.topic.id if found.topic else None, await topics.tree())
    picked = await pieces.picked(said, viewer=viewer, near=near[:1])
    wanted = language_of(found, viewer)
    return ReplyChoices(said, tuple(_choice(one, found, viewer, wanted, now) for one in picked))


def fill(piece: Piece, found: Ticket, *, viewer: Viewer, wanted: str, now: datetime) -> str:
    """Return the words that go into the answer."""
    language = piece.written.language(wanted)
    if piece.kind == REPLY:
        known = values(found, viewer, language=language, now=now)
        return placeholders.filled(piece.written.body(language), known, language=language)
    written = piece.written
    titles = (written.title_ar, written.title_en)
    title = next(filter(None, titles if language == "ar" else titles[::-1]))
    return f"{title}\n{written.address}"


def _choice(one: Piece, found: Ticket, viewer: Viewer, wanted: str, now: datetime) -> ReplyChoice:
    language = one.written.language(wanted)
    words = fill(one, found, viewer=viewer, wanted=wanted, now=now)
    other = "en" if language == "ar" else "ar"
    return ReplyChoice(
        id=one.id,
        title=Name(one.written.title_ar, one.written.title_en),
        shortcut=one.written.shortcut,
        words=" ".join(words.split())[:CHOSEN_WORDS],
        language=cast("Locale", language),
        other=cast("Locale", other) if one.written.language(other) == other else None,
    )


def _score(one: Like, asked: Question, near: tuple[int, ...]) -> float:
    written = one.piece.written
    shared = asked.shared(one.stems)
    titles = frozenset(search_terms(f"{written.title_ar} {written.title_en}"))
    score = asked.share(shared)
    score += IN_TITLE * sum(1 for word in shared if word.stem in titles)
    if near[:1] and near[0] in written.topic_ids:
        score += OWN_TOPIC
    elif not set(near).isdisjoint(written.topic_ids):
        score += TOPIC_ABOVE
    return score + (USED * log1p(one.piece.uses) if score >= ENOUGH else 0)


def _piece(
    one: Like,
    asked: Question,
    near: tuple[int, ...],
    names: dict[int, Name],
    found: Ticket,
    viewer: Viewer,
    language: str,
    now: datetime,
) -> SuggestedPiece:
    written = one.piece.written
    first = written.language(language)
    second = "en" if first == "ar" else "ar"
    both = (first, second) if written.language(second) == second else (first,)
    topic = next((names[above] for above in near if above in written.topic_ids), None)
    words = (
        fill(one.piece, found, viewer=viewer, wanted=language, now=now)
        if one.piece.kind == REPLY
        else written.body(language)
    )
    return SuggestedPiece(
        ticket_id=found.id,
        id=one.piece.id,
        kind="reply" if one.piece.kind == REPLY else "article",
        title=Name(written.title_ar, written.title_en),
        words=" ".join(words.split())[:WORDS],
        language=cast("Locale", first),
        languages=cast("tuple[Locale, ...]", both),
        reasons=_reasons(topic, asked.shared(one.stems), one.piece.uses),
        address=written.address,
    )


def _similar(
    solved: tuple[Solved, ...],
    asked: Question,
    near: tuple[int, ...],
    names: dict[int, Name],
    found: Ticket,
) -> tuple[SimilarTicket, ...]:
    own = near[0] if near else None

    def score(one: Solved) -> tuple[float, datetime]:
        share = asked.share(asked.shared(one.stems))
        share += OWN_TOPIC / 2 if one.topic_id is not None and one.topic_id == own else 0.0
        return share + USED * log1p(one.uses), one.solved_at

    shown: dict[str, Solved] = {}
    for one in sorted(solved, key=score, reverse=True):
        # A mass answer would fill the place of every other.
        shown.setdefault(" ".join(one.answer.split()), one)
    return tuple(
        SimilarTicket(
            ticket_id=found.id,
            id=one.id,
            number=str(one.number),
            subject=one.subject,
            answer=one.answer[:WORDS],
            status=cast("Status", one.status),
            solved_at=one.solved_at,
            reasons=_reasons(
                names.get(own) if own is not None and one.topic_id == own else None,
                asked.shared(one.stems),
                one.uses,
            ),
        )
        for one in list(shown.values())[:TICKETS]
    )


def _reasons(topic: Name | None, shared: tuple[Word, ...], uses: int) -> tuple[Reason, ...]:
    said: list[Reason] = []
    if topic:
        said.append(Reason("help_topic", {"topic": topic}))
    if shared:
        words = " · ".join(word.spelled for word in shared[:NAMED_WORDS])
        said.append(Reason("help_words", {"words": words}))
    if uses:
        said.append(Reason("help_used", {"count": uses}))
    return tuple(said)
