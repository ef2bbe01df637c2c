"""Makes a house of the e-CAC for the panel: guides, payments, receipts, occurrences, and days in the summary."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from separador.banco.instante import texto_de
from separador.capacidades.ecac.banco import ocorrencias
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Ocorrencia
from separador.simulador.serpro import contribuintes
from tests.apoio.instalacao_ecac import AGORA, InstalacaoEcac, empresa
from tests.apoio.serpro_local import SerproEmFio

HOJE = date(2026, 11, 20)
NOME_MAU = '=cmd|"/c calc"!A0 <b onload=alert(1)>'
"""A company that is called so."""
DITO_MAU = "=1+1 <script>alert(1)</script>"
CODIGO_MAU = '"/><script>9'
"""A code of a refusal."""


@contextmanager
def montada(pasta: Path) -> Iterator[InstalacaoEcac]:
    """Yields an installation after one import. Two payments have no guide, a third only one without its number; one
    company and one occurrence have hostile texts."""
    cenario = contribuintes.gerar(3, 12, 7, hoje=HOJE)
    pagas = [d for d in cenario.documentos if d.arrecadacao is not None][:3]
    nomes = [NOME_MAU, *(c.nome for c in cenario.contribuintes[1:])]
    empresas = [empresa(c.ni, nome) for c, nome in zip(cenario.contribuintes, nomes, strict=True)]
    with (
        SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as serpro,
        InstalacaoEcac(pasta / "instalacao", cenario, serpro, empresas_ecac=empresas) as casa,
    ):
        casa.soltar_guias([d for d in cenario.documentos if d not in pagas])
        casa.soltar_guias([next((d for d in pagas if d.tipo == "04"), pagas[0])], "sem.csv", numero="")
        casa.importar()
        with casa.banco.transacao():
            mau = Ocorrencia(Especie.INCONCLUSIVO, cenario.contribuintes[0].ni, "mau", DITO_MAU)
            ocorrencias.abrir(casa.banco, mau, texto_de(AGORA), por="serviço")
            movimentar(casa, HOJE - timedelta(days=6), HOJE)
        yield casa


_DIA = """
WITH RECURSIVE dia (d) AS (SELECT ?1 UNION ALL SELECT date(d, '+1 day') FROM dia WHERE d < ?2)
INSERT INTO resumo SELECT d || 'T15', '11222333000181', 1, '', ?3, ?4, ?5, ?6, 0, 0, ?7,
  0, 0, 0, 0, 0, 0, 0, 0, 0 FROM dia
"""


def movimentar(casa: InstalacaoEcac, de: date, ate: date) -> None:
    """Writes what passed on each of these days, as the service counts it."""
    casa.banco.execute("DELETE FROM resumo")
    for desfecho, cstat, quantos, valor in (
        *(("autorizado", "100", 30, 150_000), ("rejeitado", "209", 3, 0), ("rejeitado", CODIGO_MAU, 1, 0)),
        *(("cancelado", "135", 2, 0), ("entregue", "", 40, 0), ("recusado", "SEP-XML", 2, 0)),
        ("guia baixada", "", 4, 0),
    ):
        ate_2_s = quantos if desfecho == "autorizado" else 0
        casa.banco.execute(_DIA, (de.isoformat(), ate.isoformat(), desfecho, cstat, quantos, valor, ate_2_s))
