"""The encoder of multilingual-e5-small as an ONNX graph: `E5Weights → ModelProto`.

Inputs `embeddings` (batch, length, hidden) and `mask` (batch, length; 1 for a token, 0 for padding), both
float32; output `vector` (batch, hidden), mean-pooled over the mask and of unit length. BERT, post-norm.

Between the two every matrix is (batch x length, hidden): a token a row.

In `int8` the products with weights are done in whole numbers: weights have a scale for each output, activations a
scale for each token. A scale for the whole batch, which ONNX Runtime's own dynamic quantisation takes, is a little
faster, but makes a text's vector depend on the texts it was embedded with.

Two offsets are not added for each token. That of the keys adds the same to all scores of a query, which softmax
forgets; that of the values passes attention unchanged, because its weights sum to 1, and is added once, to the
offset of the output.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from assistant.encoders.e5_file import E5Weights, Floats

Precision = Literal["int8", "fp32"]
_OPSET = 20
_MICROSOFT = "com.microsoft"
_STEPS = 127  # of int8, on either side of zero
_GELU_LEAST = 0.17  # Gelu goes down to -0.16997


class _Graph:
    """Collects nodes and constants under fresh names."""

    def __init__(self, precision: Precision) -> None:
        self.precision = precision
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}
        self._quantised: dict[str, tuple[str, str]] = {}

    def constant(self, name: str, value: Any) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        output = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], name=output, **attributes))
        return output

    def linear(self, x: str, name: str, weight: Floats, bias: Floats | None = None, least: float = 0) -> str:
        """x times a matrix of (out, in), and an offset; `least`: x has no negative value of a larger magnitude."""
        if self.precision == "int8":
            product = self._whole_number_product(x, name, weight.T, least)
        else:
            product = self.add("MatMul", x, self.constant(f"{name}.w", weight.T))
        return product if bias is None else self.add("Add", product, self.constant(f"{name}.b", bias))

    def _whole_number_product(self, x: str, name: str, weight: Floats, least: float) -> str:
        scale = np.abs(weight).max(axis=0) / np.float32(_STEPS)
        whole = self.constant(f"{name}.w", np.rint(weight / scale).astype(np.int8))
        quantised, steps = self._quantise(x, least)
        scales = self.constant(f"{name}.s", scale.astype(np.float32))
        output = f"product_{len(self.nodes)}"
        inputs = [quantised, whole, self.constant("one", np.float32(1)), scales, self._middle()]
        self.nodes.append(
            helper.make_node("MatMulIntegerToFloat", inputs, [output], name=output, domain=_MICROSOFT)
        )
        return self.add("Mul", output, steps)

    def _quantise(self, x: str, least: float) -> tuple[str, str]:
        """(x as bytes around 128, the size of one step for each token); once for all who read x."""
        if x not in self._quantised:
            magnitude = x if least else self.add("Abs", x)
            largest = self.add("ReduceMax", magnitude, self.constant("last", np.array([-1])), keepdims=1)
            if least:
                largest = self.add("Max", largest, self.constant("least", np.float32(least)))
            steps = self.add("Mul", largest, self.constant("step", np.float32(1 / _STEPS)))
            by_token = self.add("Reshape", steps, self.constant("row", np.array([-1])))
            middles = self.add("Expand", self._middle(), self.add("Shape", by_token))
            self._quantised[x] = self.add("QuantizeLinear", x, by_token, middles, axis=0), steps
        return self._quantised[x]

    def _middle(self) -> str:
        return self.constant("middle", np.array(_STEPS + 1, dtype=np.uint8))


def build_model(weights: E5Weights, precision: Precision) -> ModelProto:
    """Write the whole encoder as one graph."""
    graph = _Graph(precision)
    bias = _attention_bias(graph)
    shape = graph.add("Shape", "embeddings")
    heads = graph.constant("heads", np.array([weights.heads, weights.hidden // weights.heads]))
    by_head = graph.add("Concat", graph.add("Shape", "mask"), heads, axis=0)
    x = graph.add("Reshape", "embeddings", graph.constant("rows", np.array([-1, weights.hidden])))
    x = _norm(graph, weights, x, "emb.ln")
    for layer in range(weights.layers):
        attended = _attention(graph, weights, layer, x, by_head, bias)
        x = _norm(graph, weights, graph.add("Add", x, attended), f"l{layer}.aln")
        mapped = _feed_forward(graph, weights, layer, x)
        x = _norm(graph, weights, graph.add("Add", x, mapped), f"l{layer}.oln")
    _pool(graph, graph.add("Reshape", x, shape))
    axes = ["batch", "length", weights.hidden]
    inputs = [
        helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, axes),
        helper.make_tensor_value_info("mask", TensorProto.FLOAT, axes[:2]),
    ]
    outputs = [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["batch", weights.hidden])]
    made = helper.make_graph(graph.nodes, "e5", inputs, outputs, list(graph.constants.values()))
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10)


def _attention_bias(graph: _Graph) -> str:
    """0 where a token may be seen, a large negative number where there is padding: (batch, 1, 1, length)."""
    hidden = graph.add("Sub", graph.constant("one", np.float32(1)), "mask")
    bias = graph.add("Mul", hidden, graph.constant("far", np.float32(-1e9)))
    return graph.add("Unsqueeze", bias, graph.constant("axes12", np.array([1, 2])))


def _norm(graph: _Graph, weights: E5Weights, x: str, name: str) -> str:
    scale = graph.constant(f"{name}.w", weights.vector(f"{name}.w"))
    shift = graph.constant(f"{name}.b", weights.vector(f"{name}.b"))
    return graph.add("LayerNormalization", x, scale, shift, axis=-1, epsilon=weights.epsilon)


def _attention(graph: _Graph, weights: E5Weights, layer: int, x: str, by_head: str, bias: str) -> str:
    size = weights.hidden // weights.heads

    def project(part: str, order: list[int], factor: float = 1.0, offset: bool = False) -> str:
        name = f"l{layer}.{part}"
        matrix = weights.matrix(f"{name}.w", weights.hidden) * np.float32(factor)
        added = weights.vector(f"{name}.b") * np.float32(factor) if offset else None
        return graph.add(
            "Transpose", graph.add("Reshape", graph.linear(x, name, matrix, added), by_head), perm=order
        )

    query = project("q", [0, 2, 1, 3], 1 / math.sqrt(size), offset=True)
    key = project("k", [0, 2, 3, 1])
    value = project("v", [0, 2, 1, 3])
    scores = graph.add("Add", graph.add("MatMul", query, key), bias)
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
    joined = graph.add("Transpose", mixed, perm=[0, 2, 1, 3])
    flat = graph.add("Reshape", joined, graph.constant("rows", np.array([-1, weights.hidden])))
    name = f"l{layer}.ao"
    matrix = weights.matrix(f"{name}.w", weights.hidden)
    offset = weights.vector(f"{name}.b") + matrix @ weights.vector(f"l{layer}.v.b")
    return graph.linear(flat, name, matrix, offset)


def _feed_forward(graph: _Graph, weights: E5Weights, layer: int, x: str) -> str:
    widen, narrow = f"l{layer}.fi", f"l{layer}.fo"
    wide = weights.matrix(f"{widen}.w", weights.feed_forward)
    inner = graph.add("Gelu", graph.linear(x, widen, wide, weights.vector(f"{widen}.b")))
    back = weights.matrix(f"{narrow}.w", weights.hidden)
    return graph.linear(inner, narrow, back, weights.vector(f"{narrow}.b"), least=_GELU_LEAST)


def _pool(graph: _Graph, x: str) -> None:
    axis = graph.constant("axis1", np.array([1]))
    column = graph.add("Unsqueeze", "mask", graph.constant("axis2", np.array([2])))
    total = graph.add("ReduceSum", graph.add("Mul", x, column), axis, keepdims=0)
    mean = graph.add("Div", total, graph.add("ReduceSum", "mask", axis, keepdims=1))
    length = graph.add("ReduceL2", mean, axis, keepdims=1)
    graph.nodes.append(helper.make_node("Div", [mean, length], ["vector"], name="vector"))
