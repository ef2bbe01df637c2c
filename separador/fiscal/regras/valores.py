"""Checks amounts and fiscal operation codes.

MOC 4.00, Anexo I, rules G046 to G052, and the same rules in table H.
"""

from collections.abc import Sequence
from decimal import Decimal

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.chave import NFF
from separador.fiscal.regras.modelo import Regra, verificada
from separador.fiscal.regras.ufs import EXTERIOR
from separador.fiscal.regras.visao import Grupo, Visao, decimal
from separador.nucleo.tipo import Tipo

_TETO = Decimal("9999999.99")
_CENTAVO = Decimal("0.01")
_CEM = Decimal(100)
# These are the ICMS groups whose tax is base × rate, with the suffix of their fields. ICMS60 is not one of them: the
# layout lets the retained tax be adjusted by the substituted carrier's option.
_SUFIXOS = {"ICMS00": "", "ICMS20": "", "ICMS90": "", "ICMSOutraUF": "OutraUF"}
# Source: MOC 4.00, Visão Geral, 12.
CFOPS = frozenset(
    (
        "5351 5352 5353 5354 5355 5356 5357 5359 5360 5601 5602 5603 5605 5606 5932 5949 "
        "6351 6352 6353 6354 6355 6356 6357 6359 6360 6603 6932 6949 7358 7949"
    ).split()
)
_FORA_DA_UF = frozenset({"5932", "6932"})


def prestacao_acima_do_teto(v: Visao) -> Sequence[Achado]:
    """Checks 650: the total is not above the ceiling."""
    total = decimal(v.valores["vTPrest"])
    if not v.normal or total is None or total <= _TETO:
        return ()
    return v.valores.achado("vTPrest", "passa do limite")


def icms_nao_confere(v: Visao) -> Sequence[Achado]:
    """Checks 675: the tax is base × rate, a cent more or less."""
    for nome, no in v.inf.grupo("imp").grupo("ICMS").nos.items():
        sufixo = _SUFIXOS.get(nome)
        if sufixo is None:
            continue
        grupo = Grupo.de(no)
        base, taxa, valor = (decimal(grupo[f"{campo}{sufixo}"]) for campo in ("vBC", "pICMS", "vICMS"))
        if base is None or taxa is None or valor is None:
            continue
        if abs(base * taxa / _CEM - valor) > _CENTAVO:
            calculado = (base * taxa / _CEM).quantize(_CENTAVO)
            return grupo.achado(f"vICMS{sufixo}", f"{base} × {taxa}% é {calculado}", str(calculado))
    return ()


def recebe_mais_que_presta(v: Visao) -> Sequence[Achado]:
    """Checks 531: the amount to receive is not above the total."""
    campo = "vTRec" if v.tipo is Tipo.CTE_SIMP else "vRec"
    total, recebe = v.valores["vTPrest"], v.valores[campo]
    if total == recebe:
        return ()
    a, b = decimal(total), decimal(recebe)
    if a is None or b is None or b <= a:
        return ()
    return v.valores.achado(campo, f"vTPrest é {a}", str(a))


def _cfop_comum(v: Visao) -> str:
    """Returns the CFOP of a carriage for a business, in the state, to another one, or to abroad."""
    return "7358" if v.uf_fim == EXTERIOR else "5353" if v.uf_ini == v.uf_fim else "6353"


def _extremos(v: Visao) -> str:
    return f"o emitente é de {v.emit.ender['UF']} e a prestação começa em {v.uf_ini}"


def cfop_desconhecido(v: Visao) -> Sequence[Achado]:
    """Checks 676: the CFOP is one of the codes of transport."""
    cfop = v.ide["CFOP"]
    return () if not cfop or cfop in CFOPS else v.ide.achado("CFOP", "não é de transporte", _cfop_comum(v))


def cfop_da_operacao(v: Visao) -> Sequence[Achado]:
    """Checks 519: the CFOP begins with 5 inside a state, 6 between states, 7 to abroad."""
    cfop, inicio, fim = v.ide["CFOP"], v.uf_ini, v.uf_fim
    if not (cfop and inicio and fim):
        return ()
    esperado = "7" if fim == EXTERIOR else "5" if inicio == fim else "6"
    return () if cfop[0] == esperado else v.ide.achado("CFOP", f"a prestação vai de {inicio} a {fim}", _cfop_comum(v))


def _brasil(v: Visao) -> bool:
    """Says whether both ends are known and in the country, and the issuer's state is known."""
    return bool(v.uf_ini and v.uf_fim and v.emit.ender["UF"]) and EXTERIOR not in (v.uf_ini, v.uf_fim)


def cfop_fora_da_uf(v: Visao) -> Sequence[Achado]:
    """Checks 524: a service that starts outside the issuer's state is 5932 or 6932."""
    if v.emit.ender["UF"] == v.uf_ini or v.ide["CFOP"] in _FORA_DA_UF or v.tp_emis == NFF or not _brasil(v):
        return ()
    return v.ide.achado("CFOP", _extremos(v), "5932" if v.uf_ini == v.uf_fim else "6932")


def cfop_na_uf(v: Visao) -> Sequence[Achado]:
    """Checks 908: only such a service is 5932 or 6932."""
    if v.ide["CFOP"] not in _FORA_DA_UF or v.emit.ender["UF"] != v.uf_ini or v.tp_emis == NFF or not _brasil(v):
        return ()
    return v.ide.achado("CFOP", _extremos(v), _cfop_comum(v))


REGRAS: list[Regra] = [
    *verificada(
        "G046 H054",
        "650",
        prestacao_acima_do_teto,
        "O valor total da prestação não passa de R$ 9.999.999,99.",
        "Confira o valor; se estiver certo, peça à SEFAZ da sua UF o aumento do limite.",
    ),
    *verificada(
        "G047 H055",
        "675",
        icms_nao_confere,
        "O valor do ICMS é a base de cálculo vezes a alíquota, com um centavo de tolerância (ICMS60 à parte).",
        "Corrija base, alíquota ou valor do ICMS.",
        simp=True,
    ),
    *verificada(
        "G048 H056",
        "531",
        recebe_mais_que_presta,
        "O valor a receber não passa do valor da prestação.",
        "Corrija o valor a receber ou o valor da prestação.",
        simp=True,
    ),
    *verificada(
        "G049 H058",
        "676",
        cfop_desconhecido,
        "O CFOP é um dos de prestação de serviço de transporte.",
        "Corrija o CFOP.",
        simp=True,
    ),
    *verificada(
        "G050",
        "519",
        cfop_da_operacao,
        "O CFOP começa por 5 dentro da UF, por 6 entre UFs e por 7 para o exterior.",
        "Corrija o CFOP ou as UFs de início e fim.",
        simp=True,
    ),
    *verificada(
        "G051",
        "524",
        cfop_fora_da_uf,
        "A prestação iniciada fora da UF do emitente usa CFOP 5932 ou 6932 (NFF e exterior excetuados).",
        "Use o CFOP 5932 ou 6932.",
        simp=True,
    ),
    *verificada(
        "G052",
        "908",
        cfop_na_uf,
        "A prestação iniciada na UF do emitente não usa CFOP 5932 nem 6932 (NFF e exterior excetuados).",
        "Use o CFOP da prestação comum.",
        simp=True,
    ),
]
