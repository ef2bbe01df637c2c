"""Publishes the answer to a load: `<base>-ret.json` always, `<base>-ret.err` when it is refused."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from sqlite3 import Row

from separador.capacidades.emissao.banco.leitura import documento_em_json
from separador.capacidades.emissao.dominio.valores import CargaRecusada
from separador.fiscal.emissao.achados import Aviso, ErroDeCarga
from separador.fiscal.emissao.regras.terceiros import Terceiro
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.desfecho.recusas import texto_do_err
from separador.motor.desfecho.saidas import Saida
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.nome_de_saida import ao_lado, resposta_de_pedido
from separador.nucleo.rota import pasta_de_retorno
from separador.nucleo.texto.quantidade import quantos

GERADA, JA_GERADA, RECUSADA = "gerada", "ja gerada", "recusada"


def avisos_em_json(avisos: Iterable[Aviso]) -> list[dict[str, object]]:
    """Returns notices in the shape of the contract."""
    return [asdict(a) for a in avisos]


def terceiros_em_json(terceiros: Iterable[Terceiro]) -> list[dict[str, object]]:
    """Returns CT-e of third parties in the shape of the contract."""
    return [
        {"campo": t.campo, "chave": t.chave, "emissao": t.emissao.isoformat()[:10], "valor": f"{t.valor:.2f}"}
        for t in terceiros
    ]


def erro_em_json(e: ErroDeCarga, arquivo: str) -> dict[str, object]:
    """Returns an error in the shape of the contract."""
    corpo = asdict(e)
    faltam = corpo.pop("faltam")
    corpo["arquivo"] = e.arquivo or arquivo
    return {**corpo, **({"faltam": list(faltam)} if faltam else {})}


def corpo(
    carga: str,
    arquivo: str,
    resultado: str,
    quando: str,
    *,
    codigo: str,
    mensagem: str,
    documentos: Sequence[Row] = (),
    avisos: Sequence[dict[str, object]] = (),
    erros: Sequence[ErroDeCarga] = (),
    terceiros: Sequence[dict[str, object]] = (),
) -> dict[str, object]:
    """Returns the answer in the shape of the contract."""
    return {
        "carga": carga or None,
        "arquivo": arquivo,
        "resultado": resultado,
        "codigo": codigo,
        "mensagem": mensagem,
        "documentos": [documento_em_json(d) for d in documentos],
        "terceiros": list(terceiros),
        "avisos": list(avisos),
        "erros": [erro_em_json(e, arquivo) for e in erros],
        "quando": quando,
    }


def publicar(grupo: Grupo, item: Item, resposta: dict[str, object]) -> None:
    """Publishes the `-ret.json`."""
    _publicar(grupo, item, saidas.RESPOSTA, json.dumps(resposta, ensure_ascii=False, indent=2).encode() + b"\n")


def _publicar(grupo: Grupo, item: Item, tipo: str, dados: bytes) -> None:
    nome = resposta_de_pedido(item.nome)
    grupo.publicar(
        Saida(
            tipo,
            pasta_de_retorno(item.rota, grupo.contexto.rotas),
            nome if tipo == saidas.RESPOSTA else ao_lado(nome, b".err"),
            dados=dados,
            substitui=grupo.contexto.uninfe,
            arquivo_id=item.arquivo_id,
        )
    )


def recusa_de(r: CargaRecusada) -> Recusa:
    """Returns the errors as those of any file: for the `.err` and the failures view."""
    erros = (Erro(e.codigo, e.regra, _com_campo(e), e.o_que_fazer, e.linha, e.tag) for e in r.erros)
    return Recusa(tuple(erros))


def _com_campo(e: ErroDeCarga) -> str:
    return f"{e.campo}: {e.mensagem}" if e.campo and not e.mensagem.startswith(e.campo) else e.mensagem


def publicar_recusa(grupo: Grupo, item: Item, r: CargaRecusada, *, documentos: Sequence[Row] = ()) -> None:
    """Publishes `-ret.err` and `-ret.json` of a refused load."""
    _publicar(grupo, item, saidas.RECUSA, texto_do_err(recusa_de(r)))
    primeiro = r.erros[0]
    outros = f" (e mais {quantos(len(r.erros) - 1, 'erro', 'erros')})" if len(r.erros) > 1 else ""
    feito = corpo(
        r.carga, mostrar(item.nome), RECUSADA, grupo.quando, codigo=primeiro.codigo, documentos=documentos,
        mensagem=f"{primeiro.mensagem}{outros}", avisos=avisos_em_json(r.avisos), erros=r.erros,
    )  # fmt: skip
    publicar(grupo, item, feito)
