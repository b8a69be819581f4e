# Every target sets up what it needs: a fresh machine wants only Python 3.11 and make.
PYTHON ?= python3.11
BIN := .venv/bin
READY := .venv/ready

.PHONY: setup demo up down test test-all audiocraft lint format bench fluidsynth chromium playlists nano nano-smoke constraints clean

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev,training]'
	touch $@

demo: setup
	$(BIN)/python examples/demo.py

# Prefect on this machine: server, worker and the deployments of prefect.yaml. May be called again.
up: setup
	$(BIN)/python -m flows.cli_stack up

down:
	$(BIN)/python -m flows.cli_stack down

# Files are spread over processes, one more than there are cores, for many tests wait; each process
# starts a Prefect server of its own.
SPREAD = -n $(shell $(PYTHON) -c "import os; print(min(4, 1 + os.cpu_count()))") --dist loadfile

test: setup
	$(BIN)/pytest $(SPREAD)

test-all: setup
	$(BIN)/pytest $(SPREAD) -m ''

# AudioCraft, whose versions do not go with a modern torch, in an environment of its own; its tests
# run there.
AUDIOCRAFT := .venv-audiocraft/bin

audiocraft: .venv-audiocraft/ready
	$(AUDIOCRAFT)/pytest $(SPREAD) -k audiocraft tests/flows tests/resonance_core

.venv-audiocraft/ready: pyproject.toml constraints.txt requirements-audiocraft.txt
	$(PYTHON) -m venv .venv-audiocraft
	$(AUDIOCRAFT)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	$(AUDIOCRAFT)/pip install --quiet --no-deps --requirement requirements-audiocraft.txt
	touch $@

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python -m benchmarks

# Plays procedural music, such as the corpus that nano is trained on; a Debian package.
fluidsynth:
	test -e /usr/share/sounds/sf2/FluidR3_GM.sf2 && command -v fluidsynth || \
		(apt-get update && apt-get install --yes fluidsynth fluid-soundfont-gm)

# The browser that the studio's page is tested in; a Debian package.
chromium:
	test -x /usr/bin/chromium || (apt-get update && apt-get install --yes chromium)

# Renders the procedural playlists of examples/playlists anew.
playlists: setup fluidsynth
	$(BIN)/python -m training.playlists --out examples/playlists

# Trains the embedded model in build/nano, which takes hours on two cores, and measures it. A run
# that was stopped goes on where it was.
nano: setup fluidsynth
	$(BIN)/python -m training
	$(BIN)/python -m training.evaluate.report

# The same steps with next to no data: does training still work?
nano-smoke: setup fluidsynth
	$(BIN)/python -m training --smoke --work build/nano-smoke

# After changing versions by hand in .venv: pin what is installed.
constraints: setup
	sed -n '/^#/p' constraints.txt > constraints.new
	$(BIN)/pip freeze --exclude-editable --all --exclude pip | sort --ignore-case >> constraints.new
	mv constraints.new constraints.txt

clean:
	rm -rf .venv .venv-audiocraft build demo bench-results *.egg-info .pytest_cache .ruff_cache .mypy_cache
