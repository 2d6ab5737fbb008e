"""Refusals: facts with a stable code, raised where the rule is, rendered once at the edge (RFC 9457)."""

from typing import Any, ClassVar


class Problem(Exception):
    """A refusal the caller can act on.

    A subclass names its `code` (stable, part of the API) and one sentence per language, a `str.format` template over
    the facts given at the raise. Facts are published as members of the problem document: never put a secret or a
    person's data into them.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = ""
    fr: ClassVar[str] = ""
    en: ClassVar[str] = ""
    registry: ClassVar[dict[str, type["Problem"]]] = {}

    def __init_subclass__(cls) -> None:
        if "code" not in cls.__dict__:
            return
        if not (cls.fr and cls.en):
            raise TypeError(f"{cls.__name__} needs a sentence in French and in English")
        if cls.registry.setdefault(cls.code, cls) is not cls:
            raise TypeError(f"the code {cls.code} is taken by {cls.registry[cls.code].__name__}")

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts

    def __str__(self) -> str:
        return self.sentence("en")

    def sentence(self, language: str) -> str:
        """What happened, in the caller's terms; French unless English is asked for."""
        return (self.en if language == "en" else self.fr).format(**self.facts)


class SettingUnreadable(ValueError):
    """A setting that a process cannot begin with; the sentence names it and says how it is written."""


class Malformed(Problem):
    status = 400


class Unauthenticated(Problem):
    status = 401


class Forbidden(Problem):
    status = 403


class NotFound(Problem):
    status = 404


class Conflict(Problem):
    status = 409


class TooLarge(Problem):
    status = 413


class Invalid(Problem):
    status = 422


class TooMany(Problem):
    """Refused for its rate; the fact `retry_after_s` becomes the header Retry-After."""

    status = 429


class Unavailable(Problem):
    status = 503
