"""The door of claims: open for years, with photos and serials, and never a claim lost, doubled or taken from somebody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import col, select

from shop.aftersales.cases.filing import change_case, note
from shop.aftersales.claims.keeping import claimable
from shop.aftersales.claims.photos import BODY_LIMIT, MOST_BYTES
from shop.aftersales.entitlement import bought_by
from shop.aftersales.models import Case, CaseEvent, CaseLine, CasePhoto, PhotoDraft
from shop.checkout.models import Order, OwnedItem, PaymentAttempt
from tests.aftersales import FORM
from tests.buying import BLENDER, buy, paid_state, the_order
from tests.buying import settled as settled_by
from tests.doors import ask, change_market, fresh_world, pay, place
from tests.launching import policies
from tests.packing import arrive, fresh_serial, send
from tests.pictures import SECRET, heic, jpeg, png
from tests.world import ANNA, YUKI, Browser, World, forms, text

SHOP = "/de/de/"
JAPAN = "/jp/ja/"
YUKIS = {"take__HB-BL-100": "yes", f"take__{BLENDER}": ""}


def bought(world: World, browser: Browser, shop: str = SHOP, person: Any = ANNA, sku: str = BLENDER) -> str:
    """An order that was paid, packed and delivered."""
    number = place(browser, shop, person, sku)
    pay(world, browser, shop, number)
    world.work()
    mere = world.signed_in("mere")
    assert send(mere, number).status_code == 303
    assert arrive(mere, number).status_code == 303
    world.work()
    return number


@dataclass
class Sold:
    """A database in which Anna has bought a blender, and what her browser keeps."""

    file: Path
    number: str
    cookies: dict[str, str]


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory, demo_file: Path) -> Sold:
    folder = tmp_path_factory.mktemp("sold")
    with fresh_world(demo_file, folder) as opened:
        browser = opened.browser("de")
        number = bought(opened, browser)
        return Sold(folder / "softlaunch.db", number, {each.name: each.value or "" for each in browser.cookies.jar})


@pytest.fixture
def town(tmp_path: Path, sold: Sold) -> Iterator[World]:
    with fresh_world(sold.file, tmp_path) as opened:
        yield opened


@pytest.fixture
def order(sold: Sold) -> str:
    return sold.number


@pytest.fixture
def anna(town: World, sold: Sold) -> Browser:
    browser = town.browser("de")
    for name, value in sold.cookies.items():
        browser.cookies.set(name, value)
    return browser


def claim(
    browser: Browser, number: str, *photos: bytes, shop: str = SHOP, names: str = "photo.jpg", **given: str
) -> Any:
    """Fill in the form and send it; fields by name, `__` for a hyphen."""
    path = f"{shop}orders/{number}/claim"
    page = browser.get(path)
    assert page.status_code == 200, text(page.text)
    shown = next((each.fields for each in forms(page.text) if each.action.endswith("/claim")), {})
    shown = {name: value for name, value in shown.items() if name not in ("kind", "wish", "photos", "noticed")}
    fields = shown | FORM | {name.replace("__", "-"): value for name, value in given.items()}
    files = [("photos", (names, each, "image/jpeg")) for each in photos]
    return browser.post(path, fields, files=files) if files else browser.post(path, fields)


def kept(world: World, table: Any) -> list[Any]:
    with world.house.database.reading() as db:
        return list(db.exec(select(table)).all())


def case_of(answer: Any) -> str:
    assert answer.status_code == 303, text(answer.text)
    return str(answer.headers["location"]).rpartition("/")[2].partition("?")[0]


def serial_of(world: World, number: str) -> str:
    with world.house.database.reading() as db:
        return db.exec(select(OwnedItem.serial).where(OwnedItem.order_number == number)).one()


def test_a_claim_is_kept_with_its_serial_its_photos_and_what_holds_for_it(
    town: World, anna: Browser, order: str
) -> None:
    number = case_of(claim(anna, order, jpeg(), png(), wish="repair", noticed="2026-11-24"))
    [case], [line], photos = kept(town, Case), kept(town, CaseLine), kept(town, CasePhoto)
    assert (case.number, case.door, case.kind, case.wish) == (number, "claim", "defect", "repair")
    assert (case.verdict, case.window_ends) == ("legal", date(2028, 11, 24))
    assert (line.sku, line.quantity, line.serial) == (BLENDER, 1, serial_of(town, order))
    assert {each.media_type for each in photos} == {"image/jpeg", "image/png"}
    assert not any(SECRET in each.data for each in photos)
    page = anna.get(f"{SHOP}cases/{number}")
    assert page.status_code == 200 and case.statement in text(page.text) and line.serial in page.text
    assert page.text.count("/photos/") == 4  # each with a link and a picture
    assert f"cases/{number}/label" not in page.text, "nothing is to be sent before somebody has looked at it"
    assert "no. 3; Directive" not in page.text and "(§ 438 Abs. 1 Nr. 3 BGB)" in text(page.text)
    receipt = text(anna.get(f"{SHOP}cases/{number}/receipt").text)
    assert "repair" not in receipt and "Reparatur" in receipt
    town.work()
    assert any(number in str(each["Subject"]) for each in town.mails(ANNA["email"]))


def test_what_holds_is_shown_before_anything_is_sent(town: World, anna: Browser, order: str) -> None:
    page = anna.get(f"{SHOP}orders/{order}/claim")
    assert "24. November 2028" in text(page.text) and "§ 438 Abs. 1 Nr. 3 BGB" in text(page.text)
    assert "category=safety" in page.text and serial_of(town, order) in page.text
    assert 'value="repair"' in page.text and 'value="refund"' not in page.text  # the second rung is not open yet


@pytest.mark.parametrize("days", [2 * 366, 5 * 366, 12 * 366])
def test_years_later_it_is_still_taken(town: World, anna: Browser, order: str, days: int) -> None:
    town.clock.now += timedelta(days=days)
    for cookie in town.house.holders.kept(_request(), "order", order, now=town.clock.now):
        anna.cookies.set(cookie.key, cookie.value or "")
    case_of(claim(anna, order))
    [case] = kept(town, Case)
    assert (case.state, case.verdict) == ("received", "outside")


def _request() -> Any:
    class Nobody:
        cookies: dict[str, str] = {}  # noqa: RUF012 - a stand-in

    return Nobody()


@pytest.mark.parametrize("state", ["paused", "winding_down", "closed"])
def test_the_door_is_open_in_every_state_of_the_market(town: World, anna: Browser, order: str, state: str) -> None:
    change_market(town, "de", state=state)
    number = case_of(claim(anna, order, jpeg()))
    assert anna.get(f"{SHOP}cases/{number}").status_code == 200


def test_sent_twice_it_is_one_claim_with_one_of_each_photo(town: World, anna: Browser, order: str) -> None:
    anna.get(f"{SHOP}orders/{order}/claim")
    shown = next(each.fields for each in forms(anna.page.text) if each.action.endswith("/claim"))  # type: ignore[union-attr]
    fields = {"key": shown["key"], **FORM}
    path, files = f"{SHOP}orders/{order}/claim", [("photos", ("a.jpg", jpeg(), "image/jpeg"))]
    numbers = {case_of(anna.post(path, fields, files=files)) for _again in range(3)}
    assert len(numbers) == 1 == len(kept(town, CasePhoto))
    other = anna.post(path, fields | {"words": "Something else."})
    assert other.status_code == 409 and len(kept(town, Case)) == 1


def test_a_serial_with_a_wrong_check_letter_is_told_on_its_field_and_nothing_is_lost(
    town: World, anna: Browser, order: str
) -> None:
    serial = serial_of(town, order)
    wrong = serial[:-1] + ("A" if serial[-1] != "A" else "B")
    answer = claim(anna, order, serial__HB__BL__230="x", **{f"serial__{BLENDER}": wrong})
    assert answer.status_code == 422 and f'id="f-serial-{BLENDER}-error"' in answer.text
    assert wrong in answer.text and FORM["words"] in answer.text and kept(town, Case) == []
    other_model = claim(anna, order, **{f"serial__{BLENDER}": fresh_serial("HB-CO-230")})
    assert other_model.status_code == 422


NOT_PHOTOS = [
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "drawing.jpg"),
    (b"<!doctype html><script>alert(1)</script>", "page.png"),
    (b"%PDF-1.7\n%", "bill.jpg"),
    (jpeg()[:60], "cut.jpg"),
]


@pytest.mark.parametrize(("data", "name"), NOT_PHOTOS)
def test_what_only_calls_itself_a_photo_is_refused_and_the_text_stays(
    town: World, anna: Browser, order: str, data: bytes, name: str
) -> None:
    answer = claim(anna, order, jpeg(), data, names=name)
    assert answer.status_code == 422 and 'id="f-photos-error"' in answer.text
    assert FORM["words"] in answer.text and kept(town, Case) == []


def test_a_photo_that_is_too_large_is_refused_in_the_customers_language_and_the_text_stays(
    town: World, anna: Browser, order: str
) -> None:
    for size in (MOST_BYTES + 1, 12 * 1024 * 1024):
        answer = claim(anna, order, jpeg(filling=size))
        assert answer.status_code == 422 and FORM["words"] in answer.text and 'lang="de' in answer.text
        assert 'id="f-photos-error"' in answer.text
    assert kept(town, Case) == []
    case_of(claim(anna, order, jpeg(filling=MOST_BYTES - 2000)))


def test_more_photos_than_five_are_refused(town: World, anna: Browser, order: str) -> None:
    assert claim(anna, order, *[jpeg(filling=each) for each in range(6)]).status_code == 422
    case_of(claim(anna, order, *[jpeg(filling=each) for each in range(5)]))
    assert len(kept(town, CasePhoto)) == 5


def test_photos_are_kept_while_something_else_is_wrong_and_nobody_chooses_them_twice(
    town: World, anna: Browser, order: str
) -> None:
    path = f"{SHOP}orders/{order}/claim"
    answer = claim(anna, order, jpeg(), png(), words=" ")
    assert answer.status_code == 422 and kept(town, CasePhoto) == []
    assert len(kept(town, PhotoDraft)) == 2 and SECRET not in kept(town, PhotoDraft)[0].data
    again = {name: value for name, value in form_of(answer).items() if name == "key"}
    case_of(anna.post(path, again | FORM, files=[("photos", ("b.jpg", jpeg(filling=9), "image/jpeg"))]))
    assert len(kept(town, CasePhoto)) == 3 and kept(town, PhotoDraft) == []


def test_photos_that_were_kept_can_be_left_out_and_are_forgotten_after_a_day(
    town: World, anna: Browser, order: str
) -> None:
    answer = claim(anna, order, jpeg(), words=" ")
    again = {"key": form_of(answer)["key"], "without": "yes"}
    assert anna.post(f"{SHOP}orders/{order}/claim", again | FORM | {"words": ""}).status_code == 422
    assert kept(town, PhotoDraft) == []
    claim(anna, order, png(), words=" ")
    assert len(kept(town, PhotoDraft)) == 1
    town.later(hours=25)
    assert kept(town, PhotoDraft) == []


def form_of(answer: Any) -> dict[str, str]:
    """What the claim's form on a page would send."""
    return next(each.fields for each in forms(answer.text) if each.action.endswith("/claim"))


