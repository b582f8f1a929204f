"""The errors a person meets; each says what is wrong and how to mend it.

WenceError
├── SettingsError        a setting has no usable value
├── KnowledgeBaseError   the knowledge base is empty, foreign or damaged
│   ├── NothingIngested  no document has been ingested yet
│   └── EncoderMismatch  another embedding model filled the store
├── EncoderError         an embedding model cannot be loaded or did not answer
├── LanguageModelError   the language model did not answer in time or at all
├── SourceError          one document cannot be read; the others go on
├── PromptError          a prompt file is not what it declares
├── Busy                 as many questions wait as may
└── InputError           the caller's question, file or option is unusable
"""

from __future__ import annotations


class WenceError(Exception):
    """One plain sentence for the person who can mend it; `exit_code` is the command's."""

    exit_code = 2


class SettingsError(WenceError):
    """A setting has no usable value."""


class KnowledgeBaseError(WenceError):
    """The knowledge base is empty, foreign or damaged."""


class NothingIngested(KnowledgeBaseError):
    """No document has been ingested yet."""

    def __init__(self) -> None:
        super().__init__("知识库还是空的：请先运行 wence ingest（不带参数即装入样本文件）。")


class EncoderMismatch(KnowledgeBaseError):
    """Another embedding model filled the store."""

    def __init__(self, stored: str, wanted: str) -> None:
        super().__init__(
            f"知识库由嵌入模型 {stored} 建立，现在设置的是 {wanted}："
            "请运行 wence ingest --rebuild 重建，或改回原来的 WENCE_EMBEDDING_MODEL。"
        )


class EncoderError(WenceError):
    """An embedding model cannot be loaded or did not answer."""


class LanguageModelError(WenceError):
    """The language model did not answer in time or at all."""


class SourceError(WenceError):
    """One document cannot be read; the others go on."""


class PromptError(WenceError):
    """A prompt file is not what it declares."""


class Busy(WenceError):
    """As many questions wait as may."""

    def __init__(self) -> None:
        super().__init__("现在提问的人太多：请过几秒再试。")


class InputError(WenceError):
    """The caller's question, file or option is unusable."""
