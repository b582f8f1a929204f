"""Gradio imported in half the time: without the type stubs that it writes beside its own files at every import."""

from __future__ import annotations

import inspect
import os
from typing import Any


def import_gradio() -> None:
    """Import Gradio. Its component classes look up their own source to write stubs of it; they are told there is none.

    Gradio takes that as the case of a class without a file (`create_or_modify_pyi` in `gradio/component_meta.py`).
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    look_up = inspect.getfile

    def without_classes(one: Any) -> str:
        if isinstance(one, type):
            raise OSError
        return look_up(one)

    inspect.getfile = without_classes  # type: ignore[assignment]
    try:
        import gradio  # noqa: F401
    finally:
        inspect.getfile = look_up
