"""Checks the group of the transport mode, and what each mode demands.

MOC 4.00, Anexo I, rules G025 to G032, and the same rules in table H.
"""

from collections.abc import Sequence

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.documentos_id import CTE, exemplo_de_chave, motivo_chave
from separador.fiscal.regras.modelo import Regra, verificada
from separador.fiscal.regras.visao import AUSENTE, Grupo, Visao
from separador.nucleo.tipo import Tipo

_VERSAO = "4.00"
_GRUPOS = {"01": "rodo", "02": "aereo", "03": "aquav", "04": "ferrov", "05": "duto", "06": "multimodal"}
_DUTO, _FERROV, _AQUAV = "05", "04", "03"


def versao_do_modal(v: Visao) -> Sequence[Achado]:
    """Checks 579: the version of the mode's layout is the one in force."""
    no = v.modal_no.no
    if no is None or no.get("versaoModal") == _VERSAO:
        return ()
    return (Achado(no, "", "@versaoModal", _VERSAO),)


def grupo_do_modal(v: Visao) -> Sequence[Achado]:
    """Checks 580: infModal holds the group of ide/modal.

    The XSD stage compares the inside of the group with its schema.
    """
    esperado = "rodoOS" if v.tipo is Tipo.CTE_OS else _GRUPOS.get(v.modal, "")
    grupo = v.modal_no
    if not grupo.existe or not esperado or esperado in grupo.nos:
        return ()
    return (Achado(grupo.no, f"tem {_grupos_ditos(grupo)}; o modal {v.modal} pede <{esperado}>"),)


def _grupos_ditos(grupo: Grupo) -> str:
    return ", ".join(f"<{nome}>" for nome in grupo) or "nenhum grupo"


def valor_da_carga(v: Visao) -> Sequence[Achado]:
    """Checks 581: the value of the goods is informed, except in a pipeline."""
    if not v.normal or v.modal == _DUTO or not v.norm.existe:
        return ()
    carga = v.norm.grupo("infCarga")
    if carga["vCarga"] or not carga.existe:
        return ()
    return carga.achado("vCarga")


def conteineres(v: Visao) -> Sequence[Achado]:
    """Checks 526: by water, intermediate redispatch and multimodal-bound services detail the containers."""
    if v.modal != _AQUAV or not v.normal or v.tp_serv not in ("3", "4"):
        return ()
    aquav = v.modal_no.grupo("aquav")
    if not aquav.existe or "detCont" in aquav.nos:
        return ()
    return aquav.achado("detCont", f"tpServ={v.tp_serv}")


def _ferrov(v: Visao) -> Grupo:
    if v.modal != _FERROV or not v.normal:
        return AUSENTE
    return v.modal_no.grupo("ferrov")


def trafego_mutuo_ausente(v: Visao) -> Sequence[Achado]:
    """Checks 582: mutual traffic has its group."""
    ferrov = _ferrov(v)
    if ferrov["tpTraf"] != "1" or "trafMut" in ferrov.nos:
        return ()
    return ferrov.achado("trafMut")


def ferrovia_emitente(v: Visao) -> Sequence[Achado]:
    """Checks 583: when the railway of origin bills, it issues."""
    mutuo = _ferrov(v).grupo("trafMut")
    if mutuo["respFat"] != "1" or mutuo["ferrEmi"] == "1":
        return ()
    return mutuo.achado("ferrEmi", "respFat=1", "1")


def ferrovia_de_origem(v: Visao) -> Sequence[Achado]:
    """Checks 584: when the railway of destination bills, the document of the origin is referred to."""
    mutuo = _ferrov(v).grupo("trafMut")
    if mutuo["respFat"] != "2" or mutuo["chCTeFerroOrigem"]:
        return ()
    return mutuo.achado("chCTeFerroOrigem")


def chave_da_ferrovia(v: Visao) -> Sequence[Achado]:
    """Checks 842: the key of the document of the origin is valid."""
    mutuo = _ferrov(v).grupo("trafMut")
    motivo = motivo_chave(mutuo["chCTeFerroOrigem"], CTE, v.contexto.agora)
    return mutuo.achado("chCTeFerroOrigem", motivo, exemplo_de_chave(CTE)) if motivo else ()


REGRAS: list[Regra] = [
    *verificada(
        "G025 H016",
        "579",
        versao_do_modal,
        f"A versão do leiaute do modal (versaoModal) é {_VERSAO}.",
        f"Gere o grupo do modal na versão {_VERSAO}.",
        simp=True,
    ),
    *verificada(
        "G026 H017",
        "580",
        grupo_do_modal,
        "O grupo dentro de infModal é o do modal informado em ide/modal.",
        "Informe o grupo do modal certo ou corrija ide/modal.",
        simp=True,
    ),
    *verificada(
        "G027",
        "581",
        valor_da_carga,
        "O valor da carga (vCarga) é informado, salvo no modal dutoviário.",
        "Informe infCarga/vCarga.",
    ),
    *verificada(
        "G028",
        "526",
        conteineres,
        "No modal aquaviário, redespacho intermediário e serviço vinculado a multimodal detalham os contêineres.",
        "Informe o grupo detCont.",
    ),
    *verificada(
        "G029",
        "582",
        trafego_mutuo_ausente,
        "No ferroviário com tráfego mútuo (tpTraf 1), o grupo trafMut é informado.",
        "Informe o grupo trafMut.",
    ),
    *verificada(
        "G030",
        "583",
        ferrovia_emitente,
        "Se a ferrovia de origem fatura (respFat 1), é ela quem emite (ferrEmi 1).",
        "Corrija respFat ou ferrEmi.",
    ),
    *verificada(
        "G031",
        "584",
        ferrovia_de_origem,
        "Se a ferrovia de destino fatura (respFat 2), referencia-se o CT-e da ferrovia de origem.",
        "Informe chCTeFerroOrigem.",
    ),
    *verificada(
        "G032",
        "842",
        chave_da_ferrovia,
        "A chave do CT-e da ferrovia de origem é uma chave válida de CT-e.",
        "Corrija chCTeFerroOrigem.",
    ),
]
