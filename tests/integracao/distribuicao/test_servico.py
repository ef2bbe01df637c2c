"""Tests the distribution through the running service. At the other end is the local SEFAZ, or a double of the client
that gives the answers of a bad day."""

import base64
import gzip
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from separador.banco import falhas
from separador.capacidades.distribuicao.servico import agenda, respostas
from separador.capacidades.sefaz.rede.porta import Chamada, Desconhecida, NaoEnviada, Respondida, Resultado, Servico
from separador.capacidades.sefaz.servico.passo import Transmissao
from separador.demonstracao import eventos as ev
from separador.demonstracao import retornos as rt
from separador.demonstracao.empresas import DESTINATARIO_RJ, EMITENTE, REMETENTE_SP
from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Certificado
from separador.fiscal.preparo import ContextoPreparo, Preparado, preparar
from separador.motor.desfecho import entrega, transacao
from separador.nucleo.tipo import Tipo
from separador.programa import grupo
from tests.apoio.certificados import carregar_pfx
from tests.apoio.instalacao import AGORA, SENHA, pasta_rapida, pfx
from tests.apoio.instalacao_em_rede import AUTORIZADO, InstalacaoEmRede
from tests.unidade.fiscal.gerador import NS
from tests.unidade.fiscal.gerador import cte as cte_generico

DISTRIBUICAO = {"distribuicao": {"destino": "outbox/terceiros"}}
HORA = 3600.0 + respostas.ACASO_S


@pytest.fixture
def fazer(tmp_path: Path) -> Iterator[Callable[..., InstalacaoEmRede]]:
    with pasta_rapida(tmp_path) as pasta, ExitStack() as pilha:

        def criar(*falhas_da_sefaz: Any, **opcoes: Any) -> InstalacaoEmRede:
            opcoes = {"sefaz_config": DISTRIBUICAO, "empresas": (EMITENTE, REMETENTE_SP)} | opcoes
            return pilha.enter_context(InstalacaoEmRede(pasta, *falhas_da_sefaz, **opcoes))

        yield criar


def terceiros(instalacao: InstalacaoEmRede) -> dict[str, bytes]:
    """Returns what is filed: AAAA-MM/name → bytes."""
    raiz = instalacao.pasta / "outbox/terceiros"
    return {str(p.relative_to(raiz)): p.read_bytes() for p in sorted(raiz.glob("[!.]*/*")) if p.is_file()}


def livro(instalacao: InstalacaoEmRede, cnpj: str = REMETENTE_SP.cnpj) -> dict[str, Any]:
    linha = instalacao.banco.uma("SELECT * FROM nsu WHERE cnpj = ?", cnpj)
    assert linha is not None
    return dict(linha)


def codigos(instalacao: InstalacaoEmRede) -> list[str]:
    return [f["codigo"] for f in falhas.abertas(instalacao.banco)]


# --- against the local SEFAZ ------------------------------------------------------------------------------------


@pytest.mark.requisito("SEFAZ-07", "SEFAZ-01")
def test_documento_e_evento_chegam_a_pasta_do_interessado(fazer: Callable[..., InstalacaoEmRede]) -> None:
    instalacao = fazer()
    e = instalacao.exportar(1)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    instalacao.passar(HORA + 1)
    (nome,) = terceiros(instalacao)
    assert nome == f"2026-11/{e.chave}-procCTe.xml"
    assert livro(instalacao)["ult_nsu"] == livro(instalacao)["max_nsu"] > 0
    instalacao.soltar(3, "canc.json", ev.pedido("cancelar", e.chave, motivo="VALOR DO FRETE DIGITADO ERRADO").dados)
    instalacao.passar(HORA + 1)
    assert sorted(terceiros(instalacao)) == [nome, f"2026-11/{e.chave}_110111_001-procEventoCTe.xml"]
    assert not codigos(instalacao)


