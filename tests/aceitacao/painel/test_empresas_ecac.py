"""The pages of how each company uses the e-CAC change the file as `ecac empresas configurar` does, comments kept."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml

from separador.demonstracao.empresas import EMITENTE
from separador.nucleo.chave import cnpj_valido
from tests.aceitacao.linha_de_comando import ADMIN, SENHA
from tests.aceitacao.painel.conftest import CLIENTE, Navegador, Painel, Visto
from tests.aceitacao.painel.test_movimento import tabela

pytestmark = [pytest.mark.requisito("PAINEL-01", "ECAC-01"), pytest.mark.timeout(300)]
COMENTARIO = "# comentário de quem configurou\n"
MAU = "<script>alert(1)</script> & FILHOS"
UMA, MUITAS = f"/ecac/empresas/{EMITENTE.cnpj}", 120


def cnpjs(quantos: int) -> list[str]:
    """Returns CNPJs whose digits are right."""
    feitos: list[str] = []
    for n in range(quantos):
        base = f"{20_000_000 + n:08d}0001"
        feitos.append(next(f"{base}{d:02d}" for d in range(100) if cnpj_valido(f"{base}{d:02d}")))
    return feitos


@pytest.fixture
def arquivo(painel: Painel) -> Iterator[Path]:
    """The configuration file with a comment in it; afterwards it is as it was."""
    caminho = painel.cenario.maquina.config
    antes = caminho.read_bytes()
    caminho.write_bytes(COMENTARIO.encode() + antes)
    yield caminho
    caminho.chmod(0o640)
    caminho.write_bytes(antes)


def com_mais(arquivo: Path, quantas: int, **da_primeira: Any) -> list[str]:
    """Adds companies to the file; returns their CNPJs."""
    lido, novos = yaml.safe_load(arquivo.read_text()), cnpjs(quantas)
    mais: list[dict[str, Any]] = [{"cnpj": c, "nome": f"CLIENTE {n:04d}", "uf": "SP"} for n, c in enumerate(novos)]
    mais[0] |= da_primeira
    lido["empresas"] += mais
    arquivo.write_text(COMENTARIO + yaml.safe_dump(lido, allow_unicode=True, sort_keys=False))
    return novos


def campos(visto: Visto) -> list[tuple[str, str]]:
    """Returns what the form holds, as a browser without script would send it."""
    texto = visto.texto.partition("<main")[2]
    ditos = []
    for dentro in re.findall(r"<input ([^>]*)>", texto):
        nome, tipo = (re.search(rf'{a}="([^"]*)"', dentro) for a in ("name", "type"))
        valor = re.search(r'value="([^"]*)"', dentro)
        assert nome is not None
        if tipo is None or tipo[1] not in ("checkbox", "radio") or " checked" in dentro:
            ditos.append((nome[1], unescape(valor[1]) if valor is not None else ""))
    escolhida = re.search(r'<option value="(\w+)" selected', texto)
    assert escolhida is not None
    return [*ditos, ("implantacao", escolhida[1])]


def com(ditos: list[tuple[str, str]], *fora: str, **mais: str) -> list[tuple[str, str]]:
    return [(n, x) for n, x in ditos if n not in {*fora, *mais}] + list(mais.items())


def empresa(painel: Painel, cnpj: str = EMITENTE.cnpj) -> dict[str, Any]:
    linhas = painel.cenario.maquina.cli("ecac", "empresas", "listar", "--todas", "--json").stdout
    return next(x for x in yaml.safe_load(linhas) if x["cnpj"] == cnpj)


def linhas(painel: Painel) -> list[dict[str, Any]]:
    trilha = painel.cenario.maquina.json("auditoria", "listar")
    return [r for r in trilha if r["alvo"] == "ecac empresas configurar" and r["resultado"] == "feito"]


def test_o_formulario_grava_no_arquivo_o_que_o_comando_gravaria(
    painel: Painel, admin: Navegador, arquivo: Path
) -> None:
    assert '<a href="/ecac/empresas">Configurar empresas</a>' in admin.abrir("/ecac").texto
    antes, de_antes = arquivo.read_text(), len(linhas(painel))
    dita = com(campos(admin.abrir(UMA)), utiliza="1", inicio="2026-01-31", acesso="código de acesso", procuracao="1",
               procurador="11.222.333/0001-81", servico="e-CAC", implantacao="nuvem")  # fmt: skip
    feito = admin.enviar(UMA, dita)
    assert (feito.estado, feito.para) == (303, f"{UMA}?feito=sim"), feito.texto
    da_pagina = arquivo.read_text()
    assert da_pagina.startswith(COMENTARIO)
    assert admin.enviar(UMA, dita).para == UMA  # a double click: it is so already
    vista = admin.abrir(feito.para)
    assert f"<h1><bdi>{EMITENTE.nome}</bdi></h1>" in vista.texto
    assert "Configuração gravada." in vista.texto
    assert "a empresa fica em importação manual" in vista.texto
    (linha,) = linhas(painel)[: len(linhas(painel)) - de_antes]
    assert linha["quem"] == ADMIN
    assert linha["detalhe"].startswith(f"empresa {EMITENTE.cnpj}; utiliza, inicio, acesso")
    arquivo.write_text(antes)
    painel.cenario.maquina.exigir(
        "ecac", "empresas", "configurar", EMITENTE.cnpj, "--utiliza", "--inicio", "2026-01-31", "--acesso",
        "código de acesso", "--procurador", "11222333000181", "--servico", "e-CAC", "--implantacao", "nuvem",
        "--usuario", ADMIN, "--senha-stdin", entrada=f"{SENHA}\n",
    )  # fmt: skip
    assert arquivo.read_text() == da_pagina
    dita = com(campos(admin.abrir(UMA)), "procuracao", "servico", "utiliza")
    assert admin.enviar(UMA, dita).estado == 303
    agora = empresa(painel)
    assert (agora["utiliza"], agora["procurador"], agora["servicos"]) == (False, None, [])
    iguais, quantas = arquivo.read_bytes(), len(linhas(painel))
    assert admin.enviar(UMA, campos(admin.abrir(UMA))).para == UMA
    assert (arquivo.read_bytes(), len(linhas(painel))) == (iguais, quantas)


def test_o_que_nao_pode_ser_e_recusado_com_a_frase_da_configuracao(
    painel: Painel, admin: Navegador, arquivo: Path
) -> None:
    antes, de_antes = arquivo.read_bytes(), len(linhas(painel))
    aberta = campos(admin.abrir(UMA))
    for mudada, dito in (
        (com(aberta, utiliza="1", inicio=""), "falta a chave"),
        (com(aberta, utiliza="1", inicio="2026-02-30"), "deve ser uma data"),
        (com(aberta, procuracao="1", procurador="123"), "não é um CNPJ nem um CPF"),
        (com(aberta, procuracao="1", procurador=""), "Diga o CNPJ ou CPF do procurador"),
        (com(aberta, procurador=CLIENTE), "Marque Certificado é procuração digital"),
        (com(aberta, acesso="<b>"), "Escolha o tipo de acesso."),
        (com(aberta, "implantacao"), "Escolha a Implantação."),
    ):
        visto = admin.enviar(UMA, mudada)
        assert visto.estado == 422, dito
        assert dito in unescape(visto.texto)
        assert 'role="alert"' in visto.texto
    assert admin.enviar(UMA, com(aberta, utiliza="1", inicio="")).texto.count('name="utiliza"') == 1
    assert (arquivo.read_bytes(), len(linhas(painel))) == (antes, de_antes)


@pytest.mark.usefixtures("arquivo")
def test_so_o_administrador_muda_e_os_outros_veem(painel: Painel, consulta: Navegador, operador: Navegador) -> None:
    visto = consulta.abrir(UMA)
    assert visto.estado == 200
    assert "Salvar<" not in visto.texto
    assert re.search(r'name="utiliza"[^>]* disabled', visto.texto)
    recusado = operador.enviar(UMA, com(campos(visto), utiliza="1"))
    assert recusado.estado == 403
    assert "administrador" in recusado.texto
    assert empresa(painel)["utiliza"] is False
    assert consulta.abrir(f"/ecac/empresas/{CLIENTE}").estado == 404
    assert consulta.abrir("/ecac/empresas/..%2F..").estado == 404


def test_o_arquivo_mudado_quebrado_ou_que_nao_se_grava(painel: Painel, admin: Navegador, arquivo: Path) -> None:
    dita = com(campos(admin.abrir(UMA)), utiliza="1", inicio="2026-01-31")
    arquivo.write_text(arquivo.read_text() + "# outro editor\n")
    visto = admin.enviar(UMA, dita)
    assert visto.estado == 409
    assert "mudado por outro editor" in visto.texto
    assert 'value="2026-01-31"' in visto.texto
    assert arquivo.read_text().endswith("# outro editor\n")
    inteiro = arquivo.read_text()
    arquivo.write_text(inteiro + "rotas: [\n")
    assert admin.enviar(UMA, com(dita, "resumo")).estado == 422
    assert arquivo.read_text() == inteiro + "rotas: [\n"
    arquivo.write_text(inteiro)
    arquivo.chmod(0o440)
    vista = admin.abrir(UMA)
    assert f"separador ecac empresas configurar {EMITENTE.cnpj}" in vista.texto
    assert "Salvar<" not in vista.texto
    assert admin.enviar(UMA, com(dita, "resumo")).estado == 409
    assert arquivo.read_text() == inteiro
    assert empresa(painel)["utiliza"] is False


def test_a_lista_vai_por_chave_e_um_nome_e_so_texto(admin: Navegador, arquivo: Path) -> None:
    novos = com_mais(arquivo, MUITAS, nome=MAU, ecac={
        "utiliza": True, "inicio": "2026-01-01", "acesso": "certificado A3", "implantacao": "nuvem",
    })  # fmt: skip
    nomes: list[str] = []
    caminho, paginas = "/ecac/empresas", 0
    while caminho:
        visto = admin.abrir(caminho)
        assert visto.estado == 200
        da_pagina = tabela(visto.texto, "Empresas")[1:]
        assert len(da_pagina) <= 50
        nomes += [linha[1] for linha in da_pagina]
        proxima = re.search(r'href="(/ecac/empresas\?[^"]*depois[^"]*)">Próximas', visto.texto)
        caminho, paginas = unescape(proxima[1]) if proxima is not None else "", paginas + 1
    assert paginas == 3
    assert len(nomes) == len(set(nomes)) == MUITAS + 1
    visto = admin.abrir("/ecac/empresas?texto=script")
    assert "<script>alert" not in visto.texto
    (linha,) = tabela(visto.texto, "Empresas")[1:]
    assert unescape(re.sub("<[^>]*>", "", linha[0])) == MAU
    assert "certificado A3 não funciona com implantacao: nuvem" in linha[-1]
    assert len(tabela(admin.abrir(f"/ecac/empresas?texto={novos[7][:9]}").texto, "Empresas")) > 1
    assert "Nenhuma empresa com este nome" in admin.abrir("/ecac/empresas?texto=nada assim".replace(" ", "+")).texto
    assert "✗ Certificado A3 não funciona" in admin.abrir(f"/ecac/empresas/{novos[0]}").texto


@pytest.mark.longo
def test_com_cinco_mil_empresas_uma_se_muda_e_o_banco_fica_livre(
    painel: Painel, admin: Navegador, arquivo: Path
) -> None:
    """While the file is read and checked the service goes on: the trail is opened only to write."""
    novos = com_mais(arquivo, 5000)
    antes = arquivo.read_text().splitlines()
    um = f"/ecac/empresas/{novos[-1]}"
    dita = com(campos(admin.abrir(um)), utiliza="1", inicio="2026-01-31", acesso="código de acesso")
    feito = admin.enviar(um, dita)
    assert feito.estado == 303, feito.texto
    depois = arquivo.read_text().splitlines()
    assert [x for x in depois if x not in antes] == [
        *("  ecac:", "    utiliza: true", "    inicio: 2026-01-31", "    acesso: código de acesso"),
    ]
    assert len(tabela(admin.abrir("/ecac/empresas").texto, "Empresas")) == 51
