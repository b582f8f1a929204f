"""Example questions drawn from what the knowledge base holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.articles import without_number
from assistant.models import Status
from assistant.status import statuses_on
from assistant.wiring import Application

_PROGRAMME = re.compile(r"[\u4e00-\u9fff]{1,8}(?:券|补贴|奖励|资助)$")
_FORMS = ("{name}最高能补多少？", "{name}要符合什么条件？", "{name}归哪个部门管？")


def example_questions(application: Application, most: int = 6) -> list[str]:
    """Questions about programmes that papers in force name in their headings; fewer when there are few."""
    names = dict.fromkeys(_programme_names(application))
    return [_FORMS[i % len(_FORMS)].format(name=name) for i, name in enumerate(names)][:most]


def _programme_names(application: Application) -> Iterator[str]:
    heads = [head for head, _ in application.knowledge.snapshot().heads.values()]
    statuses = statuses_on(heads, application.clock.today())
    for head in heads:
        if statuses[head.id] is not Status.IN_FORCE:
            continue
        document = application.catalog.document(head.id)
        for section in document.sections if document else ():
            if _PROGRAMME.fullmatch(name := without_number(section)):
                yield name
