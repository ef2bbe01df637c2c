"""Adds the one-time token of an order form, and the indexes by which the panel pages through years of documents. Frozen.

An order form is sent twice by a double click, by "back", by a browser that asks again: `ficha` with `chave` is one order.
"""

ROTEIRO = """
ALTER TABLE tarefa ADD COLUMN ficha TEXT;
CREATE UNIQUE INDEX tarefa_ficha ON tarefa (ficha, chave) WHERE ficha IS NOT NULL;
CREATE INDEX IF NOT EXISTS documento_mudou ON documento (atualizado_em);
DROP INDEX documento_situacao;
CREATE INDEX documento_situacao ON documento (situacao, atualizado_em);
CREATE INDEX IF NOT EXISTS documento_a_espera ON documento (enviado_em)
WHERE situacao IN ('AGUARDANDO RETORNO', 'AGUARDANDO RETORNO DE CANCELAMENTO');
CREATE INDEX documento_emitente ON documento (emitente, atualizado_em);
DROP INDEX documento_numero;
CREATE INDEX documento_numero ON documento (numero, serie, emitente, modelo);
CREATE INDEX documento_protocolo ON documento (protocolo) WHERE protocolo IS NOT NULL;
CREATE INDEX arquivo_em_maos ON arquivo (rota_id, tomado_em) WHERE desfecho IS NULL;
DROP INDEX arquivo_feito;
CREATE INDEX arquivo_feito ON arquivo (rota_id, terminado_em, desfecho);
CREATE INDEX falha_desde ON falha (desde, id) WHERE encerrada_em IS NULL;
CREATE INDEX IF NOT EXISTS falha_arquivo ON falha (arquivo) WHERE arquivo IS NOT NULL;
"""
