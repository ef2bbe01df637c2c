"""Compares two loads by content: what differs, field by field."""

from separador.capacidades.emissao.dominio.conteudo import Conteudo, aberto
from separador.fiscal.emissao.achados import ErroDeCarga

LIMITE = 50


def diferencas(antes: Conteudo, agora: Conteudo) -> tuple[ErroDeCarga, ...]:
    """Returns one error per field that differs, at most fifty, in order of the fields."""
    if antes == agora:
        return ()
    velhos, novos = aberto(antes), aberto(agora)
    campos = dict.fromkeys([*velhos, *novos])
    erros = [_erro(c, velhos.get(c), novos.get(c)) for c in campos if velhos.get(c) != novos.get(c)]
    return tuple(erros[:LIMITE])


def _erro(campo: str, antes: str | None, agora: str | None) -> ErroDeCarga:
    era, veio = (f"«{v}»" if v is not None else "nada" for v in (antes, agora))
    mensagem = f"A carga já foi gerada com outro conteúdo: aqui estava {era}, e agora veio {veio}."
    fazer = "Para emitir outra coisa, use outra identificação de carga; os CT-e que há continuam valendo."
    return ErroDeCarga("SEP-CARGA-DIFERENTE", campo, mensagem, fazer)
