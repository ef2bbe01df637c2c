"""Fills a database with as many documents as years bring, by SQL: for what must not cost more with the years."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from separador.banco.conexao import abrir
from separador.banco.instante import texto_de

AGORA = datetime(2026, 11, 30, 12, tzinfo=UTC)
EMITENTES = 20
ABERTOS = 300
"""Documents of each situação in which something is to come, however many there are in all."""
FALHAS = 60
POR_EMPRESA = 20
"""Guides of one company, and occurrences of one."""

_SITUACAO = f"""CASE WHEN n < {ABERTOS} THEN 'NÃO ENVIADO' WHEN n < {2 * ABERTOS} THEN 'AGUARDANDO RETORNO'
WHEN n < {3 * ABERTOS} THEN 'REJEITADO PELA SEFAZ' WHEN n % 50 = 0 THEN 'CANCELADO' ELSE 'AUTORIZADO PELA SEFAZ' END"""
_QUANDO = "strftime('%Y-%m-%dT%H:%M:%f', 1700000000 + n * 45, 'unixepoch') || 'Z'"

_DOCUMENTOS = f"""
WITH RECURSIVE conta (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM conta WHERE n + 1 < ?)
INSERT INTO documento (id, chave, tipo, modelo, serie, numero, emitente, tp_amb, situacao, etapa, digest, protocolo,
  carga, rota_id, base, arquivo_id, causa, criado_em, atualizado_em)
SELECT n + 1, printf('3526%040d', n), 'CTe', '57', '1', cast(n AS TEXT), printf('%014d', n % {EMITENTES}), '2',
  {_SITUACAO}, 'concluido', printf('d%d', n), printf('135%012d', n), printf('C%d', n / 10), 1, x'61', n + 1,
  'exportação aceita', {_QUANDO}, {_QUANDO} FROM conta
"""
_ARQUIVOS = f"""
WITH RECURSIVE conta (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM conta WHERE n + 1 < ?)
INSERT INTO arquivo (id, lote, nome, trabalho, rota_id, regra, tomado_em, etapa, desfecho, terminado_em, chave)
SELECT n + 1, 'l', cast(printf('a%d.xml', n) AS BLOB), 't', 1, 'cte-envio', {_QUANDO}, 'concluido',
  iif(n < 100, NULL, 'entregue'), iif(n < 100, NULL, {_QUANDO}), printf('3526%040d', n) FROM conta
"""
_FALHAS = f"""
WITH RECURSIVE conta (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM conta WHERE n + 1 < ?)
INSERT INTO falha (assunto, codigo, motivo, o_que_fazer, arquivo, rota_id, chave, desde)
SELECT printf('doc:%d', n), 'SEP-PRAZO-RETORNO', printf('motivo %d', n), 'x', printf('f%d.xml', n), NULL,
  printf('3526%040d', n), {_QUANDO} FROM conta
"""

_GUIAS = f"""
WITH RECURSIVE conta (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM conta WHERE n + 1 < ?)
INSERT INTO ecac_guia (id, contribuinte, tipo, numero, receita, vencimento, principal, total, estado, pagamento,
  arrecadacao, origem, causa, causa_quem, criada_em, atualizada_em)
SELECT n + 1, printf('%014d', n / {POR_EMPRESA}), '04', iif(n % 50 = 7, NULL, printf('%017d', n)), '0561',
  iif(n % 100 = 3, NULL, date('2020-01-01', '+' || (n * 7 % 2500) || ' days')), '100.00', '100.00',
  iif(n % 10 = 1, 'aberta', 'paga sem comprovante'), iif(n % 10 = 1, NULL, printf('%d', n)),
  iif(n % 10 = 1, NULL, '2026-01-01'), 'teste', 'registrada', 'teste', {_QUANDO}, {_QUANDO} FROM conta
"""
_OCORRENCIAS = f"""
WITH RECURSIVE conta (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM conta WHERE n + 1 < ?)
INSERT INTO ecac_ocorrencia (id, especie, contribuinte, assunto, detalhe, guia_id, status, desde, atualizada_em, por)
SELECT n + 1, iif(n % 3 = 0, 'sugestao', 'inconclusivo'), printf('%014d', n / {POR_EMPRESA}), printf('a%d', n),
  'detalhe', n + 1, iif(n % 4 = 0, 'aberta', 'resolvida'), {_QUANDO}, {_QUANDO}, 'serviço' FROM conta
"""
_RESUMO = f"""
INSERT INTO resumo SELECT substr(criado_em, 1, 13), emitente, 1, '', iif(id % 20, 'autorizado', 'rejeitado'),
  iif(id % 20, '100', '209'), count(*), 15000 * count(*), count(*){", 0" * 11} FROM documento GROUP BY 1, 2, 5
"""


def encher(dados: Path, quantos: int, *, falhas: int = FALHAS) -> None:
    """Writes so many documents with their files, half as many guides, a quarter as many occurrences, and the
    summary of the documents.

    The guards of the tables are taken out: nobody works on it.
    """
    with closing(abrir(dados)) as banco:
        banco.execute("DROP TRIGGER documento_nasce")
        banco.execute("DROP TRIGGER documento_nasceu")
        banco.execute("DROP TRIGGER arquivo_nao_troca")
        banco.execute("DROP TRIGGER ecac_guia_nasce")
        with banco.transacao():
            banco.execute("INSERT INTO rota (id, assinatura, conhecida_em) VALUES (1, 'x', ?)", (texto_de(AGORA),))
            banco.execute(_ARQUIVOS, (quantos,))
            banco.execute(_DOCUMENTOS, (quantos,))
            banco.execute(_RESUMO)
            banco.execute(_FALHAS, (falhas,))
            banco.execute(_GUIAS, (quantos // 2,))
            banco.execute(_OCORRENCIAS, (quantos // 4,))
