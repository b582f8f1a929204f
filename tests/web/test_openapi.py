"""schemathesis drives every documented route: no 5xx, no undocumented status, content type or shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from assistant.wiring import Application
from tests.conftest import served

_EXAMPLES = 8
_CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def unlimited(wence: Application) -> Iterator[str]:
    """The sample knowledge base, served without limits on calls."""
    often = {"rate_ask": "1000000/minute", "rate_read": "1000000/minute"}
    with served(Application(wence.settings.model_copy(update=often), wence.clock)) as address:
        yield address


def test_no_route_breaks_its_description(unlimited: str) -> None:
    schema: Any = schemathesis.openapi.from_url(f"{unlimited}/openapi.json")
    driven = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        driven.add(operation.label)

        @hypothesis.settings(
            max_examples=_EXAMPLES,
            derandomize=True,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy())
        def drive(case: Any) -> None:
            case.call_and_validate(checks=_CHECKS, timeout=60)

        drive()
    assert {"POST /api/ask", "GET /api/documents/{document_id}", "POST /v1/chat/completions"} <= driven


def test_every_error_is_documented_in_its_shape(unlimited: str) -> None:
    paths = httpx.get(f"{unlimited}/openapi.json").json()["paths"]
    assert {"/api/ask", "/api/sites/{public_id}/token", "/v1/chat/completions"} <= set(paths)
    for path, operations in paths.items():
        for operation in operations.values():
            responses = operation["responses"]
            kind = "application/json" if path.startswith("/v1/") else "application/problem+json"
            assert {"401", "403", "413", "429"} <= set(responses), path
            assert all(kind in r["content"] for status, r in responses.items() if status >= "400"), path
