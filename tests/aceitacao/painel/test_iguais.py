"""A page and its command record the same: each is given on equal houses, and the rows are compared."""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from separador.demonstracao.empresas import EMITENTE
from separador.nucleo import capacidade
from tests.aceitacao.cenario import Cenario
from tests.aceitacao.linha_de_comando import ADMIN, CONSULTA, OPERADOR, SENHA
from tests.aceitacao.painel.conftest import ESCRITORIO, RETIDA, desligar, ligar, povoar, semear_cargas
from tests.apoio.maquina import Maquina

pytestmark = [pytest.mark.requisito("PAINEL-01"), pytest.mark.longo]
MOTIVO = "ERRO NA DIGITACAO DO VALOR"
NOVA = "outra frase comprida"

TABELAS = {
    "tarefa": "pedido, chave, motivo, quem, estado, dados, confirmada_por",
    "usuario": "email, nome, nivel, ativo, escritorio, senha IS NULL",
    "usuario_codigo": "usuario_id, usado_em IS NULL",
    "auditoria": "quem, acao, resultado",
}
"""What must be equal. Times, numbers and tokens are each one's own; the trail of a page names the action too."""

SO_DO_PAINEL = frozenset(
    {"entrar", "sair", "usuario definir-senha", "usuario recuperar", "iniciar", "parar", "reiniciar"}
    | {"certificado instalar", "certificado padrao", "certificado remover", "rotas soltar"}
    | {"carga emitir", "carga explicar"}
)
"""Sessions and codes are each one's own (`test_acesso`); the service is started and stopped by one function. What
touches the vault is an order of the page, because it never opens it (`test_certificados`); files have names of ours
(`test_soltar`, `test_cargas`), and what only asks records nothing."""

COM_OS_SEUS_TESTES = frozenset(
    {
        *("cte evento desacordo", "ecac importar", "ecac ocorrencias dispensar"),
        *(f"ecac guias {x}" for x in ("ligar", "aprovar", "recusar", "reabrir", "numerar", "comprovante", "gerar")),
        *("procuracao incluir", "procuracao alterar", "procuracao excluir"),
    }
)
"""Orders of the e-CAC are carried out by the service in `tests/integracao/painel/test_ecac`; what the panel makes of an
access is what `procuracao ver` shows in `test_escritorios`."""


@dataclass(frozen=True)
class Par:
    """One action. `{0}` in path, fields and words: the document or failure that it is about."""

    sobre: str
    quem: str
    caminho: str
    campos: dict[str, str]
    palavras: tuple[str, ...]
    entrada: str = ""


PARES = {
    "cte enviar": Par("rejeitado", OPERADOR, "/cte/enviar", {"chave": "{0}"}, ("{0}",)),
    "cte consultar": Par("enviado", OPERADOR, "/cte/consultar", {"chave": "{0}"}, ("{0}",)),
    "cte cancelar": Par(
        "autorizado", OPERADOR, "/cte/{0}/cancelar", {"motivo": MOTIVO}, ("{0}", "--motivo", MOTIVO)
    ),
    "cte estornar": Par("cancelando", OPERADOR, "/cte/{0}/estornar", {}, ("{0}",)),
    "ordens retirar": Par("ordem", OPERADOR, "/ordens/{0}/retirar", {}, ("{0}",)),
    "falhas dispensar": Par(
        "falha", OPERADOR, "/falhas/{0}/dispensar", {"motivo": "tratada"}, ("{0}", "--motivo", "tratada")
    ),
    "usuario incluir": Par(
        "", ADMIN, "/usuarios/novo", {"email": "novo@x.com", "nome": "Novo", "nivel": "consulta", "ativo": "1"},
        ("novo@x.com", "--nome", "Novo", "--nivel", "consulta"),
    ),
    "usuario alterar": Par(
        "", ADMIN, f"/usuarios/{CONSULTA}", {"nome": "Outro Nome", "nivel": "operador", "ativo": "1"},
        (CONSULTA, "--nome", "Outro Nome", "--nivel", "operador"),
    ),
    "procuracao escritorio": Par(
        "", ADMIN, "/escritorios/novo", {"cnpj": "11.222.333/0001-81", "nome": "Novo"},
        ("11222333000181", "--nome", "Novo"),
    ),
    "config definir": Par("", ADMIN, "/rotas", {"tempo_leitura": "7"}, ("tempo_leitura", "7")),
    "rotas incluir": Par(
        "", ADMIN, "/rotas/nova",
        {"ativo": "1", "regra": "mover", "origem": "a", "destino": "b", "arquivo": ".csv", "envio": "automatico"},
        ("--regra", "mover", "--origem", "a", "--destino", "b", "--arquivo", ".csv"),
    ),
    "rotas alterar": Par(
        "", ADMIN, "/rotas/4",
        {"ativo": "1", "regra": "mover", "arquivo": ".txt .csv"}, ("4", "--arquivo", ".txt", "--arquivo", ".csv"),
    ),
    "carga complementar": Par(
        "retida", OPERADOR, "/cargas/{0}/complementar",
        {"forma_pagamento": "PAGO", "retira": "1", "responsavel": "emitente", "apolice": "55"},
        ("{0}", "--forma-pagamento", "PAGO", "--retira", "--seguro", "emitente:55"),
    ),
    "ecac empresas configurar": Par(
        "", ADMIN, f"/ecac/empresas/{EMITENTE.cnpj}",
        {
            "utiliza": "1", "inicio": "2026-01-31", "acesso": "código de acesso", "procuracao": "1",
            "procurador": ESCRITORIO, "servico": "e-CAC", "implantacao": "local",
        },
        (
            *(EMITENTE.cnpj, "--utiliza", "--inicio", "2026-01-31", "--acesso", "código de acesso"),
            *("--procurador", ESCRITORIO, "--servico", "e-CAC"),
        ),
    ),
    "certificado validade": Par("", OPERADOR, "/certificados", {}, ()),
    "usuario trocar-senha": Par(
        "", CONSULTA, "/conta", {"senha_atual": SENHA, "senha_nova": NOVA, "repita": NOVA},
        (CONSULTA,), f"{SENHA}\n{NOVA}\n",
    ),
}  # fmt: skip


