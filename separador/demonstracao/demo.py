"""`separador demo`: the real service on folders of its own, a day's files, a transmitter, and a table of what became of
each. Everything goes through folders and commands, as in production; nothing of the service is called from here.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from separador.demonstracao.atores import Ouvinte, Placar, Transmissor, Wms
from separador.demonstracao.elenco import Papel, primeiro_ato, segundo_ato
from separador.demonstracao.palco import Palco
from separador.demonstracao.tela import FRACO, VERDE, VERMELHO, Tela, curto
from separador.dominio.etapa import Desfecho

PRAZO_S = 25.0
"""For the whole of each act: far more than it takes."""

FEITO, DIFERENTE = 0, 1


@dataclass(frozen=True, slots=True)
class Resultado:
    """What became of one file, as seen from outside. `problemas` is empty when all is as expected."""

    papel: Papel
    desfecho: str
    problemas: tuple[str, ...]


class Direcao:
    """One performance. `agora` the wall clock (aware, UTC), `pausa_s` between two files dropped."""

    def __init__(self, palco: Palco, tela: Tela, agora: Callable[[], datetime], *, pausa_s: float = 0.12) -> None:
        self._palco = palco
        self._tela = tela
        self._agora = agora
        inicio = agora()
        self._atos = (primeiro_ato(inicio), segundo_ato(inicio))
        self._apelidos = {p.chave: p.apelido for p in self._atos[0] if p.chave}
        self._placar = Placar()
        self._wms = Wms(palco.pasta, tela, pausa_s)
        respostas = {p.chave: p.resposta for p in self._atos[0] if p.resposta is not None}
        self._transmissor = Transmissor(palco.pasta, tela, respostas, self._apelidos, agora)
        self._soltos: list[str] = []
        self._a_transmitir = 0

    def executar(self) -> int:
        """0 when every outcome is the expected one, else 1. Always ends the service."""
        try:
            return self._peca()
        finally:
            self._transmissor.parar()
            self._palco.desligar()

    def _peca(self) -> int:
        if not self._preparar():
            return DIFERENTE
        titulos = ("O WMS exporta, a SEFAZ responde", "Correção, carta de correção, cancelamentos, repetição")
        resultados: list[Resultado] = []
        for titulo, papeis in zip(titulos, self._atos, strict=True):
            self._tela.ato(titulo)
            self._encenar(papeis)
            resultados += self._julgar(papeis)
        falhas = self._palco.json("falhas")
        documentos = self._palco.json("cte", "listar")
        codigo_servico = self._palco.desligar()
        self._mostrar(resultados, documentos, falhas)
        return self._fechar(resultados, codigo_servico)

    # --- the parts ---------------------------------------------------------------------------------------------------

    def _preparar(self) -> bool:
        self._palco.montar(self._agora())
        self._tela.ato("Preparação")
        self._tela.passo("operador", "·", "configuração e certificado", f"sem valor fiscal, em {self._palco.pasta}")
        feito = self._palco.comando("init")
        if feito.returncode != 0:
            self._tela.texto((feito.stderr or feito.stdout).strip(), VERMELHO)
            return False
        self._tela.passo("operador", "·", "separador init", f"{feito.stdout.count(' criada.')} pastas criadas")
        Ouvinte(self._palco.ligar(), self._placar, self._tela, self._apelidos).start()
        if not self._placar.esperar(lambda: self._placar.pronto, PRAZO_S):
            self._tela.texto(f"O serviço não ficou pronto. {self._palco.queixa()}", VERMELHO)
            return False
        self._tela.passo("separador", "·", "separador executar", f"serviço pronto (pid {self._palco.pid})")
        self._transmissor.start()
        return True

    def _encenar(self, papeis: Sequence[Papel]) -> None:
        """Drop the files of an act and wait until every file dropped, by anybody, has its outcome."""
        self._a_transmitir += sum(p.transmitido for p in papeis)
        for papel in papeis:
            self._soltos.append(papel.nome)
            self._wms.soltar(papel)
        self._wms.terminar()
        limite_s = self._tela.passou_s() + PRAZO_S
        while self._tela.passou_s() < limite_s and self._palco.pid is not None and self._transmissor.erro is None:
            if self._transmissor.tomados >= self._a_transmitir and self._placar.esperar(self._tudo_julgado, 0.2):
                return
            time.sleep(0.02)

    def _tudo_julgado(self) -> bool:
        return all(len(self._placar.desfechos.get(nome, ())) >= n for nome, n in self._todos().items())

    def _todos(self) -> Counter[str]:
        """How often each name was dropped, by whomever."""
        return Counter((*self._soltos, *self._transmissor.soltos))

    # --- judging -----------------------------------------------------------------------------------------------------

    def _julgar(self, papeis: Iterable[Papel]) -> list[Resultado]:
        situacoes = {d["chave"]: str(d["situacao"]) for d in self._palco.json("cte", "listar")}
        return [self._resultado(p, situacoes.get(p.chave)) for p in papeis]

    def _resultado(self, papel: Papel, situacao: str | None) -> Resultado:
        linhas = self._placar.desfechos.get(papel.nome, [])
        ultima = linhas[-1] if linhas else {}
        codigos = self._codigos(papel, ultima)
        problemas = list(self._desfecho_errado(papel, linhas, ultima, codigos))
        if papel.situacao is not None and situacao != papel.situacao:
            problemas.append(f"o documento está {situacao or 'sem registro'}; devia estar {papel.situacao}")
        if not (self._palco.pasta / papel.onde).is_file():
            problemas.append(f"falta o arquivo {curto(papel.onde)}")
        return Resultado(papel, _descrever(papel, ultima, situacao, codigos), tuple(problemas))

    def _codigos(self, papel: Papel, ultima: dict[str, Any]) -> list[str]:
        """Every error code that the WMS was told: of the `.json` beside the `.err`, or of the log."""
        resposta = (self._palco.pasta / papel.onde).with_suffix(".json")
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
            ("ARQUIVO", "DESFECHO", "ONDE ESTÁ"),
            [(not r.problemas, (r.papel.nome, r.desfecho, curto(r.papel.onde))) for r in resultados],
        )
        self._tela.texto()
        contados = Counter(str(d["situacao"]) for d in documentos)
        self._tela.texto("Documentos: " + " · ".join(f"{n} {s}" for s, n in contados.most_common()))
        self._tela.texto(f"Em `separador falhas`, à espera de alguém: {len(falhas)}")
        for falha in falhas:
            onde = curto(str(falha.get("arquivo") or falha.get("chave") or ""))
            self._tela.texto(self._tela.caber(f"   {onde:<29} {falha['o_que_fazer']}"), FRACO)

    def _fechar(self, resultados: Sequence[Resultado], codigo_servico: int) -> int:
        todos = self._todos()
        tidos = {nome: len(self._placar.desfechos.get(nome, ())) for nome in todos}
        sem = sum(max(n - tidos[nome], 0) for nome, n in todos.items())
        demais = sum(max(tidos[nome] - n, 0) for nome, n in todos.items())
        self._tela.texto()
        self._tela.texto(
            f"Balanço: {len(self._soltos)} arquivos e {len(self._transmissor.soltos)} retornos, "
            f"{sum(tidos.values())} desfechos; {sem} perdidos, {demais} repetidos."
        )
        problemas = [f"{r.papel.nome}: {p}" for r in resultados for p in r.problemas]
        if sem or demais:
            problemas.append("o balanço não fecha")
        if self._transmissor.erro is not None:
            problemas.append(f"o transmissor parou: {self._transmissor.erro}")
        if codigo_servico != 0:
            problemas.append(f"o serviço terminou com o código {codigo_servico}. {self._palco.queixa()}")
        for problema in problemas:
            self._tela.texto(f"✗ {problema}", VERMELHO)
        if problemas:
            return DIFERENTE
        segundos = f"{self._tela.passou_s():.1f}".replace(".", ",")
        self._tela.texto(f"✓ Tudo como se esperava, em {segundos} s.", VERDE)
        return FEITO


def _descrever(papel: Papel, ultima: dict[str, Any], situacao: str | None, codigos: Sequence[str]) -> str:
    """The outcome in a few words, as it is (not as it should be)."""
    if not ultima:
        return "sem desfecho"
    acao = str(ultima["acao"])
    if acao in {Desfecho.RECUSADO, Desfecho.QUARENTENA}:
        mais = f" e mais {len(codigos) - 2}" if len(codigos) > 2 else ""
        return f"{acao} ({', '.join(codigos[:2])}{mais})"
    if acao == Desfecho.ENTREGUE and papel.situacao is not None:
        return situacao or acao
    return acao
