"""Tests by whose authority each company is asked about: registered accesses, the configuration, the own certificate."""

import dataclasses
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from separador.banco.conexao import abrir
from separador.capacidades.certificados.dominio import Uso
from separador.capacidades.certificados.servico import instalacao as certificados
from separador.capacidades.certificados.servico.papeis import que_emitem
from separador.capacidades.ecac.cli import situacoes
from separador.capacidades.ecac.dominio.autoria import Autoria
from separador.capacidades.ecac.dominio.consulta import Consulta
from separador.capacidades.ecac.servico import autoria
from separador.capacidades.procuracoes import banco as tabela
from separador.capacidades.procuracoes.dominio import Acesso, Esfera, TipoAcesso, Validade
from separador.capacidades.procuracoes.servico import procuracoes
from separador.cofre import chave_mestra
from separador.configuracao.uso_do_ecac import Modo
from separador.nucleo.negativa import Negativa
from separador.simulador.serpro import contribuintes
from separador.simulador.serpro.cenario import CONTRATANTE, Cenario, Outorga
from separador.simulador.serpro.estado import Chamada
from tests.apoio.autoridade import emitir
from tests.apoio.instalacao import pasta_rapida
from tests.apoio.instalacao_com_cofre import InstalacaoComCofre
from tests.apoio.instalacao_ecac import AGORA, InstalacaoEcac, empresa
from tests.apoio.serpro_local import SerproEmFio

HOJE = date(2026, 11, 20)
DIA_S = 86400.0
ESCRITORIO, OUTRO_ESCRITORIO = "66777888000181", "60701190000104"


@pytest.fixture
def pasta(tmp_path: Path) -> Iterator[Path]:
    with pasta_rapida(tmp_path) as rapida:
        yield rapida


@pytest.fixture
def cenario() -> Cenario:
    """Returns two companies. Both gave their procuração to the office, and none to the contractor."""
    base = contribuintes.gerar(2, 8, 4, hoje=HOJE)
    dadas = [Outorga(c.ni, quem, date(2099, 12, 31)) for c in base.contribuintes
             for quem in (ESCRITORIO, OUTRO_ESCRITORIO)]  # fmt: skip
    return dataclasses.replace(base, outorgas=tuple(dadas))


@dataclasses.dataclass
class Escritorio:
    """An installation with a vault, and what a person does in it beside the service."""

    instalacao: InstalacaoEcac
    serpro: SerproEmFio
    cenario: Cenario

    @property
    def clientes(self) -> list[str]:
        return [c.ni for c in self.cenario.contribuintes]

    def certificado(self, cnpj: str, apelido: str, *, dias: float = 365, qual: int = 0, empresa: str = "") -> None:
        emitido = emitir(cnpj, nome="ESCRITORIO FICTICIO LTDA", de=AGORA - timedelta(days=1), dias=dias, qual=qual)
        InstalacaoComCofre(self.instalacao).instalado(
            emitido, apelido, uso=Uso.PROCURADOR, empresa=empresa or cnpj, padrao=False
        )

    def acesso(self, nome: str, *clientes: str, de: str = ESCRITORIO, **campos: Any) -> int:
        banco, agora = self.instalacao.banco, self.instalacao.agora
        assert procuracoes.gravar_escritorio(banco, de, "ESCRITORIO", quem="t", agora=agora) is None
        ditos: dict[str, Any] = {"esfera": Esfera.FEDERAL, "tipo": TipoAcesso.CERTIFICADO, "certificado": nome} | campos
        novo = Acesso(de, nome, clientes=clientes, **ditos)
        feito = procuracoes.incluir(banco, novo, quem="t", agora=agora)
        assert isinstance(feito, int), feito
        return feito

    def mudar(self, nome: str, banco: Any = None, **campos: Any) -> None:
        banco = banco or self.instalacao.banco
        linha = procuracoes.um(banco, nome)
        assert not isinstance(linha, Negativa)
        novo = dataclasses.replace(tabela.acesso(banco, linha), **campos)
        assert procuracoes.alterar(banco, linha["id"], novo, quem="t", agora=self.instalacao.agora) is None

    def perguntas(self) -> set[tuple[str, str]]:
        """Returns (author, company) of every question about payments."""
        return {(c.autor, c.contribuinte) for c in self.serpro.chamadas("PAGAMENTOS71")}

    def situacao(self, cnpj: str) -> tuple[str, str]:
        (linha,) = self.instalacao.banco.todas("SELECT * FROM ecac_empresa WHERE cnpj = ?", cnpj)
        return linha["situacao"], linha["situacao_detalhe"]

    def autoria(self, cnpj: str) -> Autoria:
        e = self.instalacao.ciclo.contexto.config.empresa(cnpj)
        assert e is not None
        return autoria.de(self.instalacao.banco, e, CONTRATANTE, self.instalacao.agora)

    def de_agora(self, cnpj: str) -> situacoes.Situacao:
        """Returns what `ecac empresas` says of a company."""
        config = self.instalacao.ciclo.contexto.config
        e = config.empresa(cnpj)
        assert e is not None
        with closing(sqlite3.connect(f"file:{self.instalacao.dados / 'separador.db'}?mode=ro", uri=True)) as leitura:
            leitura.row_factory = sqlite3.Row
            (dita,) = situacoes.de_agora(config, leitura, [e], self.instalacao.agora)
        return dita

    def usos(self, numero: int) -> list[str]:
        return sorted(r["cliente"] for r in tabela.usos(self.instalacao.banco, numero))

    def no_meio(self, quando: str, fazer: Any) -> None:
        """Does something once, in the middle of an import: after the payments of company `quando` were asked about."""
        atender = self.serpro.arquivo.anotar
        feito: list[bool] = []

        def anotar(chamada: Chamada) -> None:
            atender(chamada)
            if chamada.contribuinte == quando and chamada.servico == "PAGAMENTOS71" and not feito:
                feito.append(True)
                fazer()

        self.serpro.arquivo.anotar = anotar  # type: ignore[method-assign]


