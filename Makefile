# Everything starts here: `make help`. All targets make the virtual environment on demand.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

# Only what is said in the command counts (make html PYTHON=python3.12); other programs have variables of these names.
PYTHON := python3
TORCH := torch==2.13.0
# Where pip finds torch. Empty: pip's usual index. See README.md, "Which torch?".
TORCH_INDEX ?=

venv := .venv
python := $(venv)/bin/python
pip := $(python) -m pip install --quiet
build := docs/_build
sphinx_options := -n -W --keep-going -q -j auto
build_site := OMP_NUM_THREADS=1 $(python) tools/build_site.py

# Every shell gives the same site. Of the reader's settings for Python and pip only those stay that tell where packages
# come from, and where Python keeps its compiled files. docs/conf.py does the same for those who call Sphinx themselves.
pip_keeps := INDEX_URL EXTRA_INDEX_URL NO_INDEX FIND_LINKS TRUSTED_HOST CERT CLIENT_CERT PROXY KEYRING_PROVIDER \
  DEFAULT_TIMEOUT TIMEOUT RETRIES CACHE_DIR NO_CACHE_DIR CONFIG_FILE DISABLE_PIP_VERSION_CHECK USE_DEPRECATED
python_keeps := PYTHONPYCACHEPREFIX PYTHONHASHSEED PYTHONUNBUFFERED
unexport $(filter-out $(addprefix PIP_,$(pip_keeps)) $(python_keeps),$(filter PYTHON% PIP_%,$(.VARIABLES)))
unexport LANGUAGE CDPATH
export LC_ALL := C
export PYTHONUTF8 := 1
export PIP_USER := 0
export MPLBACKEND := agg
export MATPLOTLIBRC := /dev/null

.PHONY: help html test lint check home falsify doctest serve bench epub pdf dist translate linkcheck clean lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-12s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamps stand for the three parts of the environment; when a lock changes, its part is brought up to date.
$(venv)/site: docs/requirements.lock pyproject.toml Makefile tools/setup_environment.py $(python)
	@$(PYTHON) tools/setup_environment.py $(venv) '$(TORCH)' $(TORCH_INDEX)
	@touch $@

$(python): ; @: # it is gone, or was never there: the set-up makes it

$(venv)/test: tests/requirements.lock $(venv)/site
	@$(pip) --require-hashes -r tests/requirements.lock
	@$(python) -c 'import bs4, hypothesis, playwright, pytest, statsmodels'
	@touch $@

$(venv)/bench: tools/bench.lock $(venv)/test
	@$(pip) --require-hashes -r tools/bench.lock
	@touch $@

$(venv)/dist: tools/dist.lock $(venv)/site
	@$(pip) --require-hashes -r tools/dist.lock
	@touch $@

# An edited page is written alone; when anything else has changed, all pages are. Lessons and gallery run again only when
# their code has changed: see docs/_ext/execution.
html: $(venv)/site ## build the site in docs/_build/html
	@$(build_site) html $(sphinx_options)

# A file of tests stays with one worker, which opens one browser and reads each page once. Each worker has one thread, also
# for what numpy computes: more of them only wait for each other.
workers ?= auto
pytest := OMP_NUM_THREADS=1 $(python) -m pytest -n $(workers) --dist loadfile --no-loadscope-reorder

test: $(venv)/test html lint ## build the site and run all tests
	@$(pytest)

lint: $(venv)/test
	@$(python) -m ruff check . && $(python) -m ruff format --check .
	@$(python) -m mypy nwlesson

check: lint ## the quick part, while writing: no site, no browser, nothing slow
	@OMP_NUM_THREADS=1 $(python) docs/_ext/execution docs $(build)
	@$(pytest) --hypothesis-profile quick -m 'not site and not browser and not slow and not home'

home: $(venv)/test html ## run all notebooks and scripts as a reader at home does: from the site, and from the archive
	@$(pytest) -m home

falsify: $(venv)/test ## break things one by one and see who notices; ONLY=quiz for a part
	@$(python) tools/falsify.py $(ONLY)

doctest: $(venv)/site ## run the examples in docstrings and pages
	@$(python) docs/_ext/doctests.py docs

# A page that is served needs a script and a connection of its own to load itself anew, which the site's policy forbids.
PORT ?= 8000
live := $(build)/live
live_policy := default-src 'self' 'unsafe-inline' ws:; img-src 'self' data:
made := $(addprefix docs/,_build examples reference/generated reference/backreferences)

serve: $(venv)/site ## show the site, built anew when a file changes; PORT=8001 for another port
	@$(python) -c 'import socket; socket.create_server(("localhost", $(PORT)))' 2>/dev/null || \
	  { echo "Port $(PORT) is in use; choose another one: make serve PORT=8001" >&2; exit 1; }
	@OMP_NUM_THREADS=1 $(python) -m sphinx_autobuild $(sphinx_options) -A "content_security_policy=$(live_policy)" \
	  --host localhost --port $(PORT) --watch nwlesson --re-ignore __pycache__ $(addprefix --ignore ,$(made)) \
	  -d $(live)-doctrees docs $(live)

bench: $(venv)/bench html ## measure speed and page sizes; prints ratios from one run
	@OMP_NUM_THREADS=1 MPLBACKEND=agg $(python) tools/bench.py

# The next `make html` begins without them; what is published has both.
epub: $(venv)/test html ## the lessons as a book for readers' devices, offered by the site that make html has built
	@$(python) tools/book epub

pdf: $(venv)/test html ## the same as one PDF, printed from the site by Chromium
	@$(python) tools/book pdf

dist: $(venv)/dist epub pdf ## what is published, in dist/: package, site, their checksums and licences
	@$(python) tools/publish.py dist
	@$(python) -m twine check --strict dist/*.whl dist/*.tar.gz

translate: $(venv)/site ## bring the Chinese catalogues up to date, and say what is left to translate
	@OMP_NUM_THREADS=1 $(python) tools/translate.py

linkcheck: $(venv)/site ## check all links; LINKCHECK_ONLINE=1 also those to other hosts
	@$(build_site) linkcheck $(sphinx_options)

clean: ## delete everything that the build has made, but not the environment
	@rm -rf $(build) docs/examples docs/reference/generated docs/reference/backreferences docs/sg_execution_times.rst

lock: ## resolve the dependencies of pyproject.toml again (needs uv)
	uv pip compile --group site --group torch-needs --output-file docs/requirements.lock $(lockflags)
	uv pip compile --group test --constraint docs/requirements.lock --output-file tests/requirements.lock $(lockflags)
	uv pip compile --group bench --constraint docs/requirements.lock --constraint tests/requirements.lock \
	  --output-file tools/bench.lock $(lockflags)
	uv pip compile --group dist --constraint docs/requirements.lock --constraint tests/requirements.lock \
	  --output-file tools/dist.lock $(lockflags)
	uv pip compile --group grading --output-file tests/nbgrader.lock $(lockflags)
lockflags := --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
  --no-emit-index-url --no-header --no-annotate --upgrade