def test_a_body_beyond_all_measure_is_refused_before_it_is_read(town: World, anna: Browser, order: str) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": str(BODY_LIMIT + 1)}
    path = f"{SHOP}orders/{order}/claim"
    answer = ask(town, "POST", path, headers=headers, body=b"x", cookies=anna.cookies)
    assert answer.status == 413 and 'lang="de' in answer.text
    stranger = ask(town, "POST", path, headers=headers, body=b"x")
    assert stranger.status == 404  # nothing of it was read


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data; boundary=x", b"nonsense", 400),
        ("multipart/form-data", b"--x--", 400),
        ("multipart/form-data; boundary=x", b"", 422),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\ncontent-disposition: form-data; name="words"\r\n'
            b"content-type: text/plain; charset=klingon\r\n\r\nhi\r\n--x--\r\n",
            400,
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\ncontent-disposition: form-data; name="words"\r\n\r\n\xff\xfe\r\n--x--\r\n',
            400,
        ),
        ("application/json", b"{}", 415),
    ],
)
def test_bytes_that_are_no_form_are_told_so(
    town: World, anna: Browser, order: str, kind: str, body: bytes, status: int
) -> None:
    path = f"{SHOP}orders/{order}/claim"
    answer = ask(town, "POST", path, headers={"content-type": kind}, body=body, cookies=anna.cookies)
    assert answer.status == status, answer.text


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "stolen"}, "kind"),
        ({"words": " "}, "words"),
        ({"words": "x" * 4001}, "words"),
        ({"wish": "refund"}, "wish"),
        ({"wish": "a pony"}, "wish"),
        ({"noticed": "2026-11-25"}, "noticed"),
        ({"noticed": "2026-11-01"}, "noticed"),
        ({"noticed": "yesterday"}, "noticed"),
        ({f"pieces__{BLENDER}": "2"}, f"pieces-{BLENDER}"),
    ],
)
def test_every_mistake_is_told_and_nothing_half_kept(
    town: World, anna: Browser, order: str, given: dict[str, str], field: str
) -> None:
    answer = claim(anna, order, jpeg(), **given)
    assert answer.status_code == 422 and f'href="#f-{field}"' in answer.text, text(answer.text)
    assert kept(town, Case) == [] and kept(town, CasePhoto) == []


