"""Bad days of loads: registries that change while one is held, a limit that shrinks after its numbers were taken."""

import gc
import os
from collections.abc import Callable
from typing import Any

import pytest

from separador.capacidades.emissao.banco import numeracao
from tests.apoio.emissao import ROTA_DA_CARGA, cadastros, carga, em_yaml, gravar_cadastros
from tests.apoio.instalacao_em_rede import InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]
SEGURO = {"forma_pagamento": "PAGO", "seguros": [{"responsavel": "emitente"}]}


def _series(i: InstalacaoEmRede) -> list[tuple[Any, Any]]:
    return [(s["proximo"], s["devolvidos"]) for s in numeracao.listar(i.banco)]


@pytest.mark.requisito("CARGA-02", "CAD-04")
def test_o_cadastro_que_muda_enquanto_a_carga_espera(fazer: Fazer) -> None:
    """A held load has taken nothing of them: it is issued from the registries of the moment in which it goes on."""
    i = fazer()
    sem = carga(i.agora)
    del sem["informacoes_complementares"]
    i.soltar(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(sem))
    registros = cadastros()
    (dest,) = (r for r in registros["entidades"] if r["codigo"] == "DEST-RJ")
    dest["fantasia"], dest["endereco"] = "LOJA NOVA", dest["endereco"] | {"logradouro": "RUA NOVA"}
    registros["depositantes"][0]["percentual_frete"] = "10"
    gravar_cadastros(i.pasta / "config" / "cadastros", registros)
    i.passar(1)
    i.ordenar("carga-complementar", "45871", dados=SEGURO)
    i.rodar()
    (documento,) = i.json(ROTA_DA_CARGA, "45871-ret.json")["documentos"]
    xml = i.assinado(documento["chave"]).decode()
    assert "<xLgr>RUA NOVA</xLgr>" in xml
    assert documento["valor"] == "500.00"


def test_um_cadastro_que_some_e_um_que_nao_se_le(fazer: Fazer) -> None:
    """A missing file is an empty registry, one that cannot be read is a wrong one: the former content stays."""
    i = fazer()
    pasta = i.pasta / "config" / "cadastros"
    (pasta / "entidades.yaml").write_bytes(b"\xff\xfe\x00")
    i.passar(1)
    assert "SEP-CADASTRO" in i.falhas()
    i.soltar(ROTA_DA_CARGA, "A-carga.yaml", em_yaml(carga(i.agora, "A")))
    assert i.json(ROTA_DA_CARGA, "A-ret.json")["resultado"] == "gerada"
    gravar_cadastros(pasta)
    (pasta / "depositantes.yaml").unlink()
    i.passar(1)
    i.soltar(ROTA_DA_CARGA, "B-carga.yaml", em_yaml(carga(i.agora, "B", primeira=5)))
    resposta = i.json(ROTA_DA_CARGA, "B-ret.json")
    assert resposta["codigo"] == "SEP-CAD-04"
    assert {f["cadastro"] for f in resposta["erros"][0]["faltam"]} == {"depositantes"}