@pytest.mark.requisito("SEFAZ-07")
def test_espera_uma_hora_depois_de_137(fazer: Callable[..., InstalacaoEmRede]) -> None:
    """The local SEFAZ answers 656 to a caller that does not wait."""
    instalacao = fazer()
    for _ in range(12):
        instalacao.passar(900.0)
    cstats = [c["cstat"] for c in instalacao.sefaz.chamadas("distribuicao")]
    assert cstats
    assert set(cstats) == {"137"}
    assert len(cstats) == 2 * 3, "duas empresas, três horas"


@pytest.mark.requisito("SEFAZ-07")
def test_656_descansa_uma_hora_e_aparece(fazer: Callable[..., InstalacaoEmRede]) -> None:
    instalacao = fazer(
        {"falha": "cstat", "cstat": "656", "servico": "distribuicao", "vezes": 1}, empresas=(REMETENTE_SP,)
    )
    instalacao.rodar()
    assert "SEP-CONSUMO-INDEVIDO" in codigos(instalacao)
    antes = len(instalacao.sefaz.chamadas("distribuicao"))
    instalacao.passar(1800.0)
    assert len(instalacao.sefaz.chamadas("distribuicao")) == antes
    instalacao.reabrir()
    instalacao.passar(900.0)
    assert len(instalacao.sefaz.chamadas("distribuicao")) == antes, "a espera sobrevive ao reinício"
    instalacao.passar(HORA)
    assert len(instalacao.sefaz.chamadas("distribuicao")) == antes + 1
    assert not codigos(instalacao)


# --- against a double -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def assinador() -> Assinador:
    lido = carregar_pfx(pfx(), SENHA.encode())
    assert isinstance(lido, Certificado)
    return Assinador(lido)


def processado(assinador: Assinador, numero: int) -> bytes:
    """Returns a document of third parties, signed and authorised."""
    p = preparar(cte_generico(numero=numero).encode(), ContextoPreparo("2", AGORA, {EMITENTE.cnpj: assinador}))
    assert isinstance(p, Preparado), p
    return rt.processado(p.assinado, b"x-cte.xml", agora=AGORA).dados


class Nacional:
    """The national environment, with its documents by NSU. `estragos` maps an NSU to another docZip text. `faltam`
    holds the NSU that no lot has."""

    def __init__(self, documentos: dict[int, bytes], *, por_lote: int = 50) -> None:
        self.documentos = documentos
        self.por_lote = por_lote
        self.estragos: dict[int, str] = {}
        self.faltam: set[int] = set()
        self.perguntas: list[str] = []
        self.avulsas: list[Resultado] = []

    def chamar(self, chamada: Chamada) -> Resultado:
        assert chamada.servico is Servico.DISTRIBUICAO
        corpo = chamada.corpo.decode()
        um, ult = re.search(r"<NSU>(\d+)<", corpo), re.search(r"<ultNSU>(\d+)<", corpo)
        self.perguntas.append(f"nsu {int(um[1])}" if um else f"ult {int(ult[1])}" if ult else "?")
        if self.avulsas:
            return self.avulsas.pop(0)
        if um:
            return self._responder([n for n in self.documentos if n == int(um[1])], int(um[1]))
        desde = int(ult[1]) if ult else 0
        lote = [n for n in sorted(self.documentos) if n > desde][: self.por_lote]
        return self._responder([n for n in lote if n not in self.faltam], max(lote, default=desde))

    def _responder(self, nsus: list[int], ult: int) -> Resultado:
        zips = "".join(f'<docZip NSU="{n:015d}" schema="procCTe_v4.00.xsd">{self._zip(n)}</docZip>' for n in nsus)
        cstat = "138" if nsus else "137"
        xml = (
            f'<retDistDFeInt xmlns="{NS}" versao="1.00"><tpAmb>2</tpAmb><verAplic>d</verAplic><cStat>{cstat}</cStat>'
            f"<xMotivo>m</xMotivo><dhResp>2026-11-20T12:00:00</dhResp><ultNSU>{ult:015d}</ultNSU>"
            f"<maxNSU>{max(self.documentos, default=0):015d}</maxNSU>"
            + (f"<loteDistDFeInt>{zips}</loteDistDFeInt>" if zips else "")
            + "</retDistDFeInt>"
        ).encode()
        return Respondida(xml, xml, 1.0)

    def _zip(self, nsu: int) -> str:
        return self.estragos.get(nsu) or base64.b64encode(gzip.compress(self.documentos[nsu])).decode()