def test_a_text_without_end_does_not_come_back_whole(town: World, anna: Browser, order: str) -> None:
    answer = claim(anna, order, jpeg(), words="x" * 3_000_000, key="k" * 3_000_000)
    assert answer.status_code == 422 and len(answer.text) < 100_000


def test_what_is_not_in_the_order_or_is_claimed_already_is_refused(town: World, anna: Browser, order: str) -> None:
    assert claim(anna, order, **{"take__HB-CN-YC": "yes"}).status_code == 422
    assert claim(anna, order, **{f"take__{BLENDER}": ""}).status_code == 422
    case_of(claim(anna, order))
    again = anna.post(f"{SHOP}orders/{order}/claim", {**FORM, "key": "another"})
    assert again.status_code == 422 and len(kept(town, Case)) == 1


def test_after_a_repair_the_same_piece_may_be_claimed_again_and_more_may_be_asked_for(
    town: World, anna: Browser, order: str
) -> None:
    first = case_of(claim(anna, order))
    _mended(town, first, "repair", "repaired")
    second = case_of(claim(anna, order, wish="refund"))
    assert {each.number: each.wish for each in kept(town, Case)} == {first: "", second: "refund"}
    page = town.signed_in("mere").get(f"/desk/cases/{second}")
    assert page.status_code == 200 and f"/desk/cases/{first}" in page.text


