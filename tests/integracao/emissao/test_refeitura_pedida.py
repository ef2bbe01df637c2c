"""Tests the order to build one CT-e anew beside the loop's other work: portions, a process, deaths, a load that changed
meanwhile."""

import os
import signal
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from separador.banco import pedidos
from separador.banco.conexao import abrir
from separador.capacidades.emissao.dominio import REFAZER
from separador.capacidades.emissao.servico import julgamento
from separador.capacidades.emissao.servico.refeituras import Refeituras
from tests.apoio.emissao import ROTA_DA_CARGA, ROTAS_COM_CARGA, carga, em_yaml
from tests.apoio.instalacao_em_rede import InstalacaoEmRede

pytestmark = pytest.mark.requisito("CARGA-03")
Fazer = Callable[..., InstalacaoEmRede]
MANUAIS = [*ROTAS_COM_CARGA[:-1], ROTAS_COM_CARGA[-1] | {"envio": "manual"}]
ACEITA, FEITA, RECUSADA = "aceita", "feita", "recusada"


def _gerada(i: InstalacaoEmRede) -> tuple[dict[str, Any], str]:
    """Issues a load of one document, which waits to be sent. Returns it and its key."""
    conteudo = carga(i.agora)
    i.por(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(conteudo))
    if i.opcoes["trabalhadores"]:
        i.rodar_com_processos(lambda: i.nomes(ROTA_DA_CARGA) == ["45871-ret.json"])
    else:
        i.rodar()
    return conteudo, i.json(ROTA_DA_CARGA, "45871-ret.json")["documentos"][0]["chave"]


def _pedir(i: InstalacaoEmRede, chave: str) -> int:
    """Records the order as a command does, and runs nothing."""
    with closing(abrir(i.dados, migrar=False)) as outro:
        return pedidos.registrar(outro, REFAZER, chave, None, "ana", "2026-11-20T15:00:00.000Z")


def _linha(i: InstalacaoEmRede, numero: int) -> tuple[str, str | None]:
    linha = pedidos.por_id(i.banco, numero)
    assert linha is not None
    return linha["estado"], linha["codigo"]


def _ate_aceita(i: InstalacaoEmRede, numero: int) -> None:
    while _linha(i, numero)[0] == "pendente":
        i.ponteiros.passar(0.6)
        i.ciclo.passo()
    assert _linha(i, numero) == (ACEITA, None)


def _mudar_percentual(i: InstalacaoEmRede) -> None:
    arquivo = i.pasta / "config" / "cadastros" / "depositantes.yaml"
    arquivo.write_text(arquivo.read_text("utf-8").replace("percentual_frete: '5'", "percentual_frete: '10'"))
    i.passar(5)


def test_o_morto_com_a_ordem_aceita_a_cumpre_ao_ligar(fazer: Fazer) -> None:
    i = fazer(rotas=MANUAIS)
    _, chave = _gerada(i)
    _mudar_percentual(i)
    numero = _pedir(i, chave)
    _ate_aceita(i, numero)
    i.morrer()
    i.abrir()
    i.rodar()
    assert _linha(i, numero) == (FEITA, "SEP-CARGA-REFEITA")
    assert b"<vTPrest>500.00</vTPrest>" in i.assinado(chave)


def test_a_carga_corrigida_enquanto_se_julga_e_julgada_de_novo(fazer: Fazer) -> None:
    """What was judged was of a load that is another by the time of the commit: it is never written."""
    i = fazer(rotas=MANUAIS)
    conteudo, chave = _gerada(i)
    numero = _pedir(i, chave)
    _ate_aceita(i, numero)
    parte = i.ciclo.parte(Refeituras)
    parado, parte.passo = parte.passo, lambda _: False  # type: ignore[method-assign]
    conteudo["notas"][0]["valor"] = "6000.00"
    i.por(ROTA_DA_CARGA, "B-carga.yaml", em_yaml(conteudo | {"refazer": True}))
    while "B-ret.json" not in i.nomes(ROTA_DA_CARGA):
        i.ponteiros.passar(1.1)
        i.ciclo.passo()
    parte.passo = parado  # type: ignore[method-assign]
    i.rodar()
    assert _linha(i, numero) == (FEITA, "SEP-CARGA-REFEITA")
    assert b"<vTPrest>300.00</vTPrest>" in i.assinado(chave)


def test_enviado_enquanto_se_julga_nada_muda(fazer: Fazer) -> None:
    i = fazer(rotas=MANUAIS)
    _, chave = _gerada(i)
    intacto = i.assinado(chave)
    numero = _pedir(i, chave)
    _ate_aceita(i, numero)
    parte = i.ciclo.parte(Refeituras)
    parado, parte.passo = parte.passo, lambda _: False  # type: ignore[method-assign]
    with closing(abrir(i.dados, migrar=False)) as outro:
        pedidos.registrar(outro, "enviar", chave, None, "ana", "2026-11-20T15:00:00.000Z")
    while i.situacao(chave) == "NÃO ENVIADO":
        i.ponteiros.passar(1.1)
        i.ciclo.passo()
    parte.passo = parado  # type: ignore[method-assign]
    i.rodar()
    assert _linha(i, numero) == (RECUSADA, "SEP-CARGA-DIFERENTE")
    assert i.assinado(chave) == intacto


def test_com_trabalhadores_julga_um_processo_e_a_morte_dele_e_dita(fazer: Fazer) -> None:
    i = fazer(rotas=MANUAIS, trabalhadores=1)
    _, chave = _gerada(i)
    intacto = i.assinado(chave)
    numero = _pedir(i, chave)
    _ate_aceita(i, numero)
    em_maos = i.ciclo.parte(Refeituras)._em_maos
    assert isinstance(em_maos, julgamento.NoProcesso)
    for pid in list(em_maos._executor._processes):
        os.kill(pid, signal.SIGKILL)
    i.rodar_com_processos(lambda: _linha(i, numero)[0] != ACEITA)
    assert _linha(i, numero) in {(RECUSADA, "SEP-INCIDENTE"), (FEITA, "SEP-CARGA-REFEITA")}
    if _linha(i, numero)[0] == RECUSADA:
        assert i.assinado(chave) == intacto
    outra = _pedir(i, chave)
    i.rodar_com_processos(lambda: _linha(i, outra)[0] in {FEITA, RECUSADA})
    assert _linha(i, outra) == (FEITA, "SEP-CARGA-REFEITA")