def _escritorio(
    pasta: Path, cenario: Cenario, serpro: SerproEmFio, dadas: list[dict[str, Any]]
) -> Iterator[Escritorio]:
    (pasta / "instalacao" / "var").mkdir(parents=True)
    chave_mestra.criar_arquivo(pasta / "instalacao" / "var", chave_mestra.chave_de(b"\x05" * 32))
    with InstalacaoEcac(pasta / "instalacao", cenario, serpro, empresas_ecac=dadas) as instalacao:
        instalacao.soltar_guias(cenario.documentos)
        yield Escritorio(instalacao, serpro, cenario)


@pytest.fixture
def escritorio(pasta: Path, cenario: Cenario) -> Iterator[Escritorio]:
    dadas = [empresa(c.ni, c.nome, procurador=None) for c in cenario.contribuintes]
    relogio: list[Escritorio] = []
    with SerproEmFio(
        pasta / "serpro", cenario, agora=lambda: relogio[0].instalacao.agora if relogio else AGORA
    ) as serpro:
        for e in _escritorio(pasta, cenario, serpro, dadas):
            relogio.append(e)
            yield e


@pytest.mark.requisito("PROC-06")
def test_o_acesso_ativo_e_o_procurador_dos_seus_clientes(escritorio: Escritorio) -> None:
    um, outro = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "CERT ECAC")
    numero = escritorio.acesso("CERT ECAC", um, outro)
    fim = escritorio.instalacao.importar()
    assert fim["estado"] == "concluída", fim["mensagem"]
    assert escritorio.perguntas() == {(ESCRITORIO, um), (ESCRITORIO, outro)}
    assert escritorio.instalacao.estados()["paga"] == 4
    assert escritorio.usos(numero) == sorted((um, outro))
    assert escritorio.instalacao.ocorrencias() == []
    assert escritorio.situacao(um)[0] == "consultada"


@pytest.mark.requisito("PROC-06")
def test_o_acesso_que_nao_e_federal_ou_nao_e_certificado_nao_serve(escritorio: Escritorio) -> None:
    um, _ = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "CERT ECAC")
    escritorio.acesso("CERT ECAC", um, esfera=Esfera.ESTADUAL)
    escritorio.instalacao.importar()
    assert escritorio.perguntas() == set()
    assert escritorio.situacao(um)[0] == "sem acesso"