def _mended(world: World, number: str, remedy: str, event: str) -> None:
    with world.house.database.writing() as db:
        case = db.get_one(Case, number)
        assert change_case(db, case, "done", only_from=("received",), remedy=remedy)
        note(db, case, event, now=world.clock.now)


def test_the_desk_sees_what_held_on_the_day_it_was_filed_and_a_serial_that_is_not_of_this_order(
    town: World, anna: Browser, order: str
) -> None:
    other = fresh_serial(BLENDER)
    number = case_of(claim(anna, order, jpeg(), hurt="yes", wish="replacement", **{f"serial__{BLENDER}": other}))
    town.clock.now += timedelta(days=3 * 366)
    page = text(town.signed_in("mere").get(f"/desk/cases/{number}").text)
    assert "Legal guarantee until November 24, 2028" in page and "BGB § 438(1) no. 3" in page
    assert "Until November 24, 2027 the seller must prove that it was in order when it arrived." in page
    assert "We packed no piece with this serial into this order." in page and other in page
    assert "Somebody was hurt, or nearly" in page and "Send another one" in page
    assert "Told as of the day on which the claim came in." in page


def test_each_parcel_has_its_own_day_and_a_serial_says_which(town: World) -> None:
    number = the_order(town, _paid_for(town)).number
    one = {f"pieces__{BLENDER}": "1", f"serial__{BLENDER}__2": ""}
    for _parcel in range(2):
        mere = town.signed_in("mere")
        assert send(mere, number, **one).status_code == 303
        assert arrive(mere, number).status_code == 303
        town.later(days=9)
    with town.house.database.reading() as db:
        order = db.get_one(Order, number)
        at_door = claimable(db, bought_by(db, order, town.house.policies), town.house.policies)
    first, second = at_door.pieces[BLENDER].serials
    ends = [
        at_door.holding(BLENDER, today=date(2027, 1, 1), serial=each).guarantee.legal_ends
        for each in (first, second, "")
    ]
    assert ends == [date(2028, 11, 24), date(2028, 12, 3), date(2028, 12, 3)]  # of an unknown piece the later day


