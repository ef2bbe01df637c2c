"""Checks what each service of the CT-e OS demands (MOC 4.00, Anexo I, rules H015, H018 to H027, H057)."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.modelo import Regra, verificada
from separador.fiscal.regras.ufs import DIVISAS, EXTERIOR
from separador.fiscal.regras.visao import Grupo, Visao, momento

PESSOAS, VALORES, BAGAGEM = "6", "7", "8"
_RODO = "01"


def _rodo_de_pessoas(v: Visao) -> bool:
    return v.modal == _RODO and v.tp_serv == PESSOAS and v.normal


def modal_ausente(v: Visao) -> Sequence[Achado]:
    """Checks 798: by road, people and baggage have the road group."""
    if v.modal != _RODO or v.tp_serv not in (PESSOAS, BAGAGEM) or not v.normal or "infModal" in v.norm:
        return ()
    return v.norm.achado("infModal", f"tpServ={v.tp_serv}") if v.norm.existe else ()


def modal_indevido(v: Visao) -> Sequence[Achado]:
    """Checks 829: valuables, and the other modes, do not have it."""
    if "infModal" not in v.norm or (v.modal == _RODO and v.tp_serv != VALORES):
        return ()
    return v.norm.achado("infModal", f"não vai num documento com modal {v.modal} e tpServ={v.tp_serv}")


def _extremos(v: Visao, inicio: str, fim: str) -> Sequence[Achado]:
    if v.tp_serv != PESSOAS or (v.ide[inicio] and v.ide[fim]):
        return ()
    return v.ide.achado(fim if v.ide[inicio] else inicio)


def ufs_ausentes(v: Visao) -> Sequence[Achado]:
    """Checks 751: people travel between known states."""
    return _extremos(v, "UFIni", "UFFim")


def municipios_ausentes(v: Visao) -> Sequence[Achado]:
    """Checks 752: people travel between known municipalities."""
    return _extremos(v, "cMunIni", "cMunFim")


def percurso_invalido(v: Visao) -> Sequence[Achado]:
    """Checks 753: each state of the way touches the next. A repeated state and abroad are taken to touch any other."""
    if v.modal != _RODO or not (v.uf_ini and v.uf_fim) or (v.tp_serv != PESSOAS and "infPercurso" not in v.ide):
        return ()
    percurso = [Grupo.de(no)["UFPer"] for no in v.ide.todos("infPercurso")]
    for uma, outra in pairwise((v.uf_ini, *percurso, v.uf_fim)):
        if uma != outra and EXTERIOR not in (uma, outra) and outra not in DIVISAS.get(uma, ()):
            return v.ide.achado("infPercurso", f"{uma} não faz divisa com {outra}")
    return ()


def tomador_ausente(v: Visao) -> Sequence[Achado]:
    """Checks 757: people and valuables have a payer."""
    if v.tp_serv not in (PESSOAS, VALORES) or "toma" in v.inf:
        return ()
    return v.inf.achado("toma", f"tpServ={v.tp_serv}")


def _rodo_os_sem(v: Visao, campo: str) -> Sequence[Achado]:
    if not v.rodo_os.existe or campo in v.rodo_os.nos or not {v.uf_ini, v.uf_fim}.isdisjoint(("", EXTERIOR)):
        return ()
    return v.rodo_os.achado(campo, f"de {v.uf_ini} a {v.uf_fim}")


def registro_estadual_ausente(v: Visao) -> Sequence[Achado]:
    """Checks 839: a trip inside a state has the state's register number."""
    return _rodo_os_sem(v, "NroRegEstadual") if _rodo_de_pessoas(v) and v.uf_ini == v.uf_fim else ()


def taf_ausente(v: Visao) -> Sequence[Achado]:
    """Checks 840: a trip between states has the charter authorisation."""
    return _rodo_os_sem(v, "TAF") if _rodo_de_pessoas(v) and v.uf_ini != v.uf_fim else ()


def fretamento_ausente(v: Visao) -> Sequence[Achado]:
    """Checks 841: people by road travel by charter."""
    if not _rodo_de_pessoas(v) or not v.rodo_os.existe or "infFretamento" in v.rodo_os:
        return ()
    return v.rodo_os.achado("infFretamento")


