"""Says whose a certificate is that came without words, and under which nickname it is kept."""

from separador.capacidades.certificados import banco as tabela
from separador.capacidades.certificados.leitura.pfx import Aberto
from separador.motor.contexto import Contexto
from separador.nucleo.nome_de_arquivo import mostrar


def empresa_de(contexto: Contexto, aberto: Aberto) -> str | None:
    """Returns the configured company of the certificate: the very CNPJ, else the same base."""
    cnpj = aberto.certificado.cnpj or ""
    cnpjs = [e.cnpj for e in contexto.config.empresas]
    return next((c for c in cnpjs if c == cnpj), None) or next((c for c in cnpjs if cnpj and c[:8] == cnpj[:8]), None)


def apelido_livre(contexto: Contexto, empresa: str, nome: bytes, aberto: Aberto) -> str:
    """Returns the file's name. When it is taken, the year of expiry and then a number are added."""
    base = mostrar(nome.rsplit(b".", 1)[0])[:40] or "certificado"
    usados = {r["apelido"].casefold() for r in tabela.ativos(contexto.banco, empresa)}
    ano = f"{base}-{aberto.certificado.validade_ate:%Y}"
    candidatos = (base, ano, *(f"{ano}-{n}" for n in range(2, 1000)))
    return next(c for c in candidatos if c.casefold() not in usados)
