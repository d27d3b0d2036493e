PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TEAMS := tests/e2e/teams
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all:
LOCK := uv pip compile pyproject.toml --excludes docs/never-imported.txt --universal --python-version 3.11 \
	--generate-hashes --only-binary :all: --no-emit-index-url --no-emit-find-links --no-header --quiet

.DEFAULT_GOAL := help
.PHONY: help setup trial test lint check bench faults lock clean

help: ## Show what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(VENV)/.ready ## Install Coach into .venv from the lock

trial: $(VENV)/.ready ## Try Coach in a chat workspace on this machine, no account and no key
	$(BIN)/coach trial

test: $(VENV)/.ready-dev $(TEAMS)/node_modules/.ready ## Run the tests, on all cores
	$(BIN)/python -m pytest --numprocesses auto --no-loadscope-reorder

lint: $(VENV)/.ready-dev ## Format, lint, floors and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

check: lint test ## Everything a change must pass

bench: $(VENV)/.ready-dev ## Measure speed and memory into benchmarks/results.json
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.nudges
	$(BIN)/python -m benchmarks.progress
	$(BIN)/python -m benchmarks.retrieval
	$(BIN)/python -m benchmarks.simulation

faults: $(VENV)/.ready-dev ## Kill applies and conversations, break Slack, Teams and the model, and see that nothing is lost
	$(BIN)/python -m tests.faults.kill_apply --times 20
	$(BIN)/python -m tests.faults.kill_chat --times 20
	$(BIN)/python -m tests.faults.kill_teams --times 20
	$(BIN)/python -m tests.faults.kill_nudges --days 3
	$(BIN)/python -m tests.faults.slack_faults --times 10
	$(BIN)/python -m tests.faults.teams_faults --times 10
	$(BIN)/python -m tests.faults.model_faults --times 10

lock: ## Write both locks anew (needs uv)
	UV_PYTHON_DOWNLOADS=never $(LOCK) --output-file requirements.lock
	UV_PYTHON_DOWNLOADS=never $(LOCK) --group dev --output-file requirements-dev.lock

clean: ## Remove .venv and caches; your data folder stays
	rm -rf $(VENV) $(TEAMS)/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache coach.egg-info build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Coach needs Python 3.11 or newer. Say which one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python lacks its venv module. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/.ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Coach into $(VENV); the first time takes a minute or two."
	$(INSTALL) --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(INSTALL) --requirement requirements-dev.lock
	@touch $@

# Tests that need the Teams client or its renderer of cards say so and are skipped where npm could not install them.
$(TEAMS)/node_modules/.ready: $(TEAMS)/package-lock.json $(TEAMS)/package.json
	@if ! command -v npm >/dev/null; then echo "No npm here: tests of the Teams client are skipped."; \
	elif (cd $(TEAMS) && npm ci --ignore-scripts --no-audit --no-fund) >/dev/null 2>&1; then touch $@; \
	else echo "npm ci failed in $(TEAMS): tests of the Teams client are skipped."; fi
