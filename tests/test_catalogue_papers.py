"""Which papers must travel with goods, and which of them are not there on a day."""

from datetime import date

import pytest

from shop.catalogue.fitness import Asked
from shop.catalogue.models import Certificate, MarketRule, Product, Requirement, ResponsiblePerson
from shop.catalogue.papers import answering_for, missing_papers, travelling

DAY = date(2026, 11, 24)
BLENDER = Product(sku="B", kind="mains", plate="kitchen")
CREAM = Product(sku="C", kind="cosmetic", plate="skin")
HONEY = Product(sku="H", kind="food_animal", plate="food", hs_code="040900")
PLAN = Product(sku="P", kind="service", plate="service")
CE, LICENCE = (Requirement(market="de", kind="mains", mark=mark) for mark in ("CE", "export licence"))


def paper(mark: str, first: date | None = None, last: date | None = None, number: str = "1") -> Certificate:
    return Certificate(market="de", kind="mains", mark=mark, valid_from=first, valid_until=last, number=number)


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ([], ["missing"]),
        ([paper("CE")], []),
        ([paper("CE", last=DAY)], []),
        ([paper("CE", last=date(2026, 11, 23))], ["expired"]),
        ([paper("CE", first=date(2026, 11, 25))], ["not_yet"]),
        ([paper("CE", last=date(2025, 1, 1)), paper("CE", first=date(2026, 1, 1))], []),
    ],
)
def test_a_certificate_must_be_in_force_on_the_day(held: list[Certificate], why: list[str]) -> None:
    asked = Asked(requirements=[CE], certificates=held)
    assert [each.why for each in missing_papers([BLENDER, CREAM, PLAN], asked, DAY)] == why


def test_an_export_licence_is_asked_for_like_any_other_paper() -> None:
    asked = Asked(requirements=[CE, LICENCE], certificates=[paper("CE")])
    assert [(each.sku, each.paper) for each in missing_papers([BLENDER], asked, DAY)] == [("B", "export licence")]


def test_somebody_must_answer_for_the_goods_where_the_market_asks_it() -> None:
    people = [
        ResponsiblePerson(market="de", kind="all", name="Rotterdam"),
        ResponsiblePerson(market="de", kind="cosmetic"),
    ]
    asked = Asked(people=people)
    assert [(each.sku, each.why) for each in missing_papers([BLENDER, CREAM, PLAN], asked, DAY)] == [("C", "nobody")]
    assert [each.name for each in answering_for([BLENDER], asked)] == ["Rotterdam"]


def test_a_rule_of_the_country_holds_in_its_months_and_for_its_subject() -> None:
    rule = MarketRule(market="de", subject="honey", verdict="needs_step", reason="health_certificate", months="11 12")
    assert [each.paper for each in missing_papers([HONEY, CREAM], Asked(rules=[rule]), DAY)] == ["health_certificate"]
    assert missing_papers([HONEY], Asked(rules=[rule]), date(2026, 10, 1)) == []


def test_of_two_papers_for_one_mark_the_one_that_lasts_longer_travels() -> None:
    held = [paper("CE", last=date(2026, 12, 1), number="old"), paper("CE", last=date(2027, 12, 1), number="new")]
    asked = Asked(requirements=[CE], certificates=[*held, paper("GS")])
    assert [each.number for each in travelling([BLENDER, BLENDER, CREAM], asked, DAY)] == ["new"]
