"""Quantities, measures, bounds and caps are strings that read back the same; faults are named."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import given
from pydantic import TypeAdapter, ValidationError

from assistant.grammar.measures import vocabulary
from assistant.law.provisions import Content, Provision, Span
from assistant.law.quantities import Bound, Cap, Measure, Op, Per, Quantity, Unit
from assistant.programmes.definitions import FactMeasure
from eval.real.provisions import entries_of

CORPUS = sorted((Path(__file__).parents[2] / "assistant" / "grammar" / "corpus").glob("*.yaml"))
CONTENT: TypeAdapter[Content] = TypeAdapter(Content)

quantities = st.builds(
    Quantity,
    value=st.decimals(min_value=0, max_value=10**12, places=2, allow_nan=False),
    unit=st.sampled_from(list(Unit)),
)
measures = st.builds(
    Measure,
    nature=st.sampled_from(sorted(vocabulary().natures)),
    objects=st.lists(st.sampled_from(sorted(vocabulary().objects)), max_size=3).map(tuple),
    change=st.booleans(),
)


@given(quantities)
def test_a_quantity_is_one_string(quantity: Quantity) -> None:
    assert Quantity.parse(str(quantity)) == quantity


@given(measures)
def test_a_measure_is_one_string(measure: Measure) -> None:
    assert Measure.parse(str(measure)) == measure


@given(measures, st.sampled_from(list(Op)), quantities)
def test_a_bound_is_one_string(measure: Measure, op: Op, quantity: Quantity) -> None:
    bound = Bound(measure=measure, op=op, quantity=quantity)
    assert Bound.parse(str(bound)) == bound


@given(
    quantities,
    st.none() | measures,
    st.sets(st.sampled_from(list(Per))),
    st.booleans(),
)
def test_a_cap_is_one_string(limit: Quantity, of: Measure | None, per: set[Per], usual: bool) -> None:
    cap = Cap(limit=limit, of=of, per=tuple(sorted(per, key=list(Per).index)), usual=usual)
    assert Cap.parse(str(cap)) == cap


@pytest.mark.parametrize(
    ("parse", "text", "says"),
    [
        (Quantity.parse, "五十万", "no quantity"),
        (Measure.parse, "turnover", "no nature turnover"),
        (Measure.parse, "paid yachts", "no object yachts"),
        (Bound.parse, "revenue 2000万元", "no bound"),
        (Cap.parse, "at most a lot", "no cap"),
    ],
)
def test_faults_are_named(parse: object, text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse(text)  # type: ignore[operator]


def test_a_unit_keeps_its_scale() -> None:
    assert str(Quantity(value=Decimal(15_000_000), unit=Unit.YUAN)) == "1500万元"
    assert Quantity.parse("1.2亿元").value == 120_000_000
    assert str(Quantity.parse("14.7千瓦")) == "14.7千瓦"


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
def test_every_shape_reads_back_from_yaml_and_json(path: Path) -> None:
    for entry in entries_of(path):
        for content in entry.reads:
            plain = CONTENT.dump_python(content, mode="json", exclude_defaults=True, by_alias=True)
            assert (
                CONTENT.validate_python(yaml.safe_load(yaml.safe_dump(plain, allow_unicode=True))) == content
            )
            whole = Provision(
                document="a", version=1, start=0, end=4, content=content, unread=(Span(start=1, end=2),)
            )
            assert Provision.model_validate_json(whole.model_dump_json(by_alias=True)) == whole


def test_an_unknown_key_is_no_provision() -> None:
    with pytest.raises(ValidationError):
        CONTENT.validate_python({"grant": {"rate": "30%", "of": "revenue", "per": "1家"}})


def test_the_schema_lists_natures_and_objects() -> None:
    measure = CONTENT.json_schema()["$defs"]["Rate"]["properties"]["of"]
    assert "revenue" in measure["pattern"] and "rented_computing" in measure["pattern"]


def test_every_fact_that_is_counted_names_its_measure() -> None:
    facts = yaml.safe_load((Path(__file__).parents[2] / "ingest" / "facts.yaml").read_text("utf-8"))
    counted = {key: fact for key, fact in facts.items() if fact["type"] in ("money", "number", "percent")}
    assert len(counted) > 20
    assert [key for key, fact in counted.items() if "measure" not in fact] == []
    for fact in counted.values():
        measure = FactMeasure.model_validate(fact["measure"]).measure
        Measure(nature=measure.nature or "", objects=tuple(measure.objects))
