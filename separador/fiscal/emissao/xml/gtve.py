"""Writes a decided GTV-e (64)."""

from separador.fiscal.emissao.conhecimento import Conhecimento
from separador.fiscal.emissao.especies.gtve import Guia
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.pessoas import Endereco
from separador.fiscal.emissao.regras.tomador import DESTINATARIO, PROPRIO
from separador.fiscal.emissao.xml.comuns import autorizados, cabeca, compl, emit, envio, instante, pagador, versao
from separador.fiscal.emissao.xml.pedacos import dinheiro, endereco, grupo, participante, tag

_OFFLINE = "2"
JUSTIFICATIVA = "CONTINGENCIA: AUTORIZADOR DA UF INDISPONIVEL"


def corpo(c: Conhecimento, chave: str, numero: int, tp_amb: str) -> str:
    """Returns what is inside of infCte."""
    if c.guia is None:
        raise ValueError("não é uma GTV-e")
    return (
        _ide(c, c.guia.dados, chave, numero, tp_amb)
        + compl(c)
        + emit(c, crt=False)
        + participante("rem", "enderReme", c.partes.remetente, tp_amb)
        + participante("dest", "enderDest", c.partes.destinatario, tp_amb)
        + _endereco("origem", c.guia.origem)
        + _endereco("destino", c.guia.destino)
        + _detalhe(c, c.guia)
        + autorizados(c)
    )


def _ide(c: Conhecimento, gtv: No, chave: str, numero: int, tp_amb: str) -> str:
    contingencia = ""
    if chave[34] == _OFFLINE:
        contingencia = tag("dhCont", instante(c, c.emissao)) + tag("xJust", JUSTIFICATIVA)
    return grupo(
        "ide",
        cabeca(c, chave, numero, tp_amb) + versao() + envio(c),
        tag("indIEToma", c.tomador.ind_ie if c.tomador is not None else ""),
        tag("dhSaidaOrig", instante(c, gtv.data("saida"))) + tag("dhChegadaDest", instante(c, gtv.data("chegada"))),
        _tomador(c) + contingencia,
    )


def _tomador(c: Conhecimento) -> str:
    if c.tomador is None or c.tomador.papel == PROPRIO:
        return pagador(c, "tomaTerceiro", "<toma>4</toma>")
    return f"<toma><toma>{1 if c.tomador.papel == DESTINATARIO else 0}</toma></toma>"


def _endereco(nome: str, e: Endereco | None) -> str:
    return endereco(nome, e, pais=False) if e is not None else ""


def _detalhe(c: Conhecimento, guia: Guia) -> str:
    return grupo(
        "detGTV",
        *(_especie(no) for no in guia.dados.nos("especies")),
        dinheiro("qCarga", guia.dados.numero("quantidade"), 4),
        *(
            grupo("infVeiculo", tag("placa", v.placa), tag("UF", v.uf), tag("RNTRC", c.emitente.rntrc))
            for v in guia.veiculos
        ),
    )


def _especie(no: No) -> str:
    moeda = no.texto("estrangeira")
    return grupo(
        "infEspecie",
        tag("tpEspecie", no.texto("tipo")) + dinheiro("vEspecie", no.numero("valor")),
        f"<tpNumerario>{2 if moeda else 1}</tpNumerario>" + tag("xMoedaEstr", moeda),
    )
