"""Finds the address of each service of each authoriser. The data is in `enderecos.yaml`, and a file can override it.

Names of authorisers: those of the states that have their own, SVRS, SVSP, SVC-RS, SVC-SP (contingency), AN. RS and SVRS
are the same machines, and so are SP and SVSP, but each name keeps its own state (a stopped service, an SVC in force).
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from separador.capacidades.sefaz.rede.contrato import CONTRATOS
from separador.capacidades.sefaz.rede.porta import Servico
from separador.fiscal.regras.ufs import CODIGO_UF, SIGLA_UF
from separador.nucleo.chave import partes
from separador.nucleo.texto.razao import razao

AN = "AN"
"""Name of the national environment, which offers distribution only."""
_AMBIENTES = {"1": "producao", "2": "homologacao"}
_EM_CONTINGENCIA = frozenset("78")
_QR = "qrcode"
_LIMITE_BYTES = 1024 * 1024
_Tabela = dict[str, dict[str, dict[str, str]]]


class EnderecosError(Exception):
    """The file of addresses cannot be used; the text, in Portuguese, says what to correct."""


@dataclass(frozen=True, slots=True)
class Enderecos:
    """The table. `tabela`: authoriser → environment → service → URL; `estados`, `contingencia`: state → authoriser."""

    tabela: Mapping[str, Mapping[str, Mapping[str, str]]]
    estados: Mapping[str, str]
    contingencia: Mapping[str, str]

    @classmethod
    def carregar(cls, sobreposicao: Path | None = None, *, simulador: str | None = None) -> "Enderecos":
        """Loads the shipped table with the changes of `sobreposicao`.

        `simulador`: scheme, host and port of the local SEFAZ, where every service then is. Raises EnderecosError.
        """
        dados = _ler(resources.files(__package__).joinpath("enderecos.yaml").read_bytes(), "a tabela do programa")
        if sobreposicao is not None:
            _sobrepor(dados, _ler(_bytes(sobreposicao), str(sobreposicao)), str(sobreposicao))
        tabela = _resolver(dados["autorizadores"])
        if simulador is not None:
            tabela = _simular(tabela, simulador)
        return cls(tabela, dados["estados"], dados["contingencia"])

    def url(self, servico: Servico, autorizador: str, tp_amb: str) -> str | None:
        """Returns the address of a service; None when the authoriser does not offer it there (the GTV-e in SVC)."""
        return self.tabela[autorizador][_AMBIENTES[tp_amb]].get(servico)

    def autorizador(self, uf: str) -> str:
        """Returns the authoriser of a state's documents in normal emission. `uf`: two letters or the IBGE code."""
        return self.estados[SIGLA_UF.get(uf, uf)]

    def svc(self, uf: str) -> str:
        """Returns the contingency authoriser of a state."""
        return self.contingencia[SIGLA_UF.get(uf, uf)]

    def autorizador_de(self, chave: str) -> str:
        """Returns the authoriser of the document of this key: that of its state, or the state's SVC when tpEmis is 7 or
        8."""
        p = partes(chave)
        return self.svc(p.uf) if p.tp_emis in _EM_CONTINGENCIA else self.autorizador(p.uf)

    def qr(self, uf: str, tp_amb: str) -> str:
        """Returns the address of the QR code of a state's documents."""
        return self.tabela[self.autorizador(uf)][_AMBIENTES[tp_amb]][_QR]


def _bytes(arquivo: Path) -> bytes:
    try:
        with arquivo.open("rb") as aberto:
            return aberto.read(_LIMITE_BYTES)
    except OSError as erro:
        raise EnderecosError(f"não consegui ler {arquivo}: {razao(erro)}") from erro


def _ler(conteudo: bytes, onde: str) -> dict[str, Any]:
    try:
        lido = yaml.safe_load(conteudo)
    except (yaml.YAMLError, UnicodeDecodeError) as erro:
        raise EnderecosError(f"{onde} não é YAML válido") from erro
    return _mapa(lido, onde)


