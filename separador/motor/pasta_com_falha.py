"""Reports a folder that fails once, and shows it until it works again."""

from collections.abc import Iterable
from pathlib import Path

from separador.banco import falhas, publicacoes
from separador.motor.contexto import Contexto
from separador.motor.trabalho.parecer import PastaFalhou
from separador.nucleo import capacidade
from separador.nucleo.falha import Falha
from separador.nucleo.rota import Rota, pasta_de_retorno
from separador.pastas import faixas
from separador.pastas.erros import FalhaDePasta, codigo_da_falha


def avisar_pasta(contexto: Contexto, falha: FalhaDePasta | PastaFalhou) -> None:
    """Opens one line in the failures view for a folder, and logs it when the line is new."""
    with contexto.banco.transacao():
        nova = Falha(f"pasta:{falha.pasta}", codigo_da_falha(falha.codigo), falha.mensagem, falha.o_que_fazer)
        if falhas.abrir(contexto.banco, nova, contexto.quando()):
            contexto.log.error(falha.mensagem, acao="pasta falhou", codigo=falha.codigo, o_que_fazer=falha.o_que_fazer)


def rever(contexto: Contexto, esperam: Iterable[Rota]) -> None:
    """Closes the lines of folders that failed in the middle of work and work again, or that nothing names any more.

    A line stays while something still cannot be published in the folder, however well it looks. `esperam`: routes of
    files that are held back.
    """
    presas = {linha["pasta"] for linha in publicacoes.pendentes(contexto.banco)}
    presas |= {str(p) for r in esperam for p in (*r.pastas(), pasta_de_retorno(r, contexto.rotas))}
    reserva = contexto.config.reserva_disco_mb * 2**20
    for assunto, codigo in falhas.assuntos(contexto.banco, "pasta:"):
        pasta = Path(assunto.removeprefix("pasta:"))
        if str(pasta) in presas:
            continue
        if not _nomeada(contexto, pasta) or not faixas.conferir(
            pasta, None, escrita=False, reserva_bytes=reserva, cantos=contexto.cantos
        ):
            with contexto.banco.transacao():
                falhas.encerrar(contexto.banco, assunto, contexto.quando(), "a pasta voltou", codigo)


def _nomeada(contexto: Contexto, pasta: Path) -> bool:
    """Says whether a route or another key of the configuration names the folder, or it is one of our own."""
    outras = [
        contexto.dados,
        *(p.pasta for p in capacidade.pastas_das_secoes(contexto.config)),
        *capacidade.pastas_de_encenados(contexto),
    ]
    if any(pasta.is_relative_to(p) for p in outras):
        return True
    return any(pasta in r.pastas() or pasta.is_relative_to(r.origem) for r in contexto.rotas)
