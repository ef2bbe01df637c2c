"""Runs the e-CAC part of the demonstration by commands.

It starts the import, then compares guides, receipts, occurrences and ledgers with what is expected.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import IO

from separador.capacidades.ecac.dominio.guia import Estado
from separador.capacidades.ecac.dominio.ocorrencia import NOMES
from separador.demonstracao.ecac.parte import CLIENTE, SEM_PROCURACAO, ParteEcac
from separador.demonstracao.instalacao import Instalacao
from separador.demonstracao.tela import AMARELO, VERMELHO, Tela
from separador.nucleo.texto.quantidade import quantos

ACESSO = "CERT ECAC"
"""The registered access by which the client is asked about."""
_AINDA = {Estado.ABERTA, Estado.CONSULTADA}


class Serpro(threading.Thread):
    """Shows the lines of the local SERPRO."""

    def __init__(self, falas: IO[str], tela: Tela, nomes: Mapping[str, str]) -> None:
        super().__init__(name="serpro", daemon=True)
        self._falas, self._tela, self._nomes = falas, tela, nomes

    def run(self) -> None:
        """Reads until it ends."""
        with self._falas:
            for linha in self._falas:
                self._ouvir(linha)

    def _ouvir(self, linha: str) -> None:
        try:
            fala = json.loads(linha)
        except ValueError:
            self._tela.passo("SERPRO", "!", "", linha.strip(), VERMELHO)
            return
        texto = _TEXTOS.get(str(fala.get("servico")))
        if texto is None:
            return
        quem = self._nomes.get(str(fala["contribuinte"]), "")
        sujeito = texto + (f" {fala['numero']}" if fala["numero"] else f" de {quem}" if quem else "")
        http, falha = fala["http"], fala["falha"]
        dito = "200" if http == 200 else f"HTTP {http} {fala['codigo']}".strip()
        self._tela.passo("SERPRO", "⇄", sujeito, dito, AMARELO if falha or http != 200 else "")


_TEXTOS = {
    "AUTENTICAR": "token, com o e-CNPJ",
    "SOLICEVENTOSPJ132": "eventos, sem custo",
    "PAGAMENTOS71": "pagamentos",
    "COMPARRECADACAO72": "comprovante",
}


def importar(instalacao: Instalacao, tela: Tela) -> Iterable[str]:
    """Registers the access of the office, then runs `separador ecac importar`, to the end.

    Yields a problem when it stops, or when another company than the one without procuração was not asked about.
    """
    tela.passo("operador", "·", f"procuracao incluir {ACESSO!r}", instalacao.cadastrar_acesso(ACESSO, CLIENTE.cnpj))
    feito = instalacao.json("ecac", "importar")
    tela.passo("operador", "·", "separador ecac importar", str(feito["mensagem"]))
    if not feito["concluida"]:
        yield f"a importação parou: {feito['mensagem']}"
    for e in feito["empresas"]:
        tela.passo("e-CAC", "·", str(e["nome"]), f"{e['situacao']}; quem pede: {e['por']}")
        if e["falhou"] != (e["cnpj"] == SEM_PROCURACAO.cnpj):
            yield f"{e['nome']}: {e['situacao']}: {e['detalhe']}"


def conferir(instalacao: Instalacao, tela: Tela, parte_ecac: ParteEcac) -> Iterable[str]:
    """Yields every difference from what is expected; shows what is right."""
    guias = {g["numero"]: g for g in instalacao.json("ecac", "guias", "listar")}
    for numero, estado in parte_ecac.estados.items():
        visto = guias[numero]["estado"] if numero in guias else "sem registro"
        if visto != estado and not (estado in _AINDA and visto in _AINDA):
            yield f"a guia {numero} está {visto}; devia estar {estado}"
    yield from (f"falta o comprovante {r}" for r in parte_ecac.comprovantes if not (instalacao.pasta / r).is_file())
    baixadas = sum(bool(g["baixada"]) for g in guias.values())
    ditas = f"{quantos(len(guias), 'guia', 'guias')}, {quantos(baixadas, 'baixada', 'baixadas')}"
    tela.texto(f"e-CAC: {ditas}, cada uma com o seu comprovante arquivado.")
    yield from _conferir_acesso(instalacao, tela)
    yield from _conferir_ocorrencias(instalacao, tela, parte_ecac)
    yield from _conferir_livros(instalacao, tela)


def _conferir_acesso(instalacao: Instalacao, tela: Tela) -> Iterable[str]:
    """Compares the client that was asked about by the access with the one that it covers."""
    visto = instalacao.json("procuracao", "ver", ACESSO)
    usos = [u for u in visto["em_uso_por"] if u["ultimo"]]
    tela.texto(f"Acesso {ACESSO}: usado por {', '.join(str(u['nome']) for u in usos) or 'ninguém'}.")
    if [u["cliente"] for u in usos] != [CLIENTE.cnpj]:
        yield f"o acesso {ACESSO} serviu a {[u['cliente'] for u in usos]}; devia servir a {CLIENTE.cnpj}"


def _conferir_ocorrencias(instalacao: Instalacao, tela: Tela, parte_ecac: ParteEcac) -> Iterable[str]:
    vistas = Counter(o["ocorrencia"] for o in instalacao.json("ecac", "ocorrencias"))
    esperadas = Counter({NOMES[e]: n for e, n in parte_ecac.ocorrencias.items()})
    tela.texto("Ocorrências: " + " · ".join(f"{n} {nome.lower()}" for nome, n in sorted(vistas.items())))
    if vistas != esperadas:
        yield f"ocorrências {dict(vistas)}; deviam ser {dict(esperadas)}"


def _conferir_livros(instalacao: Instalacao, tela: Tela) -> Iterable[str]:
    """Compares the calls that SERPRO charges with those that we recorded."""
    razao = instalacao.json("simulador", "serpro", "--razao", str(instalacao.pasta / "serpro"))
    deles = Counter(c["servico"] for c in razao if c["cobrada"])
    nossas: Counter[str] = Counter()
    for dia in instalacao.json("ecac", "custo")["dias"]:
        nossas[dia["servico"]] += dia["cobradas"]
    nossas = +nossas
    if deles == nossas:
        tela.texto(f"Livro de chamadas: {sum(nossas.values())} cobradas, as mesmas que o SERPRO contou.")
    else:
        yield f"o SERPRO cobra {dict(deles)}, nós anotamos {dict(nossas)}"


def nomes() -> dict[str, str]:
    """Returns short names for the screen."""
    return {CLIENTE.cnpj: "cliente", SEM_PROCURACAO.cnpj: "cliente sem procuração"}
