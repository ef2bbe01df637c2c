"""Measures loads: their CT-e on one core and through the service, one CT-e of very many invoices, memory, the list."""

import json
import sqlite3
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median
from typing import Any

from separador.capacidades.emissao.arquivos import leitura
from separador.capacidades.emissao.dominio.valores import AAssinar, Assinados, CargaJulgada
from separador.demonstracao.empresas import EMITENTE
from separador.demonstracao.exportacoes import Exportacao
from separador.fiscal.emissao.numero import chave_com
from separador.fiscal.preparo import ContextoPreparo
from separador.nucleo.texto.quantidade import milhar
from tests.apoio.certificados import assinador_demo
from tests.apoio.emissao import (
    EMISSAO,
    ROTA_DA_CARGA,
    ROTAS_COM_CARGA,
    carga,
    equipamento,
    gravar_cadastros,
    nfe,
)
from tests.bench import processos
from tests.bench.hospedeiro import rsa_por_s
from tests.bench.planta import Planta

NOTAS = 10
"""Invoices of one CT-e."""


def em_json(nome: str, documentos: int, notas: int, agora: datetime, primeira: int = 1) -> bytes:
    """Returns a load of so many CT-e with so many invoices each."""
    solta = carga(agora, nome)
    conhecimentos = [
        {
            "depositante": "REM-SP", "destinatario": "DEST-RJ",
            "medidas": [{"unidade": "KG", "tipo": "PESO BRUTO", "quantidade": 1250.5}],
            "notas": [{"chave": nfe(primeira + d * notas + n, agora), "valor": "1000.00"} for n in range(notas)],
        }
        for d in range(documentos)
    ]  # fmt: skip
    inteira = {n: solta[n] for n in ("carga", "informacoes_complementares", "padrao")}
    return json.dumps(inteira | {"conhecimentos": conhecimentos}).encode()


def emitir(dados: bytes, contexto: ContextoPreparo) -> int:
    """Does what the workers do: reads, decides, builds, judges, numbers, signs. Returns how many documents."""
    julgada = leitura.julgar(b"1-carga.json", dados, contexto, equipamento())
    assert isinstance(julgada, CargaJulgada), julgada.erros[:3]
    numerados = [(n, chave_com(d.chave, n, "12345678"), d.xml) for n, d in enumerate(julgada.documentos, 1)]
    assinados = leitura.assinar(AAssinar(tuple(numerados)), contexto)
    assert isinstance(assinados, Assinados), assinados
    return len(assinados.documentos)


def nucleo(rodadas: int, documentos: int) -> dict[str, Any]:
    """Measures CT-e of ten invoices on one core, as a ratio to the RSA bound beside each round; then one of very many
    invoices against one of a tenth of them."""
    agora = datetime.now(UTC)
    contexto = ContextoPreparo("2", agora, {EMITENTE.cnpj: assinador_demo(agora)})
    dados = em_json("A", documentos, NOTAS, agora)
    emitir(dados, contexto)
    docs_s, razoes = [], []
    for _ in range(rodadas):
        antes = rsa_por_s()
        inicio = time.perf_counter()
        feitos = emitir(dados, contexto)
        docs_s.append(feitos / (time.perf_counter() - inicio))
        razoes.append(docs_s[-1] / mean((antes, rsa_por_s())))
    grande, pequena = (_ms(em_json("B", 1, notas, agora), contexto) for notas in (2000, 200))
    return {
        "docs_s": round(median(docs_s), 1),
        "razao": round(median(razoes), 3),
        "rodadas_razao": [round(x, 3) for x in razoes],
        "ms_de_2000_notas": round(grande, 1),
        "ms_de_200_notas": round(pequena, 1),
        "vezes": round(grande / pequena, 2),
    }


def _ms(dados: bytes, contexto: ContextoPreparo) -> float:
    medidas = []
    for _ in range(3):
        inicio = time.perf_counter()
        emitir(dados, contexto)
        medidas.append((time.perf_counter() - inicio) * 1000)
    return min(medidas)


def planta(pasta: Path, envio: str = "automatico") -> Planta:
    """Makes an installation that issues, with everything in one process."""
    gravar_cadastros(pasta / "cadastros")
    emissao = EMISSAO | {"cadastros": str(pasta / "cadastros")}
    rotas = [*ROTAS_COM_CARGA[:-1], ROTAS_COM_CARGA[-1] | {"envio": envio}]
    return Planta(pasta / "planta", trabalhadores=0, rotas=rotas, emissao=emissao)