@pytest.fixture
def nacional(assinador: Assinador) -> Nacional:
    return Nacional({10 + i: processado(assinador, 100 + i) for i in range(4)})


def so_remetente(fazer: Callable[..., InstalacaoEmRede], nacional: Nacional, **opcoes: Any) -> InstalacaoEmRede:
    return fazer(porta=nacional, empresas=(REMETENTE_SP,), **opcoes)


@pytest.mark.requisito("SEFAZ-07")
def test_segue_ate_o_maximo_e_para(fazer: Callable[..., InstalacaoEmRede], nacional: Nacional) -> None:
    nacional.por_lote = 2
    instalacao = so_remetente(fazer, nacional)
    instalacao.rodar()
    assert nacional.perguntas == ["ult 0", "ult 11"]
    assert len(terceiros(instalacao)) == 4
    assert (livro(instalacao)["ult_nsu"], livro(instalacao)["max_nsu"]) == (13, 13)
    instalacao.passar(HORA + 2)
    assert nacional.perguntas[2:] == ["ult 13"]
    assert not instalacao.banco.todas("SELECT 1 FROM transmissao WHERE bruto IS NOT NULL"), "nada fica em dois lugares"


@pytest.mark.requisito("SEFAZ-07")
def test_um_documento_ruim_nao_impede_os_outros(fazer: Callable[..., InstalacaoEmRede], nacional: Nacional) -> None:
    nacional.estragos[11] = "não é base64"
    instalacao = so_remetente(fazer, nacional)
    instalacao.rodar()
    nomes = sorted(terceiros(instalacao))
    assert len(nomes) == 4
    assert "2026-11/000000000000011-procCTe_v4.00.bruto" in nomes
    assert terceiros(instalacao)["2026-11/000000000000011-procCTe_v4.00.bruto"] == "não é base64".encode()
    assert codigos(instalacao) == ["SEP-DIST-DOCUMENTO"]
    assert livro(instalacao)["ult_nsu"] == 13
    nacional.estragos.clear()
    instalacao.passar(HORA + 2)
    assert "nsu 11" in nacional.perguntas
    assert not codigos(instalacao)
    assert len([n for n in terceiros(instalacao) if n.endswith("-procCTe.xml")]) == 4


@pytest.mark.requisito("SEFAZ-07")
def test_numero_que_falta_e_pedido_um_a_um(fazer: Callable[..., InstalacaoEmRede], nacional: Nacional) -> None:
    nacional.faltam = {11, 12}
    instalacao = so_remetente(fazer, nacional)
    instalacao.rodar()
    assert set(nacional.perguntas) == {"ult 0", "nsu 11", "nsu 12"}
    assert len(terceiros(instalacao)) == 4
    assert livro(instalacao)["ult_nsu"] == 13
    assert not codigos(instalacao)


def test_numero_que_nao_existe_cansa(fazer: Callable[..., InstalacaoEmRede], nacional: Nacional) -> None:
    del nacional.documentos[12]
    instalacao = so_remetente(fazer, nacional)
    for _ in range(6):
        instalacao.passar(HORA + 2)
    assert nacional.perguntas.count("nsu 12") == 3
    falta = instalacao.banco.uma("SELECT estado FROM nsu_falta WHERE nsu = 12")
    assert falta is not None
    assert falta["estado"] == "inexistente"


