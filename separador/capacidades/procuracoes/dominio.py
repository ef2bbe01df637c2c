"""Holds the powers of attorney and the accesses of an office.

It says what an access must have and until when it is good. Dates are the calendar's (Brasília): an access is good
through the whole of its last day. A certificate is good until its own last second, whatever the day.
"""

import re
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from separador.nucleo.chave import cnpj_valido, cpf_valido
from separador.nucleo.fuso import BRASILIA, dia


class Esfera(StrEnum):
    """The owner of the system that the access opens."""

    FEDERAL = "federal"
    ESTADUAL = "estadual"
    MUNICIPAL = "municipal"


class TipoAcesso(StrEnum):
    """The ways of access."""

    LOGIN = "login"
    CODIGO = "código de acesso"
    CERTIFICADO = "certificado"


NOME_MAXIMO = 80
ORGAO_MAXIMO = 40


@dataclass(frozen=True, slots=True)
class Validade:
    """The validity of an access: a date, or so many days or months from the last change of password.

    At most one of the three is given.
    """

    ate: date | None = None
    dias: int | None = None
    meses: int | None = None

    @property
    def renovavel(self) -> bool:
        """Says whether a change of password starts it again."""
        return self.dias is not None or self.meses is not None


@dataclass(frozen=True, slots=True)
class Acesso:
    """One access as registered, without its secrets.

    `orgao`: owner of the portal, as `orgao_normal` writes it (SEFAZ-MT). `certificado`: apelido of the installed
    certificate, of the company `certificado_cnpj`. `senha_em`: date of the last change of the password, None while the
    secret was never given.
    """

    escritorio: str
    nome: str
    esfera: Esfera
    tipo: TipoAcesso
    login: str | None = None
    titular: str | None = None
    certificado: str | None = None
    certificado_cnpj: str | None = None
    validade: Validade = Validade()
    senha_em: date | None = None
    clientes: tuple[str, ...] = ()
    ativo: bool = True
    orgao: str | None = None

    @property
    def da_receita(self) -> bool:
        """Says whether it opens the e-CAC of its clients: federal, and by certificate."""
        return self.esfera is Esfera.FEDERAL and self.tipo is TipoAcesso.CERTIFICADO


@dataclass(frozen=True, slots=True)
class UsoDeAcesso:
    """Something that goes by an access now: `uso` says what, in a word or two (e-CAC), `cliente` for whom.

    `segura`: nothing goes by it; it may not be used, and so keeps this person, whom the configuration names, from being
    used for the client. Without the access that person would be back at work.
    """

    acesso_id: int
    uso: str
    cliente: str
    nome: str
    segura: str | None = None


def orgao_normal(texto: str) -> str:
    """Returns an organ in its one form: `Sefaz MT`, `sefaz/mt`, `SEFAZMT` and `SEFAZ-MT` are `SEFAZ-MT`."""
    limpo = re.sub(r"[^0-9A-ZÀ-Ý]+", "-", texto.strip().upper()).strip("-")
    return re.sub(r"^SEFAZ-?([A-Z])-?([A-Z])$", r"SEFAZ-\1\2", limpo)


def tipo_de(texto: str) -> TipoAcesso | None:
    """Reads the type as people write it: `codigo` and `código` stand for `código de acesso`."""
    limpo = texto.strip().casefold().replace("codigo", "código")
    if limpo == "código":
        return TipoAcesso.CODIGO
    return next((t for t in TipoAcesso if t.value == limpo), None)


def problemas(a: Acesso) -> list[str]:
    """Returns everything that prevents the registration, in Portuguese. It is empty when nothing does."""
    achados = [
        *_do_nome(a),
        *_da_validade(a.validade, a.tipo),
        *(f"O cliente {c} não é um CNPJ nem um CPF: confira os dígitos." for c in a.clientes if not _pessoa(c)),
        *_DO_TIPO[a.tipo](a),
    ]
    if not cnpj_valido(a.escritorio):
        achados.append(f"O CNPJ do escritório ({a.escritorio}) não confere.")
    if a.orgao is not None and not (0 < len(a.orgao) <= ORGAO_MAXIMO):
        achados.append(f"O órgão deve ter de 1 a {ORGAO_MAXIMO} letras e algarismos (por exemplo SEFAZ-MT).")
    repetidos = sorted(c for c, quantos in Counter(a.clientes).items() if quantos > 1)
    achados += [f"O cliente {c} está repetido." for c in repetidos]
    return achados


def _pessoa(documento: str) -> bool:
    return cnpj_valido(documento) or cpf_valido(documento)


def _do_nome(a: Acesso) -> list[str]:
    nome = a.nome.strip()
    if not nome or len(nome) > NOME_MAXIMO or not nome.isprintable():
        return [f"O nome do acesso deve ter de 1 a {NOME_MAXIMO} caracteres visíveis (por exemplo ACESSO SEFAZ-MT)."]
    return []


def _do_login(a: Acesso) -> list[str]:
    sobra = _sobras(a, titular="o titular", certificado="o certificado")
    return sobra if a.login else [*sobra, "Falta o login."]


def _do_codigo(a: Acesso) -> list[str]:
    sobra = _sobras(a, login="o login", certificado="o certificado")
    if a.titular and _pessoa(a.titular):
        return sobra
    return [*sobra, "Falta o CPF ou o CNPJ do titular do código de acesso, ou os dígitos não conferem."]


