LANGUAGES = ("fr", "en")


def language_of(accept_language: str | None) -> str:
    """The best of our languages for an Accept-Language header (RFC 9110); French when it names none of them."""
    ranked = sorted(_preferences(accept_language or ""), key=lambda preference: -preference[1])
    return next((language for language, weight in ranked if weight > 0 and language in LANGUAGES), LANGUAGES[0])


def _preferences(header: str) -> list[tuple[str, float]]:
    preferences = []
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            preferences.append((tag.split("-")[0].lower(), float(weight or 1)))
        except ValueError:
            continue
    return preferences
