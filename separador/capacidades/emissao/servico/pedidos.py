"""Carries out orders on loads and numbers, which commands record."""

import json
from sqlite3 import Row

from separador.banco import arquivos
from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.emissao.arquivos.leitura import ler_complementos
from separador.capacidades.emissao.banco import cargas, numeracao
from separador.capacidades.emissao.banco.numeracao import Serie
from separador.capacidades.emissao.dominio.complementares import BLOCO, FALTAM, informacoes_complementares
from separador.fiscal.emissao.no import folhas
from separador.motor.desfecho.grupo import Grupo

COMPLEMENTADA, NUMERACAO = "SEP-CARGA-COMPLEMENTADA", "SEP-NUMERACAO"


def complementar(grupo: Grupo, linha: Row) -> None:
    """Completes a held load: it is looked at again at once."""
    retida = cargas.por_nome(grupo.banco, linha["chave"])
    if retida is None:
        _recusar(grupo, linha, "SEP-CARGA-COMPLEMENTAR", f"Não há a carga {linha['chave']}.")
        return
    if retida["situacao"] != cargas.RETIDA:
        mensagem = f"A carga {linha['chave']} não espera por informações: já tem os seus CT-e."
        _recusar(grupo, linha, "SEP-CARGA-COMPLEMENTAR", mensagem)
        return
    juntos = json.dumps(json.loads(retida["complementos"]) | json.loads(linha["dados"]), ensure_ascii=False)
    no, leitura = ler_complementos(juntos)
    if leitura.erros:
        primeiro = leitura.erros[0]
        _recusar(grupo, linha, primeiro.codigo, f"{primeiro.campo}: {primeiro.mensagem}. {primeiro.o_que_fazer}")
        return
    lidos = informacoes_complementares(folhas(no, BLOCO))
    cargas.complementar(grupo.banco, retida["id"], json.dumps(lidos, ensure_ascii=False))
    arquivos.soltar_retido(grupo.banco, retida["arquivo_id"], grupo.quando)
    faltava = cargas.o_que_faltava(grupo.banco, retida["arquivo_id"])
    faltam = " e ".join(FALTAM[n] for n in FALTAM if (FALTAM[n] in faltava or n in faltava) and not lidos.get(n))
    depois = f"ainda falta: {faltam}" if faltam else "o separador a confere de novo"
    _feito(grupo, linha, COMPLEMENTADA, f"A carga {linha['chave']} foi complementada; {depois}.")


def definir_numero(grupo: Grupo, linha: Row) -> None:
    """Sets the next number of a series, never back to one that may be used already."""
    dito = json.loads(linha["dados"])
    serie = Serie(linha["chave"], str(grupo.contexto.config.ambiente), dito["modelo"], dito["serie"])
    menor = numeracao.definir(grupo.banco, serie, dito["proximo"])
    if menor is not None:
        mensagem = f"O próximo número da série {serie.serie} é {menor}; não se volta a um número já usado."
        _recusar(grupo, linha, NUMERACAO, mensagem)
        return
    _feito(grupo, linha, NUMERACAO, f"O próximo número da série {serie.serie} é {dito['proximo']}.")


def _feito(grupo: Grupo, linha: Row, codigo: str, mensagem: str) -> None:
    _encerrar(grupo, linha, tabela_de_pedidos.FEITA, codigo, mensagem)


def _recusar(grupo: Grupo, linha: Row, codigo: str, mensagem: str) -> None:
    _encerrar(grupo, linha, tabela_de_pedidos.RECUSADA, codigo, mensagem)


def _encerrar(grupo: Grupo, linha: Row, estado: str, codigo: str, mensagem: str) -> None:
    tabela_de_pedidos.encerrar(grupo.banco, linha["id"], estado, codigo, mensagem, grupo.quando)
    grupo.linhas.append({"event": mensagem, "acao": linha["pedido"], "chave": linha["chave"], "quem": linha["quem"]})
