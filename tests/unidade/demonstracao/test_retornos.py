"""Tests the returns: valid against the official XSD, tied to the signed bytes, named as transmitters do."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import nfelib
import pytest
from lxml import etree

from separador.demonstracao import eventos, outros_modelos, retornos
from separador.demonstracao.exportacoes import Exportacao, cte
from separador.fiscal.assinatura import Assinador
from separador.fiscal.leitura import Lido, ler
from separador.nucleo.chave import partes
from separador.nucleo.tipo import FAMILIAS, Tipo
from tests.apoio.certificados import assinador_demo
from tests.apoio.normalizacao import normalizar

AGORA = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
XSD = Path(nfelib.__file__).parent / "cte" / "schemas" / "v4_0"
FAZER = {
    Tipo.CTE: cte,
    Tipo.CTE_SIMP: outros_modelos.cte_simp,
    Tipo.CTE_OS: outros_modelos.cte_os,
    Tipo.GTVE: outros_modelos.gtve,
}
XSD_PROC = {
    Tipo.CTE: "procCTe", Tipo.CTE_SIMP: "procCTeSimp", Tipo.CTE_OS: "procCTeOS", Tipo.GTVE: "procGTVe",
}  # fmt: skip


@cache
def _assinador() -> Assinador:
    return assinador_demo(AGORA)


def assinar(exportacao: Exportacao, tipo: Tipo) -> bytes:
    lido = ler(exportacao.dados)
    assert isinstance(lido, Lido)
    normal = normalizar(lido, tipo)
    return b'<?xml version="1.0" encoding="UTF-8"?>' + _assinador().assinar(normal.xml, tipo).dados


@cache
def documento(tipo: Tipo) -> tuple[bytes, bytes, str]:
    boa = FAZER[tipo](7, agora=AGORA)
    return assinar(boa, tipo), boa.nome, boa.chave


@cache
def cancelamento() -> tuple[bytes, bytes]:
    _, _, chave = documento(Tipo.CTE)
    e = eventos.cancelamento(chave, retornos.protocolo(chave, agora=AGORA), agora=AGORA)
    return assinar(e, Tipo.EVENTO), e.nome


def exigir_valido(dados: bytes, nome: str) -> etree._Element:
    raiz = etree.fromstring(dados)
    esquema = etree.XMLSchema(etree.parse(XSD / f"{nome}_v4.00.xsd"))
    assert esquema.validate(raiz), [e.message for e in esquema.error_log]
    return raiz


def texto(raiz: etree._Element, tag: str) -> str | None:
    return raiz.findtext(f".//{{*}}{tag}")


@pytest.mark.parametrize("tipo", FAZER)
def test_autorizado_e_processado_de_cada_modelo(tipo: Tipo) -> None:
    dados, nome, chave = documento(tipo)
    ret = retornos.autorizado(dados, nome, agora=AGORA)
    raiz = exigir_valido(ret.dados, FAMILIAS[tipo].retorno.value)
    assert ret.nome == f"{chave}-pro-rec.xml".encode()
    assert texto(raiz, "chCTe") == chave
    assert texto(raiz, "digVal") == retornos.ler(dados).digest != ""
    proc = retornos.processado(dados, nome, agora=AGORA)
    raiz = exigir_valido(proc.dados, XSD_PROC[tipo])
    assert etree.QName(raiz).localname == FAMILIAS[tipo].processado.value
    assert dados.removeprefix(b'<?xml version="1.0" encoding="UTF-8"?>') in proc.dados


def test_digest_ausente_ou_outro() -> None:
    dados, nome, _ = documento(Tipo.CTE)
    sem = retornos.autorizado(dados, nome, agora=AGORA, dig_val="")
    outro = retornos.autorizado(dados, nome, agora=AGORA, dig_val="AAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    assert texto(exigir_valido(sem.dados, "retCTe"), "digVal") is None
    assert texto(exigir_valido(outro.dados, "retCTe"), "digVal") == "AAAAAAAAAAAAAAAAAAAAAAAAAAA="


@pytest.mark.parametrize("c_stat", [c for c in retornos.MOTIVOS if c not in {"100", "101"}] + ["777", "1051"])
@pytest.mark.parametrize("com_prot", [False, True])
def test_outros_codigos(c_stat: str, com_prot: bool) -> None:
    dados, nome, chave = documento(Tipo.CTE)
    ret = retornos.rejeitado(dados, nome, agora=AGORA, c_stat=c_stat, com_prot=com_prot)
    raiz = exigir_valido(ret.dados, "retCTe")
    assert texto(raiz, "cStat") == c_stat
    assert texto(raiz, "nProt") is None
    assert texto(raiz, "chCTe") == (chave if com_prot else None)


@pytest.mark.parametrize(
    ("c_stat", "com_chave", "tem_chave"), [("135", False, True), ("220", True, True), ("220", False, False)]
)
def test_resposta_de_evento(c_stat: str, com_chave: bool, tem_chave: bool) -> None:
    dados, nome = cancelamento()
    ret = retornos.evento_respondido(dados, nome, agora=AGORA, c_stat=c_stat, com_chave=com_chave)
    raiz = exigir_valido(ret.dados, "retEventoCTe")
    assert ret.nome.endswith(b"_110111_001-eve.xml")
    assert (texto(raiz, "chCTe") is not None) is tem_chave
    assert (texto(raiz, "nProt") is not None) is (c_stat == "135")


def test_evento_processado() -> None:
    dados, _ = cancelamento()
    proc = retornos.evento_processado(dados, agora=AGORA)
    exigir_valido(proc.dados, "procEventoCTe")
    assert proc.nome.endswith(b"_110111_001-procEventoCTe.xml")


@pytest.mark.parametrize("c_stat", ["100", "101", "217"])
def test_consulta(c_stat: str) -> None:
    """The official schema refuses any retConsSitCTe with an event inside. Only the others are validated."""
    dados, _, chave = documento(Tipo.CTE)
    evento = cancelamento()[0] if c_stat == "101" else None
    pergunta = f"{chave}-ped-sit.xml".encode()
    ret = retornos.consulta(dados, pergunta, agora=AGORA, c_stat=c_stat, evento=evento)
    raiz = etree.fromstring(ret.dados) if evento else exigir_valido(ret.dados, "retConsSitCTe")
    assert ret.nome == f"{chave}-sit.xml".encode()
    assert (raiz.find(".//{*}protCTe") is not None) is (c_stat != "217")
    assert (raiz.find("{*}procEventoCTe") is not None) is (c_stat == "101")


def test_err_do_transmissor() -> None:
    _, nome, chave = documento(Tipo.CTE)
    erro = retornos.erro_do_transmissor(nome, "Falha de conexão")
    assert erro.nome == f"{chave}-pro-rec.err".encode()
    linhas = erro.dados.decode().split("\r\n")
    assert len(linhas) == 9
    assert all("|" in linha for linha in linhas[:-1])
    assert retornos.erro_do_transmissor(b"x-ped-eve.xml", "x").nome == b"x-eve.err"


def test_protocolo_tem_15_posicoes_e_e_do_documento() -> None:
    _, _, chave = documento(Tipo.CTE)
    assert retornos.protocolo(chave, agora=AGORA) == "1" + partes(chave).uf + "26" + "0000000070"
    assert retornos.protocolo(chave, 1, agora=AGORA) != retornos.protocolo(chave, agora=AGORA)


def test_ler_recusa_o_que_nao_tem_chave() -> None:
    with pytest.raises(ValueError, match="chave"):
        retornos.ler(b"<CTe/>")
