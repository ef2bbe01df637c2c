"""Checks the key, the environment and the kind of document.

MOC 4.00, Anexo I, rules G001, G006, G007 and G013 to G015, and the same rules in tables H and I.
"""

import re
from collections.abc import Sequence

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.modelo import Regra, verificada
from separador.fiscal.regras.ufs import CODIGO_UF, SIGLA_UF
from separador.fiscal.regras.visao import Visao
from separador.nucleo.chave import dv11
from separador.nucleo.tipo import FAMILIAS

NFF = "3"


_POSICOES = 44
_CORPO = re.compile(r"\d{6}[A-Z0-9]{12}\d{25}", re.ASCII)
"""A key without its check digit."""


def ambiente(v: Visao) -> Sequence[Achado]:
    """Checks 252: the document's environment is the configured one."""
    tp_amb = v.ide["tpAmb"]
    if tp_amb == v.contexto.tp_amb:
        return ()
    return v.ide.achado("tpAmb", f"o serviço está configurado para tpAmb={v.contexto.tp_amb}", v.contexto.tp_amb)


def serie_reservada(v: Visao) -> Sequence[Achado]:
    """Checks 670: the series is not one of 890 to 899, which belong to SEFAZ (NFF excepted)."""
    serie = v.ide["serie"]
    if len(serie) == 3 and serie.startswith("89") and v.tp_emis != NFF:
        return v.ide.achado("serie", "")
    return ()


def uf_do_emitente(v: Visao) -> Sequence[Achado]:
    """Checks 247: the issuer's state is that of the key."""
    uf = v.emit.ender["UF"]
    if CODIGO_UF.get(uf) == v.chave[:2] or v.tp_emis == NFF or not uf or len(v.chave) != _POSICOES:
        return ()
    return v.emit.ender.achado(
        "UF", f"a chave é da UF {v.chave[:2]}{_sigla(v.chave[:2])}", SIGLA_UF.get(v.chave[:2], "")
    )


def _sigla(codigo: str) -> str:
    return f" ({SIGLA_UF[codigo]})" if codigo in SIGLA_UF else ""


def modelo(v: Visao) -> Sequence[Achado]:
    """Checks 732, 721 or 875: the model inside the key is that of the kind of document."""
    if v.chave[20:22] == FAMILIAS[v.tipo].modelo or (v.inf.no is not None and len(v.chave) != _POSICOES):
        return ()
    return (Achado(v.inf.no, f"o modelo dentro da chave (posições 24 e 25 do Id) é {v.chave[20:22]}", "@Id", ""),)


def composicao(v: Visao) -> Sequence[Achado]:
    """Checks 227: Id is "CTe" followed by the fields put together."""
    corpo = v.corpo_da_chave
    if not corpo or v.id == f"CTe{corpo}{v.ide['cDV']}":
        return ()
    certo = f"CTe{corpo}{dv11(corpo)}" if _CORPO.fullmatch(corpo) else ""  # a field in its wrong form gives no key
    return (Achado(v.inf.no, "os campos do documento dão outra chave", "@Id", certo),)


def digito(v: Visao) -> Sequence[Achado]:
    """Checks 253: cDV is the check digit of the fields put together."""
    corpo = v.corpo_da_chave
    if not _CORPO.fullmatch(corpo) or v.ide["cDV"] == str(dv11(corpo)):
        return ()
    return v.ide.achado("cDV", "os campos do documento dão outro dígito", str(dv11(corpo)))


REGRAS: list[Regra] = [
    *verificada(
        "G001 H001 I01",
        "252",
        ambiente,
        "O ambiente do documento (tpAmb) é o mesmo em que o serviço foi configurado.",
        "Gere o documento no ambiente certo ou ajuste a chave «ambiente» da configuração.",
        simp=True,
    ),
    *verificada(
        "G006 H002 I04",
        "670",
        serie_reservada,
        "As séries de 890 a 899 são reservadas e não podem ser usadas (NFF excetuada).",
        "Emita em outra série.",
        simp=True,
    ),
    *verificada(
        "G007 H003 I05",
        "247",
        uf_do_emitente,
        "A UF do endereço do emitente é a UF da chave de acesso (NFF excetuada).",
        "Corrija enderEmit/UF ou ide/cUF no sistema emissor e gere a chave de novo.",
        simp=True,
    ),
    *(
        regra
        for ids, cstat, numero in (("G013", "732", "57"), ("H010", "721", "67"), ("I10", "875", "64"))
        for regra in verificada(
            ids,
            cstat,
            modelo,
            f"O modelo dentro da chave é {numero}.",
            "Gere a chave com o modelo do documento.",
            simp=True,
        )
    ),
    *verificada(
        "G014 H011 I11",
        "227",
        composicao,
        "O atributo Id é «CTe» seguido da chave formada por cUF, ano e mês, CNPJ/CPF, modelo, série, número, tpEmis, "
        "cCT e cDV.",
        "Gere o documento de novo: algum campo foi alterado depois de formada a chave.",
        simp=True,
    ),
    *verificada(
        "G015 H012 I12",
        "253",
        digito,
        "O dígito verificador (cDV) confere com o da chave formada pelos campos.",
        "Corrija o cálculo do dígito (módulo 11, pesos de 2 a 9) no sistema emissor.",
        simp=True,
    ),
]
