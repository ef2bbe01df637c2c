"""Looks up, at the moment of asking, by whose authority a company is asked about.

Nothing is kept between two companies: an access may end, go off or come back while an import runs.
"""

from datetime import datetime
from sqlite3 import Connection

from separador.acesso.banco.auditoria import Conexao
from separador.banco.instante import texto_de
from separador.capacidades.certificados import banco as certificados
from separador.capacidades.ecac.dominio.autoria import AcessoDoCliente, Autoria, decidir
from separador.capacidades.procuracoes.dominio import UsoDeAcesso
from separador.capacidades.procuracoes.servico.procuracoes import da_receita
from separador.configuracao import Configuracao, Empresa
from separador.configuracao.uso_do_ecac import Modo

USO = "e-CAC"


def de(c: Conexao, empresa: Empresa, contratante: str | None, agora: datetime) -> Autoria:
    """Returns the authority for a company now. `contratante`: it has its certificate, or nothing goes at all."""
    acessos = [
        AcessoDoCliente(
            e.id, e.acesso.nome, e.acesso.escritorio, e.pessoa or e.acesso.escritorio, e.fim, e.recusa, e.acesso.ativo
        )
        for e in da_receita(c, empresa.cnpj, agora)
    ]
    proprio = bool(acessos) and (
        empresa.cnpj == contratante
        or empresa.certificado is not None
        or certificados.ha_em_vigor(c, empresa.cnpj, texto_de(agora))
    )
    return decidir(empresa.cnpj, empresa.ecac.procurador, acessos, tem_certificado=proprio)


def usos(c: Connection, config: Configuracao, agora: datetime) -> list[UsoDeAcesso]:
    """Returns the companies that are asked about by a registered access now, for `procuracoes`."""
    contratante = config.ecac.contratante if config.ecac is not None else None
    achados = []
    for e in config.empresas:
        if e.ecac.modo not in (Modo.AUTOMATICO, Modo.SOB_DEMANDA):
            continue
        autoria = de(c, e, contratante, agora)
        if autoria.acesso_id is not None and autoria.autor is not None:
            achados.append(UsoDeAcesso(autoria.acesso_id, USO, e.cnpj, e.nome))
    return achados
