"""Writes a refusal: the `.err` for people and ERPs, the `.json` for programs."""

import json

from separador import __version__
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.texto.quantidade import quantos


def resumo(r: Recusa) -> str:
    """Returns the first error, and how many more there are."""
    primeiro = r.erros[0].mensagem
    return primeiro if len(r.erros) == 1 else f"{primeiro} (e mais {quantos(len(r.erros) - 1, 'erro', 'erros')})"


def json_da_recusa(r: Recusa, arquivo: str) -> bytes:
    """Returns the `.json` beside the `.err`: `codigo`, `mensagem`, `arquivo`, `chave`, and every error in `erros`."""
    corpo = {
        "codigo": r.erros[0].codigo,
        "mensagem": resumo(r),
        "arquivo": arquivo,
        "chave": r.chave,
        "erros": [_erro(e) for e in r.erros],
    }
    return json.dumps(corpo, ensure_ascii=False, indent=2).encode() + b"\n"


def _erro(e: Erro) -> dict[str, object]:
    return {
        "codigo": e.codigo,
        "regra": e.regra,
        "linha": e.linha,
        "tag": e.tag,
        "mensagem": e.mensagem,
        "o_que_fazer": e.o_que_fazer,
    }


_CODIGO_UNINFE = {"SEP-SEM-CERTIFICADO": 6, "291": 3}


def texto_do_err(r: Recusa) -> bytes:
    """Returns `Key|Value` lines with CRLF: the keys that ERPs made for UniNFe read, and each error in words."""
    numero = _CODIGO_UNINFE.get(r.erros[0].codigo, 7)
    linhas = [f"Versão separador|{__version__}", f"ErrorCode|{numero:010d}", f"Message|{_frase(r.erros[0])}"]
    linhas += [f"Erro {i}|{_frase(e)} {e.o_que_fazer}" for i, e in enumerate(r.erros, 1)]
    linhas += ["StackTrace|", "Source|separador", "Type|Recusa", "TargetSite|", "HashCode|"]
    return "\r\n".join(linhas).encode() + b"\r\n"


def _frase(e: Erro) -> str:
    onde = f" (linha {e.linha}, {e.tag})" if e.linha and e.tag else f" (linha {e.linha})" if e.linha else ""
    return f"{e.codigo}: {' '.join(e.mensagem.split())}{onde}"
