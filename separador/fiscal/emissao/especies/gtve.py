"""Decides what only a GTV-e has: what is carried, when, from where, and in what; it charges nothing (EMIS-22)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.especies.os import Veiculo, veiculo_do
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.pessoas import Endereco, Local, endereco_de, faltam_no_endereco, local_do_codigo
from separador.fiscal.emissao.regras.locais import Percurso, decidido
from separador.fiscal.emissao.regras.partes import Partes
from separador.fiscal.emissao.regras.servicos import Prestacao, Tributacao

_IGNORADOS = ("tributacao", "aliquota", "reducao", "base_icms", "credito", "valor_desonerado", "codigo_beneficio")
_DE_IMPOSTO = (*_IGNORADOS, "valor_tributos", "ibscbs")


@dataclass(frozen=True, slots=True)
class Guia:
    """What only a GTV-e has. `dados`: the group of the load."""

    dados: No
    origem: Endereco | None
    destino: Endereco | None
    veiculos: tuple[Veiculo, ...]


def decidir(caso: Caso) -> Guia | None:
    """Returns what only a GTV-e has; what is wrong with it is told. None: the group could not be read."""
    if "gtv" in caso.cte.ruins:
        return None
    dados = caso.cte.no("gtv") or No(caso.cte.em("gtv"))
    _exigir(caso, dados, ("saida", "chegada", "especies", "quantidade", "veiculos"))
    for especie in dados.nos("especies"):
        _exigir(caso, especie, ("tipo", "valor"))
    origem, destino = (_endereco(caso, dados, nome) for nome in ("origem", "destino"))
    ditos = [(v, f"{dados.em('veiculos')}[{i}]") for i, v in enumerate(dados.textos("veiculos"), 1)]
    veiculos = tuple(v for dito, campo in ditos if (v := veiculo_do(caso, dito, campo)) is not None)
    return Guia(dados, origem, destino, veiculos)


def _exigir(caso: Caso, no: No, nomes: Sequence[str]) -> None:
    for nome in (n for n in nomes if not no.dado(n)):
        mensagem = f"Falta {nome} da GTV-e."
        caso.achados.errar("SEP-EMIS-22", no.em(nome), mensagem, "Preencha o campo.")


def _endereco(caso: Caso, dados: No, nome: str) -> Endereco | None:
    no = dados.no(nome)
    if no is None:
        return None
    for falta in faltam_no_endereco(no):
        mensagem = f"Falta {falta} no endereço de {nome} da GTV-e."
        caso.achados.errar("SEP-EMIS-22", no.em(falta), mensagem, "Preencha o campo.")
    return endereco_de(no, f"{nome} da GTV-e", "gtv", caso.achados)


def percurso(caso: Caso, guia: Guia | None, partes: Partes) -> Percurso | None:
    """Returns the way: from the origin, else the remetente's place, to the destination, else the destinatário's."""
    if guia is None:
        return None
    lugares: list[Local] = []
    for nome, dado, papel in (("inicio", "origem", "remetente"), ("fim", "destino", "destinatario")):
        proprio = guia.origem if dado == "origem" else guia.destino
        pessoa = partes.papel(papel)
        endereco = proprio or (pessoa.endereco if pessoa is not None else None)
        if endereco is None or (proprio is None and guia.dados.dado(dado)):
            return None  # told where it is missing or wrong
        motivo = f"{dado} da GTV-e" if proprio is not None else f"município do {papel}"
        lugares.append(decidido(caso, nome, local_do_codigo(endereco.local.codigo), motivo))
    return Percurso(lugares[0], lugares[1])


def prestacao(caso: Caso) -> Prestacao | None:
    """Returns a service without value: only CFOP and nature of the operation. None: nobody gives them (told)."""
    impostos = caso.cte.no("impostos") or No(caso.cte.em("impostos"))
    if "impostos" in caso.cte.ruins or {"cfop", "natureza"} & impostos.ruins:
        return None
    geral = caso.ambiente.parametros
    cfop = impostos.texto("cfop") or geral.cfop_estadual
    natureza = impostos.texto("natureza") or geral.descricao_cfop_estadual
    for valor, campo in ((cfop, "cfop_estadual"), (natureza, "descricao_cfop_estadual")):
        if not valor:
            caso.achados.faltar("configuração", "emissao", campo, f"emissao.{campo} em config/separador.yaml")
    ignorados = [n for n in _DE_IMPOSTO if n in impostos]
    if ignorados:
        mensagem = f"Uma GTV-e não tem impostos; não se usa: {', '.join(ignorados)}."
        caso.achados.avisar("SEP-TRIBUTACAO-IGNORADA", impostos.campo, mensagem)
    if not cfop or not natureza:
        return None
    return Prestacao(Decimal(0), {}, Tributacao(cfop=cfop, natureza=natureza))
