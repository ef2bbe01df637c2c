"""Turns records of registries into the parties of a document, and notes every field that one needs and lacks."""

import re
from dataclasses import dataclass
from decimal import Decimal

from separador.fiscal.emissao.achados import Achados
from separador.fiscal.emissao.no import No
from separador.fiscal.regras.documentos_id import ZEROS
from separador.fiscal.regras.ibge import MUNICIPIO_EXTERIOR, MUNICIPIOS, municipio_da_uf
from separador.fiscal.regras.ufs import EXTERIOR, SIGLA_UF

ISENTO = "ISENTO"


@dataclass(frozen=True, slots=True)
class Local:
    """A municipality, as the layout names it."""

    codigo: str
    nome: str
    uf: str

    @property
    def exterior(self) -> bool:
        """Says whether it is abroad."""
        return self.uf == EXTERIOR


NO_EXTERIOR = Local(MUNICIPIO_EXTERIOR, "EXTERIOR", EXTERIOR)


def local_do_codigo(codigo: str) -> Local:
    """Returns the municipality of a code that is in the table."""
    if codigo == MUNICIPIO_EXTERIOR:
        return NO_EXTERIOR
    return Local(codigo, MUNICIPIOS[codigo], SIGLA_UF[codigo[:2]])


@dataclass(frozen=True, slots=True)
class Endereco:
    """An address."""

    logradouro: str
    numero: str
    bairro: str
    local: Local
    complemento: str = ""
    cep: str = ""
    codigo_pais: str = ""
    pais: str = ""


@dataclass(frozen=True, slots=True)
class Pessoa:
    """A party. `documento`: CNPJ, CPF, or zeros for somebody abroad. `ie`: digits, ISENTO or empty."""

    codigo: str
    documento: str
    ie: str
    nome: str
    fantasia: str
    classificacao: str
    endereco: Endereco
    fone: str = ""
    email: str = ""
    suframa: str = ""

    @property
    def estrangeira(self) -> bool:
        """Says whether it is abroad."""
        return self.documento == ZEROS or self.endereco.local.exterior

    @property
    def identificacao(self) -> str:
        """Returns what answers name it by: the document; the code of somebody abroad."""
        return self.codigo if self.documento == ZEROS else self.documento


@dataclass(frozen=True, slots=True)
class Emitente:
    """The company that issues."""

    cnpj: str
    ie: str
    nome: str
    fantasia: str
    crt: str
    rntrc: str
    endereco: Endereco
    serie: int
    pis: Decimal | None
    cofins: Decimal | None
    iest: No
    autorizados: tuple[str, ...]
    fone: str = ""
    suframa: str = ""


def pessoa(registro: No, onde: str, achados: Achados) -> Pessoa | None:
    """Returns the party of a record; None when it lacks something, which is noted."""
    codigo = registro.texto("codigo")
    documento = registro.texto("documento")
    endereco = _endereco(registro, "entidades", codigo, onde, achados)
    estrangeira = endereco is not None and endereco.local.exterior
    faltam = [n for n in ("documento", "nome") if n not in registro and n not in registro.ruins]
    if estrangeira and "documento" in faltam:
        faltam.remove("documento")
        documento = ZEROS
    for nome in faltam:
        achados.faltar("entidades", codigo, nome, onde)
    if faltam or endereco is None or not documento or "nome" not in registro:
        return None
    return Pessoa(
        codigo,
        ZEROS if estrangeira else documento,
        _ie(registro.texto("ie")),
        registro.texto("nome"),
        registro.texto("fantasia"),
        registro.texto("classificacao_icms"),
        endereco,
        digitos(registro.texto("fone")),
        registro.texto("email"),
        registro.texto("suframa"),
    )


def emitente(registro: No, onde: str, achados: Achados) -> Emitente | None:
    """Returns the issuer of a record of `empresas`; None when it lacks something, which is noted. Only some documents
    need the RNTRC: they ask for it."""
    cnpj, crt = registro.texto("cnpj"), registro.texto("crt")
    endereco = _endereco(registro, "empresas", cnpj, onde, achados)
    precisos = ["ie", "nome", "crt", *(["aliquota_pis", "aliquota_cofins"] if crt in ("2", "3") else [])]
    faltam = [n for n in precisos if not registro.dado(n)]
    for nome in faltam:
        achados.faltar("empresas", cnpj, nome, onde)
    if faltam or endereco is None or any(n not in registro for n in precisos):
        return None
    serie = registro.numero("serie")
    return Emitente(
        cnpj,
        _ie(registro.texto("ie")),
        registro.texto("nome"),
        registro.texto("fantasia"),
        crt,
        registro.texto("rntrc"),
        endereco,
        1 if serie is None else int(serie),
        registro.numero("aliquota_pis"),
        registro.numero("aliquota_cofins"),
        registro.no("iest") or No("iest"),
        registro.textos("autorizados"),
        digitos(registro.texto("fone")),
        registro.texto("suframa"),
    )


def _endereco(registro: No, cadastro: str, codigo: str, onde: str, achados: Achados) -> Endereco | None:
    no = registro.no("endereco")
    if no is None:
        if "endereco" not in registro.ruins:
            achados.faltar(cadastro, codigo, "endereco", onde)
        return None
    for nome in faltam_no_endereco(no):
        achados.faltar(cadastro, codigo, f"endereco.{nome}", onde)
    return endereco_de(no, f"{cadastro} {codigo}", onde, achados)


_DO_ENDERECO = ("logradouro", "numero", "bairro", "codigo_municipio")


def faltam_no_endereco(no: No) -> list[str]:
    """Returns what an address needs and was not given."""
    return [n for n in _DO_ENDERECO if not no.dado(n)]


def endereco_de(no: No, de_quem: str, onde: str, achados: Achados) -> Endereco | None:
    """Returns an address. None: it lacks something, or the municipality is of another state (told)."""
    if any(n not in no for n in _DO_ENDERECO):
        return None
    local = local_do_codigo(no.texto("codigo_municipio"))
    uf = no.texto("uf") or local.uf
    if not municipio_da_uf(local.codigo, uf):
        mensagem = f"O município {local.codigo} ({local.nome}) não é de {uf}, em {de_quem}."
        achados.errar("SEP-CARGA-MUNICIPIO", no.em("codigo_municipio"), mensagem, f"Corrija em {onde}.")
        return None
    return Endereco(
        no.texto("logradouro"),
        no.texto("numero"),
        no.texto("bairro"),
        local if local.exterior else Local(local.codigo, no.texto("municipio") or local.nome, local.uf),
        no.texto("complemento"),
        digitos(no.texto("cep")),
        no.texto("codigo_pais"),
        no.texto("pais"),
    )


def digitos(texto: str) -> str:
    """Returns the digits of a text alone."""
    return re.sub(r"[^0-9]", "", texto)


def _ie(texto: str) -> str:
    return ISENTO if texto.upper() == ISENTO else digitos(texto)
