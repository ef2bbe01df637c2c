"""Runs the page of the installation, block by block, on a machine of its own, with three users: the service, the WMS,
an operator."""

import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from separador.demonstracao.certificado import gerar_pfx
from tests.apoio.maquina_limpa import MaquinaLimpa, NaoDaError
from tests.apoio.pagina_de_instalacao import Bloco, blocos

SENHA = "senha-do-certificado"
FRASE = "frase de teste bem comprida"
TROCA = "/srv/separador"
RESPOSTAS = {r"Senha do certificado[^\n]*:": SENHA, r"[Ff]rase[^\n]*:": FRASE, r"Repita[^\n]*:": FRASE}
SECOES = ["1. Programa", "2. Usuário, pastas e unidade", "3. Configuração", "4. Ligar", "5. Conferir", "Atualizar",
          "Cópia de segurança", "Desinstalar"]  # fmt: skip


def de_shell() -> list[Bloco]:
    return [b for b in blocos() if b.linguagem == "sh"]


@pytest.mark.requisito("BORDA-04")
def test_o_que_o_teste_deixa_de_fora_diz_por_que() -> None:
    """The test below runs every block of shell but these; a reader of the page sees the same text."""
    assert [b.secao for b in de_shell() if b.fora] == ["3. Configuração", "3. Configuração"]
    assert list(dict.fromkeys(b.secao for b in de_shell())) == SECOES
    assert len([b for b in blocos() if b.linguagem == "yaml"]) == 1


class Instalada:
    """The machine, and what the three users see of the exchange folders."""

    def __init__(self, maquina: MaquinaLimpa) -> None:
        self.maquina = maquina

    def pagina(self, *secoes: str) -> str:
        """Runs every block of these sections, in the order of the page."""
        return "".join(self.maquina.rodar(b.texto) for b in de_shell() if b.secao in secoes and not b.fora)

    def soltar(self, conta: str, pasta: str, nome: str, dados: bytes) -> None:
        destino = f"{TROCA}/{pasta}/{nome}"
        feito = self.maquina.como(conta, f"cat > '{destino}.tmp' && mv '{destino}.tmp' '{destino}'", dados)
        assert feito.returncode == 0, feito.stderr

    def nomes(self, conta: str, pasta: str) -> list[str]:
        feito = self.maquina.como(conta, f"ls {TROCA}/{pasta}")
        assert feito.returncode == 0, feito.stderr
        return feito.stdout.decode().split()

    def esperar(self, conta: str, pasta: str, final: str) -> str:
        """Returns the name of the first file with this end, once it is there."""
        return _esperar(lambda: next((n for n in self.nomes(conta, pasta) if n.endswith(final)), ""), self.maquina)

    def recolher(self, conta: str, pasta: str, nome: str) -> bytes:
        """Reads a file and removes it, as a program that collects does."""
        feito = self.maquina.como(conta, f"cat '{TROCA}/{pasta}/{nome}' && rm '{TROCA}/{pasta}/{nome}'")
        assert feito.returncode == 0, feito.stderr
        return feito.stdout

    def direitos(self, caminho: str) -> str:
        return self.maquina.rodar(f"stat -c '%U:%G %a' '{caminho}'", onde="/").strip()

    def ida_e_volta(self, numero: int) -> str:
        """An export of the WMS, the transmitter's authorisation, the return. Returns the chave."""
        agora = datetime.now(UTC)
        e = ex.cte(numero, agora=agora, variante="uma-nota")
        self.soltar("wms", "cte", os.fsdecode(e.nome), e.dados)
        nome = self.esperar("wms", "transmissor", "-cte.xml")
        assinado = self.recolher("wms", "transmissor", nome)
        volta = rt.autorizado(assinado, nome.encode(), agora=agora)
        self.soltar("wms", "retorno", os.fsdecode(volta.nome), volta.dados)
        self.recolher("wms", "wms", self.esperar("wms", "wms", "-procCTe.xml"))
        self.recolher("wms", "wms", self.esperar("wms", "wms", "-pro-rec.xml"))
        return e.chave

    def ordem_do_operador(self, chave: str) -> None:
        """A cancellation ordered by the operator; its event reaches the transmitter."""
        ordem = ev.pedido("cancelar", chave, motivo="VALOR DO FRETE DIGITADO COM ERRO")
        self.soltar("maria", "pedidos", f"{chave}.json", ordem.dados)
        resposta = self.recolher("maria", "wms", self.esperar("maria", "wms", "-ret.json"))
        assert b'"feito"' in resposta, resposta
        self.recolher("wms", "transmissor", self.esperar("wms", "transmissor", "-ped-eve.xml"))


