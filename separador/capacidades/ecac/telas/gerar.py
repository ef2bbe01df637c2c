"""The page that asks the Receita for a new guide: fields, then the amounts to check, then the order, once."""

from typing import Any

from separador.capacidades.ecac.banco.pedidos import GERAR
from separador.capacidades.ecac.servico.geracao_de_guias import DARF, DAS, DAS_MEI
from separador.capacidades.ecac.servico.vista import guia_nova
from separador.capacidades.ecac.servico.vista.guia_nova import Incompleto
from separador.capacidades.ecac.servico.vista.importar import SEM_A_CHAVE
from separador.painel.base import ordens
from separador.painel.base.escolhas import cnpj, empresas
from separador.painel.base.resposta import ACHADA, CONFLITO, RECUSADA, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos.ordens import NovoPedido

TIPOS = ((DAS, "DAS (PGDAS-D)"), (DAS_MEI, "DAS do MEI"), (DARF, "DARF (Sicalc)"))
ROTULOS = {
    "periodo": "Período",
    "pagamento": "Data do pagamento",
    "receita": "Receita",
    "extensao": "Extensão",
    "valor": "Valor",
    "vencimento": "Vencimento",
    "tipo_periodo": "Tipo de período",
    "uf": "UF",
    "municipio": "Município (código TOM)",
    "referencia": "Referência",
}
_NAS_ORDENS = {"tipo_pa": "Tipo de período", "consolidacao": "Data do pagamento"} | ROTULOS
_PADROES = {"extensao": "01", "tipo_periodo": "ME"}
_TITULO = "Gerar nova guia"


def gerar(v: Visita) -> Resposta:
    """Shows the form, then what will be asked for; records the order when that is sent."""
    campos = v.campos if v.enviada else v.consulta
    tipo = campos.um("tipo") if campos.um("tipo") in dict(TIPOS) else DAS
    empresa = cnpj(campos.um("empresa"))
    ditos = {n: campos.um(n).strip() or _PADROES.get(n, "") for n in ROTULOS}
    de_novo = bool(campos.um("de_novo"))
    valores: dict[str, Any] = {
        "tipos": TIPOS, "tipo": tipo, "empresas": empresas(v, empresa), "empresa": empresa, "campos": ditos,
        "rotulos": ROTULOS, "de_novo": de_novo, "volta": v.volta("/ecac/guias"), "lidos": None,
    }  # fmt: skip
    if v.configuracao.ecac is None:
        return Pagina("ecac/gerar.html", _TITULO, valores, CONFLITO, (SEM_A_CHAVE,))
    if not v.enviada and not campos.um("conferir"):
        return Pagina("ecac/gerar.html", _TITULO, valores)
    lidos = _ler(v, empresa, tipo, ditos)
    if isinstance(lidos, str):
        return Pagina("ecac/gerar.html", _TITULO, valores, RECUSADA, (lidos,))
    if v.enviada:
        dados = guia_nova.dados_da_ordem(tipo, lidos, de_novo=de_novo)
        return ordens.dar(v, [NovoPedido(GERAR, empresa, dados)], "/ecac/guias")
    mostrados = [(_NAS_ORDENS[n], x) for n, x in lidos.items()]
    dona = v.configuracao.empresa(empresa)
    nome = dona.nome if dona is not None else ""
    return Pagina("ecac/gerar.html", _TITULO, valores | {"lidos": mostrados, "nome": nome}, ACHADA)


def _ler(v: Visita, empresa: str, tipo: str, ditos: dict[str, str]) -> dict[str, str] | str:
    dona = v.configuracao.empresa(empresa)
    if dona is None:
        return f"A empresa {empresa} não está na configuração." if empresa else "Escolha a empresa."
    lidos = guia_nova.ler(tipo, ditos, dona.uf)
    if not isinstance(lidos, Incompleto):
        return lidos
    faltam = f": {', '.join(ROTULOS[n] for n in lidos.faltam)}." if lidos.faltam else ""
    return f"{lidos.mensagem}{faltam}"
