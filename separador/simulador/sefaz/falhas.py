"""Reads scripted faults from a YAML file, or from a document's own number.

Everything random in a script is drawn from one seed, so that the same faults can be had again.
"""

import random
from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any

from separador.simulador.sefaz.contrato import Autorizador, Grupo
from separador.simulador.sefaz.mensagem import Mensagem
from separador.simulador.sefaz.orgao import Ajustes, Limites

SERIE_DAS_FALHAS = 800
SEMPRE = 0
QUATRO_ALGARISMOS = 99
"""The code in a document's number that asks for the cStat of four digits (1053)."""


class Tipo(StrEnum):
    """The kinds of fault."""

    ATRASO = "atraso"
    FORA_DO_AR = "fora-do-ar"
    QUEDA_DURANTE = "queda-durante"
    QUEDA_ANTES = "queda-antes"
    QUEDA_DEPOIS = "queda-depois"
    MEIA_RESPOSTA = "meia-resposta"
    LENTA = "lenta"
    HTML = "html"
    FAULT = "soap-fault"
    HTTP = "http"
    VAZIA = "vazia"
    RAIZ_ERRADA = "raiz-errada"
    PREFIXO = "prefixo"
    TEXTO_ESCAPADO = "texto-escapado"
    OUTRA_CHAVE = "outra-chave"
    DIGEST_DIFERENTE = "digest-diferente"
    SEM_DIGEST = "sem-digest"
    DATA_SEM_FUSO = "data-sem-fuso"
    NPROT_17 = "nprot-17"
    CSTAT = "cstat"
    PAGINA = "pagina"
    ILEGIVEL = "ilegivel"
    LATIN1 = "latin1"
    LATIN1_DECLARADO = "latin1-declarado"
    WINDOWS_1252 = "windows-1252"
    UTF16 = "utf-16"
    GZIP = "gzip"
    MULTIPART = "multipart"
    LINHA_ANTES = "linha-antes"
    NUL_NO_FIM = "nul-no-fim"
    CDATA = "cdata"
    ENTIDADE = "entidade"
    HTTP_CERTO = "http-certo"
    EVENTO_DO_FISCO = "evento-do-fisco"


EXPLICACOES = {
    Tipo.ATRASO: "responde certo, mas só depois de `atraso_ms`",
    Tipo.FORA_DO_AR: "recusa conexões por `segundos` e derruba as que há; nada é processado",
    Tipo.QUEDA_DURANTE: "derruba a conexão assim que chega o cabeçalho (escolhida só por serviço e autorizador)",
    Tipo.QUEDA_ANTES: "recebe tudo e derruba a conexão sem processar",
    Tipo.QUEDA_DEPOIS: "processa, grava e derruba a conexão: a resposta se perde",
    Tipo.MEIA_RESPOSTA: "processa e corta a resposta pela metade",
    Tipo.LENTA: "processa e responde aos goles (256 bytes a cada 50 ms)",
    Tipo.HTML: "página HTML de um proxy, sem processar",
    Tipo.FAULT: "SOAP Fault, sem processar",
    Tipo.HTTP: "o código HTTP de `http` (503), sem processar",
    Tipo.VAZIA: "processa e responde 200 sem corpo",
    Tipo.RAIZ_ERRADA: "processa e responde com outro elemento raiz",
    Tipo.PREFIXO: "processa e responde certo, tudo com prefixo de namespace",
    Tipo.TEXTO_ESCAPADO: "processa e responde certo, com a mensagem escapada como texto",
    Tipo.OUTRA_CHAVE: "processa e responde com o protocolo de outra chave",
    Tipo.DIGEST_DIFERENTE: "processa e responde com outro digVal",
    Tipo.SEM_DIGEST: "processa e responde sem digVal",
    Tipo.DATA_SEM_FUSO: "processa e responde com datas sem fuso",
    Tipo.NPROT_17: "processa e responde com nProt de 17 algarismos",
    Tipo.CSTAT: "o código de `cstat`, sem processar (com `processar: true`, depois de gravar)",
    Tipo.PAGINA: "página HTML de um firewall sob o código HTTP de `http`, sem processar; `motivo` é o título",
    Tipo.ILEGIVEL: "processa e responde 200 com XML que ninguém lê",
    Tipo.LATIN1: "processa e responde certo em ISO-8859-1, dito só no cabeçalho HTTP",
    Tipo.LATIN1_DECLARADO: "processa e responde certo em ISO-8859-1, declarado no XML",
    Tipo.WINDOWS_1252: "processa e responde certo em Windows-1252, declarado no XML",
    Tipo.UTF16: "processa e responde certo em UTF-16",
    Tipo.GZIP: "processa e responde certo, comprimido (gzip) sem que se peça",
    Tipo.MULTIPART: "processa e responde certo em partes MIME (multipart/related)",
    Tipo.LINHA_ANTES: "processa e responde certo, com uma linha em branco antes da declaração XML",
    Tipo.NUL_NO_FIM: "processa e responde certo, com bytes nulos no fim",
    Tipo.CDATA: "processa e responde certo, com a mensagem inteira em CDATA",
    Tipo.ENTIDADE: "processa e responde certo, com entidades &null; na assinatura do protocolo",
    Tipo.HTTP_CERTO: "processa e responde certo, sob o código HTTP de `http` (503)",
    Tipo.EVENTO_DO_FISCO: "responde à consulta com mais um evento, do fisco e sem assinatura",
}

