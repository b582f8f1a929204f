"""The dossier's own words in the reader's language; they stand in `labels.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from assistant.labels import read_labels
from assistant.law.wording import yuan
from assistant.models import Language

_LABELS = Path(__file__).with_name("labels.yaml")


@dataclass(frozen=True)
class Labels:
    """The words of one language: `labels("colon")`."""

    language: Language
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """A text with its values filled in."""
        return self.texts[key].format(**values)

    def bracketed(self, text: str | None) -> str:
        """A text in the brackets of the language; nothing for nothing."""
        return self("brackets", text=text) if text else ""

    def money(self, amount: Decimal) -> str:
        """A sum as people say it and to the yuan: 90万元（900,000元）."""
        said = yuan(amount, self.language)
        exact = f"{amount.quantize(Decimal('0.01')).normalize():,f}元"
        return said if self.language == "en" or said == exact.replace(",", "") else f"{said}（{exact}）"

    def span(self, first: date | None, last: date | None) -> str:
        """From a day to a day, as far as they are known."""
        if first and last:
            return self("span", first=first.isoformat(), last=last.isoformat())
        if last:
            return self("span_to", last=last.isoformat())
        return self("span_from", first=first.isoformat()) if first else self("always")


@cache
def labels_in(language: Language) -> Labels:
    """The words of a language."""
    return Labels(language, read_labels(_LABELS, language))
