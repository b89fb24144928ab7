# One command for each thing people do here. Needs make and Python 3.11 or newer; each target sets up .venv
# by itself and leaves it alone while the requirements are the same.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help rehearse test cover bench format clean setup-rehearsal setup-dev

# The first of these that is new enough and can make an environment; `make PYTHON=/some/python` overrides.
ifndef PYTHON
PYTHON := $(shell for each in python3.13 python3.12 python3.11 python3; do \
	if "$$each" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo "$$each"; break; fi; done)
endif
BIN := .venv/bin
WORKERS ?= auto

define setup
@if [ -z "$(PYTHON)" ]; then \
	echo "This needs Python 3.11 or newer (with its venv module), and none was found on the PATH." >&2; exit 1; fi
@"$(PYTHON)" requirements/install.py $(1)
endef

define step
@printf '\n==> %s\n' "$(1)"
@$(2)
endef

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

rehearse: setup-rehearsal ## try the bot in a simulated Discord, with a page in the browser
	@exec $(BIN)/python -m bot rehearse

# Many tests start the bot as a process of its own: what one of them has compiled the next need not compile again.
test cover: export PYTHONDONTWRITEBYTECODE =

test: setup-dev ## check formatting, style, types, imports and behaviour
	$(call step,formatting (ruff format),$(BIN)/ruff format --check --quiet . || { echo "run: make format"; exit 1; })
	$(call step,style (ruff check),$(BIN)/ruff check --quiet .)
	$(call step,types (mypy --strict),$(BIN)/mypy)
	$(call step,who may import whom (import-linter),PYTHONPATH=. $(BIN)/lint-imports --no-logo --no-cache)
	$(call step,behaviour (pytest),$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal)

cover: setup-dev ## run the tests, use cases on both databases, and count the branches reached (three times as slow)
	$(call step,behaviour (pytest with branch coverage),$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --both-databases --cov --cov-report=term)

bench: setup-dev ## measure the bot against its limits
	@exec $(BIN)/python -m tests.bench

format: setup-dev ## put code into the house's format
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

clean: ## remove the environment and everything that tools left behind
	@rm -rf .venv .venv.lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* htmlcov build dist *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup-rehearsal:
	$(call setup,rehearsal)

setup-dev:
	$(call setup,dev)
