"""Carries out queries that a person orders: the service's status, and the situation of a key that is not ours."""

from sqlite3 import Row

from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.cte.servico.consulta import recebida
from separador.capacidades.cte.servico.rede import fila as fila_da_rede
from separador.capacidades.sefaz.banco import respostas_guardadas
from separador.capacidades.sefaz.servico import enderecos, fila
from separador.fiscal.evento.envelope import montar_consulta
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.regras.ufs import SIGLA_UF
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.saidas import Saida
from separador.nucleo.falha import descrever
from separador.nucleo.nome_de_saida import consulta, retorno
from separador.nucleo.rota import Transmissao, pasta_de_retorno

STATUS = "status"
"""Order by command. Its `chave` is the IBGE code of a state, with `:svc` when its contingency is asked."""
SEM_CERTIFICADO = "Não há certificado A1 em vigor para a conexão com a SEFAZ (separador verificar)."


def do_status(grupo: Grupo, linha: Row) -> None:
    """Carries out `separador sefaz status`: queues the question if it may be asked now.

    The command reads the answer.
    """
    estado, codigo, mensagem = _perguntar(grupo, linha)
    tabela_de_pedidos.encerrar(grupo.banco, linha["id"], estado, codigo, mensagem, grupo.quando)


def _perguntar(grupo: Grupo, linha: Row) -> tuple[str, str, str]:
    uf, _, resto = str(linha["chave"]).partition(":")
    if uf not in SIGLA_UF:
        return tabela_de_pedidos.RECUSADA, "SEP-UF", f"O código de UF {uf} não existe."
    cnpj = recebida.quem_pergunta(grupo.contexto, uf)
    if cnpj is None:
        return tabela_de_pedidos.RECUSADA, "SEP-SEM-CERTIFICADO", SEM_CERTIFICADO
    autorizador = (
        enderecos.svc(grupo.contexto, uf) if resto == "svc" else enderecos.tabela(grupo.contexto).autorizador(uf)
    )
    a_fila = fila.fila_do_status(autorizador, uf, grupo.contexto.config.ambiente.tp_amb)
    if recebida.status_guardado(grupo, autorizador, uf) is not None:
        return tabela_de_pedidos.FEITA, "SEP-STATUS-GUARDADO", descrever("SEP-STATUS-GUARDADO")[0]
    if not respostas_guardadas.status_pendentes(grupo.banco, a_fila):
        fila.enfileirar_status(grupo, cnpj, autorizador, uf, linha["quem"], tarefa_id=linha["id"])
    return tabela_de_pedidos.FEITA, "SEP-STATUS-PEDIDO", f"Pergunta feita a {autorizador}."


def de_terceiros(
    grupo: Grupo, chave: str, quem: str, *, arquivo_id: int | None = None, tarefa_id: int | None = None
) -> tuple[bool, str, str]:
    """Asks SEFAZ what it has under a key that is not ours. Returns (done, code, sentence).

    The answer is `<chave>-sit.xml`.
    """
    rota = recebida.rota_da_chave(grupo, None)
    if rota is None:
        return False, "SEP-SEM-ROTA", "Não há rota cte-envio ativa por onde consultar."
    onde = pasta_de_retorno(rota, grupo.contexto.rotas)
    nome = retorno(chave.encode(), "consulta").inteiro.decode()
    feita = f"Consulta da chave pedida; a resposta sai em {onde} como {nome}."
    if rota.transmissao is Transmissao.PASTA:
        tp_amb = grupo.contexto.config.ambiente.tp_amb
        grupo.publicar(
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
    cnpj = recebida.quem_pergunta(grupo.contexto, chave[:2], chave)
    if cnpj is None:
        return False, "SEP-SEM-CERTIFICADO", SEM_CERTIFICADO
    fila_da_rede.enfileirar_consulta(
        grupo, chave, quem, cnpj=cnpj, base=chave.encode(), rota_id=rota.id, arquivo_id=arquivo_id, tarefa_id=tarefa_id
    )
    return True, "SEP-CONSULTA", feita
