"""Adds what lists show of a document, and the indexes that keep every statement as quick after years as on its first day.
Frozen.

`emitido_em` NULL: not read yet, the service reads it in idle time; '' : the document has none that can be read. `valor` is
in cents. An index that serves nothing any more goes, where another that costs the same serves more.
"""

ROTEIRO = """
ALTER TABLE documento ADD COLUMN emitido_em TEXT;
ALTER TABLE documento ADD COLUMN tomador TEXT;
ALTER TABLE documento ADD COLUMN fim TEXT;
ALTER TABLE documento ADD COLUMN valor INTEGER;
CREATE INDEX documento_a_ler ON documento (id) WHERE emitido_em IS NULL;
CREATE INDEX documento_mudou ON documento (atualizado_em);
CREATE INDEX documento_emissao ON documento (emitido_em) WHERE emitido_em IS NOT NULL;
CREATE INDEX documento_tomador ON documento (tomador, atualizado_em) WHERE tomador IS NOT NULL;
DROP INDEX documento_situacao;
CREATE INDEX documento_situacao ON documento (situacao, atualizado_em);
CREATE INDEX documento_a_espera ON documento (enviado_em)
WHERE situacao IN ('AGUARDANDO RETORNO', 'AGUARDANDO RETORNO DE CANCELAMENTO');
DROP INDEX documento_numero;
CREATE INDEX documento_numero ON documento (numero, serie, emitente, modelo);
DROP INDEX publicacao_nome;
CREATE INDEX publicacao_nome ON publicacao (nome);
CREATE INDEX evento_documento ON evento (documento_id) WHERE documento_id IS NOT NULL;
CREATE INDEX evento_tarefa ON evento (tarefa_id) WHERE tarefa_id IS NOT NULL;
CREATE INDEX transmissao_tarefa ON transmissao (tarefa_id) WHERE tarefa_id IS NOT NULL;
CREATE INDEX tarefa_aceita ON tarefa (id) WHERE estado = 'aceita';
CREATE INDEX falha_chave ON falha (chave) WHERE chave IS NOT NULL;
CREATE INDEX falha_arquivo ON falha (arquivo) WHERE arquivo IS NOT NULL;
CREATE INDEX falha_codigo ON falha (codigo, assunto);
CREATE INDEX ecac_guia_comprovante ON ecac_guia (comprovante_id) WHERE comprovante_id IS NOT NULL;
CREATE INDEX ecac_guia_vencimento ON ecac_guia (vencimento);
CREATE INDEX ecac_importacao_aberta ON ecac_importacao (id) WHERE estado = 'em andamento';
CREATE INDEX ecac_importacao_motivo ON ecac_importacao (motivo, iniciada_em);
CREATE INDEX ecac_importacao_tarefa ON ecac_importacao (tarefa_id) WHERE tarefa_id IS NOT NULL;
CREATE INDEX ecac_geracao_aberta ON ecac_geracao (id) WHERE estado = 'pedindo';
"""
