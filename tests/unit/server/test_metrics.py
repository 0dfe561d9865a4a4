"""Every figure has one definition, and says in words what it means."""

from agent_ui.metric_words import MEANING, METRIC
from server.supervision.metrics import METRICS
from server.supervision.queries.facts import COUNTED


def test_every_metric_has_a_name_and_a_meaning_and_nothing_else_has() -> None:
    assert set(METRIC) == set(MEANING) == set(METRICS)


def test_everything_that_is_counted_is_a_metric() -> None:
    assert set(COUNTED) <= set(METRICS)
