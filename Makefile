# Everything runs from a bare clone: Python 3.11 or later, make and a network are enough.
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links

MESSAGES := --all --no-wrap --no-obsolete --add-location file \
	--ignore .venv --ignore node_modules --ignore tests --ignore var

.PHONY: help demo check test faults lint messages lighthouse bench lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/installed ## serve the record on http://localhost:8000/ (PORT=… for another)
	$(BIN)/python manage.py demo --port $(PORT)

check: .venv/installed-dev ## style, and each quick test with the first of its cases: after every change
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not browser and not slow" --first-cases $(ARGS)

test: .venv/installed-dev node_modules/installed ## run every test (ARGS="-k matrix" for some)
	$(BIN)/python tests/browser/install.py
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

lint: .venv/installed-dev ## check style, types, templates, migrations and settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	LOCAL=1 DATABASE_URL=postgresql:///unused $(BIN)/mypy .
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tests.readability
	$(BIN)/djangofmt --check --quiet templates
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check
	SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(50))") \
		ALLOWED_HOSTS=record.example DATABASE_URL=postgresql:///unused \
		$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m tests.audit

messages: .venv/installed-dev ## renew the translations' files (needs GNU gettext)
	$(BIN)/python manage.py makemessages $(MESSAGES)
	sed -i '/^"POT-Creation-Date:/d' nafta/locale/*/LC_MESSAGES/django.po
	$(BIN)/python manage.py compilemessages --ignore .venv --ignore node_modules --ignore var

faults: .venv/installed-dev ## break servers and count what is lost (FAULT_SECONDS=60 FAULT_SAVES=500 FAULT_ROUNDS=50 for all of it)
	$(BIN)/python -m pytest -c tests/faults/pytest.ini --rootdir . --confcutdir tests/faults -rP tests/faults $(ARGS)

lighthouse: .venv/installed-dev tests/lighthouse/node_modules/installed ## say what Lighthouse makes of each page
	$(BIN)/python tests/browser/install.py
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.lighthouse $(ARGS)

bench: .venv/installed-dev ## measure the site beside others, into docs/benchmarks.md (needs wrk; ARGS=--quick)
	$(BIN)/python -m tests.bench $(ARGS)

lock: .venv/installed-dev ## renew the lock files from pyproject.toml and package.json
	$(COMPILE) --upgrade pyproject.toml --output-file requirements.txt
	$(COMPILE) --upgrade pyproject.toml --group dev --constraint requirements.txt \
		--output-file requirements-dev.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" npm update --package-lock-only
	PATH="$(CURDIR)/$(BIN):$$PATH" npm update --package-lock-only --prefix tests/lighthouse

clean: ## remove what can be made again; the data in var/ stays
	rm -rf .venv node_modules tests/lighthouse/node_modules .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | .venv/bin/python
	$(PIP) --requirement requirements.txt
	touch $@

.venv/installed-dev: requirements-dev.txt | .venv/installed
	$(PIP) --requirement requirements-dev.txt
	touch $@

node_modules/installed: package-lock.json .npmrc | .venv/installed-dev
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci
	touch $@

tests/lighthouse/node_modules/installed: tests/lighthouse/package-lock.json | .venv/installed-dev
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix tests/lighthouse
	touch $@
