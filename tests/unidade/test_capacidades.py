"""Tests what the capabilities plug in: what they name is there, nothing is plugged in twice, orders are as written."""

import inspect
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

from separador import capacidades
from separador.acesso.dominio import Direito
from separador.banco.conexao import abrir
from separador.capacidades.distribuicao.servico.respostas import DISTRIBUIDO
from separador.capacidades.movimento.dominio import Fonte
from separador.capacidades.sefaz.servico.tipos_de_chamada import TipoDeChamada
from separador.motor.partes import Parte
from separador.nucleo import capacidade
from separador.nucleo.capacidade import Capacidade, Fase
from separador.nucleo.falha import como_erro, como_negativa, descrever, tabelas
from separador.programa import DO_PROGRAMA, grupo
from tests.apoio.codigos import codigos_do_fonte

RAIZ = Path(__file__).resolve().parents[2]
NOMES = (*DO_PROGRAMA, *capacidades.NOMES)
_CAPACIDADES = "separador.capacidades"

PASSOS = [
    ("ANTES_DOS_PEDIDOS", f"{_CAPACIDADES}.certificados.servico.parte:CertificadosEmUso", "passo"),
    ("DEPOIS_DOS_PEDIDOS", f"{_CAPACIDADES}.cte.servico.parte:Agenda", "passo"),
    ("DEPOIS_DOS_PEDIDOS", f"{_CAPACIDADES}.emissao.servico.equipamento:Cadastros", "passo"),
    ("DEPOIS_DOS_PEDIDOS", "separador.motor.partes_proprias:Represados", "passo"),
    ("DEPOIS_DOS_PEDIDOS", "separador.motor.entrada.soltos:Soltos", "passo"),
    ("DEPOIS_DOS_PEDIDOS", f"{_CAPACIDADES}.certificados.servico.parte:Pasta", "passo"),
    ("DEPOIS_DOS_PEDIDOS", "separador.motor.partes_proprias:Retidos", "passo"),
    ("DEPOIS_DOS_PEDIDOS", f"{_CAPACIDADES}.distribuicao.servico.agenda:Distribuicao", "passo"),
    ("DEPOIS_DOS_PEDIDOS", "separador.motor.vigias:VigiaDaAuditoria", "passo"),
    ("DEPOIS_DOS_PEDIDOS", f"{_CAPACIDADES}.certificados.servico.parte:CertificadosEmUso", "notar_vencidos"),
    ("DEPOIS_DOS_PEDIDOS", f"{_CAPACIDADES}.avisos.servico:Avisos", "vencer"),
    ("DEPOIS_DOS_PEDIDOS", f"{_CAPACIDADES}.avisos.codigos:CodigosPorEmail", "passo"),
    ("DEPOIS_DA_COLHEITA", f"{_CAPACIDADES}.cte.servico.parte:Agenda", "encaminhar"),
    ("DEPOIS_DA_COLHEITA", f"{_CAPACIDADES}.sefaz.servico.passo:Transmissao", "passo"),
    ("DEPOIS_DA_COLHEITA", f"{_CAPACIDADES}.emissao.servico.refeituras:Refeituras", "passo"),
    ("DEPOIS_DA_COLHEITA", f"{_CAPACIDADES}.ecac.servico.passo:Ecac", "passo"),
    ("DEPOIS_DA_COLHEITA", f"{_CAPACIDADES}.dacte.servico.impressora:Impressora", "passo"),
    ("DEPOIS_DA_COLHEITA", "separador.motor.partes_proprias:SinalDeVida", "passo"),
    ("DEPOIS_DA_COLHEITA", f"{_CAPACIDADES}.cte.servico.arrumacao:Arrumacao", "passo"),
    ("CADA_30S", "separador.motor.partes_proprias:Tomadas", "passo"),
    ("CADA_30S", f"{_CAPACIDADES}.sefaz.servico.parte:OutroAmbiente", "passo"),
    ("CADA_30S", f"{_CAPACIDADES}.cte.servico.parte:Agenda", "prazos"),
    ("CADA_30S", "separador.motor.partes_proprias:Selo", "passo"),
    ("CADA_30S", f"{_CAPACIDADES}.certificados.servico.parte:CertificadosEmUso", "notar_assinaturas"),
    ("CADA_30S", f"{_CAPACIDADES}.avisos.servico:Avisos", "passo"),
    ("CADA_30S", f"{_CAPACIDADES}.cte.servico.parte:InclusoesEmVigor", "passo"),
    ("CADA_30S", "separador.motor.partes_proprias:DiarioDoBanco", "passo"),
    ("CADA_30S", "separador.motor.vigias:VigiaDoLog", "passo"),
    ("CADA_30S", "separador.motor.soquete.parte:Soquete", "passo"),
    ("CADA_HORA", "separador.motor.partes_proprias:Retencao", "passo"),
    ("CADA_HORA", f"{_CAPACIDADES}.emissao.servico.equipamento:Cadastros", "prazos"),
    ("CADA_HORA", f"{_CAPACIDADES}.emissao.servico.abandonadas:Abandonadas", "passo"),
    ("CADA_HORA", "separador.motor.partes_proprias:Esquecidos", "passo"),
    ("CADA_HORA", "separador.motor.entrada.soltos:Soltos", "da_hora"),
    ("CADA_HORA", "separador.motor.vigias:VigiaDoBanco", "passo"),
    ("CADA_HORA", "separador.motor.configuracao_boa:ConfiguracaoBoa", "passo"),
]
"""The steps of the loop: a step finds done what the steps before it do."""

