"""Facts heard in what a person writes, verdicts in the answer, matching, stacking, and quotes that must stand."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from assistant.matching import match
from assistant.models import Question
from assistant.programmes.hear import hear
from assistant.programmes.quotes import faults
from assistant.programmes.schema import Programme
from assistant.wiring import Application
from ingest.programme_files import load_facts, load_programmes
from tests.conftest import TODAY, ingest_paths

WANTED = (
    "compute_contract_amount", "corpus_contract_amount", "model_fee", "founded_on", "city", "district",
    "compute_provider_related", "entity_type", "legal_person", "compute_for_training",
)  # fmt: skip


@lru_cache(maxsize=1)
def definitions() -> dict[str, Any]:
    return dict(load_facts())


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "我们2025年成立，在南山，租了500万的算力训练大模型，对方不是关联公司",
            {"founded_on": "2025", "district": "南山区", "compute_contract_amount": "5000000",
             "compute_for_training": "是", "compute_provider_related": "否"},
        ),
        (
            "去年买语料200万+算力400万+模型费100万",
            {"corpus_contract_amount": "2000000", "compute_contract_amount": "4000000", "model_fee": "1000000"},
        ),
        ("公司刚成立8个月，训力券能按60%算吗", {"founded_on": "2026-03-22"}),
        ("成立半年的初创，算力合同500万", {"founded_on": "2026-05-22", "compute_contract_amount": "5000000"}),
        ("公司注册在东莞，能申请吗", {"city": "东莞市"}),
        ("Our compute contract is RMB 8 million", {"compute_contract_amount": "8000000"}),
        ("深圳的训力券最高1000万，是不是", {}),
        ("语料券封顶500万对吧", {}),
        ("高校能申请吗", {"entity_type": "高校"}),
        ("分公司能申请吗", {"legal_person": "否"}),
    ],
)  # fmt: skip
def test_only_what_is_told_of_the_firm_is_heard(text: str, facts: dict[str, str]) -> None:
    heard = hear(text, definitions(), WANTED, TODAY)
    assert {k: heard.get(k) for k in facts} == facts
    assert not {k for k in heard if definitions()[k].type == "money"} - facts.keys()


def ask(wence: Application, text: str, **told: str) -> Any:
    return wence.pipeline.answer(Question(text=text, as_of=TODAY, facts=told))


def test_the_answer_carries_the_assessment(wence: Application) -> None:
    answer = ask(wence, "算力合同600万，训力券最多能补多少？")
    one = answer.assessments[0]
    assert (one.programme_id, one.amount, one.window.state) == (
        "sz-training-voucher",
        Decimal(3_000_000),
        "closed",
    )
    sums = "600万元 × 50% = 300万元，未超过上限1000万元"
    assert sums in answer.text and one.working and one.working.startswith(sums)
    assert "已截止" in answer.text and answer.facts == {"compute_contract_amount": "6000000"}
    assert {f.citation for f in one.findings} <= {c.number for c in answer.citations} | {None}
    for citation in answer.citations:
        document = wence.catalog.document(citation.document_id, citation.version)
        assert document and document.text[citation.start : citation.end] == citation.quote


def test_facts_told_before_are_kept_and_nonsense_is_asked_back(wence: Application) -> None:
    answer = ask(wence, "训力券能补多少", compute_contract_amount="600万元", founded_on="2026-01-01")
    assert answer.assessments[0].amount == 3_600_000
    odd = ask(wence, "训力券能补多少", compute_contract_amount="-3万")
    assert odd.assessments[0].amount is None and any("负数" in line for line in odd.follow_ups)


def test_a_condition_that_fails_is_said_first_with_its_clause(wence: Application) -> None:
    answer = ask(wence, "我司租的是母公司旗下云公司的算力，能用训力券吗？")
    assert answer.assessments[0].outcome == "unmet" and answer.assessments[0].amount is None
    assert answer.text.startswith("训力券：不符合条件")
    assert "关联方" in answer.citations[0].quote


def test_matching_orders_and_combines(wence: Application) -> None:
    facts = {"compute_contract_amount": "600万元", "corpus_contract_amount": "200万元", "city": "深圳"}
    found = match(facts, wence.knowledge.snapshot(), TODAY)
    amounts = {a.programme_id: a.amount for a in found.assessments}
    assert amounts["sz-training-voucher"] == 3_000_000 and amounts["sz-corpus-voucher"] == 600_000
    assert found.combinations and found.combinations[0].limits
    assert len({m.fact for m in found.missing_facts}) == len(found.missing_facts)
    assert [m.fact for m in found.missing_facts if m.fact in facts] == []


def test_support_for_one_contract_is_cut_at_its_share() -> None:
    from assistant.programmes.assess import assess
    from assistant.programmes.stacking import combine

    source = {"s": {"document_id": "d", "quote": "q"}}
    benefit = {"id": "b", "zh": "资助", "en": "s", "basis": "compute_contract_amount", "source": "s"}
    rule = {
        "kind": "share",
        "share": "0.50",
        "basis": "compute_contract_amount",
        "zh": "合计不超过50%",
        "en": "50%",
        "source": "s",
    }
    city = {
        "id": "city",
        "title": "市",
        "revisions": [{"benefits": [{**benefit, "rate": "0.50"}], "stacking": [rule], "sources": source}],
    }
    district = {
        "id": "district",
        "title": "区",
        "revisions": [{"benefits": [{**benefit, "rate": "0.20"}], "sources": source}],
    }
    facts = {"compute_contract_amount": Decimal(1_000_000)}
    verdicts = [assess(Programme.model_validate(p), facts, TODAY) for p in (city, district)]
    both = next(iter(combine(verdicts, facts, "zh", lambda _: 1)))
    assert both.amount == 500_000 and both.limits[0].taken_off == 200_000 and both.limits[0].citation == 1
    apart = {**rule, "kind": "excludes", "share": None, "basis": None, "programmes": ["city"]}
    district["revisions"][0]["stacking"] = [apart]  # type: ignore[index]
    verdicts[1] = assess(Programme.model_validate(district), facts, TODAY)
    assert list(combine(verdicts, facts, "zh", lambda _: 1)) == []


def test_every_quote_of_every_programme_stands(wence: Application) -> None:
    found = [f for p in load_programmes().values() for f in faults(p, definitions(), wence.catalog.document)]
    assert found == []


def test_a_quote_altered_by_one_character_is_found(wence: Application) -> None:
    one = load_programmes()["sz-corpus-voucher"]
    revision = one.revisions[0]
    source = revision.sources["buy"]
    altered = {
        **revision.sources,
        "buy": source.model_copy(update={"quote": source.quote.replace("30%", "31%")}),
    }
    broken = one.model_copy(update={"revisions": (revision.model_copy(update={"sources": altered}),)})
    found = list(faults(broken, definitions(), wence.catalog.document))
    assert len(found) == 1 and "sz-corpus-voucher.yaml" in found[0] and "sources.buy" in found[0]


def test_a_programme_whose_quote_no_longer_stands_is_left_out_and_said(
    application: Application, tmp_path: Path
) -> None:
    folder = application.settings.home / "programmes"
    folder.mkdir(parents=True)
    paper = tmp_path / "云雀券办法.txt"
    paper.write_text(
        "某市云雀券办法\n第一条 云雀券按合同金额的最高40%给予资助，最高80万元。", encoding="utf-8"
    )
    id = ingest_paths(application, paper) and next(iter(application.catalog.heads()))
    (folder / "own.yaml").write_text(
        f"""
