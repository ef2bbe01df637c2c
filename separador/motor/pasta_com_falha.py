"""A folder that fails is told once, and shown until it works again (SEP-05)."""

from collections.abc import Iterable
from pathlib import Path

from separador.banco import falhas, publicacoes
from separador.configuracao.tipos import DESTINO_DISTRIBUICAO
from separador.motor.contexto import Casa
from separador.motor.trabalho.leitura import PastaFalhou
from separador.nucleo.falha import Falha
from separador.nucleo.rota import Rota, pasta_de_retorno
from separador.pastas import saude
from separador.pastas.erros import FalhaDePasta


def avisar_pasta(casa: Casa, falha: FalhaDePasta | PastaFalhou) -> None:
    """One line in the failures view for a folder, until it works again."""
    with casa.banco.transacao():
        nova = Falha(f"pasta:{falha.pasta}", f"SEP-{falha.codigo.upper()}", falha.mensagem, falha.o_que_fazer)
        if falhas.abrir(casa.banco, nova, casa.quando()):
            casa.log.error(falha.mensagem, acao="pasta falhou", codigo=falha.codigo, o_que_fazer=falha.o_que_fazer)


def rever(casa: Casa, esperam: Iterable[Rota]) -> None:
    """A folder that failed in the middle of something and works again, or that nothing names any more: its line goes.

    Not while something still cannot be published there, however well the folder looks. `esperam`: routes of files that
    are held back.
    """
    presas = {linha["pasta"] for linha in publicacoes.pendentes(casa.banco)}
    presas |= {str(p) for r in esperam for p in (*r.pastas(), pasta_de_retorno(r, casa.rotas))}
    reserva = casa.config.reserva_disco_mb * 2**20
    for assunto, codigo in falhas.assuntos(casa.banco, "pasta:"):
        pasta = Path(assunto.removeprefix("pasta:"))
        if str(pasta) in presas:
            continue
        if not _nomeada(casa, pasta) or not saude.conferir(pasta, None, escrita=False, reserva_bytes=reserva):
            with casa.banco.transacao():
                falhas.encerrar(casa.banco, assunto, casa.quando(), "a pasta voltou", codigo)


def _nomeada(casa: Casa, pasta: Path) -> bool:
    """Whether a route, another key of the configuration, or our own data have to do with the folder."""
    terceiros, ecac = casa.config.sefaz.distribuicao, casa.config.ecac
    outras = [casa.dados, terceiros.destino if terceiros is not None else casa.config.raiz / DESTINO_DISTRIBUICAO]
    outras += [ecac.destino] if ecac is not None else []
    if any(pasta.is_relative_to(p) for p in outras):
        return True
    return any(pasta in r.pastas() or pasta.is_relative_to(r.origem) for r in casa.rotas)
