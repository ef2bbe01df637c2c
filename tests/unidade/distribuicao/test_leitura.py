"""Tests retDistDFeInt and its content, none of which is trusted before it is checked."""

import base64
import gzip
import random

import pytest

from separador.capacidades.distribuicao.leitura import (
    LIMITE_DOCUMENTO,
    Lote,
    Pacote,
    classificar,
    descompactar,
    interpretar_lote,
)
from separador.demonstracao import eventos as ev
from separador.demonstracao import retornos as rt
from separador.fiscal.assinatura import Assinador
from separador.fiscal.preparo import ContextoPreparo, Preparado, preparar
from separador.nucleo.erro import Recusa
from tests.unidade.fiscal.gerador import AGORA, NS, chave_cte, cte

PROC = f'<cteProc xmlns="{NS}" versao="4.00">{{}}</cteProc>'


def zipado(xml: bytes) -> str:
    return base64.b64encode(gzip.compress(xml, mtime=0)).decode()


def resposta(*zips: tuple[int, str, str], cstat: str = "138", ult: int = 3, maximo: int = 9) -> bytes:
    lote = "".join(f'<docZip NSU="{n:015d}" schema="{s}">{t}</docZip>' for n, s, t in zips)
    lote = f"<loteDistDFeInt>{lote}</loteDistDFeInt>" if lote else ""
    return (
        f'<retDistDFeInt versao="1.00" xmlns="{NS}"><tpAmb>2</tpAmb><verAplic>x</verAplic><cStat>{cstat}</cStat>'
        f"<xMotivo>m</xMotivo><dhResp>2026-11-20T12:00:00</dhResp><ultNSU>{ult:015d}</ultNSU>"
        f"<maxNSU>{maximo:015d}</maxNSU>{lote}</retDistDFeInt>"
    ).encode()


def lote(dados: bytes) -> Lote:
    lido = interpretar_lote(dados)
    assert isinstance(lido, Lote), lido
    return lido


@pytest.fixture(scope="module")
def processado(contexto: ContextoPreparo) -> bytes:
    p = preparar(cte().encode(), contexto)
    assert isinstance(p, Preparado)
    return rt.processado(p.assinado, b"x-cte.xml", agora=AGORA).dados


@pytest.fixture(scope="module")
def evento(assinador: Assinador, contexto: ContextoPreparo) -> bytes:
    e = ev.cancelamento(chave_cte(), "135260000000001", agora=AGORA)
    p = preparar(e.dados, contexto)
    assert isinstance(p, Preparado)
    return rt.evento_processado(p.assinado, agora=AGORA).dados


@pytest.mark.requisito("SEFAZ-07")
def test_lote_com_documento_e_evento(processado: bytes, evento: bytes) -> None:
    lido = lote(resposta((2, "procCTe_v4.00.xsd", zipado(processado)), (3, "procEventoCTe_v4.00.xsd", zipado(evento))))
    assert (lido.cstat, lido.ult_nsu, lido.max_nsu, lido.tp_amb) == ("138", 3, 9, "2")
    assert [p.conteudo for p in lido.pacotes] == [processado, evento]
    documento, outro = (classificar(p) for p in lido.pacotes)
    assert documento.nome.inteiro == f"{chave_cte()}-procCTe.xml".encode()
    assert (documento.especie, documento.mes) == ("documento", "2026-11")
    assert outro.nome.inteiro == f"{chave_cte()}_110111_001-procEventoCTe.xml".encode()
    assert (outro.tp_evento, outro.n_seq) == ("110111", 1)


def test_prefixo_e_envelope_nao_importam(processado: bytes) -> None:
    dados = resposta((2, "procCTe_v4.00.xsd", zipado(processado)))
    prefixado = dados.replace(b"<retDistDFeInt", b"<d:retDistDFeInt").replace(b"</retDistDFeInt", b"</d:retDistDFeInt")
    prefixado = prefixado.replace(b" xmlns=", f' xmlns="{NS}" xmlns:d='.encode(), 1)
    assert lote(b"<cteDistDFeInteresseResult>" + prefixado + b"</cteDistDFeInteresseResult>").pacotes[0].nsu == 2


def test_nada_encontrado() -> None:
    assert lote(resposta(cstat="137", ult=9)).pacotes == ()


