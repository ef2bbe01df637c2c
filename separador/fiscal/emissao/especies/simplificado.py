"""Decides the deliveries of a CT-e Simplificado, each with its places, services and documents (EMIS-02, 07, 11, 13)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.dinheiro import ratear
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.pessoas import Emitente, Local, local_do_codigo
from separador.fiscal.emissao.regras import documentos, ibscbs, servicos
from separador.fiscal.emissao.regras.ibscbs import Aliquota, IbsCbs
from separador.fiscal.emissao.regras.icms import Icms
from separador.fiscal.emissao.regras.locais import Percurso, decidido
from separador.fiscal.emissao.regras.servicos import Circunstancia, Prestacao
from separador.fiscal.regras.documentos_id import NFE, todas_validas
from separador.nucleo.texto.quantidade import quantos

MEDIDAS = frozenset((*(f"{n:02d}" for n in range(16)), "99"))
"""tpMed is a code here."""


@dataclass(frozen=True, slots=True)
class Entrega:
    """One delivery (`det`). `prestacao`, `receber`, `ibscbs`: as those of a CT-e."""

    no: No
    inicio: Local
    fim: Local
    notas: tuple[No, ...]
    prestacao: Prestacao | None = None
    receber: Decimal = field(default=Decimal(0))
    ibscbs: IbsCbs | None = None


def decidir(caso: Caso) -> tuple[Entrega, ...] | None:
    """Returns the deliveries with places and documents. None: one has no places, or none was given (told)."""
    if "entregas" in caso.cte.ruins:
        return None
    nos = caso.cte.nos("entregas")
    if not nos:
        mensagem = "Um CT-e Simplificado tem ao menos uma entrega."
        caso.errar("SEP-EMIS-22", "entregas", mensagem, "Liste as entregas: municípios, serviços e notas.")
        return None
    feitas = [_uma(caso, no) for no in nos]
    _conferir_medidas(caso, nos)
    entregas = tuple(e for e in feitas if e is not None)
    if len(entregas) < len(feitas):
        return None
    _conferir_ufs(caso, entregas)
    caso.decidir("entregas", f"{len(entregas)}", "uma det para cada entrega da carga", "EMIS-22")
    return entregas


def _uma(caso: Caso, no: No) -> Entrega | None:
    notas = no.nos("notas")
    _conferir_documentos(caso, no, notas)
    inicio, fim = (_local(caso, no, campo) for campo in ("cod_cid_inicio", "cod_cid_fim"))
    return Entrega(no, inicio, fim, notas) if inicio is not None and fim is not None else None


def _local(caso: Caso, no: No, campo: str) -> Local | None:
    """Returns a place of a delivery: its own, else the CT-e's."""
    if campo in no.ruins:
        return None
    codigo = no.texto(campo) or caso.cte.texto(campo)
    if codigo:
        return local_do_codigo(codigo)
    if campo not in caso.cte.ruins:
        mensagem = f"A entrega não tem {campo}, nem o CT-e."
        caso.achados.errar("SEP-EMIS-02", no.em(campo), mensagem, "Preencha o campo com o código do IBGE.")
    return None


def _conferir_ufs(caso: Caso, entregas: Sequence[Entrega]) -> None:
    """Tests that all deliveries are between the same two states."""
    for nome, campo, ufs in (
        ("início", "cod_cid_inicio", [e.inicio.uf for e in entregas]),
        ("fim", "cod_cid_fim", [e.fim.uf for e in entregas]),
    ):
        for entrega, uf in zip(entregas, ufs, strict=True):
            if uf != ufs[0]:
                mensagem = f"A UF de {nome} desta entrega é {uf}, e a da primeira é {ufs[0]}."
                fazer = "Um CT-e Simplificado tem uma UF de início e uma de fim: separe as entregas por UF."
                caso.achados.errar("SEP-EMIS-02", entrega.no.em(campo), mensagem, fazer)


def _conferir_documentos(caso: Caso, no: No, notas: Sequence[No]) -> None:
    """Tests the documents of one delivery: NF-e, or previous CT-e in their place."""
    tem = [n for n in ("notas", "documentos_anteriores") if no.dado(n)]
    if not tem:
        mensagem = "A entrega não tem notas nem documentos anteriores."
        caso.achados.errar("SEP-EMIS-11", no.em("notas"), mensagem, "Liste as NF-e, ou os CT-e anteriores.")
    elif len(tem) > 1:
        mensagem = "A entrega tem notas e documentos anteriores."
        caso.achados.errar("SEP-EMIS-11", no.em("notas"), mensagem, "Deixe só um dos dois.")
    validas = todas_validas([n.texto("chave") for n in notas if "chave" in n], NFE, caso.ambiente.agora)
    for nota in notas:
        modelo = documentos.modelo_de(nota)
        if modelo not in ("", "55"):
            mensagem = f"Uma entrega do Simplificado só tem NF-e; o modelo dito é {modelo}."
            caso.achados.errar("SEP-EMIS-11", nota.em("modelo"), mensagem, "Use um CT-e normal para este documento.")
            continue
        documentos.conferir_nota(caso, nota, validas=validas)
    for anterior in no.nos("documentos_anteriores"):
        _conferir_anterior(caso, anterior)