def _do_certificado(a: Acesso) -> list[str]:
    sobra = _sobras(a, login="o login", titular="o titular")
    if not a.certificado:
        sobra.append("Falta o apelido do certificado instalado (separador certificado listar).")
    if a.certificado_cnpj is not None and not cnpj_valido(a.certificado_cnpj):
        sobra.append(f"O CNPJ da empresa do certificado ({a.certificado_cnpj}) não confere.")
    return sobra


def _sobras(a: Acesso, **nomes: str) -> list[str]:
    return [f"Um acesso por {a.tipo} não leva {texto}." for campo, texto in nomes.items() if getattr(a, campo)]


_DO_TIPO = {TipoAcesso.LOGIN: _do_login, TipoAcesso.CODIGO: _do_codigo, TipoAcesso.CERTIFICADO: _do_certificado}


def _da_validade(v: Validade, tipo: TipoAcesso) -> list[str]:
    if sum(x is not None for x in (v.ate, v.dias, v.meses)) > 1:
        return ["Diga uma só validade: a data, os dias ou os meses."]
    if v.renovavel and tipo is TipoAcesso.CERTIFICADO:
        return ["A validade de um acesso por certificado é a do certificado, ou uma data (a da procuração)."]
    if (v.dias is not None and not 1 <= v.dias <= 3660) or (v.meses is not None and not 1 <= v.meses <= 120):
        return ["A validade em dias vai de 1 a 3660, e em meses de 1 a 120."]
    return []


HABITUAIS = {(TipoAcesso.LOGIN, "SEFAZ-MT"): Validade(meses=3)}
"""The validity that an organ gives to a kind of access, where it is known."""


def validade_habitual(tipo: TipoAcesso, orgao: str | None) -> Validade:
    """Returns what is known of an access whose validity nobody gave: the login of SEFAZ-MT lasts 3 months."""
    return HABITUAIS.get((tipo, orgao or ""), Validade())


def orgaos_com_prazo(tipo: TipoAcesso) -> tuple[str, ...]:
    """Returns the organs whose habitual validity is known, for a kind of access."""
    return tuple(orgao for t, orgao in HABITUAIS if t is tipo)


def vencimento(a: Acesso, certificado_ate: date | None = None) -> date | None:
    """Returns the last day on which the access is good.

    Returns None when it does not expire, or its validity is not known. `certificado_ate`: last day of the certificate
    that the access points to. The earlier of the two counts.
    """
    v = a.validade
    proprio = v.ate
    if v.renovavel and a.senha_em is not None:
        proprio = a.senha_em + timedelta(days=v.dias) if v.dias else mais_meses(a.senha_em, v.meses or 0)
    do_certificado = certificado_ate if a.tipo is TipoAcesso.CERTIFICADO else None
    datas = [d for d in (proprio, do_certificado) if d is not None]
    return min(datas, default=None)


def mais_meses(dia: date, meses: int) -> date:
    """Returns the same day so many months later, or the last of that month where it has no such day."""
    total = dia.year * 12 + dia.month - 1 + meses
    ano, mes = divmod(total, 12)
    return date(ano, mes + 1, min(dia.day, monthrange(ano, mes + 1)[1]))


def fim(a: Acesso, certificado_ate: datetime | None = None) -> datetime | None:
    """Returns the last instant at which the access is good; None as in `vencimento`."""
    ultimo_dia = vencimento(a)
    do_certificado = certificado_ate if a.tipo is TipoAcesso.CERTIFICADO else None
    do_dia = datetime.combine(ultimo_dia, time(23, 59, 59, 999_999), BRASILIA) if ultimo_dia is not None else None
    return min((d for d in (do_dia, do_certificado) if d is not None), default=None)


def uso_recusado(a: Acesso, ate: datetime | None, agora: datetime, *, tem_segredo: bool) -> str | None:
    """Returns why the access may not be used now, with its name, or None. `ate`: its last instant.

    The caller does not try what depends on an access that may not be used.
    """
    nome = f"O acesso {a.nome} (escritório {a.escritorio})"
    if not a.ativo:
        return f'{nome} está desativado (separador procuracao ativar "{a.nome}").'
    if not tem_segredo and a.tipo is TipoAcesso.CERTIFICADO:
        return f"{nome} usa o certificado {a.certificado}, que não está instalado: separador certificado instalar"
    if not tem_segredo:
        return f'{nome} ainda não tem senha guardada; guarde-a com: separador procuracao senha "{a.nome}"'
    if ate is not None and agora > ate:
        return f"{nome} venceu em {dia(ate.astimezone(BRASILIA).date())}. {como_renovar(a)}"
    return None


def como_renovar(a: Acesso) -> str:
    """Returns what the person has to do."""
    if a.tipo is TipoAcesso.CERTIFICADO and a.validade.ate is None:
        return (
            f"Renove o certificado {a.certificado}, instale-o (separador certificado instalar) e diga qual é: "
            f'separador procuracao alterar "{a.nome}" --certificado APELIDO'
        )
    if a.validade.renovavel:
        return f'Troque a senha no site do órgão e guarde a nova aqui: separador procuracao senha "{a.nome}"'
    return f'Renove a procuração e informe a nova data: separador procuracao alterar "{a.nome}" --valida-ate DATA'
