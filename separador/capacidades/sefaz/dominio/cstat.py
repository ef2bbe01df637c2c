"""Says which answer codes of SEFAZ are known, and what each means for a document.

There is one table (`cstat_tabela`, which names the rules of MOC 4.00), and the sets that decide are read from it. A
code that is not in the table is unknown: it never demotes a document and never promotes one. Codes are strings: since
NT 2025.001 they have three or four digits.
"""

from dataclasses import dataclass
from enum import StrEnum

from separador.capacidades.sefaz.dominio.cstat_tabela import DADOS


class Evento(StrEnum):
    """The fact that a code states. `cte.dominio.retorno` decides what follows for a document."""

    AUTORIZADO = "autorizado"
    CANCELADO = "cancelado"
    EVENTO_ACEITO = "evento registrado"
    REJEITADO = "rejeitado"
    CONSULTAR = "já existe, ou não se sabe: a consulta decide"
    TENTAR_DEPOIS = "nada registrado: tentar depois"
    CONSUMO_INDEVIDO = "bloqueio por excesso de uso"
    CERTIFICADO = "certificado da conexão"
    DENEGADO = "denegado (código antigo)"
    SERVICO = "estado do serviço"
    ANTIGO = "código de leiautes anteriores ao 4.00"


class Quem(StrEnum):
    """The person who has to act."""

    NINGUEM = "ninguém: o serviço cuida"
    EMISSOR = "quem emite o CT-e"
    CADASTRO = "quem cuida dos cadastros"
    FISCAL = "quem cuida da situação fiscal da empresa"
    PROGRAMA = "quem mantém o sistema emissor"
    ADMINISTRADOR = "quem administra o separador"


@dataclass(frozen=True, slots=True)
class Grupo:
    """Codes that are handled alike. `acao`: what the service does; `o_que_fazer`: text for the operator."""

    evento: Evento
    quem: Quem
    acao: str
    o_que_fazer: str


@dataclass(frozen=True, slots=True)
class Linha:
    """One code. `fonte`: rules of the manual, or the document that the code comes from."""

    codigo: str
    significado: str
    grupo: Grupo
    fonte: str
    o_que_fazer: str

    @property
    def evento(self) -> Evento:
        """Returns what happened."""
        return self.grupo.evento


_REJEITA = "registra a rejeição e espera a correção, que pode usar o mesmo número"
_CONSULTA = "mantém a situação, consulta a chave e compara o conteúdo antes de decidir"
_RECUSA_EVENTO = "registra a recusa do evento; o documento fica como está"

