"""Checks the logos of the companies for `separador verificar`."""

from collections.abc import Iterator

from separador.capacidades.dacte.falhas import TEXTOS
from separador.cli.base.constatacao import AVISO, CERTO, Constatacao, Exame


def dacte(exame: Exame) -> Iterator[Constatacao]:
    """Reads each logo and draws it for proof. A bad one stops nothing: the DACTE goes out without it."""
    from separador.capacidades.dacte.papel.logo import Logo, ler_arquivo, preparar  # noqa: PLC0415 -- heavy

    for empresa in exame.config.empresas:
        if empresa.logo is None:
            continue
        onde = f"logotipo de {empresa.nome}"
        lido = ler_arquivo(empresa.logo)
        pronto = preparar(lido) if isinstance(lido, bytes) else lido
        if isinstance(pronto, Logo):
            yield Constatacao(onde, CERTO, f"{empresa.logo}, pronto para o DACTE")
        else:
            motivo, o_que_fazer = TEXTOS["SEP-DACTE-LOGO"]
            yield Constatacao(onde, AVISO, f"{motivo} Motivo: {pronto} ({empresa.logo}).", o_que_fazer)
