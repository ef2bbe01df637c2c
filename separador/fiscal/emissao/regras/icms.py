"""Decides the ICMS group and its values (EMIS-08, EMIS-19)."""

from dataclasses import dataclass, replace
from decimal import Decimal

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.dinheiro import CEM, por_cento
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.regras.locais import Percurso
from separador.fiscal.emissao.regras.servicos import Tributacao

ICMS00, ICMS20, ICMS45, ICMS60, ICMS90, OUTRA_UF, SIMPLES = (
    *("ICMS00", "ICMS20", "ICMS45", "ICMS60", "ICMS90", "ICMSOutraUF", "ICMSSN"),
)
_SUBTRAEM = (ICMS00, ICMS20, ICMS90, OUTRA_UF)
_COM_CREDITO, _COM_BENEFICIO = (ICMS60, ICMS90), (ICMS20, ICMS45, ICMS60, ICMS90, OUTRA_UF)
_GRUPOS = {"00": ICMS00, "20": ICMS20, "40": ICMS45, "41": ICMS45, "51": ICMS45, "60": ICMS60, "SN": SIMPLES}


@dataclass(frozen=True, slots=True)
class Icms:
    """The ICMS. `base`, `aliquota`, `valor` None: the group has none. `beneficio`: (vICMSDeson, cBenef)."""

    grupo: str
    cst: str
    base: Decimal | None = None
    aliquota: Decimal | None = None
    valor: Decimal | None = None
    reducao: Decimal | None = None
    credito: Decimal | None = None
    beneficio: tuple[Decimal, str] | None = None

    @property
    def subtrai(self) -> Decimal:
        """Returns the tax that the base of IBS and CBS does not have."""
        return self.valor if self.valor is not None and self.grupo in _SUBTRAEM else Decimal(0)

    def de_parte(self, valor: Decimal) -> "Icms":
        """Returns the same treatment of a part of the value."""
        if self.base is None or self.aliquota is None:
            return self
        base = por_cento(valor, CEM - (self.reducao or Decimal(0)))
        return replace(self, base=base, valor=por_cento(base, self.aliquota))


def decidir(caso: Caso, total: Decimal, t: Tributacao, percurso: Percurso, uf_emitente: str) -> Icms | None:
    """Returns the group. None: the fields contradict each other (told)."""
    grupo = _grupo(t, percurso, uf_emitente)
    impostos = caso.cte.no("impostos") or No(caso.cte.em("impostos"))
    if grupo == SIMPLES:
        _avisar_do_simples(caso, t, impostos)
        caso.decidir("grupo ICMS", SIMPLES, "emitente do Simples Nacional", "EMIS-08")
        return Icms(SIMPLES, "90")
    caso.decidir("grupo ICMS", grupo, f"tributação {t.dita}", "EMIS-08")
    beneficio = _beneficio(caso, impostos)
    credito = impostos.numero("credito")
    _conferir_o_que_o_grupo_tem(caso, impostos, grupo, t.dita)
    if grupo == ICMS45:
        return Icms(grupo, t.cst, beneficio=beneficio)
    if t.aliquota is None or t.reducao is None or not _coerente(caso, t, grupo):
        return None
    base = por_cento(total, CEM - t.reducao)
    valor = por_cento(base, t.aliquota)
    reducao = t.reducao or None
    return Icms(grupo, t.cst, base, t.aliquota, valor, reducao, credito, beneficio)


def _conferir_o_que_o_grupo_tem(caso: Caso, impostos: No, grupo: str, dita: str) -> None:
    """Refuses values that the group has no place for: left out, they would change the tax unseen."""
    for nome, grupos in (("credito", _COM_CREDITO), ("valor_desonerado", _COM_BENEFICIO)):
        if nome in impostos and grupo not in grupos:
            mensagem = f"A tributação {dita} ({grupo}) não tem lugar para {nome}."
            caso.achados.errar("SEP-EMIS-08", impostos.em(nome), mensagem, "Retire o campo, ou corrija a tributação.")


def _grupo(t: Tributacao, percurso: Percurso, uf_emitente: str) -> str:
    if t.cst == "90":
        return OUTRA_UF if not percurso.exterior and percurso.inicio.uf != uf_emitente else ICMS90
    return _GRUPOS[t.cst]


def _coerente(caso: Caso, t: Tributacao, grupo: str) -> bool:
    """Tests CST against reduction: 20 has one, 00 has none, and none takes more than the whole base."""
    reducao = t.reducao or Decimal(0)
    if not 0 <= reducao <= CEM:
        mensagem = f"A redução de base, {reducao}%, passa de 100%."
    elif grupo == ICMS20 and not reducao:
        mensagem = "A tributação 20 exige redução de base, e ela é zero."
    elif grupo == ICMS00 and reducao:
        mensagem = f"A tributação 00 não tem redução de base, e ela é {reducao}%."
    else:
        return True
    caso.errar("SEP-EMIS-08", "servicos", mensagem, "Corrija a tributação (00, 20 ou 90) ou a redução.")
    return False


def _beneficio(caso: Caso, impostos: No) -> tuple[Decimal, str] | None:
    valor, codigo = impostos.numero("valor_desonerado"), impostos.texto("codigo_beneficio")
    if (valor is None) != (not codigo) and not {"valor_desonerado", "codigo_beneficio"} & impostos.ruins:
        falta = "codigo_beneficio" if valor is not None else "valor_desonerado"
        mensagem = "valor_desonerado e codigo_beneficio vão juntos."
        caso.achados.errar("SEP-EMIS-22", impostos.em(falta), mensagem, "Preencha os dois, ou nenhum.")
    return (valor, codigo) if valor is not None and codigo else None


_IGNORADOS = ("aliquota", "reducao", "base_icms", "credito", "valor_desonerado", "codigo_beneficio")


def _avisar_do_simples(caso: Caso, t: Tributacao, impostos: No) -> None:
    """Notes what a load says of the ICMS that the only group of the Simples Nacional has no place for."""
    ignorados = [n for n in _IGNORADOS if any(n in no for no in (impostos, *caso.cte.nos("servicos")))]
    ditos = [f"a tributação {t.dita}"] if t.dita else []
    if ditos or ignorados:
        mensagem = f"O emitente é do Simples Nacional; não se usa: {', '.join([*ditos, *ignorados])}."
        caso.achados.avisar("SEP-TRIBUTACAO-IGNORADA", caso.cte.em("servicos"), mensagem)
