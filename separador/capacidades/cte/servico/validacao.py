"""Answers the rule cte-validar: signs and checks a document, never sends it."""

import json

from separador.capacidades.cte.servico.envio import esperar_certificado
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.preparo import Preparado, SemCertificado
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.desfecho.recusas import json_da_recusa
from separador.motor.desfecho.saidas import Saida
from separador.motor.trabalho.parecer import Parecer
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.etapa import Desfecho
from separador.nucleo.falha import descrever
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.nome_de_saida import Nome, base_da_entrada, resposta_de_pedido
from separador.nucleo.rota import pasta_de_retorno


def decidir(grupo: Grupo, item: Item, parecer: Parecer) -> None:
    """Decides one file of the rule `cte-validar`."""
    c = parecer.conteudo
    if not isinstance(c, Preparado | SemCertificado):
        raise TypeError(f"a regra {item.rota.regra} não decide {type(c).__name__}")
    validar(grupo, item, parecer, c)


def validar(grupo: Grupo, item: Item, parecer: Parecer, c: Preparado | SemCertificado) -> None:
    """Publishes the signed copy of a good document, then the answer."""
    if isinstance(c, SemCertificado):
        if c.cnpj[:8] in grupo.contexto.certificados_por_abrir:
            esperar_certificado(grupo, item, c)
            return
        invalido(grupo, item, Recusa((_sem_certificado(c.cnpj),), c.chave or None))
        return
    base, sufixo = base_da_entrada(item.nome)
    encenado = parecer.saida_sha256 is not None
    grupo.publicar(
        Saida(
            saidas.RESPOSTA,
            item.rota.destino,
            Nome(base, sufixo),
            dados=None if encenado else com_declaracao(parecer.assinado),
            provisorio=item.provisorio if encenado else b"",
            sha256=parecer.saida_sha256 or "",
            arquivo_id=item.arquivo_id,
        )
    )
    corpo = {
        "codigo": "SEP-VALIDO",
        "mensagem": descrever("SEP-VALIDO")[0],
        "arquivo": mostrar(item.nome),
        "chave": c.chave,
        "erros": [],
        "notas": list(c.notas_normalizacao),
    }
    _responder(grupo, item, json.dumps(corpo, ensure_ascii=False, indent=2).encode() + b"\n", "1", corpo["mensagem"])
    grupo.terminar(item, Desfecho.ENTREGUE, chave=c.chave)


def _sem_certificado(cnpj: str) -> Erro:
    return Erro(
        "SEP-SEM-CERTIFICADO",
        "SEP",
        f"Sem erros de esquema e de regras, mas não há certificado utilizável do CNPJ {cnpj} para assinar.",
        "Instale o certificado da empresa (separador verificar) e valide de novo.",
        tag="CNPJ",
    )


def invalido(grupo: Grupo, item: Item, r: Recusa) -> None:
    """Answers a bad document with every error. It opens no failure, because finding errors is what was asked."""
    responder(grupo, item, r)
    grupo.terminar(item, Desfecho.RECUSADO, codigo=r.erros[0].codigo, motivo=r.erros[0].mensagem, chave=r.chave)


def responder(grupo: Grupo, item: Item, r: Recusa) -> None:
    """Publishes the answer to a document that is not valid, or was given up."""
    frases = "; ".join(f"{e.codigo}: {e.mensagem}" for e in r.erros)
    _responder(grupo, item, json_da_recusa(r, mostrar(item.nome)), "2", frases)


def _responder(grupo: Grupo, item: Item, dados: bytes, cstat: str, motivo: object) -> None:
    """Publishes `<base>-ret.json`; in the profile uninfe first `<base>-ret.xml`, as UniNFe's Validar folder does."""
    pasta = pasta_de_retorno(item.rota, grupo.contexto.rotas)
    nome = resposta_de_pedido(item.nome)
    comum = {"pasta": pasta, "substitui": grupo.contexto.uninfe, "arquivo_id": item.arquivo_id}
    if grupo.contexto.uninfe:
        xml = _validacao(cstat, str(motivo))
        grupo.publicar(Saida(saidas.RESPOSTA, nome=Nome(nome.base, b"-ret.xml"), dados=xml, **comum))  # type: ignore[arg-type]
    grupo.publicar(Saida(saidas.RESPOSTA, nome=nome, dados=dados, **comum))  # type: ignore[arg-type]


def _validacao(cstat: str, motivo: str) -> bytes:
    texto = motivo.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return com_declaracao(f"<Validacao><cStat>{cstat}</cStat><xMotivo>{texto}</xMotivo></Validacao>".encode())
