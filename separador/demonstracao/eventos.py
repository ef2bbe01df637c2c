"""Makes unsigned events (`eventoCTe`), order files and plain files, as a WMS would drop them."""

import json
from datetime import datetime

from separador.demonstracao import pedacos_de_xml as p
from separador.demonstracao.empresas import EMITENTE
from separador.demonstracao.exportacoes import Exportacao

JUSTIFICATIVA = "VALOR DO FRETE DIGITADO COM ERRO"
CONDICAO_DE_USO = (
    "A Carta de Correcao e disciplinada pelo Art. 58-B do CONVENIO/SINIEF 06/89: Fica permitida a utilizacao de "
    "carta de correcao, para regularizacao de erro ocorrido na emissao de documentos fiscais relativos a "
    "prestacao de servico de transporte, desde que o erro nao esteja relacionado com: I - as variaveis que "
    "determinam o valor do imposto tais como: base de calculo, aliquota, diferenca de preco, quantidade, valor da"
    " prestacao;II - a correcao de dados cadastrais que implique mudanca do emitente, tomador, remetente ou do "
    "destinatario;III - a data de emissao ou de saida."
)
"""The literal of the XSD, in its form without accents."""


def evento(
    chave: str,
    tp_evento: str,
    detalhe: str,
    *,
    agora: datetime,
    n_seq: int = 1,
    tp_amb: str = "2",
    autor: str = EMITENTE.cnpj,
    nome: bytes | None = None,
) -> Exportacao:
    """Returns an `eventoCTe` of any kind around `detalhe` (the specific element).

    The Id has three digits of nSeqEvento.
    """
    ident = f"ID{tp_evento}{chave}{n_seq:03d}"
    texto = (
        f'{p.DECLARACAO}<eventoCTe xmlns="{p.NS}" versao="4.00"><infEvento Id="{ident}"><cOrgao>{chave[:2]}</cOrgao>'
        f"<tpAmb>{tp_amb}</tpAmb><CNPJ>{autor}</CNPJ><chCTe>{chave}</chCTe><dhEvento>{p.dh(agora)}</dhEvento>"
        f"<tpEvento>{tp_evento}</tpEvento><nSeqEvento>{n_seq}</nSeqEvento>"
        f'<detEvento versaoEvento="4.00">{detalhe}</detEvento></infEvento></eventoCTe>'
    )
    padrao = f"{chave}_{tp_evento}_{n_seq:03d}-ped-eve.xml".encode()
    return Exportacao(nome or padrao, texto.encode(), chave)


def cancelamento(
    chave: str, n_prot: str, *, agora: datetime, motivo: str = JUSTIFICATIVA, tp_amb: str = "2"
) -> Exportacao:
    """Returns event 110111. `motivo`: 15 to 255 characters."""
    detalhe = (
        f"<evCancCTe><descEvento>Cancelamento</descEvento><nProt>{n_prot}</nProt><xJust>{motivo}</xJust></evCancCTe>"
    )
    return evento(chave, "110111", detalhe, agora=agora, tp_amb=tp_amb)


def carta_de_correcao(
    chave: str,
    *,
    agora: datetime,
    n_seq: int = 1,
    valor: str = "CARGA REFRIGERADA",
    tp_amb: str = "2",
    autor: str = EMITENTE.cnpj,
) -> Exportacao:
    """Returns event 110110, of a field that may be corrected (compl/xCaracAd)."""
    detalhe = (
        "<evCCeCTe><descEvento>Carta de Correcao</descEvento><infCorrecao><grupoAlterado>compl</grupoAlterado>"
        f"<campoAlterado>xCaracAd</campoAlterado><valorAlterado>{valor}</valorAlterado></infCorrecao>"
        f"<xCondUso>{CONDICAO_DE_USO}</xCondUso></evCCeCTe>"
    )
    return evento(chave, "110110", detalhe, agora=agora, n_seq=n_seq, tp_amb=tp_amb, autor=autor)


def pedido(acao: str, chave: str, *, motivo: str | None = None, nome: bytes | None = None) -> Exportacao:
    """Returns an order file. `acao`: enviar, cancelar, estornar or consultar."""
    corpo = {"pedido": acao, "chave": chave} | ({"motivo": motivo} if motivo is not None else {})
    dados = json.dumps(corpo, ensure_ascii=False).encode()
    return Exportacao(nome or f"{acao}-{chave}.json".encode(), dados, chave)


def comum(numero: int, *, tamanho: int = 400) -> Exportacao:
    """Returns a plain text file for the route that only moves."""
    linha = f"romaneio {numero:09d};coleta;entrega;volumes\r\n".encode()
    dados = (linha * (tamanho // len(linha) + 1))[:tamanho]
    return Exportacao(f"romaneio-{numero:09d}.txt".encode(), dados)
