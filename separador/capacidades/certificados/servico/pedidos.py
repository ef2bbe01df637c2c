"""Carries out orders about certificates: check and take them up now, and try a PIN that was told."""

from datetime import datetime
from sqlite3 import Row

from separador.banco import arquivos
from separador.banco import pedidos as tarefas
from separador.capacidades.certificados import banco as tabela
from separador.motor.desfecho.grupo import Obra

VALIDADE, PIN = "certificado-validade", "certificado-pin"


def conferir(obra: Obra, linha: Row) -> None:
    """Says which certificates are in use, and lets waiting documents go now.

    The loop has looked at vault and files just before the orders.
    """
    casa = obra.casa
    for empresa in casa.config.empresas:
        arquivos.soltar_retidos(obra.banco, f"certificado:{empresa.cnpj[:8]}", obra.quando)
    em_uso = [_frase(e.nome, e.cnpj, obra) for e in casa.config.empresas]
    mensagem = " ".join(em_uso) or "Nenhuma empresa na configuração."
    tarefas.encerrar(obra.banco, linha["id"], tarefas.FEITA, "SEP-CERT-CONFERIDO", mensagem, obra.quando)
    obra.linhas.append({"event": mensagem, "acao": "validade", "quem": linha["quem"]})


def _frase(nome: str, cnpj: str, obra: Obra) -> str:
    assinador = obra.casa.assinador(cnpj)
    if assinador is None:
        return f"{nome}: sem certificado em vigor; os documentos esperam."
    quem = assinador.certificado.identidade
    return f"{nome}: em uso o de {quem.titular}, até {dia(quem.validade_ate)} ({dias(quem.validade_ate, obra.agora)})."


def dia(quando: datetime) -> str:
    """Returns a date for people."""
    return f"{quando:%d/%m/%Y}"


def dias(ate: datetime, agora: datetime) -> str:
    """Returns in words how long the certificate lasts."""
    restam = (ate - agora).days
    if ate < agora:
        return f"vencido há {(agora - ate).days} dias"
    return "vence hoje" if restam == 0 else "vence amanhã" if restam == 1 else f"mais {restam} dias"


def do_pin(obra: Obra, linha: Row) -> None:
    """Ends the order with the result of the PIN that the command told through the pipe.

    The loop tried it just before.
    """
    certificado_id = int(linha["chave"])
    certificado = tabela.por_id(obra.banco, certificado_id)
    problema = obra.casa.tokens.problema(certificado_id)
    if certificado is None or not certificado["padrao"] or certificado["empresa"] not in obra.casa.tokens.empresas():
        texto = "Este certificado não é o padrão de uma empresa configurada; o token não foi aberto."
        tarefas.encerrar(obra.banco, linha["id"], tarefas.RECUSADA, "SEP-TOKEN-FORA-DE-USO", texto, obra.quando)
    elif problema is not None:
        texto = f"{problema.mensagem} {problema.o_que_fazer}"
        tarefas.encerrar(obra.banco, linha["id"], tarefas.RECUSADA, problema.codigo, texto, obra.quando)
    else:
        tabela.recusar_pin(obra.banco, certificado_id, None)
        texto = f"O token do certificado {certificado['apelido']} está aberto e assina."
        tarefas.encerrar(obra.banco, linha["id"], tarefas.FEITA, "SEP-TOKEN-ABERTO", texto, obra.quando)
