"""Decides where the service starts and ends (EMIS-02)."""

from dataclasses import dataclass

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.formato.tipos import comparavel
from separador.fiscal.emissao.pessoas import Local, local_do_codigo
from separador.fiscal.emissao.regras.operacao import Operacao
from separador.fiscal.emissao.regras.partes import Partes

_PARTES = {
    "0": ("remetente", "destinatario"),
    "1": ("remetente", "destinatario"),
    "2": ("expedidor", "destinatario"),
    "3": ("expedidor", "recebedor"),
    "4": ("expedidor", "recebedor"),
    **dict.fromkeys("678", ("remetente", "destinatario")),
}


@dataclass(frozen=True, slots=True)
class Percurso:
    """Start and end."""

    inicio: Local
    fim: Local

    @property
    def exterior(self) -> bool:
        """Says whether either end is abroad."""
        return self.inicio.exterior or self.fim.exterior


def decidir(caso: Caso, operacao: Operacao, partes: Partes) -> Percurso | None:
    """Returns the places. None: a party that gives one is missing (told)."""
    de, ate = _PARTES[operacao.tp_serv]
    inicio = _um(caso, "cod_cid_inicio", "inicio", partes, de)
    fim = _um(caso, "cod_cid_fim", "fim", partes, ate)
    if operacao.os:
        _exigir(caso, {"cod_cid_inicio": (de, inicio), "cod_cid_fim": (ate, fim)})
    return Percurso(inicio, fim) if inicio is not None and fim is not None else None


def _exigir(caso: Caso, lugares: dict[str, tuple[str, Local | None]]) -> None:
    """Tells a place that neither a field nor a party gives: a CT-e OS needs no party."""
    for campo, (papel, local) in lugares.items():
        dado = caso.cte.dado(papel) or (papel == "remetente" and caso.cte.dado("depositante"))
        if local is None and not dado:
            caso.errar("SEP-EMIS-02", campo, f"Falta o município: nem {campo}, nem {papel}.", f"Preencha {campo}.")


def decidido(caso: Caso, nome: str, local: Local, motivo: str) -> Local:
    """Notes a place that was decided, and returns it."""
    caso.decidir(nome, f"{local.codigo} {local.nome} {local.uf}", motivo, "EMIS-02")
    return local


def _um(caso: Caso, campo: str, nome: str, partes: Partes, papel: str) -> Local | None:
    if campo in caso.cte.ruins:
        return None
    if campo in caso.cte:
        local = local_do_codigo(caso.cte.texto(campo))
        motivo = f"{campo} da carga"
    else:
        pessoa = partes.papel(papel)
        if pessoa is None:
            return None
        local, motivo = local_do_codigo(pessoa.endereco.local.codigo), f"município do {papel}"
    return decidido(caso, nome, local, motivo)


def conferir_coleta_entrega(caso: Caso) -> None:
    """Tests the transport of collection and delivery: only by road."""
    for no in caso.cte.nos("coleta_entrega"):
        dito = no.texto("tipo_transporte")
        if dito and comparavel(dito) != "rodoviario":
            mensagem = f"Coleta e entrega são só por rodovia; está «{dito}»."
            caso.achados.errar("SEP-EMIS-02", no.em("tipo_transporte"), mensagem, "Escreva rodoviario, ou retire.")
        if "parceiro" in no:
            caso.registro("entidades", no.texto("parceiro"), no.em("parceiro"))
