"""`wence doctor`: what is wrong, and the mend."""

from __future__ import annotations

import os

from assistant.errors import WenceError
from assistant.models import Frozen
from assistant.wiring import Application


class Finding(Frozen):
    """One thing examined; `detail` says the mend when it is not well."""

    name: str
    ok: bool
    detail: str


def examine(application: Application) -> list[Finding]:
    """Home folder, settings, embedding model, knowledge base, language model."""
    home = _home(application)
    if not home.ok:
        return [home]
    return [home, _encoder(application), _knowledge(application), _language_model(application)]


def _home(application: Application) -> Finding:
    home = application.settings.home.absolute()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return Finding(
            name="数据目录", ok=False, detail=f"{home} 建不了（{error.strerror}）：请改 WENCE_HOME。"
        )
    if not os.access(home, os.W_OK):
        return Finding(name="数据目录", ok=False, detail=f"{home} 不可写：请检查权限或改 WENCE_HOME。")
    return Finding(name="数据目录", ok=True, detail=str(home))


def _encoder(application: Application) -> Finding:
    try:
        size = len(application.encoder.embed_query("训力券"))
    except WenceError as error:
        return Finding(name="嵌入模型", ok=False, detail=str(error))
    return Finding(name="嵌入模型", ok=True, detail=f"{application.encoder.fingerprint}，{size} 维")


def _knowledge(application: Application) -> Finding:
    try:
        snapshot = application.knowledge.snapshot()
    except WenceError as error:
        return Finding(name="知识库", ok=False, detail=str(error))
    return Finding(
        name="知识库", ok=True, detail=f"{len(snapshot.heads)} 份文件，第 {snapshot.generation} 代索引"
    )


def _language_model(application: Application) -> Finding:
    settings = application.settings
    if bool(settings.llm_base_url) != bool(settings.llm_model):
        detail = "只设了一半：WENCE_LLM_BASE_URL 和 WENCE_LLM_MODEL 要一起设，否则按规则作答。"
        return Finding(name="语言模型", ok=False, detail=detail)
    if not settings.has_llm:
        return Finding(name="语言模型", ok=True, detail="未设置，按规则作答")
    try:
        assert application.chat_model is not None
        next(application.chat_model.stream("只回复：好", "在吗"), None)
    except WenceError as error:
        return Finding(name="语言模型", ok=False, detail=f"{error}请检查 WENCE_LLM_BASE_URL、密钥和模型名。")
    return Finding(name="语言模型", ok=True, detail=f"{settings.llm_model} 有应答")
