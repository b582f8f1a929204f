"""Who may call, and from which pages: keys, sites, session tokens, the frame and the script."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import openai
import pytest
from typer.testing import CliRunner, Result

from assistant.access import Site
from assistant.access_store import AccessStore
from assistant.cli import build_app
from assistant.errors import InputError
from assistant.models import Question
from assistant.site_tokens import context_secret, issue
from assistant.wiring import Application
from tests.conftest import served

QUESTION = {"question": "购买训练数据能补贴多少，上限多少？"}
PORTAL, OTHER = "https://portal.example.gov.cn", "https://other.example.org"


@pytest.fixture(scope="module")
def strict(wence: Application) -> Iterator[str]:
    """Served for those with a key and for registered sites only."""
    with served(with_settings(wence, require_key=True, allowed_origins="")) as address:
        yield address


def with_settings(wence: Application, **settings: Any) -> Application:
    """The sample knowledge base with other settings; keys and sites are the same."""
    return Application(wence.settings.model_copy(update=settings), wence.clock)


def command(application: Application, *arguments: str) -> Result:
    """What a `wence` command does and prints."""
    environment = {"WENCE_HOME": str(application.settings.home.absolute()), "WENCE_EMBEDDING_MODEL": "hash"}
    return CliRunner().invoke(build_app(arguments[0]), arguments, env=environment)


def bearer(token: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **more}


# ------------------------------------------------------------------ keys


def test_a_key_opens_its_scopes_until_it_is_revoked(strict: str, wence: Application) -> None:
    made = command(wence, "key", "add", "园区门户", "--scope", "search", "--json")
    key = json.loads(made.stdout)
    assert made.exit_code == 0 and key["scopes"] == ["search"]
    search = f"{strict}/api/search?q=语料券"
    refused = httpx.get(search)
    assert refused.status_code == 401 and refused.headers["www-authenticate"] == "Bearer"
    assert httpx.get(search, headers=bearer(key["key"]), timeout=30).status_code == 200
    assert httpx.get(search, headers=bearer(key["key"][:-1] + "x")).status_code == 401
    beyond = httpx.post(f"{strict}/api/ask", json=QUESTION, headers=bearer(key["key"]))
    assert beyond.status_code == 403 and "ask" in beyond.json()["detail"]
    listed = command(wence, "key", "list", "--json").stdout
    assert key["id"] in listed and key["key"] not in listed
    assert command(wence, "key", "revoke", key["id"]).exit_code == 0
    assert httpx.get(search, headers=bearer(key["key"])).status_code == 401
    assert isinstance(command(wence, "key", "revoke", "none").exception, InputError)


def test_only_a_hash_of_a_key_is_stored(application: Application) -> None:
    _, text = application.access.add_key("x")
    stored = (application.settings.home / "access.db").read_bytes()
    assert text.encode() not in stored and text.rpartition("_")[2].encode() not in stored
    assert hashlib.sha256(text.encode()).hexdigest().encode() in stored
    assert oct((application.settings.home / "access.db").stat().st_mode)[-3:] == "600"


def test_openai_and_mcp_callers_need_a_key_where_one_is_required(strict: str, wence: Application) -> None:
    _, text = wence.access.add_key("assistant")
    message: Any = [{"role": "user", "content": QUESTION["question"]}]
    with openai.OpenAI(base_url=f"{strict}/v1", api_key="none", max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError) as refused:
            client.chat.completions.create(model="wence", messages=message)
        assert refused.value.code == "invalid_api_key"
    with openai.OpenAI(base_url=f"{strict}/v1", api_key=text, max_retries=0) as client:
        assert client.chat.completions.create(model="wence", messages=message).choices
    assert httpx.post(f"{strict}/mcp", json={}).status_code == 401
    assert httpx.post(f"{strict}/mcp", json={}, headers=bearer(text)).status_code not in (401, 403)


def test_our_own_pages_need_no_key_and_other_pages_do(strict: str) -> None:
    documents = f"{strict}/api/documents"
    own: list[dict[str, str]] = [
        {"Origin": strict},
        {"Sec-Fetch-Site": "same-origin"},
        {"Referer": f"{strict}/"},
    ]
    for headers in own:
        assert httpx.get(documents, headers=headers, timeout=30).status_code == 200, headers
    for headers in (
        {"Origin": OTHER, "Referer": f"{strict}/"},
        {"Referer": f"{OTHER}/"},
        {"Sec-Fetch-Site": "cross-site", "Referer": f"{strict}/"},
    ):
        assert httpx.get(documents, headers=headers, timeout=30).status_code == 401, headers


def test_pages_and_probes_need_no_key(strict: str, wence: Application) -> None:
    for path in (
        "/healthz",
        "/readyz",
        "/metrics",
        "/docs",
        "/openapi.json",
        "/widget.js",
        "/api/widget",
    ):
        assert httpx.get(strict + path, timeout=30).status_code == 200, path


# ------------------------------------------------------------------ sites


def token_for(address: str, site: Site, origin: str | None, **body: Any) -> httpx.Response:
    headers = {"Origin": origin} if origin else {}
    return httpx.post(f"{address}/api/sites/{site.public_id}/token", json=body, headers=headers, timeout=30)


def test_a_session_token_holds_for_its_origin_only(strict: str, wence: Application) -> None:
    site = wence.access.add_site("门户", [PORTAL, OTHER])
    token = token_for(strict, site, PORTAL).json()["token"]
    documents = f"{strict}/api/documents"
    allowed = httpx.get(documents, headers=bearer(token, Origin=PORTAL), timeout=30)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == PORTAL
    assert "ETag" in allowed.headers["access-control-expose-headers"]
    for foreign in ({"Origin": OTHER}, {"Origin": "https://evil.example"}, {}):
        replayed = httpx.get(documents, headers=bearer(token, **foreign))
        assert replayed.status_code == 403 and "title" not in replayed.json().get("documents", {})
    assert "access-control-allow-origin" not in httpx.get(
        documents, headers=bearer(token, Origin="https://evil.example")
    ).headers  # fmt: skip
    answer = httpx.post(f"{strict}/api/ask", json=QUESTION, headers=bearer(token, Origin=PORTAL), timeout=30)
    id = answer.json()["question_id"]
    events = f"{strict}/api/answers/{id}/events?token={token}"
    assert httpx.get(events, headers={"Origin": PORTAL}).status_code == 200
    assert httpx.get(events, headers={"Origin": OTHER}).status_code == 403


@pytest.mark.parametrize("origin", [None, "https://evil.example", f"{PORTAL}.evil.example", "null"])
def test_a_page_of_an_origin_not_allowed_gets_nothing(
    strict: str, wence: Application, origin: str | None
) -> None:
    site = wence.access.add_site("门户", [PORTAL])
    refused = token_for(strict, site, origin)
    assert refused.status_code == 403 and "token" not in refused.json()
    if origin:
        call = httpx.get(f"{strict}/api/documents", headers={"Origin": origin})
        assert call.status_code == 401 and "access-control-allow-origin" not in call.headers
        preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        assert httpx.options(f"{strict}/api/ask", headers=preflight).status_code == 400


def test_wrong_and_expired_tokens(address: str, wence: Application) -> None:
    access = wence.access
    site = access.add_site("门户", [PORTAL])
    now = datetime.now(UTC)
    good = issue(access.master, site, PORTAL, {}, now)
    expired = issue(access.master, site, PORTAL, {}, now - timedelta(hours=1))
    unsigned = "wst_" + jwt.encode({"sub": site.public_id, "origin": PORTAL}, "", algorithm="none")
    forged = good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")
    for bad in (expired, unsigned, forged, "wst_", "wst_x.y.z"):
        response = httpx.get(f"{address}/api/documents", headers=bearer(bad, Origin=PORTAL))
        assert response.status_code == 401, bad
    url, headers = f"{address}/api/documents", bearer(good, Origin=PORTAL)
    assert httpx.get(url, headers=headers, timeout=30).status_code == 200
    access.rotate_site(site.public_id)
    assert httpx.get(url, headers=headers).status_code == 401
    assert token_for(address, site, PORTAL).status_code == 200
    access.revoke_site(site.public_id)
    assert token_for(address, site, PORTAL).status_code == 404
    assert token_for(address, site.model_copy(update={"public_id": "none"}), PORTAL).status_code == 404


def test_what_the_sites_own_server_says_of_the_firm_is_known(address: str, wence: Application) -> None:
    access = wence.access
    site = access.add_site("门户", [PORTAL])
    secret = context_secret(access.master, site)
    told = {"corpus_contract_amount": "100万元"}
    soon = int(time.time()) + 600
    context = jwt.encode({"facts": told, "exp": soon}, secret, algorithm="HS256")
    given = token_for(address, site, PORTAL, context=context).json()
    assert given["facts"] == told
    asked = {"question": "语料券我们能拿多少？"}
    headers = bearer(given["token"], Origin=PORTAL)
    answer = httpx.post(f"{address}/api/ask", json=asked, headers=headers, timeout=30).json()
    assert answer["facts"]["corpus_contract_amount"] == "100万元" and "30万元" in answer["text"]
    matched = httpx.post(f"{address}/api/match", json={}, headers=headers, timeout=30).json()
    assert matched["facts"] == told
    for claims, key in (
        ({"facts": told, "exp": soon}, "another secret, long enough to be one......"),
        ({"facts": told, "exp": soon - 1200}, secret),
        ({"facts": told, "exp": soon + 10 * 86400}, secret),
        ({"facts": told}, secret),
        ({"facts": {"a": 1}, "exp": soon}, secret),
    ):
        bad = jwt.encode(claims, key, algorithm="HS256")
        assert token_for(address, site, PORTAL, context=bad).status_code == 401, claims


def test_a_site_has_a_region_programmes_and_a_daily_limit(address: str, wence: Application) -> None:
    site = wence.access.add_site(
        "门户", [PORTAL], region="深圳市南山区", programmes=["sz-corpus-voucher"], daily_limit=2
    )
    given = token_for(address, site, PORTAL).json()
    assert given["site"]["programmes"] == ["sz-corpus-voucher"]
    headers = bearer(given["token"], Origin=PORTAL)
    with httpx.Client(base_url=address, headers=headers, timeout=30) as page:
        assert [p["id"] for p in page.get("/api/programmes").json()] == ["sz-corpus-voucher"]
        matched = page.post("/api/match", json={"facts": {"compute_contract_amount": "500万元"}}).json()
        assert [a["title"] for a in matched["assessments"]] == ["语料券"]
        documents = {d["id"] for d in page.get("/api/documents").json()}
        everything = {d["id"] for d in httpx.get(f"{address}/api/documents").json()}
        assert documents < everything
        found = page.get("/api/search", params={"q": "训力券 申请指南", "k": 20}).json()
        assert found and {p["document_id"] for p in found} <= documents
        for id, status in ((next(iter(documents)), 200), (next(iter(everything - documents)), 404)):
            assert page.get(f"/api/documents/{id}").status_code == status
    for status in (200, 200, 429):
        response = httpx.post(f"{address}/api/ask", json=QUESTION, headers=headers, timeout=30)
        assert response.status_code == status
    assert 0 < int(response.headers["retry-after"]) <= 86400
    assert httpx.post(f"{address}/api/ask", json=QUESTION, timeout=30).status_code == 200


def test_a_sites_limits_hold_over_mcp(address: str, wence: Application) -> None:
    site = wence.access.add_site("门户", [PORTAL], region="深圳市", programmes=["sz-corpus-voucher"])
    headers = bearer(token_for(address, site, PORTAL).json()["token"], Origin=PORTAL)

    def call(name: str, headers: dict[str, str], **arguments: Any) -> dict[str, Any]:
        accepted = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
        message = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": name, "arguments": arguments},
        }
        reply = httpx.post(f"{address}/mcp", json=message, headers={**accepted, **headers}, timeout=60)
        line = next(line for line in reply.text.splitlines() if line.startswith("data: {"))
        result: dict[str, Any] = json.loads(line.removeprefix("data: "))["result"]
        return result

    asked = {"question": "训力券最高能补多少？"}
    answer = call("ask_policy", headers, **asked)["structuredContent"]
    assert answer["status"] == "unanswerable_out_of_scope" and not answer["citations"]
    assert call("ask_policy", {}, **asked)["structuredContent"]["status"] == "answered"
    matched = call("match_programmes", headers, include_unmet=True)["structuredContent"]
    assert [a["title"] for a in matched["assessments"]] == ["语料券"]
    mine = {
        p["document_id"]
        for p in call("search_policy", headers, query="训力券", limit=20)["structuredContent"]["passages"]
    }
    theirs = {
        p["document_id"] for p in call("search_policy", {}, query="训力券")["structuredContent"]["passages"]
    }
    foreign = next(iter(theirs - mine))
    assert call("get_document", headers, document_id=foreign)["isError"]
    assert not call("get_document", {}, document_id=foreign).get("isError")


def test_where_a_question_is_about_that_names_no_place(wence: Application) -> None:
    today = wence.clock.today()
    question = Question(text="人工智能企业有什么补贴？", as_of=today, region="上海市")
    kept = wence.pipeline.search(question, 10).kept
    regions = wence.knowledge.snapshot().regions
    assert kept and all("上海市" in place for p in kept if (place := regions[p.head.id]))
    named = question.model_copy(update={"text": "深圳的人工智能企业有什么补贴？"})
    places = {regions[p.head.id] for p in wence.pipeline.search(named, 10).kept}
    assert not any("深圳市" in place for place in places if place), "a site's limits hold for passages too"


@pytest.mark.parametrize(
    ("text", "is_within"),
    [
        ("语料券最高能补多少？", True),
        ("购买训练数据能补贴多少，上限多少？", True),
        ("训力券最高能补多少？", False),
        ("租用算力训练模型能补贴多少？", False),
        ("上海市的语料补贴有多少？", False),
        ("有哪些补贴可以申请？", True),
        ("语料券和训力券有什么区别？", True),
    ],
)
def test_a_site_answers_about_its_programmes_and_its_region_only(
    wence: Application, text: str, is_within: bool
) -> None:
    question = Question(
        text=text, as_of=wence.clock.today(), region="深圳市", within=("sz-corpus-voucher",), site="x"
    )
    answer = wence.pipeline.answer(question)
    titles = {a.title for a in answer.assessments} | {c.title for c in answer.citations}
    assert not any("训力券" in title for title in titles)
    if is_within:
        assert answer.status != "unanswerable_out_of_scope"
    else:
        assert answer.status == "unanswerable_out_of_scope" and "语料券" in answer.text and not titles


def test_a_firm_registered_elsewhere_may_ask_about_a_programme_of_the_region(wence: Application) -> None:
    asked = {"as_of": wence.clock.today(), "region": "深圳市"}
    for text in ("我们注册在上海，能申请深圳的训力券吗？", "我们注册在上海，能申请训力券吗？"):
        ours = wence.pipeline.answer(Question(text=text, **asked))
        assert ours.status != "unanswerable_out_of_scope", text
    theirs = wence.pipeline.answer(Question(text="上海市的人工智能企业有什么补贴？", **asked))
    assert theirs.status == "unanswerable_out_of_scope" and "深圳市" in theirs.text


@pytest.mark.parametrize(
    "origin", ["*", "https://*.example.org", "https://a.example/path", "example.org", "ftp://a.example", ""]
)
def test_an_origin_is_exact(application: Application, origin: str) -> None:
    with pytest.raises(InputError):
        application.access.add_site("x", [origin])


def test_sites_by_command(application: Application) -> None:
    made = command(
        application, "site", "add", "门户", "--origin", f"{PORTAL}:443/", "--title", "问策", "--json"
    )
    site = json.loads(made.stdout)
    assert site["origins"] == [PORTAL] and f'data-site="{site["public_id"]}"' in site["snippet"]
    rotated = json.loads(command(application, "site", "rotate", site["public_id"], "--json").stdout)
    assert rotated["secret"] != site["secret"] and rotated["public_id"] == site["public_id"]
    changed = command(application, "site", "change", site["public_id"], "--daily", "9", "--greeting", "您好")
    assert changed.exit_code == 0, changed.output
    [known] = application.access.sites()
    assert (known.daily_limit, known.name) == (9, "门户") and known.origins == (PORTAL,)
    assert (known.branding.title, known.branding.greeting) == ("问策", "您好"), "what is not written stays"
    assert isinstance(command(application, "site", "change", site["public_id"]).exception, InputError)
    assert site["secret"] not in command(application, "site", "list", "--json").stdout
    assert command(application, "site", "revoke", site["public_id"]).exit_code == 0
    assert isinstance(command(application, "site", "rotate", site["public_id"]).exception, InputError)


def test_sites_over_http_with_a_key_of_an_admin(address: str, wence: Application) -> None:
    _, text = wence.access.add_key("平台", ["admin"])
    _, usual = wence.access.add_key("别的程序")
    url, body = f"{address}/api/sites", {"name": "门户", "origins": [f"{PORTAL}:443/"], "daily_limit": 5}
    for headers, status in (({}, 401), ({"Origin": address}, 401), (bearer(usual), 403)):
        assert httpx.post(url, json=body, headers=headers).status_code == status
        assert httpx.get(url, headers=headers).status_code == status
    with httpx.Client(headers=bearer(text), timeout=30) as admin:
        made = admin.post(url, json=body)
        site = made.json()
        own = f"{url}/{site['public_id']}"
        assert (
            made.status_code == 201 and site["origins"] == [PORTAL] and site["public_id"] in site["snippet"]
        )
        assert site["secret"] not in admin.get(url).text and site["public_id"] in admin.get(url).text
        for wrong in ({"origins": ["*"]}, {"region": "月球"}, {"programmes": ["no-such-programme"]}):
            assert admin.post(url, json={**body, **wrong}).status_code == 422, wrong
        known = Site.model_validate(admin.get(own).json())
        token = token_for(address, known, PORTAL).json()["token"]
        changed = admin.patch(own, json={"origins": [OTHER], "branding": {"title": "新标题"}}).json()
        assert (changed["name"], changed["daily_limit"]) == ("门户", 5), "what is not sent stays"
        assert token_for(address, known, PORTAL).status_code == 403
        assert token_for(address, known, OTHER).json()["site"]["branding"]["title"] == "新标题"
        assert admin.post(f"{own}/rotate").json()["secret"] != site["secret"]
        call = httpx.get(f"{address}/api/documents", headers=bearer(token, Origin=PORTAL))
        assert call.status_code == 401, "what the old secret signed is void"
        assert admin.delete(own).status_code == 204
        for gone in (
            admin.get(own),
            admin.delete(own),
            admin.post(f"{own}/rotate"),
            admin.patch(own, json={}),
        ):
            assert gone.status_code == 404
        assert admin.get(f"{address}/api/search?q=语料券").status_code == 403


def test_another_process_sees_a_change_at_once(application: Application) -> None:
    here = application.access
    there = AccessStore(application.settings.home / "access.db")
    assert there.master == here.master
    key, text = there.add_key("x")
    assert here.key_of(text) == key
    there.revoke_key(key.id)
    assert here.key_of(text) is None
    there.close()


# ------------------------------------------------------------------ the frame and the script


def test_the_frame_may_stand_in_allowed_pages_only(strict: str, address: str, wence: Application) -> None:
    site = wence.access.add_site("门户", [PORTAL], region='深圳"><script>')
    page = httpx.get(f"{strict}/embed", params={"site": site.public_id})
    assert page.headers["content-security-policy"].endswith(f"frame-ancestors 'self' {PORTAL}")
    assert f'data-site="{site.public_id}"' in page.text and "&quot;&gt;&lt;script&gt;" in page.text
    for server, public in ((strict, "'self'"), (address, "*")):
        policy = httpx.get(f"{server}/embed").headers["content-security-policy"]
        assert policy.endswith(f"frame-ancestors {public}")
    assert httpx.get(f"{address}/embed?site=none").status_code == 404


def test_a_version_of_the_script_is_for_ever_and_has_its_hash(wence: Application, address: str) -> None:
    info = httpx.get(f"{address}/api/widget").json()
    script = httpx.get(f"{address}{urlsplit(info['address']).path}")
    assert script.status_code == 200 and "immutable" in script.headers["cache-control"]
    assert script.headers["access-control-allow-origin"] == "*"
    expected = base64.b64encode(hashlib.sha384(script.content).digest()).decode()
    assert info["integrity"] == f"sha384-{expected}" and expected in info["pinned_snippet"]
    plain = httpx.get(f"{address}/widget.js", headers={"Accept-Encoding": "identity"})
    assert plain.content == script.content and "content-encoding" not in plain.headers
    newest = httpx.get(f"{address}/widget.js", headers={"Accept-Encoding": "gzip"})
    assert newest.content == script.content and "Accept-Encoding" in newest.headers["vary"]
    assert newest.headers["content-encoding"] == "gzip" and newest.num_bytes_downloaded <= 40 * 1024
    seen = {"If-None-Match": newest.headers["etag"], "Accept-Encoding": "gzip"}
    assert httpx.get(f"{address}/widget.js", headers=seen).status_code == 304
    assert httpx.get(f"{address}/widget/0123456789abcdef.js").status_code == 404
    assert httpx.get(f"{address}/widget/..%2f..%2faccess.js").status_code == 404
    older = wence.settings.home / "widgets" / "00000000deadbeef.js"
    older.write_text("// as it was", encoding="utf-8")
    assert httpx.get(f"{address}/widget/00000000deadbeef.js").text == "// as it was"
