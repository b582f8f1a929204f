"""`Claim, passages → signs`: all that speaks against a claim, in the order of the coefficients."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.claims.alignment import align
from assistant.claims.beside import beside_signs
from assistant.claims.coverage import coverage_signs
from assistant.claims.edits import edit_signs
from assistant.claims.figures import figure_signs
from assistant.claims.flips import flip_signs
from assistant.claims.links import link_signs
from assistant.claims.negation import negation_signs
from assistant.claims.reading import read
from assistant.claims.roles import role_signs
from assistant.claims.sign import Sign
from assistant.claims.tense import tense_signs


def signs_of(claim: str, passages: Sequence[str]) -> dict[str, Sign]:
    """Read the signs off a claim and the passages that should support it."""
    said, there = read((claim,)), read(tuple(passages))
    aligned = align(said, there)
    return {
        **coverage_signs(said, there.text, aligned),
        **figure_signs(said.figures, there.figures, there.text),
        **beside_signs(said, there),
        **link_signs(said, there),
        **edit_signs(said, there),
        **flip_signs(said, there, aligned),
        **negation_signs(said, there, aligned),
        **role_signs(said, there),
        **tense_signs(said, there, aligned),
        "foreign": Sign(float(said.is_foreign)),
    }
