# Two commands do everything on a machine with Python 3.11+, make and git: `make demo` and `make test`.
# All packages go into .venv, from the lock files, with hashes; what is installed already is not installed again.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header
WORKERS := -n 2 --dist loadfile --no-loadscope-reorder # in the order of tests/conftest.py, the longest first

# What one process has compiled, the next one finds.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test test-fast checks lint types messages-check policies-check messages lock audit bench soak faults clean distclean
.DELETE_ON_ERROR:

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 24

demo: .venv/.runtime ## load the demo exporter and serve it
	$(BIN)/softlaunch demo

test: checks ## check everything: style, types, texts, every test
	$(BIN)/python -m pytest $(WORKERS)

test-fast: .venv/.dev ## the tests that need neither PostgreSQL nor a browser
	$(BIN)/python -m pytest $(WORKERS) -m "not postgres and not browser and not slow"

checks: .venv/.dev # two at a time, the longest first: each of them keeps one processor busy
	@$(MAKE) --no-print-directory --jobs=2 types lint messages-check policies-check

lint: .venv/.dev ## style, and what is dangerous
	$(BIN)/ruff check .
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive shop

types: .venv/.dev ## types
	$(BIN)/mypy --strict shop

messages-check: .venv/.dev
	$(BIN)/softlaunch messages check

policies-check: .venv/.dev
	$(BIN)/softlaunch policies check

messages: .venv/.dev ## gather the messages of code and templates into locales/
	$(BIN)/softlaunch messages gather

lock: .venv/.dev ## pin requirements*.in again; UPGRADE=1 takes the newest versions
	$(LOCK) $(if $(UPGRADE),--upgrade) -o requirements.lock requirements.in
	$(LOCK) $(if $(UPGRADE),--upgrade) -o requirements-dev.lock requirements-dev.in

audit: .venv/.dev ## ask the advisory database about every pinned package; needs the network
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.lock
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements-dev.lock

bench: .venv/.dev ## measure how fast the shop answers
	$(BIN)/python -m tests.bench

soak: .venv/.dev ## half an hour of customers and staff on each engine, after which nothing may have grown
	$(BIN)/python -m tests.faults --only soak

faults: .venv/.dev ## bring about everything that can go wrong, at full size (hours)
	$(BIN)/python -m tests.faults

clean: ## remove what builds and tests leave behind; data/ and .venv stay
	rm -rf build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean ## and the installed packages
	rm -rf .venv

.venv/pyvenv.cfg:
	@command -v "$(PYTHON)" >/dev/null || { echo "No $(PYTHON) here: install Python 3.11 or newer, or make PYTHON=..." >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is `"$(PYTHON)" -V 2>&1`; softlaunch needs 3.11 or newer: make PYTHON=python3.12 ..." >&2; exit 2; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }
	"$(PYTHON)" -m venv .venv

.venv/.runtime: .venv/pyvenv.cfg requirements.lock pyproject.toml
	@echo "Installing the pinned packages into .venv: this takes a minute or two, and says nothing while all is well."
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
