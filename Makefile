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
build := docs/_build
sphinx := $(python) -m sphinx -n -W --keep-going -j auto

.PHONY: help html test doctest serve bench linkcheck clean lock

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# The stamp names the environment's inputs: when one changes, the environment is brought up to date.
$(venv)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "nwlesson needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(venv)
	$(python) -m pip install --quiet --require-hashes -r requirements.lock
	$(python) -m pip install --quiet $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) '$(TORCH)'
	$(python) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

lock: ## resolve the dependencies of pyproject.toml again (needs uv)
	uv pip compile --group site --group test --group torch-needs --universal --python-version 3.11 \
	  --fork-strategy fewest --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --upgrade --output-file requirements.lock

html: $(venv)/ready ## build the site in docs/_build/html
	$(sphinx) -b html -d $(build)/doctrees docs $(build)/work
