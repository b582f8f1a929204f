"""What one answer asks of a language model: every request within one budget, with its prompt and its faults on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.budget import Budget
from assistant.errors import LanguageModelError
from assistant.models import Check
from assistant.ports import ChatModel
from assistant.prompts import Prompt


@dataclass
class Aid:
    """A language model for the time of one answer; after its first failure it is not asked again."""

    model: ChatModel
    budget: Budget
    checks: list[Check] = field(default_factory=list)
    prompts: dict[str, str] = field(default_factory=dict)
    failed: bool = False

    def ask(self, prompt: Prompt, part: float = 1.0, **values: str) -> Iterator[str]:
        """Pieces of the reply, waited for with at most a part of what is left; a failure ends them and goes into the trace."""
        if self.failed:
            return
        self.prompts[prompt.name] = prompt.sha256
        system, user = prompt.render(**values)
        try:
            yield from self.model.stream(system, user, self.budget.share(part))
        except LanguageModelError as error:
            self.failed = True
            self.note(prompt.name, str(error))

    def note(self, sentence: str, reason: str | None) -> None:
        """Put a check on record: passed where there is no reason against."""
        self.checks.append(Check(sentence=sentence, passed=reason is None, reason=reason))
