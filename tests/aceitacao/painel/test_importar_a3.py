"""The import by a token A3 from the panel: the PIN goes by the service's socket, is tried once, and lies nowhere."""

import dataclasses
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from separador.simulador.serpro import contribuintes
from tests.aceitacao.cenario import Cenario
from tests.aceitacao.linha_de_comando import ADMIN, CONSULTA, OPERADOR, SENHA
from tests.aceitacao.painel.conftest import Navegador, Visto, desligar, ligar, povoar
from tests.apoio.autoridade import emitir
from tests.apoio.instalacao_ecac import csv_de, empresa
from tests.apoio.maquina_ecac import MaquinaEcac
from tests.apoio.serpro_local import SerproEmFio
from tests.apoio.token_de_teste import PIN, TokenDeTeste

pytestmark = [pytest.mark.requisito("PAINEL-01", "ECAC-01", "ECAC-02"), pytest.mark.timeout(600)]
ERRADO, CAMINHO, BOTAO = "pin-errado-3141", "/ecac/importar-a3", ">Importar pelo certificado A3</button>"


def ficha(visto: Visto) -> str:
    achada = re.search(r'name="ficha" value="([^"]+)"', visto.texto)
    assert achada is not None
    return achada[1]


def recusas(m: MaquinaEcac) -> list[dict[str, Any]]:
    trilha = [r for r in m.json("auditoria", "listar") if (r["alvo"], r["quem"]) == ("ecac importar", OPERADOR)]
    return [r for r in trilha if r["resultado"] == "recusado"]


def ordens(operador: Navegador, cnpj: str, fichas: str) -> str:
    feito = operador.enviar(CAMINHO, {"empresa": cnpj, "pin": PIN, "ficha": fichas, "volta": "/ecac"})
    assert feito.estado == 303, feito.texto
    return feito.para


def test_o_pin_vai_ao_servico_e_a_empresa_do_token_e_importada(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    agora = datetime.now(UTC)
    base = contribuintes.gerar(1, 4, 3, hoje=(agora - timedelta(hours=3)).date())
    (cnpj,) = (c.ni for c in base.contribuintes)
    cenario = dataclasses.replace(base, outorgas=())
    token = TokenDeTeste.em(tmp_path / "softhsm", monkeypatch)
    token.iniciar()
    token.por(emitir(cnpj=cnpj, nome="EMPRESA DO TOKEN LTDA", de=agora - timedelta(days=1)), "01")
    dada = empresa(cnpj, "EMPRESA DO TOKEN LTDA", acesso="certificado A3", procurador=None)
    with SerproEmFio(tmp_path / "serpro", cenario) as serpro:
        m = MaquinaEcac(tmp_path / "maquina", cenario, serpro, empresas_ecac=[dada])
        m.exigir("cofre", "chave")
        m.exigir(
            "certificado", "instalar", "--a3", "--modulo", token.modulo, "--apelido", "token", "--empresa", cnpj,
            "--senha-stdin", entrada=PIN + "\n",
        )  # fmt: skip
        (tmp_path / "guias.csv").write_bytes(csv_de(cenario.documentos))
        m.exigir("ecac", "guias", "importar", str(tmp_path / "guias.csv"))
        povoar(Cenario(m, agora, "", "", ""))
        painel = ligar(Cenario(m, agora, "", "", ""))
        try:
            operador, consulta = (painel.navegador().entrar(quem) for quem in (OPERADOR, CONSULTA))
            com_o_servico_desligado(m, operador, consulta, cnpj)
            with m:
                m.executar()
                com_o_servico_ligado(m, operador, cnpj)
            assert {c.autor for c in serpro.chamadas("PAGAMENTOS71")} == {cnpj}
            na_nuvem(m, operador, painel.navegador().entrar(ADMIN), cnpj)
        finally:
            assert desligar(painel) == 0
        tudo = b"".join(p.read_bytes() for p in m.pasta.rglob("*") if p.is_file())
        assert PIN.encode() not in tudo
        assert ERRADO.encode() not in tudo


def com_o_servico_desligado(m: MaquinaEcac, operador: Navegador, consulta: Navegador, cnpj: str) -> None:
    assert BOTAO in operador.abrir("/ecac").texto
    assert BOTAO not in consulta.abrir("/ecac").texto
    assert consulta.abrir(CAMINHO).estado == 403
    vista = operador.abrir(CAMINHO)
    assert vista.estado == 200
    assert "Ligue o serviço" in vista.texto
    assert f'value="{cnpj}" selected' in vista.texto
    visto = operador.enviar(CAMINHO, {"empresa": cnpj, "pin": PIN, "ficha": ficha(vista)})
    assert visto.estado == 409
    assert "Ligue o serviço" in visto.texto
    assert PIN not in visto.texto
    for campos, dito in (({"pin": PIN}, "Escolha a Empresa."), ({"empresa": cnpj}, "Digite o PIN do token.")):
        assert dito in operador.enviar(CAMINHO, campos).texto


def com_o_servico_ligado(m: MaquinaEcac, operador: Navegador, cnpj: str) -> None:
    """Also while the service itself has the token open for the documents of that company."""
    de = ("--usuario", ADMIN, "--senha-stdin")
    m.exigir("certificado", "pin", "token", "--empresa", cnpj, *de, entrada=f"{SENHA}\n{PIN}\n")
    vista = operador.abrir(CAMINHO)
    for vez, dito in enumerate(("recusou o PIN", "acabou de recusar este mesmo PIN"), 1):
        visto = operador.enviar(CAMINHO, {"empresa": cnpj, "pin": ERRADO, "ficha": ficha(vista)})
        assert visto.estado == 422
        assert 'role="alert"' in visto.texto
        assert dito in visto.texto
        assert ERRADO not in visto.texto
        assert len(recusas(m)) == vez
        assert cnpj in recusas(m)[0]["detalhe"]
    feita = ficha(vista)
    para = ordens(operador, cnpj, feita)
    assert re.fullmatch(r"/ecac\?ordem=\d+", para)
    limite = time.monotonic() + 120
    while "esperando o serviço" in operador.abrir(para).texto or "Importando desde" in operador.abrir("/ecac").texto:
        assert time.monotonic() < limite
        time.sleep(0.3)
    assert {g["empresa"] for g in m.json("ecac", "guias", "listar", "--situacao", "paga")} == {cnpj}
    assert ordens(operador, cnpj, feita) == para


def na_nuvem(m: MaquinaEcac, operador: Navegador, admin: Navegador, cnpj: str) -> None:
    de = ("--usuario", ADMIN, "--senha-stdin")
    m.exigir("ecac", "empresas", "configurar", cnpj, "--implantacao", "nuvem", *de, entrada=f"{SENHA}\n")
    visto = operador.abrir("/ecac").texto
    assert BOTAO not in visto
    assert "certificado A3 não funciona com implantacao: nuvem" in visto
    visto = admin.abrir(CAMINHO)
    assert visto.estado == 409
    assert "certificado A3 não funciona com implantacao: nuvem" in visto.texto
    assert 'name="pin"' not in visto.texto
