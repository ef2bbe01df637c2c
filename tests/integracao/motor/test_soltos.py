"""Files that a person gave go into the origin once, wherever the pass before was cut short."""

import json
import os
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import abrir, texto_de
from separador.motor.entrada import soltos
from separador.nucleo.rota import Rota
from separador.pastas import faixas
from tests.apoio.instalacao import Instalacao

pytestmark = pytest.mark.requisito("PAINEL-01")
FICHA = "0123456789abcdef" * 2


def guardar(c: Instalacao, dados: bytes = b"solto", ficha: str = FICHA) -> Path:
    pasta = c.dados / soltos.PASTA
    pasta.mkdir(exist_ok=True)
    (pasta / ficha).write_bytes(dados)
    return pasta / ficha


def registrar(c: Instalacao, nome: str = "a.txt", ficha: str = FICHA, rota: int = 4) -> int:
    dados = json.dumps({"nome": nome, "guardado": ficha, "tamanho": 5})
    with closing(abrir(c.dados, migrar=False)) as outro:
        return tabela_de_pedidos.registrar(
            outro, soltos.PEDIDO, str(rota), None, "operador", texto_de(c.agora), dados=dados
        )


def estado(c: Instalacao, numero: int) -> tuple[str, str]:
    linha = tabela_de_pedidos.por_id(c.banco, numero)
    assert linha is not None
    return linha["estado"], linha["codigo"]


def rota_4(c: Instalacao) -> Rota:
    rota = c.ciclo.contexto.rota(4)
    assert rota is not None
    return rota


def copiar(c: Instalacao, guardado: Path) -> Path:
    """Does the first half, as a pass that was cut short did it."""
    provisorio = faixas.prefixo(c.ciclo.contexto.cantos, rota_4(c).origem) + FICHA.encode() + soltos.SUFIXO
    nota = soltos._nota(guardado)
    soltos._copiar(rota_4(c).origem, guardado, provisorio, nota)
    return nota


def test_o_arquivo_entra_segue_e_a_guarda_fica_vazia(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as c:
        guardar(c)
        numero = registrar(c)
        c.rodar()
        assert estado(c, numero) == ("feita", "SEP-SOLTO")
        c.passar(10)
        assert c.ler(4, "a.txt") == b"solto"
        assert list((c.dados / soltos.PASTA).iterdir()) == []


@pytest.mark.parametrize("publicado", [False, True], ids=["antes-de-aparecer", "depois-de-aparecer"])
def test_um_passe_cortado_acaba_uma_vez_so(tmp_path: Path, publicado: bool) -> None:
    with Instalacao(tmp_path) as c:
        guardado = guardar(c)
        nota = copiar(c, guardado)
        numero = registrar(c)
        if publicado:
            assert soltos._publicar(rota_4(c).origem, nota, b"a.txt")
        c.reabrir()  # the recovery leaves the copy: its order will be carried out again
        c.rodar()
        assert estado(c, numero) == ("feita", "SEP-SOLTO")
        c.passar(10)
        assert c.nomes(4) == ["a.txt"]
        assert c.nomes(rota_4(c).origem) == []
        assert list((c.dados / soltos.PASTA).iterdir()) == []


@pytest.mark.parametrize("publicado", [False, True], ids=["antes-de-aparecer", "depois-de-aparecer"])
def test_o_que_ja_foi_copiado_entra_ainda_que_a_rota_fique_inativa(tmp_path: Path, publicado: bool) -> None:
    """It may be in the origin already: refused, it would be given again, and come in twice."""
    with Instalacao(tmp_path) as c:
        nota = copiar(c, guardar(c))
        numero = registrar(c)
        with closing(abrir(c.dados, migrar=False)) as outro:
            tabela_de_pedidos.aceitar(outro, numero)
        if publicado:
            assert soltos._publicar(rota_4(c).origem, nota, b"a.txt")
        next(r for r in c.rotas if r["id"] == 4)["ativo"] = False
        c.gravar_config()
        c.reabrir()
        c.rodar()
        assert estado(c, numero) == ("feita", "SEP-SOLTO")
        assert [p.name for p in c.origem(4).iterdir() if p.is_file()] == ["a.txt"]


def test_uma_copia_pela_metade_e_feita_de_novo(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as c:
        guardado = guardar(c)
        copiar(c, guardado).unlink()
        registrar(c)
        c.rodar()
        c.passar(10)
        assert c.ler(4, "a.txt") == b"solto"


def test_um_nome_ocupado_nao_e_sobreposto_nem_dado_por_feito(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as c:
        (c.origem(4) / "a.txt").mkdir()
        guardado = guardar(c)
        numero = registrar(c)
        c.rodar()
        assert estado(c, numero) == ("recusada", "SEP-NOME-OCUPADO")
        assert not soltos._nota(guardado).exists()
        assert not list(c.origem(4).rglob(f"*{soltos.SUFIXO.decode()}"))


def test_o_que_foi_recusado_sem_ninguem_a_espera_sai_das_falhas_quando_e_dado_de_novo(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as c:
        (c.origem(4) / "a.txt").mkdir()
        guardar(c)
        registrar(c)
        c.rodar()
        assert c.falhas() == [], "quem a deu estava à espera, e leu a resposta"
        guardar(c, ficha="1" * 32)
        registrar(c, ficha="1" * 32)
        c.ponteiros.passar(61)
        c.rodar()
        assert c.falhas() == ["SEP-ORDEM-NAO-CUMPRIDA"]
        (c.origem(4) / "a.txt").rmdir()
        guardar(c, ficha="2" * 32)
        registrar(c, ficha="2" * 32)
        c.rodar()
        assert c.falhas() == []


def test_sem_rota_e_sem_arquivo_a_ordem_e_recusada(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as c:
        sem_arquivo, sem_rota = registrar(c), registrar(c, rota=99)
        fora = registrar(c, ficha="../../etc/passwd")
        c.rodar()
        assert estado(c, sem_arquivo) == ("recusada", "SEP-SOLTAR-SUMIU")
        assert estado(c, sem_rota) == ("recusada", "SEP-SOLTAR-ROTA")
        assert estado(c, fora) == ("recusada", "SEP-SOLTAR-SUMIU")


def test_o_que_ninguem_pediu_sai_quando_fica_velho(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as c:
        guardado = guardar(c)
        c.rodar()
        assert guardado.exists()  # it may be one that is just coming in
        os.utime(guardado, (0, 0))
        c.passar(timedelta(hours=2).total_seconds())
        assert not guardado.exists()