@pytest.mark.requisito("PROC-06")
def test_um_cliente_em_dois_escritorios_vale_o_de_prazo_maior(escritorio: Escritorio) -> None:
    um, _ = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "CURTO", dias=40)
    escritorio.certificado(OUTRO_ESCRITORIO, "LONGO", dias=200, qual=1)
    escritorio.acesso("CURTO", um)
    escritorio.acesso("LONGO", um, de=OUTRO_ESCRITORIO)
    e = next(x for x in escritorio.instalacao.ciclo.contexto.config.empresas if x.cnpj == um)
    quem = autoria.de(escritorio.instalacao.banco, e, CONTRATANTE, AGORA)
    assert quem.autor == OUTRO_ESCRITORIO
    assert quem.aviso == (
        f"mais de um acesso serve; vale o de prazo maior, o acesso LONGO (escritório {OUTRO_ESCRITORIO}), e não"
        f" o acesso CURTO (escritório {ESCRITORIO})"
    )
    escritorio.instalacao.importar()
    assert escritorio.perguntas() == {(OUTRO_ESCRITORIO, um)}
    escritorio.mudar("LONGO", ativo=False)
    assert autoria.de(escritorio.instalacao.banco, e, CONTRATANTE, AGORA).autor == ESCRITORIO


@pytest.mark.requisito("PROC-06")
def test_a_configuracao_e_o_registro_se_contradizem(pasta: Path, cenario: Cenario) -> None:
    um, outro = (c.ni for c in cenario.contribuintes)
    dadas = [empresa(um, "UM", procurador=ESCRITORIO), empresa(outro, "OUTRO", procurador=None)]
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as serpro:
        for e in _escritorio(pasta, cenario, serpro, dadas):
            e.certificado(ESCRITORIO, "DO YAML")
            e.certificado(OUTRO_ESCRITORIO, "REGISTRADO", qual=1)
            e.acesso("REGISTRADO", um, outro, de=OUTRO_ESCRITORIO)
            e.instalacao.importar()
            assert e.perguntas() == {(ESCRITORIO, um), (OUTRO_ESCRITORIO, outro)}
            empresa_um = next(x for x in e.instalacao.ciclo.contexto.config.empresas if x.cnpj == um)
            dito = autoria.de(e.instalacao.banco, empresa_um, CONTRATANTE, AGORA)
            assert dito.por == "o procurador da configuração"
            assert dito.aviso is not None
            assert "e não o acesso REGISTRADO" in dito.aviso
            e.mudar("REGISTRADO", ativo=False)  # the company of the configuration does not depend on it
            e.instalacao.ponteiros.passar(DIA_S)
            e.instalacao.importar()
            assert e.situacao(um)[0] != "sem acesso"
            assert e.situacao(outro)[0] == "sem acesso"


@pytest.mark.requisito("PROC-07")
def test_desativar_so_tira_o_que_dependia_dele(pasta: Path, cenario: Cenario) -> None:
    """The contractor and a company with its own A1 go on by themselves; the one that had nothing else stops."""
    um, outro = (c.ni for c in cenario.contribuintes)
    dadas = [
        empresa(CONTRATANTE, "CONTRATANTE", procurador=None),
        empresa(um, "COM A1", procurador=None),
        empresa(outro, "SEM NADA", procurador=None),
    ]
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as serpro:
        for e in _escritorio(pasta, cenario, serpro, dadas):
            e.certificado(ESCRITORIO, "CERT ECAC")
            e.certificado(um, "proprio", qual=1)
            e.acesso("CERT ECAC", CONTRATANTE, um, outro)
            e.mudar("CERT ECAC", ativo=False)
            fim = e.instalacao.importar()
            assert fim["estado"] == "concluída", fim["mensagem"]
            assert e.perguntas() == {(CONTRATANTE, CONTRATANTE), (um, um)}
            assert e.situacao(outro)[0] == "sem acesso"
            assert "desativado" in e.situacao(outro)[1]
            assert e.instalacao.ocorrencias() == ["acesso-desativado"]
            e.mudar("CERT ECAC", ativo=True, validade=Validade(ate=HOJE - timedelta(days=1)))
            e.instalacao.importar()
            assert e.instalacao.ocorrencias() == ["acesso-vencido"]
            assert "venceu em 19/11/2026" in e.situacao(outro)[1]
            e.mudar("CERT ECAC", validade=Validade())
            e.instalacao.importar()
            assert e.instalacao.ocorrencias() == []
            assert (ESCRITORIO, outro) in e.perguntas()


