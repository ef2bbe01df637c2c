"""Decides a whole load: which CT-e it is, in the order in which they are numbered, and everything that is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from separador.fiscal.emissao.achados import Achados, Aviso, Decisao, ErroDeCarga
from separador.fiscal.emissao.agrupamento import Solto, agrupar
from separador.fiscal.emissao.ambiente import Ambiente
from separador.fiscal.emissao.cadastros import Cadastros
from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.conhecimento import Conhecimento, decidir, notas_de
from separador.fiscal.emissao.formato.listas import CHAVES_DO_GRUPO
from separador.fiscal.emissao.heranca import herdar
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.regras import terceiros
from separador.fiscal.emissao.regras.documentos import dia, modelo_de
from separador.fiscal.emissao.regras.terceiros import Terceiro
from separador.nucleo.texto.quantidade import quantos


@dataclass(frozen=True, slots=True)
class Decidido:
    """What was decided of one CT-e. `conhecimento` None: it is of third parties, or something is wrong with it.
    `grupo`: what tells it from the others of the load, whatever else changes; empty for one of third parties."""

    campo: str
    notas: tuple[str, ...]
    conhecimento: Conhecimento | None
    decisoes: tuple[Decisao, ...]
    terceiro: Terceiro | None = None
    grupo: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plano:
    """The load, decided. `complementar`: what informações complementares lacks, for a load that is good otherwise."""

    carga: str
    decididos: tuple[Decidido, ...]
    erros: tuple[ErroDeCarga, ...]
    avisos: tuple[Aviso, ...]
    complementar: tuple[str, ...] = ()

    @property
    def documentos(self) -> tuple[Conhecimento, ...]:
        """Returns the CT-e that are whole."""
        return tuple(d.conhecimento for d in self.decididos if d.conhecimento is not None)

    @property
    def terceiros(self) -> tuple[Terceiro, ...]:
        """Returns the CT-e of third parties, which are only recorded."""
        return tuple(d.terceiro for d in self.decididos if d.terceiro is not None)


NOTAS = 64
"""Invoices that are as much work as a CT-e is."""


def peso(notas: int) -> int:
    """Returns how much work a CT-e of so many invoices is, in CT-e of a few."""
    return 1 + notas // NOTAS


def planejar(carga: No, ambiente: Ambiente) -> Plano:
    """Decides every CT-e of a load. Nothing is changed anywhere: the same load gives the same plan."""
    return next(plano for plano in planejando(carga, ambiente) if plano is not None)


def planejando(carga: No, ambiente: Ambiente, so: str = "") -> Iterator[Plano | None]:
    """Does the same, and yields None for each CT-e, more often for one with many invoices (`peso`): a caller that has
    other things to do can go on later.

    `so`: the path of the one CT-e that is decided, of a load that was issued.
    """
    achados = Achados()
    locais = {"entidades": carga.nos("participantes"), "veiculos": carga.nos("veiculos")}
    ambiente = replace(ambiente, cadastros=ambiente.cadastros.com(**locais), feitos={})
    _conferir_a_carga(carga, ambiente, achados)
    complementares = carga.no("informacoes_complementares")
    padrao = (carga.no("padrao") or No("padrao")).sobre(complementares)
    carga = carga.com(padrao=padrao)
    soltos = agrupar(carga, ambiente.cadastros, achados)
    inteiros = [herdar(c, padrao, ambiente.cadastros, achados) for c in carga.nos("conhecimentos")]
    decididos: list[Decidido] = []
    for solto in (s for s in soltos if so in ("", s.cte.campo)):
        decididos.append(_solto(solto, ambiente, achados))
        yield from [None] * peso(len(solto.notas))
    for inteiro in (c for c in inteiros if so in ("", c.campo)):
        decididos.append(_explicito(inteiro, ambiente, achados))
        yield from [None] * peso(len(notas_de(inteiro)))
    if not so:
        _repetidas([s.cte for s in soltos], inteiros, ambiente.cadastros, achados)
    faltas = achados.erro_das_faltas()
    erros = (*achados.erros, *((faltas,) if faltas is not None else ()))
    faltam = () if erros else _complementar(decididos)
    yield Plano(carga.texto("carga"), tuple(decididos), erros, tuple(achados.avisos), faltam)


def _conferir_a_carga(carga: No, ambiente: Ambiente, achados: Achados) -> None:
    if not ambiente.parametros.eletronico:
        mensagem = "A configuração não diz que o modelo de conhecimento de carga é ELETRÔNICO: nada é emitido."
        fazer = "Escreva emissao.modelo_conhecimento: ELETRÔNICO em config/separador.yaml."
        achados.errar("SEP-CAD-05", "emissao.modelo_conhecimento", mensagem, fazer)
    if not carga.dado("notas") and not carga.dado("conhecimentos"):
        fazer = "Liste as notas soltas, ou os conhecimentos."
        achados.errar("SEP-EMIS-11", "notas", "A carga não tem notas nem conhecimentos.", fazer)


def _solto(solto: Solto, ambiente: Ambiente, achados: Achados) -> Decidido:
    caso = Caso(solto.cte, ambiente, achados)
    caso.decidir(
        "grupo", _chaves(solto.cte), f"{quantos(len(solto.notas), 'nota', 'notas')} com as mesmas chaves", "CARGA-01"
    )
    feito = decidir(caso)
    return Decidido(solto.cte.campo, solto.campos, feito, tuple(caso.decisoes), grupo=solto.grupo)


def _chaves(cte: No) -> str:
    return ", ".join(f"{n} {cte.texto(n)}" for n in CHAVES_DO_GRUPO if n in cte)


def _explicito(cte: No, ambiente: Ambiente, achados: Achados) -> Decidido:
    caso = Caso(cte, ambiente, achados)
    if cte.dado("terceiros"):
        terceiro = terceiros.decidir(caso)
        return Decidido(cte.campo, (), None, tuple(caso.decisoes), terceiro)
    caso.decidir("grupo", cte.campo, "cada conhecimento da carga é um documento", "CARGA-01")
    feito = decidir(caso)
    notas = tuple(n.campo for e in (cte, *cte.nos("entregas")) for n in e.nos("notas"))
    return Decidido(cte.campo, notas, feito, tuple(caso.decisoes), grupo=(cte.campo,))


def _repetidas(soltos: Sequence[No], inteiros: Sequence[No], cadastros: Cadastros, achados: Achados) -> None:
    """Tests that no document comes twice in the load: the later one is told."""
    das_soltas = [(n, c) for c in soltos for n in c.nos("notas")]
    das_soltas.sort(key=lambda par: _posicao(par[0]))  # a group comes whole; the file's order says which is later
    vistas: dict[tuple[str, ...], str] = {}
    for nota, cte in (*das_soltas, *((n, c) for c in inteiros for n in notas_de(c))):
        nfe = nota.texto("chave")
        identidade = (nfe,) if nfe else _identidade(nota, cte, cadastros)
        if not identidade:
            continue
        primeira = vistas.setdefault(identidade, nota.campo)
        if primeira != nota.campo:
            codigo, nome = ("527", "chave") if nfe else ("SEP-EMIS-11", "numero")
            mensagem = f"O documento já está em {primeira}."
            achados.errar(codigo, nota.em(nome), mensagem, "Deixe um só.", regra="EMIS-11")


def _posicao(nota: No) -> int:
    return int(nota.campo[nota.campo.rindex("[") + 1 : -1])


def _identidade(nota: No, cte: No, cadastros: Cadastros) -> tuple[str, ...]:
    """Returns what makes a document without key the same as another: who wrote it, model, series, number, day; empty
    when it has too little to tell."""
    numero, emissao = nota.texto("numero"), nota.data("emissao")
    if not numero:
        return ()
    dos_pedidos = (p.texto("remetente") for p in cte.nos("pedidos"))
    ditos = (nota.texto("remetente"), cte.texto("remetente"), *dos_pedidos, cte.texto("depositante"))
    dito = next((d for d in ditos if d), "")
    registro = cadastros.achar("entidades", dito).registro if dito else None
    return (
        modelo_de(nota),
        nota.texto("serie").lstrip("0"),
        numero.lstrip("0"),
        registro.texto("codigo") if registro is not None else dito,
        dia(emissao).isoformat() if emissao is not None else "",
        nota.texto("descricao"),
    )


def _complementar(decididos: Sequence[Decidido]) -> tuple[str, ...]:
    """Returns what CARGA-02 still asks for: form of payment and one responsible for the insurance, of each CT-e."""
    faltam: dict[str, None] = {}
    for d in decididos:
        c = d.conhecimento
        if c is None or c.operacao.complementar or c.operacao.gtve:
            continue
        if not c.registro["forma_pagamento"]:
            faltam["forma_pagamento"] = None
        if not c.registro["seguros"]:
            faltam["seguros"] = None
    return tuple(faltam)
