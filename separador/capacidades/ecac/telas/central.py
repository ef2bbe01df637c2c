"""The page `/ecac`: the import of now, the budget of the day, and the history of occurrences, grouped as one asks."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from separador.capacidades.ecac.banco import chamadas, listas
from separador.capacidades.ecac.banco import empresas as tabela
from separador.capacidades.ecac.banco.leitura import existe
from separador.capacidades.ecac.banco.listas import FiltroOcorrencias
from separador.capacidades.ecac.dominio.ocorrencia import NOMES, Especie, Status
from separador.capacidades.ecac.servico.livro_de_chamadas import hoje
from separador.capacidades.ecac.servico.vista.importar import SEM_A_CHAVE, a3, por_que_sem_a3
from separador.capacidades.ecac.servico.vista.ocorrencias import EMPRESA, OCORRENCIA, LinhaOcorrencia, agrupar, linha
from separador.nucleo.texto.quantidade import milhar
from separador.painel.base.campos import Campos
from separador.painel.base.escolhas import cnpj, empresas
from separador.painel.base.filho import comando, uma_impressora
from separador.painel.base.resposta import OCUPADO, Arquivo, Erro, Pagina, Resposta
from separador.painel.base.visita import Visita

CAMINHO = "/ecac"
POR_PAGINA, EM_GRUPOS = 50, 200
TODAS = "todas"
_PLANILHA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PLANILHA_S = 120
_FILTRO = ("agrupar", "empresa", "especie", "status")


def central(v: Visita) -> Resposta:
    """Shows the occurrences that the address asks for."""
    aqui, filtro = v.consulta.com(ordem=None, volta=None), _filtro(v)
    ha = existe(v.banco)
    grupos, resto = _ocorrencias(v, filtro, aqui) if ha else ({}, _FIM)
    sem_chave = v.configuracao.ecac is None
    valores: dict[str, Any] = {
        "filtro": filtro,
        "filtrado": any(aqui.um(n) for n in ("empresa", "especie", "status")),
        "empresas": empresas(v, filtro["empresa"]),
        "especies": [(e.value, NOMES[e]) for e in Especie],
        "situacoes": [*(s.value for s in Status), TODAS],
        "grupos": grupos,
        "excel": Campos(tuple((n, filtro[n]) for n in _FILTRO)).endereco(f"{CAMINHO}/ocorrencias.xlsx"),
        "importacao": tabela.ultima(v.banco) if ha else None,
        "em_andamento": tabela.EM_ANDAMENTO,
        "gasto": _gasto(v) if ha and not sem_chave else None,
        "orcamento": v.configuracao.ecac.orcamento_dia if v.configuracao.ecac is not None else None,
        "milhar": milhar,
        "impede": SEM_A_CHAVE if sem_chave else None,
        "a3": bool(a3(v.configuracao)),
        "sem_a3": por_que_sem_a3(v.configuracao),
        "aqui": aqui.endereco(CAMINHO),
    }
    return Pagina("ecac/central.html", "Central e-CAC", valores | resto)


def _filtro(v: Visita) -> dict[str, str]:
    """Returns the filter in the words of the command; what is none of them counts as not said."""
    c = v.consulta
    return {
        "agrupar": c.um("agrupar") if c.um("agrupar") in (EMPRESA, OCORRENCIA) else "",
        "empresa": cnpj(c.um("empresa")),
        "especie": c.um("especie") if c.um("especie") in set(Especie) else "",
        "status": c.um("status") if c.um("status") in {*Status, TODAS} else Status.ABERTA.value,
    }


_FIM: dict[str, str | None] = {"proximas": None, "continuar": None, "primeiras": None}


def _ocorrencias(
    v: Visita, f: Mapping[str, str], aqui: Campos
) -> tuple[dict[str, list[LinhaOcorrencia]], dict[str, str | None]]:
    """Returns the groups of this page, and where to go on."""
    status = None if f["status"] == TODAS else f["status"]
    filtro = FiltroOcorrencias(status, f["empresa"] or None, f["especie"] or None)
    depois = listas.ler_ponto(aqui.um("depois"))
    achada = listas.ocorrencias(v.banco, filtro, EM_GRUPOS if f["agrupar"] else POR_PAGINA, depois)
    seguinte = aqui.com(depois=str(achada.proxima)).endereco(CAMINHO) if achada.proxima is not None else None
    nomes = {e.cnpj: e.nome for e in v.configuracao.empresas}
    linhas = [linha(v.banco, o, nomes) for o in achada.linhas]
    resto = {
        "proximas": None if achada.incompleta else seguinte,
        "continuar": seguinte if achada.incompleta else None,
        "primeiras": aqui.com(depois=None).endereco(CAMINHO) if depois is not None else None,
    }
    return agrupar(linhas, f["agrupar"] or None) if linhas else {}, resto


def _gasto(v: Visita) -> int:
    banco, dia = v.banco, hoje(v.agora).isoformat()
    return v.casa.contada(f"ecac {dia}", v.marca, lambda: chamadas.gasto_do_dia(banco, dia))


def planilha(v: Visita) -> Resposta:
    """Gives the rows of the filter, in the grouping shown, as a spreadsheet: the command writes it."""
    f = _filtro(v)
    palavras = ["ecac", "ocorrencias", "--status", f["status"]]
    for nome in ("empresa", "especie", "agrupar"):
        palavras += [f"--{nome}", f[nome]] if f[nome] else []
    with uma_impressora(v), tempfile.TemporaryDirectory(prefix="separador-planilha-") as pasta:
        alvo = Path(pasta) / "ocorrencias.xlsx"
        dito = comando(v, [*palavras, "--excel", str(alvo)], _PLANILHA_S)
        if not alvo.is_file():
            raise Erro(OCUPADO, f"A planilha não pôde ser feita: {dito} Use um filtro mais estreito.")
        return Arquivo(alvo.read_bytes(), alvo.name, _PLANILHA)