FIM = [
    "separador.motor.soquete.parte:Soquete",
    f"{_CAPACIDADES}.ecac.servico.passo:Ecac",
    f"{_CAPACIDADES}.emissao.servico.refeituras:Refeituras",
    f"{_CAPACIDADES}.dacte.servico.impressora:Impressora",
    f"{_CAPACIDADES}.sefaz.servico.passo:Transmissao",
    f"{_CAPACIDADES}.certificados.servico.parte:Pasta",
    f"{_CAPACIDADES}.certificados.servico.parte:CertificadosEmUso",
    f"{_CAPACIDADES}.avisos.servico:Avisos",
    f"{_CAPACIDADES}.avisos.codigos:CodigosPorEmail",
]
"""The parts in the order in which they end: calls in flight need certificates until they are over."""


# --- what is named is there ------------------------------------------------------------------------------------------


def _funcao(valor: Any, *, argumentos: int) -> None:
    """Asserts that a value can be called with so many arguments by position."""
    assert callable(valor)
    inspect.signature(valor).bind(*[None] * argumentos)


def _comandos(c: Capacidade) -> None:
    for comando in c.comandos:
        assert isinstance(capacidade.resolver(comando.comando), click.Command), comando.nome


def _regras(c: Capacidade) -> None:
    for regra in c.regras:
        assert regra.pasta_propria or regra.decidir is not None, regra.nome
        for referencia, argumentos in (
            (regra.ler, 3),
            (regra.decidir, 3),
            (regra.recusar, 3),
            (regra.responder, 3),
            (regra.completar, 4),
            (regra.seguir, 3),
        ):
            if referencia is not None:
                _funcao(capacidade.resolver(referencia), argumentos=argumentos)


def _passos(c: Capacidade) -> None:
    for passo in c.passos:
        assert isinstance(passo.fase, Fase)
        parte = capacidade.resolver(passo.parte)
        assert issubclass(parte, Parte)
        assert parte is not Parte
        _funcao(getattr(parte, passo.metodo), argumentos=2)  # the part itself, and the clock


def _recursos(c: Capacidade) -> None:
    """The resources that `motor.contexto` asks for, and no other."""
    assert set(c.recursos) <= {"assinadores", "limite_do_envio"}
    if "assinadores" in c.recursos:
        fonte = capacidade.resolver(c.recursos["assinadores"])()
        _funcao(fonte.assinadores, argumentos=1)
        _funcao(fonte.empresas, argumentos=0)
    if "limite_do_envio" in c.recursos:
        _funcao(capacidade.resolver(c.recursos["limite_do_envio"]), argumentos=2)


