"""Draws the plain DACTE: CT-e OS, CT-e Simplificado, GTV-e, and a CT-e that the ready-made layout does not know.

Boxes and fields are those of Anexo II, sections 3 and 4, in their order. The manual's model pages do not show the
Simplificado and the GTV-e; these follow the same order with their own groups.
"""

from lxml import etree

from separador.capacidades.dacte.papel import quadros
from separador.capacidades.dacte.papel import textos as t
from separador.capacidades.dacte.papel.conteudo import Conteudo, filhos, texto
from separador.capacidades.dacte.papel.folha import Cabecalho, Campo, Folha
from separador.nucleo.tipo import Tipo

_TITULOS = {
    Tipo.CTE: ("DACTE", "Documento Auxiliar do Conhecimento de Transporte Eletrônico"),
    Tipo.CTE_SIMP: ("DACTE", "Documento Auxiliar do Conhecimento de Transporte Eletrônico Simplificado"),
    Tipo.CTE_OS: ("DACTE OS", "Documento Auxiliar do Conhecimento de Transporte Eletrônico para Outros Serviços"),
    Tipo.GTVE: ("DAGTV-e", "Documento Auxiliar da Guia de Transporte de Valores Eletrônica"),
}
_PARTES = (("rem", "REMETENTE"), ("dest", "DESTINATÁRIO"), ("exped", "EXPEDIDOR"), ("receb", "RECEBEDOR"))


def imprimir(c: Conteudo) -> bytes:
    """Returns the PDF."""
    folha = Folha(_cabecalho(c))
    if c.recebido_em is not None:
        folha.set_creation_date(c.recebido_em)
    _prestacao(folha, c)
    for no, titulo in _PARTES:
        _parte(folha, titulo, c.inf.find(f"{{*}}{no}"))
    _tomador(folha, c)
    quadros.servico_e_carga(folha, c)
    quadros.valores(folha, c)
    quadros.entregas(folha, c)
    quadros.valores_transportados(folha, c)
    quadros.documentos(folha, c)
    folha.texto("OBSERVAÇÕES GERAIS", c.observacoes)
    _seguro(folha, c)
    _modal(folha, c)
    folha.texto("USO EXCLUSIVO DO EMISSOR DO CT-e", c.do_emissor)
    fisco = (texto(f, "xTexto") for f in filhos(c.inf, "compl/ObsFisco"))
    folha.texto("RESERVADO AO FISCO", fisco)
    return bytes(folha.output())


def _cabecalho(c: Conteudo) -> Cabecalho:
    emitente = c.inf.find("{*}emit")
    linhas = (
        texto(emitente, "xNome"),
        f"CNPJ/CPF {t.documento(_documento(emitente))}   IE {texto(emitente, 'IE')}",
        *_endereco(emitente, "enderEmit"),
    )
    identificacao = (
        Campo("MODAL", t.MODAIS.get(c.t("ide/modal"), c.t("ide/modal")), 2),
        Campo("MODELO", c.t("ide/mod"), 1),
        Campo("SÉRIE", c.t("ide/serie"), 1),
        Campo("NÚMERO", c.t("ide/nCT"), 2),
        Campo("DATA E HORA DE EMISSÃO", t.momento(c.t("ide/dhEmi")), 3),
        Campo("SUFRAMA DO DESTINATÁRIO", c.t("dest/ISUF"), 2),
    )
    protocolo = f"{c.protocolo} {t.momento(texto(c.prot, 'dhRecbto'))}"
    return Cabecalho(*_TITULOS[c.tipo], linhas, identificacao, c.chave, protocolo, c.qr, marca_dagua(c), c.homologacao)


def marca_dagua(c: Conteudo) -> str:
    """Returns what is written across every sheet; "" for a document in force."""
    return "CANCELADO" if c.extras.cancelado else "SEM VALOR FISCAL" if c.homologacao else ""


def _documento(no: etree._Element | None) -> str:
    return texto(no, "CNPJ") or texto(no, "CPF")


def _endereco(no: etree._Element | None, ender: str) -> tuple[str, ...]:
    e = no.find(f"{{*}}{ender}") if no is not None else None
    rua = ", ".join(filter(None, (texto(e, "xLgr"), texto(e, "nro"), texto(e, "xCpl"), texto(e, "xBairro"))))
    cidade = f"{texto(e, 'xMun')} - {texto(e, 'UF')}   CEP {t.cep(texto(e, 'CEP'))}"
    telefone = texto(e, "fone") or texto(no, "fone")
    return (rua, cidade, f"Fone {t.fone(telefone)}" if telefone else "")


