"""Gives the registries to the form of a CT-e: read once for each of their states, and as choices."""

from pathlib import Path
from threading import Lock

from separador.configuracao import Configuracao
from separador.configuracao.emissao.cadastros import CadastrosLidos, assinatura, ler_cadastros
from separador.fiscal.emissao.cadastros import Cadastros

MAXIMO = 500
"""Records that a choice offers; of more, the code or the document is typed."""
Opcao = tuple[str, str]
_NOMES = {
    "empresas": ("cnpj", "nome"),
    "entidades": ("codigo", "nome"),
    "servicos": ("codigo", "descricao"),
    "operacoes": ("codigo", "descricao"),
    "veiculos": ("codigo", "placa"),
    "seguradoras": ("codigo", "nome"),
}
"""Registry → the field that names a record, and the one that people know it by."""


class _Guardados:
    """Keeps the registries as they were last read."""

    def __init__(self) -> None:
        self._trava = Lock()
        self._lidos: tuple[Path, object, CadastrosLidos] | None = None

    def lidos(self, pasta: Path) -> CadastrosLidos:
        """Returns the registries of a folder; they are read when a file changed."""
        with self._trava:
            vista = assinatura(pasta)  # before they are read: what changes meanwhile is read the next time
            if self._lidos is None or self._lidos[:2] != (pasta, vista):
                self._lidos = pasta, vista, ler_cadastros(pasta)
            return self._lidos[2]


_GUARDADOS = _Guardados()


def cadastros(config: Configuracao) -> CadastrosLidos:
    """Returns the registries of now."""
    return _GUARDADOS.lidos(config.emissao.cadastros)


def de(lidos: Cadastros | None) -> dict[str, list[Opcao] | None]:
    """Returns the choices of each registry; None where the code is typed."""
    if lidos is None:
        return dict.fromkeys((*_NOMES, "motoristas"), None)
    feitas = {c: [(no.texto(n), no.texto(dito)) for no in lidos.todos(c)] for c, (n, dito) in _NOMES.items()}
    feitas["empresas"] = [
        (e.texto("cnpj"), e.texto("nome")) for e in lidos.todos("empresas") if e.sim("transportadora", True)
    ]
    feitas["motoristas"] = [
        (e.texto("codigo"), e.texto("nome")) for e in lidos.todos("entidades") if e.sim("motorista")
    ]
    return {c: _em_ordem(opcoes) if len(opcoes) <= MAXIMO else None for c, opcoes in feitas.items()}


def _em_ordem(opcoes: list[Opcao]) -> list[Opcao]:
    ditas = [(codigo, codigo if dito in ("", codigo) else f"{dito} ({codigo})") for codigo, dito in opcoes]
    return sorted(ditas, key=lambda o: o[1].casefold())