def _esperar(achar: Callable[[], str], maquina: MaquinaLimpa) -> str:
    fim = time.monotonic() + 60
    while not (achado := achar()):
        if time.monotonic() > fim:
            falhas = maquina.rodar("sudo -u separador separador falhas || true; tail -20 /run/separador-teste/saida")
            pytest.fail(falhas)
        time.sleep(0.2)
    return achado


@pytest.fixture
def instalada() -> Iterator[Instalada]:
    programas = ("git", "unshare", "nsenter", "setpriv", "systemd-sysusers", "sqlite3")
    faltam = [p for p in programas if shutil.which(p) is None]
    if os.geteuid() != 0 or faltam:
        pytest.skip(f"NÃO é root, ou faltam programas {faltam}: a página de instalação NÃO foi percorrida")
    editado = next(b.texto for b in blocos() if b.linguagem == "yaml")
    try:
        with MaquinaLimpa(editado, RESPOSTAS) as maquina:
            maquina.rodar("useradd -m wms && useradd -m maria && chmod 700 /root", onde="/")
            pfx = gerar_pfx(SENHA, agora=datetime.now(UTC))
            maquina.como("root", "umask 077 && cat > /root/matriz.pfx", pfx)
            yield Instalada(maquina)
    except NaoDaError as erro:
        pytest.skip(f"esta máquina não deixa montar pastas à parte ({erro}): a página de instalação NÃO foi percorrida")


@pytest.mark.longo
@pytest.mark.timeout(1500)
@pytest.mark.requisito("BORDA-04", "BORDA-03")
def test_a_pagina_de_instalar_do_comeco_ao_fim(instalada: Instalada) -> None:
    maquina = instalada.maquina
    instalada.pagina("1. Programa", "2. Usuário, pastas e unidade", "3. Configuração")
    maquina.rodar("usermod -aG separador-troca maria")  # the page's line for `wms`, for the operator
    dito = instalada.pagina("4. Ligar", "5. Conferir")
    assert "Nenhuma falha" in dito
    assert "Nada errado" in dito
    assert "não são os recomendados" not in dito
    _direitos(instalada)
    _fechado_aos_outros(instalada)
    instalada.ordem_do_operador(instalada.ida_e_volta(1))

    _como_na_versao_de_um_grupo_so(instalada)
    maquina.ir("/root/separador")
    dito = instalada.pagina("Atualizar")
    assert "Nada errado" in dito
    acertos = list(dict.fromkeys(re.findall(r"para acertar: (sudo chown .* && sudo chmod .* && sudo .* init)", dito)))
    assert len(acertos) == 5  # each folder of the routes, named by `init` and by `verificar` alike
    maquina.rodar("\n".join(acertos))
    _direitos(instalada)
    _fechado_aos_outros(instalada)
    instalada.ida_e_volta(2)

    copiar, devolver = (b.texto for b in de_shell() if b.secao == "Cópia de segurança")
    maquina.rodar(copiar)  # with the service on
    _pasta_de_dados_nova(instalada)
    dito = maquina.rodar(devolver)
    assert "Nada errado" in dito
    instalada.ida_e_volta(3)
    assert "Nenhuma falha" in maquina.rodar("sudo -u separador separador falhas")
    _direitos(instalada)

    instalada.pagina("Desinstalar")
    _nada_ficou(instalada)


