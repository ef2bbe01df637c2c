"""Adds what lists show of a document, and the indexes that keep every statement as quick after years as on its first day.
Frozen.

`emitido_em` NULL: not read yet, the service reads it in idle time; '' : the document has none that can be read. `valor` is
in cents. `carga_documento.colunas` keeps the same texts between signature and registration.
`emitente` has who ever emitted here: few, of millions of documents. `resumo` counts every outcome by hour of UTC;
`resumo_fonte` says up to which id of a log it does (`ate`), and how much of what is older than this migration was counted
since (`feito` of `passado`, but for `menos`). `dicionario`: documents beside which others of their emitter are kept small;
`assinado_compactado` says up to which row of `assinado` that was done. An index that serves nothing any more goes, where another that costs the same
serves more.
"""

ROTEIRO = """
ALTER TABLE documento ADD COLUMN emitido_em TEXT;
ALTER TABLE documento ADD COLUMN tomador TEXT;
ALTER TABLE documento ADD COLUMN fim TEXT;
ALTER TABLE documento ADD COLUMN valor INTEGER;
ALTER TABLE carga_documento ADD COLUMN colunas TEXT NOT NULL DEFAULT '{}';
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
CREATE INDEX documento_protocolo ON documento (protocolo) WHERE protocolo IS NOT NULL;
CREATE INDEX evento_documento ON evento (documento_id) WHERE documento_id IS NOT NULL;
CREATE INDEX evento_criado ON evento (criado_em);
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
ALTER TABLE assinado ADD COLUMN dicionario INTEGER;
CREATE TABLE dicionario (
    id INTEGER PRIMARY KEY,
    emitente TEXT NOT NULL,
    modelo TEXT NOT NULL,
    dados BLOB NOT NULL
);
CREATE INDEX dicionario_emitente ON dicionario (emitente, modelo, id);
CREATE TRIGGER dicionario_fica BEFORE DELETE ON dicionario
BEGIN SELECT RAISE(ABORT, 'dicionário: não se apaga'); END;
CREATE TRIGGER dicionario_nao_muda BEFORE UPDATE ON dicionario
BEGIN SELECT RAISE(ABORT, 'dicionário: não se altera'); END;
CREATE TABLE assinado_compactado (
    unica INTEGER PRIMARY KEY CHECK (unica = 1),
    ate INTEGER NOT NULL
);
INSERT INTO assinado_compactado (unica, ate) VALUES (1, 0);
CREATE TABLE emitente (cnpj TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO emitente (cnpj) SELECT DISTINCT emitente FROM documento;
CREATE TRIGGER documento_emitente AFTER INSERT ON documento
WHEN NOT EXISTS (SELECT 1 FROM emitente WHERE cnpj = NEW.emitente)
BEGIN INSERT INTO emitente (cnpj) VALUES (NEW.emitente); END;
CREATE TABLE resumo (
    hora TEXT NOT NULL,
    empresa TEXT NOT NULL,
    rota_id INTEGER NOT NULL,
    autorizador TEXT NOT NULL,
    desfecho TEXT NOT NULL,
    cstat TEXT NOT NULL,
    quantos INTEGER NOT NULL,
    valor INTEGER NOT NULL,
    t0 INTEGER NOT NULL,
    t1 INTEGER NOT NULL,
    t2 INTEGER NOT NULL,
    t3 INTEGER NOT NULL,
    t4 INTEGER NOT NULL,
    t5 INTEGER NOT NULL,
    t6 INTEGER NOT NULL,
    t7 INTEGER NOT NULL,
    t8 INTEGER NOT NULL,
    t9 INTEGER NOT NULL,
    t10 INTEGER NOT NULL,
    t11 INTEGER NOT NULL,
    PRIMARY KEY (hora, empresa, rota_id, autorizador, desfecho, cstat)
) WITHOUT ROWID;
CREATE TABLE resumo_fonte (
    fonte TEXT PRIMARY KEY,
    ate INTEGER NOT NULL,
    passado INTEGER NOT NULL DEFAULT 0,
    feito INTEGER NOT NULL DEFAULT 0,
    menos TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
INSERT INTO resumo_fonte (fonte, ate, passado)
SELECT 'documento', n, n FROM (SELECT coalesce(max(id), 0) AS n FROM historico);
INSERT INTO resumo_fonte (fonte, ate, passado)
SELECT 'guia', n, n FROM (SELECT coalesce(max(id), 0) AS n FROM ecac_guia_historico);
INSERT INTO resumo_fonte (fonte, ate, passado, menos)
SELECT 'arquivo', n, n, (SELECT json_group_array(id) FROM arquivo WHERE desfecho IS NULL)
FROM (SELECT coalesce(max(id), 0) AS n FROM arquivo);
"""
