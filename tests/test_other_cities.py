"""Twelve papers in the manner of other cities, written without sight of the code, answered on the day they are ingested."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

import eval
from assistant.clock import FixedClock
from assistant.law.changes import changes
from assistant.law.provisions import Benefit, Lump, Match, PerUnit, Rate
from assistant.models import Document
from assistant.programmes.definitions import FactDefinition
from assistant.programmes.quotes import faults
from assistant.programmes.schema import Programme
from assistant.values import values_in
from assistant.wiring import Application
from eval.answers import Score
from eval.cases import Case, load_cases
from eval.runs import generate, score_all
from ingest.drafting import propose
from ingest.programme_files import load_facts
from tests.conftest import TODAY, ingest_paths, make_settings

PAPERS = Path(__file__).parent / "data" / "other_cities"
CASES = Path(eval.__file__).parent / "cases"
FIELDS = Case.model_fields.keys()


@pytest.fixture(scope="module")
def cities(wence: Application, tmp_path_factory: pytest.TempPathFactory) -> Application:
    """The sample knowledge base, copied, and the twelve papers."""
    home = tmp_path_factory.mktemp("cities") / "home"
    shutil.copytree(wence.settings.home, home)
    application = Application(make_settings(home, model_cache=wence.settings.model_dir), FixedClock(TODAY))
    papers = [p for p in sorted(PAPERS.iterdir()) if p.suffix in (".md", ".txt")]
    report = ingest_paths(application, *papers)
    assert report.failed == [] and report.documents > len(papers)
    return application


def cases() -> list[Case]:
    lines = (PAPERS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Case.model_validate({k: v for k, v in row.items() if k in FIELDS}) for row in rows]


@pytest.mark.parametrize(
    ("papers", "questions", "least", "declined"),
    [
        (
            "towns",
            "towns",
            0.9,
            1.0,
        ),  # rates by part, prices by kind, steps in dollars, batches; 69 questions
        ("towns", "towns_again", 0.75, 0.8),  # the same papers asked in everyday talk by somebody else; 40
        ("one_city", "one_city", 0.85, 0.7),  # a measure, its guide and a report of it; 40
        ("harm", "harm", 0.5, 0.3),  # ten fields, other kinds of money told; a blind set, scored once; 80
        ("districts", "districts", 0.9, 0.6),  # tables, steps of an investment, interest, insurance; 64
    ],
)
def test_papers_of_places_without_programmes(
    wence: Application, tmp_path: Path, papers: str, questions: str, least: float, declined: float
) -> None:
    home = tmp_path / "home"
    shutil.copytree(wence.settings.home, home)
    towns = Application(make_settings(home, model_cache=wence.settings.model_dir), FixedClock(TODAY))
    ingest_paths(towns, *sorted((CASES / papers).iterdir()))
    asked = load_cases(CASES / f"{questions}.jsonl")
    answers = generate(towns, asked, TODAY, lambda: None)
    scores = score_all(asked, answers)
    answerable = {c.id for c in asked if c.answerable}
    right = {s.id for s in scores if s.measures.get("strict_accuracy")}
    assert len(right & answerable) >= least * len(answerable), sorted(answerable - right)
    assert [s.id for s in scores if s.measures.get("wrong_amount_rate")] == []
    not_told = {r.id for r in answers if r.answer.status.startswith("unanswerable")}
    absent = {c.id for c in asked if not c.answerable}
    assert len(absent & not_told) >= declined * len(absent), sorted(absent - not_told)
    towns.catalog.close()


def papers_of(application: Application) -> list[Document]:
    ids = [d.id for d, _ in application.catalog.heads().values()]
    found = [application.catalog.document(id) for id in ids]
    return [d for d in found if d is not None]


def test_sixty_questions(cities: Application) -> None:
    asked = cases()
    answers = generate(cities, asked, TODAY, lambda: None)
    scores: list[Score] = score_all(asked, answers)
    right = [s.id for s in scores if s.measures.get("strict_accuracy")]
    wrong = [s.id for s in scores if s.measures.get("wrong_amount_rate")]
    assert len(right) >= 0.85 * len(asked), sorted({c.id for c in asked} - set(right))
    assert wrong == []
    assert all(r.answer.citations for r in answers if r.answer.status == "answered")


def test_drafts_hold_and_nothing_is_invented(cities: Application) -> None:
    """Every proposal is a valid programme whose quotes stand in the paper and whose figures stand in its quotes."""
    definitions = load_facts(None)
    proposed = 0
    for document in papers_of(cities):
        for proposal in propose(document, definitions):
            programme = Programme.model_validate(proposal.programme)
            new = {key: FactDefinition(key=key, **fields) for key, fields in proposal.facts.items()}
            assert list(faults(programme, definitions | new, cities.catalog.document)) == []
            revision = programme.revisions[0]
            for benefit in revision.benefits:
                names = {benefit.source} | ({benefit.cap.source} if benefit.cap else set())
                said = {v.value for n in names for v in values_in(revision.sources[n].quote)}
                figures = [benefit.rate * 100 if benefit.rate is not None else None, benefit.amount]
                figures += [benefit.cap.amount if benefit.cap else None]
                whole = any(
                    w in revision.sources[n].quote for n in names for w in ("1:1", "1∶1", "全额", "据实")
                )
                for figure in figures:
                    assert figure is None or figure in said or (figure == 100 and whole), (
                        document.head.title,
                        benefit.id,
                        figure,
                    )
                proposed += 1
    assert proposed > 100


# (a word of the clause, rate, lump sum, cap), read from the papers by hand.
RULES: dict[str, list[tuple[str, str | None, int | None, int | None]]] = {
    "hangzhou_yuhang_ai.md": [
        ("租用智能算力", "0.30", None, 2_000_000), ("初创企业", "0.50", None, 1_500_000),
        ("高质量数据集", "0.20", None, 500_000), ("备案的大模型", None, 500_000, None),
        ("增量部分", "0.10", None, 1_000_000), ("标杆应用场景", "0.20", None, 3_000_000),
        ("开源社区", None, 800_000, None), ("办公用房", None, 30, None),
    ],
    "suzhou_sip_robot.md": [
        ("整机研发", "0.25", None, 5_000_000), ("核心零部件", "0.20", None, 3_000_000),
        ("实训场", "0.30", None, 8_000_000), ("采购非关联", "0.15", None, 600_000),
        ("CR", None, 50_000, 300_000), ("博士", None, 20_000, 200_000),
    ],
    "hefei_ic.txt": [
        ("全掩膜", "0.30", None, 5_000_000), ("MPW", "0.60", None, 1_000_000), ("EDA", "0.30", None, 2_000_000),
        ("购买IP", "0.20", None, 3_000_000), ("不足5000万元", "0.08", None, 20_000_000),
        ("5000万元以上", "0.10", None, 20_000_000), ("首次采购", "0.10", None, 1_500_000),
        ("公共服务平台", "0.20", None, 3_000_000),
    ],
    "wuhan_donghu_loan_interest.md": [
        ("担保贷款", "0.50", None, 800_000), ("知识产权质押", "0.60", None, 1_000_000),
        ("首贷户", "0.70", None, 300_000), ("担保费", "0.30", None, 200_000),
    ],
    "xian_hitech_photonics.txt": [
        ("新增研发投入", "0.15", None, 2_000_000), ("企业牵头", "0.30", None, 5_000_000),
        ("科研院所牵头", "0.40", None, 8_000_000), ("技术合同", "0.05", None, 500_000),
        ("供货额", "0.05", None, 800_000), ("到账金额", "0.01", None, 1_000_000), ("会议", "0.50", None, 500_000),
    ],
    "changsha_compute_model_voucher.md": [
        ("中小企业按", "0.40", None, 1_000_000), ("其他企业按", "0.20", None, 2_000_000),
        ("科研院所按", "0.30", None, 500_000), ("大模型调用", "0.50", None, 300_000), ("初创企业", "0.70", None, 400_000),
    ],
}  # fmt: skip


def _figures(content: object) -> tuple[set[Decimal], set[Decimal]]:
    """(figures of what is given, its ceilings in yuan) of a benefit; a share as a fraction."""
    assert isinstance(content, Benefit)
    grant, caps = content.grant, {c.limit.value for c in content.caps}
    match grant:
        case Rate():
            given = {grant.rate.value / 100}
        case Match():
            given = {grant.match.value / 100}
        case Lump():
            given = {grant.lump.value}
            caps |= given if content.at_most else set()
        case PerUnit():
            given = {grant.each.value}
        case _:
            given = set()
    return given, caps


def test_nine_of_ten_rules_are_in_the_drafts_as_written(cities: Application) -> None:
    """A draft holds all that was read: a ceiling of area or count stands in its provisions where its fields have no form."""
    definitions = load_facts(None)
    by_file = {Path(d.source).name: d for d in papers_of(cities)}
    missed, total = [], 0
    for name, rules in RULES.items():
        offers = []
        for proposal in propose(by_file[name], definitions):
            revision = Programme.model_validate(proposal.programme).revisions[0]
            quote = by_file[name].text[proposal.start : proposal.end]
            offers += [(quote, *_figures(c)) for c in revision.provisions if isinstance(c, Benefit)]
        for word, rate, amount, cap in rules:
            total += 1
            wanted = Decimal(rate or amount or 0)
            found = [caps for quote, given, caps in offers if word in quote and wanted in given]
            if not any(cap is None or cap in caps for caps in found):
                missed.append((name, word))
    assert len(missed) <= total // 10, missed


def test_changes_in_words() -> None:
    before = (
        "企业租用算力的，按合同金额的30%给予补贴，每年最高200万元。对通过备案的大模型，每个给予50万元奖励。"
    )
    after = "企业租用算力的，按合同金额的40%给予补贴，每年最高150万元。对获评标杆的示范项目，给予80万元奖励。"
    said = "；".join(changes(before, after))
    assert "比例由30%改为40%" in said and "上限由200万元改为150万元" in said
    assert "新增：" in said and "80万元" in said and "取消：" in said and "50万元" in said
    assert changes(before, before) == []
