# `make demo` runs everything, `make test` checks everything; `make` alone lists the rest. See CONTRIBUTING.md.

PYTHON ?= python3
PORT ?= 8000
export PORT

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
# uv keeps a cache below HOME; where that cannot be written it gets one here.
UV_CACHE := $(shell test -w "$$HOME" || echo UV_CACHE_DIR=var/uv-cache)
PIP_INSTALL = $(if $(UV),$(UV_CACHE) $(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-emit-find-links --custom-compile-command "make lock"
SETTINGS := deploy/with-example-settings

# Installs what a file pins, unless that very file was installed last.
define install
	@cmp -s $(1) $(VENV)/installed-$(1) || { echo "Installing $(1) ..."; \
	    $(PIP_INSTALL) --require-hashes -r $(1) && cp $(1) $(VENV)/installed-$(1); }
endef

.DEFAULT_GOAL := help
.PHONY: help demo test test-full lint lock messages install install-dev

help:
	@sed -n -E 's/^([a-z-]+):.* ## /\1: /p' $(MAKEFILE_LIST)

demo: install ## run everything in the foreground on PORT (8000); CHECK=1 does the main job once and ends
	@exec $(BIN)/python -m embedded.demo --end-with-parent $(if $(CHECK),--check)

test: install-dev ## the whole suite, with PostgreSQL, Valkey and mail of its own, without a network
	$(BIN)/python -m pytest -m "not full" --numprocesses 2 --dist loadfile $(ARGS)

test-full: install-dev ## the slow suites too: floods, kills, fuzz
	$(BIN)/python -m pytest $(ARGS)

lint: install-dev ## what CI checks besides the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(SETTINGS) $(BIN)/mypy
	$(BIN)/lint-imports
	$(SETTINGS) $(BIN)/python -W "ignore:Got an error checking:RuntimeWarning" manage.py makemigrations --check --dry-run
	$(SETTINGS) $(BIN)/python manage.py check --deploy --fail-level WARNING

lock: ## pin anew what the files requirements*.in ask for; needs uv
	@test -n "$(UV)" || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	$(COMPILE) $(ARGS) --output-file requirements.txt requirements.in
	$(COMPILE) $(ARGS) --constraint requirements.txt --output-file requirements-polygons.txt requirements-polygons.in
	$(COMPILE) $(ARGS) --constraint requirements.txt --output-file requirements-amazon.txt requirements-amazon.in
	$(COMPILE) $(ARGS) --constraint requirements.txt --constraint requirements-polygons.txt \
	    --constraint requirements-amazon.txt --output-file requirements-dev.txt requirements-dev.in

messages: install-dev ## gather the texts for translation, compile what is translated; needs gettext
	$(SETTINGS) $(BIN)/python manage.py makemessages --locale es --no-wrap --no-location --no-obsolete \
	    --ignore .venv --ignore var --ignore tests --ignore bench
	$(SETTINGS) $(BIN)/python manage.py compilemessages --locale es --ignore .venv --ignore var

install: $(BIN)/python
	$(call install,requirements.txt)

# Holds the same pins as requirements.txt and more, so a demo after it has nothing to install.
install-dev: install
	$(call install,requirements-dev.txt)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed, for example: make PYTHON=python3.12 demo"; exit 1; }
	@echo "Making $(VENV) ..."
	@$(if $(UV),$(UV_CACHE) $(UV) venv --quiet --allow-existing --python "$$(command -v $(PYTHON))",$(PYTHON) -m venv) $(VENV)
