"""Reading a document strictly: each value knows its place, so that a complaint can name the key at fault."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
D = TypeVar("D")

LARGEST = 10**9

Answer = dict[str, object]


class UnreadableCase(ValueError):
    """The case cannot be read; the message names the key at fault."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value of the case together with its place, so that a complaint can name it."""

    value: object
    place: str

    def wrong(self, complaint: str) -> UnreadableCase:
        return UnreadableCase(f"{self.place or 'the case'}: {complaint}")

    def get(self, key: str, reader: Callable[["Given"], T], default: D) -> T | D:
        """What the reader makes of the value under the key; absent and null are the default."""
        value = self.items().get(key)
        return default if value is None or value.value is None else reader(value)

    def need(self, key: str) -> "Given":
        found = self.get(key, lambda given: given, None)
        if found is None:
            raise self.wrong(f"{key!r} is missing")
        return found

    def items(self) -> dict[str, "Given"]:
        if not isinstance(self.value, dict):
            raise self.wrong("is not an object")
        inside = f"{self.place}." if self.place else ""
        return {key: Given(value, f"{inside}{key}") for key, value in self.value.items()}

    def members(self) -> list["Given"]:
        if not isinstance(self.value, list):
            raise self.wrong("is not a list")
        return [Given(one, f"{self.place}[{n}]") for n, one in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong("is not a text")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong("is neither true nor false")
        return self.value

    def number(self) -> float:
        # A truth value is an int in Python, and a comparison with NaN is never true.
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong("is not a number")
        if not 0 <= self.value <= LARGEST:
            raise self.wrong(f"is not a number from 0 to {LARGEST}")
        return self.value

    def signed(self) -> float:
        """As `number`, and below zero too."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong("is not a number")
        if not -LARGEST <= self.value <= LARGEST:
            raise self.wrong(f"is not a number from -{LARGEST} to {LARGEST}")
        return self.value

    def whole(self, least: int = 0) -> int:
        """A whole number from `least` on."""
        number = self.number()
        if number != int(number) or number < least:
            raise self.wrong(f"is not a whole number from {least} to {LARGEST}")
        return int(number)

    def one_of(self, words: Mapping[str, T]) -> T:
        word = self.text()
        if word not in words:
            raise self.wrong(f"{word!r} is not one of {', '.join(words)}")
        return words[word]

    def parsed(self, parse: Callable[[str], T]) -> T:
        """The text as a pure reader understands it, whose complaint becomes ours."""
        text = self.text()
        try:
            return parse(text)
        except ValueError as error:
            raise self.wrong(str(error)) from error
