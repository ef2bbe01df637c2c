"""Turns the configuration into what goes into unsigned documents. Fetches the secret, and shows its absence."""

from collections.abc import Mapping

from separador.banco import falhas
from separador.configuracao import Configuracao
from separador.configuracao.senha import SenhaAusenteError, ler_senha
from separador.fiscal.inclusoes import Inclusoes, ResponsavelTecnico
from separador.motor.contexto import Contexto
from separador.nucleo.falha import Falha, descrever

_ASSUNTO = "csrt"


def da_configuracao(config: Configuracao, ambiente: Mapping[str, str]) -> Inclusoes:
    """Returns what to put in. Raises SenhaAusenteError when the CSRT is not where the configuration says."""
    r = config.sefaz.responsavel_tecnico
    if r is None:
        return Inclusoes(contingencia_offline=config.sefaz.contingencia_offline)
    csrt = ler_senha(r.csrt, ambiente)
    segredo = csrt.decode("utf-8", "replace") if csrt is not None else None
    numero = r.id_csrt.zfill(3) if r.id_csrt is not None else None
    quem = ResponsavelTecnico(r.cnpj, r.contato, r.email, r.fone, numero if segredo else None, segredo)
    return Inclusoes(quem, config.sefaz.contingencia_offline)


def mudou(contexto: Contexto, ambiente: Mapping[str, str]) -> bool:
    """Says whether the secret came, went or changed in its place while the configuration stayed the same."""
    r = contexto.config.sefaz.responsavel_tecnico
    if r is None or r.csrt is None:
        return False
    try:
        return da_configuracao(contexto.config, ambiente) != contexto.inclusoes
    except SenhaAusenteError:
        return contexto.inclusoes != _sem_csrt(contexto.config)


def atualizar(contexto: Contexto, ambiente: Mapping[str, str]) -> None:
    """Brings `contexto.inclusoes` up to date with the configuration, and the failures view with what is missing.

    Without its secret the group goes in without the pair idCSRT/hashCSRT, which the layout lets be absent. So no
    document waits for the secret, and the failure says that it is missing.
    """
    try:
        contexto.inclusoes = da_configuracao(contexto.config, ambiente)
        motivo = None
    except SenhaAusenteError as erro:
        motivo = str(erro)
        contexto.inclusoes = _sem_csrt(contexto.config)
    abertas = falhas.assuntos(contexto.banco, _ASSUNTO)
    if motivo is None and not abertas:
        return
    with contexto.banco.transacao():
        if motivo is None:
            falhas.encerrar(contexto.banco, _ASSUNTO, contexto.quando(), "o CSRT foi encontrado")
            return
        texto, fazer = descrever("SEP-CSRT", motivo)
        if falhas.abrir(contexto.banco, Falha(_ASSUNTO, "SEP-CSRT", texto, fazer), contexto.quando()):
            contexto.log.warning(texto, acao="configuração", o_que_fazer=fazer)


def _sem_csrt(config: Configuracao) -> Inclusoes:
    r = config.sefaz.responsavel_tecnico
    quem = ResponsavelTecnico(r.cnpj, r.contato, r.email, r.fone) if r is not None else None
    return Inclusoes(quem, config.sefaz.contingencia_offline)
