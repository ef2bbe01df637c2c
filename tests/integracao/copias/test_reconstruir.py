"""Tests that an older database is made whole from the files beside it, and that nothing is published twice."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from separador.banco.ao_lado import CODIGO
from separador.capacidades.copias.servico.reconstruir.originais import QUEM
from separador.motor import trava
from tests.apoio.instalacao import MOTIVO, Cancelando, Instalacao
from tests.integracao.copias.conftest import Rodar

pytestmark = pytest.mark.requisito("OPS-11")
AUTORIZADO = "AUTORIZADO PELA SEFAZ"
CAMPOS = ("situacao", "digest", "protocolo", "autorizado_em", "numero", "serie", "emitente", "valor", "base")


def guardar(instalacao: Instalacao, onde: Path) -> Path:
    """Copies the database as it is, the service stopped for it."""
    instalacao.fechar()
    shutil.copy2(instalacao.dados / "separador.db", onde / "antigo.db")
    instalacao.abrir()
    return onde / "antigo.db"


def devolver(instalacao: Instalacao, antigo: Path) -> None:
    """Puts the older database in the place of the present one, and leaves the service stopped."""
    instalacao.fechar()
    for resto in instalacao.dados.glob("separador.db*"):
        resto.unlink()
    shutil.copy2(antigo, instalacao.dados / "separador.db")


def visiveis(instalacao: Instalacao) -> Counter[str]:
    return Counter(n for rota in (1, 2, 3) for n in instalacao.nomes(rota))


@pytest.fixture
def antigo(instalacao: Instalacao, tmp_path: Path) -> Path:
    instalacao.autorizado(1)
    return guardar(instalacao, tmp_path)


def test_autorizados_cancelados_e_cartas_voltam_e_nada_sai_de_novo(
    instalacao: Instalacao, antigo: Path, rodar: Rodar
) -> None:
    documentos = [instalacao.autorizado(n) for n in (2, 3)]
    cancelado = instalacao.cancelando(4)
    instalacao.responder_evento(cancelado)
    antes = {e.chave: dict(instalacao.doc(e.chave)) for e in (*documentos, cancelado)}
    for rota in (1, 2, 3):
        instalacao.limpar(rota)
    devolver(instalacao, antigo)
    dito = rodar("copia", "reconstruir").output
    assert "3 documentos, 1 evento" in dito
    assert "pergunta" not in dito
    instalacao.abrir()
    instalacao.passar(3700)
    assert CODIGO not in instalacao.falhas()
    for chave, linha in antes.items():
        agora = instalacao.doc(chave)
        for campo in CAMPOS:
            assert agora[campo] == linha[campo], campo
        assert [h["causa"] for h in instalacao.historico(chave)] == ["reconstrução"]
    assert not visiveis(instalacao), "nada é publicado de novo"


def test_cancelar_um_documento_refeito(instalacao: Instalacao, antigo: Path, rodar: Rodar) -> None:
    e = instalacao.autorizado(2)
    for rota in (1, 2, 3):
        instalacao.limpar(rota)
    devolver(instalacao, antigo)
    rodar("copia", "reconstruir")
    instalacao.abrir()
    assert instalacao.pedir("cancelar", e.chave, MOTIVO)["resultado"] == "feito"
    nome = f"{e.chave}_110111_001-ped-eve.xml"
    evento = instalacao.pegar(1, nome)
    assert str(instalacao.doc(e.chave)["protocolo"]).encode() in evento
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"


def test_original_sem_resposta_e_perguntado_a_sefaz_uma_vez(instalacao: Instalacao, antigo: Path, rodar: Rodar) -> None:
    e = instalacao.enviado(2)
    assinado = instalacao.assinado(e.chave)
    devolver(instalacao, antigo)
    assert "1 pergunta" in rodar("copia", "reconstruir").output
    assert "pergunta" not in rodar("copia", "reconstruir").output
    instalacao.abrir()
    instalacao.rodar()
    assert instalacao.situacao(e.chave) == "NÃO ENVIADO"
    assert instalacao.assinado(e.chave) == assinado, "assinar de novo dá os mesmos bytes"
    assert instalacao.nomes(1) == [f"{e.chave}-ped-sit.xml"], "pergunta, e não envia de novo"
    instalacao.limpar(1)
    instalacao.consultado(e)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert len(instalacao.banco.todas("SELECT 1 FROM tarefa WHERE quem = ?", QUEM)) == 1


def test_o_que_o_banco_antigo_tinha_em_andamento_e_levado_ao_fim(
    instalacao: Instalacao, tmp_path: Path, rodar: Rodar
) -> None:
    """Each state of the older database that a later authorisation or cancellation may find."""
    enviado, rejeitado, autorizado = instalacao.enviado(1), instalacao.enviado(2), instalacao.autorizado(3)
    instalacao.rejeitar(rejeitado)
    antigo = guardar(instalacao, tmp_path)
    instalacao.autorizar(enviado)
    corrigido = instalacao.enviado(2, variante="padrao")
    assert corrigido.chave == rejeitado.chave
    instalacao.autorizar(corrigido)
    instalacao.pedir("cancelar", autorizado.chave, MOTIVO)
    nome = f"{autorizado.chave}_110111_001-ped-eve.xml"
    instalacao.responder_evento(
        Cancelando(autorizado.exportacao, autorizado.nome, autorizado.dados, nome, instalacao.pegar(1, nome))
    )
    digests = {e.chave: instalacao.doc(e.chave)["digest"] for e in (enviado, corrigido)}
    for rota in (1, 2, 3):
        instalacao.limpar(rota)
    devolver(instalacao, antigo)
    rodar("copia", "reconstruir")
    instalacao.abrir()
    instalacao.passar(60)
    assert [instalacao.situacao(e.chave) for e in (enviado, corrigido, autorizado)] == [
        AUTORIZADO,
        AUTORIZADO,
        "CANCELADO",
    ]
    assert {c: instalacao.doc(c)["digest"] for c in digests} == digests
    assert not visiveis(instalacao)


def test_um_processado_alterado_nao_e_acreditado_e_e_dito_pelo_nome(
    instalacao: Instalacao, antigo: Path, rodar: Rodar
) -> None:
    e, bom = instalacao.autorizado(2), instalacao.autorizado(3)
    arquivo = next(p for p in instalacao.recortes("fiscal") if p.name == f"{e.chave}-procCTe.xml")
    arquivo.write_bytes(arquivo.read_bytes().replace(b"<vTPrest>", b"<vTPrest>1", 1))
    devolver(instalacao, antigo)
    assert arquivo.name in rodar("copia", "reconstruir", codigo=1).output
    instalacao.abrir()
    assert not instalacao.tem(e.chave) or instalacao.situacao(e.chave) != AUTORIZADO
    assert instalacao.situacao(bom.chave) == AUTORIZADO
    assert CODIGO in instalacao.falhas()


def test_de_novo_nao_muda_nada_e_com_o_servico_ligado_nao_anda(
    instalacao: Instalacao, antigo: Path, rodar: Rodar
) -> None:
    instalacao.autorizado(2)
    devolver(instalacao, antigo)
    rodar("copia", "reconstruir")
    assert "0 documentos, 0 eventos" in rodar("copia", "reconstruir").output
    posse = trava.tomar(instalacao.dados, agora=instalacao.agora)
    assert isinstance(posse, trava.Trava)
    with posse:
        assert "pare-o antes" in rodar("copia", "reconstruir", codigo=4).output


def test_sem_banco_nenhum_tudo_volta(instalacao: Instalacao, rodar: Rodar) -> None:
    """The database was lost and made anew: numbers of files begin at one again."""
    todos = [instalacao.autorizado(n) for n in (1, 2, 3)]
    instalacao.fechar()
    for resto in instalacao.dados.glob("separador.db*"):
        resto.unlink()
    instalacao.abrir()
    instalacao.soltar(4, "depois.txt", b"o banco novo seguiu")
    assert CODIGO in instalacao.falhas()
    instalacao.fechar()
    assert "3 documentos" in rodar("copia", "reconstruir").output
    instalacao.abrir()
    instalacao.passar(3700)
    assert [instalacao.situacao(e.chave) for e in todos] == [AUTORIZADO] * 3
    assert CODIGO not in instalacao.falhas()
