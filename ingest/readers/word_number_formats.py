"""Word's number formats: a count and the name of a format → the number as it is printed."""

from __future__ import annotations

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}
# format → (first character of a Unicode run, how many numbers it has)
_RUNS = {
    "decimalEnclosedCircle": ("①", 20),
    "decimalEnclosedCircleChinese": ("①", 20),
    "decimalEnclosedFullstop": ("⒈", 20),
    "decimalEnclosedParen": ("⑴", 20),
    "ideographEnclosedCircle": ("㊀", 10),
}
_COUNTING = {"chineseCounting", "taiwaneseCounting", "taiwaneseDigital", "japaneseCounting", "koreanCounting"}
_THOUSANDS = {"chineseCountingThousand", "taiwaneseCountingThousand", "japaneseDigitalTenThousand"}


def shown(count: int, form: str, pattern: str = "") -> str:
    """The count in a format of Word's; a format without its own signs, or a count beyond them, is decimal.

    `pattern` is the w:format of a custom format: 001, 002, 003.
    """
    if form == "none":
        return ""
    if form == "custom":
        first = pattern.split(",")[0].strip()
        return str(count).zfill(len(first)) if first.isdigit() and len(first) < 10 else str(count)
    if count < 1:
        return str(count)
    if form in _RUNS:
        first, most = _RUNS[form]
        return chr(ord(first) + count - 1) if count <= most else str(count)
    if form in _COUNTING:
        return chinese(count) if count < 100 else _by_digit(count)
    if form in _THOUSANDS:
        return chinese(count)
    return _others(count, form)


def _others(count: int, form: str) -> str:
    match form:
        case "ideographDigital":
            return _by_digit(count)
        case "chineseLegalSimplified":
            return chinese(count, _LEGAL, "拾佰仟")
        case "ideographLegalTraditional":
            return chinese(count, _LEGAL_TRADITIONAL, "拾佰仟")
        case "ideographTraditional":
            return _STEMS[count - 1] if count <= 10 else str(count)
        case "ideographZodiac":
            return _BRANCHES[count - 1] if count <= 12 else str(count)
        case "ideographZodiacTraditional":
            return _STEMS[(count - 1) % 10] + _BRANCHES[(count - 1) % 12] if count <= 60 else str(count)
        case "upperLetter" | "lowerLetter":
            turns, place = divmod(count - 1, 26)
            letters = chr(ord("A") + place) * (turns + 1) if turns < 10 else str(count)
            return letters if form == "upperLetter" else letters.lower()
        case "upperRoman" | "lowerRoman":
            return roman(count) if form == "upperRoman" else roman(count).lower()
        case "decimalZero":
            return f"{count:02d}"
        case "decimalFullWidth" | "decimalFullWidth2":
            return str(count).translate({ord("0") + n: ord("０") + n for n in range(10)})
        case "numberInDash":
            return f"-{count}-"
        case "ordinal":
            return f"{count}{'th' if count % 100 in (11, 12, 13) else _ORDINALS.get(count % 10, 'th')}"
        case "hex":
            return f"{count:X}"
    return str(count)


def chinese(count: int, digits: str = "零一二三四五六七八九", units: str = "十百千") -> str:
    """1 … 9999 in Chinese numerals: 十二, 一百零五; larger numbers stay in digits."""
    if not 0 < count < 10_000:
        return str(count)
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = count // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + digits[digit] + (units[place - 1] if place else "")
        gap = False
    return text[1:] if 10 <= count < 20 and units[0] == "十" else text


def roman(count: int) -> str:
    """1 … 3999 in capital Roman numerals; larger numbers stay in digits."""
    if count >= 4000:
        return str(count)
    text = ""
    for worth, sign in _ROMAN:
        times, count = divmod(count, worth)
        text += sign * times
    return text


def _by_digit(count: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(count))
