# Rolecall's commands. `make demo` and `make test` set up everything they need.

SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# pipenv lives in a folder of its own, so that the project's environment holds
# nothing but what the lock file names.
PIPENV_HOME := .rolecall/pipenv
PIPENV_VERSION := 2026.10.3
STAMPS := .rolecall/stamps

export PIPENV_VENV_IN_PROJECT := 1
export PIPENV_IGNORE_VIRTUALENVS := 1
export PIPENV_NOSPIN := 1
# Byte code is what makes the second start quick; some shells turn it off.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: drills corpora audit sbom mutants fuzz stateful conformance help setup demo review package example site test check format portability bench soak lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: $(STAMPS)/python $(STAMPS)/node .rolecall/terraform.json ## install everything, as the lock files say

$(STAMPS)/python: Pipfile.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "Rolecall's environment needs Python 3.11: install it, or name it: make PYTHON=/path/to/python3.11" >&2; exit 8; }
	@echo "==> Python packages into .venv (a minute or two the first time)" >&2
	@test -x $(PIPENV_HOME)/bin/pipenv || { $(PYTHON) -m venv $(PIPENV_HOME) && $(PIPENV_HOME)/bin/pip install -q 'pipenv==$(PIPENV_VERSION)'; }
	@$(PIPENV_HOME)/bin/pipenv --python $(PYTHON) sync --dev >&2
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer" >&2; exit 8; }
	@echo "==> the CDK for Terraform command line into node_modules" >&2
	@npm ci --no-audit --no-fund --loglevel=error >&2
	@mkdir -p $(STAMPS) && touch $@

.rolecall/terraform.json: $(STAMPS)/python
	@command -v terraform >/dev/null || { echo "terraform is missing: install Terraform 1.11 or newer" >&2; exit 8; }
	@$(BIN)/python -m rolecall.terraform

# Only the tests need these, so only `make test` may install them.
$(STAMPS)/system: scripts/system_packages.sh
	@sh scripts/system_packages.sh
	@mkdir -p $(STAMPS) && touch $@

demo: setup ## the main job on the embedded AWS: deploy tes, become the role, be refused otherwise
	@$(BIN)/python scripts/demo.py

# Against another revision: make review BASE=v1.4. Without Terraform: make review QUICK=1.
BASE ?= main
review: setup ## who gains access by the working tree, against BASE=main, on an embedded AWS
	@$(BIN)/python scripts/review.py --base '$(BASE)' $(if $(QUICK),--quick)

package: setup ## wheel and sdist into dist/: the same bytes for the same commit
	@$(BIN)/python scripts/package.py

example: package ## another team's app, outside this folder, with the wheel from dist/ and nothing else of ours
	@$(BIN)/python scripts/example.py

site: setup ## the documentation into .rolecall/site: links and anchors are checked, nothing is fetched
	@$(BIN)/python scripts/site/build.py

check: setup ## style, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(STAMPS)/system check ## all checks and all tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup

conformance: setup ## what AWS documents of STS and trust policies, over HTTP, counted by topic
	@$(BIN)/python scripts/hardening/conformance.py

# A tenth of each: make corpora STEP=10. One part: make corpora ONLY=tokens|assertions|bombs|policies.
corpora: setup ## attack corpora: forged tokens and assertions, XML bombs, policies that are almost JSON (minutes)
	@$(BIN)/python scripts/hardening/corpora.py $(if $(STEP),--step '$(STEP)') $(if $(ONLY),--only '$(ONLY)')

# One of them: make fuzz TARGET=tokens. For longer: make fuzz MINUTES=10 (the default of soak is not ours).
fuzz: setup ## what reads strangers' bytes, under a coverage-guided fuzzer: half a minute a target
	@$(BIN)/python scripts/hardening/fuzz.py $(if $(TARGET),--target '$(TARGET)') $(if $(filter-out file undefined,$(origin MINUTES)),--minutes '$(MINUTES)')

# Longer: make stateful EXAMPLES=2000. Does it find faults that are planted: make stateful PLANTED=1.
stateful: setup ## users, roles and sessions in any order on the embedded AWS; a model foretells each call
	@$(BIN)/python scripts/hardening/stateful.py $(if $(EXAMPLES),--examples '$(EXAMPLES)') $(if $(STEPS),--steps '$(STEPS)') $(if $(PLANTED),--planted)

portability: setup ## the same stacks under cdktf and cdktn, with AWS provider 5 and 6: identical but for versions
	@$(BIN)/python scripts/portability.py

# Some of them only: make bench ONLY=synth. A quick look that writes nothing: make bench QUICK=1.
bench: setup ## every promise against its named peer: a table and a plot in docs/
	@$(BIN)/python scripts/bench.py $(if $(ONLY),--only '$(ONLY)') $(if $(QUICK),--quick)

# make mutants ROOM=policy|local|cache; a sample, drawn by seed: make mutants SAMPLE=1250 SEED=1
mutants: setup ## is there a test that notices, whatever is changed in the code? (hours without SAMPLE)
	@$(BIN)/python scripts/hardening/mutation.py $(if $(ROOM),--room '$(ROOM)') $(if $(SAMPLE),--sample '$(SAMPLE)') $(if $(SEED),--seed '$(SEED)')

MINUTES ?= 30
CLIENTS ?= 16
soak: setup ## MINUTES=30 of mixed calls by CLIENTS=16 on an embedded AWS that is restarted meanwhile: right, lasting, flat
	@$(BIN)/python scripts/hardening/soak.py --minutes '$(MINUTES)' --clients '$(CLIENTS)'

audit: setup ## what is known against the locked packages: PyPI's and npm's advisories, a report
	@$(BIN)/python scripts/hardening/supply_chain.py audit $(if $(STRICT),--strict)

sbom: setup ## what the wheel is made of, as CycloneDX, into dist/sbom
	@$(BIN)/python scripts/hardening/supply_chain.py sbom

# Some of them only: make drills ONLY='disk or homes'.
drills: setup ## failure drills, long: full disks, killed writers, crashed deploys; a table of what happened
	@$(BIN)/python scripts/hardening/drills.py $(if $(ONLY),--only '$(ONLY)')

format: setup ## lay out the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup ## make the lock files anew
	$(PIPENV_HOME)/bin/pipenv lock --dev
	npm install --package-lock-only

clean: ## remove what was installed and built (the embedded AWS is stopped first)
	@if test -x $(BIN)/rolecall; then $(BIN)/rolecall local down || true; fi
	rm -rf .venv node_modules .rolecall cdktf.out dist
