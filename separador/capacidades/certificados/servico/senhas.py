"""Finds the password of a certificate in the watched folder: in the file beside it, or registered before."""

from collections.abc import Iterator

from separador.capacidades.certificados.servico.pasta.arquivos_da_pasta import Chegado, ler
from separador.cofre.banco import TabelaDeSegredos
from separador.cofre.cofre import Cofre
from separador.motor.contexto import Contexto
from separador.nucleo.texto.senha import senha_do_texto

_LIMITE = 4096
_PREFIXO = "senha-pfx:"


def nome_da_senha(cnpj: str) -> str:
    """Returns the name of the secret that opens certificates of a company which come without `.senha`."""
    return f"{_PREFIXO}{cnpj}"


def senhas_de(contexto: Contexto, cofre: Cofre, chegado: Chegado) -> Iterator[bytes]:
    """Yields the password beside the file, else every registered one. Raises OSError and SemResposta."""
    if chegado.senha is not None:
        yield senha_do_texto(ler(chegado.senha, _LIMITE))
        return
    for lacrado in TabelaDeSegredos(contexto.banco).todos():
        if lacrado.nome.startswith(_PREFIXO):
            yield cofre.ler(lacrado.id)
