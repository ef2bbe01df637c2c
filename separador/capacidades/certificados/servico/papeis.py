"""Tells the companies that issue documents from those that are only clients, who need nothing to sign with."""

from separador.banco.conexao import Linhas
from separador.configuracao import Configuracao, Empresa
from separador.configuracao.tipos import Papel
from separador.configuracao.uso_do_ecac import AcessoEcac


def que_emitem(config: Configuracao, c: Linhas | None) -> frozenset[str]:
    """Returns the companies that issue: those that say so, have a certificate to sign with or a logo for their DACTE,
    or have issued; and every company that has nothing to do with the e-CAC: it is better warned of once too often.

    A company of the e-CAC (or the contractor) of which none of it is known is a client, as long as another issues, or
    no route transmits.
    """
    com_prova = _com_prova(c)
    emitem = {e.cnpj for e in config.empresas if e.papel is Papel.EMITE}
    nao_ditas = [e for e in config.empresas if e.papel is None]
    emitem |= {
        e.cnpj
        for e in nao_ditas
        if e.certificado is not None or e.logo is not None or e.cnpj in com_prova or not _do_ecac(config, e)
    }
    if emitem or not any(r.ativo and r.transmite for r in config.rotas):
        return frozenset(emitem)
    return frozenset(e.cnpj for e in nao_ditas)


def sem_papel(config: Configuracao, c: Linhas | None) -> list[Empresa]:
    """Returns the companies of which nothing tells whether they issue, where a route transmits.

    Who gave a procuração, is covered by an access, is asked about by a code, or has a certificate for something else
    than signing is known to be a client.
    """
    if not any(r.ativo and r.transmite for r in config.rotas):
        return []
    emitem, clientes = que_emitem(config, c), _clientes(c)
    return [
        e
        for e in config.empresas
        if e.papel is None
        and e.cnpj not in emitem | clientes
        and e.ecac.procurador in (None, e.cnpj)
        and e.ecac.acesso is not AcessoEcac.CODIGO
    ]


def _do_ecac(config: Configuracao, e: Empresa) -> bool:
    return e.ecac.utiliza or (config.ecac is not None and e.cnpj == config.ecac.contratante)


def _clientes(c: Linhas | None) -> set[str]:
    """Returns the companies that an access covers, or that have a certificate here for whatever use."""
    if c is None or c.execute("SELECT 1 FROM sqlite_master WHERE name = 'procuracao_cliente'").fetchone() is None:
        return set()
    tem = "SELECT empresa AS cnpj FROM certificado WHERE removido_em IS NULL"
    return {str(r["cnpj"]) for sql in (tem, "SELECT documento AS cnpj FROM procuracao_cliente") for r in c.execute(sql)}


def _com_prova(c: Linhas | None) -> set[str]:
    """Returns the companies that have a certificate to sign with in the vault, or a document of theirs here."""
    if c is None:
        return set()
    assinam = "SELECT empresa AS cnpj FROM certificado WHERE uso = 'assinatura' AND removido_em IS NULL"
    emitiram = "SELECT cnpj FROM emitente"
    tabelas = {str(linha["name"]) for linha in c.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    perguntas = [sql for tabela, sql in (("certificado", assinam), ("emitente", emitiram)) if tabela in tabelas]
    return {str(linha["cnpj"]) for sql in perguntas for linha in c.execute(sql)}