@pytest.mark.requisito("PROC-06", "ECAC-09")
def test_um_de_dois_acessos_vence_no_meio_da_importacao(escritorio: Escritorio) -> None:
    """The first company is asked about by the longer one; then its day ends, and the second goes by the other."""
    um, outro = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "CURTO", dias=30)
    escritorio.certificado(OUTRO_ESCRITORIO, "LONGO", dias=200, qual=1)
    escritorio.acesso("CURTO", um, outro)
    escritorio.acesso("LONGO", um, outro, de=OUTRO_ESCRITORIO)
    escritorio.no_meio(um, lambda: _de_fora(escritorio, "LONGO", validade=Validade(ate=HOJE - timedelta(days=1))))
    escritorio.instalacao.importar()
    assert escritorio.perguntas() == {(OUTRO_ESCRITORIO, um), (ESCRITORIO, outro)}


@pytest.mark.requisito("PROC-07", "ECAC-09")
def test_desativado_no_meio_e_ativo_de_novo(escritorio: Escritorio) -> None:
    um, outro = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "CERT ECAC")
    escritorio.acesso("CERT ECAC", um, outro)
    escritorio.no_meio(um, lambda: _de_fora(escritorio, "CERT ECAC", ativo=False))
    fim = escritorio.instalacao.importar()
    assert fim["estado"] == "concluída"
    assert escritorio.perguntas() == {(ESCRITORIO, um)}
    for cnpj in (um, outro):  # the receipts of the first could not be asked for either
        assert escritorio.situacao(cnpj)[0] == "sem acesso"
        assert "desativado" in escritorio.situacao(cnpj)[1]
    escritorio.mudar("CERT ECAC", ativo=True)
    escritorio.instalacao.importar()
    assert escritorio.perguntas() == {(ESCRITORIO, um), (ESCRITORIO, outro)}
    assert escritorio.instalacao.ocorrencias() == []
    assert escritorio.instalacao.estados()["paga"] == 4


@pytest.mark.requisito("PROC-07", "ECAC-09")
def test_desativado_e_ativo_de_novo_no_meio_nada_perde(escritorio: Escritorio) -> None:
    um, outro = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "CERT ECAC")
    escritorio.acesso("CERT ECAC", um, outro)

    def vai_e_volta() -> None:
        _de_fora(escritorio, "CERT ECAC", ativo=False)
        _de_fora(escritorio, "CERT ECAC", ativo=True)

    escritorio.no_meio(um, vai_e_volta)
    escritorio.instalacao.importar()
    assert escritorio.perguntas() == {(ESCRITORIO, um), (ESCRITORIO, outro)}
    assert escritorio.instalacao.ocorrencias() == []
    assert escritorio.instalacao.estados()["paga"] == 4


@pytest.mark.requisito("PROC-06", "ECAC-11")
def test_uma_transportadora_que_tambem_e_cliente(pasta: Path, cenario: Cenario) -> None:
    """It signs with its own certificate, and is asked about by the access of the office."""
    da_carga = Outorga(CONTRATANTE, ESCRITORIO, date(2099, 12, 31))
    ambas = dataclasses.replace(cenario, outorgas=(*cenario.outorgas, da_carga))
    dadas = [empresa(CONTRATANTE, "CARGA", procurador=None)]
    with SerproEmFio(pasta / "serpro", ambas, agora=lambda: AGORA) as serpro:
        for e in _escritorio(pasta, ambas, serpro, dadas):
            e.certificado(ESCRITORIO, "CERT ECAC")
            e.acesso("CERT ECAC", CONTRATANTE)
            contexto = e.instalacao.ciclo.contexto
            assert que_emitem(contexto.config, e.instalacao.banco) == {CONTRATANTE}
            e.instalacao.importar()
            assert e.perguntas() == {(ESCRITORIO, CONTRATANTE)}
            assert CONTRATANTE in contexto.certificados
            assert e.situacao(CONTRATANTE)[0] != "sem acesso"


