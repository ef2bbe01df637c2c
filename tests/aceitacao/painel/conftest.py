"""Runs the panel as a person has it: the command itself, spoken to by HTTP on loopback."""

import http.client
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import pytest

from separador.acesso.dominio import Nivel
from separador.banco.instante import texto_de
from separador.capacidades.ecac.banco import guias, ocorrencias, pagamentos
from separador.capacidades.ecac.banco.guias import NovaGuia
from separador.capacidades.ecac.dominio.arrecadacao import Pagamento, Receita, TipoDocumento, Valores
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Ocorrencia
from separador.capacidades.procuracoes.dominio import Acesso, Esfera, TipoAcesso
from separador.capacidades.procuracoes.servico import procuracoes
from separador.pedidos.escrita import escrevendo
from tests.aceitacao.cenario import Cenario, montar
from tests.aceitacao.linha_de_comando import ADMIN, CONSULTA, NIVEIS, OPERADOR, SENHA
from tests.apoio.emissao import EMISSAO, ROTA_DA_CARGA, ROTAS_COM_CARGA, carga, em_yaml, gravar_cadastros
from tests.integracao.usuarios import com_senha

ESCRITORIO, CLIENTE = "11222333000181", "11444777000161"
MESMA = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Visto:
    """An answer."""

    estado: int
    cabecalhos: dict[str, str]
    texto: str

    @property
    def para(self) -> str:
        """Returns where it leads."""
        return self.cabecalhos.get("location", "")


@dataclass
class Navegador:
    """One browser: it keeps the cookie that it got."""

    porta: int
    biscoito: str = ""

    def pedir(self, metodo: str, caminho: str, corpo: str | bytes | None = None, **cabecalhos: str) -> Visto:
        todos = {n.replace("_", "-"): v for n, v in cabecalhos.items()}
        if self.biscoito:
            todos.setdefault("Cookie", self.biscoito)
        if corpo is not None:
            todos.setdefault("Content-Type", "application/x-www-form-urlencoded")
        conexao = http.client.HTTPConnection("127.0.0.1", self.porta, timeout=30)
        try:
            conexao.request(metodo, caminho, corpo, todos)
            veio = conexao.getresponse()
            texto = veio.read().decode("utf-8", "replace")
            lidos = {n.lower(): v for n, v in veio.getheaders()}
        finally:
            conexao.close()
        if "set-cookie" in lidos:
            self.biscoito = lidos["set-cookie"].partition(";")[0]
        return Visto(veio.status, lidos, texto)

    def abrir(self, caminho: str, **cabecalhos: str) -> Visto:
        return self.pedir("GET", caminho, **cabecalhos)

    def enviar(self, caminho: str, campos: dict[str, str] | list[tuple[str, str]], **cabecalhos: str) -> Visto:
        return self.pedir("POST", caminho, urlencode(campos), **(cabecalhos or {"Sec_Fetch_Site": "same-origin"}))

    def soltar(
        self, caminho: str, campos: dict[str, str], arquivos: list[tuple[bytes, bytes]], **cabecalhos: str
    ) -> Visto:
        """Sends a form with files, as a browser does."""
        tipo, corpo = com_arquivos(campos, arquivos)
        return self.pedir("POST", caminho, corpo, **({"Sec_Fetch_Site": "same-origin"} | cabecalhos), Content_Type=tipo)

    def entrar(self, email: str, senha: str = SENHA) -> Self:
        feito = self.enviar("/entrar", {"email": email, "senha": senha})
        assert feito.estado == 303, feito.texto
        return self


def com_arquivos(campos: dict[str, str], arquivos: list[tuple[bytes, bytes]]) -> tuple[str, bytes]:
    """Returns the type and the body of a form: its fields, then its files by name."""
    do_campo = '--borda\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    partes = [do_campo.format(n, x).encode() for n, x in campos.items()]
    for nome, dados in arquivos:
        cabeca = b'--borda\r\nContent-Disposition: form-data; name="arquivos"; filename="' + nome + b'"\r\n'
        partes += [cabeca, b"Content-Type: application/octet-stream\r\n\r\n", dados, b"\r\n"]
    return "multipart/form-data; boundary=borda", b"".join([*partes, b"--borda--\r\n"])


@dataclass
class Painel:
    """A running panel."""

    processo: "subprocess.Popen[str]"
    porta: int
    cenario: Cenario
    linha: str = field(default="")

    def navegador(self) -> Navegador:
        return Navegador(self.porta)


