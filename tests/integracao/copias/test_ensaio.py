"""Tests the rehearsal of a copy: the service runs there, and touches nothing of ours."""

import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from separador.banco.conexao import abrir
from separador.capacidades.copias.servico import ensaio as servico
from separador.capacidades.copias.servico import estado
from tests.apoio.instalacao import Instalacao
from tests.integracao.copias.conftest import Rodar

pytestmark = pytest.mark.requisito("OPS-10")


def tudo(pasta: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(pasta.rglob("*")) if p.is_file()}


def test_o_ensaio_liga_o_servico_e_nao_toca_na_instalacao(
    instalacao: Instalacao, destino: Path, rodar: Rodar, tmp_path: Path
) -> None:
    """The copied database has documents on their way, an order, and a file about to become visible."""
    instalacao.autorizado(1)
    instalacao.enviado(2)
    with closing(abrir(instalacao.dados, migrar=False)) as banco:
        banco.execute(
            "INSERT INTO tarefa (pedido, chave, quem, estado, criada_em)"
            " VALUES ('consultar', ?, 'x', 'pendente', '2026')",
            ("3" * 44,),
        )
        banco.execute(
            "INSERT INTO publicacao (tipo, pasta, nome, provisorio, sha256, estado, criada_em)"
            " VALUES ('retorno', ?, 'x.xml', '.separador/x', '', 'preparada', '2026')",
            (str(instalacao.destino(2)),),
        )
    rodar("copia", "fazer", destino)
    antes = {**tudo(instalacao.pasta), **tudo(destino)}
    onde = tmp_path / "provisoria"
    onde.mkdir()
    dito = rodar("copia", "ensaio", "--em", onde).output
    assert "certo. 2 documentos" in dito
    assert "mover: certo; cte-validar: " in dito
    assert list(onde.iterdir()) == [], "a pasta provisória sai sempre"
    depois = {**tudo(instalacao.pasta), **tudo(destino)}
    mudou = {p for p in antes.keys() | depois.keys() if antes.get(p) != depois.get(p)}
    assert {Path(p).name for p in mudou} <= {"copias.json", "separador.db-shm"}
    assert estado.ler(instalacao.dados)[str(destino)]["ensaio"] == "certo"
    achadas = json.loads(_verificar(rodar))
    assert [c["estado"] for c in achadas if c["verificacao"] == "cópia de segurança"] == ["certo"]


def _verificar(rodar: Rodar) -> str:
    try:
        return rodar("verificar", "--json").stdout
    except AssertionError:
        return rodar("verificar", "--json", codigo=1).stdout


def test_o_ensaio_nao_alcanca_ninguem(instalacao: Instalacao, destino: Path, rodar: Rodar, tmp_path: Path) -> None:
    """Every way out of the restored configuration leads to a closed port, and no real route is in it."""
    instalacao.autorizado(1)
    instalacao.gravar_config(avisos={"webhook": "https://avisos.exemplo/x"})
    rodar("copia", "fazer", destino)
    rodar("copia", "restaurar", destino, "--em", tmp_path / "volta")
    from separador.capacidades.copias.dominio.manifesto import ler

    m = ler(next(destino.glob("copias/*/manifesto")).read_bytes())
    assert m is not None
    config = servico.preparar(tmp_path / "volta", m.fatos, instalacao.agora)
    assert (config.sefaz.proxy, config.sefaz.simulador) == (f"http://{servico.NINGUEM}", f"https://{servico.NINGUEM}")
    assert (config.smtp, config.avisos.webhook, config.ecac) == (None, None, None)
    assert all(p.is_relative_to(tmp_path / "volta/ensaio") for r in config.rotas for p in r.pastas())
    assert not any(r.transmite for r in config.rotas)


def test_um_servico_que_nao_liga_e_dito(
    instalacao: Instalacao, destino: Path, rodar: Rodar, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    instalacao.autorizado(1)
    rodar("copia", "fazer", destino)
    from separador.capacidades.copias.cli import ensaio as comando

    monkeypatch.setattr(comando, "_PRAZO_S", 0.3)
    monkeypatch.setattr(servico.sys, "executable", "/bin/false")
    dito = rodar("copia", "ensaio", "--em", tmp_path, codigo=1).output
    assert "não respondeu por mover nem cte-validar" in dito
    assert "NÃO serviu" in dito
    assert not [n for n in os.listdir(tmp_path) if n.startswith("separador-ensaio-")]


def test_sem_copia_conhecida_pede_o_destino(instalacao: Instalacao, rodar: Rodar) -> None:
    assert instalacao.dados.is_dir()
    assert "diga o DESTINO" in rodar("copia", "ensaio", codigo=1).output
