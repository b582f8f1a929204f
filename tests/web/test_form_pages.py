"""What the form 我能拿到什么 asks, and what its results say."""

from __future__ import annotations

import html
import re
from pathlib import Path

import lxml.html
import pytest

import assistant.web
from assistant.dossier import build_dossier
from assistant.exports import export
from assistant.knowledge import Snapshot
from assistant.labels import read_labels
from assistant.matching import match
from assistant.programmes.facts import read_facts
from assistant.web.form_fields import place_facts, plan_form, told_facts, understood
from assistant.web.match_page import match_page
from assistant.web.scripts import labels
from assistant.wiring import Application
from tests.conftest import TODAY

SHARED = Path(assistant.web.__file__).with_name("templates") / "shared.yaml"
FIRM = {
    "city": "深圳市",
    "district": "南山区",
    "corpus_contract_amount": "300万元",
    "corpus_seller_related": "否",
}


@pytest.fixture(scope="module")
def snapshot(wence: Application) -> Snapshot:
    return wence.knowledge.snapshot()


# ------------------------------------------------------------------ what the form asks


def test_every_fact_is_asked_once_and_the_place_comes_first(snapshot: Snapshot) -> None:
    plan = plan_form(snapshot, TODAY)
    first = [field.fact.key for field in plan.first]
    asked = first + [field.fact.key for group in plan.groups for field in group.fields]
    assert sorted(asked) == sorted(snapshot.rulebook.facts)
    assert len(first) == 8
    assert tuple(first[:2]) == place_facts(snapshot.rulebook) == ("city", "district")
    wanted = [m.fact for m in match({}, snapshot, TODAY).missing_facts]
    amounts = [key for key in first[2:] if snapshot.rulebook.facts[key].type == "money"]
    assert first[2 : 2 + len(amounts)] == amounts and "corpus_contract_amount" in amounts  # what a firm knows
    others = first[2 + len(amounts) :]
    assert [key for key in wanted if key in others] == others


def test_what_belongs_to_an_amount_stands_with_it(snapshot: Snapshot) -> None:
    groups = {g.basis: {f.fact.key for f in g.fields} for g in plan_form(snapshot, TODAY).groups}
    assert {"corpus_seller_related", "corpus_on_exchange"} <= groups["corpus_contract_amount"]


def test_every_choice_of_the_form_is_read_as_itself(snapshot: Snapshot) -> None:
    facts = snapshot.rulebook.facts
    for fact in facts.values():
        for option in fact.options:
            assert told_facts({fact.key: option.value}, snapshot.rulebook, TODAY) == {fact.key: option.value}
            assert read_facts({fact.key: option.value}, facts, TODAY).values[fact.key] == (option.value,)


def test_foreign_keys_and_shapes_are_left_out(snapshot: Snapshot) -> None:
    given = {"city": "深圳", "nonsense": "1", "opc": ["是"], "district": " ", "founded_on": 3}
    assert told_facts(given, snapshot.rulebook, TODAY) == {"city": "深圳市"}
    for rubbish in (None, "x", [1], 7):
        assert told_facts(rubbish, snapshot.rulebook, TODAY) == {}


@pytest.mark.parametrize(
    ("city", "told"),
    [
        ("深圳市南山区", {"city": "深圳市", "district": "南山区"}),
        ("广州白云", {"city": "广州市", "district": "白云区"}),
        ("南山区", {"city": "深圳市", "district": "南山区"}),
        ("深圳市", {"city": "深圳市"}),
        ("深圳市白云区", {"city": "深圳市"}),  # not what it says, so only the city is taken
        ("杭州市西湖区", {"city": "杭州市西湖区"}),
    ],
)
def test_a_city_told_with_its_district_is_both(snapshot: Snapshot, city: str, told: dict[str, str]) -> None:
    assert told_facts({"city": city}, snapshot.rulebook, TODAY) == told
    if "district" in told:
        page = match_page(told_facts({"city": city}, snapshot.rulebook, TODAY), snapshot, TODAY)
        assert 'data-fact="city"' not in page and 'data-fact="district"' not in page


def test_a_district_alone_is_not_asked_for_its_city(snapshot: Snapshot) -> None:
    assert 'data-fact="city"' not in match_page({"district": "南山区"}, snapshot, TODAY)


@pytest.mark.parametrize("text", ["300万", "三百万", "3,000,000", "300万元", "3000000"])
def test_an_amount_is_echoed_as_understood(snapshot: Snapshot, text: str) -> None:
    fact = snapshot.rulebook.facts["corpus_contract_amount"]
    value = read_facts({fact.key: text}, snapshot.rulebook.facts, TODAY).values[fact.key]
    assert understood(fact, value) == "300万元（3,000,000 元）"


@pytest.mark.parametrize("text", ["2025-03-01", "2025年3月1日"])
def test_a_day_is_echoed_as_understood(snapshot: Snapshot, text: str) -> None:
    fact = snapshot.rulebook.facts["founded_on"]
    value = read_facts({fact.key: text}, snapshot.rulebook.facts, TODAY).values[fact.key]
    assert understood(fact, value) == "2025年3月1日"


