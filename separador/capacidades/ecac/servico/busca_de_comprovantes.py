"""Gets one receipt per settled guide: asks once, verifies, files."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from sqlite3 import Row

from separador.banco.conexao import texto_de
from separador.capacidades.ecac.banco import comprovantes, empresas, guias
from separador.capacidades.ecac.banco.guias import decimal
from separador.capacidades.ecac.dominio.arrecadacao import TipoDocumento, completo
from separador.capacidades.ecac.dominio.guia import nome_da_guia
from separador.capacidades.ecac.dominio.ocorrencia import Especie
from separador.capacidades.ecac.integra.porta import Desconhecido, Impedido, Indisponivel, Motivo, Ok, Recusado
from separador.capacidades.ecac.integra.valores import Partes
from separador.capacidades.ecac.servico import comprovantes as arquivo
from separador.capacidades.ecac.servico.comprovantes import Chegado
from separador.capacidades.ecac.servico.execucao import Execucao, ParadaError
from separador.capacidades.ecac.servico.pagamentos import negada
from separador.pastas import faixas
from separador.pastas.erros import FalhaDePasta
from separador.pastas.posse import instalacao
from separador.pastas.posse.cantos import Cantos

_REPETIR = timedelta(hours=20)
_ERROS_ATE_QUARENTENA = 2
_RESERVA_BYTES = 8 * 1024 * 1024


SEM_ESPERA = "9999"
"""Later than any instant: a person asked, so what was put off is asked for now too."""


def com_comprovantes_devidos(execucao: Execucao, ate: str) -> frozenset[str]:
    """Returns the companies with a settled guide whose receipt is due by `ate`."""
    return frozenset(g["contribuinte"] for g in guias.sem_comprovante(execucao.banco, ate))


Autor = Callable[[str], str | None]
"""Company → by whose authority it may be asked about at this moment, None: it may not."""


def baixar_todos(execucao: Execucao, contribuintes: frozenset[str], ate: str, autor_de: Autor) -> None:
    """Gets every receipt that is due by `ate`, of these companies. Those of a company that is refused wait until it is
    not."""
    devidos = [g for g in guias.sem_comprovante(execucao.banco, ate) if g["contribuinte"] in contribuintes]
    if not devidos:
        return
    preparar(execucao)
    for i, guia in enumerate(devidos):
        execucao.vivo()
        execucao.progredir("comprovantes", len(devidos), i)
        _um(execucao, guia, autor_de)
    execucao.progredir("comprovantes", len(devidos), len(devidos))


def preparar(execucao: Execucao) -> None:
    """Checks that receipts can be kept, because one that cannot be kept must not be paid for. Raises ParadaError."""
    raiz = execucao.config.destino
    try:
        arquivo.preparar_raiz(execucao.banco, execucao.dados, raiz, execucao.agora())
    except FalhaDePasta as falha:
        raise ParadaError(f"os comprovantes não podem ser arquivados: {falha.mensagem} {falha.o_que_fazer}") from falha
    cantos = Cantos(instalacao.quem(instalacao.adotar(execucao.dados, execucao.agora())), execucao.agora)
    for problema in faixas.conferir(raiz, None, escrita=True, reserva_bytes=_RESERVA_BYTES, cantos=cantos):
        raise ParadaError(f"os comprovantes não podem ser arquivados: {problema.mensagem} {problema.o_que_fazer}")


def _um(execucao: Execucao, guia: Row, autor_de: Autor) -> None:
    if _negada(execucao, guia["contribuinte"]):
        return
    if comprovantes.por_documento(execucao.banco, guia["contribuinte"], guia["pagamento"]) is not None:
        arquivo.arquivar_pendentes(execucao.banco, execucao.bases, execucao.agora())
        with execucao.banco.transacao():
            arquivo.comprovar(execucao.banco, guia["contribuinte"], guia["pagamento"], execucao.quando)
        return
    autor = autor_de(guia["contribuinte"])
    if autor is not None:
        baixar_um(execucao, guia, autor)


def _negada(execucao: Execucao, cnpj: str) -> bool:
    estado = empresas.uma(execucao.banco, cnpj)
    return estado is not None and negada(estado, execucao.autoria(execucao.empresas[cnpj]).autor, execucao.quando)


def baixar_um(execucao: Execucao, guia: Row, autor: str) -> bool:
    """Asks for one receipt, verifies and keeps it. Returns True when it is kept."""
    from separador.capacidades.ecac.arquivos import comprovantes  # noqa: PLC0415 -- pypdf, only where a receipt comes in

    numero = completo(guia["pagamento"])
    partes = Partes(autor, guia["contribuinte"])
    r = execucao.perguntar(lambda: execucao.porta.comprovante(partes, numero))
    if not isinstance(r, Ok):
        _sem_comprovante(execucao, partes, guia, r)
        return False
    motivo = comprovantes.conferir(r.valor.pdf, guia["contribuinte"], numero)
    if motivo is not None:
        _adiar(execucao, guia, Especie.RECIBO_RECUSADO, motivo)
        return False
    _guardar(execucao, guia, r.valor.pdf)
    return True


def _guardar(execucao: Execucao, guia: Row, pdf: bytes) -> None:
    """Makes the receipt durable, recorded, visible, settled: in this order."""
    chegado = Chegado(
        contribuinte=guia["contribuinte"],
        tipo=TipoDocumento(guia["tipo"]),
        numero=guia["pagamento"],
        arrecadacao=date.fromisoformat(guia["arrecadacao"]),
        total=decimal(guia["pago_total"]),
        pdf=pdf,
        origem=comprovantes.API,
    )
    try:
        novo = arquivo.encenar(execucao.bases, Path(execucao.config.destino), chegado)
    except FalhaDePasta as falha:
        raise ParadaError(f"o comprovante não pôde ser guardado: {falha.mensagem} {falha.o_que_fazer}") from falha
    with execucao.banco.transacao():
        arquivo.registrar(execucao.banco, novo, execucao.quando)
        empresas.contar(execucao.banco, execucao.importacao_id, comprovantes=1)
    arquivo.arquivar_pendentes(execucao.banco, execucao.bases, execucao.agora())
    execucao.caladas = 0


def _sem_comprovante(
    execucao: Execucao, partes: Partes, guia: Row, r: Recusado | Indisponivel | Desconhecido | Impedido
) -> None:
    """Handles a missing receipt. That is inconclusive, never "not paid": the guide stays settled, the receipt comes
    later."""
    if isinstance(r, Recusado) and r.motivo is Motivo.DE_OUTRO:
        _adiar(execucao, guia, Especie.DOCUMENTO_DE_OUTRO, f"{r.mensagem} ({r.codigo})", quarentena=True)
        return
    codigo = r.codigo if isinstance(r, Recusado | Indisponivel) else ""
    if codigo.endswith("PAGTOWEB-00099"):
        # Twice on the same document means that the number is bad, not that the hour was.
        _adiar(execucao, guia, Especie.INCONCLUSIVO, f"a Receita respondeu erro interno ({codigo})")
        return
    if isinstance(r, Recusado) and r.motivo in (Motivo.ENTRADA, Motivo.AVISO):
        _adiar(execucao, guia, Especie.INCONCLUSIVO, f"{r.mensagem} ({r.codigo})")
        return
    with execucao.banco.transacao():
        guias.errar_comprovante(
            execucao.banco, guia["id"], texto_de(execucao.agora() + timedelta(hours=1)), quarentena=False
        )
    execucao.falhou(partes, f"guia:{guia['id']}", r)


def _adiar(execucao: Execucao, guia: Row, especie: Especie, motivo: str, *, quarentena: bool = False) -> None:
    """Puts the receipt off until tomorrow. The second time the guide waits for a person."""
    presa = quarentena or guia["erros_recibo"] + 1 >= _ERROS_ATE_QUARENTENA
    cnpj, assunto = guia["contribuinte"], f"guia:{guia['id']}"
    texto = f"Guia {nome_da_guia(guia['id'], guia['numero'])}, documento {completo(guia['pagamento'])}: {motivo}."
    with execucao.banco.transacao():
        guias.errar_comprovante(execucao.banco, guia["id"], texto_de(execucao.agora() + _REPETIR), quarentena=presa)
    execucao.ocorrencia(especie, cnpj, assunto, texto, guia["id"])
    if presa and not quarentena:
        execucao.ocorrencia(Especie.QUARENTENA, cnpj, assunto, texto, guia["id"])