GRUPOS = {
    "autorizado": Grupo(
        Evento.AUTORIZADO,
        Quem.NINGUEM,
        "confere o digest, guarda o protocolo e junta o documento processado",
        "Nada a fazer.",
    ),
    "cancelado": Grupo(Evento.CANCELADO, Quem.NINGUEM, "passa o documento a CANCELADO", "Nada a fazer."),
    "evento_aceito": Grupo(Evento.EVENTO_ACEITO, Quem.NINGUEM, "guarda o evento registrado", "Nada a fazer."),
    "servico": Grupo(Evento.SERVICO, Quem.NINGUEM, "mostra o estado do serviço", "Nada a fazer."),
    "svc_desligada": Grupo(
        Evento.SERVICO,
        Quem.EMISSOR,
        "espera que a contingência volte, ou que o documento seja refeito",
        "Nada a fazer.",
    ),
    "distribuicao": Grupo(Evento.SERVICO, Quem.NINGUEM, "segue com a distribuição de documentos", "Nada a fazer."),
    "antigo": Grupo(
        Evento.ANTIGO,
        Quem.ADMINISTRADOR,
        "mantém a situação e avisa: o 4.00 não usa este código",
        "Este código é de leiautes antigos: confira o endereço do serviço e consulte a chave.",
    ),
    "duplicidade": Grupo(Evento.CONSULTAR, Quem.NINGUEM, _CONSULTA, "Nada a fazer: o serviço consulta a chave."),
    "nao_consta": Grupo(
        Evento.CONSULTAR,
        Quem.NINGUEM,
        "consulta de novo e envia os mesmos bytes, se o documento estava em andamento",
        "Nada a fazer: o serviço consulta a chave.",
    ),
    "epec": Grupo(Evento.CONSULTAR, Quem.EMISSOR, _CONSULTA, "Confira o EPEC deste número."),
    "parada": Grupo(
        Evento.TENTAR_DEPOIS,
        Quem.NINGUEM,
        "envia os mesmos bytes depois do tempo de espera",
        "Nada a fazer: os mesmos bytes vão de novo depois do tempo de espera.",
    ),
    "consumo": Grupo(
        Evento.CONSUMO_INDEVIDO,
        Quem.ADMINISTRADOR,
        "não chama esse serviço por uma hora",
        "Nada vai a esse serviço por uma hora.",
    ),
    "conexao": Grupo(
        Evento.CERTIFICADO,
        Quem.ADMINISTRADOR,
        "mantém a situação: nada diz do documento",
        "Verifique o certificado da conexão.",
    ),
    "denegado": Grupo(
        Evento.DENEGADO,
        Quem.FISCAL,
        "marca o documento; a situação não muda",
        "Código antigo: consulte a chave na SEFAZ; o emitente precisa regularizar a inscrição.",
    ),
    "svc": Grupo(
        Evento.REJEITADO, Quem.EMISSOR, _REJEITA, "Gere o documento com o tpEmis que a SEFAZ aceita neste momento."
    ),
    "endereco": Grupo(
        Evento.REJEITADO, Quem.ADMINISTRADOR, _REJEITA, "Confira o ambiente e a tabela de endereços da configuração."
    ),
    "programa": Grupo(
        Evento.REJEITADO,
        Quem.PROGRAMA,
        "registra a rejeição e nunca repete a mesma mensagem",
        "O arquivo foi montado fora do padrão: não o reenvie igual; avise quem mantém o sistema emissor.",
    ),
    "certificado": Grupo(
        Evento.REJEITADO, Quem.ADMINISTRADOR, _REJEITA, "Verifique o certificado que assina os documentos da empresa."
    ),
    "relogio": Grupo(
        Evento.REJEITADO, Quem.ADMINISTRADOR, _REJEITA, "Confira relógio e fuso, e gere de novo com a data de agora."
    ),
    "emitente": Grupo(Evento.REJEITADO, Quem.FISCAL, _REJEITA, "Corrija os dados do emitente ou o cadastro na SEFAZ."),
    "cadastro": Grupo(
        Evento.REJEITADO,
        Quem.CADASTRO,
        _REJEITA,
        "Confira a inscrição no cadastro da SEFAZ (Sintegra/CCC), corrija o parceiro e exporte de novo.",
    ),
    "fim": Grupo(Evento.REJEITADO, Quem.FISCAL, _RECUSA_EVENTO, "O prazo ou a situação não permite mais este evento."),
    "evento": Grupo(Evento.REJEITADO, Quem.EMISSOR, _RECUSA_EVENTO, "Corrija os dados do evento e peça-o de novo."),
    "referencia": Grupo(
        Evento.REJEITADO,
        Quem.EMISSOR,
        _REJEITA,
        "Confira o documento referenciado (chave, partes, situação na SEFAZ), corrija e exporte de novo.",
    ),
    "tributo": Grupo(
        Evento.REJEITADO,
        Quem.FISCAL,
        _REJEITA,
        "Corrija a tributação (CFOP, bases, alíquotas, IBS/CBS) e exporte de novo.",
    ),
    "dados": Grupo(
        Evento.REJEITADO,
        Quem.EMISSOR,
        _REJEITA,
        "Corrija no sistema emissor o que a mensagem diz e exporte de novo, com o mesmo número.",
    ),
}
"""The groups, by the names that the table uses."""


def _ler() -> dict[str, Linha]:
    """Reads the table line by line. A header begins at the margin; its text is indented."""
    tabela: dict[str, Linha] = {}
    cabecalho, corpo = "", list[str]()
    for linha in (*DADOS.splitlines(), "0 fim []"):
        if linha.startswith(" "):
            corpo.append(linha.strip())
        elif linha:
            if cabecalho:
                tabela[cabecalho.partition(" ")[0]] = _linha(cabecalho, corpo)
            cabecalho, corpo = linha, []
    return tabela


