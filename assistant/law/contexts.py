"""What stands over a clause and at its head: of which kind its items are, and the words that say what a sentence is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from assistant.grammar import measures, patterns
from assistant.grammar.tokens import plain
from assistant.law.quantities import Per
from assistant.models import Frozen
from assistant.yaml_file import read_yaml

_FILE = Path(patterns.__file__).parent / "zh" / "contexts.yaml"
_QUALIFIER = 2  # characters that narrow what is counted
_LEADS = 4  # of the leads: those by which a sentence says whom it is about
_LABEL = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]\s*)?[【\[]?([^，。；：:\s]{2,14})[】\]]?\s*[：:]"
)


_QUESTION = re.compile(r"\s*问\s*[：:]([^？?]+)[？?]")


class _Bounds(Frozen):
    units: dict[str, str]
    growth: tuple[str, ...]
    price: tuple[str, ...]
    counted: tuple[str, ...]
    ratios: tuple[str, ...]
    raised_to: tuple[str, ...]


class Contexts(Frozen):
    """contexts.yaml, checked."""

    contexts: dict[str, tuple[str, ...]]
    triggers: dict[str, tuple[str, ...]]
    office_leads: tuple[str, ...]
    office_follows: tuple[str, ...]
    defines: tuple[str, ...]
    steps: tuple[str, ...]
    bases: tuple[str, ...]
    conforming: tuple[str, ...]
    may_words: tuple[str, ...]
    step_nouns: tuple[str, ...]
    on_top: tuple[str, ...]
    measures_told: tuple[str, ...]
    definition_leads: tuple[str, ...]
    definition_words: tuple[str, ...]
    office_labels: dict[str, tuple[str, ...]]
    hand_in: tuple[str, ...]
    hand_in_after: tuple[str, ...]
    applies: tuple[str, ...]
    empty_words: tuple[str, ...]
    office_joins: tuple[str, ...]
    actor_leads: tuple[str, ...]
    goal_leads: tuple[str, ...]
    takes_in: tuple[str, ...]
    hands_on: tuple[str, ...]
    within_names: tuple[str, ...]
    no_offices: tuple[str, ...]
    not_endings: dict[str, str]
    papers: tuple[str, ...]
    no_papers: tuple[str, ...]
    no_windows: tuple[str, ...]
    consequences: tuple[str, ...]
    before: tuple[str, ...]
    since: tuple[str, ...]
    until: tuple[str, ...]
    since_words: tuple[str, ...]
    got: tuple[str, ...]
    payers: tuple[str, ...]
    since_title: tuple[str, ...]
    offices: tuple[str, ...]
    leads: tuple[str, ...]
    goes_on_words: tuple[str, ...]
    others: tuple[str, ...]
    further: tuple[str, ...]
    beyond: tuple[str, ...]
    whole: tuple[str, ...]
    firm_age: tuple[str, ...]
    compared: tuple[str, ...]
    base_ends: tuple[str, ...]
    awards: tuple[str, ...]
    lent: tuple[str, ...]
    applicants: tuple[str, ...]
    listed_by: str
    public_words: tuple[str, ...]
    examples: tuple[str, ...]
    numbers_of: tuple[str, ...]
    spent_on: tuple[str, ...]
    legal_forms: tuple[str, ...]
    goals: tuple[str, ...]
    no_bases: tuple[str, ...]
    counted_words: tuple[str, ...]
    purposes: tuple[str, ...]
    no_conditions: tuple[str, ...]
    no_condition_ends: tuple[str, ...]
    bounds: _Bounds

    @property
    def growth(self) -> tuple[str, ...]:
        """Words by which a share is one of growth."""
        return self.bounds.growth

    @property
    def price(self) -> tuple[str, ...]:
        """Words by which a share is a rate of interest or of a fee."""
        return self.bounds.price

    @property
    def nature_of_unit(self) -> dict[str, str]:
        """How what has a unit is counted."""
        return self.bounds.units

    def announced_by(self, text: str) -> str | None:
        """What a heading, a label or a lead-in announces: the kind of the longest of its words that stands last."""
        text = plain(text)
        found = [
            (text.rfind(word) + len(word), len(word), kind)
            for kind, words in self.contexts.items()
            for word in words
            if word in text
        ]
        return max(found)[2] if found else None

    def kind_of(self, text: str, headings: Sequence[str], before: str) -> str | None:
        """Of which kind a clause is: by its own label, else the lead-in before it, else the nearest heading that says."""
        if (asked := _QUESTION.match(text)) and (kind := self.announced_by(asked[1])):
            return kind
        if (label := _LABEL.match(text)) and (kind := self.announced_by(label[1])):
            return kind
        if before.rstrip().endswith(("：", ":")) and (kind := self.announced_by(before[-60:])):
            return kind
        for heading in reversed(headings):
            if kind := self.announced_by(heading):
                return kind
        return None

    def label_kind(self, text: str) -> str | None:
        """What the label at the head of a text, or its words before a colon, announce."""
        before, colon, _ = text.partition("：")
        return self.announced_by(before[-30:]) if colon else None

    def without_lead(self, words: str) -> str:
        """Words of a condition without what introduces them and the marks around them."""
        words = _LABEL.sub("", words.strip(" ，,。；;：:、（）()"))
        words = re.sub(r"^(?:[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]|[①-⑳])\s*", "", words)
        changed = True
        while changed:
            changed = False
            for lead in sorted(self.leads, key=len, reverse=True):
                if words.startswith(lead) and len(words) > len(lead) + 1:
                    words, changed = words[len(lead) :].lstrip(" ，,"), True
        return words.rstrip("的 ，,。；;：:")

    def qualifies(self, words: str) -> bool:
        """Whether words of what is counted narrow it beside what the vocabulary knows: 自营出口额, 亩均税收, 项目研发投入."""
        left = measures.literal(plain(re.sub(r"[（(][^（）()]*[）)]|\s", "", words)))
        for word in sorted(self.counted_words, key=len, reverse=True):
            left = left.replace(word, " ")
        return any(len(part) >= _QUALIFIER for part in left.split())

    def is_condition(self, words: str) -> bool:
        """Whether words can be a condition: not only 企业 or 奖励, no purpose (推进…应用), nothing that is given or refused."""
        folded = re.sub(r"\s", "", plain(words))
        if folded in self.applicants or folded in self.awards or folded.startswith(self.purposes):
            return False
        return not folded.endswith(self.no_condition_ends) and not any(
            w in folded for w in self.no_conditions
        )

    def counts_chosen(self, words: str) -> bool:
        """Whether words count those who are chosen: 每年获支持企业数量."""
        folded = plain(words).rstrip(" 最")
        return folded.endswith(self.numbers_of) and self.names_applicant(words)

    def raises_to(self, words: str) -> bool:
        """Whether a share is what is raised to, and not by how much: 提高到50%, 比例提高为50%."""
        return any(w in plain(words) for w in self.bounds.raised_to)

    def is_spent(self, words: str) -> bool:
        """Whether what follows a share says what it is spent on: 用于团队激励."""
        return plain(words).lstrip("的 ").startswith(self.spent_on)

    def names_firm(self, words: str) -> bool:
        """Whether words are the full name of a firm: ….有限公司."""
        return plain(words).strip().endswith(self.legal_forms)

    def is_example(self, text: str) -> bool:
        """Whether a sentence gives an example of what was said: 例如已领过100万元的企业…."""
        return plain(text).lstrip().startswith(self.examples)

    def says_public(self, words: str) -> bool:
        """Whether words speak of public money: 各级财政补助, 上级资金."""
        return any(w in plain(words) for w in self.public_words)

    def is_goal(self, text: str) -> bool:
        """Whether a sentence says what is to be reached by all: 力争达到95%, 到2035年…."""
        folded = plain(text)
        return any(w in folded for w in self.goals)

    def names_office(self, words: str) -> bool:
        """Whether words name an office, whose duties ask nothing of who applies: 市财政局, before 应当."""
        return any(office in plain(words) for office in self.offices if len(office) > 1)

    def is_no_office(self, words: str) -> bool:
        """Whether words that end as an office does name none: 任何中介机构, 银行."""
        folded = plain(words)
        return folded in self.no_offices or folded.startswith(self.no_offices)

    def names_paper(self, words: str) -> bool:
        """Whether words name a paper that is handed in, and do not speak of all of them: 审计报告, but not 上述材料一式两份."""
        folded = plain(words)
        return any(word in folded for word in self.papers) and not folded.startswith(self.no_papers)

    def is_consequence(self, words: str) -> bool:
        """Whether words say what follows for who broke a rule, or what one is exempt from: 追回已拨付资金, 可不受…限制."""
        return any(word in plain(words) for word in self.consequences)

    def does_step(self, words: str) -> bool:
        """Whether words say what is done on the way to a support, and not what bears the name of it: 申报, not 申报表."""
        folded = plain(words)
        for noun in self.step_nouns:
            folded = folded.replace(noun, "")
        return any(word in folded for word in self.steps)

    def grows(self, words: str) -> bool:
        """Whether words say that only what is more than before counts."""
        return any(word in plain(words) for word in self.bounds.growth)

    def per_of(self, unit: str, words: str) -> Per:
        """For what a ceiling holds that is told for each of a unit: 每家, 每人, 每个项目, 每平方米."""
        folded = plain(words)
        if unit == "人":
            return Per.PERSON
        if unit == "家" or any(word in folded for word in self.applicants):
            return Per.APPLICANT
        return Per.PROJECT if "项目" in folded else Per.ITEM

    def goes_on(self, words: str) -> bool:
        """Whether words say that something is given beyond what was told: 在此基础上, 每再增加."""
        return any(word in plain(words) for word in self.goes_on_words)

    def ends_as_applicant(self, words: str) -> bool:
        """Whether words end in one who applies: 年营业收入1亿元以上的企业."""
        return plain(words).rstrip(" ，,").endswith(self.applicants)

    def is_lead(self, words: str) -> bool:
        """Whether words begin as what a sentence is about does: 对…企业."""
        return words.lstrip().startswith(self.leads[:_LEADS])

    def names_applicant(self, words: str) -> bool:
        """Whether words name one who applies: 限上批发企业."""
        return any(word in plain(words) for word in self.applicants)

    def without_award(self, words: str) -> str:
        """What is left of 租金补贴 without the word for what is given."""
        words = words.strip("的 ，,。；;")
        end = next((w for w in sorted(self.awards, key=len, reverse=True) if words.endswith(w)), "")
        return words[: len(words) - len(end)]

    def is_no_grant(self, words: str) -> bool:
        """Whether a sum is followed by what is lent or ensured and not given: 15万元的创业担保贷款."""
        return any(word in plain(words) for word in self.lent)

    def goes_further(self, words: str) -> bool:
        """Whether words count what comes on top: 增加, 再, 超."""
        return any(word in plain(words) for word in self.further)

    def goes_beyond(self, words: str) -> bool:
        """Whether words count what comes on top of a figure, and not what is new: 每多, 每再, 每超."""
        return any(word in plain(words) for word in self.beyond)

    def compares(self, words: str) -> bool:
        """Whether words hold a year against the one before: 比上年每增加…."""
        return any(word in plain(words) for word in self.compared)

    def is_of_others(self, words: str) -> bool:
        """Whether the public money that words speak of is another's: 国家资助, 上级补助."""
        return any(word in plain(words) for word in self.others)

    def gets(self, words: str) -> bool:
        """Whether words are no more than that something is got or done, so that what stands behind names it: 获得."""
        return plain(words).endswith(self.got)

    def names_award(self, words: str) -> bool:
        """Whether words name what is given, and nobody: 落户奖自认定当年起."""
        return any(w in plain(words) for w in (*self.awards, "奖")) and not self.ends_as_applicant(words)

    def is_payer(self, words: str) -> bool:
        """Whether words say no more than who pays: 由区财政."""
        return plain(words).endswith(self.payers)

    def is_since(self, words: str) -> bool:
        """Whether words say from when a term runs: 自认定次年起."""
        return words.startswith(self.since_words) and plain(words).endswith(self.since)

    def is_case(self, words: str) -> bool:
        """Whether a part names a case of which what follows is said: 五年内转租的，."""
        return plain(words).rstrip(" ,，、").endswith("的")

    def is_whole(self, words: str) -> bool:
        """Whether words stand for all who apply or for what is applied for: 本意见所指企业, 申报项目."""
        return any(word in plain(words) for word in self.whole)

    def says_firm_age(self, words: str) -> bool:
        """Whether a length of time is how long one exists: 成立, 注册满."""
        return any(word in plain(words) for word in self.firm_age)

    def says(self, kind: str, text: str) -> bool:
        """Whether a folded text has a word of a kind."""
        return any(word in text for word in self.triggers[kind])


@lru_cache(maxsize=1)
def contexts() -> Contexts:
    """The contexts, read once."""
    return Contexts.model_validate(read_yaml(_FILE))
