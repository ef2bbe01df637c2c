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


def movimentar(casa: InstalacaoEcac, de: date, ate: date) -> None:
    """Writes what passed on these days, as the service counts it."""
    casa.banco.execute("DELETE FROM resumo")
    for i in range((ate - de).days + 1):
        hora = f"{de + timedelta(days=i)}T15"
        for desfecho, cstat, quantos, valor in (
            *(("autorizado", "100", 30 + i, 150_000), ("rejeitado", "209", 3, 0), ("rejeitado", CODIGO_MAU, 1, 0)),
            *(("cancelado", "135", 2, 0), ("entregue", "", 40 + i, 0), ("recusado", "SEP-XML", 2, 0)),
            ("guia baixada", "", 4, 0),
        ):
            tempos = [quantos if desfecho == "autorizado" and n == 2 else 0 for n in range(12)]
            casa.banco.execute(
                f"INSERT INTO resumo VALUES (?, '11222333000181', 1, '', ?, ?, ?, ?, {', '.join('?' * 12)})",
                (hora, desfecho, cstat, quantos, valor, *tempos),
            )