def test_sem_cadastros_a_carga_segue_assim_que_eles_se_leem(fazer: Fazer) -> None:
    i = fazer({"empresas": [{"cnpj": "1"}]})
    i.soltar(ROTA_DA_CARGA, "A-carga.yaml", em_yaml(carga(i.agora, "A")))
    assert set(i.falhas()) == {"SEP-CADASTRO"}
    gravar_cadastros(i.pasta / "config" / "cadastros")
    i.passar(3)
    assert i.desfecho("A-carga.yaml") == "entregue", i.falhas()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_o_limite_que_encolhe_depois_da_reserva_devolve_os_numeros(fazer: Fazer) -> None:
    """The file is refused unread at the restart; what was reserved for it is given back, and the next load takes it."""
    i = fazer()
    grande = em_yaml(carga(i.agora, "A")) + b"#" + b"x" * 1_200_000 + b"\n"
    i.por(ROTA_DA_CARGA, "A-carga.yaml", grande)
    i.ponteiros.passar(1.1)
    while not i.banco.todas("SELECT 1 FROM carga_documento"):
        i.ciclo.passo()
        i.ponteiros.passar(0.1)
    i.morrer()
    i.rotas[-1]["tamanho_maximo_mb"] = 1
    i.gravar_config()
    i.abrir()
    i.rodar()
    resposta = i.json(ROTA_DA_CARGA, "A-ret.json")
    assert (resposta["carga"], resposta["resultado"], resposta["codigo"]) == ("A", "recusada", "SEP-CARGA-ARQUIVO")
    assert _series(i) == [(2, [1])]
    i.soltar(ROTA_DA_CARGA, "B-carga.yaml", em_yaml(carga(i.agora, "B")))
    assert [d["numero"] for d in i.json(ROTA_DA_CARGA, "B-ret.json")["documentos"]] == [1]
    assert _series(i) == [(2, [])]
    gc.collect()


def test_onze_megabytes(instalacao: InstalacaoEmRede) -> None:
    instalacao.soltar(ROTA_DA_CARGA, "A-carga.yaml", b"carga: A\n#" + os.urandom(1).hex().encode() * (11 << 19))
    resposta = instalacao.json(ROTA_DA_CARGA, "A-ret.json")
    assert (resposta["resultado"], resposta["codigo"]) == ("recusada", "SEP-CARGA-ARQUIVO")
    assert _series(instalacao) == []


@pytest.mark.requisito("CARGA-03")
def test_o_mais_antigo_decidido_depois_com_o_mesmo_conteudo_e_duplicado(instalacao: InstalacaoEmRede) -> None:
    """Of two files of one load the newer may come first out of the workers. The older, if equal, is no other load."""
    conteudo = carga(instalacao.agora, "A")
    instalacao.soltar(ROTA_DA_CARGA, "dois-carga.yaml", em_yaml(conteudo))
    with instalacao.banco.transacao():
        instalacao.banco.execute("UPDATE carga SET arquivo_id = arquivo_id + 1000")
    instalacao.soltar(ROTA_DA_CARGA, "um-carga.yaml", em_yaml(conteudo))
    assert instalacao.json(ROTA_DA_CARGA, "um-ret.json")["codigo"] == "SEP-CARGA-REPETIDA"
    conteudo["notas"][0]["valor"] = "1.00"
    instalacao.soltar(ROTA_DA_CARGA, "outro-carga.yaml", em_yaml(conteudo))
    assert instalacao.json(ROTA_DA_CARGA, "outro-ret.json")["codigo"] == "SEP-CARGA-SUBSTITUIDA"
    assert _series(instalacao) == [(2, [])]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_o_arquivo_que_se_perde_depois_da_reserva_devolve_os_numeros(fazer: Fazer) -> None:
    """Somebody removed it from the work folder, or another installation took it over, and its row is closed."""
    i = fazer()
    i.por(ROTA_DA_CARGA, "A-carga.yaml", em_yaml(carga(i.agora, "A")))
    i.ponteiros.passar(1.1)
    while not i.banco.todas("SELECT 1 FROM carga_documento"):
        i.ciclo.passo()
        i.ponteiros.passar(0.1)
    with i.banco.transacao():
        i.banco.execute("UPDATE arquivo SET desfecho = 'quarentena', etapa = 'concluido', terminado_em = tomado_em")
    i.morrer()
    for perdido in (i.pasta / "inbox").rglob("A-carga.yaml"):
        perdido.unlink()
    i.abrir()
    i.rodar()
    assert _series(i) == [(2, [1])]
    i.soltar(ROTA_DA_CARGA, "B-carga.yaml", em_yaml(carga(i.agora, "A")))
    assert [d["numero"] for d in i.json(ROTA_DA_CARGA, "B-ret.json")["documentos"]] == [1]
    gc.collect()
