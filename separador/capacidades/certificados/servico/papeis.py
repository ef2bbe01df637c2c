"""Tells the companies that issue documents from those that are only clients, who need nothing to sign with."""

from separador.banco.conexao import Linhas
from separador.configuracao import Configuracao
from separador.configuracao.tipos import Papel


def que_emitem(config: Configuracao, c: Linhas | None) -> frozenset[str]:
    """Returns the companies that issue: those that say so, have a certificate to sign with, or have issued.

    A company of the e-CAC (or the contractor) of which none of it is known is a client, as long as another is known to
    issue, or no route transmits. Every other company issues: it is better warned of once too often.
    """
    nao_ditas = [e for e in config.empresas if e.papel is None]
    emitem = {e.cnpj for e in config.empresas if e.papel is Papel.EMITE}
    com_prova = _com_prova(c)
    emitem |= {e.cnpj for e in nao_ditas if e.certificado is not None or e.cnpj in com_prova}
    ha_quem = bool(emitem) or not any(r.ativo and r.transmite for r in config.rotas)
    contratante = config.ecac.contratante if config.ecac is not None else None
    for e in nao_ditas:
        so_cliente = ha_quem and (e.ecac.utiliza or e.cnpj == contratante)
        if not so_cliente:
            emitem.add(e.cnpj)
    return frozenset(emitem)


def _com_prova(c: Linhas | None) -> set[str]:
    """Returns the companies that have a certificate to sign with in the vault, or a document of theirs here."""
    if c is None or c.execute("SELECT 1 FROM sqlite_master WHERE name = 'certificado'").fetchone() is None:
        return set()
    assinam = "SELECT empresa AS cnpj FROM certificado WHERE uso = 'assinatura' AND removido_em IS NULL"
    emitiram = "SELECT DISTINCT emitente AS cnpj FROM documento"
    return {str(linha["cnpj"]) for sql in (assinam, emitiram) for linha in c.execute(sql)}
