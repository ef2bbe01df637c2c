"""Tests the real service with the .pfx of a thousand companies: what systemd sees of it while they are opened."""

import socket
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from separador.demonstracao import exportacoes as ex
from separador.demonstracao.empresas import Empresa
from tests.apoio.autoridade import Emitido, emitir
from tests.apoio.maquina import SENHA, Maquina
from tests.bench.processos import cpu_s
from tests.integracao.certificados.test_milhares import LIGAR_S, outras

pytestmark = [pytest.mark.requisito("OPS-13"), pytest.mark.longo, pytest.mark.timeout(1200)]
QUANTAS = 1_000
CAO_S = 60
"""WatchdogSec of the unit."""
PRAZO_S = 300
DOCUMENTOS = 50
"""Documents of companies from the whole list, dropped as soon as the service is ready."""


def barato(emitido: Emitido) -> bytes:
    """Returns the .pfx with one round of its key derivation: a thousand are made in seconds."""
    cifra = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(1).build(SENHA.encode())
    return pkcs12.serialize_key_and_certificates(b"a1", emitido.chave, emitido.certificado, None, cifra)  # type: ignore[arg-type]


class ComArquivos(Maquina):
    """A machine whose companies have the same key in certificates of their own."""

    def _empresa(self, empresa: Empresa, *, com_certificado: bool) -> dict[str, Any]:
        item = super()._empresa(empresa, com_certificado=False)
        if com_certificado:
            self.por(empresa)
            arquivo = f"config/{empresa.cnpj}.pfx"
            item |= {"certificado": {"arquivo": arquivo, "senha": {"env": "SEPARADOR_SENHA"}}}
        return item

    def por(self, empresa: Empresa, qual: int = 0) -> Emitido:
        """Puts the company's file there as a person does: beside, then over the old one."""
        feito = emitir(empresa.cnpj, nome=empresa.nome, qual=qual, de=datetime.now(UTC) - timedelta(days=1))
        arquivo = self.config.parent / f"{empresa.cnpj}.pfx"
        novo = arquivo.with_suffix(".novo")
        novo.write_bytes(barato(feito))
        novo.chmod(0o600)
        novo.replace(arquivo)
        return feito


class Systemd:
    """The socket of the supervisor. It would end a service of which it hears nothing for WatchdogSec."""

    def __init__(self, ouvido: socket.socket) -> None:
        self.ouvido = ouvido
        self.vivo_s = time.monotonic()
        self.sinais = 0
        self.maior_silencio_s = 0.0

    def ouvir(self) -> bytes:
        """Returns one message, or nothing when none came for a while."""
        try:
            dito = self.ouvido.recv(4096)
        except TimeoutError:
            dito = b""
        agora_s = time.monotonic()
        if dito == b"WATCHDOG=1":
            self.sinais += 1
            self.vivo_s, self.maior_silencio_s = agora_s, max(self.maior_silencio_s, agora_s - self.vivo_s)
        assert agora_s - self.vivo_s < CAO_S, "o systemd teria encerrado o serviço"
        return dito


def test_o_servico_de_mil_empresas(tmp_path: Path) -> None:
    empresas = outras(QUANTAS)
    nome = str(tmp_path / "systemd")
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ouvido,
        ComArquivos(tmp_path / "m", empresas=empresas, trabalhadores=1) as m,
    ):
        ouvido.bind(nome)
        ouvido.settimeout(0.5)
        systemd = Systemd(ouvido)
        m.executar(pronto=False, env={"NOTIFY_SOCKET": nome, "WATCHDOG_USEC": str(CAO_S * 1_000_000)})
        assert m.servico is not None
        while not systemd.ouvir().startswith(b"READY=1"):
            assert m.servico.poll() is None, m.fim_do_log()
        ligado_s = cpu_s(m.servico.pid)
        assert ligado_s < LIGAR_S
        escolhidas = empresas[:: QUANTAS // DOCUMENTOS]
        _sairem(m, systemd, _soltar(m, escolhidas, 1))
        trocado = b64encode(m.por(escolhidas[-1], qual=1).der)
        for n in count(DOCUMENTOS + 1):  # the old one is in use until the new one is there
            [nome_dele] = _sairem(m, systemd, _soltar(m, [escolhidas[-1]], n))
            if trocado in (m.destino(1) / nome_dele).read_bytes():
                break
        while systemd.sinais < 4:  # and it goes on
            systemd.ouvir()
        print(
            f"READY {ligado_s:.1f} s of CPU; {systemd.sinais} signals, longest silence {systemd.maior_silencio_s:.1f} s"
        )
        assert m.json("falhas") == []
        assert m.parar() == 0


def _sairem(m: Maquina, systemd: Systemd, nomes: set[str]) -> set[str]:
    """Waits until these files are out, and listens meanwhile. Returns them."""
    limite = time.monotonic() + PRAZO_S
    while not nomes <= set(m.saida(1)):
        systemd.ouvir()
        assert time.monotonic() < limite, m.fim_do_log()
    return nomes


def _soltar(m: Maquina, empresas: list[Empresa], de: int) -> set[str]:
    """Drops a CT-e of each company. Returns the names under which they come out signed."""
    nomes = set()
    for n, empresa in enumerate(empresas, de):
        e = ex.cte(n, agora=datetime.now(UTC), emitente=empresa)
        m.soltar(1, e.nome, e.dados)
        nomes.add(f"{e.chave}-cte.xml")
    return nomes