def _paid_for(town: World) -> PaymentAttempt:
    attempt = buy(town, "two", {BLENDER: 2})
    settled_by(town, attempt, paid_state(the_order(town, attempt)))
    return attempt


def test_while_nobody_knows_that_it_arrived_nothing_runs_out(town: World) -> None:
    number = the_order(town, _paid_for(town)).number
    with town.house.database.reading() as db:
        order = db.get_one(Order, number)
        at_door = claimable(db, bought_by(db, order, town.house.policies), town.house.policies)
    holds = at_door.holding(BLENDER, today=date(2035, 1, 1))
    assert holds.verdict("defect").standing == "legal" and holds.guarantee.seller_proves


def test_a_replacement_that_another_order_brings_is_claimed_there(town: World, anna: Browser, order: str) -> None:
    first = case_of(claim(anna, order))
    _mended(town, first, "replacement", "replaced")
    with town.house.database.writing() as db:
        change_case(db, db.get_one(Case, first), "done", only_from=("done",), replacement="DE-26-ABCDEF")
    assert anna.post(f"{SHOP}orders/{order}/claim", {**FORM, "key": "k"}).status_code == 422


def test_a_stranger_finds_no_door_no_case_and_no_photo(town: World, anna: Browser, order: str) -> None:
    number = case_of(claim(anna, order, jpeg(), heic()))
    stranger = town.browser("de")
    [*photos] = kept(town, CasePhoto)
    assert stranger.get(f"{SHOP}orders/{order}/claim").status_code == 404
    assert stranger.post(f"{SHOP}orders/{order}/claim", FORM).status_code == 404
    for photo in photos:
        assert stranger.get(f"{SHOP}cases/{number}/photos/{photo.hash}").status_code == 404
        assert stranger.get(f"/desk/cases/{number}/photos/{photo.hash}").status_code == 303  # sign in first
    assert len(kept(town, Case)) == 1


def test_a_photo_is_shown_or_handed_out_and_can_do_nothing(town: World, anna: Browser, order: str) -> None:
    number = case_of(claim(anna, order, jpeg(), heic()))
    mere = town.signed_in("mere")
    for photo in kept(town, CasePhoto):
        for browser, door in ((anna, f"{SHOP}cases"), (mere, "/desk/cases")):
            answer = browser.get(f"{door}/{number}/photos/{photo.hash}")
            assert answer.status_code == 200 and answer.content == photo.data
            assert "sandbox" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"].startswith("nosniff")
            assert "no-store" in answer.headers["cache-control"]
            shown = photo.media_type == "image/jpeg"
            assert answer.headers["content-disposition"].startswith("inline" if shown else "attachment")
            assert answer.headers["content-type"] == photo.media_type
        assert anna.get(f"{SHOP}cases/{number}/photos/{'0' * 64}").status_code == 404
        assert mere.get(f"/desk/cases/{number}/photos/{'0' * 64}").status_code == 404


