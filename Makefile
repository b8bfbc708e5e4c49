# What a person types. Each line under a target can also be typed by hand; the README shows how.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000

.PHONY: help run reset-demo test check format bench screenshots lighthouse messages clean

help:  ## List what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(VENV)/.installed  ## Set up what is missing and serve the demonstration
	$(BIN)/flask --app wsgi demo --port $(PORT)

reset-demo: $(VENV)/.installed  ## Throw the demonstration's data away and serve it afresh
	$(BIN)/flask --app wsgi demo --port $(PORT) --reset

test: $(VENV)/.installed-dev check  ## Check the code and run every test
	$(BIN)/python -m pytest -n auto --dist loadgroup

check: $(VENV)/.installed-dev  ## Check style, types, templates and content
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint training/templates --lint --quiet
	$(BIN)/flask --app wsgi content check

format: $(VENV)/.installed-dev  ## Put the code into the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev  ## Measure speed and memory against an empty Flask view, and what pages weigh
	$(BIN)/python -m bench
	$(BIN)/python -m bench.page_load

screenshots: $(VENV)/.installed-dev  ## Take pictures of the main pages into docs/pictures (needs Chromium)
	$(BIN)/python -m bench.screenshots

lighthouse: $(VENV)/.installed-dev  ## Let Lighthouse look at the main pages (needs Chromium and Node)
	$(BIN)/python -m bench.lighthouse

messages: $(VENV)/.installed-dev  ## Collect texts for translators and bring catalogues up to date
	$(BIN)/pybabel -q extract -F babel.cfg -k _l --no-location --sort-output --width 100 \
		-o training/translations/messages.pot .
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --width 100 \
		-i training/translations/messages.pot -d training/translations

$(VENV)/.installed: requirements.txt pyproject.toml training/translations/hi/LC_MESSAGES/messages.po
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	$(BIN)/pybabel --quiet compile -d training/translations
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

clean:  ## Remove the virtual environment and the demonstration's data
	rm -rf $(VENV) instance
