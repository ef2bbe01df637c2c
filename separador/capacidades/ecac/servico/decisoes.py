"""Carries out a person's decisions about guides and occurrences: link, approve, refuse, reopen, number, dismiss.

The command calls `avaliar` before it records the order, and the service calls it again when it carries the order out.
"""

from sqlite3 import Row

from separador.acesso.banco.auditoria import Conexao
from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import Banco
from separador.capacidades.ecac.banco import guias, ocorrencias, pagamentos
from separador.capacidades.ecac.dominio.arrecadacao import canonico, completo, so_digitos
from separador.capacidades.ecac.dominio.conciliacao import valor_confere
from separador.capacidades.ecac.dominio.guia import Estado, nome_da_guia
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Status
from separador.capacidades.ecac.servico.comprovantes import comprovar
from separador.capacidades.ecac.servico.conciliacao import conciliar_empresa
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo.negativa import Negativa

LIGAR, APROVAR, RECUSAR, REABRIR = "ecac-ligar", "ecac-aprovar", "ecac-recusar", "ecac-reabrir"
NUMERAR, DISPENSAR = "ecac-numerar", "ecac-dispensar"
MOTIVO_MINIMO = 3


def avaliar(c: Conexao, pedido: str, alvo: str, dito: str) -> Negativa | None:
    """Returns why the order cannot be carried out; None = it can. `alvo`: guide or occurrence; `dito`: number or
    reason."""
    if pedido == DISPENSAR:
        return _avaliar_dispensa(c, alvo, dito)
    guia = guias.por_id(c, int(alvo)) if alvo.isascii() and alvo.isdigit() else None
    if guia is None:
        return Negativa("SEP-GUIA-DESCONHECIDA", f"Não há guia {alvo}.")
    return _REGRAS[pedido](c, guia, dito)


def _avaliar_dispensa(c: Conexao, alvo: str, motivo: str) -> Negativa | None:
    linha = ocorrencias.por_id(c, int(alvo)) if alvo.isascii() and alvo.isdigit() else None
    if linha is None:
        return Negativa("SEP-OCORRENCIA-DESCONHECIDA", f"Não há ocorrência {alvo}.")
    if linha["status"] != Status.ABERTA:
        return Negativa("SEP-OCORRENCIA-FECHADA", f"A ocorrência {alvo} já está {linha['status']}.")
    return _motivo(motivo)


def _motivo(motivo: str) -> Negativa | None:
    if len(motivo.strip()) < MOTIVO_MINIMO:
        return Negativa("SEP-MOTIVO", f"Diga o motivo, com ao menos {MOTIVO_MINIMO} caracteres.")
    return None


def _ligar(c: Conexao, guia: Row, numero: str) -> Negativa | None:
    if Estado(guia["estado"]).baixada:
        return Negativa("SEP-GUIA-BAIXADA", f"A guia {_nome(guia)} já está baixada, com {completo(guia['pagamento'])}.")
    if pagamentos.por_numero(c, guia["contribuinte"], canonico(numero)) is None:
        mensagem = f"Não há pagamento {numero} da empresa {guia['contribuinte']} entre os conhecidos."
        return Negativa("SEP-PAGAMENTO-DESCONHECIDO", mensagem)
    dona = next((g for g in guias.de(c, guia["contribuinte"]) if g["pagamento"] == canonico(numero)), None)
    if dona is not None:
        return Negativa("SEP-PAGAMENTO-USADO", f"O pagamento {numero} já baixou a guia {_nome(dona)}.")
    return None


def _nome(guia: Row) -> str:
    return nome_da_guia(guia["id"], guia["numero"])


def sugestao(c: Conexao, guia: Row) -> Row | None:
    """Returns the open suggestion to settle a guide."""
    dela = ocorrencias.da_guia(c, guia["contribuinte"], guia["id"])
    return next((o for o in dela if o["status"] == Status.ABERTA and o["especie"] == Especie.SUGESTAO), None)


def _com_sugestao(c: Conexao, guia: Row, pagamento: str) -> Negativa | None:
    """`pagamento`: the one that was seen, "" of a person who names none. Another one needs another look."""
    sugerida = sugestao(c, guia)
    if sugerida is None:
        return Negativa("SEP-SEM-SUGESTAO", f"A guia {_nome(guia)} não tem sugestão de baixa em aberto.")
    if pagamento and canonico(pagamento) != sugerida["pagamento"]:
        mensagem = f"A sugestão da guia {_nome(guia)} já é outra: {completo(sugerida['pagamento'])}. Veja-a de novo."
        return Negativa("SEP-SEM-SUGESTAO", mensagem)
    return None


def _reabrir(_: Conexao, guia: Row, motivo: str) -> Negativa | None:
    if not Estado(guia["estado"]).baixada:
        return Negativa("SEP-GUIA-ABERTA", f"A guia {_nome(guia)} está {guia['estado']}: não há baixa a desfazer.")
    return _motivo(motivo)


