"""Decides which companies may be asked about: their access must be in force, and an author that is not the contractor
needs an accepted termo."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta

from separador.capacidades.ecac.banco import empresas as ecac_empresas
from separador.capacidades.ecac.banco import ocorrencias
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Status
from separador.capacidades.ecac.integra.porta import Ok
from separador.capacidades.ecac.integra.termo import AssinanteTermo, DeA1, Parte, Termo, TermoInvalidoError, assinar
from separador.capacidades.ecac.servico.execucao import Execucao
from separador.capacidades.ecac.servico.livro_de_chamadas import hoje
from separador.capacidades.ecac.servico.pagamentos import autor_de
from separador.capacidades.procuracoes.dominio import Esfera, TipoAcesso
from separador.capacidades.procuracoes.servico import procuracoes
from separador.configuracao import ConfigEcac, Empresa
from separador.configuracao.uso_do_ecac import AcessoEcac
from separador.fiscal.certificado import Certificado

VIGENCIA = timedelta(days=30)
Certificados = Callable[[str], Certificado | None]


def com_acesso(execucao: Execucao, empresas: Sequence[Empresa]) -> list[Empresa]:
    """Returns the companies whose registered access is in force, or that have none registered. An expired access is not
    tried, and is shown."""
    recusas = _recusas(execucao)
    livres = []
    for e in empresas:
        if e.cnpj in recusas:
            execucao.ocorrencia(Especie.ACESSO_VENCIDO, e.cnpj, "acesso", recusas[e.cnpj])
        else:
            livres.append(e)
    _fechar(execucao, [e.cnpj for e in livres], "acesso", "o acesso está em vigor")
    return livres


def _fechar(execucao: Execucao, cnpjs: Collection[str], assunto: str, por: str) -> None:
    """Resolves the occurrences of an access or a termo that works again."""
    abertas = ocorrencias.listar(execucao.banco, status=Status.ABERTA, especie=Especie.ACESSO_VENCIDO)
    for o in abertas:
        if o["assunto"] == assunto and o["contribuinte"] in cnpjs:
            with execucao.banco.transacao():
                ocorrencias.mudar_status(execucao.banco, o["id"], Status.RESOLVIDA, execucao.quando, por)


def _recusas(execucao: Execucao) -> dict[str, str]:
    """Returns the companies all of whose federal accesses by certificate are refused today → why."""
    usaveis: set[str] = set()
    recusas: dict[str, str] = {}
    for estado in procuracoes.estados(execucao.banco, execucao.agora()):
        a = estado.acesso
        if a.esfera is not Esfera.FEDERAL or a.tipo is not TipoAcesso.CERTIFICADO:
            continue
        for cliente in a.clientes:
            if estado.recusa is None:
                usaveis.add(cliente)
            else:
                recusas[cliente] = estado.recusa
    return {c: r for c, r in recusas.items() if c not in usaveis}


def autorizar(execucao: Execucao, empresas: Sequence[Empresa], certificados: Certificados) -> list[Empresa]:
    """Hands over the termo of every author that is not the contractor. Returns the companies whose author was
    accepted."""
    aceitas = []
    for e in empresas:
        autor = autor_de(e)
        if autor == execucao.config.contratante or autor in execucao.autorizados:
            aceitas.append(e)
        elif autor not in execucao.autores_recusados and _autorizar_um(execucao, e, autor, certificados):
            execucao.autorizados.add(autor)
            aceitas.append(e)
        elif autor in execucao.autores_recusados:
            execucao.ocorrencia(Especie.ACESSO_VENCIDO, e.cnpj, "termo", execucao.autores_recusados[autor])
    _fechar(execucao, [e.cnpj for e in aceitas], "termo", "o termo de autorização foi aceito")
    return aceitas


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
