# duban: everything a newcomer, a developer or CI calls. `make help` lists it.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test accept bench chaos fuzz lock audit

VENV := .venv
PYTHON := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
TOOLS := build/tools
PIP_INSTALL := $(PYTHON) -m pip install --quiet --no-input --disable-pip-version-check
PIP_FAILED := echo "The locked dependencies could not be installed (see above). Is a package index reachable? Run make again: it goes on where it stopped." >&2
COMPILE := $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(RUNTIME) ## .venv with the locked dependencies and the command .venv/bin/duban
	@echo "Ready: $(VENV)/bin/duban --help"

run: $(RUNTIME) ## the demo on a virtual date, on 127.0.0.1 only; FRESH=1 starts over
	@$(VENV)/bin/duban demo $(if $(filter 1 yes true,$(FRESH)),--fresh)

test: $(RUNTIME) $(DEV) ## lint, types, import rules and all tests, on SQLite and PostgreSQL
	@echo "== lint"; $(VENV)/bin/ruff check
	@echo "== format"; $(VENV)/bin/ruff format --check
	@echo "== types"; $(VENV)/bin/mypy
	@echo "== import rules"; $(VENV)/bin/lint-imports
	@echo "== tests"; $(VENV)/bin/pytest -n 2 --dist loadfile

accept: $(if $(SEEDS),$(RUNTIME)) ## compares what is read from real documents with the truth: make accept SEEDS=DIR
	@if [ -z "$(SEEDS)" ]; then \
	  echo "make accept needs SEEDS=DIR, a folder with seeds/ (the documents) and truth/ (what is in them); for example: make accept SEEDS=../shared" >&2; \
	  exit 2; \
	fi
	@$(PYTHON) -m duban.accept "$(SEEDS)"

bench: $(RUNTIME) ## measures the service beside what one would otherwise pick
	@$(PYTHON) -m benchmarks

chaos: $(RUNTIME) $(DEV) ## a long campaign of kill -9; prints what was lost (nothing)
	@$(PYTHON) -m tests.chaos --kills $(or $(KILLS),200)

fuzz: $(RUNTIME) $(DEV) ## broken documents by the thousand; prints what was not read or refused in order (nothing)
	@$(PYTHON) -m tests.fuzz --mutants $(or $(MUTANTS),10000)

lock: $(TOOLS)/bin/uv ## pins requirements*.txt anew from the .in files; UPGRADE=1 takes newer releases
	@$(COMPILE) $(if $(UPGRADE),--upgrade) requirements.in -o requirements.txt
	@$(COMPILE) $(if $(UPGRADE),--upgrade) requirements-dev.in -o requirements-dev.txt

audit: $(TOOLS)/bin/pip-audit ## known flaws of the locked releases; fails too where the advisory service cannot be reached
	@$(TOOLS)/bin/pip-audit --strict --disable-pip --require-hashes -r requirements-dev.txt

# --- how the environment comes to be; a second call does nothing until a lock changes ---

$(PYTHON):
	@python=; \
	for name in python3.14 python3.13 python3.12 python3.11 python3; do \
	  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "duban needs Python 3.11 or newer, and none was found on the PATH. Install it (Debian, Ubuntu: apt install python3 python3-venv), then run make again." >&2; \
	  exit 1; \
	fi; \
	if ! $$python -c 'import venv, ensurepip' >/dev/null 2>&1; then \
	  echo "$$python comes without venv. Install it (Debian, Ubuntu: apt install python3-venv), then run make again." >&2; \
	  exit 1; \
	fi; \
	echo "Making $(VENV) with $$($$python --version)"; \
	$$python -m venv --clear $(VENV)

$(RUNTIME): requirements.txt pyproject.toml | $(PYTHON)
	@echo "Installing what duban runs with (once, and when the lock changes)"
	@$(PIP_INSTALL) --require-hashes -r requirements.txt || { $(PIP_FAILED); exit 1; }
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.txt | $(RUNTIME)
	@echo "Installing what its tests need (once, and when the lock changes)"
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.txt || { $(PIP_FAILED); exit 1; }
	@touch $@

$(TOOLS)/bin/uv $(TOOLS)/bin/pip-audit: | $(PYTHON)
	@test -x $(TOOLS)/bin/python || $(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --no-input --disable-pip-version-check $(@F)