def test_o_mesmo_documento_para_duas_empresas_e_um_arquivo(
    fazer: Callable[..., InstalacaoEmRede], nacional: Nacional
) -> None:
    instalacao = fazer(porta=nacional, empresas=(REMETENTE_SP, DESTINATARIO_RJ))
    instalacao.rodar()
    assert len(terceiros(instalacao)) == 4
    assert livro(instalacao, DESTINATARIO_RJ.cnpj)["ult_nsu"] == 13
    repetidos = instalacao.banco.uma("SELECT count(*) AS n FROM distribuido WHERE estado = 'repetido'")
    assert repetidos is not None
    assert repetidos["n"] == 4


@pytest.mark.parametrize(
    "resultado",
    [
        Desconhecida("tempo esgotado"),
        NaoEnviada("conexão", "recusada"),
        Respondida(b"<html/>", b"<html>proxy</html>", 1.0),
        Respondida(b"", f'<retDistDFeInt xmlns="{NS}"><cStat>999</cStat></retDistDFeInt>'.encode(), 1.0),
    ],
)
def test_dia_ruim_nao_move_o_numero(
    fazer: Callable[..., InstalacaoEmRede], nacional: Nacional, resultado: Resultado
) -> None:
    nacional.avulsas.append(resultado)
    instalacao = so_remetente(fazer, nacional)
    instalacao.rodar()
    for _ in range(5):
        instalacao.passar(HORA / 3)
    assert set(nacional.perguntas[:2]) == {"ult 0"}
    assert livro(instalacao)["ult_nsu"] == 13
    assert len(terceiros(instalacao)) == 4
    assert not codigos(instalacao)


def test_empresa_sem_certificado_aparece_e_as_outras_seguem(
    fazer: Callable[..., InstalacaoEmRede], nacional: Nacional
) -> None:
    instalacao = fazer(porta=nacional, empresas=(REMETENTE_SP, DESTINATARIO_RJ))
    instalacao.rodar()
    (instalacao.config.parent / f"{REMETENTE_SP.cnpj}.pfx").unlink()
    nacional.documentos[14] = b"<x/>"
    instalacao.passar(HORA + 60)
    assert livro(instalacao, DESTINATARIO_RJ.cnpj)["ult_nsu"] == 14
    assert livro(instalacao)["ult_nsu"] == 13
    assert "SEP-TRANSMISSAO-CERTIFICADO" in codigos(instalacao)
    instalacao.por_certificado(REMETENTE_SP)
    instalacao.passar(60.0)
    assert livro(instalacao)["ult_nsu"] == 14


def test_por_ordem_sem_configuracao_vai_ate_o_fim(fazer: Callable[..., InstalacaoEmRede], nacional: Nacional) -> None:
    nacional.por_lote = 1
    instalacao = so_remetente(fazer, nacional, sefaz_config={})
    instalacao.passar(HORA + 2)
    assert nacional.perguntas == []
    ordem = instalacao.ordenar("distribuir", "")
    assert ordem["estado"] == "feita"
    instalacao.rodar()
    assert livro(instalacao)["ult_nsu"] == 13
    assert len(terceiros(instalacao)) == 4
    instalacao.passar(HORA + 2)
    assert len(nacional.perguntas) == 4, "uma ordem é uma vez só"
    assert instalacao.ordenar("distribuir", REMETENTE_SP.cnpj)["estado"] == "feita"
    assert nacional.perguntas[-1] == "ult 13"
    negada = instalacao.ordenar("distribuir", REMETENTE_SP.cnpj)
    assert (negada["estado"], negada["codigo"]) == ("recusada", "SEP-DIST-ESPERA")
    assert "uma hora" in negada["mensagem"]


def test_numeros_da_sefaz_desta_maquina_sao_so_dela(fazer: Callable[..., InstalacaoEmRede], nacional: Nacional) -> None:
    instalacao = so_remetente(fazer, nacional)
    instalacao.rodar()
    assert livro(instalacao)["ult_nsu"] == 13
    instalacao.gravar_config(ambiente="homologacao", transmissao="pasta")
    instalacao.passar(5.0)
    assert nacional.perguntas[-1] == "ult 0"