def planilha(em: Planta, linhas: int) -> dict[str, Any]:
    """Measures the peak of the group's Pss while a sheet (CSV) goes through, and how long another route waits: with an
    order, which is seen to be whole, so that no quiet time counts."""
    agora = datetime.now(UTC)
    titulos = "carga;depositante;destinatario;chave;valor;frete;peso;produto_predominante;forma_pagamento"
    titulos += ";responsavel_seguro"
    destinos = ("DEST-RJ", "DEST-SP")
    uma = "PLANILHA;REM-SP;{};{};5.000,00;100,50;1250,5;AUTOPECAS;A PAGAR;emitente"
    todas = [uma.format(destinos[n % 2], nfe(6_000_000 + n, agora)) for n in range(linhas)]
    dados = "\r\n".join([titulos, *todas]).encode("cp1252")
    pedido = json.dumps({"pedido": "enviar", "chave": nfe(1, agora)}).encode()
    pico, maior, numero, solto_em = processos.pss_mb(em.grupo), 0.0, 0, 0.0

    def espiar() -> None:
        nonlocal pico, maior, numero, solto_em
        pico = max(pico, processos.pss_mb(em.grupo))
        passou = time.perf_counter() - solto_em
        if numero and not (em.maquina.destino(3) / f"outro-{numero}-ret.json").exists():
            maior = max(maior, passou)
            return
        numero, solto_em = numero + 1, time.perf_counter()
        em.maquina.soltar(3, f"outro-{numero}.json".encode(), pedido)

    passou_s = em.passar(ROTA_DA_CARGA, [Exportacao(b"PLANILHA-carga.csv", dados)], ao_olhar=espiar)
    return {"pico_mb": round(pico, 1), "espera_s": round(maior, 2), "linhas": linhas, "s": round(passou_s, 2)}


def refazer(em: Planta, documentos: int) -> dict[str, Any]:
    """Measures a corrected load, all of whose CT-e changed and wait to be sent, from the drop to its answer."""
    agora = datetime.now(UTC)
    dados = em_json("REFEITA", documentos, NOTAS, agora)
    em.passar(ROTA_DA_CARGA, [Exportacao(b"REFEITA-carga.json", dados)])
    mudada = json.loads(dados) | {"refazer": True}
    mudada["padrao"]["produto_predominante"] = "AUTOPECAS USADAS"
    passou_s = em.passar(ROTA_DA_CARGA, [Exportacao(b"CORRIGIDA-carga.json", json.dumps(mudada).encode())])
    resposta = json.loads((em.maquina.destino(ROTA_DA_CARGA) / "CORRIGIDA-ret.json").read_bytes())
    if not resposta["mensagem"].startswith(f"{milhar(documentos)} CT-e"):
        raise AssertionError(resposta["mensagem"])
    return {"documentos": documentos, "s": round(passou_s, 2), "docs_s": round(documentos / passou_s, 1)}


def servico(em: Planta, tamanhos: dict[str, int]) -> dict[str, Any]:
    """Measures loads from the drop until every document is registered, signed and in the outbox. `tamanhos`: name →
    invoices."""
    agora, medidas, primeira = datetime.now(UTC), {}, 1
    for nome, notas in tamanhos.items():
        documentos, por_documento = max(1, notas // NOTAS), min(notas, NOTAS)
        dados = em_json(nome, documentos, por_documento, agora, primeira)
        primeira += notas
        antes = rsa_por_s()
        saidas = len(em.maquina.saida(1))
        passou_s = em.passar(ROTA_DA_CARGA, [Exportacao(f"{nome}-carga.json".encode(), dados)])
        rsa = mean((antes, rsa_por_s()))
        feitas = len(em.maquina.saida(1)) - saidas
        if feitas != documentos:
            raise AssertionError(f"{nome}: saíram {feitas} documentos, e não {documentos}\n{em.maquina.fim_do_log(5)}")
        docs_s = documentos / passou_s
        medidas[nome] = {"notas": notas, "documentos": documentos, "docs_s": round(docs_s, 1), "s": round(passou_s, 2)}
        medidas[nome]["razao"] = round(docs_s / rsa, 3)
    return medidas


def memoria(em: Planta, notas: int) -> dict[str, Any]:
    """Measures the peak of the group's Pss while one load of so many invoices goes through."""
    pico = processos.pss_mb(em.grupo)

    def espiar() -> None:
        nonlocal pico
        pico = max(pico, processos.pss_mb(em.grupo))
        time.sleep(0.2)

    dados = em_json("GRANDE", notas // 200, 200, datetime.now(UTC), 5_000_000)
    em.passar(ROTA_DA_CARGA, [Exportacao(b"GRANDE-carga.json", dados)], ao_olhar=espiar)
    return {"pico_mb": round(pico, 1), "notas": notas, "bytes": len(dados)}


def listar(em: Planta, quantas: int) -> list[float]:
    """Measures the milliseconds of `separador carga listar` with so many loads. The service must be stopped."""
    vazio = zlib.compress(b"[]")
    with sqlite3.connect(em.maquina.dados / "separador.db") as banco:
        for n in range(quantas):
            banco.execute(
                "INSERT INTO carga (carga, situacao, arquivo_id, recebida_em, gerada_em, conteudo)"
                " VALUES (?, 'gerada', 0, '2026-11-20T15:00:00Z', '2026-11-20T15:00:01Z', ?)",
                (f"L{n}", vazio),
            )
    medidas = []
    for _ in range(5):
        inicio = time.perf_counter()
        feito = em.maquina.cli("carga", "listar")
        medidas.append(round((time.perf_counter() - inicio) * 1000, 1))
        if feito.returncode != 0 or f"L{quantas - 1}" not in feito.stdout:
            raise AssertionError(f"carga listar: saiu com {feito.returncode}\n{feito.stderr}")
    return medidas