def _chamadas(c: Capacidade) -> None:
    for nome, referencia in c.chamadas.items():
        assert isinstance(capacidade.resolver(referencia), TipoDeChamada), nome


def _recuperacao(c: Capacidade) -> None:
    if c.recuperacao is not None:
        assert c.recuperacao.pastas is not None or c.recuperacao.poupa is not None
        if c.recuperacao.pastas is not None:
            _funcao(capacidade.resolver(c.recuperacao.pastas), argumentos=1)
        if c.recuperacao.poupa is not None:
            _funcao(capacidade.resolver(c.recuperacao.poupa), argumentos=2)


def _movimentos(c: Capacidade) -> None:
    for nome, referencia in c.movimentos.items():
        assert isinstance(capacidade.resolver(referencia), Fonte), nome


def _cada(campo: str, argumentos: int) -> Callable[[Capacidade], None]:
    """Returns the check of a field that maps names to functions."""

    def conferir(c: Capacidade) -> None:
        for referencia in getattr(c, campo).values():
            _funcao(capacidade.resolver(referencia), argumentos=argumentos)

    return conferir


def _uma(campo: str, argumentos: int) -> Callable[[Capacidade], None]:
    """Returns the check of a field that names one function, or none."""

    def conferir(c: Capacidade) -> None:
        if getattr(c, campo) is not None:
            _funcao(capacidade.resolver(getattr(c, campo)), argumentos=argumentos)

    return conferir


def _telas(c: Capacidade) -> None:
    for tela in c.telas:
        _funcao(capacidade.resolver(tela.pagina), argumentos=1)
        assert tela.acao or tela.muda, tela.caminho
        if tela.existe is not None:
            _funcao(capacidade.resolver(tela.existe), argumentos=1)
        if tela.arquivos is not None:
            assert tela.muda is not None
            _funcao(capacidade.resolver(tela.arquivos), argumentos=1)


def _paginas_de_validade(c: Capacidade) -> None:
    assert set(c.paginas_de_validade.values()) <= {t.caminho for t in c.telas}


def _remedios(c: Capacidade) -> None:
    """Each is for a code that there is, and leads to the page of its action."""
    textos = {codigo for tabela in tabelas() for codigo in tabela}
    paginas = {t.caminho: (t.acao, t.muda) for t in capacidade.telas()}
    for codigo, (acao, botao, caminho) in c.remedios.items():
        assert codigo in textos
        assert botao
        assert acao in paginas[caminho.partition("?")[0]]


CONFERIR: dict[str, Callable[[Capacidade], None]] = {
    "comandos": _comandos,
    "regras": _regras,
    "pedidos": _cada("pedidos", argumentos=2),
    "passos": _passos,
    "recursos": _recursos,
    "retencao": _uma("retencao", argumentos=2),
    "entregas": _cada("entregas", argumentos=3),
    "retiradas": _cada("retiradas", argumentos=3),
    "chamadas": _chamadas,
    "recuperacao": _recuperacao,
    "rastro": _uma("rastro", argumentos=2),
    "desfechos": _uma("desfechos", argumentos=2),
    "movimentos": _movimentos,
    "recebe": _cada("recebe", argumentos=3),
    "validades": _uma("validades", argumentos=1),
    "usos_de_acesso": _uma("usos_de_acesso", argumentos=3),
    "verificacoes": _uma("verificacoes", argumentos=1),
    "conferencias": _uma("conferencias", argumentos=2),
    "pastas": _uma("pastas", argumentos=1),
    "de_fora": _uma("de_fora", argumentos=2),
    "numeros": _uma("numeros", argumentos=6),
    "registro": _uma("registro", argumentos=2),
    "significado": _uma("significado", argumentos=1),
    "telas": _telas,
    "localizar": _uma("localizar", argumentos=3),
    "remedios": _remedios,
    "paginas_de_validade": _paginas_de_validade,
    "cargas": _uma("cargas", argumentos=3),
}
"""Field → the check of all its references."""


