"""Is the process that signs one text by a token (`python -m`): the request with the PIN comes by standard input.

One run, one login, one signature. The PIN is in no argument and in no file.
"""

import base64
import json
import sys
from importlib import import_module
from pathlib import Path

from separador.capacidades.certificados.leitura.token import AssinanteDoToken, Referencia, TokenError
from separador.motor.trabalho.sem_despejo import sem_despejo
from separador.nucleo import capacidade


def principal() -> None:
    """Answers with the signature, or with what the token said."""
    sem_despejo()
    capacidade.registrar(import_module("separador.capacidades").NOMES)
    dado = json.loads(sys.stdin.buffer.read())
    der, texto = (base64.b64decode(dado[n]) for n in ("der", "texto"))
    travas = Path(dado["travas"]) if dado["travas"] is not None else None
    try:
        token = AssinanteDoToken(Referencia.de_json(dado["referencia"]), der, dado["pin"], travas)
        try:
            feito: dict[str, object] = {"assinatura": base64.b64encode(token.assinar_sha256(texto)).decode("ascii")}
        finally:
            token.fechar()
    except TokenError as erro:
        feito = {"erro": [erro.codigo, erro.mensagem, erro.o_que_fazer]}
    sys.stdout.write(json.dumps(feito))


if __name__ == "__main__":
    principal()
