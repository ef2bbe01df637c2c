"""Decides which companies may be asked about: their access must be in force, and an author that is not the contractor
needs an accepted termo."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from separador.capacidades.ecac.banco import empresas as ecac_empresas
from separador.capacidades.ecac.banco import ocorrencias
from separador.capacidades.ecac.dominio.autoria import Autoria
from separador.capacidades.ecac.dominio.consulta import Consulta
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Ocorrencia
from separador.capacidades.ecac.integra.porta import Ok
from separador.capacidades.ecac.integra.termo import AssinanteTermo, DeA1, Parte, Termo, TermoInvalidoError, assinar
from separador.capacidades.ecac.servico.autoria import USO
from separador.capacidades.ecac.servico.execucao import Execucao
from separador.capacidades.ecac.servico.livro_de_chamadas import hoje
from separador.capacidades.procuracoes import banco as procuracoes
from separador.configuracao import ConfigEcac, Empresa
from separador.configuracao.uso_do_ecac import AcessoEcac
from separador.fiscal.certificado import Certificado

VIGENCIA = timedelta(days=30)
_ACESSO, _TERMO = "acesso", "termo"
_DO_ACESSO = frozenset({Especie.ACESSO_VENCIDO, Especie.ACESSO_DESATIVADO})
Certificados = Callable[[str], Certificado | None]


def com_acesso(execucao: Execucao, empresas: Sequence[Empresa]) -> dict[str, str]:
    """Returns the companies that may be asked about at this moment → by whose authority. The others are not tried, and
    are shown."""
    livres = {}
    for e in empresas:
        autoria = execucao.autoria(e)
        if autoria.autor is None:
            _sem_acesso(execucao, e.cnpj, autoria)
        else:
            livres[e.cnpj] = autoria.autor
    with execucao.banco.transacao():
        for cnpj in livres:
            _fechar(execucao, cnpj, _ACESSO, "o acesso está em vigor")
    return livres


def liberar(execucao: Execucao, e: Empresa, certificados: Certificados) -> Autoria:
    """Returns by whose authority the company may be asked about, looked up at this moment: its access is in force, and
    the termo of an author that is not the contractor was accepted. Without an author it is not asked about, and shown.
    """
    autoria = execucao.autoria(e)
    if autoria.autor is None:
        _sem_acesso(execucao, e.cnpj, autoria)
        return autoria
    recusa = _sem_termo(execucao, e, autoria.autor, certificados)
    if recusa is not None:
        recusa = f"{autoria.faltou}; {recusa}" if autoria.faltou is not None else recusa
        _mostrar(execucao, e.cnpj, _TERMO, recusa, autoria)
        return replace(autoria, autor=None, recusa=recusa)
    with execucao.banco.transacao():
        _fechar(execucao, e.cnpj, _ACESSO, "o acesso está em vigor")
        _fechar(execucao, e.cnpj, _TERMO, "o termo de autorização foi aceito")
        if autoria.acesso_id is not None:
            procuracoes.anotar_uso(execucao.banco, autoria.acesso_id, USO, e.cnpj, execucao.quando)
    return autoria


def _sem_acesso(execucao: Execucao, cnpj: str, autoria: Autoria) -> None:
    _mostrar(execucao, cnpj, _ACESSO, autoria.recusa or "sem acesso", autoria)


def _mostrar(execucao: Execucao, cnpj: str, assunto: str, recusa: str, autoria: Autoria) -> None:
    """Shows a company that cannot be asked about. What a person switched off is called so, and nothing else is."""
    especie = Especie.ACESSO_DESATIVADO if autoria.desativada else Especie.ACESSO_VENCIDO
    with execucao.banco.transacao():
        for outra in _DO_ACESSO - {especie}:
            ocorrencias.encerrar(execucao.banco, outra, cnpj, execucao.quando, "o motivo é outro", assunto=assunto)
        ocorrencias.abrir(execucao.banco, Ocorrencia(especie, cnpj, assunto, recusa), execucao.quando)
        execucao.anotar_situacao([cnpj], Consulta.SEM_ACESSO, recusa, autoria.autor)


def _fechar(execucao: Execucao, cnpj: str, assunto: str, por: str) -> None:
    """Resolves the occurrences of an access or a termo that works again, inside a transaction."""
    for especie in _DO_ACESSO:
        ocorrencias.encerrar(execucao.banco, especie, cnpj, execucao.quando, por, assunto=assunto)


def _sem_termo(execucao: Execucao, e: Empresa, autor: str, certificados: Certificados) -> str | None:
    """Hands over the termo of an author that is not the contractor, once a run. Returns why it was not accepted."""
    if autor == execucao.config.contratante or autor in execucao.autorizados:
        return None
    if autor not in execucao.autores_recusados and _autorizar_um(execucao, e, autor, certificados):
        execucao.autorizados.add(autor)
        return None
    return execucao.autores_recusados[autor]


def _autorizar_um(execucao: Execucao, e: Empresa, autor: str, certificados: Certificados) -> bool:
    execucao.vivo()
    termo = _termo(execucao, e, autor, certificados)
    if isinstance(termo, str):
        execucao.autores_recusados[autor] = termo
        return False
    r = execucao.perguntar(lambda: execucao.porta.autorizar(autor, termo, contribuinte=e.cnpj))
    if isinstance(r, Ok):
        return True
    execucao.parar_se_for_de_todos(r)
    motivo = getattr(r, "mensagem", None) or getattr(r, "motivo", "")
    execucao.autores_recusados[autor] = f"o termo de autorização de {autor} não foi aceito: {motivo}"
    return False


def _termo(execucao: Execucao, e: Empresa, autor: str, certificados: Certificados) -> bytes | str:
    """Returns the kept termo, while it is in force; else a new one by the author's A1. With an A3 only a person signs.

    Returns the reason, in Portuguese, when there is none.
    """
    guardado = ecac_empresas.termo(execucao.banco, autor)
    if guardado is not None and guardado["vigencia"] >= execucao.hoje:
        return bytes(guardado["xml"])
    if e.ecac.acesso is AcessoEcac.A3:
        return f"o termo de autorização de {autor} precisa do token: separador ecac importar --a3"
    certificado = certificados(autor)
    if certificado is None:
        return f"não há certificado A1 em vigor de {autor}, que assinaria o termo de autorização"
    try:
        xml, vigencia = assinar_termo(
            execucao.config, execucao.empresas, autor, DeA1(certificado), hoje(execucao.agora()), VIGENCIA
        )
    except TermoInvalidoError as erro:
        return f"o termo de autorização não pôde ser assinado: {erro}"
    with execucao.banco.transacao():
        ecac_empresas.guardar_termo(execucao.banco, autor, xml, vigencia.isoformat(), a3=False, quando=execucao.quando)
    return xml


def assinar_termo(
    config: ConfigEcac,
    empresas: dict[str, Empresa],
    autor: str,
    assinante: AssinanteTermo,
    dia: date,
    vigencia: timedelta,
) -> tuple[bytes, date]:
    """Returns the signed XML and its last day, which is not later than the certificate's. Raises TermoInvalidoError."""
    ate = min(dia + vigencia, hoje(assinante.identidade.validade_ate))
    contratante = empresas.get(config.contratante)
    termo = Termo(
        destinatario=Parte(config.contratante, contratante.nome if contratante is not None else config.contratante),
        assinado_por=Parte(autor, _nome_limpo(assinante.identidade.titular)),
        assinatura=dia,
        vigencia=ate,
    )
    return assinar(termo, assinante), ate


def _nome_limpo(titular: str) -> str:
    """Returns the name without the number that ICP-Brasil puts after it."""
    return titular.rpartition(":")[0] or titular
