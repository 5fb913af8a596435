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

# The site is written anew into $(build)/new and takes the place of the old one only when all went well. Lessons and
# gallery are not run again for that: see docs/_ext/execution.py. After a failure the doctrees go: Sphinx would
# not repeat the warnings of pages that it has already read, and a broken page would pass the second time.
html: $(venv)/ready ## build the site in docs/_build/html
	@rm -rf $(build)/new
	@$(sphinx) -q -b html -d $(build)/doctrees docs $(build)/new || { rm -rf $(build)/doctrees $(build)/new; \
	  echo "The site was not built; the last good one, if any, stays in $(build)/html." >&2; exit 1; }
	@rm -rf $(build)/old; if [ -d $(build)/html ]; then mv $(build)/html $(build)/old; fi
	@mv $(build)/new $(build)/html; rm -rf $(build)/old
	@echo "The site is in $(build)/html: open index.html, or type make serve."
