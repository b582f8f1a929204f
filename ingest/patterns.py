"""What a Chinese official paper says of itself, by pattern: text → `Found` values, each at its place.

Patterns see the text in Simplified characters; positions are the same. A date counts as the paper's own only in a
sentence that speaks of the paper: not in a quotation, a bracket behind another title, or of a project or certificate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Any, Literal

from assistant.text import simplify
from ingest.dates import COUNT, DATE, count, parse_date, years_on
from ingest.numbering import offices_in
from ingest.places import place_at_start
from ingest.windows import window_in

# Patterns skip spaces where they may stand; a run without end would be skipped anew from each of them.
_LONG_SPACE = re.compile(r"(?<=[^\S\n]{64})[^\S\n]+")
_MOST_ENDED = 3000  # papers that one paper ends
_SIGNER = re.compile(r"\s*签发人[:：].{0,30}$")  # stands beside the number in papers that go up
_NUMBER = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff][\u4e00-\u9fff \u3000]{0,16}"
    r"(?:[〔\[（(【［]\s*20\d\d\s*年?\s*[〕\]）)】］]\s*(?:第\s*)?\d{1,4}\s*号|(?:令|公告)?\s*第\s*\d{1,4}\s*号|20\d\d年第\s*\d{1,4}\s*号)"
)
_IN_TITLE = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,10}[〔\[［]\s*20\d\d\s*[〕\]］]\s*\d{1,4}\s*号"
)
_LABELS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("issuer", re.compile(r"(?:发文机关|发布机构|发文单位|发布单位|制定机关)[:：]\s*([^\s；。;|:：]{2,40})")),
    ("document_number", re.compile(r"(?:文\s*号|发文字号|文件编号)[:：]\s*([^\s；。;|]{4,40}号)")),
    ("subject", re.compile(r"(?:主题分类|主题词|主题)[:：]\s*([^\s；。;|:：]{2,40})")),
    (
        "contact",
        re.compile(
            r"(?:联系电话|咨询电话|联系方式|业务咨询)[:：]\s*([^\n。；;]{0,40}?\d{3}[^\n。；;]{0,60})"
        ),
    ),
)
_DEPARTMENTS = re.compile(
    r"(?:责任单位|牵头单位|主管部门|受理部门|业务主管部门)[:：]\s*([^\n。；;）)]{2,80})"
)
_DAY_LABELS = (
    ("published_on", re.compile(rf"(?:发布日期|公布日期|发布时间|发文日期)[:：；]?\s*({DATE})")),
    ("written_on", re.compile(rf"(?:成文日期|印发日期)[:：；]?\s*({DATE})")),
    ("effective_from", re.compile(rf"(?:生效日期|实施日期|施行日期)[:：；]?\s*({DATE})")),
    ("effective_to", re.compile(rf"(?:失效日期|终止日期|废止日期)[:：；]?\s*({DATE})")),
)
_START = re.compile(
    rf"[自于]\s*(?:(?P<day>{DATE})(?:\s*\d{{1,2}}\s*[时点])?|(?P<issue>(?:本[^\s，。]{{1,6}})?(?:发布|印发|公布)之日))\s*起\s*"
    r"(?:满?(?P<days>\d{1,3})\s*日后)?\s*(?:正式|试)?(?:施行|实施|执行|实行|生效|行(?!政))"
)
_LASTS = re.compile(
    rf"(?:有效期(?:限)?|试行期?(?:限)?|执行期(?:限)?|实施期(?:限)?|暂定(?:执行)?|暂行)\s*(?:为|是|暂定为?)?\s*({COUNT})\s*(年|个月)"
)
_UNTIL = re.compile(
    rf"(?:有效期(?:限)?|施行|实施|执行|试行|延[长期续])\s*(?:延[长续])?(?:截[至止]|[至到]|为[^，。\n]{{0,30}}?至)\s*({DATE})|至\s*({DATE})\s*(?:止|有效|失效)"
)
_SPAN = re.compile(
    rf"(?:自|从|执行期限为|有效期为?)\s*({DATE})\s*(?:起)?\s*[至到]\s*({DATE})\s*(?:止|有效|[。，；\n]|$)"
)
_LAPSED = re.compile(r"(?:时效性|有效性|文件状态)[:：]\s*(已?失效|已?废止|已?停止执行)")
_OWN = re.compile(
    r"本(?:办法|措施|规定|通知|细则|意见|规程|政策|方案|文件|计划|指南|条例|规则|若干)|自.{0,24}起(?:正式|试)?(?:施行|实施|执行|生效)"
)
_OTHERS = re.compile(
    r"(?:项目|证书|资质|合同|备案|资格|承诺|证明)[^，。；]{0,6}(?:有效期|自)|自颁发之日|发生的|期间"
)
_TITLED = re.compile(r"《([^《》\n]{4,80})》(?:\s*[（(][^（）()\n]{2,60}[）)])?")
_PROLONGED = re.compile(r"(?:延长|延续|顺延)《([^《》\n]{4,80})》[^。\n]{0,8}(?:有效期|施行期限|执行期限)")
_PROLONGED_TO = re.compile(
    rf"(?:有效期|期限)[^。\n]{{0,10}}(?:延长|延续|顺延)[^。\n]{{0,4}}?(?:至|到)\s*({DATE})|(?:延长|延续|顺延|继续有效)(?:至|到)\s*(?P<other>{DATE})"
)
_AMENDED = re.compile(r"(?:延长|延续|顺延|修改|修订|调整)《([^《》\n]{4,80})》")
_REPLACED = re.compile(
    r"(第[一二三四五六七八九十百]{1,4}条)(?:规定的([\u4e00-\u9fff]{2,12}))?[,，]?(?:调整|修改|修订|改)为"
)
_ENDING = re.compile(r"废止|停止执行|不再执行|停止施行|宣布失效")
_LIST_OF_ENDED = re.compile(
    r"(?:废止|停止执行|宣布[^。\n]{0,6}失效)[^。\n]{0,12}(?:下列|以下)[^。\n]{0,16}[:：]"
)
_NAMED_NUMBER = re.compile(r"([\u4e00-\u9fff]{2,8}[〔\[［]20\d\d[〕\]］]\d{1,4}号)(?:文|文件)")
_BASED_ON = re.compile(
    r"(?:根据|依据|按照|为(?:深入)?(?:贯彻|落实|贯彻落实)|为(?:全面|深入)?实施)[^。\n《]{0,40}《([^《》\n]{4,80})》"
)
Sure = Literal["high", "medium", "low"]


@dataclass(frozen=True)
class Found:
    """A value and the span of text it was read from."""

    field: str
    value: Any
    start: int
    end: int
    confidence: Sure = "high"
    source: Literal["text", "title", "page"] = "text"


def found_in(text: str) -> Iterator[Found]:
    """Everything the text says of itself; the first of a field is the one to believe."""
    text = _LONG_SPACE.sub(lambda run: "\x01" * len(run[0]), simplify(text))
    yield from _labelled(text)
    yield from _signature(text)
    yield from _printed_on(text)
    yield from _force(text)
    for field, day, start, end in window_in(text):
        yield Found(field, day, start, end)
    yield from _relations(text)


def _labelled(text: str) -> Iterator[Found]:
    for field, pattern in _LABELS:
        if hit := pattern.search(text):
            yield Found(field, hit[1].strip(), *hit.span(1))
    top = text[:600]
    for hit in _NUMBER.finditer(top):
        line = top[top.rfind("\n", 0, hit.start()) + 1 : _line_end(top, hit.end())]
        if _SIGNER.sub("", line).strip("（）() 　") == hit[0].strip():
            yield Found("document_number", plain_number(hit[0]), *hit.span())
            break
    if hit := _DEPARTMENTS.search(text):
        names = tuple(n.strip() for n in re.split(r"[、，,]", hit[1]) if n.strip())
        yield Found("departments", names, *hit.span(1))
    for field, pattern in _DAY_LABELS:
        if (hit := pattern.search(text)) and (day := parse_date(hit[1])):
            yield Found(field, day, *hit.span())
    if hit := _LAPSED.search(text):
        yield Found("lapsed", True, *hit.span())


def number_in_title(title: str) -> str | None:
    """The document number that a title carries before or behind it: 武公中规〔2026〕2号…通知, …通知（市房金委字〔2022〕2号）."""
    plain = simplify(title)
    for found in _IN_TITLE.finditer(plain):
        # Behind the name of another paper it is that one's, unless nothing follows.
        if "《" not in plain[: found.start()] or not plain[found.end() :].strip(" ）)"):
            return plain_number(found[0])
    return None


def plain_number(number: str) -> str:
    """A document number without spaces and in the brackets that the standard asks for: 云财发〔2026〕1号."""
    plain = re.sub(r"\s", "", number)
    return re.sub(r"[\[（(【［](20\d\d)年?[\]）)】］]", r"〔\1〕", plain)


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _force(text: str) -> Iterator[Found]:
    """Start and end of force, from the sentence that speaks of the paper itself; the last one is the 附则."""
    own = [s for s in _sentences(text) if _speaks_of_the_paper(text, *s)]
    for start, end in reversed(own):
        sentence = text[start:end]
        found = [*_start_of(sentence), *_end_of(sentence)]
        if any(f.field == "effective_from" for f in found):
            ends = [f for f in found if f.field == "effective_to"] or list(_end_nearby(text, own, start))
            yield from (_shifted(f, start) for f in found if f.field == "effective_from")
            yield from (_shifted(f, start) for f in ends[:1])
            return
    for start, end in reversed(own):
        if ends := list(_end_of(text[start:end])):
            yield _shifted(ends[0], start)
            return


def _end_nearby(text: str, own: list[tuple[int, int]], at: int) -> Iterator[Found]:
    """The end of force in the sentence behind the one with the start (有效期 N 年 as a sentence of its own)."""
    following = next(((s, e) for s, e in own if s > at), None)
    if following and following[0] - at < 200:
        yield from (_shifted(f, following[0] - at) for f in _end_of(text[following[0] : following[1]]))


def _shifted(found: Found, by: int) -> Found:
    return replace(found, start=found.start + by, end=found.end + by)


def _sentences(text: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(r"[^。；;\n]+[。；;\n]?", text)]


def _speaks_of_the_paper(text: str, start: int, end: int) -> bool:
    sentence = text[start:end]
    if not re.search("有效|施行|实施|执行|试行|暂行|暂定|生效|止", sentence):
        return False
    if _OTHERS.search(sentence) or _inside_quotation(text, start, end):
        return False
    bracket = sentence.rfind("（有效期")
    if bracket > 0 and "》" in sentence[:bracket]:
        return False
    begins = "有效期" in sentence[:14] or "试行" in sentence or _LASTS.match(sentence.strip()) is not None
    return bool(begins or _OWN.search(sentence) or _SPAN.search(sentence))


def _inside_quotation(text: str, start: int, end: int) -> bool:
    """Whether the sentence's dates stand between “ and ”: what an amendment quotes is not in force by it."""
    opened = text.rfind("“", 0, end)
    if opened < 0 or opened < text.rfind("”", 0, start):
        return False
    closed = text.find("”", opened)
    key = re.search(r"自.{0,24}起|有效期|至", text[start:end])
    at = start + key.start() if key else start
    return opened < at and (closed < 0 or closed > at)


