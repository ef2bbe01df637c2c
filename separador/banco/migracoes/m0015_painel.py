"""Adds the one-time token of an order form, and the indexes of what the panel shows of years. Frozen.

An order form is sent twice by a double click, by "back", by a browser that asks again: `ficha` with `chave` is one order.
"""

ROTEIRO = """
ALTER TABLE tarefa ADD COLUMN ficha TEXT;
CREATE UNIQUE INDEX tarefa_ficha ON tarefa (ficha, chave) WHERE ficha IS NOT NULL;
CREATE INDEX documento_emitente ON documento (emitente, atualizado_em);
CREATE INDEX arquivo_em_maos ON arquivo (rota_id, tomado_em) WHERE desfecho IS NULL;
DROP INDEX arquivo_feito;
CREATE INDEX arquivo_feito ON arquivo (rota_id, terminado_em, desfecho);
CREATE INDEX falha_desde ON falha (desde, id) WHERE encerrada_em IS NULL;
"""
