"""Reads the key `rotas`: each route by itself, then the conflicts between them (`nucleo.rota.conflitos`)."""

from pathlib import Path

from separador.configuracao.leitura import Leitor, parecido
from separador.configuracao.yaml_seguro import Mapa
from separador.nucleo import capacidade
from separador.nucleo.rota import Envio, Rota, Transmissao, conflitos, normalizar_sufixo

CHAVES_ROTA = (
    *("id", "ativo", "regra", "origem", "destino", "arquivo", "envio", "retorno"),
    *("prazo_coleta", "marcador", "tamanho_maximo_mb", "autorizados", "copia_processado", "transmissao", "dacte"),
)
_MB = 1024 * 1024
# A larger file is refused before it is parsed. A CT-e has some tens of kB, and the authorities refuse far less than
# this. A plain file has no limit of ours.
_TAMANHO_PADRAO_MB = 10


def ler_rotas(leitor: Leitor, topo: Mapa, dados: Path, transmissao: Transmissao) -> tuple[Rota, ...]:
    """Returns every route that could be read whole; errors are noted in `leitor`.

    `transmissao`: the value for routes that do not give their own.
    """
    rotas: list[Rota] = []
    mapas: list[Mapa] = []
    for mapa in leitor.lista_de_mapas(topo, "rotas"):
        leitor.conhecer(mapa, CHAVES_ROTA)
        rota = _rota(leitor, mapa, transmissao)
        if rota is not None:
            rotas.append(rota)
            mapas.append(mapa)
            _anotar(leitor, mapa, rota)
    for conflito in conflitos(rotas, dados):
        mapa = mapas[conflito.posicao]
        leitor.errar(conflito.mensagem, mapa.linha, mapa.caminho)
    return tuple(rotas)


def _rota(leitor: Leitor, mapa: Mapa, transmissao: Transmissao) -> Rota | None:
    regra = _regra(leitor, mapa)
    origem = leitor.caminho(mapa, "origem", obrigatoria=True)
    destino = leitor.caminho(mapa, "destino", obrigatoria=True)
    sufixos = _sufixos(leitor, mapa)
    tamanho_mb = leitor.inteiro(mapa, "tamanho_maximo_mb", None, 1, 10_000)
    if tamanho_mb is None and (regra is None or capacidade.regra(regra).limite is not None):
        tamanho_mb = _TAMANHO_PADRAO_MB
    lida = {
        "id": leitor.inteiro(mapa, "id", None, 1),
        "ativo": leitor.booleano(mapa, "ativo", True),
        "envio": leitor.escolha(mapa, "envio", Envio, Envio.AUTOMATICO),
        "retorno": leitor.caminho(mapa, "retorno"),
        "prazo_coleta_s": leitor.inteiro(mapa, "prazo_coleta", None, 1),
        "marcador": _marcador(leitor, mapa),
        "tamanho_maximo_bytes": tamanho_mb * _MB if tamanho_mb is not None else None,
        "autorizados": leitor.caminho(mapa, "autorizados"),
        "copia_processado": leitor.booleano(mapa, "copia_processado", False),
        "transmissao": leitor.escolha(mapa, "transmissao", Transmissao, transmissao),
        "dacte": leitor.booleano(mapa, "dacte", False),
    }
    if regra is None or origem is None or destino is None or not sufixos:
        return None
    return Rota(regra=regra, origem=origem, destino=destino, sufixos=sufixos, **lida)  # type: ignore[arg-type]


def _regra(leitor: Leitor, mapa: Mapa) -> str | None:
    texto = leitor.escalar(mapa, "regra", obrigatoria=True)
    if texto is None:
        return None
    validas = list(capacidade.regras())
    if texto in validas:
        return texto
    mensagem = f'a regra "{texto}" não existe{parecido(texto, validas)}; as regras são: {", ".join(validas)}'
    leitor.errar(mensagem, mapa.nos["regra"], mapa.chave("regra"))
    return None


def _sufixos(leitor: Leitor, mapa: Mapa) -> tuple[str, ...]:
    textos = leitor.textos(mapa, "arquivo")
    if not textos and "arquivo" not in mapa.nos:
        leitor.errar('falta a chave "arquivo" (a regra de arquivo, como ".txt")', mapa.linha, mapa.caminho)
    sufixos: list[str] = []
    for texto, no in textos:
        try:
            sufixos.append(normalizar_sufixo(texto))
        except ValueError as erro:
            leitor.errar(f'"{texto}" {erro}', no, mapa.chave("arquivo"))
    return tuple(dict.fromkeys(sufixos))


def _marcador(leitor: Leitor, mapa: Mapa) -> str | None:
    texto = leitor.escalar(mapa, "marcador")
    if texto is None:
        return None
    if not texto.startswith(".") or len(texto) < 2 or "/" in texto:
        mensagem = 'deve ser um final de nome com ponto, como ".ok" (nota.xml fica pronto quando chega nota.xml.ok)'
        leitor.errar(mensagem, mapa.nos["marcador"], mapa.chave("marcador"))
        return None
    return texto


def _anotar(leitor: Leitor, mapa: Mapa, rota: Rota) -> None:
    tamanho = rota.tamanho_maximo_bytes
    for chave, valor in (
        ("id", rota.id if rota.id is not None else "(será atribuído)"),
        ("ativo", "true" if rota.ativo else "false"),
        ("regra", rota.regra),
        ("origem", rota.origem),
        ("destino", rota.destino),
        ("arquivo", " ".join(rota.sufixos)),
        ("envio", rota.envio),
        ("retorno", rota.retorno or "(destino da rota de retorno, ou o próprio)"),
        ("prazo_coleta", rota.prazo_coleta_s or "(não vigia)"),
        ("marcador", rota.marcador or "(não usa)"),
        ("tamanho_maximo_mb", "(sem limite)" if tamanho is None else tamanho // _MB),
        ("autorizados", rota.autorizados or "(não usa)"),
        ("copia_processado", "true" if rota.copia_processado else "false"),
        *((("transmissao", rota.transmissao),) if rota.transmite else ()),
        ("dacte", "true" if rota.dacte else "false"),
    ):
        leitor.anotar(mapa, chave, valor)