def _start_of(sentence: str) -> Iterator[Found]:
    if hit := _START.search(sentence):
        if hit["day"] and (day := parse_date(hit["day"])):
            yield Found("effective_from", day, *hit.span())
        elif hit["issue"]:
            printed = "printed" if "印发" in hit["issue"] else "issue"
            yield Found("effective_from", f"{printed}+{hit['days'] or 0}", *hit.span(), "medium")
    elif (hit := _SPAN.search(sentence)) and (day := parse_date(hit[1])):
        yield Found("effective_from", day, *hit.span())


def _end_of(sentence: str) -> Iterator[Found]:
    if ((hit := _UNTIL.search(sentence)) and (day := parse_date(hit[1] or hit[2]))) or (
        (hit := _SPAN.search(sentence)) and (day := parse_date(hit[2]))
    ):
        yield Found("effective_to", day, *hit.span())
    elif hit := _LASTS.search(sentence):
        months = count(hit[1]) * (12 if hit[2] == "年" else 1)
        yield Found("effective_to", f"+{months}m", *hit.span())


def _signature(text: str) -> Iterator[Found]:
    """Issuer and date where the paper is signed: lines that are offices, then a line that is a date.

    What is printed behind a notice may be signed again; the first signature is the notice's. A date alone counts when
    it stands in the paper's last lines. Under the title stand the issuers of a joint paper and, in brackets, its date.
    """
    lines = [(m.start(), m[0].strip()) for m in re.finditer(r"[^\n]+", text)]
    yield from _under_title(lines[:20])
    last: tuple[int, str] | None = None
    for index, (start, line) in enumerate(lines):
        day = re.fullmatch(rf"[（(]?({DATE})[）)]?", line)
        if day is None or index < 2:
            continue
        offices: list[tuple[int, str]] = []
        above = index
        while above and _are_offices(lines[above - 1][1]):
            above -= 1
            offices.insert(0, lines[above])
        if offices:
            if found := parse_date(day[1]):
                yield Found("written_on", found, start, start + len(line))
            yield _issuers(offices)
            return
        last = (start, line) if index >= len(lines) - 6 else None
    for start, line in lines[-6:]:
        both = re.fullmatch(rf"([^\d。]{{3,80}}?)\s+({DATE})", line)
        if both and offices_in(both[1]) and (found := parse_date(both[2])):
            yield Found("written_on", found, start, start + len(line))
            yield _issuers([(start, both[1].strip())])
            return
    if last and (found := parse_date(last[1].strip("（()）"))):
        yield Found("written_on", found, last[0], last[0] + len(last[1]))


