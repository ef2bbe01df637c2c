"""What a page gets: who asks for what, with which fields, and the database of that instant."""

import sqlite3
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from separador.acesso import dominio as acesso
from separador.acesso.servico.autorizacao import Autor
from separador.configuracao import Configuracao
from separador.nucleo import capacidade
from separador.nucleo.capacidade import Tela
from separador.painel.base.campos import Campos
from separador.painel.base.casa import ESPERA_DA_SENHA_S, Casa, Marca
from separador.painel.base.resposta import NAO_HA, OCUPADO, Erro
from separador.pedidos import acoes, escrita
from separador.pedidos.vivo import Vivo, servico_vivo

if TYPE_CHECKING:
    from separador.acesso.senhas import Senhas
    from separador.banco.conexao import Banco
    from separador.painel.base.envio import Guarda


@dataclass(slots=True)
class Visita:
    """One request. `aberto`: the database for reading, in one transaction; None before the service made it.

    `sessao`: the token that the browser showed. `marca`: of the data, read before the database was.
    `consulta`: the query; `campos`: the form; `arquivos`: the files that came with it.
    """

    casa: Casa
    configuracao: Configuracao
    tela: Tela
    agora: datetime
    caminho: str
    enviada: bool = False
    partes: Mapping[str, str] = field(default_factory=dict)
    consulta: Campos = field(default_factory=Campos)
    campos: Campos = field(default_factory=Campos)
    autor: Autor | None = None
    sessao: str | None = field(default=None, repr=False)
    aberto: sqlite3.Connection | None = field(default=None, repr=False)
    marca: Marca = ()
    arquivos: "Guarda | None" = None
    _vivo: Vivo | None = None

    @property
    def dados(self) -> Path:
        """Returns the data folder."""
        return self.configuracao.dados

    @property
    def banco(self) -> sqlite3.Connection:
        """Returns the database for reading. A page with a session always has one."""
        if self.aberto is None:
            raise Erro(NAO_HA, "O serviço ainda não foi ligado nenhuma vez nesta instalação.")
        return self.aberto

    @property
    def quem(self) -> str:
        """Returns the e-mail of the person."""
        return self.autor.quem if self.autor is not None else "?"

    @property
    def so_pergunta(self) -> bool:
        """Says whether the form only asks something that is too long for an address: nothing is changed by it."""
        return acoes.direito_de(self.tela.muda or "") is acesso.Direito.LER

    def pode(self, acao: str) -> bool:
        """Says whether the person may do an action, so that its button is shown."""
        nivel = self.autor.nivel if self.autor is not None else None
        return nivel is not None and acesso.pode(nivel, acoes.direito_de(acao))

    def ha(self, tela: Tela) -> bool:
        """Says whether this installation has a page."""
        return tela.existe is None or bool(capacidade.resolver(tela.existe)(self.configuracao))

    def caminho_que_ha(self, caminho: str | None) -> str | None:
        """Returns the path of a page where this installation has the pages of that beginning."""
        comeco = f"/{(caminho or '').partition('?')[0].split('/')[1]}" if caminho else ""
        faltam = any(t.caminho == comeco and not self.ha(t) for t in capacidade.telas())
        return None if faltam else caminho

    def vivo(self) -> Vivo:
        """Returns the state of the service, looked at once."""
        if self._vivo is None:
            self._vivo = servico_vivo(self.dados, self.agora)
        return self._vivo

    @contextmanager
    def uma_senha(self) -> Generator["Senhas", None, None]:
        """Yields what compares and makes passwords, for two at once; others wait, then are told."""
        if not self.casa.senhas.acquire(timeout=ESPERA_DA_SENHA_S):
            raise Erro(OCUPADO, "Há entradas demais ao mesmo tempo; nada foi mudado. Tente de novo em alguns segundos.")
        try:
            yield self.casa.comparador()
        finally:
            self.casa.senhas.release()

    def escrevendo(self) -> AbstractContextManager["Banco"]:
        """Opens the database for writing."""
        return escrita.escrevendo(self.dados)

    def volta(self, padrao: str) -> str:
        """Returns the page from which a confirmation was opened: a path of this panel, else `padrao`."""
        return daqui(self.campos.um("volta") or self.consulta.um("volta")) or padrao


def daqui(caminho: str) -> str | None:
    """Returns a path when it leads into this panel, and nowhere else."""
    dentro = caminho.startswith("/") and not caminho.startswith("//") and "\\" not in caminho
    return caminho if dentro and caminho.isascii() and caminho.isprintable() and " " not in caminho else None
