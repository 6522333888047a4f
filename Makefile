# `make` shows what there is. Everything runs from a fresh clone: what is missing is
# installed into .venv, servers come from dev/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH_VENV := .dev/bench-venv
MUTATION_VENV := .dev/mutation-venv
RELEASE_VENV := .dev/release-venv
SECONDS_TO_RUN ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install secrets servers demo test lint check chaos bench fuzz mutate release roots lock format clean

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## Install everything Python into .venv.

$(VENV)/.installed: requirements-dev.lock pyproject.toml
	@command -v $(PYTHON) > /dev/null \
		|| { echo "missing: $(PYTHON); run: sudo apt-get install --yes python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "ReplyClock needs Python 3.11 or newer: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2> /dev/null \
		|| { echo "missing: python3-venv; run: sudo apt-get install --yes python3-venv" >&2; exit 1; }
	@echo "installing Python packages into $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

SECRETS := id_secret contact_key whatsapp_app_secret whatsapp_verify_token \
	messenger_app_secret messenger_verify_token meta_apps events_token \
	events_tokens slack_bot_token slack_app_token slack_signing_secret \
	kafka_password redis_password

# The folder is for you alone, its files for the users inside of the containers.
secrets: .env ## Write the secrets of .env into .secrets/, for Docker Compose.
	@names=$$(sed -n -e "s/'[^']*'//g" -e 's/^#.*//' -e 's/[[:space:]]#.*//' \
		-e 's/^\([A-Za-z0-9_]*\)=.*[$$`\].*/\1/p' .env | tr '\n' ' '); \
		test -z "$$names" || { echo ".env: a text with a dollar, backquote or backslash stands in single quotes: $$names" >&2; exit 1; }
	@sh -ec '. ./.env' || { echo ".env: a text with a space, or any of \$$ & ; # ( ) and quotes, stands in single quotes" >&2; exit 1; }
	@mkdir -p .secrets && chmod 700 .secrets
	@umask 022; set -a; . ./.env; for name in $(SECRETS); do \
		printenv "REPLYCLOCK_$$(echo $$name | tr a-z A-Z)" > .secrets/$$name || :; done

# Of whole lists of platforms, so that the pins are the same on each.
.PHONY: pins
pins: ## Pin the images of others to the digests that their tags have today.
	@for image in $$(sed -n 's/^ *image: \([^@]*\).*/\1/p' docker-compose.yml config/compose/*.yml | grep -v '^replyclock:') \
		$$(sed -n 's/^FROM \([^@ ]*\).*/\1/p' Dockerfile | sort -u); do \
		digest=$$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' $$image) || exit 1; \
		sed -i.before -E "s|^( *image:\|FROM) $$image(@sha256:[0-9a-f]+)?|\1 $$image@$$digest|" docker-compose.yml config/compose/*.yml Dockerfile; \
		echo "$$image@$$digest"; \
	done; rm -f docker-compose.yml.before config/compose/*.before Dockerfile.before

.env:
	@echo "there is no .env: cp config/env.example .env, and fill it in" >&2; exit 1

servers: install ## Install the servers the tests and the demo start (Kafka, Redis, ...).
	@$(BIN)/python -m dev.preflight

demo: servers ## See it work: SECONDS_TO_RUN=60 stops by itself and checks everything.
	@$(BIN)/python -m dev.demo $(if $(SECONDS_TO_RUN),--seconds $(SECONDS_TO_RUN))

test: servers lint ## Run everything CI runs.
	@$(BIN)/python -m pytest -n 4 --dist worksteal

lint: install ## Check style, types, import rules, generated files.
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/mypy
	@said=$$($(BIN)/lint-imports) || { echo "$$said"; exit 1; }
	@$(BIN)/python -m grafana.build --check
	@$(BIN)/replyclock check config/sla.yaml
	@$(BIN)/replyclock check config/full.yaml
	@$(BIN)/python -m dev.reference --check

chaos: servers ## Kill and freeze everything in seeded trials: TRIALS=50 SEED=1.
	@$(BIN)/python -m dev.chaos $(if $(TRIALS),--trials $(TRIALS)) $(if $(SEED),--seed $(SEED))

bench: servers $(BENCH_VENV)/.installed ## Measure events per CPU-second beside stock Faust and Quix Streams.
	@$(BIN)/python -m bench

$(BENCH_VENV)/.installed: requirements-bench.lock $(VENV)/.installed
	@echo "installing Quix Streams into $(BENCH_VENV)"
	@test -x $(BENCH_VENV)/bin/python || $(BIN)/python -m venv $(BENCH_VENV)
	@$(BENCH_VENV)/bin/pip install --quiet --require-hashes -r requirements-bench.lock
	@touch $@

$(MUTATION_VENV)/.installed: requirements-mutation.lock $(VENV)/.installed
	@echo "installing cosmic-ray into $(MUTATION_VENV)"
	@test -x $(MUTATION_VENV)/bin/python || $(BIN)/python -m venv $(MUTATION_VENV)
	@$(MUTATION_VENV)/bin/pip install --quiet --require-hashes -r requirements-mutation.lock
	@$(MUTATION_VENV)/bin/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

fuzz: install ## Damage webhook bodies and hold every demand against what comes of them: BODIES=1000000 SEED=1.
	@$(BIN)/python -m dev.fuzz $(if $(BODIES),--bodies $(BODIES)) $(if $(SEED),--seed $(SEED))

mutate: $(MUTATION_VENV)/.installed ## Put faults into the rules and see which the tests notice: COUNT=240 SEED=1.
	@$(MUTATION_VENV)/bin/python -m dev.mutation $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED))

$(RELEASE_VENV)/.installed: requirements-release.lock $(VENV)/.installed
	@echo "installing CycloneDX into $(RELEASE_VENV)"
	@test -x $(RELEASE_VENV)/bin/python || $(BIN)/python -m venv $(RELEASE_VENV)
	@$(RELEASE_VENV)/bin/pip install --quiet --require-hashes -r requirements-release.lock
	@touch $@

release: $(RELEASE_VENV)/.installed ## Build what is released into dist/ (docs/releasing.md).
	@$(BIN)/python -m dev.release

roots: install ## Try it on fresh machines: ROOT=trixie AS=person DO="make demo SECONDS_TO_RUN=60".
	@$(BIN)/python -m dev.roots $(if $(ROOT),--root $(ROOT)) $(if $(AS),--user $(AS)) $(if $(DO),"$(DO)")

lock: install ## Resolve the dependencies anew.
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile -q --universal --generate-hashes pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --group dev pyproject.toml -o requirements-dev.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --group bench -o requirements-bench.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --group release -o requirements-release.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --group dev --group mutation pyproject.toml -o requirements-mutation.lock

format: install ## Format the code.
	@$(BIN)/ruff check --quiet --fix --exit-zero
	@$(BIN)/ruff format --quiet

clean: ## Remove what was installed and what the servers left.
	@rm -rf $(VENV) .dev .pytest_cache .mypy_cache .ruff_cache .hypothesis