def _linha(cabecalho: str, corpo: list[str]) -> Linha:
    codigo, nome, fonte = cabecalho.split(" ", 2)
    significado, _, fazer = " ".join(corpo).partition(" > ")
    return Linha(codigo, significado, GRUPOS[nome], fonte[1:-1], fazer or GRUPOS[nome].o_que_fazer)


TABELA = _ler()


def _do(evento: Evento) -> frozenset[str]:
    return frozenset(c for c, linha in TABELA.items() if linha.evento is evento)


AUTORIZADO = _do(Evento.AUTORIZADO)
"""150 is a code of NF-e. Where it ever comes with protocol and digest, it is treated as 100."""

CANCELADO = _do(Evento.CANCELADO)
EVENTO_ACEITO = _do(Evento.EVENTO_ACEITO)
"""136 is the success of events on documents that SEFAZ does not know yet. 155 counts only with a protocol."""

CONSULTAR = _do(Evento.CONSULTAR)
"""The codes that say "already there". A look-up decides, never the code alone."""

TENTAR_DEPOIS = _do(Evento.TENTAR_DEPOIS)
"""Nothing was recorded: the same bytes are sent again after the retry time."""

CONSUMO_INDEVIDO = _do(Evento.CONSUMO_INDEVIDO)
"""Nothing is sent to that service for an hour (MOC 4.00, Visão Geral, 8.2)."""

CERTIFICADO = _do(Evento.CERTIFICADO)
"""The certificate of the connection, or the authority's revocation list: these codes say nothing of the document."""

DENEGADO = _do(Evento.DENEGADO)
"""The denial of use of old layouts, extinct in 4.00. It marks the document; its situação does not change."""

REJEICOES = _do(Evento.REJEITADO)
"""Nothing was recorded, and the same message would be refused again."""


def conhecido(codigo: str) -> bool:
    """Says whether the table names the code."""
    return codigo in TABELA


def o_que_fazer(codigo: str) -> str | None:
    """Returns the text for the operator, in Portuguese; None for a code that is not in the table."""
    linha = TABELA.get(codigo)
    return linha.o_que_fazer if linha is not None else None


def significado(codigo: str) -> str | None:
    """Returns what the code says, in Portuguese; None for a code that is not in the table."""
    linha = TABELA.get(codigo)
    return linha.significado if linha is not None else None


EM_OPERACAO, PARADO, PARADO_SEM_PREVISAO = "107", "108", "109"
SVC_ATIVA, SVC_DESLIGADA = "113", "114"
EMITENTE_IRREGULAR, NAO_CONSTA, NAO_CATALOGADO = "203", "217", "999"
LISTA_DE_REVOGADOS = frozenset({"286", "296"})
"""SEFAZ could not read the list of revoked certificates: its own trouble, not the certificate's."""
EPEC_NAO_SINCRONIZADO, CONSUMO = "641", "678"
CANCELAMENTO_HOMOLOGADO, CANCELADO_FORA_DO_PRAZO = "101", "155"
EVENTO_COM_ALERTA, EVENTO_SEM_VINCULO = "134", "136"
JA_RECEBIDO, JA_CANCELADO, EVENTO_REPETIDO, EPEC_JA_RECEBIDO = "204", "218", "631", "640"
CHAVES_DIVERGEM = frozenset({"216", "600"})
"""SEFAZ has the number under a key that differs from the one asked for."""
HA_DOCUMENTOS, NADA_NOVO, CONSUMO_DA_DISTRIBUICAO = "138", "137", "656"
NO_AR = frozenset({EM_OPERACAO, SVC_ATIVA})
"""The service works."""
PARADAS = frozenset({PARADO, PARADO_SEM_PREVISAO})
"""SEFAZ stands still: every document of the authoriser waits, in order."""
DE_OUTRA_CHAVE = CHAVES_DIVERGEM | {"539"}
"""The number belongs to another key."""
MANDAM_PARAR = PARADAS | {CONSUMO, EMITENTE_IRREGULAR}
"""After one of these nothing more goes before it is understood."""