def viagem_ausente(v: Visao) -> Sequence[Achado]:
    """Checks 837: an occasional charter has a date."""
    fretamento = v.rodo_os.grupo("infFretamento")
    if not v.normal or fretamento["tpFretamento"] != "1" or fretamento["dhViagem"]:
        return ()
    return fretamento.achado("dhViagem")


def viagem_antes_da_emissao(v: Visao) -> Sequence[Achado]:
    """Checks 838: the trip of a charter is after the issue."""
    fretamento = v.rodo_os.grupo("infFretamento")
    viagem = momento(fretamento["dhViagem"])
    if v.tp_cte != "0" or viagem is None or v.dh_emi is None or viagem > v.dh_emi:
        return ()
    depois = v.dh_emi + timedelta(hours=1)
    return fretamento.achado("dhViagem", f"a emissão (dhEmi) é de {v.ide['dhEmi']}", depois.isoformat())


def inss_ausente(v: Visao) -> Sequence[Achado]:
    """Checks 760: a company that hires transport of people informs INSS."""
    toma = v.tomador
    if v.tp_serv != PESSOAS or toma is None or not toma.dados["CNPJ"]:
        return ()
    imposto = v.inf.grupo("imp")
    federais = imposto.grupo("infTribFed")
    if federais["vINSS"] or not imposto.existe:
        return ()
    return federais.achado("vINSS") if federais.existe else imposto.achado("infTribFed", "com vINSS dentro")


REGRAS: list[Regra] = [
    *verificada(
        "H015",
        "798",
        modal_ausente,
        "No rodoviário, transporte de pessoas e excesso de bagagem trazem o grupo infModal.",
        "Informe o grupo infModal.",
    ),
    *verificada(
        "H018",
        "829",
        modal_indevido,
        "Transporte de valores, e os modais diferentes do rodoviário, não trazem o grupo infModal.",
        "Retire o grupo infModal.",
    ),
    *verificada(
        "H019",
        "751",
        ufs_ausentes,
        "O transporte de pessoas informa as UFs de início e de fim.",
        "Informe UFIni e UFFim.",
    ),
    *verificada(
        "H020",
        "752",
        municipios_ausentes,
        "O transporte de pessoas informa os municípios de início e de fim.",
        "Informe cMunIni e cMunFim.",
    ),
    *verificada(
        "H021",
        "753",
        percurso_invalido,
        "O percurso rodoviário passa por UFs que fazem divisa, na ordem da viagem.",
        "Informe em infPercurso as UFs intermediárias, na ordem.",
    ),
    *verificada(
        "H022",
        "757",
        tomador_ausente,
        "Transporte de pessoas e de valores informam o tomador.",
        "Informe o grupo toma.",
    ),
    *verificada(
        "H023",
        "839",
        registro_estadual_ausente,
        "O transporte rodoviário de pessoas dentro da UF informa o número do registro estadual.",
        "Informe rodoOS/NroRegEstadual.",
    ),
    *verificada(
        "H024",
        "840",
        taf_ausente,
        "O transporte rodoviário de pessoas entre UFs informa o termo de autorização de fretamento (TAF).",
        "Informe rodoOS/TAF.",
    ),
    *verificada(
        "H025",
        "841",
        fretamento_ausente,
        "O transporte rodoviário de pessoas informa o fretamento.",
        "Informe rodoOS/infFretamento.",
    ),
    *verificada(
        "H026",
        "837",
        viagem_ausente,
        "O fretamento eventual informa a data e hora da viagem.",
        "Informe infFretamento/dhViagem.",
    ),
    *verificada(
        "H027",
        "838",
        viagem_antes_da_emissao,
        "A viagem do fretamento é posterior à emissão.",
        "Corrija dhViagem ou emita antes da viagem.",
    ),
    *verificada(
        "H057",
        "760",
        inss_ausente,
        "O transporte de pessoas tomado por pessoa jurídica informa o valor do INSS.",
        "Informe imp/infTribFed/vINSS.",
    ),
]
