"""Creates the tables of the distribution: the ledger of NSU, and what came under each. Frozen."""

ROTEIRO = """
CREATE TABLE nsu (
    cnpj TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    ult_nsu INTEGER NOT NULL DEFAULT 0,
    max_nsu INTEGER NOT NULL DEFAULT 0,
    lote_nsu INTEGER,
    proxima_em TEXT,
    ordenada INTEGER NOT NULL DEFAULT 0,
    consultada_em TEXT,
    cstat TEXT,
    motivo TEXT,
    PRIMARY KEY (cnpj, ambiente)
);
CREATE TABLE distribuido (
    id INTEGER PRIMARY KEY,
    cnpj TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    nsu INTEGER NOT NULL,
    esquema TEXT NOT NULL,
    chave TEXT,
    tp_evento TEXT,
    n_seq INTEGER,
    sha256 TEXT NOT NULL,
    pasta TEXT NOT NULL,
    nome BLOB NOT NULL,
    estado TEXT NOT NULL,
    defeito TEXT,
    recebido_em TEXT NOT NULL,
    UNIQUE (cnpj, ambiente, nsu)
);
CREATE INDEX distribuido_sha ON distribuido (sha256);
CREATE INDEX distribuido_chave ON distribuido (chave) WHERE chave IS NOT NULL;
CREATE INDEX distribuido_aberto ON distribuido (cnpj, ambiente) WHERE estado = 'arquivando';
CREATE INDEX publicacao_distribuida ON publicacao (sha256) WHERE tipo = 'distribuido';
CREATE INDEX publicacao_consultada ON publicacao (publicada_em) WHERE tipo = 'consulta';
CREATE INDEX transmissao_distribuida ON transmissao (id) WHERE alvo IN ('distribuicao', 'nsu') AND bruto IS NOT NULL;
CREATE INDEX transmissao_consulta_de_arquivo ON transmissao (arquivo_id) WHERE alvo IN ('consulta', 'status');
CREATE INDEX transmissao_status ON transmissao (fila, id) WHERE alvo = 'status';
CREATE TABLE nsu_falta (
    cnpj TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    nsu INTEGER NOT NULL,
    estado TEXT NOT NULL,
    tentativas INTEGER NOT NULL DEFAULT 0,
    pedida_em TEXT,
    PRIMARY KEY (cnpj, ambiente, nsu)
);
CREATE TRIGGER nsu_nao_volta BEFORE UPDATE OF ult_nsu ON nsu
WHEN NEW.ult_nsu < OLD.ult_nsu
BEGIN SELECT RAISE(ABORT, 'nsu: não volta'); END;
CREATE TRIGGER nsu_depois_dos_documentos BEFORE UPDATE OF ult_nsu ON nsu
WHEN EXISTS (SELECT 1 FROM distribuido WHERE cnpj = NEW.cnpj AND ambiente = NEW.ambiente AND nsu <= NEW.ult_nsu
             AND estado = 'arquivando')
BEGIN SELECT RAISE(ABORT, 'nsu: só anda depois de os documentos estarem guardados'); END;
CREATE TRIGGER nsu_fica BEFORE DELETE ON nsu
BEGIN SELECT RAISE(ABORT, 'nsu: não se apaga'); END;
"""