def _como_na_versao_de_um_grupo_so(instalada: Instalada) -> None:
    """Brings the exchange folders to what the page said before there were two groups."""
    pastas = " ".join(f"{TROCA}/{p}" for p in ("cte", "transmissor", "retorno", "wms", "pedidos"))
    instalada.maquina.rodar(
        f"sudo systemctl stop separador; usermod -aG separador wms; gpasswd -d wms separador-troca; "
        f"chgrp -R separador {pastas}; chmod 2770 {pastas}; for p in {pastas}; do chmod 0750 $p/.separador; done",
        onde="/",
    )


def _pasta_de_dados_nova(instalada: Instalada) -> None:
    """The disk with the data was replaced: the folder is another, and only the master key came from elsewhere."""
    instalada.maquina.rodar(
        "sudo separador parar; mv /var/lib/separador /var/lib/perdida; "
        "install -d -m 750 -o separador -g separador /var/lib/separador; "
        "cp -a /var/lib/perdida/cofre /var/lib/separador; rm -r /var/lib/perdida",
        onde="/",
    )


def _direitos(instalada: Instalada) -> None:
    esperados = {
        "": "separador:separador-troca 2750", "/cte": "separador:separador-troca 3770",
        "/retorno": "separador:separador-troca 3770", "/pedidos": "separador:separador-troca 3770",
        "/transmissor": "separador:separador-troca 2770", "/wms": "separador:separador-troca 2770",
    }  # fmt: skip
    assert {p: instalada.direitos(TROCA + p) for p in esperados} == esperados
    assert instalada.direitos("/var/lib/separador") == "separador:separador 750"
    assert instalada.direitos("/etc/separador/separador.yaml") == "root:separador 640"
    assert instalada.direitos("/var/lib/separador/cofre/chave-mestra") == "separador:separador 600"
    de_root = instalada.maquina.rodar("find /var/lib/separador /srv/separador -user root", onde="/").split()
    assert de_root == []
    soltos = instalada.maquina.rodar("find /var/lib/separador -user separador -perm /027 ! -perm -2000 ! -type l -ls")
    frouxos = [linha for linha in soltos.splitlines() if _frouxo(linha.split()[2])]
    assert frouxos == []


def _frouxo(modo: str) -> bool:
    """Says whether the group may write, or others may do anything (`drwxr-x---`)."""
    return modo[5] == "w" or modo[7:] != "---"


def _fechado_aos_outros(instalada: Instalada) -> None:
    """Neither the WMS nor the operator opens what is the service's or the administrator's."""
    for conta in ("wms", "maria"):
        for comando in (
            "ls /var/lib/separador",
            "cat /var/lib/separador/separador.db",
            "cat /etc/separador/separador.yaml",
            "cat /root/matriz.pfx",
            f"mv {TROCA}/cte/.separador {TROCA}/cte/x",
            f"touch {TROCA}/cte/.separador/x",
            f"touch {TROCA}/x",
        ):
            assert instalada.maquina.como(conta, comando).returncode != 0, (conta, comando)
    assert stat.S_IMODE(Path("/srv").stat().st_mode) & stat.S_IWOTH == 0


def _nada_ficou(instalada: Instalada) -> None:
    onde = (
        "/etc/systemd/system /usr/lib/sysusers.d /usr/lib/tmpfiles.d /usr/local/bin /opt /usr/share/doc /var/lib /etc"
    )
    achados = instalada.maquina.rodar(f"find {onde} -maxdepth 1 -name 'separador*'", onde="/").split()
    assert achados == []
    contas = "getent passwd separador || true; getent group separador separador-troca || true"
    assert instalada.maquina.rodar(contas, onde="/") == ""
    assert instalada.direitos(f"{TROCA}/cte").endswith("3770")  # the folders of the routes stay
