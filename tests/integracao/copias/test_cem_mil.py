"""A second copy of an installation of very many documents, of which none changed, reads none of them again."""

import os
import sys
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from separador.banco.conexao import abrir
from separador.capacidades.copias.servico import conferir, destino
from separador.capacidades.copias.servico.arvore import Arvore
from separador.capacidades.copias.servico.fazer import fazer
from separador.configuracao import Configuracao, carregar
from tests.apoio.instalacao import Instalacao
from tests.apoio.muitos_documentos import encher

FINAL = "-procCTe.xml"
MES = "2026-11"
_abertos: list[str] | None = None


def _ouvir(evento: str, args: tuple[Any, ...]) -> None:
    if _abertos is not None and evento == "open" and args[0] is not None and not isinstance(args[0], int):
        _abertos.append(os.fsdecode(args[0]))


def _com_processados(m: Instalacao, quantos: int) -> int:
    """Gives the installation so many documents, and each authorised one its processed file. Returns how many of them
    there are."""
    with closing(abrir(m.dados)) as banco:
        banco.execute("DELETE FROM rota")  # `encher` brings its own
    encher(m.dados, quantos)
    fiscal = m.dados / "fiscal" / MES
    fiscal.mkdir(parents=True, exist_ok=True)
    with closing(abrir(m.dados)) as banco, banco.transacao():
        feitos = 0
        for linha in banco.todas("SELECT id, chave FROM documento WHERE situacao = 'AUTORIZADO PELA SEFAZ'"):
            nome, dados = f"{linha['chave']}{FINAL}", str(linha["chave"]).encode()
            (fiscal / nome).write_bytes(dados)
            banco.execute(
                "INSERT INTO publicacao (documento_id, tipo, pasta, nome, sha256, estado, criada_em, publicada_em)"
                " VALUES (?, 'fiscal', ?, ?, ?, 'publicada', '2026-11-20', '2026-11-20')",
                (linha["id"], str(fiscal), nome.encode(), sha256(dados).hexdigest()),
            )
            feitos += 1
    return feitos


@pytest.mark.requisito("OPS-08")
@pytest.mark.parametrize("quantos", [2000, pytest.param(100_000, marks=[pytest.mark.longo, pytest.mark.timeout(3600)])])
def test_a_segunda_copia_nao_abre_nenhum_documento(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quantos: int
) -> None:
    """Every open of the process is heard. Whether what is written reaches the disk is not the question here."""
    global _abertos  # noqa: PLW0603 -- an audit hook stays for the life of the process
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(os, "fdatasync", lambda _: None)
    with Instalacao(tmp_path / "instalacao") as m:
        m.fechar()
        feitos = _com_processados(m, quantos)
        config = carregar(m.config)
        assert isinstance(config, Configuracao)
        sys.addaudithook(_ouvir)
        vistos = []
        for _ in range(2):
            _abertos = []
            try:
                feita = fazer(config, tmp_path / "copias", m.agora, esperar=lambda _: None)
                vistos.append((feita.novos, sum(a.endswith(FINAL) for a in _abertos)))
            finally:
                _abertos = None
    assert vistos[0][0] >= feitos
    assert vistos[0][1] >= feitos, "a primeira lê cada um"
    assert vistos[1] == (0, 0)
    with Arvore(tmp_path / "copias") as arvore:
        achado = conferir.conferir(arvore, destino.escolher(arvore, None), None, None, {})
    assert achado.problemas == []
