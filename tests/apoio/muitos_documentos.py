"""Fills a database with as many documents as years bring, by SQL: for what must not cost more with the years."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from separador.banco.conexao import abrir
from separador.banco.instante import texto_de
from separador.capacidades.emissao.dominio.conteudo import guardado

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

RETIDAS, GRANDE, NOTAS_DA_GRANDE = 40, 999, 20_000
"""Loads that are held; the documents of one that is large, and its invoices."""

_CARGAS = f"""
WITH RECURSIVE conta (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM conta WHERE n + 1 < ?)
INSERT INTO carga (carga, situacao, arquivo_id, recebida_em, gerada_em, conteudo, resumo)
SELECT printf('C%d', n), iif(n < {RETIDAS}, 'retida', 'gerada'), n + 1, {_QUANDO}, {_QUANDO}, ?,
  '{{"transportadoras": [], "notas": 10, "valor": "100.00"}}' FROM conta
"""
_A_GRANDE = f"""
INSERT INTO carga (id, carga, situacao, arquivo_id, recebida_em, gerada_em, conteudo, resumo, avisos)
SELECT {2**40}, 'GRANDE', 'gerada', 1, '2026-11-30T11:00:00.000Z', '2026-11-30T11:00:00.000Z', randomblob(1000000),
  '{{"transportadoras": ["00000000000001"], "notas": {NOTAS_DA_GRANDE}, "valor": "1.00"}}',
  (WITH RECURSIVE conta (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM conta WHERE n < {NOTAS_DA_GRANDE})
   SELECT json_group_array(json_object('codigo', 'SEP-CARGA-VALOR-LIDO', 'campo', printf('notas[%d].valor', n),
     'mensagem', 'o valor foi lido')) FROM conta)
"""
_DA_GRANDE = f"""
INSERT INTO carga_documento (carga_id, ordem, campo, chave, emitente, ambiente, modelo, serie, numero, xml, resumo,
  registro, documento_id)
SELECT {2**40}, row_number() OVER (ORDER BY id), 'notas[1]', chave, emitente, 'homologacao', '57', 1, id, x'',
  '{{"notas": 20, "valor": "1.00"}}', '{{}}', id FROM documento WHERE id > ? - {GRANDE}
"""


def encher(dados: Path, quantos: int, *, falhas: int = FALHAS) -> None:
    """Writes so many documents with their files, half as many guides, a quarter as many occurrences, a tenth as many
    loads, and the summary of the documents.

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
            banco.execute(_CARGAS, (quantos // 10, guardado([("carga", "X")])))
            banco.execute("UPDATE arquivo SET espera_por = 'complementar' WHERE id <= ?", (RETIDAS,))
            banco.execute("UPDATE documento SET carga = 'GRANDE' WHERE id > ? - ?", (quantos, GRANDE))
            banco.execute(_A_GRANDE)
            banco.execute(_DA_GRANDE, (quantos,))