id: own
title: 云雀券
revisions:
  - benefits:
      - id: b
        zh: 资助
        en: support
        basis: compute_contract_amount
        rate: "0.40"
        cap: {{amount: "800000", source: s}}
        source: s
    sources: {{s: {{document_id: {id}, quote: 按合同金额的最高40%给予资助}}}}
""",
        encoding="utf-8",
    )
    assert ingest_paths(application, paper).faults == []
    from assistant.knowledge import KnowledgeBase

    def published() -> set[str]:
        base = KnowledgeBase(application.settings.home, application.catalog, application.encoder.fingerprint)
        return set(base.snapshot().rulebook.programmes)

    assert published() == {"own"}
    paper.write_text(
        "某市云雀券办法\n第一条 云雀券按合同金额的最高20%给予资助，最高80万元。", encoding="utf-8"
    )
    report = ingest_paths(application, paper)
    assert "own.yaml" in report.faults[0] and published() == set()


def test_match_and_facts_over_http(address: str) -> None:
    import httpx

    facts = httpx.get(f"{address}/api/facts").json()
    assert {"key", "type", "unit", "label", "question"} <= facts[0].keys()
    programmes = httpx.get(f"{address}/api/programmes").json()
    assert {p["id"] for p in programmes} == {p.id for p in load_programmes().values() if p.revisions}
    assert {"id", "title", "window"} <= programmes[0].keys()
    body = {"facts": {"corpus_contract_amount": "300万"}, "as_of": "2026-11-22"}
    found = httpx.post(f"{address}/api/match", json=body).json()
    assert {"as_of", "facts", "assessments", "combinations", "missing_facts"} <= found.keys()
    one = next(a for a in found["assessments"] if a["programme_id"] == "sz-corpus-voucher")
    assert Decimal(one["amount"]) == 900_000 and one["window"]["from"]
    assert json.dumps(found) and date.fromisoformat(found["as_of"]) == TODAY


@pytest.mark.parametrize(
    ("text", "asked", "never"),
    [
        ("语料合同500万美元能补多少", "不是人民币", "150万元"),
        ("租算力花了US$3 million，训力券补多少", "不是人民币", "150万元"),
        ("我们语料合同-200万，能补多少", "不能是负数", "60万元"),
        ("训力券合同1e30元补多少", "读不出一个数", "不符合条件"),
        ("公司2030年成立，训力券能补多少", "之后：请核对", "属于新成立"),
        ("我们在南山区也在福田区，语料合同200万能补多少", "说了不止一个", "在南山区；"),
    ],
)
def test_what_makes_no_sense_is_asked_back_and_not_computed_with(
    wence: Application, text: str, asked: str, never: str
) -> None:
    answer = wence.pipeline.answer(Question(text=text, as_of=TODAY))
    assert asked in answer.text.splitlines()[0]
    assert asked in answer.follow_ups[0]
    assert never not in answer.text