def _printed_on(text: str) -> Iterator[Found]:
    """The day in the last line of a paper's imprint: 某市政府办公室 2026年1月8日印发."""
    for hit in re.finditer(rf"({DATE})\s*印发\s*$", text, re.M):
        if day := parse_date(hit[1]):
            yield Found("printed_on", day, *hit.span())
            return


def _under_title(lines: list[tuple[int, str]]) -> Iterator[Found]:
    for start, line in lines[1:]:
        hit = re.fullmatch(rf"[（(]\s*({DATE})[^（）()]{{0,40}}[）)]", line)
        if hit and not _OWN.search(f"自{line}") and (day := parse_date(hit[1])):
            yield Found("written_on", day, start, start + len(line))
    offices: list[tuple[int, str]] = []
    for start, line in lines:
        if line[-1] in "。；：":
            break  # the text has begun
        if _are_offices(line):
            offices.append((start, line))
        elif offices:
            break
    if offices:
        yield _issuers(offices)


def _are_offices(line: str) -> bool:
    return bool(offices_in(line)) and not line.startswith(("各", "附件"))


def _issuers(offices: list[tuple[int, str]]) -> Found:
    names = [name for _, line in offices for name in offices_in(line)]
    return Found("issuer", " ".join(apart(names)), offices[0][0], offices[-1][0] + len(offices[-1][1]))


