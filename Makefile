# Every command a person or a machine runs. `make setup` needs Python 3.11+, git and make, nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python
ARGS ?=

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.venv/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Nightshift needs Python 3.11 or newer; set PYTHON=/path/to/python3.11." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check uv
	@touch $@

.venv/.product: .venv/.uv requirements.lock
	$(BIN)/uv pip install -q --require-hashes --python $(PY) -r requirements.lock
	@touch $@

.venv/.dev: .venv/.product requirements-dev.lock
	$(BIN)/uv pip install -q --require-hashes --python $(PY) -r requirements-dev.lock
	@touch $@

setup: .venv/.product page ## Make .venv and build the page

fix: .venv/.dev ## Format and mend what can be mended (writes)
	$(BIN)/ruff check --fix -q .
	$(BIN)/ruff format -q .

lock: .venv/.uv ## Resolve the locks anew from pyproject.toml (writes)
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q --extra dev pyproject.toml -o requirements-dev.lock

lint: .venv/.dev
	$(BIN)/ruff format --check -q .
	$(BIN)/ruff check -q .
	$(BIN)/mypy

.PHONY: help setup fix lock lint page
