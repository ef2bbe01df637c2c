"""Judges what of a load that was issued is built anew, each CT-e under the number that it has."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from separador.capacidades.emissao.arquivos.guardada import lendo_guardada
from separador.capacidades.emissao.arquivos.leitura import (
    ambiente,
    com_complementos,
    concluir,
    ditas,
    fatias,
    lendo,
    provisorio,
    situar,
)  # fmt: skip
from separador.capacidades.emissao.dominio.conteudo import guardando
from separador.capacidades.emissao.dominio.refeitos import ARefazer, CargaRefeita, Existente, Refeito
from separador.capacidades.emissao.dominio.valores import CargaRecusada, Equipamento, Provisorio
from separador.configuracao.emissao.leitura import Leitura
from separador.fiscal.emissao.achados import ErroDeCarga
from separador.fiscal.emissao.conhecimento import Conhecimento
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.numero import CODIGO_PROVISORIO, PROVISORIO
from separador.fiscal.emissao.plano import Decidido, Plano, planejando
from separador.fiscal.emissao.xml.documento import chave_de, montar
from separador.fiscal.preparo import ContextoPreparo, iniciar
from separador.motor.trabalho.etapas import FATIA
from separador.nucleo.chave import partes

DIFERENTE = "SEP-CARGA-DIFERENTE"
VALE = timedelta(hours=168)
"""How long the instant of emission is kept: SEFAZ takes no document that is older."""
Resultado = Iterator[CargaRefeita | CargaRecusada | None]
Feito = tuple[Existente, Conhecimento, bool]
"""A CT-e that there is, what it is decided to be now, and whether that is another."""
_FAZER = "Emita o que é outro documento em outra carga; os CT-e que há continuam valendo."


def refazendo(
    nome: bytes, dados: bytes, pedido: ARefazer, contexto: ContextoPreparo, equipamento: Equipamento, de: str = ""
) -> Resultado:
    """Yields None after each part, at last the load with what is built anew, or why nothing is.

    A CT-e whose part of the load is the same stays as it is: both are decided with the registries of now. `de`: the
    load that the file must be of.
    """
    no, leitura = yield from lendo(nome, dados)
    if no is not None and de and no.texto("carga") not in ("", de):
        mensagem = f"O arquivo é da carga {no.texto('carga')}; o CT-e é da carga {de}."
        yield CargaRecusada(de, (_diferente("carga", mensagem, "Dê o arquivo da carga."),))
        return
    if no is None or leitura.erros:
        yield CargaRecusada(no.texto("carga") if no is not None else "", situar(leitura.erros, leitura, equipamento))
        return
    yield from _Refeitura(pedido, contexto, equipamento, leitura).julgar(no)


def refazendo_um(pedido: ARefazer, contexto: ContextoPreparo, equipamento: Equipamento) -> Resultado:
    """Does the same with one CT-e (`pedido.alvo`), from the load as it is kept."""
    no = yield from lendo_guardada(pedido.conteudo)
    yield from _Refeitura(pedido, contexto, equipamento, Leitura()).julgar_um(no)


@dataclass(slots=True)
class _Refeitura:
    """What is judged, and with what."""

    pedido: ARefazer
    contexto: ContextoPreparo
    equipamento: Equipamento
    leitura: Leitura

    def julgar_um(self, no: No) -> Resultado:
        """Judges the one CT-e that is asked for, whatever else the load has."""
        (existente,) = self.pedido.existentes
        plano = yield from self._planejar(no, self._emissao(existente), existente.campo)
        erros = [*plano.erros, *_incompleta(plano)]
        if not erros and not plano.documentos:
            mensagem = f"Os cadastros de agora não dão mais o CT-e {existente.chave} à carga."
            erros.append(_diferente(existente.campo, mensagem))
        if erros:
            yield from self._recusada(no, erros, plano)
            return
        yield from self._montar(no, plano, [(existente, plano.documentos[0], True)])

    def julgar(self, no: No) -> Resultado:
        """Judges the CT-e that changed, or are asked for; a load with others than there are is refused."""
        agora = self.contexto.agora
        plano = yield from self._planejar(no, agora)
        velha = yield from lendo_guardada(self.pedido.conteudo)
        velho = yield from self._planejar(velha, agora)
        erros = [*plano.erros, *_incompleta(plano)]
        pares = [] if erros else _parear(self.pedido.existentes, velho, plano, erros)
        mudados: set[Existente] = set()
        for fatia in fatias(pares):
            mudados |= {e for e, antes, depois in fatia if self._mudou(e, antes, depois)}
            yield None
        if self.pedido.alvo:
            fazer = "Para refazer vários, solte o arquivo com refazer: sim."
            outros = [e for e, _, _ in pares if e in mudados and e.chave != self.pedido.alvo]
            erros += [_diferente(e.campo, f"O arquivo muda também o CT-e {e.chave}.", fazer) for e in outros]
        datas = {self._emissao(e) for e in mudados}
        planos = {}
        for data in sorted(datas):
            planos[data] = plano if data == agora else (yield from self._planejar(no, data))
            erros += planos[data].erros
        if erros:
            yield from self._recusada(no, erros, plano)
            return
        nas_datas = {d: {x.grupo: x.conhecimento for x in p.decididos} for d, p in planos.items()}
        feitos = []
        for existente, _, novo in pares:
            mudou = existente in mudados
            conhecimento = nas_datas[self._emissao(existente)][novo.grupo] if mudou else novo.conhecimento
            if conhecimento is not None:
                feitos.append((existente, conhecimento, mudou))
        yield from self._montar(no, plano, feitos)

    def _emissao(self, existente: Existente) -> datetime:
        """Returns when a CT-e is issued: as it was, while SEFAZ takes that."""
        return existente.emissao if self.contexto.agora - existente.emissao < VALE else self.contexto.agora

    def _planejar(self, no: No, agora: datetime, so: str = "") -> Generator[None, None, Plano]:
        rodada = replace(self.contexto, agora=agora)
        completa = com_complementos(no, self.pedido.ordenados)
        for decididos, plano in enumerate(planejando(completa, ambiente(rodada, self.equipamento), so), 1):
            if plano is not None:
                return plano
            if decididos % FATIA == 0:
                yield None
        raise ValueError("a carga não tem plano")

    def _mudou(self, existente: Existente, antes: Conhecimento | None, novo: Decidido) -> bool:
        agora = novo.conhecimento
        if existente.chave == self.pedido.alvo or antes is None or agora is None:
            return True
        return self._provisorio(antes) != self._provisorio(agora) or antes.registro != agora.registro

    def _provisorio(self, c: Conhecimento) -> str:
        return montar(c, PROVISORIO, CODIGO_PROVISORIO, self.contexto.tp_amb)

    def _montar(self, no: No, plano: Plano, feitos: Sequence[Feito]) -> Resultado:
        """Builds and judges what changed, under its number."""
        erros: list[ErroDeCarga] = []
        documentos: list[Refeito] = []
        for fatia in fatias(feitos):
            documentos += [r for f in fatia if (r := self._refeito(*f, erros)) is not None]
            yield None
        if erros:
            yield from self._recusada(no, erros, plano)
            return
        avisos = (*self.leitura.avisos, *plano.avisos)
        conteudo = yield from guardando(ditas(no))
        yield CargaRefeita(no.texto("carga"), conteudo, tuple(documentos), avisos, plano.terceiros)

    def _refeito(self, existente: Existente, c: Conhecimento, mudou: bool, erros: list[ErroDeCarga]) -> Refeito | None:
        antes = partes(existente.chave)
        svc = self.equipamento.parametros.svc
        numero = (int(antes.numero), antes.codigo)
        chave = chave_de(c, *numero, svc=svc) if mudou else existente.chave
        velha = (antes.cnpj, antes.modelo, int(antes.serie))
        if (c.emitente.cnpj, c.operacao.modelo, c.serie) != velha:
            erros.append(
                _diferente(c.campo, f"O CT-e {existente.chave} mudou de emitente, de modelo ou de série: é outro.")
            )
            return None
        xml = b""
        if mudou:
            inteiro = montar(c, *numero, self.contexto.tp_amb, svc=svc).encode()
            julgado = concluir(c, inteiro, iniciar(inteiro, self.contexto), self.contexto)
            if not isinstance(julgado, Provisorio):
                erros += julgado
                return None
            xml = julgado.xml
        p = provisorio(c, chave, b"")
        return Refeito(existente.ordem, existente.chave, chave, c.campo, xml, dict(p.resumo), dict(p.registro), p.nfes)

    def _recusada(self, no: No, erros: Sequence[ErroDeCarga], plano: Plano) -> Resultado:
        avisos, dito = (*self.leitura.avisos, *plano.avisos), (yield from guardando(ditas(no)))
        yield CargaRecusada(no.texto("carga"), situar(erros, self.leitura, self.equipamento), avisos, dito)


def _incompleta(plano: Plano) -> list[ErroDeCarga]:
    """Returns the errors of informações complementares that are missing: a load that was issued is not held."""
    fazer = "Diga o que falta em informacoes_complementares ou padrao."
    return [
        ErroDeCarga("SEP-CARGA-COMPLEMENTAR", f"informacoes_complementares.{n}", f"Falta {n}.", fazer)
        for n in plano.complementar
    ]


def _diferente(campo: str, mensagem: str, fazer: str = _FAZER) -> ErroDeCarga:
    return ErroDeCarga(DIFERENTE, campo, mensagem, fazer)


def _parear(
    existentes: Sequence[Existente], velho: Plano, novo: Plano, erros: list[ErroDeCarga]
) -> list[tuple[Existente, Conhecimento | None, Decidido]]:
    """Returns each CT-e that there is with what it was decided to be, before and now. What has no other is told.

    One of loose invoices is the same while its keys are, or while one of its NF-e is in it.
    """
    antes = [d for d in velho.decididos if d.grupo]
    sobram = {d.grupo: d for d in novo.decididos if d.grupo}
    por_ordem = len(antes) == len(existentes)
    achados = {a.campo: a for a in antes}
    casados = [(e, antes[i] if por_ordem else achados.get(e.campo)) for i, e in enumerate(existentes)]
    pares: dict[int, Decidido] = {}
    for e, a in casados:
        if (par := sobram.pop(a.grupo if a is not None else (e.campo,), None)) is not None:
            pares[e.ordem] = par
    for e, a in casados:
        if e.ordem not in pares and (outro := _com_nota_de(a, sobram.values())) is not None:
            pares[e.ordem] = sobram.pop(outro.grupo)
    for e, _ in casados:
        if e.ordem not in pares:
            erros.append(_diferente(e.campo, f"O CT-e {e.chave} não está mais na carga."))
    erros += [_diferente(d.campo, "A carga traz um CT-e que não foi gerado com ela.") for d in sobram.values()]
    return [(e, a.conhecimento if a is not None else None, pares[e.ordem]) for e, a in casados if e.ordem in pares]


def _com_nota_de(antes: Decidido | None, outros: Iterable[Decidido]) -> Decidido | None:
    nfes = _nfes(antes)
    return next((d for d in outros if nfes & _nfes(d)), None)


def _nfes(d: Decidido | None) -> set[str]:
    notas = d.conhecimento.notas if d is not None and d.conhecimento is not None else ()
    return {chave for n in notas if (chave := n.texto("chave"))}
