"""Decides which companies may be asked about: their access must be in force, and an author that is not the contractor
needs an accepted termo."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta

from separador.capacidades.ecac.banco import empresas as ecac_empresas
from separador.capacidades.ecac.banco import ocorrencias
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Status
from separador.capacidades.ecac.integra.porta import Ok
from separador.capacidades.ecac.integra.termo import AssinanteTermo, DeA1, Parte, Termo, TermoInvalidoError, assinar
from separador.capacidades.ecac.servico.execucao import ObraEcac
from separador.capacidades.ecac.servico.livro_de_chamadas import hoje
from separador.capacidades.ecac.servico.pagamentos import autor_de
from separador.capacidades.procuracoes.dominio import Esfera, TipoAcesso
from separador.capacidades.procuracoes.servico import procuracoes
from separador.configuracao import ConfigEcac, Empresa
from separador.configuracao.uso_do_ecac import AcessoEcac
from separador.fiscal.certificado import Certificado

VIGENCIA = timedelta(days=30)
Certificados = Callable[[str], Certificado | None]


def com_acesso(obra: ObraEcac, empresas: Sequence[Empresa]) -> list[Empresa]:
    """Returns the companies whose registered access is in force, or that have none registered. An expired access is not
    tried, and is shown."""
    recusas = _recusas(obra)
    livres = []
    for e in empresas:
        if e.cnpj in recusas:
            obra.ocorrencia(Especie.ACESSO_VENCIDO, e.cnpj, "acesso", recusas[e.cnpj])
        else:
            livres.append(e)
    _fechar(obra, [e.cnpj for e in livres], "acesso", "o acesso está em vigor")
    return livres


def _fechar(obra: ObraEcac, cnpjs: Collection[str], assunto: str, por: str) -> None:
    """Resolves the occurrences of an access or a termo that works again."""
    abertas = ocorrencias.listar(obra.banco, status=Status.ABERTA, especie=Especie.ACESSO_VENCIDO)
    for o in abertas:
        if o["assunto"] == assunto and o["contribuinte"] in cnpjs:
            with obra.banco.transacao():
                ocorrencias.mudar_status(obra.banco, o["id"], Status.RESOLVIDA, obra.quando, por)


def _recusas(obra: ObraEcac) -> dict[str, str]:
    """Returns the companies all of whose federal accesses by certificate are refused today → why."""
    usaveis: set[str] = set()
    recusas: dict[str, str] = {}
    for estado in procuracoes.estados(obra.banco, obra.agora()):
        a = estado.acesso
        if a.esfera is not Esfera.FEDERAL or a.tipo is not TipoAcesso.CERTIFICADO:
            continue
        for cliente in a.clientes:
            if estado.recusa is None:
                usaveis.add(cliente)
            else:
                recusas[cliente] = estado.recusa
    return {c: r for c, r in recusas.items() if c not in usaveis}


def autorizar(obra: ObraEcac, empresas: Sequence[Empresa], certificados: Certificados) -> list[Empresa]:
    """Hands over the termo of every author that is not the contractor. Returns the companies whose author was
    accepted."""
    aceitas = []
    for e in empresas:
        autor = autor_de(e)
        if autor == obra.config.contratante or autor in obra.autorizados:
            aceitas.append(e)
        elif autor not in obra.autores_recusados and _autorizar_um(obra, e, autor, certificados):
            obra.autorizados.add(autor)
            aceitas.append(e)
        elif autor in obra.autores_recusados:
            obra.ocorrencia(Especie.ACESSO_VENCIDO, e.cnpj, "termo", obra.autores_recusados[autor])
    _fechar(obra, [e.cnpj for e in aceitas], "termo", "o termo de autorização foi aceito")
    return aceitas


def _autorizar_um(obra: ObraEcac, e: Empresa, autor: str, certificados: Certificados) -> bool:
    obra.vivo()
    termo = _termo(obra, e, autor, certificados)
    if isinstance(termo, str):
        obra.autores_recusados[autor] = termo
        return False
    r = obra.perguntar(lambda: obra.porta.autorizar(autor, termo, contribuinte=e.cnpj))
    if isinstance(r, Ok):
        return True
    obra.parar_se_for_de_todos(r)
    motivo = getattr(r, "mensagem", None) or getattr(r, "motivo", "")
    obra.autores_recusados[autor] = f"o termo de autorização de {autor} não foi aceito: {motivo}"
    return False


def _termo(obra: ObraEcac, e: Empresa, autor: str, certificados: Certificados) -> bytes | str:
    """Returns the kept termo, while it is in force; else a new one by the author's A1. With an A3 only a person signs.

    Returns the reason, in Portuguese, when there is none.
    """
    guardado = ecac_empresas.termo(obra.banco, autor)
    if guardado is not None and guardado["vigencia"] >= obra.hoje:
        return bytes(guardado["xml"])
    if e.ecac.acesso is AcessoEcac.A3:
        return f"o termo de autorização de {autor} precisa do token: separador ecac importar --a3"
    certificado = certificados(autor)
    if certificado is None:
        return f"não há certificado A1 em vigor de {autor}, que assinaria o termo de autorização"
    try:
        xml, vigencia = assinar_termo(
            obra.config, obra.empresas, autor, DeA1(certificado), hoje(obra.agora()), VIGENCIA
        )
    except TermoInvalidoError as erro:
        return f"o termo de autorização não pôde ser assinado: {erro}"
    with obra.banco.transacao():
        ecac_empresas.guardar_termo(obra.banco, autor, xml, vigencia.isoformat(), a3=False, quando=obra.quando)
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
