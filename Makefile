# Each target does all its own set-up: Python 3.11 or newer and make are enough.
# Another interpreter: make PYTHON=python3.12 …     More arguments for pytest: make test ARGS="-k retorno"

PYTHON ?= python3
ARGS ?=
# Processes that test at once. One more than the two cores of CI: a fifth of the time of a test is waiting.
PROCESSOS ?= 3
VENV := .venv
PRONTO := $(VENV)/.pronto
PY := $(VENV)/bin/python
INSTALAR := $(PY) -m pip install -qq --disable-pip-version-check -c constraints.txt
SEPARADOR := $(PY) -m separador --config config/separador.yaml

# Where the machine asks Python to keep no compiled modules, each of the hundreds of processes of the tests would compile
# the program anew: a quarter of their time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := ajuda
.PHONY: ajuda demo run test lint formatar longo quedas maratona bench docs docs-medidas preparar limpar

ajuda:
	@echo "make demo      o serviço de verdade, do começo ao fim, em poucos segundos"
	@echo "make run       cria as pastas e executa o serviço e a SEFAZ local neste terminal (config/separador.yaml)"
	@echo "make test      os testes do dia a dia"
	@echo "make lint      ruff, mypy e o sentido das importações"
	@echo "make longo     os testes que levam minutos (inclui os dois abaixo)"
	@echo "make quedas    o serviço é morto em cada ponto em que muda o disco"
	@echo "make maratona  50.000 arquivos, com quedas"
	@echo "make bench     medidas; grava bench.json"
	@echo "make docs      escreve de novo o que a documentação mostra do programa"
	@echo "make docs-medidas  o mesmo, do que conta de uma execução: a demonstração e as medidas de bench.json"

demo: $(PRONTO)
	@$(PY) -m separador demo --pasta demo $(ARGS)

# The environment of the shipped configuration is the simulated one: a CT-e dropped in inbox/cte comes back authorised
# to outbox/wms. With any other environment only the service is run.
run: $(PRONTO)
	@$(SEPARADOR) init --e-executa
	@exec $(SEPARADOR) simulador executar

test: $(PRONTO)
	@$(PY) -m pytest -n $(PROCESSOS) --dist worksteal -q -m "not longo" $(ARGS)

longo: $(PRONTO)
	@SEPARADOR_TESTES_INTEIROS=1 $(PY) -m pytest -q -m longo --timeout 7200 $(ARGS)

quedas: $(PRONTO)
	@$(PY) -m tests.falhas.quedas $(ARGS)

maratona: $(PRONTO)
	@$(PY) -m tests.falhas.maratona $(ARGS)

bench: $(PRONTO)
	@$(PY) -m tests.bench $(ARGS)

docs: $(PRONTO)
	@$(PY) -m tests.apoio.documentacao

docs-medidas: $(PRONTO)
	@$(PY) -m tests.apoio.documentacao medidas

lint: $(PRONTO)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

formatar: $(PRONTO)
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

preparar: $(PRONTO)

# The stamp is made last: an installation cut short is begun again.
$(PRONTO): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "É preciso Python 3.11 ou mais novo; outro: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "Preparando $(VENV) (só na primeira vez, ou quando as dependências mudam)…"
	@echo "  1 de 4: o ambiente de Python"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) \
		|| { echo "No Debian e no Ubuntu falta o pacote python3-venv." >&2; rm -rf $(VENV); exit 1; }
	@echo "  2 de 4: o instalador"
	@$(INSTALAR) setuptools
	@echo "  3 de 4: o separador e o que ele usa (o mais demorado)"
	@$(INSTALAR) --no-build-isolation -e .
	@echo "  4 de 4: as ferramentas de teste"
	@$(INSTALAR) --no-build-isolation -e '.[dev]'
	@touch $@

limpar:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info demo
