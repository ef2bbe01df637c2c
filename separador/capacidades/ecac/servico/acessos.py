"""Gives what the Integra Contador needs: certificates and secrets of the vault, and the client made of them."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from sqlite3 import Row
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from separador.banco.conexao import Banco, texto_de
from separador.capacidades.certificados import banco as tabela
from separador.capacidades.certificados.dominio import Tipo, Uso
from separador.capacidades.ecac.integra.porta import RegistroDeChamadas
from separador.cofre.abertura import abrir_cofre
from separador.cofre.cofre import Cofre, CofreError
from separador.configuracao import ConfigEcac, MeioSenha, OrigemSenha
from separador.configuracao.senha import SenhaAusenteError, ler_senha
from separador.fiscal.certificado import Certificado, Segredo, fora_da_validade, restaurar
from separador.fiscal.tls import Apresentado
from separador.nucleo.erro import Recusa

if TYPE_CHECKING:
    from separador.capacidades.ecac.integra.cliente import Cliente

_ORDEM = (Uso.CONTRATANTE, Uso.PROCURADOR, Uso.TRANSMISSAO, Uso.ASSINATURA)


class SemAcessoError(Exception):
    """Something that every call needs is not there; the text (Portuguese) says what and what to do."""


@dataclass(slots=True)
class Acessos:
    """The vault as the import's thread sees it. `da_configuracao`: certificates by CNPJ that are in files."""

    banco: Banco
    dados: Path
    ambiente: Mapping[str, str]
    da_configuracao: Mapping[str, Certificado] = field(default_factory=dict)
    _cofre: Cofre | Recusa | None = None

    @property
    def cofre(self) -> Cofre:
        """Returns the open vault. Raises SemAcessoError."""
        if self._cofre is None:
            self._cofre = abrir_cofre(self.dados, self.banco, self.ambiente)
        if isinstance(self._cofre, Recusa):
            erro = self._cofre.erros[0]
            raise SemAcessoError(f"{erro.mensagem} {erro.o_que_fazer}")
        return self._cofre

    def segredo(self, origem: OrigemSenha | None, nome: str) -> str:
        """Returns a secret from where the configuration says it is. Raises SemAcessoError."""
        if origem is None:
            raise SemAcessoError(f"falta {nome} na chave ecac da configuração")
        try:
            if origem.meio is not MeioSenha.COFRE:
                lido = ler_senha(origem, self.ambiente)
                return (lido or b"").decode()
            numero = self.cofre.achar(origem.valor)
            if numero is None:
                raise SemAcessoError(
                    f"o cofre não tem o segredo {origem.valor} ({nome}); guarde-o com: separador ecac credenciais"
                )
            return self.cofre.ler(numero).decode()
        except (SenhaAusenteError, CofreError) as erro:
            raise SemAcessoError(f"{nome}: {erro}") from erro
        except UnicodeDecodeError as erro:
            raise SemAcessoError(f"{nome}: não é um texto") from erro

    def certificado(self, pessoa: str, agora: datetime) -> tuple[Certificado, tuple[bytes, ...]] | None:
        """Returns the A1 in force of a CNPJ or CPF, with the authorities above it, for whatever use it was
        installed."""
        linhas = [r for r in tabela.ativos(self.banco) if pessoa in (r["cnpj"], r["cpf"]) and r["tipo"] == Tipo.A1]
        linhas = [r for r in linhas if r["validade_de"] <= texto_de(agora) <= r["validade_ate"]]
        for linha in sorted(linhas, key=lambda r: _ORDEM.index(Uso(r["uso"]))):
            try:
                segredo = self.cofre.ler(linha["segredo_id"])
                return restaurar(Segredo(bytes(linha["der"]), segredo)), _cadeia(linha)
            except (CofreError, ValueError, TypeError):
                continue  # `certificado listar` and the failures view say what is wrong with it
        achado = self.da_configuracao.get(pessoa)
        if achado is None or fora_da_validade(achado.identidade, agora) is not None:
            return None
        return achado, ()


def _cadeia(linha: Row) -> tuple[bytes, ...]:
    """Returns the authorities kept with a certificate: PEM after PEM."""
    dados = bytes(linha["cadeia"] or b"")
    if not dados:
        return ()
    return tuple(c.public_bytes(Encoding.DER) for c in x509.load_pem_x509_certificates(dados))


def montar_cliente(
    config: ConfigEcac, acessos: Acessos, livro: RegistroDeChamadas, *, agora: Callable[[], datetime]
) -> "Cliente":
    """Returns the client of the configuration. Raises SemAcessoError, OSError or ssl.SSLError."""
    from separador.capacidades.ecac.integra.cliente import Caminho, Cliente, Contrato, do_simulador  # noqa: PLC0415 -- not at every start

    achado = acessos.certificado(config.contratante, agora())
    if achado is None:
        raise SemAcessoError(
            f"não há e-CNPJ A1 em vigor do contratante {config.contratante} no cofre; instale-o com: "
            f"separador certificado instalar ARQUIVO --empresa {config.contratante} --uso contratante"
        )
    certificado, cadeia = achado
    contrato = Contrato(
        config.contratante,
        acessos.segredo(config.chave_consumidor, "a chave do consumidor"),
        acessos.segredo(config.segredo_consumidor, "o segredo do consumidor"),
        Apresentado.de(certificado, cadeia),
    )
    caminho = Caminho(ca=config.ca) if config.simulador is None else do_simulador(config.simulador, config.ca)
    return Cliente(contrato, caminho, agora=agora, etiqueta=lambda: uuid.uuid4().hex, livro=livro)
