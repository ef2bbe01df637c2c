"""Names what a page gives back. `aplicativo` makes the HTTP of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ACHADA, NAO_AUTENTICADO, PROIBIDO, NAO_HA, METODO, CONFLITO = 200, 401, 403, 404, 405, 409
MALFEITO, GRANDE, RECUSADA, DEMAIS, ERRO, OCUPADO = 400, 413, 422, 429, 500, 503


@dataclass(frozen=True, slots=True)
class Pagina:
    """A page: its template with what stands in it. `avisos`: refusals and errors, shown as alerts."""

    modelo: str
    titulo: str
    valores: Mapping[str, Any] = field(default_factory=dict)
    estado: int = ACHADA
    avisos: tuple[str, ...] = ()
    ditos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ir:
    """Another page of this panel. `sessao`: the token that the browser keeps from now on; "" takes it away."""

    caminho: str
    sessao: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Arquivo:
    """A file to keep. `nome` is shown to the person; `na_pagina` lets the browser show it."""

    dados: bytes = field(repr=False)
    nome: str = ""
    tipo: str = "application/octet-stream"
    na_pagina: bool = False


@dataclass(frozen=True, slots=True)
class Dados:
    """JSON, with a version that the browser may ask by."""

    valor: Mapping[str, Any]
    versao: str | None = None


Resposta = Pagina | Ir | Arquivo | Dados


class Erro(Exception):  # noqa: N818 -- it ends a page, as a refusal does
    """Ends a page with a status and a sentence. `titulo` is the heading of the page that says it."""

    def __init__(self, estado: int, mensagem: str, titulo: str = "") -> None:
        super().__init__(mensagem)
        self.estado, self.mensagem = estado, mensagem
        self.titulo = titulo or TITULOS.get(estado, "Não foi possível")


TITULOS = {
    MALFEITO: "Pedido malfeito",
    NAO_AUTENTICADO: "Sessão terminada",
    PROIBIDO: "Sem permissão",
    NAO_HA: "Página não encontrada",
    METODO: "Pedido malfeito",
    GRANDE: "Grande demais",
    DEMAIS: "Espere um pouco",
    ERRO: "Erro inesperado",
    OCUPADO: "Indisponível agora",
}
