"""Whether what a programme rests on stands in the stored documents: every quote, word for word."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assistant.models import Document
from assistant.programmes.facts import Definitions
from assistant.programmes.schema import Programme, Source

Reader = Callable[[str], Document | None]


def span_of(source: Source, document: Document) -> tuple[int, int] | None:
    """Where a source's quote stands in its document; None when it does not, word for word."""
    start = document.text.find(source.quote)
    return (start, start + len(source.quote)) if start >= 0 and source.quote else None


def faults(programme: Programme, definitions: Definitions, document: Reader) -> Iterator[str]:
    """What is wrong with a programme, each with its place in the file and the mend; nothing when all holds."""
    for number, revision in enumerate(programme.revisions):
        place = f"{programme.id}.yaml revisions[{number}]"
        for fact in revision.facts():
            if fact not in definitions:
                yield f"{place}: 没有名为 {fact} 的事实，请先写进 facts.yaml。"
        for name, source in revision.sources.items():
            found = document(source.document_id)
            if found is None:
                yield f"{place}.sources.{name}: 知识库里没有文件 {source.document_id}，请先导入它。"
            elif span_of(source, found) is None:
                yield f"{place}.sources.{name}: 引文在 {source.document_id} 里逐字找不到：“{source.quote[:40]}”。"
        used = {name for _, name in revision.used_sources()}
        for name in revision.sources.keys() - used:
            yield f"{place}.sources.{name}: 没有规则用到它，请删去或引用。"
    for before, after in zip(programme.revisions, programme.revisions[1:], strict=False):
        if before.opens and after.opens and after.opens <= before.opens:
            yield f"{programme.id}.yaml: 修订须按日期先后排列。"