def _de_fora(escritorio: Escritorio, nome: str, **campos: Any) -> None:
    """Changes an access as a command does: on a connection of its own."""
    with closing(abrir(escritorio.instalacao.dados)) as banco:
        escritorio.mudar(nome, banco, **campos)


@pytest.mark.requisito("PROC-06", "PROC-07")
def test_o_certificado_do_acesso_sai_do_cofre(escritorio: Escritorio) -> None:
    um, _ = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "CERT ECAC")
    escritorio.acesso("CERT ECAC", um)
    with closing(abrir(escritorio.instalacao.dados)) as banco:
        assert certificados.remover(banco, None, ESCRITORIO, "CERT ECAC", AGORA, forcar=True) is None
    escritorio.instalacao.importar()
    assert escritorio.perguntas() == set()
    assert "CERT ECAC, que não está instalado" in escritorio.situacao(um)[1]
    escritorio.instalacao.ponteiros.passar(60)
    escritorio.certificado(ESCRITORIO, "CERT ECAC", qual=1)
    escritorio.instalacao.importar()
    assert escritorio.perguntas() == {(ESCRITORIO, um)}


@pytest.mark.requisito("PROC-06", "CERT-08")
def test_o_ultimo_segundo_de_um_acesso_e_o_de_brasilia(escritorio: Escritorio) -> None:
    """21/11 02:59:59 UTC is still the 20th in Brasília. A certificate ends at its own second, in whatever zone."""
    um, _ = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "CERT ECAC", dias=30)
    escritorio.acesso("CERT ECAC", um, validade=Validade(ate=HOJE))
    e = next(x for x in escritorio.instalacao.ciclo.contexto.config.empresas if x.cnpj == um)

    def autor(*quando: int) -> str | None:
        return autoria.de(escritorio.instalacao.banco, e, CONTRATANTE, datetime(*quando, tzinfo=UTC)).autor  # type: ignore[misc,arg-type]

    assert autor(2026, 11, 21, 2, 59, 59) == ESCRITORIO
    assert autor(2026, 11, 21, 3, 0, 0) is None
    escritorio.mudar("CERT ECAC", validade=Validade())
    fim = AGORA - timedelta(days=1) + timedelta(days=30)
    assert autor(*fim.timetuple()[:6]) == ESCRITORIO
    depois = fim + timedelta(seconds=1)
    assert autor(*depois.timetuple()[:6]) is None


@pytest.mark.requisito("ECAC-09")
def test_cada_empresa_tem_o_seu_porque(escritorio: Escritorio) -> None:
    um, outro = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "CERT ECAC")
    escritorio.acesso("CERT ECAC", um, outro)
    escritorio.serpro.arquivo.revogar(outro)
    escritorio.instalacao.importar()
    assert escritorio.situacao(um)[0] == "consultada"
    assert "baixada" in escritorio.situacao(um)[1]
    assert escritorio.situacao(outro)[0] == "bloqueada"
    escritorio.instalacao.ponteiros.passar(3600)
    escritorio.instalacao.importar()
    assert escritorio.situacao(um)[0] == "sem movimento"
    assert escritorio.situacao(outro)[0] == "bloqueada"


@pytest.mark.requisito("ECAC-09")
def test_uma_importacao_que_nem_comecou_nao_mostra_a_anterior(escritorio: Escritorio) -> None:
    um, outro = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "CERT ECAC")
    escritorio.acesso("CERT ECAC", um, outro)
    escritorio.instalacao.importar()
    config = escritorio.instalacao.ciclo.contexto.config
    delas = [e for e in config.empresas if e.ecac.utiliza]
    with closing(sqlite3.connect(f"file:{escritorio.instalacao.dados / 'separador.db'}?mode=ro", uri=True)) as leitura:
        leitura.row_factory = sqlite3.Row
        ditas = {
            desde: {
                (s.consulta, s.detalhe == "falta o contrato")
                for s in situacoes.da_importacao(config, leitura, delas, AGORA, desde=desde, parou="falta o contrato")
            }
            for desde in (None, 1)
        }
    assert ditas == {None: {(Consulta.NAO_CHEGOU, True)}, 1: {(Consulta.CONSULTADA, False)}}


