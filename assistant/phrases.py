"""The few sentences that are ours, in the languages users read; figures come from citations only."""

from __future__ import annotations

from datetime import date, timedelta

from assistant.models import Citation, Confidence, DocumentHead, Language, Passages, Status

_EXPIRING = timedelta(days=60)
_TEXTS: dict[str, dict[Language, str]] = {
    "inferred_title": {
        "zh": "{title}（按条文推算）",
        "zh-Hant": "{title}（按條文推算）",
        "en": "{title} (computed from the clause)",
    },
    "inferred_sum": {
        "zh": "按条文推算，最高{amount}：{shown}。条件未逐条核对。",
        "zh-Hant": "按條文推算，最高{amount}：{shown}。條件未逐條核對。",
        "en": "Computed from the clause: at most {amount} ({shown}). Conditions were not judged.",
    },
    "inferred_monthly": {
        "zh": "按条文推算，每月最高{amount}：{shown}。条件未逐条核对。",
        "zh-Hant": "按條文推算，每月最高{amount}：{shown}。條件未逐條核對。",
        "en": "Computed from the clause: at most {amount} a month ({shown}). Conditions were not judged.",
    },
    "inferred_total": {
        "zh": "按条文推算，合计最高{amount}：{shown}。条件未逐条核对。",
        "zh-Hant": "按條文推算，合計最高{amount}：{shown}。條件未逐條核對。",
        "en": "Computed from the clause: at most {amount} in all ({shown}). Conditions were not judged.",
    },
    "inferred_variant": {
        "zh": "如属{case}，最高{amount}：{shown}。",
        "zh-Hant": "如屬{case}，最高{amount}：{shown}。",
        "en": "In the case “{case}”: at most {amount} ({shown}).",
    },
    "inferred_unmet": {
        "zh": "不符合条件：{measure}须{op}{bound}，所述{told}达不到这一要求。",
        "zh-Hant": "不符合條件：{measure}須{op}{bound}，所述{told}達不到這一要求。",
        "en": "Not eligible: {measure} must be {op}{bound}; you told {told}.",
    },
    "inferred_left_out": {
        "zh": "不符合条件：对方是关联方的不能申请，条文只支持非关联方之间的交易。",
        "zh-Hant": "不符合條件：對方是關聯方的不能申請，條文只支持非關聯方之間的交易。",
        "en": "Not eligible: the clause counts transactions between unrelated parties only.",
    },
    "inferred_met": {
        "zh": "所述{told}符合{measure}{op}{bound}的要求。",
        "zh-Hant": "所述{told}符合{measure}{op}{bound}的要求。",
        "en": "What you told ({told}) meets the bound: {measure} {op}{bound}.",
    },
    "inferred_conditions": {
        "zh": "还须核对：{conditions}。",
        "zh-Hant": "還須核對：{conditions}。",
        "en": "Also to be met (in the paper's words): {conditions}.",
    },
    "declined": {
        "zh": "知识库里没有查到能回答这个问题的依据，因此不作答。",
        "zh-Hant": "知識庫裡沒有查到能回答這個問題的依據，因此不作答。",
        "en": "Nothing in the knowledge base supports an answer to this question, so none is given.",
    },
    "refused_injection": {
        "zh": (
            "这条消息里有要求改变我的规则、身份或输出的内容，我不照做。想问扶持政策（能不能申请、"
            "最高多少、什么时候截止、交什么材料），请直接写出问题。"
        ),
        "zh-Hant": (
            "這條訊息裡有要求改變我的規則、身份或輸出的內容，我不照做。想問扶持政策（能不能申請、"
            "最高多少、什麼時候截止、交什麼材料），請直接寫出問題。"
        ),
        "en": (
            "This message asks me to change my rules, role or output, which I "
            "do not do. Please ask your question on support policy directly."
        ),
    },
    "refused_unsafe": {
        "zh": (
            "我不能帮忙做虚假材料、规避条件，也不能担保结果；骗取资金会被追回并追究责任。"
            "条件、金额和办理方式可以问我，能否获批由主管部门审核决定。"
        ),
        "zh-Hant": (
            "我不能幫忙做虛假材料、規避條件，也不能擔保結果；騙取資金會被追回並追究責任。"
            "條件、金額和辦理方式可以問我，能否獲批由主管部門審核決定。"
        ),
        "en": (
            "I cannot help with false documents or with evading conditions, nor promise a result; "
            "the department in charge decides. Ask me about conditions, amounts and procedure."
        ),
    },
    "out_of_scope": {
        "zh": (
            "我只回答企业扶持政策的问题（条件、金额、时间、材料、办理方式），这个问题不在范围内。"
            "政务方面的其他事项可拨打 12345 政务服务便民热线。"
        ),
        "zh-Hant": (
            "我只回答企業扶持政策的問題（條件、金額、時間、材料、辦理方式），這個問題不在範圍內。"
            "政務方面的其他事項可撥打 12345 政務服務便民熱線。"
        ),
        "en": (
            "I answer questions on public support for firms only (conditions, amounts, dates, "
            "documents, procedure). For other government services call the 12345 hotline."
        ),
    },
    "out_of_site": {
        "zh": (
            "本网站的问答只涉及{about}，这个问题不在范围内。"
            "其他扶持政策请到受理部门的网站查询，或拨打 12345 政务服务便民热线。"
        ),
        "zh-Hant": (
            "本網站的問答只涉及{about}，這個問題不在範圍內。"
            "其他扶持政策請到受理部門的網站查詢，或撥打 12345 政務服務便民熱線。"
        ),
        "en": (
            "On this site questions are answered on {about} only; this one is outside that. "
            "For other public support see the department in charge, or call the 12345 hotline."
        ),
    },
    "gap": {
        "zh": "目前查不到：所收文件没有给出这一项。文件中的说法是：",
        "zh-Hant": "目前查不到：所收文件沒有給出這一項。文件中的說法是：",
        "en": "Not found: the documents do not tell this. They say (in Chinese): ",
    },
    "not_told": {
        "zh": "目前查不到：所收文件没有写明{what}。",
        "zh-Hant": "目前查不到：所收文件沒有寫明{what}。",
        "en": "Not found: the documents do not state the {what}.",
    },
    "paper_gap": {
        "zh": "目前查不到：所收的《{title}》没有写明这一项。",
        "zh-Hant": "目前查不到：所收的《{title}》沒有寫明這一項。",
        "en": "Not found: 《{title}》, as we hold it, does not state this. ",
    },
    "of_draft": {
        "zh": "（征求意见稿，尚未施行）",
        "zh-Hant": "（徵求意見稿，尚未施行）",
        "en": " (draft for comments, not in force)",
    },
    "of_ended": {
        "zh": "（该文件已于{day}到期，这是到期前的规定）",
        "zh-Hant": "（該文件已於{day}到期，這是到期前的規定）",
        "en": " (the paper ended on {day}; this is what it gave until then)",
    },
    "absent_place": {
        "zh": "目前查不到：没有收录{place}的扶持政策文件。",
        "zh-Hant": "目前查不到：沒有收錄{place}的扶持政策文件。",
        "en": "Not found: we hold no papers of {place}. ",
    },
    "absent_measure": {
        "zh": "目前查不到：所收的{place}文件里没有按{name}计算的补贴或奖励。",
        "zh-Hant": "目前查不到：所收的{place}文件裡沒有按{name}計算的補貼或獎勵。",
        "en": "Not found: our documents{place} give nothing that is counted on {name}. ",
    },
    "absent": {
        "zh": "目前查不到：所收的{place}文件里没有“{name}”这一项。",
        "zh-Hant": "目前查不到：所收的{place}文件裡沒有「{name}」這一項。",
        "en": "Not found: our documents of {place} do not speak of “{name}”. ",
    },
    "elsewhere": {
        "zh": "“{name}”是{places}的项目。",
        "zh-Hant": "「{name}」是{places}的項目。",
        "en": "“{name}” is a programme of {places}. ",
    },
    "absent_batch": {
        "zh": "目前查不到：所收文件没有写到{batch}。",
        "zh-Hant": "目前查不到：所收文件沒有寫到{batch}。",
        "en": "Not found: our documents do not speak of {batch}. ",
    },
    "which": {
        "zh": "各地的扶持不一样，先说一件事就能查：",
        "zh-Hant": "各地的扶持不一樣，先說一件事就能查：",
        "en": "Support differs from place to place; one thing decides: ",
    },
    "known": {
        "zh": "已知的是：",
        "zh-Hant": "已知的是：",
        "en": "What is known: ",
    },
    "percent": {"zh": "比例", "zh-Hant": "比例", "en": "percentage"},
    "money": {"zh": "金额", "zh-Hant": "金額", "en": "amount"},
    "date": {"zh": "时间", "zh-Hant": "時間", "en": "date"},
    "no_year": {
        "zh": "目前查不到 {year} 年的安排：所收文件没有写到。",
        "zh-Hant": "目前查不到 {year} 年的安排：所收文件沒有寫到。",
        "en": "Nothing on {year} is found in the documents.",
    },
    "nearest": {
        "zh": "最接近的文件是《{title}》，可能并不相关。",
        "zh-Hant": "最接近的文件是《{title}》，可能並不相關。",
        "en": "The nearest document found is 《{title}》; it may not be related.",
    },
    "whom": {
        "zh": "可向主管部门或 12345 政务服务便民热线核实。",
        "zh-Hant": "可向主管部門或 12345 政務服務便民熱線核實。",
        "en": "Please ask the department in charge, or the 12345 government hotline.",
    },
    "quoted": {
        "zh": "",
        "zh-Hant": "以下為文件原句（簡體）：",
        "en": "The documents say (in Chinese):",
    },
    "digest": {
        "zh": "引文为本站摘编，非原文，请以官方文件为准。",
        "zh-Hant": "引文為本站摘編，非原文，請以官方文件為準。",
        "en": "Quotes are our own digests, not the official wording; the official papers prevail.",
    },
    "draft": {
        "zh": "《{title}》是征求意见稿，不是现行政策。",
        "zh-Hant": "《{title}》是徵求意見稿，不是現行政策。",
        "en": "《{title}》 is a draft for comments, not policy in force.",
    },
    "expired": {
        "zh": "《{title}》已于 {date} 到期。",
        "zh-Hant": "《{title}》已於 {date} 到期。",
        "en": "《{title}》 expired on {date}.",
    },
    "expiring": {
        "zh": "《{title}》约于 {date} 到期{source}。",
        "zh-Hant": "《{title}》約於 {date} 到期{source}。",
        "en": "《{title}》 expires about {date}{source}.",
    },
    "secondary": {"zh": "（二手来源）", "zh-Hant": "（二手來源）", "en": " (secondary source)"},
    "unplaced": {
        "zh": "《{title}》没有写明是哪个地方的文件，请先核对它是否适用。",
        "zh-Hant": "《{title}》沒有寫明是哪個地方的文件，請先核對它是否適用。",
        "en": "《{title}》 does not say which place it is of; check first that it applies to you.",
    },
    "superseded": {
        "zh": "《{title}》已有新版取代。",
        "zh-Hant": "《{title}》已有新版取代。",
        "en": "《{title}》 has been replaced by a newer edition.",
    },
    "not_yet": {
        "zh": "《{title}》自 {date} 起才施行。",
        "zh-Hant": "《{title}》自 {date} 起才施行。",
        "en": "《{title}》 takes effect only on {date}.",
    },
    "conflict_ours": {
        "zh": "另有说法不同：《{other}》写的是“{quote}”；以{why}的《{title}》为准。",
        "zh-Hant": "另有說法不同：《{other}》寫的是「{quote}」；以{why}的《{title}》為準。",
        "en": "Another source differs: 《{other}》 says “{quote}”; the {why} 《{title}》 prevails.",
    },
    "conflict_other": {
        "zh": "说法不同：《{other}》写的是“{quote}”；它{why}，以它为准。",
        "zh-Hant": "說法不同：《{other}》寫的是「{quote}」；它{why}，以它為準。",
        "en": "Sources differ: 《{other}》 says “{quote}”; it is {why} and prevails.",
    },
    "conflict_open": {
        "zh": "说法不同：《{other}》写的是“{quote}”；以哪一份为准查不到，请向主管部门核实。",
        "zh-Hant": "說法不同：《{other}》寫的是「{quote}」；以哪一份為準查不到，請向主管部門核實。",
        "en": "Sources differ: 《{other}》 says “{quote}”; which prevails is not known, please ask the department.",
    },
    "more_official": {"zh": "更正式", "zh-Hant": "更正式", "en": "more official"},
    "newer": {"zh": "更新", "zh-Hant": "更新", "en": "newer"},
    "unverified": {
        "zh": "《{title}》未经官方核实，只供参考。",
        "zh-Hant": "《{title}》未經官方核實，只供參考。",
        "en": "《{title}》 is not officially verified; for reference only.",
    },
}


