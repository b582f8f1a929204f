"""What answers took of a language model: tokens as the service reported them, and their cost at the set prices. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.models import Frozen, Usage
from assistant.settings import Settings

_MILLION = 1_000_000


@dataclass(frozen=True)
class Prices:
    """Yuan for a million tokens; None where they are not set."""

    prompt: float | None
    completion: float | None

    @classmethod
    def of(cls, settings: Settings) -> Prices:
        """As the settings say."""
        return cls(settings.llm_price_prompt, settings.llm_price_completion)

    def cost(self, prompt: int, completion: int) -> float | None:
        """What that many tokens cost in yuan; None where a price is not set."""
        if self.prompt is None or self.completion is None:
            return None
        return (prompt * self.prompt + completion * self.completion) / _MILLION


NO_PRICES = Prices(None, None)


class Spent(Frozen):
    """Tokens that were reported, of how many answers nothing is known, and the cost of what is known."""

    answers: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    unknown: int = 0
    cost: float | None = None

    @property
    def words(self) -> str:
        """The tokens in words for staff."""
        if not self.answers:
            return "没有用语言模型"
        if self.unknown == self.answers:
            return "服务没有报告用量"
        told = f"输入 {self.prompt_tokens:,}、输出 {self.completion_tokens:,} token"
        return told + (f"（另有 {self.unknown} 个回答用量不明）" if self.unknown else "")

    @property
    def cost_words(self) -> str:
        """The cost in words for staff."""
        if not self.answers:
            return "0 元"
        if self.unknown == self.answers:
            return "不明"
        if self.cost is None:
            return "未设价格"
        return f"{'至少 ' if self.unknown else ''}{self.cost:.4f}".rstrip("0").rstrip(".") + " 元"


def spent(used: Iterable[Usage | None], prices: Prices) -> Spent:
    """What answers that used a language model took together; None where nothing is known of one."""
    used = list(used)
    known = [
        (u.prompt_tokens, u.completion_tokens)
        for u in used
        if u and u.prompt_tokens is not None and u.completion_tokens is not None
    ]
    prompt, completion = sum(p for p, _ in known), sum(c for _, c in known)
    return Spent(
        answers=len(used),
        prompt_tokens=prompt,
        completion_tokens=completion,
        unknown=len(used) - len(known),
        cost=prices.cost(prompt, completion),
    )
