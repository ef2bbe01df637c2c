"""Runs an installation as a process; its companies use the e-CAC of a scenario of the local SERPRO."""

import sqlite3
from pathlib import Path
from typing import Any

from separador.simulador.serpro.cenario import CHAVE, CONTRATANTE, SEGREDO, Cenario
from tests.apoio.instalacao_ecac import ROTAS, empresa
from tests.apoio.maquina import Maquina
from tests.apoio.serpro_local import SerproEmFio


class MaquinaEcac(Maquina):
    """A whole installation whose companies use the e-CAC of the scenario."""

    def __init__(
        self,
        pasta: Path,
        cenario: Cenario,
        serpro: SerproEmFio,
        *,
        empresas_ecac: list[dict[str, Any]] | None = None,
        **ecac: Any,
    ) -> None:
        super().__init__(pasta, rotas=ROTAS, init=False)
        (pasta / "config" / "chave").write_text(CHAVE)
        (pasta / "config" / "segredo").write_text(SEGREDO)
        self._empresas += empresas_ecac or [
            empresa(c.ni, c.nome, inicio="2026-01-01") for c in cenario.contribuintes if c.ni != CONTRATANTE
        ]
        self.gravar_config(
            ecac={
                "contratante": CONTRATANTE,
                "chave_consumidor": {"arquivo": "config/chave"},
                "segredo_consumidor": {"arquivo": "config/segredo"},
                "orcamento_dia": 100_000,
                "orcamento_mes": 100_000,
                "horario": "23:59",
                "repetir_s": 86_000,
                "simulador": serpro.endereco,
                "ca": str(serpro.ca),
            }
            | ecac
        )
        self.exigir("init")

    def banco(self) -> sqlite3.Connection:
        conexao = sqlite3.connect(f"file:{self.dados / 'separador.db'}?mode=ro", uri=True)
        conexao.row_factory = sqlite3.Row
        return conexao

    def um(self, sql: str) -> int:
        conexao = self.banco()
        try:
            return int(conexao.execute(sql).fetchone()[0] or 0)
        finally:
            conexao.close()

    def todas(self, sql: str) -> list[sqlite3.Row]:
        conexao = self.banco()
        try:
            return conexao.execute(sql).fetchall()
        finally:
            conexao.close()