def say(key: str, language: Language, **values: str) -> str:
    """One of our sentences in the user's language."""
    return _TEXTS[key][language].format(**values)


def decline(passages: Passages, language: Language) -> str:
    """What was not found, the nearest thing that was, and whom to ask."""
    parts = [say("declined", language)]
    if passages.kept and passages.support > 0.2:
        parts.append(say("nearest", language, title=passages.kept[0].head.title))
    return (
        "".join([*parts, say("whom", language)])
        if language != "en"
        else " ".join([*parts, say("whom", language)])
    )


def notices(
    citations: list[Citation],
    heads: dict[str, DocumentHead],
    as_of: date,
    language: Language,
    place_asked: bool = False,
) -> tuple[str, ...]:
    """What a user must know of the cited papers: draft, lapsed, replaced, lapsing, unverified, of no known place, digest."""
    found: list[str] = []
    for head, status in {c.document_id: (heads[c.document_id], c.status) for c in citations}.values():
        found += _of_status(head, status, as_of, language)
        if head.is_hearsay:
            found.append(say("unverified", language, title=head.title))
        if place_asked and head.region is None:
            found.append(say("unplaced", language, title=head.title))
    if any(c.digest for c in citations):
        found.append(say("digest", language))
    return tuple(dict.fromkeys(found))


def _of_status(head: DocumentHead, status: Status, as_of: date, language: Language) -> list[str]:
    end, start = head.effective_to, head.effective_from
    if status is Status.DRAFT:
        return [say("draft", language, title=head.title)]
    if status is Status.SUPERSEDED:
        return [say("superseded", language, title=head.title)]
    if status is Status.EXPIRED and end:
        return [say("expired", language, title=head.title, date=end.isoformat())]
    if status is Status.NOT_YET and start:
        return [say("not_yet", language, title=head.title, date=start.isoformat())]
    if end and as_of <= end <= as_of + _EXPIRING:
        weak = head.effective_to_confidence is Confidence.SECONDARY
        source = say("secondary", language) if weak else ""
        return [say("expiring", language, title=head.title, date=end.isoformat(), source=source)]
    return []
