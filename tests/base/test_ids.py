from mobility.base.ids import new_id


def test_ids_are_version_7_and_never_repeat() -> None:
    ids = [new_id() for _ in range(1000)]
    assert {(id_.version, id_.variant) for id_ in ids} == {(7, "specified in RFC 4122")}
    assert len(set(ids)) == 1000


def test_ids_sort_by_the_millisecond_they_were_made_in() -> None:
    ids = [new_id() for _ in range(1000)]
    stamps = [id_.int >> 80 for id_ in ids]
    assert stamps == sorted(stamps)
