"""Runs the service in this process, with a vault."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from separador.banco.conexao import abrir
from separador.capacidades.certificados import banco as tabela
from separador.capacidades.certificados.dominio import Uso
from separador.capacidades.certificados.leitura.pfx import Aberto, abrir_pfx
from separador.capacidades.certificados.servico.instalacao import Instalado, Pedido, instalar_a1
from separador.cofre import chave_mestra
from separador.cofre.abertura import abrir_cofre
from separador.cofre.cofre import Cofre
from separador.configuracao import Invalida, carregar
from separador.nucleo.erro import Recusa
from tests.apoio.autoridade import CNPJ, SENHA, Emitido
from tests.apoio.instalacao import Instalacao, pasta_rapida
from tests.apoio.maquina import ROTAS

ROTA_DE_CERTIFICADOS = {
    "id": 9,
    "ativo": True,
    "regra": "certificado",
    "origem": "inbox/cert",
    "destino": "outbox/cert",
    "arquivo": [".pfx", ".p12"],
}


@dataclass
class InstalacaoComCofre:
    """An installation with a vault. It does what a command does, on another connection, beside the running service."""

    instalacao: Instalacao

    def instalar(
        self, emitido: Emitido, apelido: str, *, padrao: bool | None = None, uso: Uso = Uso.ASSINATURA, **outros: Any
    ) -> Instalado | Recusa:
        lido = abrir_pfx(emitido.pfx(), SENHA.encode())
        assert isinstance(lido, Aberto), lido
        config = carregar(self.instalacao.config)
        assert not isinstance(config, Invalida)
        pedido = Pedido(outros.get("empresa", CNPJ), apelido, uso, padrao, "so:teste", "comando")
        with closing(abrir(self.instalacao.dados)) as banco:
            cofre = abrir_cofre(self.instalacao.dados, banco, {})
            assert isinstance(cofre, Cofre), cofre
            return instalar_a1(banco, cofre, config, pedido, lido, self.instalacao.agora)

    def instalado(self, emitido: Emitido, apelido: str, **opcoes: Any) -> Instalado:
        feito = self.instalar(emitido, apelido, **opcoes)
        assert isinstance(feito, Instalado), feito
        return feito

    def padrao(self) -> str | None:
        linha = self.instalacao.banco.uma("SELECT apelido FROM certificado WHERE padrao = 1 AND empresa = ?", CNPJ)
        return str(linha["apelido"]) if linha is not None else None

    def linha(self, apelido: str) -> Any:
        return tabela.por_apelido(self.instalacao.banco, CNPJ, apelido)


@pytest.fixture
def fazer(tmp_path: Path) -> Iterator[Callable[..., InstalacaoComCofre]]:
    with pasta_rapida(tmp_path) as pasta, ExitStack() as pilha:

        def nova(**opcoes: Any) -> InstalacaoComCofre:
            dados = pasta / "var"
            dados.mkdir(exist_ok=True)
            if not chave_mestra.caminho(dados).exists():
                chave_mestra.criar_arquivo(dados, chave_mestra.chave_de(b"\x05" * 32))
            if opcoes.pop("pasta_de_certificados", False):
                opcoes["rotas"] = [*ROTAS, ROTA_DE_CERTIFICADOS]
            return InstalacaoComCofre(pilha.enter_context(Instalacao(pasta, com_certificado=False, **opcoes)))

        yield nova


@pytest.fixture
def com_cofre(fazer: Callable[..., InstalacaoComCofre]) -> InstalacaoComCofre:
    return fazer()


def certificado_de(xml: bytes) -> bytes:
    """Returns the certificate inside a signed document (DER)."""
    import base64

    inicio = xml.index(b"<X509Certificate>") + len(b"<X509Certificate>")
    return base64.b64decode(xml[inicio : xml.index(b"</X509Certificate>")])


def texto_do(quando: datetime) -> str:
    return quando.isoformat()


def tudo_em(pasta: Path) -> Iterator[tuple[Path, bytes]]:
    """Returns every file under a folder with its bytes."""
    for raiz, _, nomes in os.walk(pasta):
        for nome in nomes:
            arquivo = Path(raiz) / nome
            if arquivo.is_file():
                yield arquivo, arquivo.read_bytes()