@pytest.mark.requisito("ECAC-09")
def test_o_orcamento_diz_quem_ficou_sem_vez(pasta: Path, cenario: Cenario) -> None:
    com_procuracao = dataclasses.replace(
        cenario, outorgas=tuple(Outorga(c.ni, CONTRATANTE, date(2099, 12, 31)) for c in cenario.contribuintes)
    )
    with SerproEmFio(pasta / "serpro", com_procuracao, agora=lambda: AGORA) as serpro, InstalacaoEcac(
        pasta / "instalacao", com_procuracao, serpro, orcamento_dia=0
    ) as instalacao:  # fmt: skip
        fim = instalacao.importar()
        assert fim["estado"] == "parada"
        situacoes = {r["cnpj"]: (r["situacao"], r["situacao_detalhe"]) for r in instalacao.banco.todas(
            "SELECT * FROM ecac_empresa")}  # fmt: skip
        assert {s for s, _ in situacoes.values()} == {"orçamento esgotado"}
        assert all("0 de 0" in d for _, d in situacoes.values())


@pytest.mark.requisito("PROC-07")
def test_o_procurador_da_configuracao_desligado_nao_prende_quem_tem_certificado(pasta: Path, cenario: Cenario) -> None:
    """The configuration names the office for both; its access goes off. Only who has nothing else stops."""
    um, outro = (c.ni for c in cenario.contribuintes)
    dadas = [empresa(um, "COM A1", procurador=ESCRITORIO), empresa(outro, "SEM NADA", procurador=ESCRITORIO)]
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as serpro:
        for e in _escritorio(pasta, cenario, serpro, dadas):
            e.certificado(ESCRITORIO, "CERT ECAC")
            e.certificado(um, "proprio", qual=1)
            e.acesso("CERT ECAC", um, outro)
            e.mudar("CERT ECAC", ativo=False)
            e.instalacao.importar()
            assert e.perguntas() == {(um, um)}
            assert e.situacao(outro)[0] == "sem acesso"
            assert e.instalacao.ocorrencias() == ["acesso-desativado"]
            quem = e.autoria(um)
            assert (quem.por, quem.desativada) == ("o próprio certificado", True)
            assert quem.aviso is not None
            assert f"o procurador da configuração ({ESCRITORIO}) não serve: " in quem.aviso
            e.mudar("CERT ECAC", ativo=True)
            with closing(abrir(e.instalacao.dados)) as banco:
                assert certificados.remover(banco, None, ESCRITORIO, "CERT ECAC", AGORA, forcar=True) is None
            assert (e.autoria(um).autor, e.autoria(outro).autor) == (um, None)


@pytest.mark.requisito("PROC-07")
def test_excluir_nao_poe_de_volta_quem_a_configuracao_diz(pasta: Path, cenario: Cenario) -> None:
    um, outro = (c.ni for c in cenario.contribuintes)
    dadas = [empresa(um, "UM", procurador=ESCRITORIO), empresa(outro, "OUTRO", procurador=None)]
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as serpro:
        for e in _escritorio(pasta, cenario, serpro, dadas):
            e.certificado(ESCRITORIO, "CERT ECAC")
            preso, livre = e.acesso("CERT ECAC", um), e.acesso("SEGUNDO", outro, certificado="CERT ECAC")
            for nome in ("CERT ECAC", "SEGUNDO"):
                e.mudar(nome, ativo=False)
            banco, config = e.instalacao.banco, e.instalacao.ciclo.contexto.config
            usos = procuracoes.usos_de_agora(banco.conn, config, AGORA)
            assert [(u.acesso_id, u.cliente, u.segura) for u in usos] == [(preso, um, ESCRITORIO)]
            negado = procuracoes.excluir(banco, None, preso, usos, quem="t", agora=AGORA)
            assert isinstance(negado, Negativa)
            assert f"{ESCRITORIO} voltaria a ser usado" in negado.mensagem
            assert "UM (e-CAC)" in negado.mensagem
            assert e.autoria(um).autor is None
            assert procuracoes.excluir(banco, None, livre, usos, quem="t", agora=AGORA) is None


