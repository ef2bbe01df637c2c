"""Tests the program without one of its capabilities: a copy of the package, with one line taken out of the list.

Other capabilities may import code of the one that is out: its package is there, only the plug is gone.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.apoio.amostra import do_dia

RAIZ = Path(__file__).resolve().parents[3]
FORA = {
    "ecac": ("ecac",),
    "dacte": (),
    "distribuicao": (),
    "procuracoes": ("procuracao", "cadastro"),
    "avisos": (),
}
"""Capability → its words of the command."""

COM_TODAS_AS_SECOES: dict[str, Any] = {
    "ambiente": "homologacao",
    "smtp": {"servidor": "correio.example", "de": "separador@exemplo.example"},
    "avisos": {"dias": [30, 7], "para": ["ti@exemplo.example"], "webhook": "https://avisos.example/x"},
    "sefaz": {"distribuicao": {"ativo": True, "destino": "terceiros", "empresas": ["11222333000181"]}},
    "ecac": {
        "contratante": "11222333000181",
        "chave_consumidor": {"env": "SEPARADOR_CHAVE"},
        "segredo_consumidor": {"env": "SEPARADOR_SEGREDO"},
        "destino": "comprovantes",
    },
    "empresas": [
        {
            "cnpj": "11222333000181",
            "nome": "Exemplo",
            "uf": "SP",
            "certificado": {"arquivo": "e.pfx", "senha": {"env": "SEPARADOR_SENHA"}},
            "ecac": {"utiliza": True, "inicio": "2026-01-01"},
        }
    ],
}
"""The sections of every capability: a file that is good with one of them is good without it."""


class Copia:
    """A copy of the package below a folder, without one capability."""

    def __init__(self, pasta: Path, fora: str) -> None:
        self.pasta, self.fora = pasta, fora
        shutil.copytree(RAIZ / "separador", pasta / "separador")
        lista = pasta / "separador" / "capacidades" / "__init__.py"
        linhas = lista.read_text(encoding="utf-8").splitlines(keepends=True)
        ficam = [linha for linha in linhas if f'"separador.capacidades.{fora}.capacidade"' not in linha]
        assert len(ficam) == len(linhas) - 1
        lista.write_text("".join(ficam), encoding="utf-8")

    def separador(self, *argumentos: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "separador", *argumentos],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=self.pasta,
            env=os.environ | {"PYTHONPATH": str(self.pasta)},
        )

    def configurar(self, nome: str, **opcoes: Any) -> Path:
        """Writes a configuration with one route, of the rule `mover`, in a folder of its own."""
        pasta = self.pasta / nome
        for lado in ("entrada", "saida"):
            (pasta / lado).mkdir(parents=True)
        rota = {"id": 1, "regra": "mover", "origem": "entrada", "destino": "saida", "arquivo": ".json"}
        tudo = {"raiz": ".", "dados": "var", "tempo_leitura": 1, "tempo_quieto": 1, "reserva_disco_mb": 0}
        arquivo = pasta / "separador.yaml"
        arquivo.write_text(yaml.safe_dump(tudo | opcoes | {"rotas": [rota]}, sort_keys=False), encoding="utf-8")
        return arquivo


@pytest.fixture(scope="module", params=FORA)
def copia(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Copia:
    return Copia(tmp_path_factory.mktemp(request.param), request.param)


def test_a_ajuda_nao_tem_os_comandos_dela(copia: Copia) -> None:
    feito = copia.separador("--help")
    assert feito.returncode == 0, feito.stderr
    mostrados = re.findall(r"^  ([a-z-]+)  ", feito.stdout, re.MULTILINE)
    assert {"init", "executar", "rotas", "cte"} <= set(mostrados)
    assert not set(FORA[copia.fora]) & set(mostrados)
    for comando in FORA[copia.fora]:
        assert copia.separador(comando).returncode == 2


@pytest.mark.parametrize("trabalhadores", do_dia((0, 2), 2))
def test_o_servico_move_um_arquivo(copia: Copia, trabalhadores: int) -> None:
    arquivo = copia.configurar(f"com-{trabalhadores}", trabalhadores=trabalhadores)
    (arquivo.parent / "entrada" / "carga.json").write_bytes(b'{"inteiro": true}')  # complete: no quiet time
    feito = copia.separador("--config", str(arquivo), "uma-vez")
    assert feito.returncode == 0, feito.stdout + feito.stderr
    assert (arquivo.parent / "saida" / "carga.json").read_bytes() == b'{"inteiro": true}'
    assert not (arquivo.parent / "entrada" / "carga.json").exists()
    assert not (arquivo.parent / "var" / "incidentes").exists()


def test_uma_chamada_que_ficou_dela_nao_impede_a_partida(tmp_path: Path) -> None:
    """A call in flight when the service died, of a kind that nobody in this program makes any more."""
    copia = Copia(tmp_path, "distribuicao")
    arquivo = copia.configurar("com-chamada", trabalhadores=0)
    assert copia.separador("--config", str(arquivo), "uma-vez").returncode == 0
    with closing(sqlite3.connect(arquivo.parent / "var" / "separador.db")) as banco, banco:
        banco.execute(
            "INSERT INTO transmissao (alvo, servico, autorizador, cnpj, tp_amb, ambiente, fila, quem, estado,"
            " criada_em) VALUES ('distribuicao', 'CTeDistribuicaoDFe', 'AN', '11222333000181', '2', 'homologacao',"
            " 'f', 'serviço', 'enviando', '2026-11-20T15:00:00.000Z')"
        )
    (arquivo.parent / "entrada" / "carga.json").write_bytes(b"{}")
    feito = copia.separador("--config", str(arquivo), "uma-vez")
    assert feito.returncode == 0, feito.stdout + feito.stderr
    assert (arquivo.parent / "saida" / "carga.json").exists()
    with closing(sqlite3.connect(arquivo.parent / "var" / "separador.db")) as banco:
        assert banco.execute("SELECT estado FROM transmissao").fetchall() == [("enviando",)]


def test_as_secoes_da_configuracao_continuam_validas(copia: Copia) -> None:
    arquivo = copia.configurar("secoes", **COM_TODAS_AS_SECOES)
    feito = copia.separador("--config", str(arquivo), "rotas", "listar")
    assert feito.returncode == 0, feito.stdout + feito.stderr
    verificado = copia.separador("--config", str(arquivo), "verificar", "--json")
    assert verificado.returncode in (0, 1)  # the certificate is not there; what counts is that it can tell
    assert '"verificacao"' in verificado.stdout, verificado.stderr