# The code CCC of a document of series 800 (nCT = SVCCC) asks for the fault of this position.
_POR_NUMERO = (
    *(Tipo.ATRASO, Tipo.QUEDA_ANTES, Tipo.QUEDA_DEPOIS, Tipo.MEIA_RESPOSTA, Tipo.HTML, Tipo.FAULT, Tipo.HTTP),
    *(Tipo.RAIZ_ERRADA, Tipo.PREFIXO, Tipo.TEXTO_ESCAPADO, Tipo.OUTRA_CHAVE, Tipo.DIGEST_DIFERENTE, Tipo.SEM_DIGEST),
    *(Tipo.DATA_SEM_FUSO, Tipo.NPROT_17, Tipo.LENTA, Tipo.VAZIA, Tipo.FORA_DO_AR, Tipo.PAGINA, Tipo.ILEGIVEL),
    *(Tipo.LATIN1, Tipo.LATIN1_DECLARADO, Tipo.WINDOWS_1252, Tipo.UTF16, Tipo.GZIP, Tipo.MULTIPART, Tipo.LINHA_ANTES),
    *(Tipo.NUL_NO_FIM, Tipo.CDATA, Tipo.ENTIDADE, Tipo.HTTP_CERTO, Tipo.EVENTO_DO_FISCO),
)
POR_NUMERO = dict(enumerate(_POR_NUMERO, start=1))
_SERVICO_POR_NUMERO = {0: Grupo.RECEPCAO, 1: Grupo.EVENTO, 2: Grupo.CONSULTA}
_SEM_PROCESSAR = frozenset(
    (
        *(Tipo.FORA_DO_AR, Tipo.QUEDA_DURANTE, Tipo.QUEDA_ANTES, Tipo.HTML, Tipo.FAULT, Tipo.HTTP, Tipo.CSTAT),
        Tipo.PAGINA,
    )
)


@dataclass(frozen=True, slots=True)
class Regra:
    """One line of a script: the calls that it chooses, how often, and the fault. A selector left out chooses all."""

    falha: Tipo
    servico: Grupo | None = None
    autorizador: Autorizador | None = None
    chave: str = ""
    serie: int = -1
    numero: int = 0
    terminacao: str = ""
    tp_evento: str = ""
    cnpj: str = ""
    depois_de: int = 0
    vezes: int = SEMPRE
    total: int = SEMPRE
    probabilidade: float = 1.0
    atraso_ms: int = 0
    segundos: float = 5.0
    cstat: str = ""
    motivo: str = ""
    http: int = 503
    processar: bool | None = None

    @property
    def processa(self) -> bool:
        """Says whether the message is judged and recorded all the same."""
        return self.falha not in _SEM_PROCESSAR if self.processar is None else self.processar

    @property
    def nome(self) -> str:
        """Returns the name for the ledger."""
        return f"{self.falha}:{self.cstat}" if self.falha is Tipo.CSTAT else str(self.falha)


