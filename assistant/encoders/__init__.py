"""The one door to embedding models: a setting → an `Encoder` that is also a LangChain `Embeddings`.

Three kinds: `embedded` (the default, on ONNX Runtime; `embedded-fp32` in full precision), any sentence-transformers
model by name or folder, and `openai:<model>` at an OpenAI-compatible service. `hash` needs no model and knows no
meaning: it is for tests of syncing.
"""

from __future__ import annotations

from assistant.errors import SettingsError
from assistant.ports import Encoder
from assistant.settings import Settings


def open_encoder(settings: Settings) -> Encoder:
    """The encoder that `WENCE_EMBEDDING_MODEL` names; heavy libraries load on first use."""
    name = settings.embedding_model
    if name in ("embedded", "embedded-fp32"):
        from assistant.encoders.embedded import EmbeddedE5

        return EmbeddedE5(settings.model_dir, "fp32" if name.endswith("fp32") else "int8")
    if name == "hash":
        from assistant.encoders.hashing import HashEncoder

        return HashEncoder()
    if name.startswith("openai:"):
        from assistant.encoders.remote import RemoteEncoder

        if not settings.embedding_base_url:
            raise SettingsError("WENCE_EMBEDDING_MODEL 指向嵌入服务，还需设置 WENCE_EMBEDDING_BASE_URL。")
        key = settings.embedding_api_key.get_secret_value() if settings.embedding_api_key else None
        return RemoteEncoder(name.removeprefix("openai:"), settings.embedding_base_url, key)
    from assistant.encoders.local import LocalEncoder

    return LocalEncoder(name)
