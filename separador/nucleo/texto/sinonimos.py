"""Holds words by which people call a command, beside its own name.

A suggestion goes by meaning before it goes by letters.
"""

import unicodedata

_MESMO_SENTIDO = """
listar: exportar lista mostrar relatorio todos relacao tudo list ls
ver: mostrar exibir abrir detalhes detalhe status situacao show
dacte: imprimir impressao pdf print
enviar: transmitir emitir autorizar mandar reenviar send
cancelar: anular cancelamento inutilizar
estornar: desfazer voltar reverter estorno
consultar: pesquisar buscar procurar perguntar status
evento: corrigir carta correcao cce desacordo
incluir: adicionar criar novo nova cadastrar inserir add
alterar: mudar editar modificar trocar
ativar: ligar habilitar
desativar: desligar desabilitar remover apagar excluir
iniciar: ligar start comecar
parar: desligar stop encerrar terminar
reiniciar: restart religar
situacao: status andamento estado
falhas: erros erro problemas pendencias
rastrear: localizar procurar historico buscar
verificar: diagnostico testar conferir checar
conferir: validar verificar testar
definir: mudar alterar set gravar
instalar: importar incluir adicionar
validade: vencimento expira vence
entrar: login logar
sair: logout
log: registro logs
config: configuracao configurar
certificado: certificados
usuario: usuarios
rotas: rota pastas
recuperar: senha esqueci redefinir
exportar: salvar copiar backup
importar: carregar restaurar
desde: inicio from depois data-inicial
de: desde inicio from data-inicial
ate: fim to until data-final
empresa: cnpj emitente
motivo: justificativa razao
json: formato saida
seguir: acompanhar follow
config: configuracao arquivo
"""
_SENTIDOS: dict[str, tuple[str, ...]] = {
    comando: tuple(palavras.split())
    for comando, _, palavras in (linha.partition(": ") for linha in _MESMO_SENTIDO.split("\n") if linha)
}


def pelo_sentido(palavra: str, nomes: list[str]) -> str | None:
    """Returns the name that means what a word says, in the order of the table; None when no name of these does."""
    dita = sem_acento(palavra)
    return next((c for c, palavras in _SENTIDOS.items() if c in nomes and dita in palavras), None)


def conhecida(palavra: str) -> bool:
    """Says whether a word has a meaning here: then names that only look alike are no suggestion."""
    dita = sem_acento(palavra)
    return dita in _SENTIDOS or any(dita in palavras for palavras in _SENTIDOS.values())


def sem_acento(palavra: str) -> str:
    """Returns a word in small letters without accents."""
    partes = unicodedata.normalize("NFD", palavra.casefold())
    return "".join(letra for letra in partes if not unicodedata.combining(letra))
