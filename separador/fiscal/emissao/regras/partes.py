"""Decides who takes part: issuer, remetente, expedidor, recebedor, destinatário, depositante (EMIS-01, CAD-01)."""

from dataclasses import dataclass

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.formato.tipos import comparavel
from separador.fiscal.emissao.pessoas import Emitente, Pessoa, emitente
from separador.fiscal.emissao.regras.operacao import NOMES, SEM_DOCUMENTOS, Operacao
from separador.fiscal.regras.documentos_id import ZEROS

_EXIGEM_EXPEDIDOR = ("2", "3", "4")


@dataclass(frozen=True, slots=True)
class Partes:
    """The parties. `depositante` None: it is not in the document, and only its values are used; `de_quem`: what answers
    name it by. `incompleta`: one that the document needs is missing, unknown or has no data (told)."""

    remetente: Pessoa | None
    expedidor: Pessoa | None
    recebedor: Pessoa | None
    destinatario: Pessoa | None
    depositante: Pessoa | None
    de_quem: str = ""
    incompleta: bool = False

    def papel(self, nome: str) -> Pessoa | None:
        """Returns the party of a role."""
        valor = getattr(self, nome, None)
        return valor if isinstance(valor, Pessoa) else None


def transportadora(caso: Caso, *, rodo: bool = True) -> Emitente | None:
    """Returns the company that issues: the one named, or the only one registered. `rodo`: the document has the road
    group, which needs its RNTRC."""
    cte, cadastros = caso.cte, caso.cadastros
    if "transportadora" in cte.ruins:
        return None
    dita = cte.texto("transportadora")
    if not dita:
        unica = cadastros.unica_transportadora()
        if unica is None:
            fazer = "Diga qual transportadora emite este CT-e, pelo CNPJ."
            caso.errar("SEP-EMIS-01", "transportadora", "Falta a transportadora que emite o CT-e.", fazer)
            return None
        registro, motivo = unica, "a única transportadora do cadastro"
    else:
        achada = caso.registro("empresas", dita, cte.em("transportadora"))
        if achada is None:
            return None
        registro, motivo = achada, "a que a carga diz"
    cnpj = registro.texto("cnpj")
    if not registro.sim("transportadora", True):
        fazer = f"Use outra empresa, ou marque transportadora: sim em {cadastros.onde('empresas')}."
        caso.errar("SEP-EMIS-01", "transportadora", f"A empresa {cnpj} não é transportadora.", fazer)
        return None
    if cnpj not in caso.ambiente.empresas:
        mensagem = f"A transportadora {cnpj} não está em `empresas` na configuração."
        caso.errar("SEP-EMPRESA", "transportadora", mensagem, "Inclua a empresa em config/separador.yaml.")
        return None
    antes = caso.ambiente.feitos.get(("empresas", cnpj))
    feita = antes if isinstance(antes, Emitente) else emitente(registro, cadastros.onde("empresas"), caso.achados)
    caso.ambiente.feitos["empresas", cnpj] = feita
    if rodo and not registro.dado("rntrc"):
        caso.achados.faltar("empresas", cnpj, "rntrc", cadastros.onde("empresas"))
    if feita is not None:
        caso.decidir("transportadora", cnpj, motivo, "EMIS-01")
    return feita


def decidir(caso: Caso, operacao: Operacao) -> Partes:
    """Returns the parties, each by its record."""
    cte = caso.cte
    antes = len(caso.achados.erros) + len(caso.achados.faltas)
    depositante, de_quem = _depositante(caso)
    rem = cte.texto("remetente") or (cte.texto("depositante") if "remetente" not in cte.ruins else "")
    partes = {
        "remetente": _um(caso, "remetente", rem),
        "destinatario": _um(caso, "destinatario", cte.texto("destinatario")),
        "expedidor": _um(caso, "expedidor", cte.texto("expedidor")),
        "recebedor": _um(caso, "recebedor", cte.texto("recebedor")),
    }
    _exigir(caso, operacao, {**{n: bool(cte.texto(n)) for n in partes}, "remetente": bool(rem)})
    ruins = cte.ruins & {*partes, "depositante"}
    depois = len(caso.achados.erros) + len(caso.achados.faltas)
    return Partes(**partes, depositante=depositante, de_quem=de_quem, incompleta=bool(ruins) or depois > antes)


def _depositante(caso: Caso) -> tuple[Pessoa | None, str]:
    """Returns the depositante where it is in the document, as remetente or taker, and what answers name it by."""
    cte, dito = caso.cte, caso.cte.texto("depositante")
    esta = not cte.dado("remetente") or comparavel(cte.texto("tomador", "depositante")) == "depositante"
    if esta:
        pessoa = _um(caso, "depositante", dito)
        return pessoa, pessoa.identificacao if pessoa is not None else ""
    registro = caso.registro("entidades", dito, cte.em("depositante")) if dito else None
    if registro is None:
        return None, ""
    documento = registro.texto("documento")
    return None, documento if documento not in ("", ZEROS) else registro.texto("codigo")


def _um(caso: Caso, papel: str, referencia: str) -> Pessoa | None:
    if not referencia or papel in caso.cte.ruins:
        return None
    return caso.pessoa(referencia, caso.cte.em(papel))


def _exigir(caso: Caso, operacao: Operacao, ha: dict[str, bool]) -> None:
    """Tests the table tpServ × parties. A CT-e OS and a Simplificado have none but the taker."""
    if operacao.os or operacao.simplificado:
        return
    serv, nome = operacao.tp_serv, NOMES[operacao.tp_serv]
    sem_documentos = serv in SEM_DOCUMENTOS
    for papel, cstat in (("remetente", "469"), ("destinatario", "470")):
        if not ha[papel] and not sem_documentos:
            mensagem = f"Falta o {papel}: num CT-e de serviço {nome} ele é exigido."
            caso.errar(cstat, papel, mensagem, f"Diga o {papel}.", regra="EMIS-01")
    exigidos = {"expedidor": (serv in _EXIGEM_EXPEDIDOR, "474"), "recebedor": (sem_documentos, "475")}
    for papel, (exigido, cstat) in exigidos.items():
        if exigido and not ha[papel]:
            codigo = cstat if sem_documentos else "SEP-EMIS-01"
            mensagem = f"Falta o {papel}: num CT-e de serviço {nome} ele é exigido."
            caso.errar(codigo, papel, mensagem, f"Diga o {papel}.", regra="EMIS-01")
        elif ha[papel] and not exigido:
            mensagem = f"Um CT-e de serviço {nome} não tem {papel}."
            caso.errar("SEP-EMIS-01", papel, mensagem, f"Retire o {papel}, ou corrija tipo_operacao.")
