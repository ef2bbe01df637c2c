"""Puts a whole document on paper."""

from separador.capacidades.dacte.dominio.modelos import MODELOS
from separador.capacidades.dacte.papel.cabecalho import Cabecalho, canhoto
from separador.capacidades.dacte.papel.conteudo import Conteudo
from separador.capacidades.dacte.papel.fluxo import Fluxo
from separador.capacidades.dacte.papel.montagem import montar
from separador.capacidades.dacte.papel.pagina import MARGEM, Papel
from separador.nucleo.tipo import Tipo


def desenhar(conteudo: Conteudo) -> bytes:
    """Returns the PDF."""
    modelo = MODELOS[conteudo.tipo]
    papel = Papel(f"{modelo.titulo} {conteudo.chave}", deitado=conteudo.deitado)
    if conteudo.recebido_em is not None:
        papel.set_creation_date(conteudo.recebido_em)
    cabecalho = Cabecalho(conteudo, modelo, papel.util)
    blocos = montar(conteudo, modelo.blocos, papel.util)

    def comecar(folha: Papel) -> float:
        folha.y_do_cabecalho = MARGEM
        if folha.page == 1 and conteudo.tipo is not Tipo.CTE_OS:
            faixa = canhoto(cabecalho)
            folha.por(faixa, MARGEM, MARGEM)
            folha.y_do_cabecalho += faixa.altura
        return cabecalho.desenhar(folha)

    Fluxo(papel, comecar).por_todos(blocos)
    cabecalho.numerar(papel)
    return bytes(papel.output())