@pytest.mark.parametrize("campo", CONFERIR)
def test_o_que_se_cita_existe_e_e_do_tipo_certo(campo: str) -> None:
    for c in capacidade.todas():
        CONFERIR[campo](c)


def test_nenhum_campo_fica_sem_conferencia() -> None:
    """`direitos` and `contam` name commands; the texts of `falhas` are compared with the codes of the source;
    `unicas`, `pedidos_livres`, `copia` and `perdas` are compared below."""
    sem = {"nome", "direitos", "contam", "pedidos_livres", "falhas", "unicas", "copia", "perdas"}
    assert {f.name for f in fields(Capacidade)} == {*CONFERIR, *sem}


def test_o_que_a_distribuicao_publica_e_unico() -> None:
    assert [tipo for c in capacidade.todas() for tipo in c.unicas] == [DISTRIBUIDO]
    assert {c.nome: c.pedidos_livres for c in capacidade.todas() if c.pedidos_livres} == {"avisos": ("senha",)}


def test_o_que_vai_na_copia_e_uma_tabela_de_uma_capacidade_so(tmp_path: Path) -> None:
    tabelas = [tabela for c in capacidade.todas() for tabela in c.copia]
    assert tabelas
    assert len(tabelas) == len(set(tabelas))
    with closing(abrir(tmp_path)) as banco:
        assert set(tabelas) <= {str(r["name"]) for r in banco.todas("SELECT name FROM sqlite_master")}


def test_o_que_se_perde_ao_voltar_e_uma_tabela_de_uma_capacidade_so(tmp_path: Path) -> None:
    tabelas = [tabela for c in capacidade.todas() for tabela in c.perdas]
    assert tabelas
    assert len(tabelas) == len(set(tabelas))
    with closing(abrir(tmp_path)) as banco:
        assert set(tabelas) <= {str(r["name"]) for r in banco.todas("SELECT name FROM sqlite_master")}


def test_um_passo_tem_o_seu_lugar_na_fase() -> None:
    lugares = Counter((p.fase, p.lugar) for c in capacidade.todas() for p in c.passos)
    assert [lugar for lugar, n in lugares.items() if n > 1] == []


def test_o_nome_da_capacidade_e_o_da_sua_pasta() -> None:
    for modulo, c in zip(NOMES, capacidade.todas(), strict=True):
        assert modulo.split(".")[-2:] == [c.nome, "capacidade"]
        assert import_module(modulo).CAPACIDADE is c


# --- nothing twice ---------------------------------------------------------------------------------------------------


def _nomes(c: Capacidade, campo: str) -> list[str]:
    valor = getattr(c, campo)
    return [v.nome for v in valor] if isinstance(valor, tuple) else list(valor)


@pytest.mark.parametrize(
    "campo", ["comandos", "regras", "pedidos", "recursos", "entregas", "retiradas", "chamadas", "recebe"]
)
def test_um_nome_e_de_uma_capacidade_so(campo: str) -> None:
    vezes = Counter(nome for c in capacidade.todas() for nome in _nomes(c, campo))
    assert vezes
    assert [nome for nome, n in vezes.items() if n > 1] == []
    assert set(capacidade.nomes(campo)) == set(vezes)


@pytest.mark.parametrize("campo", ["comandos", "regras"])
def test_um_lugar_em_cada_lista(campo: str) -> None:
    lugares = Counter(v.lugar for c in capacidade.todas() for v in getattr(c, campo))
    assert [lugar for lugar, n in lugares.items() if n > 1] == []


