# Everything the project does, from a clone with Python >= 3.11 and make. Nothing is installed by hand.
PYTHON ?= python3
BIN = .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable

.DEFAULT_GOAL = help
.PHONY: help run test faults attack bench check lint format openapi migration

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F '|' '{ printf "%-18s %s\n", $$1, $$2 }'

run: .venv/.run-stamp ## the API, the worker and a PostgreSQL of their own, with a sample world
	@exec $(BIN)/rantau up

test: .venv/.dev-stamp ## the tests
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadgroup

faults: .venv/.dev-stamp ## kill, cut and slow down everything while orders are placed: tests/faults/RESULTS.md, half an hour
	$(BIN)/python -m pytest tests/faults -m faults --faults-results tests/faults/RESULTS.md

attack: .venv/.dev-stamp ## hostile input, everybody at everybody's things, guards taken out; writes tests/hostile/RESULTS.md
	$(BIN)/python -m pytest tests/access tests/hostile tests/conventions tests/identity tests/kernel/test_asgi.py \
	  tests/kernel/test_edge.py tests/kernel/test_methods.py tests/kernel/test_rate_limits.py tests/kernel/test_server.py \
	  tests/organizations tests/communities tests/posts tests/media tests/activity_rules tests/catalog \
	  tests/orders tests/payments tests/reference tests/treasury tests/trust \
	  -m 'not faults' -n logical --maxprocesses 4 --dist loadgroup \
	  -p tests.hostile.harness.tally --attack-results tests/hostile/RESULTS.md

bench: .venv/.dev-stamp ## how far the service is from what the machine can do: bench/RESULTS.md, forty minutes
	$(BIN)/python -m bench run

check: lint ## exactly what CI runs
	mkdir -p build
	$(BIN)/rantau openapi | diff -u openapi/rantau.json -
	$(BIN)/alembic upgrade base:head --sql > build/migrations.sql
	$(BIN)/squawk build/migrations.sql
	$(MAKE) test

lint: .venv/.dev-stamp ## format, lint, types, contracts, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .

format: .venv/.dev-stamp ## rewrite what the formatter and the linter can repair
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

openapi: .venv/.dev-stamp ## write openapi/rantau.json
	mkdir -p build openapi
	$(BIN)/rantau openapi > build/rantau.json
	mv build/rantau.json openapi/rantau.json

migration: .venv/.dev-stamp ## a new migration from the models: make migration name=orders_commission
	@test -n "$(name)" || { echo 'Name it: make migration name=orders_commission'; exit 1; }
	$(BIN)/rantau migration $(name)

# A stamp is newer than the two files it was installed from, or the installation is repeated.
.venv/.run-stamp: pyproject.toml constraints.txt .venv/bin/python
	@echo 'Installing what Rantau runs on into .venv'
	@$(PIP) .
	@touch $@

.venv/.dev-stamp: pyproject.toml constraints.txt .venv/bin/python
	@echo 'Installing what Rantau runs on and is tested with into .venv'
	@$(PIP) '.[dev]'
	@touch .venv/.run-stamp $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'Rantau needs Python 3.11 or newer as "$(PYTHON)". Name another one: make PYTHON=python3.12 run'; exit 1; }
	@$(PYTHON) -m venv .venv || { \
	  rm -rf .venv; \
	  echo 'Python could not make a virtual environment; on Debian and Ubuntu: apt install python3-venv'; exit 1; }