def _prestacao(folha: Folha, c: Conteudo) -> None:
    percurso = " ".join(texto(p, "UFPer") for p in filhos(c.inf, "ide/infPercurso"))
    folha.quadro(
        "PRESTAÇÃO",
        (
            Campo("TIPO DO CT-e", t.TIPOS_CTE.get(c.t("ide/tpCTe"), c.t("ide/tpCTe")), 3),
            Campo("TIPO DO SERVIÇO", t.TIPOS_SERVICO.get(c.t("ide/tpServ"), c.t("ide/tpServ")), 3),
            Campo("CFOP - NATUREZA DA PRESTAÇÃO", f"{c.t('ide/CFOP')} - {c.t('ide/natOp')}", 6),
            Campo("INÍCIO DA PRESTAÇÃO", _lugar(c, "Ini"), 4),
            Campo("PERCURSO DO VEÍCULO", percurso, 4),
            Campo("TÉRMINO DA PRESTAÇÃO", _lugar(c, "Fim"), 4),
            Campo("SAÍDA DA ORIGEM", t.momento(c.t("ide/dhSaidaOrig")), 6),
            Campo("CHEGADA AO DESTINO", t.momento(c.t("ide/dhChegadaDest")), 6),
            Campo("CT-e COMPLEMENTADO", " ".join(texto(i, "chCTe") for i in filhos(c.inf, "infCteComp")), 12),
            Campo("CT-e SUBSTITUÍDO", c.t("infCTeNorm/infCteSub/chCte") or c.t("infCteSub/chCte"), 12),
        ),
    )


def _lugar(c: Conteudo, ponta: str) -> str:
    uf, municipio = c.t(f"ide/UF{ponta}"), c.t(f"ide/xMun{ponta}")
    return " - ".join(filter(None, (municipio, uf)))


def _parte(folha: Folha, titulo: str, no: etree._Element | None, ender: str = "") -> None:
    if no is None:
        return
    nome_do_endereco = ender or next((e for e in _nomes(no) if e.startswith("ender")), "")
    rua, cidade, telefone = _endereco(no, nome_do_endereco)
    folha.quadro(
        titulo,
        (
            Campo("NOME / RAZÃO SOCIAL", texto(no, "xNome"), 6),
            Campo("CNPJ/CPF", t.documento(_documento(no)), 3),
            Campo("INSCRIÇÃO ESTADUAL", texto(no, "IE"), 3),
            Campo("ENDEREÇO", rua, 6),
            Campo("MUNICÍPIO", cidade, 4),
            Campo("FONE", telefone.removeprefix("Fone "), 2),
        ),
    )


def _nomes(no: etree._Element) -> list[str]:
    return [etree.QName(f).localname for f in no.iterchildren(etree.Element)]


def _tomador(folha: Folha, c: Conteudo) -> None:
    """Draws the payer. A party that has its own box is only named; another has its data here."""
    proprio = next((n for n in c.inf.iter("{*}toma4", "{*}tomaTerceiro")), None)
    if proprio is None:
        proprio = c.inf.find("{*}toma")
    if proprio is not None:
        _parte(folha, "TOMADOR DO SERVIÇO", proprio, "enderToma")
        return
    codigo = c.t("ide/toma3/toma") or c.t("ide/toma/toma")
    folha.quadro("TOMADOR DO SERVIÇO", (Campo("O MESMO DO QUADRO", t.TOMADORES.get(codigo, codigo), 12),))


def _seguro(folha: Folha, c: Conteudo) -> None:
    for seguro in filhos(c.inf, "infCTeNorm/seg"):
        codigo = texto(seguro, "respSeg")
        folha.quadro(
            "SEGURO DA VIAGEM",
            (
                Campo("RESPONSÁVEL", t.RESPONSAVEIS_SEGURO.get(codigo, codigo), 3),
                Campo("SEGURADORA", texto(seguro, "xSeg"), 6),
                Campo("APÓLICE", texto(seguro, "nApol"), 3),
            ),
        )


def _modal(folha: Folha, c: Conteudo) -> None:
    """Draws all that the group of the modal says, under its own names, besides the fields that the manual names."""
    modal = c.inf.find("{*}infCTeNorm/{*}infModal/{*}*")
    if modal is None:
        modal = c.inf.find("{*}infModal/{*}*")
    folha.quadro(
        "INFORMAÇÕES ESPECÍFICAS DO MODAL",
        [Campo(_rotulo(nome), valor, 3) for nome, valor in _folhas(modal)],
    )


_ROTULOS = {
    "RNTRC": "RNTRC DA EMPRESA",
    "TAF": "TERMO DE AUTORIZAÇÃO DE FRETAMENTO",
    "NroRegEstadual": "NÚMERO DO REGISTRO ESTADUAL",
    "placa": "PLACA",
    "dhViagem": "DATA E HORA DA VIAGEM",
}


def _rotulo(nome: str) -> str:
    return _ROTULOS.get(nome, nome)


def _folhas(no: etree._Element | None) -> list[tuple[str, str]]:
    if no is None:
        return []
    achadas = ((etree.QName(e).localname, (e.text or "").strip()) for e in no.iter(etree.Element) if not len(e))
    return [(n, t.momento(v) if n.startswith("d") else v) for n, v in achadas]
