"""Holds the configuration as frozen values."""

from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from pathlib import Path

from separador.configuracao.uso_do_ecac import NAO_UTILIZA, Utilizacao
from separador.fiscal.emissao.no import No
from separador.nucleo.fuso import FUSO_PADRAO
from separador.nucleo.rota import Rota, Transmissao


class Perfil(StrEnum):
    """The naming of inputs and returns."""

    PADRAO = "padrao"
    UNINFE = "uninfe"


class Ambiente(StrEnum):
    """The environment that documents are for.

    `simulado` is the SEFAZ of this machine (`separador simulador sefaz`).
    """

    PRODUCAO = "producao"
    HOMOLOGACAO = "homologacao"
    SIMULADO = "simulado"

    @property
    def tp_amb(self) -> str:
        """Returns tpAmb of the layout: "1" for production, "2" for the rest."""
        return "1" if self is Ambiente.PRODUCAO else "2"


class MeioSenha(StrEnum):
    """The kind of place where a password is kept; never the configuration file itself."""

    ENV = "env"
    ARQUIVO = "arquivo"
    CREDENCIAL = "credencial"
    COFRE = "cofre"


@dataclass(frozen=True, slots=True)
class OrigemSenha:
    """The place of a password.

    `valor`: name of the environment variable, absolute path, or name of the systemd credential or of the vault's
    secret.
    """

    meio: MeioSenha
    valor: str


@dataclass(frozen=True, slots=True)
class Certificado:
    """An A1 file; its absence is no error of the configuration. `senha` None = the file has no password."""

    arquivo: Path
    senha: OrigemSenha | None


class Papel(StrEnum):
    """What a company is here: it issues documents, or is only asked about (e-CAC)."""

    EMITE = "emite"
    CLIENTE = "cliente"


@dataclass(frozen=True, slots=True)
class Empresa:
    """One company. The documents of one that issues wait without a certificate, and the failures view says why.

    `logo`: on its DACTE. `papel` None: not said; it is known from its keys, documents and routes
    (`certificados.servico.papeis`).
    """

    cnpj: str
    nome: str
    uf: str
    certificado: Certificado | None
    ecac: Utilizacao = NAO_UTILIZA
    logo: Path | None = None
    papel: Papel | None = None


class Tls(StrEnum):
    """The protection of the connection to the mail server; there is no third way."""

    STARTTLS = "starttls"
    DIRETO = "direto"


@dataclass(frozen=True, slots=True)
class Smtp:
    """The mail server. `senha` comes with `usuario`; both None = the server asks for none."""

    servidor: str
    porta: int
    tls: Tls
    usuario: str | None
    senha: OrigemSenha | None
    de: str


AVISO_DIAS = (30, 15, 7, 3, 1)
"""The days before an expiry on which a warning goes out."""


@dataclass(frozen=True, slots=True)
class Avisos:
    """`dias`: largest first. `para`: addresses told by e-mail. `webhook`: URL that gets the same as JSON."""

    dias: tuple[int, ...] = AVISO_DIAS
    para: tuple[str, ...] = ()
    webhook: str | None = None


@dataclass(frozen=True, slots=True)
class ResponsavelTecnico:
    """`infRespTec`, put in exports that bring none. `id_csrt` and `csrt` come together, or neither does."""

    cnpj: str
    contato: str
    email: str
    fone: str
    id_csrt: str | None = None
    csrt: OrigemSenha | None = None


SIMULADOR = "https://127.0.0.1:8443"
"""The address of the local SEFAZ when the file gives no other."""


DESTINO_DISTRIBUICAO = "outbox/terceiros"
INTERVALO_MINIMO_S = 3600
"""The Ambiente Nacional demands an hour between two questions that found nothing (NT 2015.002)."""


@dataclass(frozen=True, slots=True)
class ConfigDistribuicao:
    """Documents of third parties are filed under `destino`, by AAAA-MM. `empresas`: CNPJ; empty = all companies."""

    destino: Path
    intervalo_s: int = INTERVALO_MINIMO_S
    empresas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfigSefaz:
    """Transmission over the network. `em_voo`: calls at once per company and authoriser.

    `ca`: certification authorities to trust besides the usual ones. `enderecos`: table that overrides the shipped one.
    `simulador`: scheme, host and port of the local SEFAZ, without a path; used only in the environment simulado.
    `contingencia_offline`: put the signed QR code into documents of tpEmis 2 that are no GTV-e. `distribuicao` None =
    nothing is fetched.
    """

    em_voo: int = 8
    prazo_conexao_s: float = 10.0
    prazo_resposta_s: float = 60.0
    ca: Path | None = None
    proxy: str | None = None
    enderecos: Path | None = None
    simulador: str = SIMULADOR
    responsavel_tecnico: ResponsavelTecnico | None = None
    contingencia_offline: bool = False
    distribuicao: ConfigDistribuicao | None = None


