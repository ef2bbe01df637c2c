"""Runs the demonstration: the real service on folders of its own, a day's files, a local SEFAZ, a local SERPRO.

It ends with a table of each file and its outcome. Everything goes through folders, commands and HTTPS, as in
production; nothing of the service is called from here.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from separador.demonstracao.arquivos_e_desfechos import WMS, Papel, primeiro_ato, roteiro, segundo_ato
from separador.demonstracao.ecac import arrecadacao
from separador.demonstracao.ecac import parte as parte_ecac
from separador.demonstracao.instalacao import Instalacao
from separador.demonstracao.participantes import Ouvinte, Placar, Sefaz, Wms
from separador.demonstracao.tela import FRACO, VERDE, VERMELHO, Tela, curto
from separador.nucleo.etapa import Desfecho
from separador.nucleo.situacao import Situacao
from separador.nucleo.texto.quantidade import quantos

PRAZO_S = 60.0
"""The limit for each act: far more than it takes."""
ATRASO_MS = 150
"""The time that our SEFAZ takes for an answer. The real one takes longer."""

_CAMINHOS = ("pedido-1006", "pedido-1007", "pedido-1009", "pedido-1011")
"""Documents whose changes of situação are shown at the end."""
_A_UM_TEMPO = 2

FEITO, DIFERENTE = 0, 1


@dataclass(frozen=True, slots=True)
class Resultado:
    """The outcome of one file, as seen from outside. `problemas` is empty when all is as expected."""

    papel: Papel
    desfecho: str
    problemas: tuple[str, ...]


class Direcao:
    """Runs one demonstration. `agora`: the wall clock (aware, UTC). `pausa_s`: time between two files dropped."""

    def __init__(
        self, instalacao: Instalacao, tela: Tela, agora: Callable[[], datetime], *, pausa_s: float = 0.12
    ) -> None:
        self._instalacao = instalacao
        self._tela = tela
        self._agora = agora
        inicio = agora()
        self._atos = (primeiro_ato(inicio), segundo_ato(inicio))
        self._parte_ecac = parte_ecac.montar(inicio)
        self._apelidos = {p.chave: p.apelido for p in self._atos[0] if p.chave}
        self._placar = Placar()
        self._wms = Wms(instalacao.pasta, tela, pausa_s)
        self._sefaz: Sefaz | None = None
        self._soltos: list[str] = []

    def executar(self) -> int:
        """Returns 0 when every outcome is the expected one, else 1. Always ends the service and SEFAZ."""
        try:
            return self._peca()
        finally:
            self._instalacao.desligar()

    def _peca(self) -> int:
        if not self._preparar():
            return DIFERENTE
        titulos = ("O WMS exporta, a SEFAZ responde", "Correção, carta de correção, cancelamentos, repetição")
        resultados: list[Resultado] = []
        documentos: list[Any] = []
        for titulo, papeis in zip(titulos, self._atos, strict=True):
            self._tela.ato(titulo)
            self._encenar(papeis)
            documentos = self._instalacao.json("cte", "listar")
            resultados += self._julgar(papeis, documentos)
        problemas = [*self._arrecadar()]
        resultados += self._julgar(self._parte_ecac.papeis, documentos)
        vistos = [p for p in self._atos[0] if p.nome.startswith(_CAMINHOS)]
        with ThreadPoolExecutor(_A_UM_TEMPO) as fios:
            caminhos = fios.map(self._caminho, [p.chave for p in vistos])
            falhas, razao = fios.submit(self._instalacao.json, "falhas"), fios.submit(self._instalacao.razao)
            por_apelido = dict(zip([p.apelido for p in vistos], caminhos, strict=True))
        codigo_servico = self._instalacao.desligar()
        self._mostrar(resultados, documentos, falhas.result())
        problemas += [
            *self._mostrar_caminhos(por_apelido, documentos),
            *self._conferir_razao(razao.result(), documentos),
            *arrecadacao.conferir(self._instalacao, self._tela, self._parte_ecac),
        ]
        return self._fechar(resultados, codigo_servico, problemas)

    def _arrecadar(self) -> Iterable[str]:
        """Runs the act of the guides: files first, then the import by command."""
        self._tela.ato("e-CAC: guias, pagamentos, comprovantes")
        self._encenar(self._parte_ecac.papeis)
        return arrecadacao.importar(self._instalacao, self._tela)

    def _caminho(self, chave: str) -> list[str]:
        """Returns the states that a document went through, in order."""
        return [str(h["para"]) for h in self._instalacao.json("cte", "ver", chave)["historico"]]

    # --- the parts ---------------------------------------------------------------------------------------------------

    def _preparar(self) -> bool:
        self._tela.ato("Preparação")
        cenario = self._parte_ecac.cenario
        da_sefaz, do_serpro = self._instalacao.montar(self._agora(), roteiro(self._atos[0]), ATRASO_MS, cenario)
        self._sefaz = Sefaz(da_sefaz, self._tela, self._apelidos)
        self._sefaz.start()
        arrecadacao.Serpro(do_serpro, self._tela, arrecadacao.nomes()).start()
        self._tela.passo(
            "SEFAZ", "·", "separador simulador sefaz", f"{self._instalacao.endereco}, com falhas de roteiro"
        )
        self._tela.passo(
            "operador", "·", "configuração e certificado", f"sem valor fiscal, em {self._instalacao.pasta}"
        )
        feito = self._instalacao.comando("init")
        if feito.returncode != 0:
            self._tela.texto((feito.stderr or feito.stdout).strip(), VERMELHO)
            return False
        criadas = quantos(feito.stdout.count(" criada."), "pasta criada", "pastas criadas")
        self._tela.passo("operador", "·", "separador init", criadas)
        Ouvinte(self._instalacao.ligar(), self._placar, self._tela, self._apelidos).start()
        if not self._placar.esperar(lambda: self._placar.pronto, PRAZO_S):
            self._tela.texto(f"O serviço não ficou pronto. {self._instalacao.queixa()}", VERMELHO)
            return False
        self._tela.passo("separador", "·", "separador executar", f"serviço pronto (pid {self._instalacao.pid})")
        return True

    def _encenar(self, papeis: Sequence[Papel]) -> None:
        """Drops the files of an act and waits until every file dropped so far has its outcome."""
        for papel in papeis:
            self._soltos.append(papel.nome)
            self._wms.soltar(papel)
        self._wms.terminar()
        limite_s = self._tela.passou_s() + PRAZO_S
        while self._tela.passou_s() < limite_s and self._instalacao.pid is not None:
            if self._placar.esperar(self._tudo_julgado, 0.2) and all(map(self._acabou, papeis)):
                return
            time.sleep(0.02)

    def _tudo_julgado(self) -> bool:
        return all(nome in self._placar.desfechos for nome in self._soltos)

    def _acabou(self, papel: Papel) -> bool:
        """Says whether the results of the file are in their places, and SEFAZ got the calls that it must get."""
        servico, vezes = papel.chamadas or ("", 0)
        pedidas = self._sefaz.chamadas[papel.chave, servico] if self._sefaz else 0
        return pedidas >= vezes and not self._faltam(papel)

    def _faltam(self, papel: Papel) -> list[str]:
        onde = (papel.onde, *papel.tambem, *self._da_carga(papel))
        return [f for f in onde if not (self._instalacao.pasta / f).is_file()]

    def _da_carga(self, papel: Papel) -> list[str]:
        """Returns the files that come of the documents which the answer names."""
        resposta = self._instalacao.pasta / papel.onde
        if not papel.documentos or not resposta.is_file():
            return []
        chaves = [str(d["chave"]) for d in json.loads(resposta.read_bytes())["documentos"]]
        faltam = ["?"] * (papel.documentos - len(chaves))
        return [f"{WMS}/{chave}-{fim}" for chave in (*chaves, *faltam) for fim in papel.de_cada]

    # --- judging -----------------------------------------------------------------------------------------------------

    def _julgar(self, papeis: Iterable[Papel], documentos: list[Any]) -> list[Resultado]:
        situacoes = {d["chave"]: str(d["situacao"]) for d in documentos}
        return [self._resultado(p, situacoes.get(p.chave)) for p in papeis]

    def _resultado(self, papel: Papel, situacao: str | None) -> Resultado:
        linhas = self._placar.desfechos.get(papel.nome, [])
        ultima = linhas[-1] if linhas else {}
        codigos = self._codigos(papel, ultima)
        problemas = list(self._desfecho_errado(papel, linhas, ultima, codigos))
        if papel.situacao is not None and situacao != papel.situacao:
            problemas.append(f"o documento está {situacao or 'sem registro'}; devia estar {papel.situacao}")
        problemas += [f"falta o arquivo {curto(f)}" for f in self._faltam(papel)]
        return Resultado(papel, _descrever(papel, ultima, situacao, codigos), tuple(problemas))

    def _codigos(self, papel: Papel, ultima: dict[str, Any]) -> list[str]:
        """Returns every error code that the WMS was told: from the `.json` beside the `.err`, or from the log."""
        resposta = (self._instalacao.pasta / papel.onde).with_suffix(".json")
        erros = json.loads(resposta.read_bytes()).get("erros", []) if resposta.is_file() else []
        codigos = [str(e["codigo"]) for e in erros] or [str(ultima.get("codigo"))]
        return list(dict.fromkeys(codigos))

    @staticmethod
    def _desfecho_errado(
        papel: Papel, linhas: Sequence[dict[str, Any]], ultima: dict[str, Any], codigos: Sequence[str]
    ) -> Iterable[str]:
        if len(linhas) != 1:
            yield f"{len(linhas)} desfechos; devia ter um"
        elif ultima["acao"] != papel.desfecho:
            yield f"{ultima['acao']}; devia ser {papel.desfecho}"
        elif not set(papel.codigos) <= set(codigos):
            yield f"códigos {', '.join(codigos)}; faltou {', '.join(set(papel.codigos) - set(codigos))}"

    # --- the end -----------------------------------------------------------------------------------------------------

    def _mostrar(self, resultados: Sequence[Resultado], documentos: list[Any], falhas: list[Any]) -> None:
        self._tela.ato("O que aconteceu com cada arquivo")
        self._tela.tabela(
            ("arquivo", "desfecho", "onde está"),
            [(not r.problemas, (r.papel.nome, r.desfecho, curto(r.papel.onde))) for r in resultados],
        )
        self._tela.texto()
        contados = Counter(str(d["situacao"]) for d in documentos)
        self._tela.texto("Documentos: " + " · ".join(f"{n} {s}" for s, n in contados.most_common()))
        self._tela.texto(f"Em `separador falhas`, à espera de alguém: {len(falhas)}")
        for falha in falhas:
            onde = curto(str(falha.get("arquivo") or falha.get("chave") or ""))
            self._tela.texto(self._tela.caber(f"   {onde:<29} {falha['o_que_fazer']}"), FRACO)

    def _mostrar_caminhos(self, caminhos: dict[str, list[str]], documentos: list[Any]) -> Iterable[str]:
        """Shows the states of some documents. Yields a problem when one of the seven states was never seen."""
        self._tela.texto()
        for apelido, caminho in caminhos.items():
            self._tela.texto(self._tela.caber(f"   {apelido:<13} {' → '.join(caminho)}"), FRACO)
        vistas = {s for caminho in caminhos.values() for s in caminho} | {str(d["situacao"]) for d in documentos}
        faltam = [str(s) for s in Situacao if s not in vistas]
        self._tela.texto(f"Situações vistas: {len(Situacao) - len(faltam)} de {len(Situacao)}.")
        if faltam:
            yield f"situações que ninguém viu: {', '.join(faltam)}"

    def _conferir_razao(self, razao: dict[str, Any], documentos: list[Any]) -> Iterable[str]:
        """Compares SEFAZ's ledger with ours, chave by chave."""
        dela = {d["chave"]: (d["situacao"] == "cancelado", d["nprot"]) for d in razao["documentos"]}
        nossos = {
            d["chave"]: (d["situacao"] == Situacao.CANCELADO, d["protocolo"])
            for d in documentos
            if d["situacao"] not in {Situacao.NAO_ENVIADO, Situacao.REJEITADO}
        }
        repetidos = [d["chave"] for d in razao["documentos"] if d["autorizacoes"] != 1]
        if dela == nossos and not repetidos:
            ditos = quantos(len(dela), "documento", "documentos")
            self._tela.texto(f"Razão da SEFAZ: {ditos}, cada um autorizado uma vez só, iguais aos nossos.")
        for chave in sorted(c for c in dela.keys() | nossos.keys() if dela.get(c) != nossos.get(c)):
            yield f"{curto(chave)}: a SEFAZ tem {dela.get(chave)}, nós {nossos.get(chave)}"
        if repetidos:
            yield f"autorizados mais de uma vez: {', '.join(map(curto, repetidos))}"

    def _fechar(self, resultados: Sequence[Resultado], codigo_servico: int, problemas: list[str]) -> int:
        tidos = {nome: len(self._placar.desfechos.get(nome, ())) for nome in self._soltos}
        sem, demais = sum(n == 0 for n in tidos.values()), sum(max(n - 1, 0) for n in tidos.values())
        self._tela.texto(
            f"Balanço: {quantos(len(tidos), 'arquivo', 'arquivos')},"
            f" {quantos(sum(tidos.values()), 'desfecho', 'desfechos')};"
            f" {quantos(sem, 'perdido', 'perdidos')}, {quantos(demais, 'repetido', 'repetidos')}."
        )
        problemas = [*(f"{r.papel.nome}: {p}" for r in resultados for p in r.problemas), *problemas]
        if sem or demais:
            problemas.append("o balanço não fecha")
        if codigo_servico != 0:
            problemas.append(f"o serviço terminou com o código {codigo_servico}. {self._instalacao.queixa()}")
        for problema in problemas:
            self._tela.texto(f"✗ {problema}", VERMELHO)
        if problemas:
            return DIFERENTE
        segundos = f"{self._tela.passou_s():.1f}".replace(".", ",")
        self._tela.texto(f"✓ Tudo como se esperava, em {segundos} s.", VERDE)
        return FEITO


def _descrever(papel: Papel, ultima: dict[str, Any], situacao: str | None, codigos: Sequence[str]) -> str:
    """Returns the outcome in a few words, as it is (not as it should be)."""
    if not ultima:
        return "sem desfecho"
    acao = str(ultima["acao"])
    if acao in {Desfecho.RECUSADO, Desfecho.QUARENTENA}:
        mais = f" e mais {len(codigos) - 2}" if len(codigos) > 2 else ""
        return f"{acao} ({', '.join(codigos[:2])}{mais})"
    if acao == Desfecho.ENTREGUE and papel.situacao is not None:
        return situacao or acao
    return acao
