"""The pages for a forgotten or a first password."""

from separador.acesso.servico import usuarios as servico
from separador.painel.base.casa import ESPERA_DA_SENHA_S
from separador.painel.base.resposta import ACHADA, OCUPADO, RECUSADA, Erro, Ir, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.painel.conta import DIFERENTES

NEUTRA = "Se houver um usuário ativo com este e-mail, peça o código a um administrador."


def recuperar(v: Visita) -> Resposta:
    """Says where a code comes from: the same whoever is asked about, so that nobody learns who is a user."""
    ditos = (NEUTRA,) if v.enviada else ()
    return Pagina("painel/recuperar.html", "Recuperar senha", {"email": v.campos.um("email")}, ACHADA, (), ditos)


def definir(v: Visita) -> Resposta:
    """Sets the password of the code's owner."""
    if not v.enviada:
        return _pagina("")
    codigo, senha = v.campos.um("codigo"), v.campos.um("senha")
    if senha != v.campos.um("repita"):
        return _pagina(DIFERENTES)
    if not v.casa.senhas.acquire(timeout=ESPERA_DA_SENHA_S):
        raise Erro(OCUPADO, "Há entradas demais ao mesmo tempo; nada foi mudado. Tente de novo em alguns segundos.")
    try:
        with v.escrevendo() as banco:
            feito = servico.definir_senha(banco, v.casa.comparador(), codigo, senha, v.agora)
    finally:
        v.casa.senhas.release()
    return Ir("/entrar?senha=definida") if isinstance(feito, str) else _pagina(feito.mensagem)


def _pagina(aviso: str) -> Pagina:
    avisos = (aviso,) if aviso else ()
    return Pagina("painel/definir.html", "Definir senha", {}, RECUSADA if aviso else ACHADA, avisos)