def _numerar(c: Conexao, guia: Row, numero: str) -> Negativa | None:
    if guia["numero"] is not None:
        return Negativa("SEP-GUIA-NUMERADA", f"A guia {_nome(guia)} já tem o número {guia['numero']}.")
    digitos = so_digitos(numero)
    if digitos is None or not 1 <= len(canonico(digitos)) <= 17:
        return Negativa("SEP-GUIA-NUMERO", f'"{numero}" não é o número de um documento (17 algarismos).')
    iguais = guias.por_numero(c, completo(digitos))
    if any(g["contribuinte"] == guia["contribuinte"] and g["tipo"] == guia["tipo"] for g in iguais):
        return Negativa("SEP-GUIA-REPETIDA", f"A guia {iguais[0]['id']} já tem o número {completo(digitos)}.")
    return None


_REGRAS = {LIGAR: _ligar, APROVAR: _com_sugestao, RECUSAR: _com_sugestao, REABRIR: _reabrir, NUMERAR: _numerar}


def do_pedido(grupo: Grupo, linha: Row) -> None:
    """Carries out one decision, in the transaction of the group."""
    pedido, alvo, dito = linha["pedido"], linha["chave"], linha["motivo"] or ""
    negativa = avaliar(grupo.banco, pedido, alvo, dito)
    if negativa is not None:
        tabela_de_pedidos.encerrar(
            grupo.banco, linha["id"], tabela_de_pedidos.RECUSADA, negativa.codigo, negativa.mensagem, grupo.quando
        )
        return
    mensagem = _fazer(grupo.banco, pedido, int(alvo), dito, linha["quem"], grupo.quando)
    tabela_de_pedidos.encerrar(
        grupo.banco, linha["id"], tabela_de_pedidos.FEITA, "SEP-ECAC-FEITO", mensagem, grupo.quando
    )
    grupo.linhas.append({"event": mensagem, "acao": pedido, "alvo": alvo, "quem": linha["quem"]})


def _fazer(c: Banco, pedido: str, alvo: int, dito: str, quem: str, quando: str) -> str:
    if pedido == DISPENSAR:
        ocorrencias.mudar_status(c, alvo, Status.DISPENSADA, quando, f"{quem}: {dito.strip()}")
        return f"Ocorrência {alvo} dispensada."
    guia = guias.por_id(c, alvo)
    if guia is None:
        raise LookupError(f"não há guia {alvo}")
    mensagem = _FEITOS[pedido](c, guia, dito.strip(), quem, quando)
    conciliar_empresa(c, guia["contribuinte"], quem, quando)
    return mensagem


def _baixar(c: Banco, guia: Row, numero: str, quem: str, quando: str) -> str:
    """Settles by a person's word with a payment that is known."""
    pago = pagamentos.por_numero(c, guia["contribuinte"], canonico(numero))
    if pago is None:
        raise LookupError(f"não há pagamento {numero}")
    guias.aceitar(c, guia["id"], pago.canonico)
    diverge = not valor_confere(guias.guia_de(guia).valores, pago.valores)
    guias.baixar(c, guia["id"], pago, quem, quando, divergente=diverge)
    comprovar(c, guia["contribuinte"], pago.canonico, quando)
    return (
        f"Guia {_nome(guia)} baixada com o documento {completo(pago.numero)}; o comprovante vem na próxima importação."
    )


def _fazer_aprovar(c: Banco, guia: Row, _: str, quem: str, quando: str) -> str:
    sugerida = sugestao(c, guia)
    if sugerida is None:
        raise LookupError(f"a guia {_nome(guia)} não tem sugestão")
    return _baixar(c, guia, sugerida["pagamento"], quem, quando)


def _fazer_recusar(c: Banco, guia: Row, _: str, quem: str, quando: str) -> str:
    sugerida = sugestao(c, guia)
    if sugerida is None:
        raise LookupError(f"a guia {_nome(guia)} não tem sugestão")
    guias.recusar(c, guia["id"], sugerida["pagamento"], quem, quando)
    return f"Sugestão da guia {_nome(guia)} recusada; o documento {completo(sugerida['pagamento'])} não será proposto."


def _fazer_reabrir(c: Banco, guia: Row, motivo: str, quem: str, quando: str) -> str:
    numero = completo(guia["pagamento"])
    guias.reabrir(c, guia["id"], quem, quando, motivo)
    return f"Guia {_nome(guia)} reaberta; o documento {numero} não a baixa mais sozinho."


def _fazer_numerar(c: Banco, guia: Row, numero: str, quem: str, quando: str) -> str:
    guias.numerar(c, guia["id"], completo(numero), quando)
    return f"A guia {guia['id']} do registro agora tem o número {completo(numero)} ({quem})."


_FEITOS = {
    LIGAR: _baixar,
    APROVAR: _fazer_aprovar,
    RECUSAR: _fazer_recusar,
    REABRIR: _fazer_reabrir,
    NUMERAR: _fazer_numerar,
}
