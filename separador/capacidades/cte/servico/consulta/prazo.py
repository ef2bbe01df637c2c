"""Shows a failure for each query that the transmitter did not answer within `prazo_retorno`, as for any return."""

from datetime import timedelta

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.sefaz.banco import respostas_guardadas
from separador.motor.contexto import Contexto
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.nome_de_saida import base_da_entrada

JANELA = timedelta(days=1)
"""Length of time that is looked back. A failure once shown stays until its answer comes or a person closes it."""


def assunto(nome: bytes) -> str:
    """Returns the identity of the failure: the name under which the query went."""
    return f"consulta:{mostrar(nome)}"


def conferir(contexto: Contexto) -> None:
    """Shows the queries that wait longer than `prazo_retorno`."""
    limite = contexto.agora() - timedelta(seconds=contexto.config.prazo_retorno_s)
    entregues = respostas_guardadas.por_pasta(contexto.banco, texto_de(limite - JANELA), texto_de(limite))
    if not entregues:
        return
    conhecidas = {a for a, _ in falhas.assuntos(contexto.banco, "consulta:")}
    atrasadas = [
        linha
        for linha in entregues
        if assunto(bytes(linha["nome"])) not in conhecidas
        and not respostas_guardadas.houve_retorno(
            contexto.banco, _respostas(bytes(linha["nome"])), linha["publicada_em"]
        )
    ]
    if not atrasadas:
        return
    with contexto.banco.transacao():
        for linha in atrasadas:
            nome = bytes(linha["nome"])
            detalhe = f"Consulta {mostrar(nome)}, entregue em {linha['publicada_em']} na pasta {linha['pasta']}."
            motivo, fazer = descrever("SEP-CONSULTA-SEM-RESPOSTA", detalhe)
            if falhas.abrir(
                contexto.banco, Falha(assunto(nome), "SEP-CONSULTA-SEM-RESPOSTA", motivo, fazer), contexto.quando()
            ):
                contexto.log.warning(motivo, acao="consulta", o_que_fazer=fazer)


def _respostas(nome: bytes) -> list[bytes]:
    """Returns the names that the query's answer may have."""
    base, sufixo = base_da_entrada(nome)
    meio = sufixo.removesuffix(b".xml").removeprefix(b"-ped")
    return [base + meio + fim for fim in (b".xml", b".err")]
