"""Describes an installation at rest, in a form in which two of them can be compared.

An interrupted run that was started again must end in the very state of a run that nobody interrupted: the same files in
the same folders, once each, the same outcomes, the same history. It shares no code with the product.
"""

import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

Retrato = Counter[tuple[str, ...]]
"""Counts each fact: more than once is a double."""

_NOSSOS = {"marca", ".escrita", "vivo", "trabalho"}
_CANTO = re.compile(r"[0-9a-f]{16}-[0-9]+")
_INSTANTES = re.compile(
    rb"<dhEvento>[^<]*</dhEvento>|<DigestValue>[^<]*</DigestValue>|<SignatureValue>[^<]*</SignatureValue>"
)

_SINONIMOS = {"101": "135"}
"""Maps codes of one meaning. A cancellation is told by its event's answer, or by the look-up if that was lost."""
_DA_SEFAZ = re.compile(rb"<dhRecbto>[^<]*</dhRecbto>|<dhRegEvento>[^<]*</dhRegEvento>")
_RESPOSTA = re.compile(rb"<infProt[ >].*</infProt>|<infEvento[ >].*</infEvento>", re.DOTALL)
_CHAVE_NOSSA = re.compile(r"([0-9]{6}[0-9A-Z]{12}[0-9]{2}57[0-9]{13})[0-9]{9}")
"""Finds a key of a CT-e, up to the code that is drawn and the check digit."""
_SORTEADOS = re.compile(rb"<(dhEmi|cCT|cDV|DigestValue|SignatureValue)>[^<]*</\1>")


def fotografar(instalacao: Path, tomados: Path | None = None, *, emite: bool = False) -> Retrato:
    """Returns every fact about an installation at rest. `tomados` is where the consumer's files are, by folder.

    `emite`: the documents are made here, so that their codes and instants differ from run to run.
    """
    fatos: Retrato = Counter()
    conteudo = _conteudo_emitido if emite else _conteudo
    for pasta in sorted((instalacao / "outbox").iterdir()):
        _visiveis(fatos, "saída", pasta, pasta.name, conteudo)
        if tomados is not None:
            _visiveis(fatos, "saída", tomados / pasta.name, pasta.name, conteudo)
    for pasta in sorted((instalacao / "inbox").iterdir()):
        _visiveis(fatos, "entrada", pasta, pasta.name, conteudo)
    for pasta in sorted((instalacao / "var" / "fiscal").glob("*-*")):
        _visiveis(fatos, "fiscal", pasta, pasta.name, conteudo)
    _guardados(fatos, instalacao / "var", conteudo)
    _restos(fatos, instalacao)
    _banco(fatos, instalacao / "var" / "separador.db")
    return sem_sorteio(fatos) if emite else fatos


def sem_sorteio(fatos: Retrato) -> Retrato:
    """Returns facts whose keys end before the code that was drawn."""
    iguais: Retrato = Counter()
    for fato, quantos in fatos.items():
        iguais[tuple(_CHAVE_NOSSA.sub(r"\1", valor) for valor in fato)] += quantos
    return iguais


def diferencas(esperado: Retrato, achado: Retrato) -> list[str]:
    """Returns what is missing and what is too much, in readable form. Empty: the two are the same."""
    faltam = [f"falta {n}x {' | '.join(f)}" for f, n in (esperado - achado).items()]
    sobram = [f"sobra {n}x {' | '.join(f)}" for f, n in (achado - esperado).items()]
    return faltam + sobram


def tirar_visiveis(instalacao: Path, tomados: Path) -> int:
    """Takes away every published file, as the consumer does. Returns the number of files."""
    quantos = 0
    for pasta in (instalacao / "outbox").iterdir():
        (tomados / pasta.name).mkdir(parents=True, exist_ok=True)
        for arquivo in pasta.iterdir():
            if arquivo.is_file() and not arquivo.name.startswith("."):
                arquivo.rename(tomados / pasta.name / arquivo.name)
                quantos += 1
    return quantos


def _visiveis(fatos: Retrato, tipo: str, pasta: Path, rotulo: str, conteudo: Callable[[Path], str]) -> None:
    for arquivo in pasta.iterdir() if pasta.is_dir() else ():
        if arquivo.is_file():
            fatos[tipo, rotulo, arquivo.name, conteudo(arquivo)] += 1


