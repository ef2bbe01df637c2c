"""Decides which certificate of a token is meant, because a token may hold many other keys."""

from collections.abc import Sequence

from separador.capacidades.certificados.dominio import Uso, pessoa
from separador.capacidades.certificados.leitura.token import NoToken
from separador.nucleo.erro import Erro, Recusa


def escolher_no_token(achados: Sequence[NoToken], empresa: str, rotulo: str | None, uso: Uso) -> NoToken | Recusa:
    """Returns the company's certificate (same CNPJ base); for other uses the only one.

    Of several, it takes the one valid longest.
    """
    do_token = [a for a in achados if rotulo is None or rotulo in (a.referencia.rotulo, a.referencia.serie)]
    da_empresa = [a for a in do_token if (a.identidade.cnpj or "")[:8] == empresa[:8]]
    servem = da_empresa or (do_token if uso is not Uso.ASSINATURA and len(do_token) == 1 else [])
    if servem:
        return max(servem, key=lambda a: a.identidade.validade_ate)
    ha = "; ".join(f"{a.identidade.titular} ({pessoa(a.identidade)})" for a in do_token) or "nenhum certificado"
    mensagem = f"No token não há certificado da empresa {empresa}. Há: {ha}."
    fazer = "Ligue o token da empresa; se há mais de um, diga qual com --token NOME."
    return Recusa((Erro("SEP-TOKEN-SEM-CERTIFICADO", "SEP", mensagem, fazer),))
