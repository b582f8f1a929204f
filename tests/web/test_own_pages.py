"""What stands behind the chat page, without a browser: its opening, corrections, deletion, a paper's versions."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import httpx
import lxml.html
import pytest

from assistant.models import Document, DocumentHead, Question
from assistant.web.document_page import changes
from assistant.web.scripts import labels, page_script, widget_script
from assistant.wiring import Application
from tests.conftest import TODAY, ingest_paths, served

CASE = "我们在深圳，向非关联方买语料花了300万元，语料券能拿多少？"


def test_the_page_opens_with_what_it_knows_and_six_questions_it_can_answer(
    address: str, wence: Application
) -> None:
    start = httpx.get(f"{address}/site/start").json()
    assert start["as_of"] == TODAY.isoformat()
    assert start["documents"] == len(wence.catalog.heads())
    assert len(set(start["examples"])) == 6
    for text in start["examples"]:
        assert wence.pipeline.answer(Question(text=text, as_of=TODAY)).status == "answered", text


@pytest.mark.parametrize(("language", "word"), [("en", "How much"), ("zh-Hant", "語料券")])
def test_example_questions_come_in_the_readers_language(address: str, language: str, word: str) -> None:
    start = httpx.get(f"{address}/site/start", params={"language": language}).json()
    assert word in start["examples"][0]


def test_an_empty_knowledge_base_has_no_examples(application: Application, tmp_path: Path) -> None:
    paper = tmp_path / "x.txt"
    paper.write_text("甲市办法\n第一条 甲市补贴最高10万元。", encoding="utf-8")
    ingest_paths(application, paper)
    with served(application) as url:
        assert httpx.get(f"{url}/site/start", timeout=30).json()["examples"] == []


def test_a_fact_put_right_by_hand_counts_before_what_was_said(address: str) -> None:
    def ask(text: str, **more: object) -> dict[str, object]:
        body = {"question": text, **more}
        answer: dict[str, object] = httpx.post(f"{address}/api/ask", json=body, timeout=60).json()
        return answer

    first = ask(CASE)
    same = {"conversation_id": first["conversation_id"]}
    put_right = ask(CASE, corrections={"corpus_contract_amount": "500万元"}, **same)
    assert put_right["facts"]["corpus_contract_amount"] == "500万元"  # type: ignore[index]
    assert "150万元" in str(put_right["text"])
    taken_back = ask(CASE, corrections={"corpus_contract_amount": ""}, **same)
    assert "corpus_contract_amount" not in taken_back["facts"]  # type: ignore[operator]
    later = ask("合同改成800万元了，能拿多少？", corrections={"corpus_contract_amount": "500万元"}, **same)
    assert "200万元" in str(later["text"])


def test_answers_are_forgotten_with_what_was_said_of_them(address: str, wence: Application) -> None:
    asked = [httpx.post(f"{address}/api/ask", json={"question": CASE}, timeout=60).json() for _ in range(2)]
    ids = [answer["question_id"] for answer in asked]
    httpx.post(f"{address}/api/feedback", json={"question_id": ids[0], "rating": "up"})
    for known, is_left in ((ids[0], True), (asked[0]["conversation_id"], False)):
        response = httpx.post(f"{address}/api/forget", json={"conversation_ids": [known, "unknown"]})
        assert response.status_code == 204
        assert (wence.journal.answer(ids[0]) is not None) is is_left, "a shared link lets nobody erase"
    assert wence.journal.answer(ids[0]) is None
    assert wence.journal.answer(ids[1]) is not None


def test_an_events_code_opens_the_page_with_its_programmes_until_it_is_over(
    address: str, wence: Application
) -> None:
    event = wence.events.add("宣讲会<b>", ["sz-training-voucher"], TODAY)
    over = wence.events.add("旧活动", ["sz-training-voucher"], TODAY - timedelta(days=1))
    page = httpx.get(f"{address}/events/{event.id}").text
    assert "宣讲会&lt;b&gt;" in page and "训力券" in page and f"/e/{event.id}" in page and "<path d=" in page
    scanned = httpx.get(f"{address}/e/{event.id}", follow_redirects=False)
    assert scanned.headers["location"] == f"/?event={event.id}"
    about = httpx.get(f"{address}/site/events/{event.id}").json()
    assert about["titles"] == ["训力券"] and "训力券最高能补多少？" in about["examples"]
    for path in (f"/events/{over.id}", f"/e/{over.id}", f"/site/events/{over.id}", "/e/none"):
        assert httpx.get(address + path).status_code == 404
    assert wence.events.remove(event.id) and not wence.events.remove(event.id)
    assert httpx.get(f"{address}/e/{event.id}").status_code == 404


def test_a_shared_english_answer_tells_what_in_it_is_chinese(address: str) -> None:
    body = {"question": "How much does the corpus voucher pay?", "language": "en"}
    asked = httpx.post(f"{address}/api/ask", json=body, timeout=60).json()
    page = lxml.html.fromstring(httpx.get(f"{address}/a/{asked['question_id']}", timeout=30).content)
    assert page.get("lang") == "en" and page.xpath('//blockquote[@lang="zh-CN"]')
    for element in page.body.iter("*"):
        tag = next(e.get("lang") for e in (element, *element.iterancestors()) if e.get("lang"))
        own = "".join(filter(None, [element.text, *(child.tail for child in element)]))
        assert tag != "en" or not re.search("[\u4e00-\u9fff]", own), own


def test_the_labels_are_whole_in_every_language() -> None:
    words = labels()
    assert words["zh"].keys() == words["zh-Hant"].keys() == words["en"].keys()
    assert words["zh-Hant"]["new_chat"] == "新對話"
    for key, text in words["zh"].items():
        assert text and words["en"][key], key


def test_the_scripts_are_one_closed_function_without_eval() -> None:
    for script in (page_script(), widget_script()):
        assert script.startswith("(() => {")
        for forbidden in ("eval(", "new Function", "innerHTML", "insertAdjacentHTML", "document.write"):
            assert forbidden not in script


def test_what_changed_between_versions_is_told() -> None:
    def paper(text: str, version: int) -> Document:
        return Document(
            head=DocumentHead(id="x", title="x"), source="x", version=version, sha256="", text=text
        )

    told = list(changes(paper("甲\n乙\n丙\n丁\n戊\n己", 1), paper("甲\n乙二\n丙\n丁\n戊\n己\n庚", 2)))
    assert [(line.kind, line.text) for line in told if line.kind != "same"] == [
        ("removed", "乙"),
        ("added", "乙二"),
        ("gap", "…"),
        ("added", "庚"),
    ]


def test_a_papers_page_lists_its_clauses_versions_and_changes(
    application: Application, tmp_path: Path
) -> None:
    paper = tmp_path / "x.txt"
    for amount in ("10", "20"):
        paper.write_text(
            f"甲市办法\n第一条 甲市补贴最高{amount}万元。\n第二条 由甲局负责。", encoding="utf-8"
        )
        ingest_paths(application, paper)
    (id,) = application.catalog.heads()
    assert application.catalog.versions(id) == [1, 2]
    with served(application) as url:
        page = httpx.get(f"{url}/documents/{id}", timeout=30).text
        old = httpx.get(f"{url}/documents/{id}?v=1", timeout=30).text
    assert "条文目录" in page and "<ins>第一条 甲市补贴最高20万元。</ins>" in page
    assert f'href="/documents/{id}?v=1"' in page
    assert "现有" in old and "<ins>" not in old