# --- about documents of ours ------------------------------------------------------------------------------------


def evento_de(assinador: Assinador, chave: str, tipo: str, detalhe: str, autor: str) -> bytes:
    """Returns a registered event of somebody else about a key. The signature of its author is not tested here."""
    e = ev.evento(chave, tipo, detalhe, agora=AGORA, autor=autor)
    assinado = assinador.assinar(e.dados.removeprefix(b'<?xml version="1.0" encoding="UTF-8"?>'), Tipo.EVENTO).dados
    return rt.evento_processado(assinado, agora=AGORA).dados


DESACORDO = (
    "<evPrestDesacordo><descEvento>Prestacao do Servico em Desacordo</descEvento><indDesacordoOper>1"
    "</indDesacordoOper><xObs>VALOR DIFERENTE DO COMBINADO</xObs></evPrestDesacordo>"
)


@pytest.mark.requisito("SEFAZ-07", "CTE-16")
def test_eventos_sobre_os_nossos_sao_aplicados_e_entregues(
    fazer: Callable[..., InstalacaoEmRede], assinador: Assinador
) -> None:
    nacional = Nacional({})
    instalacao = fazer(porta=nacional, empresas=(EMITENTE,), transmissao="pasta")
    e = instalacao.autorizado(7)
    nacional.documentos = {
        21: evento_de(assinador, e.chave, "610110", DESACORDO, REMETENTE_SP.cnpj),
        22: evento_de(assinador, "35" + e.chave[2:], "310610", "<evCTeAutorizadoMDFe/>", EMITENTE.cnpj),
    }
    instalacao.passar(HORA + 2)
    linhas = {
        r["tp_evento"]: r["estado"] for r in instalacao.banco.todas("SELECT * FROM evento WHERE chave = ?", e.chave)
    }
    assert linhas["610110"] == "aceito"
    assert instalacao.situacao(e.chave) == AUTORIZADO
    nome = f"{e.chave}_610110_001-procEventoCTe.xml"
    assert f"2026-11/{nome}" in terceiros(instalacao)
    assert nome in instalacao.nomes(2), "o WMS também o recebe"
    assert livro(instalacao, EMITENTE.cnpj)["ult_nsu"] == 22


@pytest.mark.requisito("SEFAZ-07", "CTE-14")
def test_assinatura_errada_e_guardada_e_nao_aplicada(
    fazer: Callable[..., InstalacaoEmRede], assinador: Assinador
) -> None:
    nacional = Nacional({})
    instalacao = fazer(porta=nacional, empresas=(EMITENTE,), transmissao="pasta")
    e = instalacao.autorizado(7)
    bom = evento_de(assinador, e.chave, "110111", "<evCancCTe><descEvento>Cancelamento</descEvento></evCancCTe>", "1")
    nacional.documentos = {21: bom.replace(b"<nSeqEvento>1<", b"<nSeqEvento>2<", 1)}
    instalacao.passar(HORA + 2)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert codigos(instalacao) == ["SEP-DIST-DOCUMENTO"]
    assert len(terceiros(instalacao)) == 1


def test_esquema_desconhecido_fica_guardado_e_aparece(
    fazer: Callable[..., InstalacaoEmRede], nacional: Nacional
) -> None:
    nacional.documentos[12] = b"<resNovo xmlns='urn:x'/>"
    instalacao = so_remetente(fazer, nacional)
    instalacao.rodar()
    instalacao.passar(HORA + 2)
    assert terceiros(instalacao)["2026-11/000000000000012-procCTe_v4.00.xml"] == b"<resNovo xmlns='urn:x'/>"
    assert codigos(instalacao) == ["SEP-DIST-DOCUMENTO"]
    assert "nsu 12" not in nacional.perguntas


