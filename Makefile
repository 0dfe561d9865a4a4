# Everything a developer does, from a fresh clone. Only python3, make and git are assumed.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help
help: ## Say what can be made
	@echo "Tawasul: make <target>"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  %-8s %s\n", $$1, $$2 }'

.PHONY: setup
setup: $(READY) ## Make the environment and fetch the browser libraries (instant when nothing changed)

$(READY): pyproject.toml constraints.txt tools/setup.sh $(wildcard tools/assets.py package-lock.json)
	@PYTHON="$(PYTHON)" tools/setup.sh
	@touch $@

.PHONY: run
run: setup ## Start everything with demo data: make run [PORT=8000] [DATA=folder]
	@exec $(BIN)/tawasul up --demo --port "$(PORT)" $(if $(DATA),--data "$(DATA)")

.PHONY: test
test: setup ## Run every test: unit, integration (real database), end to end (real browser and mail server)
	@tools/test_needs.sh
	@$(BIN)/pytest --numprocesses auto --dist loadfile tests/unit tests/integration
	@# Apart, because the browser's driver keeps an event loop that no other test may find running.
	@$(BIN)/pytest --numprocesses auto --dist loadfile tests/e2e

.PHONY: check
check: setup ## Format, lint, strict types, import contracts, unit tests: under a minute
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/unit

.PHONY: format
format: setup ## Put every file into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: bench
bench: setup ## Measure, and print every number beside its bound (minutes; leave the machine alone meanwhile)
	@for each in bench/[a-z]*.py; do $(BIN)/python "$$each" || exit; done

.PHONY: assets
assets: setup ## Build the browser files that the lock file names
	@$(BIN)/python tools/assets.py
