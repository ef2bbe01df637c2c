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


def encher(dados: Path, quantos: int, *, falhas: int = FALHAS) -> None:
    """Writes so many documents with their files. The guards of the table are taken out: nobody works on it."""
    with closing(abrir(dados)) as banco:
        banco.execute("DROP TRIGGER documento_nasce")
        banco.execute("DROP TRIGGER documento_nasceu")
        banco.execute("DROP TRIGGER arquivo_nao_troca")
        with banco.transacao():
            banco.execute("INSERT INTO rota (id, assinatura, conhecida_em) VALUES (1, 'x', ?)", (texto_de(AGORA),))
            banco.execute(_ARQUIVOS, (quantos,))
            banco.execute(_DOCUMENTOS, (quantos,))
            banco.execute(_FALHAS, (falhas,))
