"""Looks up, at the moment of asking, by whose authority a company is asked about.

Nothing is kept between two companies: an access may end, go off or come back while an import runs.
"""

from datetime import datetime
from sqlite3 import Connection

from separador.acesso.banco.auditoria import Conexao
from separador.banco.instante import texto_de
from separador.capacidades.certificados import banco as certificados
from separador.capacidades.certificados.dominio import Tipo
from separador.capacidades.ecac.dominio.autoria import AcessoDoCliente, Autoria, decidir, procurador_desligado
from separador.capacidades.procuracoes.dominio import UsoDeAcesso
from separador.capacidades.procuracoes.servico.procuracoes import da_receita
from separador.configuracao import Configuracao, Empresa
from separador.configuracao.uso_do_ecac import Modo

USO = "e-CAC"
_SO_POR_ORDEM = "o certificado do acesso {nome} é A3, e um token não assina sozinho"


def de(c: Conexao, empresa: Empresa, contratante: str | None, agora: datetime) -> Autoria:
    """Returns the authority for a company now. `contratante`: it has its certificate, or nothing goes at all.

    Only a certificate that can sign in the company's way counts: a token by order, an A1 by itself.
    """
    acessos = _acessos(c, empresa, contratante, agora)
    proprio = bool(acessos) and _tem_certificado(c, empresa, contratante, agora)
    return decidir(empresa.cnpj, empresa.ecac.procurador, acessos, tem_certificado=proprio)


def _tipo(empresa: Empresa) -> Tipo:
    return Tipo.A3 if empresa.ecac.modo is Modo.SOB_DEMANDA else Tipo.A1


def _acessos(c: Conexao, empresa: Empresa, contratante: str | None, agora: datetime) -> list[AcessoDoCliente]:
    """Returns the accesses that cover the company, those that may be used first."""
    tipo = _tipo(empresa)
    achados = []
    for e in da_receita(c, empresa.cnpj, agora):
        pessoa = e.pessoa or e.acesso.escritorio
        recusa, assina = e.recusa, (e.tipo_do_certificado or Tipo.A1) == tipo
        if not assina and tipo is Tipo.A1:
            assina = True
            if pessoa != contratante and not certificados.ha_em_vigor(c, pessoa, tipo, texto_de(agora)):
                recusa = recusa or _SO_POR_ORDEM.format(nome=e.acesso.nome)
        achados.append(
            AcessoDoCliente(*(e.id, e.acesso.nome, e.acesso.escritorio, pessoa, e.fim, recusa), e.acesso.ativo, assina)
        )
    return sorted(achados, key=lambda a: a.recusa is not None)


def _tem_certificado(c: Conexao, empresa: Empresa, contratante: str | None, agora: datetime) -> bool:
    tipo = _tipo(empresa)
    da_configuracao = tipo is Tipo.A1 and (empresa.cnpj == contratante or empresa.certificado is not None)
    return da_configuracao or certificados.ha_em_vigor(c, empresa.cnpj, tipo, texto_de(agora))


def usos(c: Connection, config: Configuracao, agora: datetime) -> list[UsoDeAcesso]:
    """Returns the companies that are asked about by a registered access now, for `procuracoes`; and those whose
    procurador in the configuration only that access, which may not be used, holds back."""
    contratante = config.ecac.contratante if config.ecac is not None else None
    achados = []
    for e in config.empresas:
        if e.ecac.modo not in (Modo.AUTOMATICO, Modo.SOB_DEMANDA):
            continue
        autoria = de(c, e, contratante, agora)
        if autoria.acesso_id is not None and autoria.autor is not None:
            achados.append(UsoDeAcesso(autoria.acesso_id, USO, e.cnpj, e.nome))
        procurador = e.ecac.procurador
        if procurador is not None:
            dele = [a for a in _acessos(c, e, contratante, agora) if a.pessoa == procurador]
            if len(dele) == 1 and procurador_desligado(procurador, dele):
                achados.append(UsoDeAcesso(dele[0].id, USO, e.cnpj, e.nome, segura=procurador))
    return achados
