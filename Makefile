# Every task of the project; `make help` lists them.

.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv
# Tools that are run against an installation; each has an environment of its own, for their pins contradict each other.
OUTSIDE := .venv-outside
OUTSIDE_TOOLS := schemathesis sqlmap wapiti
# What is compared with Meguru, beside it in an environment of its own: who only runs or tests it needs none of that.
BENCH := .venv-bench
# A day of the plan's clock in the demo, in seconds. Real days: 86400.
DAY_SECONDS ?= 60
PORT ?= 8420
DATA_DIR ?= .demo
# The engine the tests run on: sqlite or postgresql. `PYTEST_OPTIONS="-m database"`: only tests that ask for a database.
DB ?= sqlite
# Tests of one file share what they prepare, so a file is run by one worker; more than four would want much memory.
# One more than there are cores: some tests mostly wait for processes that they started.
TEST_WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

# A run that breaks everything: the same seed breaks the same things in the same order.
SEED ?= 1
FAULTS ?= 25

.PHONY: help setup demo test bench chaos soak outside sbom lint typecheck format migration histories fingerprints messages guide pictures clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready web/help/index.html ## Install everything: environment, locked dependencies, browser assets, fonts, user guide

demo: setup ## Start everything at once on sample data (PORT, DATA_DIR, DAY_SECONDS)
	@$(BIN)/meguru demo --port $(PORT) --data-dir $(DATA_DIR) --day-seconds $(DAY_SECONDS) $(DEMO_OPTIONS)

test: setup ## Run all tests, a worker per core and one more (TEST_WORKERS), on DB=sqlite or DB=postgresql
	@MEGURU_TEST_DATABASE=$(DB) $(BIN)/python -m pytest --numprocesses $(TEST_WORKERS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(PYTEST_OPTIONS)

bench: setup $(BENCH)/.ready ## Measure everything beside what it is compared with (QUICK=1, ONLY="mails pages")
	@$(BENCH)/bin/python -m benchmarks $(ONLY)

chaos: setup ## Break everything while a round runs, and look whether nothing is lost (SEED, FAULTS, DB)
	@$(BIN)/python -m tests.chaos --seed $(SEED) --faults $(FAULTS) --database $(DB) $(CHAOS_OPTIONS)

soak: setup ## Twenty such runs of 25 faults, one after the other (SEED: the first seed, DB)
	@$(BIN)/python -m tests.chaos --seed $(SEED) --faults 25 --runs 20 --database $(DB) $(CHAOS_OPTIONS)

outside: setup $(OUTSIDE)/.ready ## Let schemathesis, sqlmap and wapiti loose on a running installation
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile tests/outside/check_*.py $(PYTEST_OPTIONS)

sbom: setup ## Write the bill of materials of what runs (CycloneDX) into sbom.json
	@$(BIN)/python bill_of_materials.py sbom.json

lint: setup ## Check style, the ban on clocks, and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

typecheck: setup ## Check all types strictly
	@$(BIN)/mypy

format: setup ## Rewrite the code in the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

migration: setup ## Write a migration from the tables (MESSAGE="what changes" REVISION=0002)
	@$(BIN)/meguru db revision "$(MESSAGE)" --revision $(REVISION)

histories: setup ## Record workflow histories for the replay tests (NAME=2026-11)
	@$(BIN)/python -m tests.replay.record $(NAME)

fingerprints: setup ## Renew the fingerprints of the workflow code, if its recorded histories replay
	@$(BIN)/python -m tests.replay.fingerprint

messages: setup ## Bring the catalogue of English texts up to date with the code
	@$(BIN)/pybabel --quiet extract -F locales/babel.cfg -k translate:2 -k say -k N_ --no-location --sort-output --omit-header -o .messages.pot .
	@$(BIN)/pybabel --quiet update -i .messages.pot -o locales/en/LC_MESSAGES/meguru.po -l en --no-fuzzy-matching --ignore-obsolete --omit-header
	@rm .messages.pot

pictures: setup ## Take the guide's pictures anew: the browser tests of the six ways in make them
	@MEGURU_PICTURES=docs/guide/pages/pictures MEGURU_TEST_BROWSER=required $(BIN)/python -m pytest -q tests/browser/test_six_ways.py $(PYTEST_OPTIONS)

clean: ## Remove what set-up and demo made (the demo's data too)
	rm -rf $(VENV) $(OUTSIDE) $(BENCH) node_modules web/static/vendor web/help documents/vendor .demo

guide: setup ## Build the user guide into web/help, which the app shows under /help

# Of the theme that comes with the builder nothing is used, so none of it is served.
web/help/index.html: zensical.toml $(shell find docs/guide -type f -not -name tokens.css -not -name icon.svg) | $(VENV)/.ready
	@echo "Building the user guide ..."
	@cp web/static/vendor/tokens.css web/static/icon.svg docs/guide/theme/assets/
	@$(BIN)/zensical build --clean --strict >/dev/null
	@rm -rf web/help/assets/javascripts web/help/assets/stylesheets web/help/assets/images web/help/sitemap.xml
	@touch $@

$(BIN)/uv:
	@echo "Making the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement uv.txt

# npm from the machine where there is one, else from the Python registry.
$(VENV)/.ready: pyproject.toml uv.lock package.json package-lock.json fetch_assets.py | $(BIN)/uv
	@echo "Installing the locked dependencies (about 1 GB on disk) ..."
	@$(UV) sync --locked --quiet $$(command -v npm >/dev/null 2>&1 || echo --group node)
	@echo "Fetching browser assets and fonts ..."
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python fetch_assets.py
	@touch $@

$(BENCH)/.ready: pyproject.toml uv.lock | $(VENV)/.ready
	@echo "Installing what is compared with ..."
	@UV_PROJECT_ENVIRONMENT=$(BENCH) $(BIN)/uv sync --locked --quiet --group bench
	@touch $@

$(OUTSIDE)/.ready: $(OUTSIDE_TOOLS:%=tests/outside/requirements/%.txt) | $(VENV)/.ready
	@echo "Installing the outside tools ..."
	@for tool in $(OUTSIDE_TOOLS); do \
	  $(BIN)/uv venv --quiet --clear --python $(BIN)/python $(OUTSIDE)/$$tool && \
	  $(BIN)/uv pip sync --quiet --require-hashes --python $(OUTSIDE)/$$tool/bin/python \
	    tests/outside/requirements/$$tool.txt || exit 1; \
	done
	@touch $@
