"""Carries out the orders to build one CT-e of a load anew, one after the other, beside the loop's other work.

The load is read and judged in a process of its own, as the workers do with a file; where the service has no workers, a
portion in each turn. An order stays accepted until the commit that answers it, so that the next start takes it up.
"""

import sqlite3
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from functools import partial
from sqlite3 import Row
from typing import TYPE_CHECKING

from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.emissao.dominio import REFAZER
from separador.motor.contexto import Contexto
from separador.motor.partes import Parte, Servico
from separador.motor.pedidos import em_grupo_do_pedido, pedido_falhou
from separador.motor.resposta import Resposta

if TYPE_CHECKING:
    from separador.capacidades.emissao.dominio.refeitos import Pedida
    from separador.capacidades.emissao.servico.julgamento import Julgada, NoLaco, NoProcesso


class Refeituras(Parte):
    """Holds the order in hand. Only the loop's thread calls it."""

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        """Begins with what an earlier run left."""
        super().__init__(contexto, servico)
        self._pedida: Pedida | None = None
        self._em_maos: NoLaco | NoProcesso | None = None
        self._ha = True

    def pode_mover(self) -> bool:
        """Says whether there is an order to carry out."""
        return self._pedida is not None or self._ha

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Takes up the next order, or goes on with the one in hand."""
        if self._pedida is None:
            return self._comecar()
        try:
            julgada = self._em_maos.adiante() if self._em_maos is not None else None
        except Exception as erro:  # noqa: BLE001 -- around one order
            self._incidente(self._pedida, erro)
            return True
        if julgada is None:
            return not self.contexto.config.trabalhadores
        pedida, self._pedida, self._em_maos = self._pedida, None, None
        self._concluir(pedida, julgada)
        return True

    def encerrar(self, ha_tempo: Callable[[], bool]) -> None:  # noqa: ARG002
        """Leaves the order in hand to the next run."""
        if self._em_maos is not None:
            self._em_maos.largar()
        self._pedida = self._em_maos = None

    def _comecar(self) -> bool:
        novidades = self.contexto.novidades
        if not self._ha and REFAZER not in novidades:
            return False
        novidades.discard(REFAZER)
        linha = next(iter(tabela_de_pedidos.aceitas(self.contexto.banco, (REFAZER,))), None)
        self._ha = linha is not None
        if linha is None:
            return False
        try:
            self._tomar(linha)
        except sqlite3.Error:
            raise
        except Exception as erro:  # noqa: BLE001 -- around one order
            pedido_falhou(self.contexto, linha, erro)
        return True

    def _tomar(self, linha: Row) -> None:
        from separador.capacidades.emissao.servico import julgamento, refeitura_pedida  # noqa: PLC0415 -- the rules

        pedida = refeitura_pedida.pedida(self.contexto, linha)
        if isinstance(pedida, Resposta):
            em_grupo_do_pedido(self.contexto, linha, partial(refeitura_pedida.responder, linha=linha, dita=pedida))
            return
        if self.contexto.config.trabalhadores:
            self._em_maos = julgamento.NoProcesso(pedida, self.servico.acordar)
        else:
            self._em_maos = julgamento.NoLaco(pedida)
        self._pedida = pedida

    def _concluir(self, pedida: "Pedida", julgada: "Julgada") -> None:
        from separador.capacidades.emissao.servico import refeitura_pedida  # noqa: PLC0415 -- the rules

        linha = tabela_de_pedidos.por_id(self.contexto.banco, pedida.tarefa_id)
        if linha is not None and linha["estado"] == tabela_de_pedidos.ACEITA:
            decidir = partial(refeitura_pedida.concluir, linha=linha, pedida_=pedida, julgada=julgada)
            em_grupo_do_pedido(self.contexto, linha, decidir)

    def _incidente(self, pedida: "Pedida", erro: Exception) -> None:
        if isinstance(erro, BrokenExecutor):
            erro = RuntimeError("o processo que refaz um CT-e morreu, ou passou do prazo")
        self._pedida = self._em_maos = None
        linha = tabela_de_pedidos.por_id(self.contexto.banco, pedida.tarefa_id)
        if linha is not None:
            pedido_falhou(self.contexto, linha, erro)