def apart(names: list[str]) -> Iterator[str]:
    """Names written without a space between them, each by itself: 云溪县农业农村局云溪县财政局."""
    for name in names:
        place = place_at_start(name)
        if place and name.count(place) > 1:
            yield from (part for part in re.split(f"(?={place})", name) if part)
        else:
            yield name


def _relations(text: str) -> Iterator[Found]:
    ended: dict[str, tuple[int, int]] = {}
    for start, end in _sentences(text):
        sentence = text[start:end]
        if not _ENDING.search(sentence):
            continue
        if len(ended) > _MOST_ENDED:
            break
        for hit in islice(_TITLED.finditer(sentence), _MOST_ENDED):
            behind = sentence[hit.end() : hit.end() + 4]
            if not re.match(r"第.{1,3}条|中|的", behind):  # an article of it, not the whole
                ended[hit[1]] = (start + hit.start(), start + hit.end())
        for hit in islice(_NAMED_NUMBER.finditer(sentence), _MOST_ENDED):
            if not ended or not any(a <= start + hit.start() <= b + 60 for a, b in ended.values()):
                ended[plain_number(hit[1])] = (start + hit.start(1), start + hit.end(1))
    for listing in _LIST_OF_ENDED.finditer(text):
        block = text[listing.end() : listing.end() + 3000]
        block = re.split(r"\n\s*(?=[一二三四五六七八九十]、)", block, maxsplit=1)[0]
        for hit in _TITLED.finditer(block):
            ended[hit[1]] = (listing.end() + hit.start(), listing.end() + hit.end())
    for title, span in ended.items():
        yield Found("repeals", title, *span)
    yield from _prolonging(text)
    if based := _BASED_ON.search(text[:3000]):
        yield Found("implements", based[1], *based.span(), "medium")


def _prolonging(text: str) -> Iterator[Found]:
    """The paper whose term is prolonged, and to which day; the paper of which clauses are replaced, and which."""
    amended = _AMENDED.search(text[:3000])
    articles = list(_REPLACED.finditer(text)) if amended else []
    if amended and articles:
        yield Found("amends", amended[1], *amended.span())
        for article in articles:
            part = (
                f"：{article[2]}" if article[2] else ""
            )  # 第三条：集中受理时间: what stands there of that only
            yield Found("amended_articles", f"{article[1]}{part}", *article.span())
    named = _PROLONGED.search(text[:3000])
    if named is None:
        return
    until = _PROLONGED_TO.search(text[:3000])
    day = parse_date(until[1] or until["other"]) if until else None
    if until and day:
        yield Found("extends", named[1], *named.span())
        yield Found("extended_to", day, *until.span())


def settle_dates(values: dict[str, Any]) -> dict[str, Any]:
    """Turn "from issue", "for N years" into days: 印发 is the day of printing, else of writing, 发布 that of publication.

    有效期 N 年 ends on the same day N years on, which still counts as in force.
    """
    settled = dict(values)
    printed = settled.pop("printed_on", None)
    start = settled.get("effective_from")
    if isinstance(start, str):
        published, written = settled.get("published_on"), settled.get("written_on")
        is_printed = start.startswith("printed")
        known = (printed, written, published) if is_printed else (published, written)
        issued = next((day for day in known if isinstance(day, date)), None)
        start = issued + timedelta(days=int(start.partition("+")[2])) if issued else None
        settled["effective_from"] = start
    end = settled.get("effective_to")
    if isinstance(end, str) and end.startswith("+"):
        settled["effective_to"] = years_on(start, int(end[1:-1])) if isinstance(start, date) else None
    return settled