def _mapa(valor: object, onde: str) -> dict[str, Any]:
    if not isinstance(valor, dict) or not all(isinstance(k, str) for k in valor):
        raise EnderecosError(f"{onde}: deve ser um grupo de 'chave: valor'")
    return valor


def _sobrepor(dados: dict[str, Any], novos: dict[str, Any], onde: str) -> None:
    """Changes in `dados` what `novos` says. Every name must be one that the table knows."""
    _conhecidos(novos, dados, onde)
    for nome, valor in _mapa(novos.get("autorizadores") or {}, f"{onde}: autorizadores").items():
        _um_autorizador(dados["autorizadores"], nome, valor, f"{onde}: autorizadores.{nome}")
    for grupo in ("estados", "contingencia"):
        escolhas = _mapa(novos.get(grupo) or {}, f"{onde}: {grupo}")
        _conhecidos(escolhas, CODIGO_UF, f"{onde}: {grupo}")
        _conhecidos([str(v) for v in escolhas.values()], dados["autorizadores"], f"{onde}: {grupo}")
        dados[grupo].update(escolhas)


def _um_autorizador(autorizadores: dict[str, Any], nome: str, valor: object, onde: str) -> None:
    ambientes = _mapa(valor, onde)
    _conhecidos(ambientes, _AMBIENTES.values(), onde)
    alvo = autorizadores.setdefault(nome, {})
    for ambiente, servicos in ambientes.items():
        lidos = _mapa(servicos, f"{onde}.{ambiente}")
        _conhecidos(lidos, (*map(str, Servico), _QR), f"{onde}.{ambiente}")
        for servico, url in lidos.items():
            _conferir_url(servico, url, f"{onde}.{ambiente}.{servico}")
        alvo.setdefault(ambiente, {}).update(lidos)


def _conferir_url(servico: str, url: object, onde: str) -> None:
    esquemas = ("https://", "http://") if servico == _QR else ("https://",)
    if not isinstance(url, str) or not url.startswith(esquemas) or any(c.isspace() for c in url):
        raise EnderecosError(f"{onde}: deve ser um endereço {esquemas[0]}…, e está {url!r}")


def _conhecidos(nomes: Iterable[str], conhecidos: Iterable[str], onde: str) -> None:
    todos = list(conhecidos)
    for nome in nomes:
        if nome not in todos:
            perto = difflib.get_close_matches(nome, todos, n=1)
            dica = f' (você quis dizer "{perto[0]}"?)' if perto else f"; os nomes são: {', '.join(todos)}"
            raise EnderecosError(f'{onde}: "{nome}" não existe{dica}')


def _resolver(autorizadores: Mapping[str, dict[str, Any]]) -> _Tabela:
    """Carries out `como` and `sem`: returns every authoriser with all its addresses. A copy follows what was
    overridden."""
    tabela: _Tabela = {}
    for nome, dados in autorizadores.items():
        base = autorizadores[dados["como"]] if "como" in dados else {}
        tabela[nome] = {
            a: {s: u for s, u in {**base.get(a, {}), **dados.get(a, {})}.items() if s not in dados.get("sem", ())}
            for a in _AMBIENTES.values()
        }
    return tabela


def _simular(tabela: _Tabela, base: str) -> _Tabela:
    """Returns the same services at `<base>/ws|svc|an/<service>`. QR addresses stay, because SEFAZ's rejection 851
    compares them."""
    return {
        nome: {
            ambiente: {
                s: u if s == _QR else f"{base}/{_pasta_simulada(nome)}/{CONTRATOS[Servico(s)].nome}"
                for s, u in urls.items()
            }
            for ambiente, urls in ambientes.items()
        }
        for nome, ambientes in tabela.items()
    }


def _pasta_simulada(autorizador: str) -> str:
    if autorizador == AN:
        return "an"
    return "svc" if autorizador.startswith("SVC") else "ws"
