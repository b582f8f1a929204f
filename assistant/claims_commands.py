"""`wence check-claims`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from assistant.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the command to `wence`."""
    app.command("check-claims", help="核对说法是否有段落支持：每行 {id, claim, passages}。")(check_claims)


def check_claims(
    source: Annotated[Path, typer.Option("--in", help="JSONL：id、claim、passages")],
    out: Annotated[Path, typer.Option("--out", help="JSONL：id、supported、score")],
) -> None:
    """Score claims; a line that is unusable gets {"id", "error"} and the others go on (exit 1 then)."""
    try:
        lines = [line for line in source.read_text(encoding="utf-8").splitlines() if line.strip()]
        out.parent.mkdir(parents=True, exist_ok=True)
        file = out.open("w", encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"读写不了 {source} 或 {out}：请检查路径和编码（UTF-8）。") from error
    failed = 0
    with file:
        for line in track(lines, "核对", console=Console(stderr=True)):
            result = _line(line)
            failed += "error" in result
            file.write(json.dumps(result, ensure_ascii=False) + "\n")
    if failed:
        Console(stderr=True).print(f"{failed} 行没有结果，原因写在 {out} 的 error 里。", markup=False)
        raise typer.Exit(1)


def _line(line: str) -> dict[str, Any]:
    from assistant.claims import score_claim

    try:
        row = json.loads(line)
        claim, passages = row["claim"], row["passages"]
    except (json.JSONDecodeError, KeyError, TypeError):
        return {"id": None, "error": "这一行不是带 id、claim、passages 的 JSON。"}
    if (
        not isinstance(claim, str)
        or not isinstance(passages, list)
        or not all(isinstance(p, str) for p in passages)
    ):
        return {"id": row.get("id"), "error": "claim 应是文字，passages 应是一列文字。"}
    found = score_claim(claim, passages)
    return {"id": row.get("id"), "supported": found.supported, "score": found.score}