@dataclass(frozen=True, slots=True)
class ConfigEcac:
    """The Integra Contador. `contratante`: CNPJ of the company that has the contract with SERPRO.

    The e-CNPJ A1 of the contratante is in the vault. `orcamento_dia`, `orcamento_mes`: charged calls, at most; a call
    whose answer never came counts. `horario`: the time of the day's first import (in `fuso`); then one every
    `repetir_s`. `simulador`: base address of the local SERPRO. `ca`: certification authorities to trust besides the
    usual ones.
    """

    contratante: str
    chave_consumidor: OrigemSenha | None
    segredo_consumidor: OrigemSenha | None
    destino: Path
    orcamento_dia: int = 500
    orcamento_mes: int = 5000
    horario: time = time(6, 30)
    repetir_s: int = 14400
    simulador: str | None = None
    ca: Path | None = None


ESCUTA = "127.0.0.1:8090"
"""Where the panel listens unless told otherwise: this machine only."""


@dataclass(frozen=True, slots=True)
class ConfigPainel:
    """The web panel. `escuta`: HOST:PORT. `url`: how people reach it, without a slash at the end.

    `certificado`, `chave`: PEM files of its own TLS. `proxy`: addresses whose `X-Forwarded-…` are believed.
    """

    escuta: str = ESCUTA
    url: str | None = None
    certificado: Path | None = None
    chave: Path | None = None
    proxy: tuple[str, ...] = ()

    @property
    def https(self) -> bool:
        """Says whether people reach it by https."""
        return self.certificado is not None or (self.url or "").startswith("https:")


@dataclass(frozen=True, slots=True)
class ConfigEmissao:
    """What CT-e are made with. `cadastros`: the folder of the registries. `valores`: the rest of the key, as read."""

    cadastros: Path = Path("config/cadastros")
    valores: No = field(default_factory=lambda: No("emissao"))


@dataclass(frozen=True, slots=True)
class Configuracao:
    """Effective values; every path is absolute. `tempo_quieto_s` None = not given: 1 s, 3 s on a network share.

    A network share needs more because the time of the last write may come late there (SMB: up to 2 s).
    `trabalhadores` is resolved (`auto` = min(cores, 4)); 0 = everything in the service process.
    """

    arquivo: Path
    raiz: Path
    dados: Path
    tempo_leitura_s: int
    tempo_quieto_s: float | None
    perfil_nomes: Perfil
    ambiente: Ambiente
    trabalhadores: int
    prazo_retorno_s: int
    retencao_dias: int
    reserva_disco_mb: int
    empresas: tuple[Empresa, ...]
    rotas: tuple[Rota, ...]
    smtp: Smtp | None = None
    avisos: Avisos = Avisos()
    transmissao: Transmissao = Transmissao.PASTA
    sefaz: ConfigSefaz = ConfigSefaz()
    ecac: ConfigEcac | None = None
    painel: ConfigPainel = ConfigPainel()
    fuso: str = FUSO_PADRAO
    emissao: ConfigEmissao = ConfigEmissao()

    def empresa(self, cnpj: str) -> Empresa | None:
        """Returns the company with this CNPJ, if it is configured."""
        return next((e for e in self.empresas if e.cnpj == cnpj), None)


@dataclass(frozen=True, slots=True)
class ErroConfig:
    """One thing to correct in the file. `linha` is 1-based; None when it is about the file as a whole."""

    mensagem: str
    linha: int | None = None
    chave: str | None = None

    def __str__(self) -> str:
        onde = f"linha {self.linha}: " if self.linha else ""
        return f"{onde}{self.chave}: {self.mensagem}" if self.chave else f"{onde}{self.mensagem}"


@dataclass(frozen=True, slots=True)
class Invalida:
    """The file cannot be used, with every error found (never empty), in the order of the lines."""

    arquivo: Path | None
    erros: tuple[ErroConfig, ...]


@dataclass(frozen=True, slots=True)
class Valor:
    """One effective value and where it comes from, for `config conferir`. `linha` None = built-in default."""

    chave: str
    valor: str
    origem: str
    linha: int | None = None


@dataclass(frozen=True, slots=True)
class Conferida:
    """A valid configuration together with the origin of each value.

    `recusas`: things asked for that will not be done, though the rest goes on. `avisos`: things that the person who
    configures has to know.
    """

    configuracao: Configuracao
    valores: tuple[Valor, ...]
    recusas: tuple["ErroConfig", ...] = ()
    avisos: tuple["ErroConfig", ...] = ()
