"""What can be wrong with what people wrote for routing, said so that they can mend it."""


class RoutingError(Exception):
    """Something handed to routing cannot be used."""


class InvalidRule(RoutingError):
    """A rule that cannot be read; `field` is the path of what is wrong in it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}")
        self.field = field
        self.problem = problem


class DamagedModel(RoutingError):
    """A topic model file that is missing, incomplete or not ours."""


class TooFewExamples(RoutingError):
    """There is nothing to learn from: fewer than two topics with examples."""