def _conferir_anterior(caso: Caso, anterior: No) -> None:
    if not anterior.dado("chave"):
        mensagem = "Falta a chave do CT-e anterior."
        caso.achados.errar("SEP-EMIS-13", anterior.em("chave"), mensagem, "Preencha o campo.")
    parcial = anterior.sim("parcial")
    if parcial != anterior.dado("notas") and "parcial" not in anterior.ruins:
        mensagem = "Parcial exige as NF-e desta entrega." if parcial else "As NF-e só se dizem quando é parcial."
        caso.achados.errar("SEP-EMIS-13", anterior.em("notas"), mensagem, "Corrija parcial ou notas.")


def _conferir_medidas(caso: Caso, nos: Sequence[No]) -> None:
    """Tests that each measure is of a kind that the layout has a code for."""
    das_notas = (m for no in nos for nota in no.nos("notas") for m in nota.nos("medidas"))
    for medida in (*caso.cte.nos("medidas"), *das_notas):
        tipo = medida.texto("tipo")
        if tipo and tipo not in MEDIDAS:
            mensagem = f"No Simplificado o tipo da medida é um código, de 00 a 15, ou 99; está «{tipo}»."
            caso.achados.errar("SEP-EMIS-10", medida.em("tipo"), mensagem, "Use o código da tabela do leiaute.")


def percurso(caso: Caso, entregas: Sequence[Entrega]) -> Percurso:
    """Returns the way of the first delivery, whose states are those of all."""
    motivo = "da primeira entrega; as UFs são as de todas"
    inicio = decidido(caso, "inicio", entregas[0].inicio, motivo)
    return Percurso(inicio, decidido(caso, "fim", entregas[0].fim, motivo))


def prestar(
    caso: Caso, entregas: Sequence[Entrega], c: Circunstancia
) -> tuple[Prestacao, tuple[Entrega, ...]] | None:  # fmt: skip
    """Returns the services of all deliveries as one, and the deliveries with theirs. None: one is incomplete, or they
    differ in their taxes (told)."""
    feitas = [servicos.decidir(_da_entrega(caso, e), documentos.soma(e.notas), c) for e in entregas]
    lidas = [f for f in feitas if f is not None]
    if len(lidas) < len(feitas) or not servicos.iguais(caso, [p.tributacao for p in lidas], "entregas"):
        return None
    componentes: dict[str, Decimal] = {}
    for p in lidas:
        for nome, valor in p.componentes.items():
            componentes[nome] = componentes.get(nome, Decimal(0)) + valor
    total = sum(componentes.values(), Decimal(0))
    somados = ", ".join(f"{n} {v:.2f}" for n, v in componentes.items())
    caso.decidir(
        "componentes", somados, f"somados de {quantos(len(entregas), 'entrega', 'entregas')}", "EMIS-07"
    )  # fmt: skip
    prontas = tuple(replace(e, prestacao=p) for e, p in zip(entregas, lidas, strict=True))
    return Prestacao(total, componentes, lidas[0].tributacao), prontas


def _da_entrega(caso: Caso, entrega: Entrega) -> Caso:
    """Returns the CT-e with the services of one delivery, named there. Its decisions are not noted: they are many."""
    no, cte = entrega.no, caso.cte
    valores = {n: v for n, v in cte.valores.items() if n != "servicos"}
    valores |= {"servicos": no.valores["servicos"]} if "servicos" in no else {}
    ruins = (cte.ruins - {"servicos"}) | (no.ruins & {"servicos"})
    origens = {**cte.origens, "servicos": no.em("servicos")}
    return replace(caso, cte=No(cte.campo, valores, ruins, origens), decisoes=[])


def tributar(
    caso: Caso, emitente: Emitente, entregas: Sequence[Entrega], icms: Icms, receber: Decimal, dia: date
) -> tuple[Entrega, ...]:  # fmt: skip
    """Returns the deliveries with what is received and the IBS and CBS of each: the tax is that of its own value."""
    pesos = [e.prestacao.total if e.prestacao is not None else Decimal(0) for e in entregas]
    recebidos = ratear(receber, pesos)
    feitas = []
    for i, (entrega, total) in enumerate(zip(entregas, pesos, strict=True)):
        if entrega.prestacao is None:
            raise ValueError("uma entrega sem serviços não se tributa")
        desta = caso if i == 0 else replace(caso, decisoes=[])
        rtc = ibscbs.decidir(desta, emitente, total, icms.de_parte(total), entrega.prestacao.tributacao, dia)
        feitas.append(replace(entrega, receber=recebidos[i], ibscbs=rtc))
    return tuple(feitas)


def somado(entregas: Sequence[Entrega]) -> IbsCbs | None:
    """Returns the sum of IBS and CBS of the deliveries. None: they have none."""
    todos = [e.ibscbs for e in entregas if e.ibscbs is not None]
    if not todos:
        return None
    primeiro = todos[0]
    if primeiro.base is None:
        return primeiro
    base = sum((i.base for i in todos if i.base is not None), Decimal(0))
    trio = [_soma([getattr(i, nome) for i in todos]) for nome in ("uf", "mun", "cbs")]
    return IbsCbs(primeiro.cst, primeiro.classificacao, base, primeiro.reducao, *trio)


def _soma(aliquotas: Sequence[Aliquota | None]) -> Aliquota | None:
    ditas = [a for a in aliquotas if a is not None]
    valor = sum((a.valor for a in ditas), Decimal(0))
    return replace(ditas[0], valor=valor) if ditas else None
