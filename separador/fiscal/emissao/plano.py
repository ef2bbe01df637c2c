"""Decides a whole load: which CT-e it is, in the order in which they are numbered, and everything that is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from separador.fiscal.emissao.achados import Achados, Aviso, Decisao, ErroDeCarga
from separador.fiscal.emissao.agrupamento import Solto, agrupar
from separador.fiscal.emissao.ambiente import Ambiente
from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.conhecimento import Conhecimento, decidir
from separador.fiscal.emissao.formato.listas import CHAVES_DO_GRUPO
from separador.fiscal.emissao.heranca import herdar
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.regras import pedidos, terceiros
from separador.fiscal.emissao.regras.documentos import modelo_de
from separador.fiscal.emissao.regras.terceiros import Terceiro
from separador.nucleo.texto.quantidade import quantos


@dataclass(frozen=True, slots=True)
class Decidido:
    """What was decided of one CT-e. `conhecimento` None: it is of third parties, or something is wrong with it."""

    campo: str
    notas: tuple[str, ...]
    conhecimento: Conhecimento | None
    decisoes: tuple[Decisao, ...]
    terceiro: Terceiro | None = None


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


def planejar(carga: No, ambiente: Ambiente) -> Plano:
    """Decides every CT-e of a load. Nothing is changed anywhere: the same load gives the same plan."""
    return next(plano for plano in planejando(carga, ambiente) if plano is not None)


def planejando(carga: No, ambiente: Ambiente) -> Iterator[Plano | None]:
    """Does the same, and yields None after each CT-e: a caller that has other things to do can go on later."""
    achados = Achados()
    locais = {"entidades": carga.nos("participantes"), "veiculos": carga.nos("veiculos")}
    ambiente = replace(ambiente, cadastros=ambiente.cadastros.com(**locais), feitos={})
    _conferir_a_carga(carga, ambiente, achados)
    complementares = carga.no("informacoes_complementares")
    padrao = (carga.no("padrao") or No("padrao")).sobre(complementares)
    carga = carga.com(padrao=padrao)
    decididos: list[Decidido] = []
    for solto in agrupar(carga, ambiente.cadastros, achados):
        decididos.append(_solto(solto, ambiente, achados))
        yield None
    for conhecimento in carga.nos("conhecimentos"):
        decididos.append(_explicito(conhecimento, padrao, ambiente, achados))
        yield None
    _repetidas(carga, achados)
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
    return Decidido(solto.cte.campo, solto.campos, feito, tuple(caso.decisoes))


def _chaves(cte: No) -> str:
    return ", ".join(f"{n} {cte.texto(n)}" for n in CHAVES_DO_GRUPO if n in cte)


def _explicito(cte: No, padrao: No, ambiente: Ambiente, achados: Achados) -> Decidido:
    inteiro = herdar(cte, padrao, ambiente.cadastros, achados)
    caso = Caso(inteiro, ambiente, achados)
    if cte.dado("terceiros"):
        terceiro = terceiros.decidir(caso)
        return Decidido(cte.campo, (), None, tuple(caso.decisoes), terceiro)
    caso.decidir("grupo", cte.campo, "cada conhecimento da carga é um documento", "CARGA-01")
    feito = decidir(caso)
    notas = tuple(n.campo for n in inteiro.nos("notas"))
    return Decidido(cte.campo, notas, feito, tuple(caso.decisoes))


def _repetidas(carga: No, achados: Achados) -> None:
    """Tests that no document comes twice in the load: the later one is told."""
    vistas: dict[tuple[str, ...], str] = {}
    for nota in _todas_as_notas(carga):
        nfe = nota.texto("chave")
        identidade = (nfe,) if nfe else _identidade(nota)
        if not identidade:
            continue
        primeira = vistas.setdefault(identidade, nota.campo)
        if primeira != nota.campo:
            codigo, nome = ("527", "chave") if nfe else ("SEP-EMIS-11", "numero")
            mensagem = f"O documento já está em {primeira}."
            achados.errar(codigo, nota.em(nome), mensagem, "Deixe um só.", regra="EMIS-11")


def _identidade(nota: No) -> tuple[str, ...]:
    """Returns what makes a document without key the same as another; empty when it has too little to tell."""
    emissao = nota.data("emissao")
    if not nota.texto("numero"):
        return ()
    quem = nota.texto("remetente") or nota.texto("depositante")
    return (
        modelo_de(nota),
        nota.texto("serie"),
        nota.texto("numero"),
        quem,
        f"{emissao or ''}",
        nota.texto("descricao"),
    )


def _todas_as_notas(carga: No) -> Sequence[No]:
    dos_conhecimentos = (n for c in carga.nos("conhecimentos") for n in pedidos.notas(c))
    return [*carga.nos("notas"), *dos_conhecimentos]


def _complementar(decididos: Sequence[Decidido]) -> tuple[str, ...]:
    """Returns what CARGA-02 still asks for: form of payment and one responsible for the insurance, of each CT-e."""
    faltam: dict[str, None] = {}
    for d in decididos:
        c = d.conhecimento
        if c is None or c.operacao.complementar:
            continue
        if not c.registro["forma_pagamento"]:
            faltam["forma_pagamento"] = None
        if not c.registro["seguros"]:
            faltam["seguros"] = None
    return tuple(faltam)
