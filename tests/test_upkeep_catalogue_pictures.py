"""Pictures and papers at the catalogue's desk: cleaned, put in order, replaced and taken away."""

import pytest

from shop.catalogue.models import Paper
from tests.catalogue_desk import HERE, SVG, mere, pictures, row, upload
from tests.page_forms import filled
from tests.pictures import SECRET, png
from tests.world import Browser, World, text

__all__ = ["mere"]  # a fixture


def test_a_picture_is_added_cleaned_and_shown_in_the_shop(sqlite_world: World, mere: Browser) -> None:
    answer = upload(mere, f"{HERE}/pictures", SVG)
    assert answer.status_code == 303, text(answer.text)
    assert "left" not in answer.headers["location"] and "&lt;script&gt;" in mere.follow(answer).text
    hung = pictures(sqlite_world)
    assert len(hung) == 3 and b"script" not in hung[2].data and b"<rect" in hung[2].data
    assert hung[2].hash in sqlite_world.browser("de").get("/de/de/products/maitai-wasserkocher-230v").text


def test_a_picture_is_replaced_by_one_of_another_kind(sqlite_world: World, mere: Browser) -> None:
    before = pictures(sqlite_world)
    assert upload(mere, f"{HERE}/pictures", png(), at=before[0].hash).status_code == 303
    after = pictures(sqlite_world)
    assert [each.media_type for each in after] == ["image/png", before[1].media_type]
    assert SECRET not in after[0].data and after[1].hash == before[1].hash


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "choose a file"),
        (b"GIF89a", "no picture that every browser"),
        (b"x" * 600_000, "500 KB"),
        (png()[:50], "broken"),
    ],
)
def test_a_file_that_is_no_picture_changes_nothing_and_says_why(
    sqlite_world: World, mere: Browser, data: bytes, says: str
) -> None:
    before = [each.hash for each in pictures(sqlite_world)]
    answer = upload(mere, f"{HERE}/pictures", data)
    assert answer.status_code == 422 and says in answer.text
    answer = upload(mere, f"{HERE}/pictures", data, at=before[1])
    assert answer.status_code == 422 and f"f-picture-{before[1]}-error" in answer.text
    assert [each.hash for each in pictures(sqlite_world)] == before


def test_pictures_are_put_in_another_order_and_taken_away(sqlite_world: World, mere: Browser) -> None:
    first, second = pictures(sqlite_world)
    assert mere.post(f"{HERE}/pictures/2/place", {"to": "up", "at": second.hash}).status_code == 303
    assert [each.data for each in pictures(sqlite_world)] == [second.data, first.data]
    now = pictures(sqlite_world)[0]
    assert mere.post(f"{HERE}/pictures/1/removal", {"at": now.hash}).status_code == 303
    assert [(each.data, each.position) for each in pictures(sqlite_world)] == [(first.data, 1)]
    assert mere.post(f"{HERE}/pictures/1/removal", {"at": now.hash}).status_code == 409


def test_there_are_only_so_many_pictures(sqlite_world: World, mere: Browser) -> None:
    for number in range(4):
        data = SVG.replace(b'width="9"', f'width="{number + 1}"'.encode())
        assert upload(mere, f"{HERE}/pictures", data).status_code == 303
    assert upload(mere, f"{HERE}/pictures", SVG).status_code == 422
    assert len(pictures(sqlite_world)) == 6


def test_a_paper_is_looked_at_kept_and_taken_away(sqlite_world: World, mere: Browser) -> None:
    url = f"{HERE}/papers/safety/de"
    mere.get(url)
    written = {"text": "# Sicherheit\n\n## Vorsicht\n\n- **Heiß** <script>x</script>"}
    looked = mere.post(url, filled(mere, url) | written | {"do": "look"})
    assert looked.status_code == 200 and "<strong>Heiß</strong>" in looked.text and "<script>x" not in looked.text
    assert row(sqlite_world, Paper, ("kettle", "safety", "de")) is None
    assert mere.post(url, filled(mere, url) | {"do": "save"}).status_code == 303
    assert row(sqlite_world, Paper, ("kettle", "safety", "de")).text.startswith("# Sicherheit")
    mere.get(url)
    assert mere.post(url, filled(mere, url) | {"text": "", "do": "save"}).status_code == 303
    assert row(sqlite_world, Paper, ("kettle", "safety", "de")) is None


@pytest.mark.parametrize("said", ["", "without a title", "# " + "x" * 100_001])
def test_a_bad_paper_is_refused_and_nothing_is_lost(sqlite_world: World, mere: Browser, said: str) -> None:
    url = f"{HERE}/papers/safety/de"
    mere.get(url)
    answer = mere.post(url, filled(mere, url) | {"text": said, "do": "save"})
    assert answer.status_code == 422 and "f-text-error" in answer.text and said[:100_000] in answer.text
    assert row(sqlite_world, Paper, ("kettle", "safety", "de")) is None
