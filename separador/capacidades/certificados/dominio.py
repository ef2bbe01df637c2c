"""Decides which certificate may be installed for which use, and what is shown of one. Stores nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from separador.fiscal.certificado import Identidade
from separador.nucleo.chave import cnpj_valido
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.falha import como_erro
from separador.nucleo.fuso import dia_e_hora

TOLERANCIA_RELOGIO = timedelta(minutes=5)


class Uso(StrEnum):
    """The uses of a certificate."""

    ASSINATURA = "assinatura"
    TRANSMISSAO = "transmissao"
    PROCURADOR = "procurador"
    CONTRATANTE = "contratante"


class Tipo(StrEnum):
    """A1: key in a file, kept in the vault. A3: key in a token, which it never leaves."""

    A1 = "A1"
    A3 = "A3"


@dataclass(frozen=True, slots=True)
class Pretensao:
    """A request to install this certificate, for this company, under this nickname."""

    empresa: str
    apelido: str
    uso: Uso
    tipo: Tipo
    der: bytes
    cadeia: tuple[bytes, ...]
    identidade: Identidade


@dataclass(frozen=True, slots=True)
class Circunstancias:
    """The facts a `Pretensao` is judged by.

    `apelidos`: nicknames of the company in use. `empresas`: CNPJ of the configured companies.
    `ultimo`: newest instant on record; it shows a clock that runs behind.
    """

    agora: datetime
    producao: bool
    empresas: frozenset[str]
    apelidos: frozenset[str]
    ja_instalado_como: str | None
    ultimo: datetime | None


def julgar(p: Pretensao, c: Circunstancias) -> tuple[str, ...] | Recusa:
    """Returns the warnings for the person, or every reason for a refusal. A refusal changes nothing."""
    erros = [e for e in (_relogio(c), _empresa(p, c), _apelido(p, c), _repetido(c), *_papel(p), _prazo(p, c)) if e]
    avisos: list[str] = []
    if autoassinado(p.der):
        if c.producao:
            erros.append(como_erro("SEP-CERT-AUTOASSINADO"))
        else:
            avisos.append("O certificado é autoassinado: serve para testes, em produção será recusado.")
    if p.uso is Uso.TRANSMISSAO and p.tipo is Tipo.A3:
        avisos.append(
            "A conexão com a SEFAZ pelo token (TLS) não está disponível nesta versão; para transmitir, instale um A1."
        )
    if p.uso is Uso.ASSINATURA and not pode_assinar(p.der):
        avisos.append("O certificado não declara o uso de chave para assinatura digital (digitalSignature).")
    return Recusa(tuple(erros)) if erros else tuple(avisos)


def _relogio(c: Circunstancias) -> Erro | None:
    if c.ultimo is None or c.agora >= c.ultimo - TOLERANCIA_RELOGIO:
        return None
    return _erro(
        "RELOGIO",
        f"O relógio da máquina está errado: marca {_dia(c.agora)}, e já há registros de {_dia(c.ultimo)}.",
        "Acerte a data e a hora (timedatectl) e repita; com o relógio errado a validade não pode ser julgada.",
    )


def _empresa(p: Pretensao, c: Circunstancias) -> Erro | None:
    if not cnpj_valido(p.empresa):
        return _erro("EMPRESA", f'"{p.empresa}" não é um CNPJ.', "Informe o CNPJ da empresa, com 14 posições.")
    if p.uso in (Uso.ASSINATURA, Uso.TRANSMISSAO) and p.empresa not in c.empresas:
        return _erro(
            "EMPRESA",
            f"A empresa {p.empresa} não está em `empresas` na configuração.",
            "Inclua a empresa em config/separador.yaml e repita.",
        )
    return None


def _apelido(p: Pretensao, c: Circunstancias) -> Erro | None:
    if not p.apelido.strip() or len(p.apelido) > 60 or any(ord(x) < 32 for x in p.apelido):
        return _erro("APELIDO", "O apelido deve ter de 1 a 60 caracteres, numa linha.", "Escolha outro apelido.")
    if p.apelido.casefold() not in {a.casefold() for a in c.apelidos}:
        return None
    return _erro(
        "APELIDO",
        f'A empresa {p.empresa} já tem um certificado com o apelido "{p.apelido}".',
        "Use outro apelido (por exemplo, com o ano): os dois ficam lado a lado, e o novo passa a ser o padrão.",
    )


def _repetido(c: Circunstancias) -> Erro | None:
    if c.ja_instalado_como is None:
        return None
    mensagem = f'Este mesmo certificado já está instalado, com o apelido "{c.ja_instalado_como}".'
    return _erro("REPETIDO", mensagem, "Nada a fazer; para torná-lo o padrão: separador certificado padrao APELIDO.")


def _papel(p: Pretensao) -> list[Erro]:
    """Demands A1 and e-CNPJ where they are needed.

    Only a certificate for signing must be of the company itself. A procurador may be a person.
    """
    erros = []
    quem = p.identidade
    if p.uso is Uso.CONTRATANTE and p.tipo is not Tipo.A1:
        erros.append(como_erro("SEP-CERT-NAO-A1"))
    if quem.cnpj is None and p.uso is not Uso.PROCURADOR:
        mensagem = f"O certificado de {quem.titular} é um e-CPF (pessoa física); para {p.uso} precisa ser e-CNPJ."
        erros.append(_erro("NAO-ECNPJ", mensagem, "Use o e-CNPJ da empresa."))
    elif p.uso is Uso.ASSINATURA and quem.cnpj is not None and quem.cnpj[:8] != p.empresa[:8]:
        mensagem = f"O certificado é do CNPJ {quem.cnpj} ({quem.titular}), de outra empresa que {p.empresa}."
        erros.append(_erro("OUTRO-CNPJ", mensagem, "Para assinar, use o certificado da própria empresa (mesma raiz)."))
    return erros


def _prazo(p: Pretensao, c: Circunstancias) -> Erro | None:
    quem = p.identidade
    if c.agora > quem.validade_ate:
        mensagem = f"O certificado de {quem.titular} venceu em {_dia(quem.validade_ate)}."
        return _erro("VENCIDO", mensagem, "Instale o certificado renovado; se a data parece errada, confira o relógio.")
    if c.agora < quem.validade_de:
        mensagem = f"O certificado de {quem.titular} só vale a partir de {_dia(quem.validade_de)}."
        fazer = f"Confira o relógio da máquina (agora ela marca {_dia(c.agora)}) ou instale-o nessa data."
        return _erro("AINDA-NAO", mensagem, fazer)
    return None


def autoassinado(der: bytes) -> bool:
    """Says whether the certificate was issued by itself: no authority vouches for it."""
    certificado = x509.load_der_x509_certificate(der)
    if certificado.issuer != certificado.subject:
        return False
    try:
        certificado.verify_directly_issued_by(certificado)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True


def pode_assinar(der: bytes) -> bool:
    """Says whether the key usage admits signing. A certificate without that extension admits everything."""
    usos = usos_da_chave(der)
    return usos is None or "assinatura digital" in usos or "não repúdio" in usos


_USOS = (
    ("digital_signature", "assinatura digital"),
    ("content_commitment", "não repúdio"),
    ("key_encipherment", "cifra de chaves"),
    ("data_encipherment", "cifra de dados"),
    ("key_agreement", "acordo de chaves"),
    ("key_cert_sign", "assinatura de certificados"),
    ("crl_sign", "assinatura de listas de revogação"),
)
_FINALIDADES = {
    "1.3.6.1.5.5.7.3.2": "autenticação de cliente (TLS)",
    "1.3.6.1.5.5.7.3.1": "autenticação de servidor (TLS)",
    "1.3.6.1.5.5.7.3.4": "proteção de e-mail",
}


def usos_da_chave(der: bytes) -> tuple[str, ...] | None:
    """Returns the key usage in Portuguese; None when the certificate does not say."""
    try:
        extensao = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return None
    return tuple(texto for nome, texto in _USOS if getattr(extensao, nome))


def finalidades(der: bytes) -> tuple[str, ...]:
    """Returns the extended key usage, in Portuguese where it has a name, else as OID."""
    try:
        extensao = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return ()
    return tuple(_FINALIDADES.get(o.dotted_string, o.dotted_string) for o in extensao)


def cadeia_em_ordem(der: bytes, outros: tuple[bytes, ...]) -> list[str]:
    """Returns the names from the holder up to the highest authority that came along.

    The chain may be incomplete; a person judges that.
    """
    restantes = [x509.load_der_x509_certificate(d) for d in outros]
    atual = x509.load_der_x509_certificate(der)
    nomes = [_nome(atual.subject)]
    while atual.issuer != atual.subject:
        acima = next((c for c in restantes if c.subject == atual.issuer), None)
        if acima is None:
            nomes.append(f"{_nome(atual.issuer)} (não veio no arquivo)")
            break
        restantes.remove(acima)
        nomes.append(_nome(acima.subject))
        atual = acima
    return nomes


def _nome(nome: x509.Name) -> str:
    comuns = nome.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(comuns[0].value) if comuns else nome.rfc4514_string()


def pessoa(identidade: Identidade) -> str:
    """Returns "e-CNPJ" or "e-CPF" with its number."""
    return f"e-CNPJ {identidade.cnpj}" if identidade.cnpj else f"e-CPF {identidade.cpf}"


def empacotar(cadeia: tuple[bytes, ...]) -> bytes:
    """Returns the chain as one value (PEM), to be stored."""
    return b"".join(x509.load_der_x509_certificate(d).public_bytes(Encoding.PEM) for d in cadeia)


def desempacotar(guardada: bytes) -> tuple[bytes, ...]:
    """Returns the chain (DER) that `empacotar` made one value of."""
    if not guardada:
        return ()
    return tuple(c.public_bytes(Encoding.DER) for c in x509.load_pem_x509_certificates(guardada))


def _dia(quando: datetime) -> str:
    return dia_e_hora(quando, segundos=False)


def _erro(codigo: str, mensagem: str, o_que_fazer: str) -> Erro:
    return Erro(f"SEP-CERT-{codigo}", "SEP", mensagem, o_que_fazer)