@pytest.mark.parametrize(
    "dados",
    [b"", b"<html><body>proxy</body></html>", b"<retDistDFeInt/>", b"<!DOCTYPE a><retDistDFeInt/>"],
)
def test_o_que_nao_e_resposta_e_valor(dados: bytes) -> None:
    assert isinstance(interpretar_lote(dados), Recusa)


def test_nsu_impossivel_recusa_o_lote() -> None:
    assert isinstance(interpretar_lote(resposta((1, "x", "")).replace(b'NSU="000000000000001"', b'NSU="../1"')), Recusa)


class TestDefeito:
    @pytest.mark.parametrize(
        ("texto", "porque"),
        [
            ("não é", "base64"),
            (base64.b64encode(b"nada").decode(), "gzip"),
            (zipado(b"<a/>")[:-8], "incompleto"),
            (
                base64.b64encode(gzip.compress(b"<a>" + b" " * LIMITE_DOCUMENTO * 4 + b"</a>", mtime=0)).decode(),
                "passa de",
            ),
        ],
    )
    def test_um_ruim_nao_impede_os_outros(self, texto: str, porque: str, processado: bytes) -> None:
        lido = lote(resposta((1, "procCTe_v4.00.xsd", texto), (2, "procCTe_v4.00.xsd", zipado(processado))))
        ruim, bom = (classificar(p) for p in lido.pacotes)
        assert porque in (ruim.defeito or "")
        assert ruim.nome.inteiro == b"000000000000001-procCTe_v4.00.bruto"
        assert lido.pacotes[0].conteudo == texto.encode()
        assert bom.especie == "documento"

    def test_bomba_nao_enche_a_memoria(self) -> None:
        bomba = base64.b64encode(gzip.compress(b"\0" * 200 * 2**20, 9, mtime=0))
        assert "passa de" in descompactar(bomba)  # type: ignore[operator]

    def test_esquema_desconhecido_guarda_o_nome(self) -> None:
        c = classificar(Pacote(7, "../../etc/res Novo_v9.xsd", b"<resNovo/>"))
        assert c.nome.inteiro == b"000000000000007-etc_res_Novo_v9.xml"
        assert "resNovo" in (c.defeito or "")

    @pytest.mark.parametrize("chave", ["../x", "", chave_cte(2)])
    def test_chave_que_falta_ou_contradiz(self, chave: str, processado: bytes) -> None:
        antes = f"<chCTe>{chave_cte()}</chCTe>".encode()
        assert antes in processado
        c = classificar(Pacote(7, "procCTe", processado.replace(antes, f"<chCTe>{chave}</chCTe>".encode())))
        assert (c.especie == "outro") == (chave != "")

    @pytest.mark.parametrize("ruim", [b"<tpEvento>11/111</tpEvento>", b"<tpEvento></tpEvento>"])
    def test_evento_sem_tipo(self, ruim: bytes, evento: bytes) -> None:
        c = classificar(Pacote(7, "procEventoCTe", evento.replace(b"<tpEvento>110111</tpEvento>", ruim)))
        assert c.especie == "outro"


@pytest.mark.parametrize("semente", range(40))
def test_estragos_ao_acaso_sao_valores(semente: int, processado: bytes, evento: bytes) -> None:
    """Nothing here raises, whatever the network does to an answer and whatever is in a document."""
    acaso = random.Random(semente)
    documentos = [_estragar(acaso, d) if acaso.random() < 0.7 else d for d in (processado, evento)]
    dados = resposta(*((n, "procCTe_v4.00.xsd", zipado(d)) for n, d in enumerate(documentos, 1)))
    lido = interpretar_lote(_estragar(acaso, dados) if semente % 2 else dados)
    for pacote in lido.pacotes if isinstance(lido, Lote) else ():
        c = classificar(pacote)
        assert b"/" not in c.nome.inteiro
        assert c.especie != "outro" or c.defeito


def _estragar(acaso: random.Random, dados: bytes) -> bytes:
    """Returns the bytes cut, repeated, or with some of them changed."""
    i, j = sorted(acaso.randrange(len(dados)) for _ in range(2))
    jeito = acaso.randrange(4)
    if jeito == 0:
        return dados[:j]
    if jeito == 1:
        return dados[:i] + dados[j:]
    if jeito == 2:
        return dados[:j] + dados[i:]
    mudado = bytearray(dados)
    for _ in range(acaso.randrange(1, 8)):
        mudado[acaso.randrange(len(mudado))] = acaso.randrange(256)
    return bytes(mudado)
