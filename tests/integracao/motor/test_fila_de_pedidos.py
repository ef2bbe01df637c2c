"""Tests that nothing that can move now is left behind: long queues of orders, held returns whose document just came."""

from pathlib import Path

import pytest

from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import abrir, texto_de
from separador.demonstracao import exportacoes, retornos
from separador.motor.ciclo import Ciclo
from tests.apoio.instalacao import Instalacao
from tests.apoio.maquina import ROTAS


@pytest.mark.requisito("CTE-02")
def test_mais_ordens_do_que_um_olhar_toma_sao_todas_cumpridas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabela_de_pedidos, "LIMITE", 2)
    rotas = [dict(r) | ({"envio": "manual"} if r["id"] == 1 else {}) for r in ROTAS]
    with Instalacao(tmp_path, rotas=rotas) as c:
        es = [exportacoes.cte(n, agora=c.agora) for n in range(1, 6)]
        for e in es:
            c.por(1, e.nome, e.dados)
        c.rodar()
        outro = abrir(c.dados, migrar=False)  # as the command does: another connection
        with outro.transacao():
            for e in es:
                tabela_de_pedidos.registrar(outro, "enviar", e.chave, None, "so:teste", texto_de(c.agora))
        outro.close()
        c.rodar()
        assert c.nomes(1) == sorted(f"{e.chave}-cte.xml" for e in es)


@pytest.mark.requisito("CTE-12")
def test_uma_vez_aplica_o_retorno_retido_assim_que_o_documento_aparece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Instalacao(tmp_path / "fora") as fora:
        e = exportacoes.cte(7, agora=fora.agora)
        enviado = fora.enviar(e)
    retorno = retornos.autorizado(enviado.dados, enviado.nome.encode(), agora=fora.agora)
    with Instalacao(tmp_path / "aqui") as c:
        c.soltar(2, retorno.nome, retorno.dados)
        assert c.falhas() == ["SEP-RET-ORFAO"]
        sossegos: list[str] = []
        original = Ciclo.nada_a_mover

        def nada_a_mover(ciclo: Ciclo) -> bool:
            sim = original(ciclo)
            if sim:
                sossegos.append(c.situacao(e.chave))
            return sim

        monkeypatch.setattr(Ciclo, "nada_a_mover", nada_a_mover)
        c.soltar(1, e.nome, e.dados)
        assert set(sossegos) == {"AUTORIZADO PELA SEFAZ"}
        assert c.falhas() == []
