"""Fetches a password from the place that the configuration names. The password goes to no log and no message."""

import os
from collections.abc import Mapping
from pathlib import Path

from separador.configuracao.tipos import MeioSenha, OrigemSenha
from separador.nucleo.texto.razao import razao
from separador.nucleo.texto.senha import senha_do_texto

_TAMANHO_MAXIMO = 4096


class SenhaAusenteError(Exception):
    """The password is not in the place that the configuration names; the text is for the operator."""


def ler_senha(origem: OrigemSenha | None, ambiente: Mapping[str, str]) -> bytes | None:
    """Returns the password in UTF-8 without the final line break; None = the certificate has none.

    `ambiente`: the process environment (CREDENTIALS_DIRECTORY is systemd's). Raises SenhaAusenteError.
    """
    if origem is None:
        return None
    if origem.meio is MeioSenha.ENV:
        if origem.valor not in ambiente:
            raise SenhaAusenteError(f"a variável de ambiente {origem.valor} não está definida para o serviço")
        return os.fsencode(ambiente[origem.valor])
    if origem.meio is MeioSenha.ARQUIVO:
        return _do_arquivo(Path(origem.valor), f"o arquivo de senha {origem.valor}")
    pasta = ambiente.get("CREDENTIALS_DIRECTORY")
    if not pasta:
        raise SenhaAusenteError(f"a credencial {origem.valor} só existe quando o systemd inicia o serviço")
    return _do_arquivo(Path(pasta) / origem.valor, f"a credencial {origem.valor}")


def _do_arquivo(arquivo: Path, o_que: str) -> bytes:
    try:
        with arquivo.open("rb") as aberto:
            conteudo = aberto.read(_TAMANHO_MAXIMO + 1)
    except OSError as erro:
        raise SenhaAusenteError(f"não consegui ler {o_que}: {razao(erro)}") from erro
    if len(conteudo) > _TAMANHO_MAXIMO:
        raise SenhaAusenteError(f"{o_que} é grande demais para ser uma senha")
    return senha_do_texto(conteudo)
