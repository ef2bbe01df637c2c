"""The failures of the first page: those of one cause in one row, what may help as a button, page by page."""

from contextlib import closing
from pathlib import Path

import pytest

from separador.acesso.dominio import Nivel
from separador.acesso.servico.autorizacao import Autor
from separador.banco import leitura
from separador.banco.conexao import abrir
from separador.nucleo.capacidade import Tela
from separador.painel.base.campos import Campos
from separador.painel.base.moldura import vencimentos
from separador.painel.base.visita import Visita
from separador.painel.lista_de_falhas import DOBRADAS, OLHADAS, POR_PAGINA, Lista, listar
from tests.apoio.muitos_documentos import AGORA

pytestmark = pytest.mark.requisito("PAINEL-01", "SEP-05")
_SQL = (
    "INSERT INTO falha (assunto, codigo, motivo, o_que_fazer, arquivo, rota_id, chave, desde)"
    " VALUES (?, ?, ?, 'x', ?, ?, ?, ?)"
)


@pytest.fixture
def dados(tmp_path: Path) -> Path:
    with closing(abrir(tmp_path)):
        return tmp_path


def por(dados: Path, quantas: int, codigo: str, motivo: str = "", *, de: int = 0, com_chave: bool = False) -> None:
    """Opens so many failures; without a `motivo` each has its own."""
    with closing(abrir(dados)) as banco, banco.transacao():
        for n in range(de, de + quantas):
            chave = f"{n:044d}" if com_chave else None
            valores = (f"a:{codigo}:{n}", codigo, motivo or f"motivo {n}", f"f{n}.xml", 1, chave, f"2026-01-01T{n:09d}")
            banco.execute(_SQL, valores)


def ver(dados: Path, nivel: Nivel = Nivel.OPERADOR, **campos: str) -> Lista:
    aberto = leitura.abrir_leitura(dados)
    assert aberto is not None
    with closing(aberto):
        consulta = Campos(tuple(campos.items()))
        tela = Tela("/", "separador.painel.inicio:inicio", acao="situacao")
        v = Visita(None, None, tela, AGORA, "/", consulta=consulta, aberto=aberto)  # type: ignore[arg-type]
        v.autor = Autor("leo@x.com", nivel)
        return listar(v)


def test_as_de_uma_causa_estao_numa_linha_e_o_filtro_as_mostra(dados: Path) -> None:
    por(dados, 37, "SEP-NENHUMA-REGRA", "Nenhuma regra para este arquivo.")
    por(dados, DOBRADAS - 1, "SEP-OUTRA", "Outra causa.", de=100)
    lista = ver(dados)
    assert [len(linha.ids) for linha in lista.linhas] == [37, *[1] * (DOBRADAS - 1)]
    assert lista.proximas is None
    abertas = ver(dados, codigo="SEP-NENHUMA-REGRA", rota="1", texto="Nenhuma regra")
    assert [len(linha.ids) for linha in abertas.linhas] == [1] * 37


def test_o_que_pode_ajudar_e_um_botao_para_quem_pode(dados: Path) -> None:
    por(dados, 6, "SEP-PRAZO-RETORNO", "O retorno não chegou dentro do prazo.", com_chave=True)
    por(dados, 1, "SEP-PASTA", de=50)
    de_todas, sem = ver(dados).linhas
    assert de_todas.remedio is not None
    assert de_todas.remedio[0] == "Consultar na SEFAZ"
    assert de_todas.remedio[1].startswith("/cte/consultar?chave=")
    assert de_todas.remedio[1].count("chave=") == 6
    assert sem.remedio is None
    assert ver(dados, Nivel.CONSULTA).linhas[0].remedio is None


def test_muitas_vao_por_paginas_sem_repetir_nem_pular(dados: Path) -> None:
    por(dados, OLHADAS + 130, "SEP-X")
    vistas: list[int] = []
    campos: dict[str, str] | None = {}
    paginas = 0
    while campos is not None:
        lista = ver(dados, **campos)
        vistas += [i for linha in lista.linhas for i in linha.ids]
        assert len(lista.linhas) <= POR_PAGINA
        campos, paginas = lista.proximas, paginas + 1
    assert vistas == sorted(set(vistas))
    assert len(vistas) == OLHADAS + 130
    longe = ver(dados, texto=f"f{OLHADAS + 100}.xml")
    assert (longe.linhas, longe.continua) == ([], True)
    assert longe.proximas is not None
    assert len(ver(dados, texto=f"f{OLHADAS + 100}.xml", **longe.proximas).linhas) == 1


@pytest.mark.requisito("CERT-03")
def test_o_que_espera_um_certificado_leva_a_pagina_dele(dados: Path) -> None:
    por(dados, 1, "SEP-SEM-CERTIFICADO")
    linha = ver(dados, Nivel.ADMINISTRADOR).linhas[0]
    assert linha.remedio == ("Adicionar certificado", "/certificados/novo")
    assert ver(dados, Nivel.OPERADOR).linhas[0].remedio is None


@pytest.mark.requisito("CERT-03")
def test_o_que_vence_leva_a_pagina_que_o_renova_e_o_vencido_vem_antes(dados: Path) -> None:
    with closing(abrir(dados)) as banco, banco.transacao():
        for assunto, codigo in (("cofre:7", "SEP-VENCENDO"), ("arquivo:1", "SEP-VENCIDO"), ("outra", "SEP-VENCENDO")):
            banco.execute(_SQL, (f"validade:{assunto}", codigo, assunto, None, None, None, "2026-01-01"))
    aberto = leitura.abrir_leitura(dados)
    assert aberto is not None
    with closing(aberto):
        v = Visita(None, None, Tela("/", ""), AGORA, "/", aberto=aberto)  # type: ignore[arg-type]
        assert vencimentos(v) == [
            ("arquivo:1", True, "/certificados"),
            ("cofre:7", False, "/certificados"),
            ("outra", False, "/?codigo=SEP-VENCENDO"),
        ]