def test_pasta_que_falha_segura_o_numero(fazer: Callable[..., InstalacaoEmRede], nacional: Nacional) -> None:
    instalacao = so_remetente(fazer, nacional)
    raiz = instalacao.pasta / "outbox/terceiros"
    raiz.parent.mkdir(exist_ok=True)
    raiz.write_bytes(b"um arquivo no lugar da pasta")
    for _ in range(30):
        if not instalacao.ciclo.passo():
            wait([instalacao.ciclo.sinal.fileno()], timeout=0.05 if instalacao.ciclo.parte(Transmissao).em_voo else 0)
            instalacao.ponteiros.passar(0.5)
    assert livro(instalacao)["ult_nsu"] == 0
    assert codigos(instalacao)
    raiz.unlink()
    for _ in range(3):
        instalacao.passar(60.0)
    assert len(terceiros(instalacao)) == 4
    assert livro(instalacao)["ult_nsu"] == 13


# --- crashes between the file and the number --------------------------------------------------------------------

PONTOS = {
    "antes de aplicar a resposta": (respostas, "interpretar_lote"),
    "depois de gravar, antes de publicar": (transacao, "publicar_pendentes"),
    "no meio da publicação": (entrega, "_firmar"),
    "depois de publicar, antes de confirmar": (entrega, "_confirmar"),
    "antes de avançar o número": (agenda.tabela_de_nsu, "avancar"),
}


class MorreuError(BaseException):
    """Stands for SIGKILL: nothing in the program may catch it."""


def _morrer(*_: Any, **__: Any) -> None:
    raise MorreuError


@pytest.mark.requisito("SEFAZ-07")
@pytest.mark.parametrize("ponto", PONTOS)
def test_morte_entre_o_arquivo_e_o_numero(
    ponto: str, fazer: Callable[..., InstalacaoEmRede], nacional: Nacional, monkeypatch: pytest.MonkeyPatch
) -> None:
    instalacao = so_remetente(fazer, nacional)
    modulo, nome = PONTOS[ponto]
    with monkeypatch.context() as m:
        m.setattr(modulo, nome, _morrer)
        with pytest.raises(MorreuError):
            instalacao.rodar()
    instalacao.morrer()
    levado = sorted(terceiros(instalacao))[:1]
    for um in levado:  # its reader takes a file between the two commits
        (instalacao.pasta / "outbox/terceiros" / um).unlink()
    instalacao.abrir()
    instalacao.rodar()
    vieram = levado + sorted(terceiros(instalacao))
    assert len(vieram) == len(set(vieram)) == 4
    assert livro(instalacao)["ult_nsu"] == 13
    assert not [p for p in (instalacao.pasta / "outbox/terceiros").rglob("*.s*") if p.is_file()]


@pytest.mark.requisito("FRO-03", "SEFAZ-07")
def test_documento_que_nao_se_sabe_se_saiu_e_pedido_de_novo_pelo_numero(
    fazer: Callable[..., InstalacaoEmRede], nacional: Nacional, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The corner with the staged documents is gone: nobody can tell whether they were filed."""
    instalacao = so_remetente(fazer, nacional)
    with monkeypatch.context() as m:
        m.setattr(transacao, "publicar_pendentes", _morrer)
        with pytest.raises(MorreuError):
            instalacao.rodar()
    instalacao.morrer()
    shutil.rmtree(instalacao.pasta / "outbox/terceiros/.separador")
    feito = CliRunner().invoke(grupo, ["--config", str(instalacao.config), "init", "--secao", "distribuicao"])
    assert feito.exit_code == 0, feito.output

    instalacao.abrir()
    for _ in range(5):
        instalacao.passar(HORA)
    assert len(terceiros(instalacao)) == 4
    assert sorted(p for p in nacional.perguntas if p.startswith("nsu ")) == [f"nsu {n}" for n in range(10, 14)]
    assert set(codigos(instalacao)) == {"SEP-TOMADA"}
    fazer_isto = [f["o_que_fazer"] for f in falhas.abertas(instalacao.banco)]
    assert all("a SEFAZ é perguntada de novo (NSU 1" in f for f in fazer_isto)
