"""Makes an installation that talks to the local SERPRO: companies of a scenario, routes of guides and receipts."""

import csv
import io
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.ecac.banco import empresas
from separador.capacidades.ecac.banco import ocorrencias as ecac_ocorrencias
from separador.capacidades.ecac.servico.passo import Ecac
from separador.motor import pedidos
from separador.simulador.serpro.cenario import CHAVE, CONTRATANTE, SEGREDO, Cenario, Documento
from tests.apoio.instalacao import Instalacao
from tests.apoio.serpro_local import SerproEmFio

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
TIPOS = {"04": "DARF", "09": "DAS"}
ROTAS: list[dict[str, Any]] = [
    {
        "id": 1,
        "regra": "ecac-guias",
        "origem": "in/guias",
        "destino": "out/guias",
        "arquivo": [".csv", ".json", ".pdf"],
    },
    {"id": 2, "regra": "ecac-comprovantes", "origem": "in/pdf", "destino": "out/ecac", "arquivo": ".pdf"},
]


def empresa(ni: str, nome: str, **ecac: Any) -> dict[str, Any]:
    """Returns a company of the configuration that uses the e-CAC through the contractor."""
    uso = {"utiliza": True, "inicio": "2026-01-01", "acesso": "certificado A1", "procurador": CONTRATANTE} | ecac
    return {"cnpj": ni, "nome": nome, "uf": "SP", "ecac": {k: v for k, v in uso.items() if v is not None}}


class InstalacaoEcac(Instalacao):
    """An installation, opened when it is made. With `serpro` None, nobody answers."""

    def __init__(
        self,
        pasta: Path,
        cenario: Cenario,
        serpro: SerproEmFio | None = None,
        *,
        empresas_ecac: Sequence[dict[str, Any]] | None = None,
        agora: datetime = AGORA,
        **ecac: Any,
    ) -> None:
        super().__init__(pasta, rotas=ROTAS, agora=agora, aberta=False)
        dadas = empresas_ecac or [empresa(c.ni, c.nome) for c in cenario.contribuintes]
        contratante = [e | next((d for d in dadas if d["cnpj"] == e["cnpj"]), {}) for e in self.empresas]
        self.empresas = [*contratante, *(e for e in dadas if e["cnpj"] != CONTRATANTE)]
        (pasta / "config" / "chave").write_text(CHAVE)
        (pasta / "config" / "segredo").write_text(SEGREDO)
        secao: dict[str, Any] = {
            "contratante": CONTRATANTE,
            "chave_consumidor": {"arquivo": "config/chave"},
            "segredo_consumidor": {"arquivo": "config/segredo"},
            "orcamento_dia": 100_000,
            "orcamento_mes": 100_000,
            "horario": "23:59",
            "simulador": serpro.endereco if serpro is not None else "https://127.0.0.1:9",
        }
        if serpro is not None:
            secao["ca"] = str(serpro.ca)
        self.gravar_config(ecac=secao | ecac)
        self.abrir()
        self._parar_agenda()

    def _parar_agenda(self) -> None:
        """Stops the imports by the clock; only the test starts one. It records a run by the clock that began later than
        any test does."""
        with self.banco.transacao():
            numero = empresas.iniciar(
                self.banco, motivo="agenda", quem="teste", empresa=None, a3=False, tarefa_id=None,
                quando="2999-01-01T00:00:00.000+00:00",
            )  # fmt: skip
            empresas.terminar(self.banco, numero, empresas.CONCLUIDA, "", self.ciclo.contexto.quando())

    # --- the import, in this thread ------------------------------------------------------------------------------

    def importar(self, tarefa_id: int | None = None) -> sqlite3.Row:
        """Carries out one import from beginning to end. Returns its row."""
        servico = self.ciclo.parte(Ecac)
        config = self.ciclo.contexto.config.ecac
        assert config is not None
        servico._viver(config, dict(self.ciclo.contexto.certificados), tarefa_id)
        servico._colher()
        linha = empresas.ultima(self.banco)
        assert linha is not None, self.diario.linhas[-3:]
        return linha

    def ordenar(self, pedido: str, chave: str, motivo: str | None = None) -> sqlite3.Row:
        """Records an order as a command does, and carries it out. Returns its row."""
        with self.banco.transacao():
            numero = tabela_de_pedidos.registrar(
                self.banco, pedido, chave, motivo, "so:teste", self.ciclo.contexto.quando()
            )
        return self.cumprir(numero)

    def cumprir(self, numero: int) -> sqlite3.Row:
        """Carries out an order that was recorded. Returns its row."""
        self.ponteiros.passar(1.0)
        pedidos.cumprir(self.ciclo.contexto)
        linha = tabela_de_pedidos.por_id(self.banco, numero)
        assert linha is not None
        if linha["estado"] == "aceita":
            servico = self.ciclo.parte(Ecac)
            config = self.ciclo.contexto.config.ecac
            assert config is not None
            servico._viver(config, dict(self.ciclo.contexto.certificados), numero)
            servico._colher()
        linha = tabela_de_pedidos.por_id(self.banco, numero)
        assert linha is not None
        return linha

    # --- what is known -------------------------------------------------------------------------------------------

    def guias(self, sql: str = "1 = 1", *valores: object) -> list[sqlite3.Row]:
        return self.banco.todas(f"SELECT * FROM ecac_guia WHERE {sql} ORDER BY id", *valores)

    def guia(self, numero: str) -> sqlite3.Row:
        (linha,) = self.guias("numero = ?", numero)
        return linha

    def estados(self) -> dict[str, int]:
        linhas = self.banco.todas("SELECT estado, count(*) AS n FROM ecac_guia GROUP BY estado")
        return {r["estado"]: r["n"] for r in linhas}

    def ocorrencias(self, status: str | None = "aberta") -> list[str]:
        """Returns the kinds of the occurrences, oldest first."""
        return [o["especie"] for o in reversed(ecac_ocorrencias.listar(self.banco, status=status))]

    def comprovantes(self) -> list[Path]:
        raiz = self.pasta / "out" / "ecac"
        return sorted(p for p in raiz.rglob("*.pdf") if ".separador" not in p.parts)

    def soltar_guias(self, documentos: Iterable[Documento], nome: str = "guias.csv", **mudancas: str) -> None:
        """Registers the guides of these documents, by file."""
        self.soltar(1, nome, csv_de(documentos, **mudancas))


def csv_de(documentos: Iterable[Documento], **mudancas: str) -> bytes:
    """Returns the guides as an accountant's spreadsheet saves them: `;`, comma decimals, Windows-1252."""
    saida = io.StringIO()
    escritor = csv.writer(saida, delimiter=";")
    escritor.writerow(
        ("CNPJ", "Tipo", "Número do documento", "Vencimento", "Valor", "Código da receita", "Competência")
    )
    for d in documentos:
        campos = {
            "ni": d.ni,
            "tipo": TIPOS[d.tipo],
            "numero": d.numero,
            "vencimento": f"{d.vencimento:%d/%m/%Y}",
            "valor": f"{d.total:,.2f}".replace(",", "_").replace(".", ",").replace("_", "."),
            "receita": "" if d.tipo == "09" else d.partes[0].receita,
            "periodo": f"{d.periodo:%m/%Y}",
        } | mudancas
        escritor.writerow(campos.values())
    return saida.getvalue().encode("cp1252")
