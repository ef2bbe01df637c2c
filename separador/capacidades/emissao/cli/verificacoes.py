"""Checks, for `separador verificar`, what issuing from loads needs."""

from collections.abc import Iterator
from datetime import datetime

from separador.cli.base.constatacao import AVISO, CERTO, ERRO, Constatacao, Exame
from separador.configuracao import Configuracao
from separador.nucleo import capacidade

_O_QUE = "emissão"


def emissao(exame: Exame) -> Iterator[Constatacao]:
    """Checks, for `separador verificar`, what `conferir` does."""
    return conferir(exame.config, exame.agora)


def conferir(config: Configuracao, agora: datetime) -> Iterator[Constatacao]:
    """Checks registries, the key `emissao` and the rates. Nothing where no route takes loads."""
    if not any(r.ativo and capacidade.regra(r.regra).pede_transmissao for r in config.rotas):
        return
    from separador.capacidades.emissao.servico import explicacao  # noqa: PLC0415 -- the rules, only where they are used
    from separador.fiscal.emissao.ambiente import parametros_de  # noqa: PLC0415

    registros, erros = explicacao.cadastros(config)
    for e in erros:
        yield Constatacao(_O_QUE, ERRO, f"{e.arquivo}, linha {e.linha}: {e.campo}: {e.mensagem}", e.o_que_fazer)
    faltam = [f"{r['cadastro']} {r['codigo']}" for r in registros if r["faltam"]]
    if faltam:
        fazer = "Veja o que falta em cada um: separador carga cadastros"
        yield Constatacao(_O_QUE, AVISO, f"Registros incompletos: {', '.join(faltam)}.", fazer)
    elif not erros:
        yield Constatacao(_O_QUE, CERTO, f"Cadastros: {len(registros)} registros em {config.emissao.cadastros}.")
    parametros = parametros_de(config.emissao.valores)
    if not parametros.eletronico:
        fazer = "Escreva emissao.modelo_conhecimento: ELETRÔNICO em config/separador.yaml."
        yield Constatacao(_O_QUE, ERRO, "Nada é emitido: o modelo de conhecimento não é ELETRÔNICO.", fazer)
    acabam = parametros.aliquotas_acabam(agora.date())
    if acabam and any(r["cadastro"] == "empresas" for r in registros):
        fazer = "Preencha emissao.aliquotas_ibscbs na configuração, com as alíquotas que a lei der."
        yield Constatacao(_O_QUE, AVISO, acabam, fazer)
