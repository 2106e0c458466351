# Two commands matter: `make demo` shows the main job, `make test` runs everything that must hold. CONTRIBUTING.md says
# when `make quick` is enough, and what `make long` adds.
# PYTHON chooses the interpreter (3.11 or newer).
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Two more processes than cores work while others wait for servers and processes. Each takes 8 s of a core to get ready.
WORKERS ?= 4
# The order of tests is random. Every run shows its seed: `make test SEED=1234` has the order of that one.
SEED   ?=
PYTEST  = $(BIN)/python -m pytest -n $(WORKERS) $(if $(SEED),--randomly-seed=$(SEED))
# Some machines forbid it, and then each of the hundred processes that tests start compiles the program anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test tested quick long prism docs lint types contracts check format lock clean

demo: $(VENV)/.run
	@$(BIN)/notifier demo

# Types take a minute of one core where nothing is cached, so they are looked at beside the tests.
test: lint contracts
	@$(MAKE) --no-print-directory --jobs=2 types tested

tested: $(VENV)/.test
	$(PYTEST)

# The tests that need no database, no server and no process.
quick: $(VENV)/.test
	$(PYTEST) -m "not db and not process"

# By hand, for an hour: more histories, more conditions, more deaths. PARTS names some of them.
long: $(VENV)/.test
	$(BIN)/python -m tests.long $(PARTS)

# Prism holds what we send to Twilio against Twilio's own description; the YAML language server is what editors ask about our
# schemas. Without them (they need npm) their tests are skipped.
prism: tests/prism/node_modules/.package-lock.json tests/editor/node_modules/.package-lock.json

%/node_modules/.package-lock.json: %/package-lock.json
	npm ci --prefix $(@D)/..

# The documents as a site, in the folder site/. It loads nothing from outside, and needs no server: open site/index.html.
docs: $(VENV)/.docs
	$(BIN)/python -m sphinx -W --keep-going -q -c docs/site docs site
	cp site/writing-rules.html site/index.html

$(VENV)/.docs: $(VENV)/.test requirements/docs.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/docs.lock
	@touch $@

check: lint types contracts

# Figures against named others, docs/performance.md says which. The quick ones take about ten minutes on two cores. The
# first time they take two more, because the state is made then and kept in bench/.data, and a minute more in a fresh clone,
# because packages are installed.
bench-quick: $(VENV)/.bench
	$(BIN)/python -m bench --quick $(SECTIONS)

bench: $(VENV)/.bench
	$(BIN)/python -m bench $(SECTIONS)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

contracts: $(VENV)/.test
	$(BIN)/lint-imports

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Every package is pinned with its hashes; the project itself is installed in place, built by the pinned hatchling.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	@echo "Installing into $(VENV), once: this takes about a minute"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements/run.lock pyproject.toml
	@test -e $(VENV)/.test || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/bin/python requirements/test.lock pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run

$(VENV)/.bench: $(VENV)/.test requirements/bench.lock
	@echo "Installing what the benchmark compares with, once"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.lock
	@touch $@

# The lock holds versions and hashes, never an index address. Needs `uv` on the path.
lock:
	printf 'hatchling\neditables\n' | uv pip compile pyproject.toml - --extra serve --extra chat --extra cluster --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/run.lock
	uv pip compile pyproject.toml --extra embed --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/embed.lock
	printf 'hatchling\neditables\n' | uv pip compile pyproject.toml - --extra test --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/test.lock
	printf 'hatchling\neditables\n' | uv pip compile pyproject.toml - --extra test --extra bench --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/bench.lock
	printf 'hatchling\neditables\n' | uv pip compile pyproject.toml - --extra test --extra docs --constraints requirements/test.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/docs.lock

clean:
	rm -rf $(VENV) demo site tests/prism/node_modules tests/editor/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
