# 问策 Wence. `make help` lists the targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
HOST   ?= 127.0.0.1
PORT   ?= 7860

.DEFAULT_GOAL := help
.PHONY: help setup serve test test-full check format eval baseline bench bench-full real fuzz clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.ready: requirements.lock requirements-torch.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Wence needs Python 3.11 or newer: make PYTHON=python3.12 setup" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-torch.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(VENV)/.ready ## the environment only, in .venv/

serve: $(VENV)/.ready ## build the index from the sample documents and serve the chat at http://127.0.0.1:7860
	$(BIN)/wence ingest
	$(BIN)/wence serve --host $(HOST) --port $(PORT)

test: $(VENV)/.ready ## every test, on two cores (browser tests where Chromium is found)
	$(BIN)/python -m pytest -m "not full" -n 2 --dist loadscope

test-full: $(VENV)/.ready ## the long tests as well
	$(BIN)/python -m pytest

check: $(VENV)/.ready ## format, lint, types, imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.ready ## let ruff format and mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

EVAL := $(BIN)/wence eval run --cases eval/cases/development.jsonl --as-of 2026-11-22 --out artefacts/eval
eval: $(VENV)/.ready ## answer and score the development questions; fails where they are worse than eval/baseline.json
	$(BIN)/wence ingest
	$(EVAL)
	$(BIN)/wence eval gate --baseline eval/baseline.json --run artefacts/eval

baseline: $(VENV)/.ready ## answer the development questions and keep the scores in eval/baseline.json
	$(BIN)/wence ingest
	$(EVAL)
	$(BIN)/wence eval baseline artefacts/eval --out eval/baseline.json

bench: $(VENV)/.ready ## retrieval quality and cost against the usual ways, on our own questions (about 15 minutes)
	$(BIN)/wence ingest
	$(BIN)/wence eval bench --out artefacts/bench

STATUTES ?= ../shared/data/statutes
bench-full: $(VENV)/.ready ## the same, and a public set of statutes (STATUTES=folder; an hour of embedding the first time)
	$(BIN)/wence ingest
	$(BIN)/wence eval bench --out artefacts/bench --corpus $(STATUTES)

PARSERS ?= html pdf docx xlsx xls csv ofd rtf pptx md txt mht zip image texts
SECONDS_PER_PARSER ?= 600
fuzz: $(VENV)/.ready ## hurt files of every kind, read within limits (PARSERS="docx ofd", SECONDS_PER_PARSER=60); faults in artefacts/fuzz
	$(BIN)/python -m tests.fuzz --parsers $(PARSERS) --seconds $(SECONDS_PER_PARSER)

PAPERS ?= ../shared/data/papers/open
real: $(VENV)/.ready ## how real papers are read, against what a person sees on them (PAPERS=folder)
	$(BIN)/python -m eval.real $(PAPERS) --out artefacts/real.json

clean: ## remove the environment and what was built (not .wence/)
	rm -rf $(VENV) artefacts .mypy_cache .ruff_cache .pytest_cache