@pytest.mark.requisito("PROC-06", "ECAC-09")
def test_uma_recusa_e_de_quem_perguntou(escritorio: Escritorio) -> None:
    """Refused to one author, the company is asked about by another at once; and not again by the first."""
    um, _ = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "LONGO", dias=200)
    escritorio.certificado(um, "proprio", qual=1)
    escritorio.acesso("LONGO", um)
    escritorio.serpro.arquivo.revogar(um)
    escritorio.instalacao.importar()
    (linha,) = escritorio.instalacao.banco.todas("SELECT * FROM ecac_empresa WHERE cnpj = ?", um)
    assert (linha["situacao"], linha["negada_autor"]) == ("bloqueada", ESCRITORIO)
    assert f"recusada a {ESCRITORIO}" in escritorio.de_agora(um).detalhe
    escritorio.instalacao.ponteiros.passar(60)
    escritorio.instalacao.importar()
    assert escritorio.perguntas() == {(ESCRITORIO, um)}
    assert len(escritorio.serpro.chamadas("PAGAMENTOS71")) == 1
    escritorio.mudar("LONGO", ativo=False)
    assert escritorio.de_agora(um).consulta is Consulta.ESPERA
    pedido = escritorio.instalacao.ordenar("ecac-importar", um)
    assert pedido["estado"] == "feita", pedido["mensagem"]
    assert escritorio.perguntas() == {(ESCRITORIO, um), (um, um)}
    assert escritorio.situacao(um)[0] == "consultada"
    assert escritorio.instalacao.comprovantes() != []


@pytest.mark.requisito("PROC-07", "CERT-08")
def test_um_token_proprio_nao_assina_sozinho_e_o_desativado_e_dito(escritorio: Escritorio) -> None:
    um, outro = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "CERT ECAC")
    escritorio.certificado(um, "proprio", qual=1)
    escritorio.instalacao.banco.execute("UPDATE certificado SET tipo = 'A3', token = '{}' WHERE cnpj = ?", (um,))
    escritorio.acesso("CERT ECAC", um)
    escritorio.mudar("CERT ECAC", ativo=False)
    escritorio.instalacao.importar()
    assert "desativado" in escritorio.situacao(um)[1]
    das_duas = {(o["contribuinte"], o["especie"]) for o in escritorio.instalacao.banco.todas(
        "SELECT * FROM ecac_ocorrencia WHERE status = 'aberta'")}  # fmt: skip
    assert das_duas == {(um, "acesso-desativado"), (outro, "acesso-vencido")}


@pytest.mark.requisito("PROC-06")
def test_um_acesso_por_token_nao_serve_a_quem_e_importada_sozinha(escritorio: Escritorio) -> None:
    um, outro = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "NO TOKEN")
    escritorio.certificado(outro, "proprio", qual=1)
    escritorio.instalacao.banco.execute(
        "UPDATE certificado SET tipo = 'A3', token = '{}' WHERE cnpj = ?", (ESCRITORIO,)
    )
    escritorio.acesso("NO TOKEN", um, outro)
    escritorio.instalacao.importar()
    assert escritorio.perguntas() == {(outro, outro)}
    assert "o certificado do acesso NO TOKEN é A3" in escritorio.situacao(um)[1]


@pytest.mark.requisito("PROC-06", "ECAC-01")
def test_a_importacao_por_token_e_do_titular_do_token(pasta: Path, cenario: Cenario) -> None:
    """An A1 access covers a company that is imported by its token: the token's holder asks. An A3 access asks too."""
    um, outro = (c.ni for c in cenario.contribuintes)
    dadas = [empresa(c, c, acesso="certificado A3", procurador=None) for c in (um, outro)]
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as serpro:
        for e in _escritorio(pasta, cenario, serpro, dadas):
            e.certificado(ESCRITORIO, "A1")
            e.certificado(OUTRO_ESCRITORIO, "A3", qual=1)
            e.instalacao.banco.execute(
                "UPDATE certificado SET tipo = 'A3', token = '{}' WHERE cnpj = ?", (OUTRO_ESCRITORIO,)
            )
            e.acesso("A1", um, outro)
            e.acesso("A3", outro, de=OUTRO_ESCRITORIO)
            assert (e.autoria(um).autor, e.autoria(outro).autor) == (um, OUTRO_ESCRITORIO)


