"""Measures the DACTE on one core: pages of ordinary documents, and one of two thousand invoices on paper."""

import io
import re
import time
from datetime import UTC, datetime
from statistics import median
from typing import Any

from pypdf import PdfReader

from separador.capacidades.dacte.papel import imprimir
from separador.demonstracao import exportacoes, retornos
from separador.demonstracao.empresas import EMITENTE
from separador.demonstracao.exportacoes import Exportacao
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.preparo import ContextoPreparo, Preparado, preparar
from tests.apoio.certificados import assinador_demo
from tests.bench.hospedeiro import rsa_por_s

NOTAS = 2000


def medir(rodadas: int, documentos: int) -> dict[str, Any]:
    """Measures pages as a ratio to the RSA bound beside each round, each document with a QR code of its own."""
    agora = datetime.now(UTC)
    todos = [_processado(exportacoes.cte(n, agora=agora), agora) for n in range(1, documentos + 1)]
    _imprimir(todos[:1])
    feitas = []
    for _ in range(rodadas):
        rsa = rsa_por_s()
        paginas, segundos = _imprimir(todos)
        feitas.append((paginas / segundos, paginas / segundos / rsa))
    _, muitas_s = _imprimir([_de_muitas_notas(agora)])
    return {
        "folhas_s": round(median(f for f, _ in feitas), 1),
        "razao": round(median(r for _, r in feitas), 4),
        "duas_mil_notas_s": round(muitas_s, 2),
    }


def _imprimir(documentos: list[bytes]) -> tuple[int, float]:
    """Prints each. Returns the pages, and the seconds of the processor."""
    inicio = time.process_time()
    feitos = [imprimir(d) for d in documentos]
    segundos = time.process_time() - inicio
    return sum(len(PdfReader(io.BytesIO(p)).pages) for p in feitos if isinstance(p, bytes)), segundos


def _processado(e: Exportacao, agora: datetime) -> bytes:
    feito = preparar(e.dados, ContextoPreparo("2", agora, {EMITENTE.cnpj: assinador_demo(agora)}))
    assert isinstance(feito, Preparado), feito
    return retornos.processado(com_declaracao(feito.assinado), e.nome, agora=agora).dados


def _de_muitas_notas(agora: datetime) -> bytes:
    dados = _processado(exportacoes.cte(1, agora=agora, variante="nf-papel"), agora)
    inicio, fim = dados.index(b"<infNF>"), dados.rindex(b"</infNF>") + len(b"</infNF>")
    nota = dados[inicio : dados.index(b"</infNF>") + len(b"</infNF>")]
    notas = b"".join(re.sub(rb"<nDoc>[^<]+", b"<nDoc>%d" % (700_000 + i), nota) for i in range(NOTAS))
    return dados[:inicio] + notas + dados[fim:]
