"""Equations (Office MathML) as one line of text: fractions a/b, powers a^b, roots √(a)."""

from __future__ import annotations

import re
from typing import Any

from ingest.readers.word_package import M

_OPERATOR = re.compile(r"[+\-−–×*÷/＋－=≤≥<> ]")
_LONGEST = 5000  # characters; what is longer is no equation


def linear(equation: Any) -> str:
    """The equation in one line, children before parents, so that depth costs nothing."""
    texts: dict[Any, str] = {}
    for element in reversed(list(equation.iter(f"{M}*"))):
        texts[element] = _combined(element, texts)[:_LONGEST]
    return texts.get(equation, "")


def _combined(element: Any, texts: dict[Any, str]) -> str:
    name = element.tag[len(M) :]
    if name == "t":
        return element.text or ""
    if name.endswith("Pr"):
        return ""

    def part(child: str) -> str:
        found = element.find(f"{M}{child}")
        return "" if found is None else texts.get(found, "")

    e = part("e")
    match name:
        case "f":
            return f"{_grouped(part('num'))}/{_grouped(part('den'))}"
        case "sSup":
            return f"{_grouped(e)}^{_grouped(part('sup'))}"
        case "sSub":
            return f"{e}_{_grouped(part('sub'))}"
        case "sSubSup":
            return f"{e}_{_grouped(part('sub'))}^{_grouped(part('sup'))}"
        case "rad":
            return f"{part('deg')}√({e})"
        case "nary":
            bounds = "".join(f"{s}{_grouped(t)}" for s, t in (("_", part("sub")), ("^", part("sup"))) if t)
            return f"{_said(element, 'nary', 'chr', '∫')}{bounds} {e}"
        case "d":
            inner = _said(element, "d", "sepChr", "|").join(
                texts.get(c, "") for c in element.findall(f"{M}e")
            )
            return f"{_said(element, 'd', 'begChr', '(')}{inner}{_said(element, 'd', 'endChr', ')')}"
        case "limLow" | "limUpp":
            return f"{e}({part('lim')})"
        case "m":
            return "；".join(texts.get(row, "") for row in element.findall(f"{M}mr"))
        case "mr" | "eqArr":
            return " ".join(texts.get(c, "") for c in element.findall(f"{M}e"))
    return "".join(_texts_of(element, texts))


def _texts_of(element: Any, texts: dict[Any, str]) -> list[str]:
    """The texts of the nearest equation parts, also through what wraps them (an insertion)."""
    found, waiting = [], list(reversed(element))
    while waiting:
        child = waiting.pop()
        if child in texts:
            found.append(texts[child])
        else:
            waiting.extend(reversed(child))
    return found


def _said(element: Any, name: str, key: str, default: str) -> str:
    said = element.find(f"{M}{name}Pr/{M}{key}")
    return default if said is None else said.get(f"{M}val", "")


def _grouped(text: str) -> str:
    """In brackets where it is more than one quantity."""
    return f"({text})" if _OPERATOR.search(text) and not (text[:1] in "(（" and text[-1:] in ")）") else text
