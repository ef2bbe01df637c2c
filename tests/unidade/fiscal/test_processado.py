"""Tests processed documents: byte-exact around what was signed, valid against their schema."""

import pytest

from separador.fiscal.assinatura import Assinador
from separador.fiscal.leitura import reler
from separador.fiscal.nomes import DECLARACAO
from separador.fiscal.processado import montar_documento, montar_evento, montar_retorno, validar_arquivo
from separador.fiscal.retornos import Retorno, interpretar
from separador.fiscal.verificacao import Verificada, verificar
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import FAMILIAS, Tipo
from tests.apoio.amostras import ouro
from tests.unidade.fiscal.gerador import cte
from tests.unidade.fiscal.test_retornos_sefaz import PROT


@pytest.mark.requisito("CTE-15")
def test_cteproc_de_ouro_byte_por_byte() -> None:
    assinado = ouro("cte.xml").removeprefix(DECLARACAO)
    retorno = interpretar(ouro("retCTe.xml"))
    assert isinstance(retorno, Retorno)
    prot = retorno.respostas[0].prot
    assert prot is not None
    montado = montar_documento(assinado, prot, Tipo.CTE)
    assert montado == ouro("cteProc.xml")
    assert validar_arquivo(montado) == []


@pytest.mark.requisito("CTE-15")
def test_evento_processado_de_ouro_byte_por_byte() -> None:
    partes = [ouro(n).removeprefix(DECLARACAO) for n in ("eventoCTe.xml", "retEventoCTe.xml")]
    montado = montar_evento(*partes)
    assert montado == ouro("procEventoCTe.xml")
    assert validar_arquivo(montado) == []


def test_retorno_sintetico_e_o_que_a_sefaz_teria_mandado() -> None:
    montado = montar_retorno(PROT.encode(), Tipo.CTE)
    assert montado == ouro("retCTe.xml")
    assert validar_arquivo(montado) == []
    assert isinstance(interpretar(montado), Retorno)


@pytest.mark.requisito("CTE-15")
@pytest.mark.parametrize("obs", ["acentuação ç", "A &amp; B &#233;", "<![CDATA[<b>]]>", "aspas &quot;'"])
def test_assinado_entra_sem_um_byte_a_mais(obs: str, assinador: Assinador) -> None:
    assinado = assinador.assinar(cte(obs=obs).encode(), Tipo.CTE).dados
    montado = montar_documento(assinado, PROT.encode(), Tipo.CTE)
    assert montado.count(assinado) == 1
    retorno = interpretar(montado)
    assert isinstance(retorno, Retorno)
    assert retorno.respostas[0].documento == assinado
    assert isinstance(verificar(retorno.respostas[0].documento), Verificada)


@pytest.mark.parametrize("tipo", FAMILIAS)
def test_raiz_de_cada_modelo(tipo: Tipo) -> None:
    assert reler(montar_documento(b"", b"", tipo)).tag.endswith(f"}}{FAMILIAS[tipo].processado}")
    assert reler(montar_retorno(PROT.encode(), tipo)).tag.endswith(f"}}{FAMILIAS[tipo].retorno}")


def test_processado_ruim_e_dito(assinador: Assinador) -> None:
    assinado = assinador.assinar(cte().encode(), Tipo.CTE).dados
    ruim = montar_documento(assinado, PROT.replace("135260000000001", "1").encode(), Tipo.CTE)
    assert [e.tag for e in validar_arquivo(ruim)] == ["nProt"]


def test_arquivo_que_nao_e_xml() -> None:
    assert [e.codigo for e in validar_arquivo(b"x")] == ["243"]
    with pytest.raises(ValueError, match="NFe"):
        validar_arquivo(b"<NFe/>")
    assert not isinstance(interpretar(ouro("retCTe.xml")), Recusa)
