# Needs Python 3.11 or newer, git and make; everything else is set up in .venv.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
  if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
BIN := .venv/bin
JOBS ?= auto
EXAMPLE := beancount_factoring/example/ledger

.DEFAULT_GOAL := help

.PHONY: help
help: ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (PYTHON=... make)"; exit 1; }
	$(PYTHON) -m venv .venv

# What a user runs, and no more.
.venv/installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# What a developer needs besides: the group `dev` of pyproject.toml.
.venv/developed: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev --editable .
	@touch $@

# Only a folder that begins as the example does was made here, and is removed.
remove_demo = if test ! -e demo \
    || test "$$(head -n 1 demo/main.beancount 2>&1)" = "$$(head -n 1 $(EXAMPLE)/main.beancount)"; \
  then rm -rf demo; \
  else echo "./demo was not written by make demo: move it away first"; exit 1; fi

.PHONY: demo
demo: .venv/installed ## write the example ledger to ./demo, import its documents, check it, show the position
	@$(remove_demo)
	$(BIN)/bean-factor demo demo

.PHONY: fava
fava: .venv/installed ## open the demo ledger in Fava
	@test -f demo/main.beancount || $(MAKE) --no-print-directory demo
	$(BIN)/fava demo/main.beancount

.PHONY: lint
lint: .venv/developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: .venv/developed
	$(BIN)/mypy

.PHONY: test
test: lint types ## lint, types and all tests
	$(BIN)/python -m pytest -n $(JOBS) -q

.PHONY: mutations
mutations: .venv/developed ## change one fact of a ledger at a time; print what is noticed (minutes)
	MUTATIONS=$${MUTATIONS:-2} $(BIN)/python -m pytest -q -s tests/mutation

HISTORIES ?= 500
.PHONY: invariants
invariants: .venv/developed ## check the rules' invariants on HISTORIES=500 random histories of two years
	$(BIN)/python -m tests.invariants --histories $(HISTORIES) $(if $(filter auto,$(JOBS)),,--jobs $(JOBS))

INPUTS ?= 1000
.PHONY: fuzz
fuzz: .venv/developed ## read INPUTS=1000 damaged files of each format (FORMATS="cii pdf" of some)
	$(BIN)/python -m tests.fuzz --inputs $(INPUTS) $(if $(filter auto,$(JOBS)),,--jobs $(JOBS)) $(FORMATS)

.PHONY: bench
bench: .venv/developed ## measure speed and memory (minutes)
	$(BIN)/python -m benchmarks

FAVA_EXT := beancount_factoring/fava_ext
.PHONY: translations
translations: .venv/developed ## bring the Fava extension's catalogues up to its strings, and compile them
	@mkdir -p .bench
	$(BIN)/pybabel --quiet extract -F $(FAVA_EXT)/translations/babel.cfg -k counted:2,3 \
	  --no-location --sort-output -o .bench/factoring.pot $(FAVA_EXT)
	$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-pot-creation-date --width 100 \
	  --domain factoring -i .bench/factoring.pot -d $(FAVA_EXT)/translations
	$(BIN)/pybabel --quiet compile --domain factoring -d $(FAVA_EXT)/translations

.PHONY: format
format: .venv/developed ## put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: clean
clean: ## remove what was made
	rm -rf .venv .bench .benchmarks .fuzz .hypothesis .invariants dist .mypy_cache .pytest_cache .ruff_cache
	@$(remove_demo)