def test_staff_of_another_market_find_no_photo(town: World, anna: Browser, order: str) -> None:
    number = case_of(claim(anna, order, jpeg()))
    [photo] = kept(town, CasePhoto)
    haruka = town.signed_in("haruka")
    assert haruka.get(f"/desk/cases/{number}/photos/{photo.hash}").status_code == 404
    with town.house.database.writing() as db:
        db.connection().execute(update(Case).where(col(Case.number) == number).values(market="jp"))
    assert anna.get(f"{SHOP}cases/{number}/photos/{photo.hash}").status_code == 404


def test_who_was_hurt_is_told_at_once_what_to_do(town: World, anna: Browser, order: str) -> None:
    number = case_of(claim(anna, order, hurt="yes"))
    page = anna.get(f"{SHOP}cases/{number}")
    assert "category=safety" in page.text
    assert "safety" in {each.kind for each in kept(town, CaseEvent)}
    asked = anna.get(f"{SHOP}support?category=safety&order={order}")
    assert 'value="safety" selected' in asked.text and order in asked.text


def test_in_japanese_with_another_ladder_and_no_term(town: World) -> None:
    change_market(town, "jp", state="open", audience="")
    yuki = town.browser("ja")
    order = bought(town, yuki, JAPAN, YUKI, "HB-BL-100")
    page = yuki.get(f"{JAPAN}orders/{order}/claim")
    assert (
        page.status_code == 200
        and 'lang="ja' in page.text
        and "民法第566条" in page.text
        and "Civil Code" not in page.text
    )
    answer = claim(yuki, order, jpeg(), shop=JAPAN, words="一分で止まります。", wish="replacement", **YUKIS)
    number = case_of(answer)
    [case] = kept(town, Case)
    assert (case.language, case.verdict, case.window_ends) == ("ja", "legal", None)
    town.work()
    [mail] = [each for each in town.mails(YUKI["email"]) if number in str(each["Subject"])]
    assert mail["Content-Language"].startswith("ja")


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory, sold: Sold) -> Iterator[tuple[World, str]]:
    with fresh_world(sold.file, tmp_path_factory.mktemp("settled")) as opened:
        yield opened, sold.number


class Changed:
    """Today's policies with other numbers in every rule of the warranty."""

    def __init__(self, numbers: dict[str, Any]) -> None:
        self._library, self._numbers = policies(), numbers

    def nearest(self, market: str, kind: str, day: date) -> Any:
        version = self._library.nearest(market, kind, day)

        class Version:
            rules = {**version.rules, **self._numbers}  # noqa: RUF012 - a stand-in

        return Version()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries(
        {
            "legal_guarantee_months": st.integers(0, 60),
            "burden_of_proof_months": st.integers(0, 60),
            "notify_within_days": st.integers(0, 60),
            "commercial_guarantee_months": st.integers(0, 60),
            "extra_months_after_repair": st.integers(0, 24),
            "legal_guarantee_basis": st.sampled_from(["fixed", "reasonable_time", "notify_within"]),
            "remedies": st.permutations(["refund", "repair", "damages"]),
        }
    ),
    st.integers(0, 1500),
)
def test_changing_todays_policy_never_changes_a_past_orders_guarantee(
    settled: tuple[World, str], numbers: dict[str, Any], days: int
) -> None:
    world, number = settled
    day = world.clock.now.date() + timedelta(days=days)
    policies: list[Any] = [world.house.policies, Changed(numbers)]
    with world.house.database.reading() as db:
        order = db.get_one(Order, number)
        told = [claimable(db, bought_by(db, order, each), each).holding(BLENDER, today=day) for each in policies]
    assert told[0] == told[1]


def test_two_sides_claim_the_last_piece_at_once_and_one_gets_it(world: World) -> None:
    browser = world.browser("de")
    number = bought(world, browser)
    first, second = (anna_again(world, browser) for _each in range(2))
    case_of(claim(first, number))
    assert second.post(f"{SHOP}orders/{number}/claim", {**FORM, "key": "second"}).status_code == 422
    assert len(kept(world, Case)) == 1


def anna_again(world: World, browser: Browser) -> Browser:
    """The same customer in another window."""
    other = world.browser("de")
    for each in browser.cookies.jar:
        other.cookies.set(each.name, each.value or "")
    return other
