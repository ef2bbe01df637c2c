"""Checks, for `separador verificar`, what issuing from loads needs."""

from collections.abc import Iterator
from datetime import timedelta

from separador.cli.base.constatacao import AVISO, CERTO, ERRO, Constatacao, Exame
from separador.nucleo import capacidade

_O_QUE = "emissão"
ANTES = timedelta(days=45)
"""How long before the last row of rates ends it is said."""


def emissao(exame: Exame) -> Iterator[Constatacao]:
    """Checks registries, the key `emissao` and the rates. Nothing where no route takes loads."""
    if not any(r.ativo and capacidade.regra(r.regra).pede_transmissao for r in exame.config.rotas):
        return
    from separador.capacidades.emissao.cli import explicacao  # noqa: PLC0415 -- the rules, only where they are used
    from separador.fiscal.emissao.ambiente import parametros_de  # noqa: PLC0415

    registros, erros = explicacao.cadastros(exame.config)
    for e in erros:
        yield Constatacao(_O_QUE, ERRO, f"{e.arquivo}, linha {e.linha}: {e.campo}: {e.mensagem}", e.o_que_fazer)
    faltam = [f"{r['cadastro']} {r['codigo']}" for r in registros if r["faltam"]]
    if faltam:
        fazer = "Veja o que falta em cada um: separador carga cadastros"
        yield Constatacao(_O_QUE, AVISO, f"Registros incompletos: {', '.join(faltam)}.", fazer)
    elif not erros:
        yield Constatacao(_O_QUE, CERTO, f"Cadastros: {len(registros)} registros em {exame.config.emissao.cadastros}.")
    parametros = parametros_de(exame.config.emissao.valores)
    if not parametros.eletronico:
        fazer = "Escreva emissao.modelo_conhecimento: ELETRÔNICO em config/separador.yaml."
        yield Constatacao(_O_QUE, ERRO, "Nada é emitido: o modelo de conhecimento não é ELETRÔNICO.", fazer)
    fim = max(a.ate for a in parametros.aliquotas)
    if exame.agora.date() + ANTES >= fim:
        fazer = "Preencha emissao.aliquotas_ibscbs na configuração, com as alíquotas que a lei der."
        yield Constatacao(_O_QUE, AVISO, f"As alíquotas de IBS e CBS só vão até {fim:%d/%m/%Y}.", fazer)
