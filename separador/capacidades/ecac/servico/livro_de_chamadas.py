"""Writes the ledger around every call, and refuses calls beyond the budget."""

from datetime import date, datetime

from separador.banco.conexao import Banco, texto_de
from separador.capacidades.ecac.banco import chamadas
from separador.capacidades.ecac.banco.chamadas import Saindo
from separador.capacidades.ecac.integra.porta import Chamada, Intencao, Preco
from separador.configuracao import ConfigEcac
from separador.nucleo.fuso import BRASILIA


def hoje(agora: datetime) -> date:
    """Returns the day in Brasília."""
    return agora.astimezone(BRASILIA).date()


class LivroDeChamadas:
    """Implements `porta.RegistroDeChamadas` over the database of the thread that makes the calls.

    The intent is committed before a request leaves: after a crash the ledger knows of it, and counts it as charged.
    """

    def __init__(self, banco: Banco, config: ConfigEcac) -> None:
        self._banco, self._config = banco, config
        self.importacao_id: int | None = None
        self.esgotado: str | None = None

    def antes(self, intencao: Intencao) -> str | None:
        """See `porta.RegistroDeChamadas`. A charged call beyond the budget is forbidden; free ones go on."""
        dia = hoje(intencao.em).isoformat()
        with self._banco.transacao():
            if intencao.preco is not Preco.GRATIS:
                self.esgotado = self._sem_saldo(dia)
                if self.esgotado is not None:
                    return self.esgotado
            saindo = Saindo(
                intencao.etiqueta,
                intencao.caminho,
                intencao.servico,
                intencao.autor,
                intencao.contribuinte,
                intencao.preco.value,
                dia,
                texto_de(intencao.em),
            )
            chamadas.sair(self._banco, saindo, self.importacao_id)
        return None

    def _sem_saldo(self, dia: str) -> str | None:
        gasto, c = chamadas.gasto(self._banco, dia), self._config
        if gasto.dia >= c.orcamento_dia:
            return f"orçamento do dia esgotado: {gasto.dia} de {c.orcamento_dia} chamadas cobradas"
        if gasto.mes >= c.orcamento_mes:
            return f"orçamento do mês esgotado: {gasto.mes} de {c.orcamento_mes} chamadas cobradas"
        return None

    def depois(self, chamada: Chamada) -> None:
        """See `porta.RegistroDeChamadas`."""
        with self._banco.transacao():
            chamadas.voltar(
                self._banco,
                chamada.etiqueta,
                duracao_ms=chamada.duracao_ms,
                http=chamada.http,
                cobrada=chamada.cobrada,
                enviada=chamada.enviada,
                codigo=chamada.codigo,
                response_id=chamada.response_id,
            )
