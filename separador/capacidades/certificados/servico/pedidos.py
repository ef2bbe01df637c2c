"""Carries out orders about certificates: check and take them up now, and try a PIN that was told."""

from datetime import datetime
from sqlite3 import Row

from separador.banco import arquivos
from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.certificados import banco as tabela
from separador.capacidades.certificados.servico.papeis import que_emitem
from separador.capacidades.certificados.servico.por_que_nao_assina import por_que_nao_assina
from separador.capacidades.certificados.servico.tokens import tokens_de
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo.falha import descrever
from separador.nucleo.fuso import dia
from separador.nucleo.texto.quantidade import quantos

VALIDADE, PIN = "certificado-validade", "certificado-pin"


def conferir(grupo: Grupo, linha: Row) -> None:
    """Says which certificates are in use, and lets waiting documents go now.

    The loop has looked at vault and files just before the orders.
    """
    contexto = grupo.contexto
    for empresa in contexto.config.empresas:
        arquivos.soltar_retidos(grupo.banco, f"certificado:{empresa.cnpj[:8]}", grupo.quando)
    emitem = que_emitem(contexto.config, grupo.banco)
    em_uso = [_frase(e.nome, e.cnpj, grupo) for e in contexto.config.empresas if e.cnpj in emitem]
    mensagem = " ".join(em_uso) or "Nenhuma empresa da configuração emite documentos."
    tabela_de_pedidos.encerrar(
        grupo.banco, linha["id"], tabela_de_pedidos.FEITA, "SEP-CERT-CONFERIDO", mensagem, grupo.quando
    )
    grupo.linhas.append({"event": mensagem, "acao": "validade", "quem": linha["quem"]})


def _frase(nome: str, cnpj: str, grupo: Grupo) -> str:
    if cnpj[:8] in grupo.contexto.certificados_por_abrir:
        return f"{nome}: o arquivo do certificado é aberto quando um documento precisar dele."
    assinador = grupo.contexto.assinador(cnpj)
    if assinador is None:
        vencido = por_que_nao_assina(grupo.contexto, cnpj)
        porque = f" {vencido.texto}" if vencido is not None else ""
        return f"{nome}: sem certificado em vigor; os documentos esperam.{porque}"
    quem = assinador.certificado.identidade
    return f"{nome}: em uso o de {quem.titular}, até {dia(quem.validade_ate)} ({dias(quem.validade_ate, grupo.agora)})."


def dias(ate: datetime, agora: datetime) -> str:
    """Returns in words how long the certificate lasts."""
    restam = (ate - agora).days
    if ate < agora:
        return f"vencido há {quantos((agora - ate).days, 'dia', 'dias')}"
    return "vence hoje" if restam == 0 else "vence amanhã" if restam == 1 else f"mais {quantos(restam, 'dia', 'dias')}"


def do_pin(grupo: Grupo, linha: Row) -> None:
    """Ends the order with the result of the PIN that the command handed in by the socket.

    The loop tried it just before.
    """
    certificado_id = int(linha["chave"])
    certificado = tabela.por_id(grupo.banco, certificado_id)
    problema = tokens_de(grupo.contexto).problema(certificado_id)
    if (
        certificado is None
        or not certificado["padrao"]
        or certificado["empresa"] not in tokens_de(grupo.contexto).empresas()
    ):
        texto, _ = descrever("SEP-TOKEN-FORA-DE-USO")
        tabela_de_pedidos.encerrar(
            grupo.banco, linha["id"], tabela_de_pedidos.RECUSADA, "SEP-TOKEN-FORA-DE-USO", texto, grupo.quando
        )
    elif problema is not None:
        texto = f"{problema.mensagem} {problema.o_que_fazer}"
        tabela_de_pedidos.encerrar(
            grupo.banco, linha["id"], tabela_de_pedidos.RECUSADA, problema.codigo, texto, grupo.quando
        )
    else:
        tabela.recusar_pin(grupo.banco, certificado_id, None)
        texto = f"O token do certificado {certificado['apelido']} está aberto e assina."
        tabela_de_pedidos.encerrar(
            grupo.banco, linha["id"], tabela_de_pedidos.FEITA, "SEP-TOKEN-ABERTO", texto, grupo.quando
        )
