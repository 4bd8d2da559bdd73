"""Each of the 40 abuse cases is tried by tests that there are."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.abuse_table import ABUSE


@cache
def _tests_of(file: str) -> frozenset[str]:
    tree = ast.parse((Path(__file__).parent / f"test_{file}.py").read_text())
    return frozenset(
        each.name for each in tree.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    )


def test_there_are_forty() -> None:
    assert list(ABUSE) == list(range(1, 41))


@pytest.mark.parametrize("number", ABUSE, ids=lambda number: f"abuse {number}")
def test_a_case_is_tried_by_tests_that_there_are(number: int) -> None:
    case = ABUSE[number]
    assert case.says and case.tests
    assert [each for each in case.tests if each.partition("::")[2] not in _tests_of(each.partition("::")[0])] == []
