"""The sample digests: every researched fact stands in the digest of its paper, and nothing is undated by accident."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.models import Document
from assistant.text import fold
from assistant.values import Value, is_covered, values_in
from ingest.read import read_document
from ingest.reading import Limits
from ingest.sources import samples

FACTS = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data/facts.jsonl").read_text(encoding="utf-8").splitlines()
]
BY_TITLE: dict[str, Document] = {
    document.head.title: document
    for file in samples().files
    for document in [read_document(file, file.read_bytes(Limits()))]
}


def test_one_digest_for_every_paper_of_the_facts() -> None:
    assert {f["document_title"] for f in FACTS} == set(BY_TITLE)


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f["id"])
def test_fact_stands_in_its_digest(fact: dict[str, Any]) -> None:
    document = BY_TITLE[fact["document_title"]]
    stored = values_in(document.text + "\n" + "\n".join(document.head.notes))
    missing = [v for v in figures_of(fact) if not is_covered(v, stored)]
    assert not missing, missing
    head = document.head
    assert fact["document_number"] in (None, head.document_number) or fact["document_number"] in document.text
    everything = fold(document.text + (head.issuer or "") + "".join(head.notes))
    for name in [*re.split(r"、(?=\w{2,6}[市区])", fact["department"] or ""), *fact["materials"]]:
        assert fold(name) in everything


def figures_of(fact: dict[str, Any]) -> Iterator[Value]:
    """Every figure of a fact: its fields and what its sentences name (without references to other facts)."""
    if fact["rate_percent"] is not None and "1:1" not in (fact["notes"] or ""):
        yield from values_in(f"{fact['rate_percent']}%")
    if fact["startup_rate_percent"]:
        yield from values_in(f"{fact['startup_rate_percent']}%")
    for key in ("cap_yuan", "annual_budget_yuan"):
        if fact[key]:
            yield from values_in(f"{fact[key]}元")
    for key in ("window_start", "window_end"):
        if fact[key]:
            yield from values_in(fact[key])
    sentences = [*fact["conditions"], fact["notes"], fact["how_to_apply"], fact["beneficiaries"]]
    for sentence in filter(None, sentences):
        yield from values_in(re.sub(r"F\d{3}|\w+_(?:yuan|percent)(?:=\d+)?", "", sentence))


@pytest.mark.parametrize("document", BY_TITLE.values(), ids=lambda d: d.head.id)
def test_digest_says_what_it_is(document: Document) -> None:
    head = document.head
    assert head.digest and head.sample
    assert document.source == f"sample:{head.id}.md"
    assert head.url is None or "gov.cn" in head.url
    for title in (*head.supersedes, *head.interprets, *head.implements, *head.draft_of):
        assert title in BY_TITLE
    if "征求意见稿" in head.title:
        assert head.kind == "征求意见稿" and head.effective_from is None


def test_no_sentence_of_the_digests_is_out_of_date_by_itself() -> None:
    for document in BY_TITLE.values():
        assert not re.search(r"已截止|已结束|目前正在|仍可申请", document.text), document.head.id
