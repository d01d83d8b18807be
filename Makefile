# Everything here runs in .venv, which the first command makes; see scripts/bootstrap.
PORT ?= 8501
ARGS ?=
WORKERS ?= 3
PYTEST = .venv/bin/python -m pytest -n $(WORKERS) --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help run demo test quick check bench soak pictures docs format lock audit sbom clean

help: ## show these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: ## open the app on http://localhost:8501 (another port: make run PORT=8600)
	@scripts/bootstrap app
	@.venv/bin/python -m playground --port $(PORT)

demo: ## run the simulated providers in the foreground, for your own scripts
	@scripts/bootstrap app
	@.venv/bin/python -m playground demo

test: ## run all tests (some of them: make test ARGS="tests/cli -k prices")
	@scripts/bootstrap dev
	@$(PYTEST) $(ARGS) || { [ $$? = 1 ] && [ -n "$$CI" ] && .venv/bin/python -m scripts.again; }

quick: ## run what needs no browser, no page and no process: an answer in a minute or two
	@scripts/bootstrap dev
	@$(PYTEST) --quick $(ARGS)

check: ## formatting, lint, types and the floors between packages
	@scripts/bootstrap dev
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m ruff check .
	.venv/bin/python -m mypy
	.venv/bin/lint-imports

bench: ## run the benchmarks, ten minutes: a table of figures with their limits (one of them: make bench ARGS=start)
	@scripts/bootstrap dev
	@.venv/bin/python -m benchmarks $(ARGS)

soak: ## run those that take minutes to show: load, soak, kill and restart, answers without end, fuzzing
	@scripts/bootstrap dev
	@.venv/bin/python -m benchmarks --soak $(ARGS)

pictures: ## take README's pictures anew, of the app on its simulation
	@scripts/bootstrap dev
	@.venv/bin/python scripts/pictures.py

docs: ## write what docs/ holds that is generated, and build the site into build/site, strictly
	@scripts/bootstrap dev
	@.venv/bin/python scripts/reference.py
	@.venv/bin/python -m zensical build --strict

format: ## put the code in the project's format and mend what lint can mend
	@scripts/bootstrap dev
	@.venv/bin/python -m ruff check --fix-only --quiet .
	@.venv/bin/python -m ruff format .

lock: ## lock the newest allowed packages with their hashes into requirements.txt, -server.txt and -dev.txt
	@scripts/bootstrap dev
	@scripts/lock

audit: ## what is locked against what the package index says of it now: gone, yanked, other hashes, newer
	@scripts/bootstrap dev
	@.venv/bin/python -m scripts.audit

sbom: ## the software bill of materials (CycloneDX JSON): make -s sbom > sbom.cdx.json
	@.venv/bin/python -m scripts.sbom

clean: ## remove .venv and everything that tools have cached
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
