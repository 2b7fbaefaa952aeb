# `make demo` shows what segreport does, `make test` that it works; each is enough by itself. `make` lists the rest.

VENV := .venv
OUT := out

# The newest Python that runs (a name on the PATH may be an empty shim) and is new enough; PYTHON=... overrides it.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
ifndef PYTHON
PYTHON := $(shell for name in python3.14 python3.13 python3.12 python3.11 python3; do \
  $$name -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$name && break; done)
endif

PIP_INSTALL := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check

# Stamps: one is older than pyproject.toml or constraints.txt exactly when there is something to install again.
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
PINS := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test lint bench bench-k lock clean python

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

demo: $(RUNTIME) ## Make an example shop's orders and three months of reports on its customers, in out/
	@$(VENV)/bin/segreport example -o $(OUT)/orders.csv
	@for day in 2026-09-01 2026-10-01; do echo "Making the report of the month before $$day"; \
	  $(VENV)/bin/segreport run $(OUT)/orders.csv -o $(OUT) --as-of $$day --quiet || exit 1; done
	@$(VENV)/bin/segreport run $(OUT)/orders.csv -o $(OUT)

test: $(DEV) ## Run the tests; ARGS="-k words" is handed to pytest
	@$(VENV)/bin/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

lint: $(DEV) ## Check style and types: ruff, mypy --strict
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check
	@$(VENV)/bin/mypy

bench: $(RUNTIME) ## Measure the speed and size budgets as ratios in one run
	@$(VENV)/bin/python tests/bench.py

bench-k: $(DEV) ## Measure how often segreport and other rules find the number of groups that was planted
	@$(VENV)/bin/python tests/bench_k.py $(ARGS)

lock: python ## Write constraints.txt anew, with today's newest versions (use the oldest Python: PYTHON=python3.11)
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check '.[dev]'
	@grep '^#' constraints.txt > build/constraints.txt
	@build/lock/bin/python -m pip freeze --disable-pip-version-check --exclude segreport >> build/constraints.txt
	@mv build/constraints.txt constraints.txt && rm -rf build/lock
	@echo "Wrote constraints.txt"

clean: ## Remove everything that make made
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find segreport tests -name __pycache__ -prune -exec rm -rf {} +

$(RUNTIME): $(PINS) | python
	@.ci/system-packages '$(PYTHON)' venv pango font
	@echo "Installing segreport into $(VENV) (a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP_INSTALL) --constraint constraints.txt --editable .
	@touch $@

$(DEV): $(PINS) | python
	@.ci/system-packages '$(PYTHON)' venv pango font poppler chromium
	@echo "Installing segreport and what its tests need into $(VENV) (a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP_INSTALL) --constraint constraints.txt --editable '.[dev]'
	@touch $(RUNTIME) $@

python:
	@$(if $(PYTHON),,echo "segreport needs Python 3.11 or newer and found none: install one, or name it with PYTHON=/path/to/python3." >&2; exit 1)
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { echo "$(PYTHON) does not run or is older than Python 3.11: name another with PYTHON=/path/to/python3." >&2; exit 1; }