@pytest.mark.requisito("ECAC-09")
def test_empresas_nao_contradiz_a_importacao(escritorio: Escritorio) -> None:
    """Without access or certificate the last word stays, until a certificate comes."""
    um, _ = escritorio.clientes
    assert escritorio.de_agora(um).consulta is Consulta.ESPERA
    escritorio.instalacao.importar()
    dito = escritorio.situacao(um)
    assert dito[0] == "sem acesso"
    agora = escritorio.de_agora(um)
    assert (agora.consulta.value, agora.detalhe, agora.consulta.falhou) == (*dito, True)
    escritorio.instalacao.ponteiros.passar(60)
    escritorio.certificado(um, "proprio", qual=1)
    assert escritorio.de_agora(um).consulta is Consulta.ESPERA


@pytest.mark.requisito("ECAC-09")
def test_empresas_le_um_banco_de_antes(escritorio: Escritorio) -> None:
    """A reading command does not migrate: the fields of m0012 are not there yet."""
    um, _ = escritorio.clientes
    escritorio.certificado(ESCRITORIO, "CERT ECAC")
    escritorio.acesso("CERT ECAC", um)
    escritorio.instalacao.importar()
    banco = escritorio.instalacao.banco
    for campo in (
        "situacao",
        "situacao_detalhe",
        "situacao_em",
        "situacao_importacao",
        "situacao_autor",
        "negada_autor",
    ):
        banco.execute(f"ALTER TABLE ecac_empresa DROP COLUMN {campo}")
    for campo in ("orgao", "senha_por"):
        banco.execute(f"ALTER TABLE procuracao DROP COLUMN {campo}")
    banco.execute("DROP TABLE procuracao_uso")
    vista = escritorio.de_agora(um)
    assert (vista.consulta, vista.autoria.autor) == (Consulta.ESPERA, ESCRITORIO)


@pytest.mark.requisito("ECAC-09")
def test_uma_ordem_por_token_que_foi_recusada_e_dita(pasta: Path, cenario: Cenario) -> None:
    um, outro = (c.ni for c in cenario.contribuintes)
    dadas = [empresa(um, "UM", acesso="certificado A3", procurador=None), empresa(outro, "OUTRO")]
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as serpro:
        for e in _escritorio(pasta, cenario, serpro, dadas):
            config = e.instalacao.ciclo.contexto.config
            delas = [x for x in config.empresas if x.ecac.utiliza]

            def ditas(*, depois: bool = False, modo: Modo = Modo.SOB_DEMANDA) -> dict[str, tuple[str, str]]:
                achadas = situacoes.da_importacao(
                    config, e.instalacao.banco.conn, delas, AGORA, desde=None, parou="recusada", modo=modo,  # noqa: B023
                    depois=depois,
                )  # fmt: skip
                return {s.empresa.cnpj: (s.consulta.value, s.detalhe) for s in achadas}

            assert ditas()[um] == ("não chegou a vez", "recusada")
            assert ditas(depois=True)[um] == ("na próxima importação", "recusada")
            assert ditas(modo=Modo.AUTOMATICO)[um][0] == "sob demanda (A3)"


@pytest.mark.longo
@pytest.mark.requisito("PROC-06")
@pytest.mark.timeout(600)
def test_cinco_mil_clientes_sob_um_acesso(pasta: Path) -> None:
    base = contribuintes.gerar(5000, 5000, 3, hoje=HOJE)
    cenario = dataclasses.replace(
        base, outorgas=tuple(Outorga(c.ni, ESCRITORIO, date(2099, 12, 31)) for c in base.contribuintes)
    )
    dadas = [empresa(c.ni, c.nome, procurador=None) for c in cenario.contribuintes]
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as serpro:
        for e in _escritorio(pasta, cenario, serpro, dadas):
            e.certificado(ESCRITORIO, "CERT ECAC")
            numero = e.acesso("CERT ECAC", *e.clientes)
            with sqlite3.connect(f"file:{e.instalacao.dados / 'separador.db'}?mode=ro", uri=True) as leitura:
                leitura.row_factory = sqlite3.Row
                usos = procuracoes.usos_de_agora(leitura, e.instalacao.ciclo.contexto.config, AGORA)
            assert len(usos) == 5000
            fim = e.instalacao.importar()
            assert fim["estado"] == "concluída", fim["mensagem"]
            assert len(e.usos(numero)) == 5000
            assert len(e.serpro.chamadas("ENVIOXMLASSINADO81")) == 1
