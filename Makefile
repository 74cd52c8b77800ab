# Two commands on a fresh machine: `make demo` and `make test`. Everything is set up in .venv from locked wheels.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
JOBS ?= 3

.PHONY: help setup system demo test check bench storm evaluate lock clean

help:
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

setup: .venv/.ready ## the virtual environment, from the lock

system: ## real servers and a browser for the tests, where this user may install Debian packages
	@./.ci/system

demo: setup ## simulated patients, alerts and notices on embedded parts (ARGS="--duration 60s")
	@$(BIN)/homevigil demo $(ARGS)

test: setup system ## every test
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal $(ARGS)

check: setup ## format, lint, types, import contracts, generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m dashboards.grafana.build --check
	$(BIN)/python -m monitor.cli_docs --check
	$(BIN)/python -m bench.pictures --check

bench: setup system ## the budgets, measured on this machine
	$(BIN)/python -m bench $(ARGS)

storm: setup ## 500 alerts while two workers are killed 200 times: none lost, none untold (ARGS="postgresql://...")
	$(BIN)/python -m bench.storm $(ARGS)

evaluate: setup ## what the alerts are worth, on recordings and simulated homes: the tables of docs/evaluation.md
	$(BIN)/python -m bench.evaluate $(ARGS)

lock: setup ## renew requirements.lock from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --all-extras --group dev pyproject.toml -o requirements.lock

clean: ## remove the environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