def test_o_que_e_de_outra_capacidade_e_um_erro(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = (Capacidade(nome, pedidos={"mesmo": "x:y"}) for nome in ("a", "b"))
    monkeypatch.setattr(capacidade, "_registradas", {"a": a, "b": b})
    capacidade._por_nome.cache_clear()
    with pytest.raises(ValueError, match="mesmo já é de outra capacidade"):
        capacidade.nomes("pedidos")
    capacidade._por_nome.cache_clear()


def _caminhos(atual: click.Group, antes: str = "") -> Iterator[tuple[str, click.Command]]:
    # As the program makes it: click keeps each command's help option as the first context names it.
    contexto = click.Context(atual, **grupo.context_settings)
    for nome in atual.list_commands(contexto):
        comando = atual.get_command(contexto, nome)
        assert comando is not None
        yield antes + nome, comando
        if isinstance(comando, click.Group):
            yield from _caminhos(comando, f"{antes}{nome} ")


def test_direitos_e_contas_dizem_comandos_que_existem_e_um_direito_para_cada() -> None:
    comandos = dict(_caminhos(grupo))
    ditos = [dito for c in capacidade.todas() for lista in c.direitos.values() for dito in lista]
    assert [dito for dito, n in Counter(ditos).items() if n > 1] == []
    assert {direito for c in capacidade.todas() for direito in c.direitos} <= set(Direito)
    for dito in (*ditos, *(d for c in capacidade.todas() for d in c.contam)):
        assert isinstance(comandos[dito.removesuffix(" *")], click.Group) or not dito.endswith("*"), dito


# --- orders ----------------------------------------------------------------------------------------------------------


def test_a_ordem_dos_passos_e_a_escrita() -> None:
    assert [(p.fase.name, p.parte, p.metodo) for p in capacidade.passos()] == PASSOS


def test_a_ordem_do_fim_e_a_escrita() -> None:
    """Each part ends once, and no two at the same place."""
    com_fim = [p for p in capacidade.passos() if p.fim is not None]
    assert [p.parte for p in sorted(com_fim, key=lambda p: p.fim or 0)] == FIM
    assert len({p.fim for p in com_fim}) == len(com_fim)


def test_a_ordem_das_regras_e_dos_comandos_e_a_das_listas() -> None:
    assert list(capacidade.regras()) == [
        *("mover", "cte-envio", "cte-retorno", "cte-validar", "carga", "cte-consulta", "ecac-guias"),
        *("ecac-comprovantes", "pedido", "certificado"),
    ]
    assert [c.nome for c in capacidade.comandos()] == [
        *("init", "executar", "uma-vez", "iniciar", "parar", "reiniciar", "painel", "situacao", "falhas", "ordens"),
        *("rastrear", "localizar", "estatisticas", "rotas", "empresas", "cte", "carga", "sefaz", "ecac", "entrar"),
        *("sair", "usuario", "procuracao", "auditoria", "cadastro", "certificado"),
        *("cofre", "copia", "banco", "regras", "verificar", "config", "log", "simulador", "demo", "exemplo"),
    ]


# --- registration ----------------------------------------------------------------------------------------------------


def _python(programa: str) -> str:
    feito = subprocess.run([sys.executable, "-c", programa], capture_output=True, text=True, cwd=RAIZ)
    assert feito.returncode == 0, feito.stderr
    return feito.stdout


def test_registrar_de_novo_nao_muda_nada() -> None:
    antes = capacidade.todas()
    capacidade.registrar(NOMES)
    assert capacidade.todas() == antes


def test_o_que_nao_existe_nao_e_inventado() -> None:
    with pytest.raises(capacidade.NaoRegistradaError):
        capacidade.regra("nao-ha")
    assert capacidade.referencia("pedidos", "nao-ha") is None


def test_quem_pergunta_antes_do_registro_recebe_um_erro() -> None:
    _python("""
from separador.nucleo import capacidade
perguntas = (capacidade.todas, capacidade.regras, capacidade.comandos, capacidade.passos,
             lambda: capacidade.regra("mover"), lambda: capacidade.referencia("pedidos", "enviar"),
             lambda: capacidade.nomes("pedidos"), lambda: list(capacidade.de_cada("retencao")))
for pergunta in perguntas:
    try:
        pergunta()
    except capacidade.NaoRegistradaError:
        continue
    raise SystemExit(f"{pergunta} respondeu")
""")


def test_importar_nao_registra_nada() -> None:
    """Neither a `capacidade.py`, nor any other module of a capability."""
    _python(f"""
import importlib, pkgutil
import separador.capacidades
from separador.nucleo import capacidade
for nome in {NOMES!r}:
    importlib.import_module(nome)
for modulo in pkgutil.walk_packages(separador.capacidades.__path__, "separador.capacidades."):
    importlib.import_module(modulo.name)
try:
    capacidade.todas()
except capacidade.NaoRegistradaError:
    raise SystemExit(0)
raise SystemExit("alguém se registrou ao ser importado")
""")


def test_a_partida_importa_pouco() -> None:
    """Any command starts in tens of milliseconds: the program itself imports nothing heavy, and no capability."""
    pesados = ("lxml", "cryptography", "sqlite_utils", "structlog", "yaml", "httpx2", "watchdog")
    saida = _python(f"""
import sys
import separador.programa
nossos = [m for m in sys.modules if m.startswith("separador")]
print(len(nossos), [m for m in {pesados!r} if m in sys.modules])
""")
    quantos, _, achados = saida.strip().partition(" ")
    assert achados == "[]"
    assert int(quantos) <= 49


@pytest.mark.requisito("DES-05")
def test_um_comando_nao_procura_lixo_entre_os_seus_modulos() -> None:
    saida = _python("""
import atexit, gc
atexit.register(lambda: print(gc.get_freeze_count() > 1000))  # runs after those registered later
import separador.programa
print(gc.get_threshold()[0])
""")
    assert saida.split() == ["20000", "True"]


def test_o_servico_nao_carrega_o_painel() -> None:
    """Whatever the service may call is imported, and of the panel only its plug is: strings and data."""
    campos = ("pedidos", "recursos", "entregas", "retiradas", "chamadas", "recebe")
    uma = ("retencao", "rastro", "validades", "usos_de_acesso", "falhas", "pastas")
    saida = _python(f"""
import sys
from separador import programa
from separador.nucleo import capacidade
import separador.motor.principal
for c in capacidade.todas():
    for referencia in [*(getattr(c, u) for u in {uma!r}), *(p.parte for p in c.passos)]:
        referencia and capacidade.resolver(referencia)
    for campo in {campos!r}:
        for referencia in getattr(c, campo).values():
            capacidade.resolver(referencia)
    for r in c.regras:
        for referencia in (r.ler, r.decidir, r.recusar, r.responder, r.completar):
            referencia and capacidade.resolver(referencia)
print(sorted(m for m in sys.modules if m.startswith("separador.painel") or ".telas" in m or m.partition(".")[0] in
             programa.PARTES_DO_PAINEL))
""")
    assert saida.strip() == "['separador.painel', 'separador.painel.capacidade']"


# --- codes of failures and answers -----------------------------------------------------------------------------------


def test_cada_codigo_esta_em_uma_tabela_so() -> None:
    vezes = Counter(codigo for tabela in tabelas() for codigo in tabela)
    assert [codigo for codigo, n in vezes.items() if n > 1] == []


def test_cada_codigo_do_fonte_tem_motivo_e_o_que_fazer() -> None:
    textos = {codigo: ditos for tabela in tabelas() for codigo, ditos in tabela.items()}
    assert codigos_do_fonte() - textos.keys() == set()
    assert [codigo for codigo, ditos in textos.items() if not all(t and t == t.strip() for t in ditos)] == []


def test_nenhuma_entrada_das_tabelas_sobra() -> None:
    assert {codigo for tabela in tabelas() for codigo in tabela} - codigos_do_fonte() == set()


def test_descrever_acha_o_codigo_de_qualquer_tabela() -> None:
    for tabela in tabelas():
        for codigo, ditos in tabela.items():
            assert descrever(codigo) == ditos
    motivo, fazer = descrever("SEP-DACTE")
    assert descrever("SEP-DACTE", "Motivo: disco.") == (f"{motivo} Motivo: disco.", fazer)


def test_um_codigo_sem_tabela_e_um_erro() -> None:
    for de in (descrever, como_erro, como_negativa):
        with pytest.raises(KeyError):
            de("SEP-NAO-HA-ESTE")
