"""Adds what an order for a fiscal event says beyond its reason, and when an event goes again. Frozen."""

ROTEIRO = """
ALTER TABLE tarefa ADD COLUMN dados TEXT;
CREATE INDEX tarefa_evento ON tarefa (id) WHERE pedido = 'evento';
CREATE INDEX evento_tipo ON evento (tp_evento, id);
ALTER TABLE evento ADD COLUMN tentativas INTEGER NOT NULL DEFAULT 0;
ALTER TABLE evento ADD COLUMN proxima_em TEXT;
CREATE INDEX evento_devido ON evento (proxima_em) WHERE proxima_em IS NOT NULL;
CREATE INDEX evento_publicado ON evento (atualizado_em) WHERE estado = 'publicado';
"""
