"""The house's words in a language, for tests of what says figures and rules in sentences."""

from shop.base.i18n import Languages
from shop.base.settings import ROOT

ENGLISH = Languages(ROOT / "locales").tongue("en")