def _conteudo(arquivo: Path) -> str:
    """Returns the hash of the content without the instants that we or SEFAZ set."""
    dados = arquivo.read_bytes()
    if b"<verAplic>simulador" in dados.lower() or b"<dhRecbto>" in dados or b"<dhRegEvento>" in dados:
        # SEFAZ's answer counts without the call that brought it and without its time: an answer that was lost comes by
        # the look-up.
        proprio = _RESPOSTA.search(dados) if arquivo.name.endswith(("-pro-rec.xml", "-eve.xml")) else None
        dados = _DA_SEFAZ.sub(b"", proprio.group() if proprio else dados)
    if arquivo.name.endswith("-ret.json"):
        dados = json.dumps(json.loads(dados) | {"quando": ""}, sort_keys=True).encode()
    elif b"<infEvento" in dados:
        dados = _INSTANTES.sub(b"", dados)
    return hashlib.sha256(dados).hexdigest()[:16]


def _conteudo_emitido(arquivo: Path) -> str:
    """Returns the hash of the content without what is drawn for a document that is made here."""
    dados = arquivo.read_bytes()
    if arquivo.name.endswith("-ret.json"):
        dados = json.dumps(json.loads(dados) | {"quando": ""}, sort_keys=True).encode()
    escrito = _CHAVE_NOSSA.sub(r"\1", _SORTEADOS.sub(b"", dados).decode("utf-8", "surrogateescape"))
    return hashlib.sha256(escrito.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _guardados(fatos: Retrato, var: Path, conteudo: Callable[[Path], str]) -> None:
    """Adds the originals, by content and by name without the id in front."""
    for raiz in ("arquivo", "duplicados", "quarentena"):
        for arquivo in sorted((var / raiz).rglob("*")):
            if arquivo.is_file():
                fatos["original", raiz, arquivo.name.partition("_")[2], conteudo(arquivo)] += 1


def _restos(fatos: Retrato, instalacao: Path) -> None:
    """Adds what is half done: claims, staged files, work folders (lotes), incidents. None may be left."""
    for propria in [*instalacao.glob("*box/*/.separador"), instalacao / "var" / "fiscal" / ".separador"]:
        for resto in [*propria.glob("*"), *propria.glob("*/*"), *propria.glob("*/trabalho/*")]:
            if resto.name not in _NOSSOS and not _CANTO.fullmatch(resto.name):
                fatos["resto", str(propria.parent.relative_to(instalacao)), resto.name] += 1
    for resto in (instalacao / "var" / "trabalho").glob("*"):
        fatos["resto", str(resto.relative_to(instalacao))] += 1
    for incidente in (instalacao / "var" / "incidentes").glob("*"):
        fatos["incidente", incidente.read_text("utf-8", "replace")[-600:]] += 1


_CONSULTAS = {
    "arquivo": "SELECT nome, regra, etapa, resultado, desfecho, codigo FROM arquivo",
    "documento": "SELECT chave, situacao, etapa, protocolo, cstat, estornos FROM documento",
    "evento": "SELECT chave, tp_evento, n_seq, estado, protocolo FROM evento",
    "história": "SELECT d.chave, h.de, h.para, h.causa FROM historico h JOIN documento d ON d.id = h.documento_id",
    "publicação": "SELECT tipo, nome, estado FROM publicacao",
    "falha": "SELECT assunto, codigo FROM falha WHERE encerrada_em IS NULL",
    "tarefa": "SELECT pedido, chave, estado, resultado FROM tarefa",
    "carga": "SELECT carga, situacao FROM carga",
    "da carga": "SELECT ordem, serie, numero, documento_id IS NULL FROM carga_documento",
    "numeração": "SELECT empresa, ambiente, modelo, serie, primeiro, proximo FROM numeracao",
    "devolvido": "SELECT empresa, serie, numero FROM numero_devolvido",
}


def _banco(fatos: Retrato, banco: Path) -> None:
    with sqlite3.connect(f"file:{banco}?mode=ro", uri=True) as conexao:
        for tipo, consulta in _CONSULTAS.items():
            for linha in conexao.execute(consulta):
                valores = (v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in linha)
                fatos[tipo, *(_SINONIMOS.get(v, v) for v in valores)] += 1
        (inteiro,) = conexao.execute("PRAGMA integrity_check").fetchone()
        fatos["banco", inteiro] += 1
    conexao.close()
