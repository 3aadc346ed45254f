# Feiying (飞鹰). `make demo` and `make test` do all their own set-up; Python >= 3.11 and make are enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SPEEDUP ?= 1
DRONES ?= 3
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help compile demo test suite soak lint types bench page browser stations format clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/installed: requirements.lock pyproject.toml hatch_build.py server/page/package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python >= 3.11 is needed; name one with PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

page: $(VENV)/installed ## Build the page anew where its sources changed
	@$(BIN)/python hatch_build.py

compile: $(VENV)/installed ## Compile what plans routes, watches zones, reads recordings and draws pictures, once a machine and version
	@$(BIN)/python -c 'from bench.coverage import run_once; run_once()' & \
	$(BIN)/python -c 'from bench.geofence import run_once; run_once()' && \
	$(BIN)/python -c 'from bench.tlog import run_once; run_once()' && wait $$!
	@$(BIN)/python -c 'from bench.replan import run_once; run_once()'
	@$(BIN)/python -c 'from simulator.world.world import warm_up; warm_up()'

demo: page compile ## Fly three simulated patrols and watch them (HEADLESS=1 SPEEDUP=20 without a browser)
	$(BIN)/feiying demo --drones $(DRONES) --speedup $(SPEEDUP) $(if $(HEADLESS),--headless --port 0,--port $(PORT))

browser: ## Install Chromium and fonts by apt, where that is allowed
	@sh tests/install_browser.sh

stations: $(VENV)/stations ## Install the ground stations that tests are held against, without what only their windows need

$(VENV)/stations: tests/stations.lock $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement tests/stations.lock \
		|| echo "MAVProxy and MAVSDK cannot be installed here; their tests are skipped."
	@touch $@

test: $(VENV)/installed ## Everything a change must pass
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target page compile browser stations
	@$(MAKE) --no-print-directory --jobs 2 lint types suite

suite: $(VENV)/installed
	$(BIN)/python -m pytest -n 3 --dist worksteal -ra

soak: page compile browser ## Long campaigns: a night of 165 lines, every pattern from the page, lossy transfers, noise; half an hour
	$(BIN)/python -m pytest -m soak -ra

lint: $(VENV)/installed ## Style and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: page ## mypy --strict and tsc
	$(BIN)/mypy
	$(BIN)/python hatch_build.py check

bench: $(VENV)/installed ## Measure, side by side with the alternatives
	$(BIN)/feiying bench ingest
	$(BIN)/feiying bench tlog
	$(BIN)/feiying bench geofence
	$(BIN)/feiying bench coverage
	$(BIN)/feiying bench transit
	$(BIN)/feiying bench replan

format: $(VENV)/installed ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## Remove everything that was made
	rm -rf $(VENV) server/static missions/report/assets server/page/node_modules dist build
