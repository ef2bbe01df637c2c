"""Carries out queries that a person orders: the service's status, and the situation of a key that is not ours."""

from sqlite3 import Row

from separador.banco import pedidos as tarefas
from separador.capacidades.cte.servico.consulta import recebida
from separador.capacidades.cte.servico.rede import fila as transmissoes
from separador.capacidades.sefaz.banco import respostas_guardadas
from separador.capacidades.sefaz.servico import enderecos, fila
from separador.fiscal.evento.envelope import montar_consulta
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.regras.ufs import SIGLA_UF
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Obra
from separador.motor.desfecho.saidas import Saida
from separador.nucleo.nome_de_saida import consulta, retorno
from separador.nucleo.rota import Transmissao, pasta_de_retorno

STATUS = "status"
"""Order by command. Its `chave` is the IBGE code of a state, with `:svc` when its contingency is asked."""
SEM_CERTIFICADO = "Não há certificado A1 em vigor para a conexão com a SEFAZ (separador verificar)."


def do_status(obra: Obra, linha: Row) -> None:
    """Carries out `separador sefaz status`: queues the question if it may be asked now.

    The command reads the answer.
    """
    estado, codigo, mensagem = _perguntar(obra, linha)
    tarefas.encerrar(obra.banco, linha["id"], estado, codigo, mensagem, obra.quando)


def _perguntar(obra: Obra, linha: Row) -> tuple[str, str, str]:
    uf, _, resto = str(linha["chave"]).partition(":")
    if uf not in SIGLA_UF:
        return tarefas.RECUSADA, "SEP-UF", f"O código de UF {uf} não existe."
    cnpj = recebida.quem_pergunta(obra.casa, uf)
    if cnpj is None:
        return tarefas.RECUSADA, "SEP-SEM-CERTIFICADO", SEM_CERTIFICADO
    autorizador = enderecos.svc(obra.casa, uf) if resto == "svc" else enderecos.tabela(obra.casa).autorizador(uf)
    a_fila = fila.fila_do_status(autorizador, uf, obra.casa.config.ambiente.tp_amb)
    if recebida.status_guardado(obra, autorizador, uf) is not None:
        return tarefas.FEITA, "SEP-STATUS-GUARDADO", "A resposta guardada tem menos de 3 minutos."
    if not respostas_guardadas.status_pendentes(obra.banco, a_fila):
        fila.enfileirar_status(obra, cnpj, autorizador, uf, linha["quem"], tarefa_id=linha["id"])
    return tarefas.FEITA, "SEP-STATUS-PEDIDO", f"Pergunta feita a {autorizador}."


def de_terceiros(
    obra: Obra, chave: str, quem: str, *, arquivo_id: int | None = None, tarefa_id: int | None = None
) -> tuple[bool, str, str]:
    """Asks SEFAZ what it has under a key that is not ours. Returns (done, code, sentence).

    The answer is `<chave>-sit.xml`.
    """
    rota = recebida.rota_da_chave(obra, None)
    if rota is None:
        return False, "SEP-SEM-ROTA", "Não há rota cte-envio ativa por onde consultar."
    onde = pasta_de_retorno(rota, obra.casa.rotas)
    nome = retorno(chave.encode(), "consulta").inteiro.decode()
    feita = f"Consulta da chave pedida; a resposta sai em {onde} como {nome}."
    if rota.transmissao is Transmissao.PASTA:
        tp_amb = obra.casa.config.ambiente.tp_amb
        obra.publicar(
            Saida(
                saidas.CONSULTA,
                rota.destino,
                consulta(chave),
                dados=com_declaracao(montar_consulta(chave, tp_amb)),
                arquivo_id=arquivo_id,
                tarefa_id=tarefa_id,
            )
        )
        return True, "SEP-CONSULTA", feita
    cnpj = recebida.quem_pergunta(obra.casa, chave[:2], chave)
    if cnpj is None:
        return False, "SEP-SEM-CERTIFICADO", SEM_CERTIFICADO
    transmissoes.enfileirar_consulta(
        obra, chave, quem, cnpj=cnpj, base=chave.encode(), rota_id=rota.id, arquivo_id=arquivo_id, tarefa_id=tarefa_id
    )
    return True, "SEP-CONSULTA", feita
