"""The page about people's data says what the register and the tasks do."""

from collections import Counter
from datetime import timedelta

import httpx

from mobility.fleet.service import NewVehicle
from mobility.privacy.rules.notice import CHAPTERS
from mobility.privacy.rules.register import HELD
from mobility.riders.tasks import KEEP_MESSAGES


def test_every_table_about_people_is_told_in_one_chapter() -> None:
    assert Counter(table for chapter in CHAPTERS for table in chapter.tables) == Counter(HELD.keys())


def test_a_period_that_is_told_is_the_one_that_is_kept() -> None:
    told = {chapter.code: timedelta(days=chapter.days) for chapter in CHAPTERS if chapter.days is not None}
    assert told == {"messages": KEEP_MESSAGES}


def test_every_chapter_is_told_in_both_languages_without_a_line_that_could_break_badly() -> None:
    for chapter in CHAPTERS:
        for words in (chapter.name, chapter.what, chapter.why, chapter.how_long, chapter.who):
            assert set(words) == {"fr", "en"}
            assert all(words.values())
            assert not any(f" {sign}" in words["fr"] for sign in "?!:;»")


async def test_everybody_reads_what_is_stored_and_what_an_erasure_leaves(
    client: httpx.AsyncClient, town: list[NewVehicle]
) -> None:
    notice = (await client.get("/v1/cities/lakeport/privacy-notice")).json()
    left = {chapter["code"]: chapter["on_erasure"] for chapter in notice["chapters"]}
    assert (left["papers"], left["rides"], left["account"]) == ("deleted", "nameless", "partly")
    assert notice["named_days_after_ride"] == 60
    assert (await client.get("/v1/cities/nowhere/privacy-notice")).json()["code"] == "unknown_city"