def ligar(cenario: Cenario, *argumentos: str) -> Painel:
    """Starts the panel of an installation, and waits until it says where it listens."""
    comando = [sys.executable, "-m", "separador", "--config", str(cenario.maquina.config), "painel"]
    processo = subprocess.Popen(
        [*comando, *(argumentos or ("--escuta", "127.0.0.1:0"))],
        env=cenario.maquina.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert processo.stdout is not None
    linha = processo.stdout.readline()
    achada = re.fullmatch(r"Painel em http://127\.0\.0\.1:(\d+)\n", linha)
    if achada is None:
        processo.kill()
        raise AssertionError(f"{linha!r}: {processo.communicate()}")
    return Painel(processo, int(achada[1]), cenario, linha)


def desligar(painel: Painel) -> int:
    """Ends the panel as systemd does, and returns its exit code."""
    painel.processo.send_signal(signal.SIGTERM)
    try:
        painel.processo.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        painel.processo.kill()
        painel.processo.communicate()
        raise
    return painel.processo.returncode


def povoar(c: Cenario) -> None:
    """Registers one user of each level, with password. It costs no commands: the panel is what is looked at here."""
    with escrevendo(c.maquina.dados) as banco:
        for email, nivel in NIVEIS.items():
            com_senha(banco, email, Nivel(nivel), senha=SENHA)


def semear_guias(c: Cenario) -> None:
    """Registers two guides, one without a number, and a payment that has no guide yet, with its occurrence."""
    quando, empresa, dia = texto_de(c.agora), c.autorizado[6:20], date(2026, 10, 20)
    reais = Valores(Decimal("100.00"), None, None, Decimal("100.00"))
    pago = Pagamento(
        numero="7162615700000027", tipo="04", tipo_nome="DARF", referencia=None, arrecadacao=dia, periodo_apuracao=dia,
        vencimento=dia, receita=Receita("0561"), valores=reais, saldo=reais, desmembramentos=(),
    )  # fmt: skip
    with escrevendo(c.maquina.dados) as banco, banco.transacao():
        for numero in ("07202615700000015", None):
            nova = NovaGuia(empresa, TipoDocumento.DARF, numero, reais, dia, "0561", origem="teste")
            guias.registrar(banco, nova, "teste", quando)
        pagamentos.gravar(banco, empresa, [pago], quando)
        o = Ocorrencia(Especie.PAGO_SEM_GUIA, empresa, pago.canonico, "Pago sem guia.", pagamento=pago.canonico)
        ocorrencias.abrir(banco, o, quando)


def semear_acesso(c: Cenario) -> None:
    """Registers an office with one access, which has no password yet."""
    a = Acesso(
        ESCRITORIO, "ACESSO <i>", Esfera.ESTADUAL, TipoAcesso.LOGIN, "joao", orgao="SEFAZ-MT", clientes=(CLIENTE,)
    )
    with escrevendo(c.maquina.dados) as banco:
        assert procuracoes.gravar_escritorio(banco, ESCRITORIO, "Modelo <b>", quem="teste", agora=c.agora) is None
        assert isinstance(procuracoes.incluir(banco, a, quem="teste", agora=c.agora), int)


GERADA, RETIDA = "45871", "2026/45872"


def sem_informacoes(quando: datetime, nome: str, **outros: Any) -> dict[str, Any]:
    """A load that will be held: nobody says how it is paid, nor who insures it."""
    feita = carga(quando, nome, **outros)
    del feita["informacoes_complementares"]
    return feita


def semear_cargas(c: Cenario) -> None:
    """Gives the installation a route of loads, one that is issued, of three invoices, and one that is held."""
    m = c.maquina
    gravar_cadastros(m.pasta / "config" / "cadastros")
    m.rotas = [dict(r) for r in ROTAS_COM_CARGA]
    m.gravar_config(emissao=EMISSAO | {"cadastros": "config/cadastros"})
    m.origem(ROTA_DA_CARGA).mkdir(parents=True)
    m.destino(ROTA_DA_CARGA).mkdir(parents=True)
    m.soltar(ROTA_DA_CARGA, "a-carga.yaml", em_yaml(carga(c.agora, GERADA, notas=3)))
    m.soltar(ROTA_DA_CARGA, "b-carga.yaml", em_yaml(sem_informacoes(c.agora, RETIDA, primeira=11)))
    m.uma_vez()
    assert {x["situacao"] for x in m.json("carga", "listar")} == {"GERADA", "AGUARDANDO INFORMAÇÕES"}


@pytest.fixture(scope="module")
def cenario(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cenario]:
    pasta: Path = tmp_path_factory.mktemp("painel")
    c = montar(pasta)
    c.maquina.env["XDG_STATE_HOME"] = str(pasta / "estado")
    c.maquina.env.pop("SUDO_USER", None)
    with c.maquina:
        yield c


@pytest.fixture(scope="module")
def painel(cenario: Cenario) -> Iterator[Painel]:
    povoar(cenario)
    semear_guias(cenario)
    semear_acesso(cenario)
    ligado = ligar(cenario)
    yield ligado
    if ligado.processo.poll() is None:
        assert desligar(ligado) == 0
    else:
        ligado.processo.communicate()


@pytest.fixture(scope="module")
def admin(painel: Painel) -> Navegador:
    return painel.navegador().entrar(ADMIN)


@pytest.fixture(scope="module")
def operador(painel: Painel) -> Navegador:
    return painel.navegador().entrar(OPERADOR)


@pytest.fixture(scope="module")
def consulta(painel: Painel) -> Navegador:
    return painel.navegador().entrar(CONSULTA)
