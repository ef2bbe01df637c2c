"""Decides what each user may do, and judges passwords. It is pure: the clock comes in as a parameter."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Nivel(StrEnum):
    """The `nível de acesso` of a user."""

    ADMINISTRADOR = "administrador"
    OPERADOR = "operador"
    CONSULTA = "consulta"


class Direito(StrEnum):
    """The right that a command demands. `LIVRE` touches no installation; the file system decides who has `LER`."""

    LIVRE = "livre"
    LER = "ler"
    OPERAR = "operar"
    ADMINISTRAR = "administrar"


_DIREITOS: dict[Nivel, frozenset[Direito]] = {
    Nivel.CONSULTA: frozenset({Direito.LIVRE, Direito.LER}),
    Nivel.OPERADOR: frozenset({Direito.LIVRE, Direito.LER, Direito.OPERAR}),
    Nivel.ADMINISTRADOR: frozenset(Direito),
}


def pode(nivel: Nivel, direito: Direito) -> bool:
    """Says whether a level has a right."""
    return direito in _DIREITOS[nivel]


def niveis_com(direito: Direito) -> list[Nivel]:
    """Returns the levels that have a right, for the sentence that refuses another level."""
    return [n for n in Nivel if pode(n, direito)]


def sem_direito(quem: str, nivel: Nivel, o_que: str, direito: Direito) -> str:
    """Returns the sentence of a refusal."""
    quais = " ou ".join(niveis_com(direito))
    return f"{quem} tem nível {nivel}, que não pode usar {o_que}: é preciso nível {quais}. Nada foi mudado."


# --- users ---------------------------------------------------------------------------------------------------------

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
EMAIL_MAXIMO = 254


def email_normal(texto: str) -> str | None:
    """Returns the address in small letters, the form in which it is stored and compared.

    Returns None when the text is no address.
    """
    limpo = texto.strip().lower()
    certo = len(limpo) <= EMAIL_MAXIMO and _EMAIL.fullmatch(limpo) and ".." not in limpo and limpo[0] != "."
    return limpo if certo else None


@dataclass(frozen=True, slots=True)
class Conta:
    """The facts of a user that decide about administration.

    `ultimo_administrador`: no other active administrator is left.
    """

    nivel: Nivel
    ativo: bool
    ultimo_administrador: bool


def mudanca_recusada(conta: Conta, nivel: Nivel, ativo: bool) -> str | None:
    """Returns why a user may not be changed so, or None. There must always be an active administrator."""
    deixa = conta.nivel is Nivel.ADMINISTRADOR and conta.ativo and not (nivel is Nivel.ADMINISTRADOR and ativo)
    if deixa and conta.ultimo_administrador:
        return "É o último administrador ativo: inclua ou ative outro antes. Nada foi mudado."
    return None


# --- growing delay after wrong passwords -----------------------------------------------------------------------------

FALHAS_LIVRES = 3
ESPERA_INICIAL = timedelta(seconds=30)
ESPERA_MAXIMA = timedelta(hours=1)


def espera_apos(falhas: int) -> timedelta:
    """Returns how long nothing is tried after so many wrong passwords in a row.

    It is zero for the first ones, then 30 s, then doubled each time up to one hour.
    """
    if falhas < FALHAS_LIVRES:
        return timedelta(0)
    dobras = min(falhas - FALHAS_LIVRES, 12)
    return min(ESPERA_INICIAL * (1 << dobras), ESPERA_MAXIMA)


def bloqueio_restante(bloqueado_ate: datetime | None, agora: datetime) -> timedelta:
    """Returns what is left of a lock, zero when there is none.

    More than the longest lock means that the clock went back; the lock is then ignored.
    """
    if bloqueado_ate is None:
        return timedelta(0)
    resta = bloqueado_ate - agora
    return resta if timedelta(0) < resta <= ESPERA_MAXIMA else timedelta(0)


# --- passwords -------------------------------------------------------------------------------------------------------

SENHA_MINIMA, SENHA_MAXIMA = 10, 128
_COMUNS = frozenset(
    "senha password qwerty asdfgh mudar trocar separador transporte admin administrador abc teste iloveyou".split()
)
_SEQUENCIAS = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
)


def normalizar_senha(senha: str) -> str:
    """Returns the password in NFC, so that it is the same whatever keyboard composed its accents. Spaces count."""
    return unicodedata.normalize("NFC", senha)


def senha_recusada(senha: str, email: str, nome: str) -> str | None:
    """Returns why a new password is not accepted, or None.

    Its length counts, and that it does not resemble its owner. No rule asks for kinds of characters.
    """
    texto = normalizar_senha(senha)
    if not SENHA_MINIMA <= len(texto) <= SENHA_MAXIMA:
        return f"A senha deve ter de {SENHA_MINIMA} a {SENHA_MAXIMA} caracteres, e tem {len(texto)}."
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in texto):
        return "A senha tem caracteres de controle, ou que não são texto; digite-a sem colar."
    miolo = texto.casefold()
    if len(set(miolo)) < 5:
        return "A senha repete poucos caracteres; use uma frase."
    proprias = [email.partition("@")[0], *nome.split()]
    if any(len(p) >= 4 and p.casefold() in miolo for p in proprias):
        return "A senha não pode conter o e-mail nem o nome do usuário."
    if _previsivel(miolo):
        return "A senha é fácil de adivinhar (palavra comum ou sequência com poucos acréscimos); use uma frase."
    return None


def _previsivel(miolo: str) -> bool:
    """Says whether hardly anything is left once common words, runs and digits are taken away."""
    resto = miolo
    for comum in sorted(_COMUNS, key=len, reverse=True):
        resto = resto.replace(comum, "")
    for sequencia in _SEQUENCIAS:
        for tamanho in range(len(sequencia), 3, -1):
            for inicio in range(len(sequencia) - tamanho + 1):
                resto = resto.replace(sequencia[inicio : inicio + tamanho], "")
    return len(re.sub(r"[0-9\W_]", "", resto)) < 4 and len(resto) < SENHA_MINIMA


# --- one-time codes and sessions -------------------------------------------------------------------------------------

VALIDADE_PRIMEIRA_SENHA = timedelta(hours=48)
PAUSA_ENTRE_CODIGOS = timedelta(minutes=5)
"""A code that the panel was asked for is not replaced for so long."""
VALIDADE_RECUPERACAO = timedelta(hours=1)
DURACAO_SESSAO = timedelta(hours=8)


def codigo_recusado(criado_em: datetime, expira_em: datetime, usado_em: datetime | None, agora: datetime) -> str | None:
    """Returns why a one-time code is not taken, or None.

    A clock that went back to before the code was made does not make the code last longer.
    """
    if usado_em is not None:
        return "Este código já foi usado; peça outro com: separador usuario recuperar E-MAIL"
    if agora >= expira_em or agora < criado_em - timedelta(minutes=5):
        return "Este código expirou; peça outro com: separador usuario recuperar E-MAIL"
    return None


def sessao_vale(criada_em: datetime, expira_em: datetime, encerrada_em: datetime | None, agora: datetime) -> bool:
    """Says whether a session is open.

    It is not closed, it is not expired, and it was not created in a future from which the clock came back.
    """
    return encerrada_em is None and criada_em - timedelta(minutes=5) <= agora < expira_em
