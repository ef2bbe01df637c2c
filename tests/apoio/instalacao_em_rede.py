"""Runs the service inside the test's process against a real local SEFAZ: real TLS, real answers, one clock."""

import os
from multiprocessing.connection import wait
from pathlib import Path
from sqlite3 import Row
from typing import Any, Protocol

from separador.banco.conexao import abrir
from separador.capacidades.sefaz.rede.porta import Porta
from separador.capacidades.sefaz.servico.passo import Transmissao
from separador.configuracao import Invalida, carregar
from separador.demonstracao import exportacoes as ex
from separador.demonstracao.exportacoes import Exportacao
from separador.motor.ciclo import Ciclo
from separador.motor.contexto import Contexto
from separador.motor.soquete.parte import SEM_SOQUETE
from separador.motor.systemd import Notificador
from separador.pastas.quem_tem_aberto import preparar_processo
from tests.apoio.instalacao import PASSOS, Instalacao
from tests.apoio.maquina import SENHA
from tests.apoio.sefaz_local import Falha, SefazEmFio

AUTORIZADO, REJEITADO = "AUTORIZADO PELA SEFAZ", "REJEITADO PELA SEFAZ"
AGUARDANDO, CANCELADO = "AGUARDANDO RETORNO", "CANCELADO"


class Servidor(Protocol):
    """A SEFAZ that the test itself started."""

    @property
    def endereco(self) -> str: ...

    @property
    def ca(self) -> Path: ...

    def razao(self) -> dict[str, Any]: ...


TRANSMISSAO = "separador.capacidades.sefaz.servico.passo:Transmissao"


class InstalacaoEmRede(Instalacao):
    """An installation that transmits by network. `falhas` and `ajustes` are the script of the SEFAZ. `sefaz_config`
    holds further keys of the section `sefaz`. `porta` is a double of the client. `servidor` is a SEFAZ that runs
    elsewhere, by its own clock. With `porta` or `servidor`, no SEFAZ is started here."""

    def __init__(
        self,
        pasta: Path,
        *falhas: Falha,
        ajustes: dict[str, Any] | None = None,
        sefaz_config: dict[str, Any] | None = None,
        porta: Porta | None = None,
        servidor: Servidor | None = None,
        aberta: bool = True,
        **opcoes: Any,
    ) -> None:
        self._porta, self._servidor = porta, servidor
        super().__init__(pasta, aberta=False, ambiente="simulado", **opcoes)
        self.sefaz = SefazEmFio(pasta / "sefaz", falhas=falhas, agora=lambda: self.agora, **(ajustes or {}))
        secao: dict[str, Any] = {"prazo_conexao": 5, "prazo_resposta": 5}
        if servidor is not None:
            secao |= {"simulador": servidor.endereco, "ca": str(servidor.ca)}
        elif porta is None:
            self.sefaz.ligar()
            secao |= {"simulador": self.sefaz.endereco, "ca": str(self.sefaz.ca)}
        self.gravar_config(sefaz=secao | (sefaz_config or {}))
        if aberta:
            self.abrir()

    def abrir(self) -> None:
        preparar_processo()
        config = carregar(self.config)
        assert not isinstance(config, Invalida), [str(e) for e in config.erros]
        self._banco = abrir(self.dados)
        contexto = Contexto(config, self._banco, self.ponteiros.relogio(), self.diario)  # type: ignore[arg-type]
        self._ciclo = Ciclo(contexto, {"SEPARADOR_SENHA": SENHA, SEM_SOQUETE: "1"}, Notificador(None), avisos=False)
        if self._porta is not None:
            self._ciclo._partes[TRANSMISSAO] = Transmissao(contexto, self._ciclo, self._porta)
        self._ciclo.iniciar()

    def morrer(self) -> None:
        """Leaves what SIGKILL leaves: nothing is finished, nothing is told, and nobody hears the calls in flight."""
        ciclo, self._ciclo = self._ciclo, None
        assert ciclo is not None
        ciclo.parte(Transmissao)._chamadores.encerrar()
        assert self._banco is not None
        self._banco.close()
        self._banco = None

    def __exit__(self, *erro: object) -> None:
        super().__exit__(*erro)
        self.sefaz.parar()

    def rodar(self) -> None:
        """Runs until only something from outside can move it. Answers take real time; the clock stands still
        meanwhile."""
        self.ponteiros.passar(1.1)
        for _ in range(PASSOS):
            if self.ciclo.passo():
                continue
            if self.ciclo.nada_a_mover():
                return
            if self.ciclo.parte(Transmissao).em_voo:
                wait([self.ciclo.sinal.fileno()], timeout=0.05)
            else:
                self.ponteiros.passar(0.1)
        raise AssertionError(f"o laço não sossega\n{self.diario.linhas[-10:]}")

    # --- state ---------------------------------------------------------------------------------------------------

    def exportar(self, numero: int, **opcoes: Any) -> Exportacao:
        """Drops an export and runs."""
        e = ex.cte(numero, agora=self.agora, **({"variante": "uma-nota"} | opcoes))
        self.soltar(1, os.fsdecode(e.nome), e.dados)
        return e

    def etapa(self, chave: str) -> str:
        return str(self.doc(chave)["etapa"])

    def chamadas(self, chave: str, alvo: str | None = None) -> list[Row]:
        """Returns the rows of the queue about a key, oldest first."""
        linhas = self.banco.todas("SELECT * FROM transmissao WHERE chave = ? ORDER BY id", chave)
        return [r for r in linhas if alvo is None or r["alvo"] == alvo]

    def na_sefaz(self, chave: str) -> dict[str, Any]:
        """Returns the SEFAZ's own record of a key."""
        razao = (self._servidor or self.sefaz).razao()
        d: dict[str, Any] | None = next((d for d in razao["documentos"] if d["chave"] == chave), None)
        assert d is not None, f"a SEFAZ não autorizou {chave}: {razao}"
        return d

    def ate(self, chave: str, situacao: str, passo_s: float = 30.0, limite_s: float = 7200.0) -> None:
        """Lets time go by until the document is in a state."""
        passados = 0.0
        while self.situacao(chave) != situacao:
            assert passados < limite_s, (self.situacao(chave), self.etapa(chave), self.falhas())
            self.passar(passo_s)
            passados += passo_s
