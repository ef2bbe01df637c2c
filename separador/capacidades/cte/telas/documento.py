"""The pages of one document: its life, its invoices, its XML, its DACTE."""

import hashlib
import sqlite3
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from separador.capacidades.cte.arquivos.notas import notas_de
from separador.capacidades.cte.banco import leitura, rastro
from separador.capacidades.cte.banco.fatos import fatos
from separador.capacidades.cte.dominio.pedido import PEDE_SENHA, TipoDePedido
from separador.capacidades.cte.servico import juizo
from separador.capacidades.cte.telas.lista import paginas_de_cargas
from separador.capacidades.sefaz.dominio import cstat
from separador.fiscal.evento.nomes import rotular
from separador.nucleo.capacidade import registro_de
from separador.nucleo.chave import FORMATO_CHAVE, limpar_chave
from separador.nucleo.texto.quantidade import quantos
from separador.nucleo.texto.razao import razao
from separador.painel.base.escolhas import nomes
from separador.painel.base.filho import comando, uma_impressora
from separador.painel.base.ordens import a_espera
from separador.painel.base.resposta import NAO_HA, OCUPADO, Arquivo, Erro, Pagina, Resposta
from separador.painel.base.visita import Visita

_XML = "application/xml"
_MOSTRADO = 200_000
"""Bytes of the XML that the page shows; the file has all of them."""
_DACTE_S = 30
_MOTIVO_QUALQUER = "x" * 15
_BOTOES = (
    ("enviar", "ENVIAR CT-e", TipoDePedido.ENVIAR),
    ("cancelar", "CANCELAR CT-E", TipoDePedido.CANCELAR),
    ("estornar", "ESTORNAR SOLICITAÇÃO DE CANCELAMENTO", TipoDePedido.ESTORNAR),
    ("consultar", "Consultar", TipoDePedido.CONSULTAR),
)


def documento(v: Visita) -> Resposta:
    """Shows what happened to a document, from file to archive."""
    doc = _documento(v)
    assinado = leitura.assinado(v.banco, doc["id"], doc["digest"])
    dito = doc["cstat"] or ""
    valores: dict[str, Any] = {
        "d": fatos(v.banco, doc),
        "passos": rastro.da_chave(v.banco, doc["chave"]),
        "rotular": rotular,
        "significado": cstat.significado,
        "botoes": _botoes(v, doc["chave"]) if v.pode("cte enviar") else [],
        "o_que_fazer": cstat.o_que_fazer(dito) if dito and cstat.conhecido(dito) else None,
        "xml": assinado[:_MOSTRADO].decode("utf-8", "replace") if assinado is not None else None,
        "processado": rastro.copia_fiscal(v.banco, doc["chave"]) is not None,
        "aqui": v.caminho,
        "nomes": nomes(v),
        "ordens": a_espera(v, doc["chave"])[0],
        "paginas": paginas_de_cargas(v, [doc["carga"]]),
    }
    return Pagina("cte/documento.html", f"CT-e {doc['numero']} série {doc['serie']}", valores)


def _botoes(v: Visita, chave: str) -> list[dict[str, Any]]:
    """Returns the buttons of the orders; one that the state forbids has the reason."""
    feitos = []
    for fazer, texto, pedido in _BOTOES:
        motivo = _MOTIVO_QUALQUER if pedido is TipoDePedido.CANCELAR else ""
        negativa = juizo.julgar(v.dados, pedido, [chave], v.agora, motivo=motivo).get(chave)
        impede = negativa.mensagem if negativa is not None and negativa.codigo != PEDE_SENHA else None
        feitos.append({"fazer": fazer, "texto": texto, "impede": impede})
    return feitos


def _documento(v: Visita) -> sqlite3.Row:
    chave = limpar_chave(v.partes["chave"])
    doc = leitura.documento(v.banco, chave) if FORMATO_CHAVE.fullmatch(chave) else None
    if doc is None:
        raise Erro(NAO_HA, "Não há documento com esta chave.")
    return doc


def notas(v: Visita) -> Resposta:
    """Shows the invoices that the document carries."""
    doc = _documento(v)
    assinado = leitura.assinado(v.banco, doc["id"], doc["digest"])
    lidas = notas_de(assinado, doc["tipo"], registro_de(v.banco, doc["chave"]))
    linhas = lidas or []
    com_valor = [Decimal(str(n["valor"])) for n in linhas if n["valor"]]  # most documents name only the keys of NF-e
    valores = {
        "doc": doc,
        "linhas": linhas,
        "nomes": nomes(v),
        "quantas": quantos(len(linhas), "nota", "notas"),
        "com_valor": len(com_valor),
        "soma": sum(com_valor, Decimal(0)),
    }
    avisos = () if lidas is not None else ("O XML assinado não pôde ser lido; confira com: separador verificar",)
    return Pagina("cte/notas.html", "Notas Fiscais do Conhecimento de Transporte Eletrônico", valores, avisos=avisos)


def assinado(v: Visita) -> Resposta:
    """Gives the signed bytes, as they were signed."""
    doc = _documento(v)
    dados = leitura.assinado(v.banco, doc["id"], doc["digest"])
    if dados is None:
        raise Erro(NAO_HA, "Não há XML assinado deste documento.")
    return Arquivo(dados, f"{doc['chave']}-cte.xml", _XML)


def processado(v: Visita) -> Resposta:
    """Gives the processed document, with SEFAZ's protocol."""
    doc = _documento(v)
    return Arquivo(_lida(_copia(v, doc)), f"{doc['chave']}-procCTe.xml", _XML)


def _copia(v: Visita, doc: sqlite3.Row) -> Path:
    copia = rastro.copia_fiscal(v.banco, doc["chave"])
    if copia is None:
        raise Erro(NAO_HA, f"O documento está {doc['situacao']}: só há documento processado depois da autorização.")
    return copia


def _lida(copia: Path) -> bytes:
    try:
        return copia.read_bytes()
    except OSError as erro:
        raise Erro(OCUPADO, f"Não consegui ler {copia}: {razao(erro)}.") from erro


def dacte(v: Visita) -> Resposta:
    """Prints the document, as `cte dacte` does, in a process with a limit of time and memory."""
    doc = _documento(v)
    lida = _lida(_copia(v, doc))
    impresso = v.casa.impressos.lembrar(
        # A cancellation is printed across the sheet: the same document has another one then.
        hashlib.sha256(lida + repr((doc["situacao"], doc["protocolo"], doc["cstat"])).encode()).hexdigest(),
        lambda: _impresso(v, doc["chave"]),
    )
    return Arquivo(impresso, f"{doc['chave']}-dacte.pdf", "application/pdf", v.consulta.um("ver") == "1")


def _impresso(v: Visita, chave: str) -> bytes:
    with uma_impressora(v), tempfile.TemporaryDirectory(prefix="separador-dacte-") as pasta:
        alvo = Path(pasta) / "dacte.pdf"
        dito = comando(v, ["cte", "dacte", chave, "--saida", str(alvo)], _DACTE_S)
        if not alvo.is_file():
            raise Erro(OCUPADO, f"O DACTE não pôde ser impresso: {dito}")
        return alvo.read_bytes()
