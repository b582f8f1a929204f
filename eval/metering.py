"""Counts what a language model is asked and says, behind the same port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.wiring import Application


class Metered:
    """A chat model that counts its calls and characters; whatever else it can do is passed on."""

    def __init__(self, inner: Any = None) -> None:
        self._inner = inner
        self.calls = self.characters = 0

    @classmethod
    def of(cls, application: Application) -> Metered:
        """The counter of an application's model, put in front of it the first time; counts nothing without one."""
        model = application.chat_model
        if isinstance(model, cls):
            return model
        counter = cls(model)
        if model is not None and "pipeline" not in application.__dict__:
            application.__dict__["chat_model"] = counter
        return counter

    def reset(self) -> None:
        """Begin at nothing."""
        self.calls = self.characters = 0

    @property
    def name(self) -> str:
        """The model's name."""
        return str(self._inner.name)

    def stream(self, system: str, user: str, *more: Any, **named: Any) -> Iterator[str]:
        """As the model does, counted."""
        self.calls += 1
        self.characters += len(system) + len(user)
        for piece in self._inner.stream(system, user, *more, **named):
            self.characters += len(piece)
            yield piece

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
