"""Balances the ledger of a marathon: every file that went in against what the folders and the commands say.

    python -m tests.falhas.conferente PASTA

It uses the standard library only, nothing of the product and nothing of its tests. It reads `livro.jsonl` (the files
that were dropped, one JSON object a line), the folders, and the `--json` output of the public commands, run as anybody
would run them.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SITUACAO = {
    "silencio": "AGUARDANDO RETORNO",
    "rejeita": "REJEITADO PELA SEFAZ",
    "autoriza": "AUTORIZADO PELA SEFAZ",
    "carta": "AUTORIZADO PELA SEFAZ",
    "cancela-pedido": "CANCELADO",
    "cancela-arquivo": "CANCELADO",
}
"""Maps what the marathon does with a CT-e to the state in which that CT-e must end."""


@dataclass
class Conta:
    """One kind of input. `erros` says where it does not balance."""

    quantos: int = 0
    erros: list[str] = field(default_factory=list)


@dataclass
class Balanco:
    """The whole result: by kind, and the errors that belong to no kind."""

    contas: dict[str, Conta] = field(default_factory=lambda: defaultdict(Conta))
    gerais: list[str] = field(default_factory=list)
    falhas: Counter[str] = field(default_factory=Counter)

    @property
    def certo(self) -> bool:
        return not self.gerais and not any(c.erros for c in self.contas.values())


@dataclass(frozen=True)
class Achado:
    """A file found: its folder, its real name, and the name without what the finder added."""

    pasta: Path
    real: str
    nome: str

    def dados(self) -> bytes:
        return (self.pasta / self.real).read_bytes()


class Contexto:
    """The installation as found. Folders are listed once, and commands run once."""

    def __init__(self, raiz: Path) -> None:
        self.raiz = raiz
        self.var = raiz / "var"
        # The marathon's consumers put a double beside the first as `nome#2`; the archive puts an id before the name.
        self.transmitidos = _por_nome(raiz / "levados" / "sefaz")
        self.wms = _por_nome(raiz / "levados" / "wms")
        self.geral = _por_nome(raiz / "levados" / "geral")
        self.fiscal = _por_nome(*_pastas_fiscais(self.var / "fiscal"))
        self.originais = _originais(self.var)
        self.wms_por_conteudo = _por_conteudo(self.wms)
        self.documentos: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for linha in self.json("cte", "listar"):
            self.documentos[linha["chave"]].append(linha)
        self.falhas = self.json("falhas")
        self.situacao = self.json("situacao")

    def json(self, *args: str) -> Any:
        """Runs one public command and returns its one JSON document."""
        config = self.raiz / "config" / "separador.yaml"
        comando = [sys.executable, "-m", "separador", "--config", str(config), *args, "--json"]
        feito = subprocess.run(comando, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300)
        if feito.returncode not in (0, 1):
            raise RuntimeError(f"{args}: saiu com {feito.returncode}: {feito.stderr[-500:]}")
        return json.loads(feito.stdout)


def conferir(raiz: Path, *, rastreados: int = 40) -> Balanco:
    """Balances one installation at rest. `rastreados` says how many inputs are also looked up with `rastrear`."""
    instalacao = Contexto(raiz)
    balanco = Balanco()
    livro = list(_livro(raiz / "livro.jsonl"))
    usados: Counter[tuple[str, str]] = Counter()
    for entrada in livro:
        conta = balanco.contas[entrada["tipo"]]
        conta.quantos += 1
        nome = entrada["nome"]
        erros = [*_original(instalacao, entrada), *CONFERENCIAS[entrada["tipo"]](instalacao, entrada, usados)]
        conta.erros += [f"{nome}: {e}" for e in erros]
    _nada_a_mais(instalacao, usados, balanco)
    _em_repouso(instalacao, sum(e["tipo"] != "ruim" and e.get("aceito", True) for e in livro), balanco)
    _rastrear(instalacao, livro, rastreados, balanco)
    return balanco


def _livro(caminho: Path) -> Iterator[dict[str, Any]]:
    with caminho.open(encoding="utf-8") as linhas:
        for linha in linhas:
            yield json.loads(linha)


def _por_nome(*pastas: Path) -> dict[str, list[Achado]]:
    achados: dict[str, list[Achado]] = defaultdict(list)
    for pasta in pastas:
        for real in sorted(os.listdir(pasta)) if pasta.is_dir() else ():
            if not real.startswith("."):
                nome = real.partition("#")[0]
                achados[nome].append(Achado(pasta, real, nome))
    return achados


def _por_conteudo(achados: dict[str, list[Achado]]) -> dict[str, list[Achado]]:
    por: dict[str, list[Achado]] = defaultdict(list)
    for lista in achados.values():
        for achado in lista:
            por[hashlib.sha256(achado.dados()).hexdigest()].append(achado)
    return por


def _pastas_fiscais(fiscal: Path) -> list[Path]:
    return sorted(p for p in fiscal.glob("*-*") if p.is_dir())


def _originais(var: Path) -> dict[str, list[tuple[str, Achado]]]:
    """Returns the originals kept, by name: (arquivo | duplicados | quarentena, file)."""
    achados: dict[str, list[tuple[str, Achado]]] = defaultdict(list)
    for raiz in ("arquivo", "duplicados", "quarentena"):
        for pasta, _, nomes in os.walk(var / raiz):
            for real in nomes:
                nome = real.partition("_")[2]
                achados[nome].append((raiz, Achado(Path(pasta), real, nome)))
    return achados


def _original(instalacao: Contexto, entrada: dict[str, Any]) -> list[str]:
    """Checks that the original is kept, once, byte for byte."""
    iguais = [
        (raiz, a)
        for raiz, a in instalacao.originais.get(entrada["nome"], ())
        if hashlib.sha256(a.dados()).hexdigest() == entrada["sha256"]
    ]
    if len(iguais) != 1:
        return [f"original guardado {len(iguais)} vezes"]
    return [] if iguais[0][0] == "arquivo" else [f"original em {iguais[0][0]}"]


def _uma_vez(
    onde: str, achados: dict[str, list[Achado]], nome: str, usados: Counter[tuple[str, str]]
) -> list[str]:  # fmt: skip
    usados[onde, nome] += 1
    vezes = len(achados.get(nome, ()))
    return [] if vezes == 1 else [f"{nome} aparece {vezes} vezes em {onde}"]


def _cte(instalacao: Contexto, e: dict[str, Any], usados: Counter[tuple[str, str]]) -> list[str]:
    chave = e["chave"]
    erros = _uma_vez("sefaz", instalacao.transmitidos, f"{chave}-cte.xml", usados)
    if not erros:
        dados = instalacao.transmitidos[f"{chave}-cte.xml"][0].dados()
        if dados.count(b"<SignatureValue>") != 1 or f'Id="CTe{chave}"'.encode() not in dados:
            erros.append("o arquivo entregue não é o documento assinado")
    linhas = instalacao.documentos.get(chave, [])
    if [linha["situacao"] for linha in linhas] != [SITUACAO[e["sina"]]]:
        erros.append(f"situação {[linha['situacao'] for linha in linhas]}, esperada {SITUACAO[e['sina']]}")
    return erros


def _retorno(instalacao: Contexto, e: dict[str, Any], usados: Counter[tuple[str, str]]) -> list[str]:
    """Checks that a return is handed to the WMS once. The document that it authorises must be delivered once and kept
    once, around the signed bytes."""
    copias = instalacao.wms_por_conteudo.get(e["sha256"], [])
    for copia in copias:
        usados["wms", copia.nome] += 1
    erros = [] if len(copias) == 1 else [f"retorno entregue {len(copias)} vezes"]
    processado = e["processado"]
    if processado is None:
        return erros
    erros += _uma_vez("wms", instalacao.wms, processado, usados) + _uma_vez(
        "fiscal", instalacao.fiscal, processado, usados
    )
    if not erros:
        assinado = _sem_declaracao(instalacao.transmitidos[e["enviado"]][0].dados())
        for achado in (instalacao.wms[processado][0], instalacao.fiscal[processado][0]):
            if assinado not in achado.dados():
                erros.append(f"{processado} em {achado.pasta.name} não traz os bytes assinados")
    return erros


def _sem_declaracao(dados: bytes) -> bytes:
    return dados[dados.index(b"?>") + 2 :].strip() if dados.startswith(b"<?xml") else dados.strip()


def _comum(instalacao: Contexto, e: dict[str, Any], usados: Counter[tuple[str, str]]) -> list[str]:
    erros = _uma_vez("geral", instalacao.geral, e["nome"], usados)
    if not erros and hashlib.sha256(instalacao.geral[e["nome"]][0].dados()).hexdigest() != e["sha256"]:
        erros.append("entregue com outros bytes")
    return erros


def _ruim(instalacao: Contexto, e: dict[str, Any], usados: Counter[tuple[str, str]]) -> list[str]:
    base = e["nome"].removesuffix(".xml")
    erros = _uma_vez("wms", instalacao.wms, f"{base}.err", usados) + _uma_vez(
        "wms", instalacao.wms, f"{base}.json", usados
    )
    if not erros:
        relato = json.loads(instalacao.wms[f"{base}.json"][0].dados())
        if not relato["erros"] or not relato["codigo"]:
            erros.append("o .json não diz o erro")
    return erros


def _pedido(instalacao: Contexto, e: dict[str, Any], usados: Counter[tuple[str, str]]) -> list[str]:
    resposta = e["nome"].removesuffix(".json") + "-ret.json"
    erros = _uma_vez("wms", instalacao.wms, resposta, usados)
    if not erros:
        dito = json.loads(instalacao.wms[resposta][0].dados())
        if dito["chave"] != e["chave"] or (dito["resultado"] == "feito") is not e["aceito"]:
            erros.append(f"resposta {dito['resultado']}: {dito['mensagem']}")
    if e["evento"] is not None:
        erros += _uma_vez("sefaz", instalacao.transmitidos, e["evento"], usados)
    return erros


def _evento(instalacao: Contexto, e: dict[str, Any], usados: Counter[tuple[str, str]]) -> list[str]:
    return _uma_vez("sefaz", instalacao.transmitidos, e["evento"], usados)


CONFERENCIAS = {
    "cte": _cte,
    "retorno": _retorno,
    "comum": _comum,
    "ruim": _ruim,
    "pedido": _pedido,
    "evento": _evento,
}


def _nada_a_mais(instalacao: Contexto, usados: Counter[tuple[str, str]], balanco: Balanco) -> None:
    """Checks that an input explains each output, and that no output answers two inputs."""
    lugares = {
        "sefaz": instalacao.transmitidos,
        "wms": instalacao.wms,
        "geral": instalacao.geral,
        "fiscal": instalacao.fiscal,
    }
    for lugar, achados in lugares.items():
        balanco.gerais += [f"{lugar}: {nome} sem entrada que o explique" for nome in achados if not usados[lugar, nome]]
    balanco.gerais += [f"{lugar}: {nome} responde a {n} entradas" for (lugar, nome), n in usados.items() if n > 1]


def _nosso(nome: str) -> bool:
    """Says whether this belongs in `.separador`: the sentinel, a corner, the folder of claims, the sign of life."""
    return nome in ("marca", "trabalho", "vivo") or re.fullmatch(r"[0-9a-f]{16}-[0-9]+", nome) is not None


def _em_repouso(instalacao: Contexto, aceitos: int, balanco: Balanco) -> None:
    """Checks that nothing waits, nothing is half done, nothing broke, and that the service counts as we do (`feitos`:
    not refused)."""
    for pasta in instalacao.raiz.glob("*box/*"):
        parados = [n for n in os.listdir(pasta) if n != ".separador"]
        balanco.gerais += [f"{pasta.name}: {n} ficou na pasta" for n in parados]
    proprias = [*instalacao.raiz.glob("*box/*/.separador"), instalacao.var / "fiscal" / ".separador"]
    restos = [r for p in proprias for g in ("*", "*/*", "*/trabalho/*") for r in p.glob(g)]
    restos += [*(instalacao.var / "trabalho").glob("*")]
    balanco.gerais += [f"resto {r.relative_to(instalacao.raiz)}" for r in restos if not _nosso(r.name)]
    balanco.gerais += [f"incidente {i.name}" for i in instalacao.var.glob("incidentes/*")]
    for rota in instalacao.situacao["rotas"]:
        if rota["esperando"]:
            balanco.gerais.append(f"rota {rota['id']}: {rota['esperando']} esperando")
    feitos = sum(rota["feitos"] for rota in instalacao.situacao["rotas"])
    if feitos != aceitos:
        balanco.gerais.append(f"situacao conta {feitos} arquivos feitos hoje; entraram {aceitos} sem defeito")
    balanco.falhas.update(f["codigo"] for f in instalacao.falhas)
    graves = [f for f in instalacao.falhas if f["codigo"] in ("SEP-INCIDENTE", "SEP-QUARENTENA", "SEP-ROTA-AUSENTE")]
    balanco.gerais += [f"falha {f['codigo']}: {f['arquivo']}" for f in graves]


def _rastrear(instalacao: Contexto, livro: list[dict[str, Any]], quantos: int, balanco: Balanco) -> None:
    """Looks up a spread of inputs as a person would. Each was taken once and ended once."""
    passo = max(1, len(livro) // quantos)
    for entrada in livro[::passo][:quantos]:
        registro = instalacao.json("rastrear", entrada["nome"])
        passos = [p for p in registro["passos"] if entrada["nome"] in p["detalhe"]]
        contagem = Counter(p["passo"] for p in passos)
        if contagem["tomado"] != 1 or contagem["concluído"] != 1:
            balanco.gerais.append(f"rastrear {entrada['nome']}: {dict(contagem)}")


def mostrar(balanco: Balanco) -> str:
    """Returns the table, and the first of the errors."""
    linhas = [f"{'entrada':<10} {'quantos':>8} {'errados':>8}"]
    for tipo, conta in sorted(balanco.contas.items()):
        linhas.append(f"{tipo:<10} {conta.quantos:>8} {len(conta.erros):>8}")
    linhas.append(f"{'total':<10} {sum(c.quantos for c in balanco.contas.values()):>8}")
    erros = [e for c in balanco.contas.values() for e in c.erros] + balanco.gerais
    linhas.append("falhas abertas: " + (", ".join(f"{c} {n}" for c, n in balanco.falhas.most_common()) or "nenhuma"))
    linhas += [f"  ERRADO {e}" for e in erros[:40]]
    linhas.append("BALANÇO CERTO" if balanco.certo else f"BALANÇO ERRADO: {len(erros)} diferenças")
    return "\n".join(linhas)


def main() -> int:
    """Runs the command line. Returns 0 when everything balances."""
    balanco = conferir(Path(sys.argv[1]))
    print(mostrar(balanco))
    return 0 if balanco.certo else 1


if __name__ == "__main__":
    sys.exit(main())
