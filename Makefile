# Everything a contributor runs. `make` alone lists it.
VENV ?= .venv
BRINGUP ?=
NIST ?=
TARGETS := riscv aarch64
export VENV

PYTHON = $(VENV)/bin/python
READY = $(VENV)/.ready
SOURCES = transpile solvers emulators api action datasets tests benchmarks setup.py

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format types check smoke clean openapi fuzz-api \
        bench-api bench-bringup bench-cobol bench-csmith bench-cuda bench-gpu bench-gpuverify bench-lm bench-mutants bench-pareval bench-port bench-speed bench-conformance

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml setup.py
	@scripts/setup

setup: ## install system tools (apt), the virtual environment and the links for mypy
	@scripts/setup

demo: setup ## translate and run examples/tally.s for both targets, examples/saxpy.c to CUDA, examples/savings.cob to Python
	@PATH="$(CURDIR)/$(VENV)/bin:$(VENV)/bin:$$PATH" scripts/demo

test: $(READY) ## run the tests
	PATH="$(CURDIR)/$(VENV)/bin:$(VENV)/bin:$$PATH" PYTHONHASHSEED=0 $(PYTHON) -m pytest -q -n 2 -W error $(TESTS)

lint: $(READY) ## ruff: rules and layout
	$(PYTHON) -m ruff check $(wildcard $(SOURCES))
	$(PYTHON) -m ruff format --check $(wildcard $(SOURCES))

format: $(READY) ## let ruff mend what it can
	$(PYTHON) -m ruff check --fix $(wildcard $(SOURCES))
	$(PYTHON) -m ruff format $(wildcard $(SOURCES))

types: $(READY) ## mypy, strict
	@scripts/link-types
	$(PYTHON) -m mypy
	$(PYTHON) -m mypy --strict action/action.py

check: lint types test ## lint, types and tests

smoke: $(READY) ## build the wheel, install it alone in a clean environment and translate with it; a few COBOL paragraphs
	@scripts/smoke
	@! command -v cobc >/dev/null || $(PYTHON) benchmarks/cobol_generated.py --programs 3 --paragraphs 10 --states 30 --seed 3

bench-bringup: $(READY) ## BringUpBench: make bench-bringup BRINGUP=<checkout>
	@test -d "$(BRINGUP)" || { echo "usage: make bench-bringup BRINGUP=<checkout of toddmaustin/bringup-bench>"; exit 2; }
	$(PYTHON) benchmarks/bringup.py "$(BRINGUP)" $(ARGS)

bench-cobol: $(READY) ## COBOL to Python: make bench-cobol NIST=<folder with NC, IF, … and copy>; needs GnuCOBOL
	@test -d "$(NIST)" || { echo "usage: make bench-cobol NIST=<tests/cobol85 of opensourcecobol4j>"; exit 2; }
	$(PYTHON) benchmarks/cobol_nist.py "$(NIST)" $(ARGS)
	$(PYTHON) benchmarks/cobol_corpus.py
	$(PYTHON) benchmarks/cobol_generated.py --programs 667 --paragraphs 15 --states 100 --jobs 2
	$(PYTHON) benchmarks/cobol_faults.py --each 2
	$(PYTHON) benchmarks/cobol_jumps.py --programs 40
	$(PYTHON) benchmarks/cobol_speed.py

bench-csmith: ## random programs: 50 fresh seeds at -O0 and -O2 for both targets
	@scripts/setup --bench
	$(PYTHON) benchmarks/csmith.py $(ARGS)

bench-mutants: $(READY) ## broken translations that the checker must refuse
	$(PYTHON) benchmarks/mutants.py $(ARGS)

bench-speed: $(READY) ## blocks per second with an empty and a full proof store, executed instructions
	$(PYTHON) benchmarks/speed.py $(ARGS)

bench-conformance: $(READY) ## the semantics of all three instruction sets against Unicorn
	for isa in x86 riscv aarch64; do $(PYTHON) -m transpile.conformance $$isa tests/conformance/forms_$$isa.txt \
	    --gaps tests/conformance/known_gaps.toml $(ARGS) || exit 1; done

bench-cuda: $(READY) ## C to CUDA: the thirty kernels of datasets/loops, and programs broken on purpose
	$(PYTHON) benchmarks/cuda_kernels.py $(ARGS)
	$(PYTHON) benchmarks/cuda_faults.py

bench-gpu: $(READY) ## C to CUDA on this machine's GPU: five functions timed, kernels and copies apart
	$(PYTHON) benchmarks/cuda_gpu.py $(ARGS)

openapi: $(READY) ## write docs/openapi.json, the description of the REST interface
	$(PYTHON) scripts/openapi

fuzz-api: $(READY) ## schemathesis against the service: make fuzz-api FUZZ_EXAMPLES=1000
	FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),300) $(PYTHON) -m pytest -q -W error tests/api/test_openapi.py -k breaks

bench-api: $(READY) ## 1,000 jobs of 20 files through 50 clients against a real server
	$(PYTHON) benchmarks/api_load.py $(ARGS)

bench-pareval: $(READY) ## ParEval's sequential baselines to CUDA: make bench-pareval PAREVAL=<checkout>
	@test -d "$(PAREVAL)" || { echo "usage: make bench-pareval PAREVAL=<checkout of parallelcodefoundry/ParEval>"; exit 2; }
	PATH="$(CURDIR)/$(VENV)/bin:$(VENV)/bin:$$PATH" $(PYTHON) benchmarks/pareval_cuda.py "$(PAREVAL)" $(ARGS)

bench-gpuverify: $(READY) ## the race checker on labelled kernels: make bench-gpuverify GPUVERIFY=<checkout>
	@test -d "$(GPUVERIFY)" || { echo "usage: make bench-gpuverify GPUVERIFY=<checkout of mc-imperial/gpuverify>"; exit 2; }
	$(PYTHON) benchmarks/gpuverify.py "$(GPUVERIFY)" $(ARGS)

bench-lm: $(READY) ## the embedded model on held-out blocks: make bench-lm CORPUS=<folder> DATA=<training data>
	@test -d "$(CORPUS)" -a -d "$(DATA)" || { echo "usage: make bench-lm CORPUS=<of python -m transpile.corpora>/asm DATA=<of transpile train>/data"; exit 2; }
	$(PYTHON) benchmarks/lm.py "$(CORPUS)" "$(DATA)" $(ARGS)

bench-port: $(READY) ## public repositories ported, built and tested: make bench-port PORTS=<folder with their checkouts>
	@test -d "$(PORTS)" || { echo "usage: make bench-port PORTS=<checkouts of benchmarks/port_repositories.toml>"; exit 2; }
	$(PYTHON) benchmarks/port_repositories.py "$(PORTS)" $(ARGS)

clean: ## remove what the other targets made, except the virtual environment
	rm -rf build dist *.egg-info .types .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find transpile solvers emulators api datasets tests -name __pycache__ -type d -prune -exec rm -rf {} +