@dataclass(frozen=True, slots=True)
class Roteiro:
    """A whole script."""

    ajustes: Ajustes = field(default_factory=Ajustes)
    regras: tuple[Regra, ...] = ()
    semente: int = 0


class RoteiroInvalidoError(ValueError):
    """The script cannot be obeyed. The text gives the reason in Portuguese."""


def ler_roteiro(dados: Any) -> Roteiro:
    """Returns a script from what a safe YAML loader gave. Raises RoteiroInvalidoError."""
    if dados is None:
        return Roteiro()
    if not isinstance(dados, dict):
        raise RoteiroInvalidoError("o roteiro deve ser uma lista de chaves e valores")
    _conferir(dados, {"semente", "tp_amb", "svc", "conferir", "relogio_s", "limites", "falhas"}, "o roteiro")
    limites = dados.get("limites", {})
    ajustes = Ajustes(
        tp_amb=str(dados.get("tp_amb", "2")),
        svc=bool(dados.get("svc", False)),
        conferir=bool(dados.get("conferir", True)),
        relogio=timedelta(seconds=float(dados.get("relogio_s", 0))),
        limites=_limites(limites) if limites is not None else Limites(),
    )
    regras = tuple(_regra(item, i) for i, item in enumerate(dados.get("falhas") or (), start=1))
    return Roteiro(ajustes, regras, int(dados.get("semente", 0)))


def _limites(dados: Any) -> Limites:
    if dados is False:
        return Limites(0, 0, 0, 0)
    if not isinstance(dados, dict):
        raise RoteiroInvalidoError("limites deve ser false ou uma lista de chaves e valores")
    _conferir(dados, {f.name for f in fields(Limites)} - {"bloqueio"} | {"bloqueio_s"}, "limites")
    valores = {k: int(v) for k, v in dados.items() if k != "bloqueio_s"}
    return Limites(**valores, bloqueio=timedelta(seconds=float(dados.get("bloqueio_s", 3600))))


def _regra(item: Any, i: int) -> Regra:
    if not isinstance(item, dict) or "falha" not in item:
        raise RoteiroInvalidoError(f"falhas, item {i}: falta a chave falha")
    _conferir(item, {f.name for f in fields(Regra)}, f"falhas, item {i}")
    regra = Regra(**{k: _valor(k, v, f"falhas, item {i}") for k, v in item.items()})
    if regra.falha is Tipo.CSTAT and not regra.cstat:
        raise RoteiroInvalidoError(f"falhas, item {i}: a falha cstat pede a chave cstat")
    return regra


_LEITORES: dict[str, Any] = {
    "falha": Tipo, "servico": Grupo, "autorizador": Autorizador, "serie": int, "numero": int, "depois_de": int,
    "vezes": int, "total": int, "atraso_ms": int, "http": int, "probabilidade": float, "segundos": float,
    "processar": bool,
}  # fmt: skip


def _valor(nome: str, valor: Any, onde: str) -> Any:
    leitor = _LEITORES.get(nome, str)
    try:
        return leitor(valor)
    except (ValueError, TypeError) as erro:
        dito = f"{onde}: a chave {nome} não aceita «{valor}»"
        if isinstance(leitor, type) and issubclass(leitor, StrEnum):
            dito += f"; aceitos: {', '.join(sorted(leitor))}"
        raise RoteiroInvalidoError(dito) from erro


def _conferir(dados: dict[Any, Any], aceitas: set[str], onde: str) -> None:
    estranhas = [str(k) for k in dados if k not in aceitas]
    if estranhas:
        raise RoteiroInvalidoError(f"{onde}: chave desconhecida {estranhas[0]}; aceitas: {', '.join(sorted(aceitas))}")


