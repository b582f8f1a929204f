"""`/openapi.json` with the errors as they are sent, and `/docs`: the same to read, without a script or another host."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader

from assistant.web.problems import OPENAI_PATH, Problem
from assistant.web.widget import WidgetInfo

_TEMPLATES = Path(__file__).parent / "templates"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'self'"
)
_OPENAI_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
            },
        }
    },
}
_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "a key (wence key add), or a site's session token; callers without one get public limits "
    "unless WENCE_REQUIRE_KEY=1",
}


def describe(app: FastAPI) -> None:
    """Let the application describe itself with its real errors."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            app.openapi_schema = _mended(schema)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def docs_router(app: FastAPI, widget: Callable[[Request], WidgetInfo]) -> APIRouter:
    """The readable page."""
    router = APIRouter(include_in_schema=False)
    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True)
    environment.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False, indent=2)

    @router.get("/docs", response_class=HTMLResponse)
    def docs(request: Request) -> HTMLResponse:
        schema = app.openapi()
        page = environment.get_template("docs.html").render(
            schema=schema,
            operations=_operations(schema),
            example=lambda body: _example(body, schema),
            widget=widget(request),
        )
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})

    return router


def _mended(schema: dict[str, Any]) -> dict[str, Any]:
    """FastAPI's description with our errors instead of its own."""
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema()
    schemas["OpenAIError"] = _OPENAI_ERROR
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["securitySchemes"] = {"key": _KEY}
    schema["security"] = [{}, {"key": []}]
    for path, operations in schema["paths"].items():
        if path.startswith(OPENAI_PATH):
            for operation in operations.values():
                operation["responses"].pop("422", None)
    return schema


def _operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]


def _example(body: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any] | None:
    """The example of a request body: of each field that must be there or shows one."""
    content = body.get("content", {}).get("application/json", {}).get("schema", {})
    for choice in [content, *content.get("anyOf", [])]:
        if reference := choice.get("$ref"):
            fields = schema["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
            return {name: field["examples"][0] for name, field in fields.items() if field.get("examples")}
    return None