def test_toda_acao_de_uma_pagina_tem_o_seu_par() -> None:
    das_paginas = {t.muda for t in capacidade.telas() if t.muda is not None}
    assert das_paginas == set(PARES) | SO_DO_PAINEL | COM_OS_SEUS_TESTES


@pytest.fixture(scope="module")
def casa(cenario: Cenario) -> Cenario:
    povoar(cenario)
    semear_cargas(cenario)
    return cenario


def _linhas(m: Maquina) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(m.dados / "separador.db")) as banco:
        return {t: [tuple(r) for r in banco.execute(f"SELECT {c} FROM {t} ORDER BY rowid")] for t, c in TABELAS.items()}


def _novas(antes: dict[str, Any], depois: dict[str, Any]) -> dict[str, list[Any]]:
    """Returns what an action changed; who came in for it is not of it. A row may be as one before it was."""
    return {
        t: sorted(
            (r for r in (Counter(depois[t]) - Counter(antes[t])).elements() if (t, r[1]) != ("auditoria", "entrada")),
            key=repr,
        )
        for t in depois
    }


def _por(alvo: Path, copia: Path) -> None:
    """Puts a copy in place. The folder itself stays: an installation knows its own."""
    for velho in alvo.iterdir():
        if velho.is_dir() and not velho.is_symlink():
            shutil.rmtree(velho)
        else:
            velho.unlink()
    shutil.copytree(copia, alvo, symlinks=True, dirs_exist_ok=True)


@pytest.mark.parametrize("acao", PARES)
def test_a_pagina_e_o_comando_gravam_o_mesmo(casa: Cenario, tmp_path: Path, acao: str) -> None:
    par, m = PARES[acao], casa.maquina
    guardada, configuracao = tmp_path / "guardada", m.config.read_bytes()
    shutil.copytree(m.dados, guardada, symlinks=True)
    try:
        sobre = _sobre(casa, par.sobre)
        como = ("--senha-stdin",) if par.entrada else ("--usuario", par.quem, "--senha-stdin")
        antes, copia = _linhas(m), tmp_path / "copia"
        shutil.copytree(m.dados, copia, symlinks=True)
        palavras = [p.format(sobre) for p in par.palavras]
        feito = m.cli(*acao.split(), *palavras, *como, entrada=par.entrada or f"{SENHA}\n")
        assert feito.returncode in (0, 3), feito.stderr
        do_comando, do_arquivo = _novas(antes, _linhas(m)), m.config.read_bytes()
        m.config.write_bytes(configuracao)
        _por(m.dados, copia)
        painel = ligar(casa)
        try:
            n = painel.navegador().entrar(par.quem)
            visto = n.enviar(par.caminho.format(sobre), {c: x.format(sobre) for c, x in par.campos.items()})
            assert visto.estado == 303, visto.texto
            da_pagina = _novas(antes, _linhas(m))
        finally:
            assert desligar(painel) == 0
        assert da_pagina == do_comando
        assert m.config.read_bytes() == do_arquivo
        assert any(da_pagina.values())
    finally:
        m.config.write_bytes(configuracao)
        _por(m.dados, guardada)


def _sobre(casa: Cenario, sobre: str) -> str:
    """Returns what the action is about, brought into the state that it needs."""
    m = casa.maquina
    if sobre == "falha":
        return str(m.json("falhas")[0]["id"])
    if sobre == "ordem":
        como = ("--usuario", OPERADOR, "--senha-stdin")
        m.exigir("cte", "enviar", casa.rejeitado, *como, entrada=f"{SENHA}\n", codigo=3)
        return str(m.json("ordens", "listar")[0]["id"])
    if sobre == "retida":
        return RETIDA
    if sobre == "cancelando":
        como = ("--usuario", OPERADOR, "--senha-stdin")
        m.exigir("cte", "cancelar", casa.autorizado, "--motivo", MOTIVO, *como, entrada=f"{SENHA}\n", codigo=3)
        m.uma_vez()
        return casa.autorizado
    return str(getattr(casa, sobre)) if sobre else ""