class Sorteio:
    """Chooses the fault of each call, and remembers how often each rule was used."""

    def __init__(self, roteiro: Roteiro) -> None:
        self._regras = roteiro.regras
        self._acaso = random.Random(roteiro.semente)  # noqa: S311 -- a rehearsal, not a secret
        self._vistas: Counter[tuple[int, str]] = Counter()
        self._usadas: Counter[tuple[int, str]] = Counter()
        self._totais: Counter[int] = Counter()

    def ao_chegar(self, servico: Grupo, autorizador: Autorizador) -> Regra | None:
        """Returns the fault that does not wait for the message, when only the headers are in."""
        for i, regra in enumerate(self._regras):
            serve = regra.falha is Tipo.QUEDA_DURANTE and _serve_ao_servico(regra, servico, autorizador)
            if serve and self._sai(i, regra, ""):
                return regra
        return None

    def escolher(self, m: Mensagem) -> Regra | None:
        """Returns the first rule that fits this call. A number of series 800 comes before the script."""
        pelo_numero = _pelo_numero(m)
        if pelo_numero is not None and self._sai(-1, pelo_numero, f"{m.chave}{m.contrato.grupo}"):
            return pelo_numero
        for i, regra in enumerate(self._regras):
            if regra.falha is not Tipo.QUEDA_DURANTE and _serve(regra, m) and self._sai(i, regra, _sujeito(m)):
                return regra
        return None

    def _sai(self, i: int, regra: Regra, sujeito: str) -> bool:
        """Says whether the rule is to be used now.

        `depois_de` and `vezes` count per document (or service), `total` in all.
        """
        lugar = (i, sujeito)
        self._vistas[lugar] += 1
        if self._vistas[lugar] <= regra.depois_de or (regra.vezes and self._usadas[lugar] >= regra.vezes):
            return False
        if (regra.total and self._totais[i] >= regra.total) or self._acaso.random() >= regra.probabilidade:
            return False
        self._usadas[lugar] += 1
        self._totais[i] += 1
        return True


def _sujeito(m: Mensagem) -> str:
    return f"{m.chave}{m.tp_evento}{m.n_seq or ''}" or str(m.contrato.grupo)


def _serve_ao_servico(regra: Regra, servico: Grupo, autorizador: Autorizador) -> bool:
    return regra.servico in (None, servico) and regra.autorizador in (None, autorizador)


def _serve(regra: Regra, m: Mensagem) -> bool:
    return (
        _serve_ao_servico(regra, m.contrato.grupo, m.autorizador)
        and regra.chave in ("", m.chave)
        and regra.serie in (-1, m.serie)
        and regra.numero in (0, m.numero)
        and (not regra.terminacao or (bool(m.chave) and str(m.numero).endswith(regra.terminacao)))
        and regra.tp_evento in ("", m.tp_evento)
        and regra.cnpj in ("", m.chamador.quem)
    )


def _pelo_numero(m: Mensagem) -> Regra | None:
    """Reads nCT of series 800: service (0 reception, 1 event, 2 consultation), times (0 = once, 9 = always), code."""
    if m.serie != SERIE_DAS_FALHAS:
        return None
    servico, vezes, codigo = m.numero // 10_000, m.numero // 1000 % 10, m.numero % 1000
    if _SERVICO_POR_NUMERO.get(servico) is not m.contrato.grupo:
        return None
    quantas = SEMPRE if vezes == 9 else max(vezes, 1)
    if codigo >= 100 or codigo == QUATRO_ALGARISMOS:
        return Regra(Tipo.CSTAT, cstat=str(codigo) if codigo >= 100 else "1053", vezes=quantas)
    tipo = POR_NUMERO.get(codigo)
    return Regra(tipo, vezes=quantas, atraso_ms=5000 if tipo is Tipo.ATRASO else 0) if tipo else None
