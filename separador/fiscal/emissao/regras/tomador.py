"""Decides who pays: the role that is the taker, or a taker of its own, and indIEToma (EMIS-01, EMIS-06)."""

from dataclasses import dataclass

from separador.fiscal.emissao.ambiente import Parametros
from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.formato.carga import PAPEIS
from separador.fiscal.emissao.formato.tipos import comparavel
from separador.fiscal.emissao.pessoas import ISENTO, Pessoa
from separador.fiscal.emissao.regras.operacao import BAGAGEM, Operacao
from separador.fiscal.emissao.regras.partes import Partes

DESTINATARIO, PROPRIO = "3", "4"
_TOMA3 = {"remetente": "0", "expedidor": "1", "recebedor": "2", "destinatario": "3"}
_CONSUMIDORES = ("Consumidor Final", "Consumidor Final Não Contribuinte")


@dataclass(frozen=True, slots=True)
class Tomador:
    """The taker. `papel`: `toma` of the layout, 0 to 4. `ie`: what is written as its registration, or empty."""

    pessoa: Pessoa
    papel: str
    ind_ie: str
    ie: str


def decidir(caso: Caso, operacao: Operacao, partes: Partes) -> Tomador | None:
    """Returns the taker. None: unknown, or its registration is not good (told); or baggage, which may have none."""
    achado = _quem(caso, operacao, partes)
    if achado is None:
        return None
    pessoa, motivo = achado
    papel = next((p for nome, p in _TOMA3.items() if _mesma(partes.papel(nome), pessoa)), PROPRIO)
    caso.decidir("tomador", pessoa.identificacao, f"{motivo}; toma {papel}", "EMIS-01")
    ind_ie = _ind_ie(caso, pessoa)
    if ind_ie is None:
        return None
    return Tomador(pessoa, papel, ind_ie, "" if pessoa.estrangeira else pessoa.ie)


def _quem(caso: Caso, operacao: Operacao, partes: Partes) -> tuple[Pessoa, str] | None:
    if "tomador" in caso.cte.ruins:
        return None
    dito = caso.cte.texto("tomador")
    papel = comparavel(dito)
    if not dito:
        papel = "depositante" if caso.cte.dado("depositante") else "remetente"
        pessoa = partes.papel(papel)
        if pessoa is None and not caso.cte.dado(papel):
            _exigir(caso, operacao)
        return (pessoa, f"a carga não diz: o {papel}") if pessoa is not None else None
    if papel in (*PAPEIS, "depositante"):
        pessoa = partes.papel(papel)
        if pessoa is None and not caso.cte.dado(papel) and not (papel == "remetente" and caso.cte.dado("depositante")):
            fazer = f"Diga o {papel}, ou outro tomador."
            caso.errar("SEP-EMIS-01", "tomador", f"O tomador é o {papel}, que o CT-e não tem.", fazer)
        return (pessoa, f"o {papel}, como a carga diz") if pessoa is not None else None
    pessoa = caso.pessoa(dito, caso.cte.em("tomador"))
    return (pessoa, f"{dito}, como a carga diz") if pessoa is not None else None


def _exigir(caso: Caso, operacao: Operacao) -> None:
    """Tells that nobody pays. Where the remetente is compulsory, its absence is told, and baggage may have no taker."""
    if not (operacao.os or operacao.simplificado) or operacao.tp_serv == BAGAGEM:
        return
    codigo = "757" if operacao.os else "SEP-EMIS-01"
    mensagem = f"Falta o tomador: num CT-e de tipo {operacao.nome} ele é exigido."
    caso.errar(codigo, "tomador", mensagem, "Diga quem paga, por um papel ou pelo cadastro.", regra="EMIS-01")


def _mesma(parte: Pessoa | None, tomador: Pessoa) -> bool:
    """Says whether a role is the taker: the same document and registration; abroad, the same record."""
    if parte is None:
        return False
    if tomador.estrangeira or parte.estrangeira:
        return parte.codigo == tomador.codigo and parte.estrangeira == tomador.estrangeira
    return (parte.documento, parte.ie) == (tomador.documento, tomador.ie)


def _ind_ie(caso: Caso, tomador: Pessoa) -> str | None:
    """Returns indIEToma, by the first rule that matches; None with an error."""
    uf, parametros = tomador.endereco.local.uf, caso.ambiente.parametros
    if tomador.estrangeira:
        return _dito(caso, "9", "tomador no exterior: sem IE")
    if tomador.classificacao in _CONSUMIDORES:
        return _dito(caso, "9", f"classificação {tomador.classificacao}")
    if tomador.ie == ISENTO:
        return _isento(caso, uf, parametros)
    if tomador.ie:
        return _dito(caso, "1", "o tomador tem inscrição estadual")
    fazer = f"Preencha ie ou classificacao_icms do registro em {caso.cadastros.onde('entidades')}."
    mensagem = f"O tomador {tomador.codigo} não tem inscrição estadual nem classificação que a dispense."
    caso.errar("SEP-EMIS-06", "tomador", mensagem, fazer)
    return None


def _isento(caso: Caso, uf: str, parametros: Parametros) -> str | None:
    if uf in parametros.ufs_sem_tomador_isento:
        mensagem = f"A SEFAZ não aceita tomador isento de inscrição em {uf}."
        fazer = "Corrija a IE do tomador no cadastro, ou a classificação dele (Consumidor Final)."
        caso.errar("617", "tomador", mensagem, fazer, regra="EMIS-06")
        return None
    if uf in parametros.ufs_tomador_isento:
        return _dito(caso, "2", f"isento de inscrição, e {uf} aceita")
    mensagem = f"A configuração não diz se {uf} aceita tomador isento de inscrição."
    fazer = "Ponha a UF em emissao.ufs_tomador_isento ou em emissao.ufs_sem_tomador_isento."
    caso.errar("SEP-EMIS-06", "tomador", mensagem, fazer)
    return None


def _dito(caso: Caso, valor: str, motivo: str) -> str:
    caso.decidir("indIEToma", valor, motivo, "EMIS-06")
    return valor
