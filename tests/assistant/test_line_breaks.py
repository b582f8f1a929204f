"""Lines of a PDF: nothing lost, nothing too wide, 避头尾."""

from __future__ import annotations

from assistant.exports.line_breaks import broken
from tests.assistant.test_dossier import bare


def test_no_line_begins_with_closing_punctuation_or_is_too_wide() -> None:
    text = (
        "产品是不是按“市里”公布的（政务）场景需求开发，最高200万元？见 https://example.org/a/b。" * 5
        + "x" * 99
    )
    for width in range(4, 40):
        lines = broken(text, width, len)
        assert bare("".join(lines)) == bare(text)
        assert all(len(line) <= width for line in lines)
    for line in broken(text.replace("https://example.org/a/b", "附件"), 12, len):
        assert line[0] not in "，。？）”" and line[-1] not in "“（"
