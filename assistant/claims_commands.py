"""`wence check-claims`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from rich.console import Console
from rich.progress import track

from assistant.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the command to `wence`."""
    app.command("check-claims", help="逐条核对说法：所给段落是否支持。只用规则，不用模型，不联网。")(
        check_claims
    )


def check_claims(
    source: Annotated[Path, typer.Option("--in", help="JSONL，每行 {id, claim, passages}")],
    out: Annotated[Path, typer.Option("--out", help="JSONL，每行 {id, supported, score}")],
) -> None:
    """Score every line; an unusable one gets {"id", "error"} in its place and the others go on (exit 1 then)."""
    lines = [(number, line) for number, line in enumerate(_read(source), 1) if line.strip()]
    console, failed = Console(stderr=True), 0
    with _opened(out) as file:
        for number, line in track(lines, "核对", console=console):
            row = _checked(number, line)
            failed += "error" in row
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    if failed:
        told = f"{failed} 行没有结果，原因写在 {out} 的 error 里。"
        console.print(told, markup=False, soft_wrap=True)
        raise typer.Exit(1)


def _read(path: Path) -> Sequence[str]:
    """The lines; only a line feed ends one, for JSON may hold other separators unescaped."""
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"读不了 {path}：请检查路径，并存为 UTF-8。") from error


def _opened(out: Path) -> TextIO:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return out.open("w", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise InputError(f"写不了 {out}：请检查路径和权限。") from error


def _checked(number: int, line: str) -> dict[str, Any]:
    """The result of a line, or what is wrong with it."""
    from assistant.claims import score_claim

    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return {"id": None, "error": f"第 {number} 行不是 JSON：请改正后再试。"}
    if not isinstance(row, dict):
        return {"id": None, "error": f"第 {number} 行须是一个 JSON 对象：请改正后再试。"}
    claim, passages = row.get("claim"), row.get("passages")
    if not isinstance(claim, str) or not claim.strip():
        return {"id": row.get("id"), "error": f"第 {number} 行的 claim 须是文字：请改正后再试。"}
    if not isinstance(passages, list) or not all(isinstance(p, str) for p in passages):
        return {"id": row.get("id"), "error": f"第 {number} 行的 passages 须是一列文字：请改正后再试。"}
    support = score_claim(claim, passages)
    return {"id": row.get("id"), "supported": support.supported, "score": support.score}
