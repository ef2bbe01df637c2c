"""Creates the tables of the calls to SEFAZ over the network. Frozen."""

ROTEIRO = """
CREATE TABLE transmissao (
    id INTEGER PRIMARY KEY,
    alvo TEXT NOT NULL,
    servico TEXT NOT NULL,
    autorizador TEXT NOT NULL,
    cnpj TEXT NOT NULL,
    tp_amb TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    fila TEXT NOT NULL,
    chave TEXT,
    digest TEXT,
    documento_id INTEGER REFERENCES documento (id),
    evento_id INTEGER REFERENCES evento (id),
    tarefa_id INTEGER,
    arquivo_id INTEGER,
    rota_id INTEGER,
    de_id INTEGER REFERENCES transmissao (id),
    base BLOB,
    quem TEXT NOT NULL,
    pedido BLOB,
    corpo_sha256 TEXT,
    estado TEXT NOT NULL,
    tentativas INTEGER NOT NULL DEFAULT 0,
    ausencias INTEGER NOT NULL DEFAULT 0,
    consultas INTEGER NOT NULL DEFAULT 0,
    proxima_em TEXT,
    criada_em TEXT NOT NULL,
    enviada_em TEXT,
    respondida_em TEXT,
    aplicada_em TEXT,
    duracao_ms REAL,
    http INTEGER,
    bruto BLOB,
    xml BLOB,
    resultado TEXT,
    detalhe TEXT
);
CREATE INDEX transmissao_vez ON transmissao (cnpj, autorizador, id) WHERE estado = 'pendente';
CREATE INDEX transmissao_consulta ON transmissao (cnpj, autorizador, id)
WHERE estado = 'pendente' AND alvo = 'consulta';
CREATE INDEX transmissao_em_voo ON transmissao (id) WHERE estado = 'enviando';
CREATE INDEX transmissao_a_aplicar ON transmissao (id) WHERE estado = 'respondida';
CREATE INDEX transmissao_fila ON transmissao (fila, id)
WHERE estado IN ('pendente', 'enviando', 'respondida', 'desconhecida');
CREATE INDEX transmissao_documento ON transmissao (documento_id, id) WHERE documento_id IS NOT NULL;
CREATE INDEX transmissao_evento ON transmissao (evento_id, id) WHERE evento_id IS NOT NULL;
CREATE INDEX transmissao_de ON transmissao (de_id) WHERE de_id IS NOT NULL;
CREATE INDEX transmissao_chave ON transmissao (chave, enviada_em) WHERE chave IS NOT NULL;
CREATE INDEX transmissao_bruto ON transmissao (aplicada_em) WHERE bruto IS NOT NULL;
CREATE UNIQUE INDEX transmissao_uma_por_numero ON transmissao (fila)
WHERE estado = 'enviando' AND alvo IN ('documento', 'evento');
CREATE TRIGGER transmissao_intencao BEFORE UPDATE OF estado ON transmissao
WHEN NEW.estado IN ('respondida', 'desconhecida') AND OLD.estado = 'pendente'
BEGIN SELECT RAISE(ABORT, 'transmissao: sem intenção gravada não há resposta'); END;

CREATE TABLE parada (
    escopo TEXT PRIMARY KEY,
    causa TEXT NOT NULL,
    desde TEXT NOT NULL,
    ate TEXT NOT NULL,
    tentativas INTEGER NOT NULL DEFAULT 0,
    motivo TEXT NOT NULL
);
CREATE INDEX documento_numero ON documento (emitente, modelo, serie, numero);
"""
