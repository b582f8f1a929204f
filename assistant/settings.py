"""Every setting is an environment variable `WENCE_…` (or a line in `.env`), read once and handed on."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError


class Settings(BaseSettings):
    """The settings; `wence settings` prints this table."""

    model_config = SettingsConfigDict(
        env_prefix="WENCE_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    home: Path = Field(default=Path(".wence"), description="where all state lives / 所有数据的目录")
    model_cache: Path | None = Field(
        default=None,
        description="where the converted embedded model is kept (unset: <home>/models) / 模型缓存目录",
    )
    samples: bool = Field(
        default=True, description="1: the sample digests are part of the knowledge base / 是否包含样本摘编"
    )
    public_url: str = Field(
        default="http://127.0.0.1:7860",
        description="the address links and snippets show (unset: the one a page was opened by) "
        "/ 对外地址（未设时用打开页面时的地址）",
    )
    require_key: bool = Field(
        default=False, description="1: callers without a key are refused / 无密钥的调用是否拒绝"
    )
    allowed_origins: str = Field(
        default="*", description="origins that may call the API, by commas / 允许嵌入的站点来源"
    )
    max_file_mb: float = Field(
        default=50, gt=0, description="a larger file is not read, in MB / 单个文件大小上限"
    )
    max_pages: int = Field(default=1000, gt=0, description="a longer PDF is not read / PDF 页数上限")
    fetch_timeout: float = Field(
        default=30, gt=0, description="seconds one address may take / 抓取一个网址的秒数上限"
    )
    fetch_pause: float = Field(
        default=1.0, ge=0, description="seconds between two requests to one host / 同一网站两次请求的间隔"
    )
    fetch_private: bool = Field(
        default=False, description="1: addresses in private networks may be fetched / 是否允许抓取内网地址"
    )
    follow: bool = Field(
        default=True,
        description="0: serve does not look at the addresses of sources.yaml by itself / 服务时是否按时查看跟踪的网址和栏目",
    )
    embedding_model: str = Field(
        default="embedded",
        description="embedded (multilingual-e5-small), embedded-fp32 (in full precision), hash (tests only), "
        "a sentence-transformers name or folder, or openai:<model> / 嵌入模型",
    )
    embedding_base_url: str | None = Field(
        default=None, description="address of an OpenAI-compatible embeddings service / 嵌入服务地址"
    )
    embedding_api_key: SecretStr | None = Field(default=None, description="its key / 嵌入服务密钥")
    reranker_model: str | None = Field(
        default=None,
        description="a sentence-transformers cross-encoder, name or folder, that judges the best passages again / 重排模型",
    )
    top_k: int = Field(default=8, ge=1, le=50, description="passages an answer may rest on / 采用的段落数")
    llm_base_url: str | None = Field(
        default=None,
        description="address of an OpenAI-compatible chat service; unset: answers by rule / 语言模型地址",
    )
    llm_api_key: SecretStr | None = Field(default=None, description="its key / 语言模型密钥")
    llm_model: str | None = Field(default=None, description="its model name / 语言模型名称")
    llm_timeout: float = Field(
        default=15, gt=0, description="seconds it may stay silent / 语言模型多少秒没有回应就放弃"
    )
    llm_budget: float = Field(
        default=30,
        gt=0,
        description="seconds an answer may wait for it in all, retries included / 一次回答等待语言模型的总秒数（含重试）",
    )
    llm_pause: float = Field(
        default=60,
        ge=0,
        description="seconds it is left alone after three failures in a row / 接连出错三次后停用的秒数",
    )
    llm_usage: bool = Field(
        default=True,
        description="0: it is not asked how many tokens it used, for services that refuse stream_options / 是否要求报告用量",
    )
    llm_price_prompt: float | None = Field(
        default=None,
        ge=0,
        description="price of a million prompt tokens in yuan, for the cost in the staff pages / 每百万输入 token 的价格（元）",
    )
    llm_price_completion: float | None = Field(
        default=None,
        ge=0,
        description="price of a million completion tokens in yuan / 每百万输出 token 的价格（元）",
    )
    judge_base_url: str | None = Field(
        default=None,
        description="address of a judge model for the evaluation (unset: the language model) / 评判模型地址",
    )
    judge_api_key: SecretStr | None = Field(default=None, description="its key / 评判模型密钥")
    judge_model: str | None = Field(default=None, description="its model name / 评判模型名称")
    journal_url: SecretStr | None = Field(
        default=None,
        description="SQLAlchemy address of the journal's database (unset: <home>/journal.db) / 记录库地址",
    )
    journal_days: int = Field(
        default=365, ge=1, description="days the journal keeps answers and feedback / 记录保留天数"
    )
    staff_hours: float = Field(
        default=8,
        gt=0,
        description="hours without activity after which staff log in again / 后台登录有效小时数",
    )
    question_max_chars: int = Field(
        default=2000, ge=10, description="a longer question is refused / 问题长度上限（字）"
    )
    rate_ask: str = Field(
        default="120/minute",
        description="questions one address may ask without a key, several limits by ; / 无密钥时每个地址的提问上限",
    )
    rate_read: str = Field(
        default="1200/minute",
        description="other calls one address may make without a key / 无密钥时每个地址的其他调用上限",
    )
    rate_key: str = Field(
        default="600/minute",
        description="calls one key may make where it has no limit of its own / 每个密钥的调用上限",
    )
    rate_storage: str = Field(
        default="memory://",
        description="where calls are counted: memory:// or redis://host:port (several processes; pip install redis) "
        "/ 限流计数存放处",
    )
    heartbeat_seconds: float = Field(
        default=10,
        gt=0,
        description="seconds between two signs of life in a stream / 流式回答的心跳间隔（秒）",
    )
    body_timeout: float = Field(
        default=15, gt=0, description="seconds a request's body may take to arrive / 请求体须在几秒内送到"
    )
    request_timeout: float = Field(
        default=120,
        gt=0,
        description="seconds an answer that is not streamed may take / 非流式回答的时限（秒）",
    )
    debug: bool = Field(default=False, description="1: show tracebacks / 出错时显示调用栈")

    @property
    def model_dir(self) -> Path:
        """Where the converted embedded model is kept."""
        return self.model_cache or self.home / "models"

    @property
    def has_public_url(self) -> bool:
        """Whether the address for links was set, so that it holds for every reader."""
        return "public_url" in self.model_fields_set

    @property
    def has_llm(self) -> bool:
        """Whether a language model is set."""
        return bool(self.llm_base_url and self.llm_model)


def load_settings() -> Settings:
    """Read the settings; a value that cannot be used raises SettingsError naming its variable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "WENCE_" + str(first["loc"][0]).upper()
        raise SettingsError(
            f"设置 {name} 的值不可用（{first['msg']}）：请改正环境变量或 .env 文件。"
        ) from error


def describe_settings() -> list[tuple[str, str, str]]:
    """Rows (variable, default, meaning) for `wence settings` and the documentation."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = {None: "", True: "1", False: "0"}.get(default, str(default))
        rows.append((f"WENCE_{name.upper()}", shown, field.description or ""))
    return rows