# ------------------------------------------------------------------ what the results say


def _titles(page: str) -> list[str]:
    return re.findall(r'<h3 id="card-[\w-]+">(.*?)</h3>', page)


def test_the_results_say_the_sum_its_arithmetic_and_its_window(snapshot: Snapshot) -> None:
    page = match_page(FIRM, snapshot, TODAY)
    assert "300万元 × 30% = 90万元，未超过上限200万元" in page
    assert _titles(page)[0] == "语料券"
    assert "已截止 2026-11-10（时间未经核实）" in re.sub(r"\s+", " ", page)
    assert "0～90万元" in page


def test_what_is_undecided_is_to_confirm_in_english_and_only_a_window_is_open(snapshot: Snapshot) -> None:
    page = match_page(FIRM, snapshot, TODAY, "en")
    undecided = re.findall(r'<li class="wm-badge wm-unknown">(.*?)</li>', page)
    assert set(undecided) == {"To confirm"} and "To confirm: related to what you told us" in page
    windows = re.findall(r'<li class="wm-badge wm-window-(\w+)">(Open\b)?', page)
    assert all((state == "open") == bool(word) for state, word in windows)
    dossier = export(
        build_dossier(match(FIRM, snapshot, TODAY, "en"), snapshot, "https://x.org"), "md"
    ).decode()
    assert "? to confirm" in dossier and not re.search(r"[?\d]\**\s*open\b", dossier)
    assert labels()["en"]["unknown"] == "To confirm"
    assert read_labels(SHARED, "en")["unknown"] == "to confirm"


def test_what_is_chinese_in_an_english_page_says_so(snapshot: Snapshot) -> None:
    page = lxml.html.fromstring(match_page(FIRM, snapshot, TODAY, "en"))
    for element in page.iter("*"):
        tag = next((e.get("lang") for e in (element, *element.iterancestors()) if e.get("lang")), "")
        own = [element.text, *(child.tail for child in element)]
        if tag == "en":
            assert not re.search("[\u4e00-\u9fff]", "".join(filter(None, own))), lxml.html.tostring(element)


def test_a_draft_or_weak_source_is_marked(snapshot: Snapshot) -> None:
    page = match_page({"city": "深圳市"}, snapshot, TODAY)
    assert "二手来源" in page and "未经核实" in page


def test_programmes_of_other_places_stand_apart(snapshot: Snapshot) -> None:
    page = match_page(FIRM, snapshot, TODAY)
    near, _, rest = page.partition('data-fold="elsewhere"')
    assert "北京亦庄算力券" not in near and "北京亦庄算力券" in rest


@pytest.mark.parametrize("city", ["", "深圳市", "北京市", "广州市"])
def test_no_card_with_a_sum_is_folded_away(snapshot: Snapshot, city: str) -> None:
    amounts = [key for key, fact in snapshot.rulebook.facts.items() if fact.type == "money"]
    told = {"entity_type": "企业", "city": city} if city else {"entity_type": "企业"}
    counted = 0
    for facts in [{**told, key: "600万元"} for key in amounts]:
        page = lxml.html.fromstring(match_page(facts, snapshot, TODAY))
        cards = {card.get("data-programme"): card for card in page.iter("article")}
        for one in match(facts, snapshot, TODAY).assessments:
            if one.outcome == "unmet" or not one.amount:
                continue
            counted += 1
            card = cards[one.programme_id]
            folds = [fold for fold in card.iterancestors("details") if fold.get("open") is None]
            assert not folds and card.find_class("wm-amount"), (facts, one.programme_id)
    assert counted > 5


def test_the_sum_of_another_place_is_no_part_of_the_firms_own(snapshot: Snapshot) -> None:
    page = match_page({"city": "广州市", "compute_contract_amount": "600万元"}, snapshot, TODAY)
    summary, _, rest = page.partition("</header>")
    assert "180万元" in rest and "0～60万元" in summary and "180万元" not in summary


def test_not_met_comes_last_with_the_condition_that_fails(snapshot: Snapshot) -> None:
    page = match_page(FIRM | {"corpus_seller_related": "是"}, snapshot, TODAY)
    unmet = page.partition('data-fold="unmet"')[2]
    assert "语料券" not in _titles(page)
    assert "语料券" in unmet and "卖方是非关联方" in unmet


def test_the_least_is_of_programmes_that_are_met_the_most_of_all(snapshot: Snapshot) -> None:
    told = FIRM | {
        "entity_type": "企业",
        "corpus_on_exchange": "是",
        "corpus_for_llm": "是",
        "model_fee": "100万",
    }
    page = match_page(told, snapshot, TODAY)
    assert "90万元～120万元" in page
    assert "能一起拿的最好组合" in page


def test_markup_in_a_fact_stays_text(snapshot: Snapshot) -> None:
    page = match_page({"corpus_contract_amount": "<script>alert(1)</script>"}, snapshot, TODAY)
    assert "<script" not in page
    assert "“<script>alert(1)</script>”读不出一个数" in html.unescape(page)
