"""Decides what only a CT-e OS has: service, trip, documents, the GTV-e that it charges (EMIS-12, EMIS-16, EMIS-22)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.regras.locais import Percurso
from separador.fiscal.emissao.regras.operacao import BAGAGEM, PESSOAS, VALORES, Operacao

_RESPONSAVEIS = {"emitente": "4", "tomador": "5"}
_OUTROS, _FOLGA = "6", Decimal("0.10")


@dataclass(frozen=True, slots=True)
class Veiculo:
    """A vehicle of the registry, as the layouts name it."""

    placa: str
    uf: str
    renavam: str = ""


@dataclass(frozen=True, slots=True)
class Os:
    """What only a CT-e OS has. `dados`: the group of the load. `seguros`: respSeg, xSeg, nApol of each."""

    dados: No
    veiculo: Veiculo | None
    seguros: tuple[tuple[str, str, str], ...]
    guias: tuple[No, ...]
    com_modal: bool


def decidir(
    caso: Caso, operacao: Operacao, seguros: Sequence[Mapping[str, object]], total: Decimal | None,
    percurso: Percurso | None, *, rodo: bool,
) -> Os:  # fmt: skip
    """Returns what only a CT-e OS has; what is wrong with it is told. `total`, `percurso`: None where they could not be
    decided."""
    dados = caso.cte.no("os") or No(caso.cte.em("os"))
    com_modal = rodo and operacao.tp_serv in (PESSOAS, BAGAGEM)
    if not operacao.complementar and "os" not in caso.cte.ruins:
        _exigir_descricao(caso, dados)
        if com_modal and percurso is not None:
            _exigir_registro(caso, operacao, dados, percurso)
    veiculo = veiculo_do(caso, dados.texto("veiculo"), dados.em("veiculo")) if "veiculo" in dados else None
    for no in dados.nos("documentos_referenciados"):
        _conferir_referenciado(caso, no)
    guias = _guias(caso, operacao, total)
    return Os(dados, veiculo, _seguros(caso, seguros), guias, com_modal)


def _exigir_descricao(caso: Caso, dados: No) -> None:
    if not dados.dado("descricao"):
        mensagem = "Falta a descrição do serviço do CT-e OS."
        caso.achados.errar("SEP-EMIS-22", dados.em("descricao"), mensagem, "Diga o serviço prestado.")


def _exigir_registro(caso: Caso, operacao: Operacao, dados: No, percurso: Percurso) -> None:
    """Tells a trip by road without charter authorisation and without state register: the layout has one of them."""
    if dados.dado("taf") or dados.dado("registro_estadual"):
        return
    dentro = percurso.inicio.uf == percurso.fim.uf
    campo = "registro_estadual" if dentro else "taf"
    codigo = "SEP-EMIS-22"
    if operacao.tp_serv == PESSOAS and not percurso.exterior:
        codigo = "839" if dentro else "840"
    mensagem = f"Falta {campo}: o transporte vai de {percurso.inicio.uf} a {percurso.fim.uf}, por rodovia."
    fazer = "Dentro da UF vai registro_estadual (25 algarismos); entre UF, taf (12)."
    caso.achados.errar(codigo, dados.em(campo), mensagem, fazer, regra="EMIS-22")


def veiculo_do(caso: Caso, referencia: str, campo: str) -> Veiculo | None:
    """Returns a vehicle of the registry. None: unknown, or without plate (told)."""
    registro = caso.registro("veiculos", referencia, campo)
    if registro is None:
        return None
    if not registro.dado("placa"):
        caso.achados.faltar("veiculos", registro.texto("codigo"), "placa", caso.cadastros.onde("veiculos"))
        return None
    placa = registro.texto("placa").replace("-", "")
    return Veiculo(placa, registro.texto("uf"), registro.texto("renavam"))


def _conferir_referenciado(caso: Caso, no: No) -> None:
    """Demands number and date of a paper document, and nothing else beside a key."""
    papel = ("numero", "serie", "subserie", "emissao", "valor")
    if no.dado("chave_bpe"):
        for nome in (n for n in papel if no.dado(n)):
            mensagem = f"Com a chave do BP-e, {nome} não se escreve."
            caso.achados.errar("SEP-EMIS-22", no.em(nome), mensagem, "Retire o campo, ou a chave.")
        return
    for nome in (n for n in ("numero", "emissao") if not no.dado(n)):
        mensagem = f"Falta {nome} do documento referenciado (ou a chave do BP-e)."
        caso.achados.errar("SEP-EMIS-22", no.em(nome), mensagem, "Preencha o campo, ou a chave.")


def _seguros(caso: Caso, seguros: Sequence[Mapping[str, object]]) -> tuple[tuple[str, str, str], ...]:
    """Returns the insurance as the layout has it: only the issuer or the taker answers for it."""
    feitos = []
    for no, seguro in zip(caso.cte.nos("seguros"), seguros, strict=True):
        responsavel = no.texto("responsavel")
        if not responsavel:
            continue  # told where it is missing
        codigo = _RESPONSAVEIS.get(responsavel)
        if codigo is None:
            mensagem = f"Num CT-e OS responde pelo seguro o emitente ou o tomador; está {responsavel}."
            caso.achados.errar("SEP-EMIS-12", no.em("responsavel"), mensagem, "Escreva emitente ou tomador.")
            continue
        feitos.append((codigo, str(seguro.get("seguradora", "")), str(seguro.get("apolice", ""))))
    return tuple(feitos)


def _guias(caso: Caso, operacao: Operacao, total: Decimal | None) -> tuple[No, ...]:
    """Returns the GTV-e, tested: only of valuables, each once, their components the value of the service (EMIS-16)."""
    guias = caso.cte.nos("gtve")
    if caso.cte.dado("gtve") and operacao.tp_serv != VALORES:
        mensagem = f"Só um CT-e OS de valores tem GTV-e; este é de {operacao.nome}."
        caso.errar("881", "gtve", mensagem, "Retire as GTV-e, ou corrija tipo_operacao.", regra="EMIS-16")
        return ()
    vistas: set[str] = set()
    antes = len(caso.achados.erros)
    for guia in guias:
        chave = guia.texto("chave")
        if chave in vistas:
            caso.achados.errar(
                "887", guia.em("chave"), f"A GTV-e {chave} está repetida.", "Deixe uma só.", regra="EMIS-16"
            )
        vistas |= {chave} - {""}
        _conferir_guia(caso, guia)
    ilegivel = "gtve" in caso.cte.ruins or any(_ilegivel(g) for g in guias)
    if guias and total is not None and len(caso.achados.erros) == antes and not ilegivel:
        _conferir_soma(caso, guias, total)
    return guias


def _ilegivel(guia: No) -> bool:
    return bool(guia.ruins) or any(c.ruins for c in guia.nos("componentes"))


def _conferir_guia(caso: Caso, guia: No) -> None:
    for nome in (n for n in ("chave", "componentes") if not guia.dado(n)):
        mensagem = f"Falta {nome} da GTV-e."
        caso.achados.errar("SEP-EMIS-16", guia.em(nome), mensagem, "Preencha o campo.")
    for componente in guia.nos("componentes"):
        for nome in (n for n in ("tipo", "valor") if not componente.dado(n)):
            mensagem = f"Falta {nome} do componente da GTV-e."
            caso.achados.errar("SEP-EMIS-16", componente.em(nome), mensagem, "Preencha o campo.")
        if componente.texto("tipo") == _OUTROS and not componente.dado("complemento"):
            mensagem = "O componente de tipo 6 (outros) precisa de um nome."
            caso.achados.errar(
                "898", componente.em("complemento"), mensagem, "Preencha complemento, até 15 posições.", regra="EMIS-16"
            )


def _conferir_soma(caso: Caso, guias: Sequence[No], total: Decimal) -> None:
    valores = (c.numero("valor") or Decimal(0) for g in guias for c in g.nos("componentes"))
    soma = sum(valores, Decimal(0))
    if abs(soma - total) > _FOLGA:
        mensagem = f"Os componentes das GTV-e somam {soma:.2f}, e a prestação é de {total:.2f}."
        fazer = "Corrija os componentes ou os serviços: a diferença pode ser de 0.10."
        caso.errar("899", "gtve", mensagem, fazer, regra="EMIS-16")
