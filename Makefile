# Everything starts here: `make help`. All targets make the virtual environment on demand.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash

PYTHON ?= python3
TORCH ?= torch==2.13.0
# Where pip finds torch. Empty: pip's usual index. See README.md, "Which torch?".
TORCH_INDEX ?=

venv := .venv
python := $(venv)/bin/python
pip := $(python) -m pip install --quiet
build := docs/_build
sphinx := OMP_NUM_THREADS=1 $(python) -m sphinx -n -W --keep-going -q -j auto

.PHONY: help html test lint check falsify doctest serve bench linkcheck clean lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-12s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamps stand for the three parts of the environment; when a lock changes, its part is brought up to date.
$(venv)/site: docs/requirements.lock pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "nwlesson needs Python 3.11 or newer, but $(PYTHON) is " + sys.version.split()[0])'
	@echo "Setting up $(venv) (once, a few minutes)"
	@test -x $(python) || $(PYTHON) -m venv $(venv)
	@$(pip) --require-hashes -r docs/requirements.lock
	@$(pip) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) '$(TORCH)'
	@$(pip) --no-deps --no-build-isolation --editable .
	@touch $@

$(venv)/test: tests/requirements.lock $(venv)/site
	@$(pip) --require-hashes -r tests/requirements.lock
	@touch $@

$(venv)/bench: tools/bench.lock $(venv)/test
	@$(pip) --require-hashes -r tools/bench.lock
	@touch $@

# The site is written anew into $(build)/new and takes the place of the old one only when all went well. Lessons and
# gallery are not run again for that: see docs/_ext/execution. After a failure the doctrees go: Sphinx would
# not repeat the warnings of pages that it has already read, and a broken page would pass the second time.
html: $(venv)/site ## build the site in docs/_build/html
	@if [ -e $(build)/new ]; then rm -rf $(build)/doctrees $(build)/new; fi # an earlier build was interrupted
	@$(sphinx) -b html -d $(build)/doctrees docs $(build)/new || { rm -rf $(build)/doctrees $(build)/new; \
	  echo "The site was not built; the last good one, if any, stays in $(build)/html." >&2; exit 1; }
	@rm -rf $(build)/old; if [ -d $(build)/html ]; then mv $(build)/html $(build)/old; fi
	@mv $(build)/new $(build)/html; rm -rf $(build)/old
	@echo "The site is in $(build)/html. make serve shows it; opened as files, its figures stand still."

# A file of tests stays with one worker, which opens one browser and reads each page once.
workers ?= auto
pytest := $(python) -m pytest -n $(workers) --dist loadfile --no-loadscope-reorder

test: $(venv)/test html lint ## build the site and run all tests
	@$(pytest)

lint: $(venv)/test
	@$(python) -m ruff check . && $(python) -m ruff format --check .
	@$(python) -m mypy nwlesson

check: lint ## the quick part, while writing: no site, no browser
	@OMP_NUM_THREADS=1 $(python) docs/_ext/execution docs $(build)
	@$(pytest) -m 'not site and not browser'

falsify: $(venv)/test ## break things one by one and see who notices; ONLY=quiz for a part
	@$(python) tools/falsify.py $(ONLY)

doctest: $(venv)/site ## run the examples in docstrings and pages
	@MPLBACKEND=agg $(python) docs/_ext/doctests.py docs

# The page that is served needs a script and a connection of its own to load itself anew, which the site's policy forbids.
PORT ?= 8000
live := $(build)/live
serve: $(venv)/site ## show the site, built anew when a file changes; PORT=8001 for another port
	@$(python) -c 'import socket; socket.create_server(("localhost", $(PORT)))' 2>/dev/null || \
	  { echo "Port $(PORT) is in use; choose another one: make serve PORT=8001" >&2; exit 1; }
	@$(subst -m sphinx,-m sphinx_autobuild,$(sphinx)) -d $(live)-doctrees --host localhost --port $(PORT) --watch nwlesson \
	  $(foreach folder,_build examples reference/generated reference/backreferences,--ignore 'docs/$(folder)') \
	  -A "content_security_policy=default-src 'self' 'unsafe-inline' ws:; img-src 'self' data:" docs $(live)

bench: $(venv)/bench html ## measure speed and page sizes; prints ratios from one run
	@OMP_NUM_THREADS=1 MPLBACKEND=agg $(python) tools/bench.py

linkcheck: $(venv)/site ## check all links; LINKCHECK_ONLINE=1 also those to other hosts
	@$(sphinx) -b linkcheck -d $(build)/doctrees docs $(build)/linkcheck || { rm -rf $(build)/doctrees; exit 1; }

clean: ## delete everything that the build has made, but not the environment
	@rm -rf $(build) docs/examples docs/reference/generated docs/reference/backreferences docs/sg_execution_times.rst

lock: ## resolve the dependencies of pyproject.toml again (needs uv)
	uv pip compile --group site --group torch-needs --output-file docs/requirements.lock $(lockflags)
	uv pip compile --group test --constraint docs/requirements.lock --output-file tests/requirements.lock $(lockflags)
	uv pip compile --group bench --constraint docs/requirements.lock --constraint tests/requirements.lock \
	  --output-file tools/bench.lock $(lockflags)
lockflags := --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
  --no-emit-index-url --no-header --no-annotate --upgrade
