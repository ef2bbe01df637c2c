"""Holds every answer code of SEFAZ as data, one paragraph each.

First line: code, group of `dominio.cstat.GRUPOS`, source (rules of MOC 4.00, Anexo I and Visão Geral; else a document).
Then comes the meaning, in the manual's words. After ">" comes what the operator does; without it, the group's text
holds. A test checks the meanings against the manual's text.
"""

DADOS = """
100 autorizado [MOC 4.00, 4.1]
  Autorizado o uso do CT-e
  > Nada a fazer: o protocolo é guardado e o documento processado vai para a pasta de retorno.
101 cancelado [MOC 4.00, 4.5]
  Cancelamento de CT-e homologado
  > Nada a fazer: o documento está cancelado e não vale mais para o transporte.
102 antigo [MOC 3.00]
  Inutilização de número homologada
103 antigo [MOC 3.00]
  Lote recebido com sucesso
104 antigo [MOC 3.00]
  Lote processado
  > O resultado está no protocolo que vem dentro da resposta; consulte a chave.
105 antigo [MOC 3.00]
  Lote em processamento
106 antigo [MOC 3.00]
  Lote não localizado
107 servico [MOC 4.00, 4.6]
  Serviço em operação
  > Nada a fazer: a SEFAZ está atendendo.
108 parada [B03]
  Serviço Paralisado Momentaneamente (curto prazo)
  > Nada a fazer: os mesmos bytes vão de novo sozinhos, com intervalos crescentes.
109 parada [B04]
  Serviço Paralisado sem Previsão
  > Nada a fazer agora: o serviço espera e tenta de novo. Se demorar, veja se a SVC da sua UF está ativa (113).
110 denegado [MOC 3.00]
  Uso denegado
113 servico [M04]
  Serviço SVC em operação
  > A contingência da sua UF está ativa: quem emite pode gerar documentos novos com tpEmis 7 ou 8 enquanto
    durar.
114 svc_desligada [C09 M05]
  SVC-[SP/RS] desabilitada pela SEFAZ de Origem
  > A contingência da sua UF acabou (ou não começou): gere o documento de novo, em emissão normal.
134 evento_aceito [MOC 4.00, 5.1.7]
  Evento registrado e vinculado ao CT-e com alerta para a situação do documento
  > O evento está registrado. Consulte a chave e veja o alerta sobre a situação do documento.
135 evento_aceito [MOC 4.00, 5.1.7]
  Evento registrado e vinculado ao CT-e
  > Nada a fazer: o evento está registrado.
136 evento_aceito [MOC 4.00, 5.1.7 e 6.1.2]
  Evento registrado, mas não vinculado ao CT-e
  > O evento está registrado; consulte a chave para ver se a SEFAZ já o ligou ao documento.
137 distribuicao [NT 2015.002]
  Nenhum documento localizado
  > Nada a fazer: o serviço espera uma hora antes de perguntar de novo.
138 distribuicao [NT 2015.002]
  Documento localizado
  > Nada a fazer: os documentos são guardados e o NSU avança.
150 autorizado [NF-e]
  Autorizado o uso, fora de prazo (código da NF-e)
  > Nada a fazer: vale como autorizado. O código é da NF-e; avise quem mantém o separador.
155 evento_aceito [NF-e]
  Cancelamento homologado fora de prazo (código da NF-e)
  > Só vale com número de protocolo; consulte a chave para confirmar.
203 emitente [G110 H084 I24 O02 O05]
  Emissor não habilitado para emissão do CT-e
  > Regularize a inscrição ou o credenciamento do emitente na SEFAZ; nada desta empresa será autorizado antes.
204 duplicidade [G158 H099 I55]
  Duplicidade de CT-e
  > Nada a fazer: o serviço consulta a chave e compara o conteúdo. Nunca troque o número antes disso.
205 denegado [O02 O03 O04 O05]
  CT-e está denegado na base de dados da SEFAZ
207 emitente [G104 H078 I18]
  CNPJ do emitente inválido
  > Corrija o CNPJ do emitente.
208 cadastro [G122 I35 O10]
  CNPJ do destinatário inválido
  > Corrija o CNPJ do destinatário no cadastro.
209 emitente [G106 H080 I20]
  IE do emitente inválida
  > Corrija a IE do emitente.
210 cadastro [G126 I39 O12]
  IE do destinatário inválida
  > Corrija a IE do destinatário no cadastro.
212 relogio [G102 H076 I16 O08]
  Data de emissão CT-e posterior a data de recebimento
  > Acerte o relógio e o fuso do sistema emissor e gere o documento de novo.
213 certificado [E03]
  CNPJ-Base do Emitente difere do CNPJ-Base do Certificado Digital
  > Assine com o certificado do CNPJ do emitente (a mesma raiz de 8 posições).
214 programa [B01]
  Tamanho da mensagem excedeu o limite estabelecido
  > O arquivo passa do tamanho que a SEFAZ aceita (512 KB): divida a carga em mais de um CT-e.
215 programa [C01]
  Falha no schema XML
  > O XML não segue o leiaute 4.00: veja o campo no motivo e corrija a geração no sistema emissor.
216 duplicidade [L05 N21]
  Chave de acesso difere da cadastrada
  > O número já é de um CT-e com outra chave. Consulte a chave que a SEFAZ mostrou antes de usar outro número.
217 nao_consta [L04 N20]
  CT-e não consta na base de dados da SEFAZ
  > A SEFAZ não tem este documento: o serviço confere de novo e, se estava em andamento, envia os mesmos bytes.
218 duplicidade [G159 H100 I56 O03 O04 O05 O06]
  CT-e já está cancelado na base de dados da SEFAZ
  > O documento já está cancelado e o número não pode ser usado outra vez; consulte a chave para obter o evento.
219 fim [O10]
  Circulação do CT-e verificada
  > A SEFAZ já viu a carga circular; o cancelamento não é mais possível.
220 fim [O06]
  CT-e autorizado há mais de 7 dias (168 horas)
  > O prazo de 168 horas passou. Peça à SEFAZ a liberação do prazo, ou faça a substituição do CT-e.
222 evento [O02 O04 O09]
  Protocolo de Autorização de Uso difere do cadastrado
  > O protocolo não é o da SEFAZ: consulte a chave e peça o evento de novo.
227 programa [G014 H011 I11]
  Erro na composição do Campo ID
  > Gere o documento de novo: algum campo foi alterado depois de formada a chave.
228 relogio [G103 H077 I17]
  Data de Emissão muito atrasada
  > Gere o documento de novo com a data de emissão atual (no máximo 168 horas; GTV-e, 30 dias).
229 emitente [G105 H079 I19]
  IE do emitente não informada
  > Informe a IE do emitente.
230 emitente [G108 H082 I22]
  IE do emitente não cadastrada
  > A IE do emitente não está no cadastro da SEFAZ: confira a IE e a situação dela.
231 emitente [G109 H083 I23]
  IE do emitente não vinculada ao CNPJ
  > A IE e o CNPJ do emitente não se correspondem no cadastro da SEFAZ: corrija um dos dois.
232 cadastro [G129 I42]
  IE do destinatário não informada
235 cadastro [G130 I43]
  Inscrição SUFRAMA inválida
  > Corrija ou retire a ISUF do destinatário.
236 programa [L03 N11]
  Chave de Acesso inválida
  > A chave de acesso está errada (o motivo diz o quê): corrija a formação da chave no sistema emissor.
237 cadastro [G123 I36 O11]
  CPF do destinatário inválido
  > Corrija o CPF do destinatário no cadastro.
239 programa [C06]
  Versão informada para o CT-e não suportada
  > Gere o documento na versão 4.00.
240 emitente [O03]
  Irregularidade Fiscal do Emitente
  > O emitente está irregular na SEFAZ: regularize a situação fiscal.
243 programa [B02]
  XML mal formado
  > O XML está mal formado: gere o arquivo de novo no sistema emissor.
244 programa [B00]
  Falha na descompactação da área de dados
  > Envie os mesmos bytes de novo; se persistir, avise quem mantém o separador.
247 endereco [G007 H003 I05]
  Sigla da UF do Emitente diverge da UF autorizadora
  > A UF do emitente não é a da chave: corrija enderEmit/UF ou ide/cUF e gere a chave de novo.
251 cadastro [G131 I44]
  UF/Município destinatário não pertence a SUFRAMA
  > Retire a ISUF ou corrija o endereço do destinatário.
252 endereco [G001 H001 I01 L01 M01 N01]
  Ambiente informado diverge do Ambiente de recebimento
  > Documento e serviço são de ambientes diferentes: corrija tpAmb ou a chave ambiente da configuração.
253 programa [G015 H012 I12]
  Dígito Verificador da chave de acesso composta inválido
  > Corrija o cálculo do dígito (módulo 11, pesos de 2 a 9) no sistema emissor.
267 referencia [G162 H103]
  CT-e Complementar referência um CT-e inexistente
  > Confira a chave do documento complementado: a SEFAZ não o tem.
269 referencia [G160 H101]
  CNPJ Emitente do CT-e Complementar difere do CNPJ do CT complementado
  > Corrija a chave do documento complementado.
280 conexao [A01]
  Certificado Transmissor inválido
  > Troque o certificado da conexão: a SEFAZ não o aceita como certificado de transmissor.
281 conexao [A02]
  Certificado Transmissor Data Validade
  > O certificado da conexão está fora da validade; instale o novo (separador certificado instalar).
282 conexao [A07]
  Certificado Transmissor sem CNPJ / CPF
  > Use um certificado ICP-Brasil com CNPJ (e-CNPJ) na conexão.
283 conexao [A03]
  Certificado Transmissor - erro Cadeia de Certificação
  > Instale o certificado com a cadeia completa das autoridades.
284 conexao [A05]
  Certificado Transmissor revogado
  > O certificado da conexão foi revogado; instale outro.
285 conexao [A06]
  Certificado Transmissor difere ICP-Brasil
  > Use um certificado ICP-Brasil na conexão.
286 conexao [A04]
  Certificado Transmissor erro no acesso a LCR
  > Nada a fazer: a SEFAZ não conseguiu ler a lista de revogação; tente mais tarde.
290 certificado [D01]
  Certificado Assinatura inválido
  > Troque o certificado que assina: a SEFAZ não o aceita.
291 certificado [D02]
  Certificado Assinatura Data Validade
  > O certificado que assina está fora da validade; instale o novo e envie de novo.
292 certificado [D03]
  Certificado Assinatura sem CNPJ / CPF
  > Assine com um certificado ICP-Brasil que tenha CNPJ (e-CNPJ).
293 certificado [D04]
  Certificado Assinatura - erro Cadeia de Certificação
  > Instale o certificado emitido por uma autoridade ICP-Brasil que a SEFAZ reconheça.
294 certificado [D06]
  Certificado Assinatura revogado
  > O certificado que assina foi revogado; instale outro e envie de novo.
295 certificado [D07]
  Certificado Assinatura difere ICP-Brasil
  > Assine com um certificado ICP-Brasil.
296 conexao [D05]
  Certificado Assinatura erro no acesso a LCR
  > Nada a fazer: a SEFAZ não conseguiu ler a lista de revogação; tente mais tarde.
297 programa [E02]
  Assinatura difere do calculado
  > Os bytes mudaram depois da assinatura: não reformate o XML assinado; exporte de novo sem assinar.
298 programa [E01]
  Assinatura difere do padrão do Projeto
  > A assinatura não segue o padrão do CT-e: exporte sem assinar, e o separador assina.
301 denegado [MOC 3.00]
  Uso denegado: irregularidade fiscal do emitente
302 denegado [MOC 3.00]
  Uso denegado: irregularidade fiscal do destinatário
303 denegado [MOC 3.00]
  Uso denegado
310 tributo [NT 2025.001 e NT 2026.002]
  Grupo IBS/CBS não informado por emitente do regime normal
  > Inclua o grupo IBSCBS: o regime normal é obrigado a informá-lo.
311 tributo [NT 2025.001 e NT 2026.002]
  CST ou cClassTrib do IBS/CBS não existe na tabela
  > Corrija o CST e o cClassTrib do IBS/CBS.
318 tributo [NT 2025.001 e NT 2026.002]
  Valor do IBS da UF diferente da base de cálculo x alíquota
  > Corrija o valor do IBS da UF (base x alíquota, diferença máxima de 0,01).
323 tributo [NT 2025.001 e NT 2026.002]
  Valor do IBS do município diferente da base de cálculo x alíquota
  > Corrija o valor do IBS do município (base x alíquota, diferença máxima de 0,01).
327 tributo [NT 2025.001 e NT 2026.002]
  Valor da CBS diferente da base de cálculo x alíquota
  > Corrija o valor da CBS (base x alíquota, diferença máxima de 0,01).
360 tributo [NT 2025.001 e NT 2026.002]
  Valor total do documento (vTotDFe) não informado com IBS/CBS
  > Informe vTotDFe.
365 tributo [NT 2025.001 e NT 2026.002]
  Valor total do documento (vTotDFe) incorreto
  > Corrija vTotDFe (em 2026, igual a vTPrest).
402 programa [C05]
  XML da área de dados com codificação diferente de UTF-8
  > Grave o XML em UTF-8.
404 programa [C04]
  Uso de prefixo de namespace não permitido
  > Retire os prefixos de namespace das tags.
410 endereco [C07]
  UF não atendida pelo WebService
  > Este autorizador não atende a UF: confira a tabela de endereços (sefaz.enderecos).
414 dados [G182 H119]
  Código de Município diverge da UF de término da prestação
  > Corrija o município ou a UF de término da prestação.
415 cadastro [G114 I27 O07]
  CNPJ do remetente inválido
  > Corrija o CNPJ do remetente no cadastro.
416 cadastro [G115 I28 O08]
  CPF do remetente inválido
  > Corrija o CPF do remetente no cadastro.
418 cadastro [G116 I29]
  Código de Município diverge da UF de localização remetente
  > Corrija o município ou a UF do remetente.
419 cadastro [G118 I31 O09]
  IE do remetente inválida
  > Corrija a IE do remetente no cadastro.
421 cadastro [G119 I32]
  IE do remetente não cadastrada
422 cadastro [G120 I33]
  IE do remetente não vinculada ao CNPJ
424 cadastro [G124 I37]
  Código de Município diverge da UF de localização destinatário
  > Corrija o município ou a UF do destinatário.
426 cadastro [G127 I40]
  IE do destinatário não cadastrada
427 cadastro [G128 I41]
  IE do destinatário não vinculada ao CNPJ
428 cadastro [G132]
  CNPJ do expedidor inválido
  > Corrija o CNPJ do expedidor no cadastro.
429 cadastro [G133]
  CPF do expedidor inválido
  > Corrija o CPF do expedidor no cadastro.
431 cadastro [G134]
  Código de Município diverge da UF de localização expedidor
  > Corrija o município ou a UF do expedidor.
432 cadastro [G136]
  IE do expedidor inválida
  > Corrija a IE do expedidor no cadastro.
434 cadastro [G137]
  IE do expedidor não cadastrada
435 cadastro [G138]
  IE do expedidor não vinculada ao CNPJ
436 cadastro [G140]
  CNPJ do recebedor inválido
  > Corrija o CNPJ do recebedor no cadastro.
437 cadastro [G141]
  CPF do recebedor inválido
  > Corrija o CPF do recebedor no cadastro.
439 cadastro [G142]
  Código de Município diverge da UF de localização recebedor
  > Corrija o município ou a UF do recebedor.
440 cadastro [G144]
  IE do recebedor inválida
  > Corrija a IE do recebedor no cadastro.
442 cadastro [G145]
  IE do recebedor não cadastrada
443 cadastro [G146]
  IE do recebedor não vinculada ao CNPJ
444 cadastro [G148 H087 I45]
  CNPJ do tomador inválido
  > Corrija o CNPJ do tomador no cadastro.
445 cadastro [G149 H088 I46]
  CPF do tomador inválido
  > Corrija o CPF do tomador no cadastro.
447 cadastro [G150 H089 I47]
  Código de Município diverge da UF de localização tomador
  > Corrija o município ou a UF do tomador.
448 cadastro [G152 H094 I49 O09]
  IE do tomador inválida
  > Corrija a IE do tomador no cadastro.
456 dados [G180 H117]
  Código de Município diverge da UF de início da prestação
  > Corrija o município ou a UF de início da prestação.
458 dados [G016]
  Grupo de CT-e normal não informado para CT-e normal
  > Informe infCTeNorm ou corrija o tpCTe.
459 dados [G017 H014]
  Grupo de CT-e complementar não informado para CT-e complementar
  > Informe a chave do documento complementado ou corrija o tpCTe.
460 dados [G018]
  Não informado os dados do remetente indicado como tomador do serviço
  > Informe os dados do remetente ou indique outro tomador.
461 dados [G019]
  Não informado os dados do expedidor indicado como tomador do serviço
  > Informe os dados do expedidor ou indique outro tomador.
462 dados [G020]
  Não informado os dados do recebedor indicado como tomador do serviço
  > Informe os dados do recebedor ou indique outro tomador.
463 dados [G021]
  Não informado os dados do destinatário indicado como tomador do serviço
  > Informe os dados do destinatário ou indique outro tomador.
469 dados [G053]
  Remetente deve ser informado para tipo de serviço diferente de redespacho intermediário ou Serviço vinculado a
    multimodal
  > Informe o grupo rem ou corrija o tpServ.
470 dados [G054]
  Destinatário deve ser informado para tipo de serviço diferente de redespacho intermediário ou serviço
    vinculado a multimodal
  > Informe o grupo dest ou corrija o tpServ.
474 dados [G055]
  Expedidor deve ser informado para tipo de serviço de redespacho intermediário e serviço vinculado a multimodal
  > Informe o grupo exped ou corrija o tpServ.
475 dados [G056]
  Recebedor deve ser informado para tipo de serviço de redespacho intermediário e serviço vinculado a multimodal
  > Informe o grupo receb ou corrija o tpServ.
481 cadastro [G022 H091 I13]
  IE deve ser informada para tomador Contribuinte
  > Informe a IE do tomador ou corrija indIEToma.
482 cadastro [G023 H092 I14]
  IE do tomador isento deve ser preenchida com 'ISENTO'
  > Preencha a IE do tomador com ISENTO ou corrija indIEToma.
489 cadastro [G153 H095 I50 O10]
  IE do tomador não cadastrada
490 cadastro [G154 H096 I51 O11]
  IE do tomador não vinculada ao CNPJ
491 referencia [G164 H105]
  CT-e complementado é diferente de Normal ou Substituição
  > Só se complementa CT-e normal ou de substituição.
493 dados [G178 H115]
  Código de Município diverge da UF de envio
  > Corrija o município ou a UF de envio.
503 dados [G076 H059]
  CT-e substituto deve ter tipo de emissão = normal
  > Gere a substituição em emissão normal.
505 dados [G077 H060]
  Grupo CT-e de Substituição não informado para o CT-e de Substituição
  > Informe infCteSub ou corrija o tpCTe.
510 referencia [G086 H069]
  CNPJ do emitente do CT-e substituto deve ser igual ao informado no CT-e substituído
  > Corrija a chave do documento substituído.
511 referencia [G087]
  CNPJ/CPF do remetente do CT-e substituto deve ser igual ao informado no CT-e substituído
512 referencia [G088]
  CNPJ/CPF do destinatário do CT-e substituto deve ser igual ao informado no CT-e substituído
513 svc [C08]
  UF não atendida pela SVC-[SP/RS]
  > A SVC usada não atende a UF: confira o tpEmis (7 ou 8) e a tabela de endereços.
515 svc [H007]
  O tpEmis informado só é válido na contingência SVC
  > tpEmis 7 e 8 só valem na SVC: gere o documento em emissão normal.
516 svc [G011 H008 I09 N08]
  O tpEmis informado é incompatível com SVC-[SP/RS]
  > Gere o documento com o tpEmis da SVC da sua UF.
517 svc [G012 H009]
  CT-e informado em SVC deve ser Normal
  > A SVC só aceita CT-e normal: espere a volta do autorizador da sua UF.
519 tributo [G050]
  CFOP inválido para operação
  > Corrija o CFOP ou as UFs de início e fim.
520 referencia [G167 H108]
  CT-e não pode receber mais do que 10 CT-e Complementares
  > O CT-e já tem 10 complementares, o máximo.
521 dados [G059]
  Os documentos de transporte anterior devem ser informados para os tipos de serviço Subcontratação, Redespacho
    e Redespacho Intermediário
  > Informe o grupo docAnt ou corrija o tpServ.
522 programa [O03]
  Nro Item Alterado inválido. Preencher com valor numérico (01 – 99)
  > Corrija o número do item alterado (01 a 99).
523 fim [O14]
  Vedado cancelamento quando existir evento Carta de Correção
  > Documento com carta de correção não pode ser cancelado.
524 tributo [G051]
  CFOP inválido, informar 5932 ou 6932
  > Use o CFOP 5932 ou 6932.
525 programa [O04]
  Carta de correção inválida (campo/grupo 'xxxx' informado não existe no schema do CT-e ou não existe no grupo
    informado)
  > Corrija o nome do grupo ou do campo da carta de correção.
526 dados [G028]
  Preencher informações dos containers somente para redespacho intermediário e serviço vinculado a multimodal
  > Informe o grupo detCont.
527 dados [G039]
  NF-e duplicada no CT-e
  > Retire a NF-e repetida.
528 fim [Q15]
  Vedado cancelamento se existir MDF-e autorizado para o CT-e
  > Cancele ou encerre primeiro o MDF-e que leva este CT-e, e peça o cancelamento de novo.
530 svc [N09]
  Em ambiente SVC só são aceitos eventos de EPEC, liberação de EPEC e cancelamento
  > Peça este evento ao autorizador da UF quando ele voltar: a SVC só aceita cancelamento.
531 dados [G048 H056]
  Valor a receber deve ser menor ou igual Valor da Prestação
  > Corrija o valor a receber ou o valor da prestação.
532 cadastro [G117 I30]
  Município do Remetente inexistente
  > Corrija o código do município do remetente.
533 cadastro [I38]
  Município do Destinatário inexistente
  > Corrija o código do município do destinatário.
534 cadastro [G135]
  Município do Expedidor inexistente
  > Corrija o código do município do expedidor.
535 cadastro [G143]
  Município do Recebedor inexistente
  > Corrija o código do município do recebedor.
536 cadastro [G151 H090 I48]
  Município do Tomador inexistente
  > Corrija o código do município do tomador.
537 dados [G179 H116 I58]
  Município de Envio inexistente
  > Corrija o código do município de envio.
539 duplicidade [G157 H098 I54]
  Duplicidade de CT-e, com diferença na Chave de Acesso
  > O número já é de outro CT-e. O serviço consulta a chave que a SEFAZ mostrou; se não for daqui, use outro
    número.
540 referencia [G044]
  Grupo de documentos informado inválido para remetente que emite NF-e
  > O remetente emite NF-e: informe a chave da NF-e em vez da nota em papel.
541 dados [G181 H118]
  Município de início da prestação inexistente
  > Corrija o código do município de início da prestação.
542 dados [G183 H120]
  Município de término da prestação inexistente
  > Corrija o código do município de término da prestação.
543 dados [G061]
  Chave de CT-e duplicada em documentos anteriores
  > Retire a chave repetida.
550 referencia [G089]
  O CNPJ/CPF do expedidor do CT-e substituto deve ser igual ao informado no CT-e substituído
551 referencia [G090]
  O CNPJ/CPF do recebedor do CT-e substituto deve ser igual ao informado no CT-e substituído
552 referencia [G098 H070]
  O CNPJ/CPF do tomador do CT-e substituto deve ser igual ao informado no CT-e substituído
553 referencia [G091 H071]
  A IE do emitente do CT-e substituto deve ser igual ao informado no CT-e substituído
559 referencia [G092 H072]
  A UF de início da prestação deve ser igual ao informado no CT-e substituído
560 referencia [G093 H073]
  A UF de fim da prestação deve ser igual ao informado no CT-e substituído
563 referencia [G096 H075]
  A substituição de um CT-e deve ocorrer no prazo máximo de 60 dias contados da data de autorização do CT-e
    objeto de Substituição
  > O prazo de 60 dias da substituição passou.
568 referencia [G079 H062]
  CT-e a ser substituído inexistente
  > Confira a chave do documento substituído: a SEFAZ não o tem.
569 referencia [G081 H064]
  CT-e a ser substituído deve estar com a situação autorizada (não pode estar cancelado)
  > O documento substituído está cancelado; emita um CT-e normal.
570 referencia [G082 H065]
  CT-e a ser substituído não pode ter sido substituído anteriormente
  > O documento já foi substituído; substitua o substituto.
571 referencia [G085 H068]
  CT-e a ser substituído deve ter Tipo = 0 (normal) ou 3 (Substituição)
  > Só se substitui CT-e normal ou de substituição.
574 fim [O11]
  Vedado o cancelamento de CT-e do tipo substituição (tipo=3)
  > CT-e de substituição não pode ser cancelado.
576 fim [O12]
  Vedado o cancelamento se possuir CT-e de Substituição associado
  > Documento que já foi substituído não pode ser cancelado.
579 programa [G025 H016]
  Versão informada para o modal não suportada
  > Gere o grupo do modal na versão 4.00.
580 programa [G026 H017]
  Falha no Schema XML específico para o modal
  > Informe o grupo do modal certo ou corrija ide/modal.
581 dados [G027]
  Campo Valor da Carga deve ser informado para o modal
  > Informe infCarga/vCarga.
582 dados [G029]
  Grupo Tráfego Mútuo deve ser informado
  > Informe o grupo trafMut.
583 dados [G030]
  Ferrovia emitente deve ser a de origem quando respFat=1
  > Corrija respFat ou ferrEmi.
584 dados [G031]
  Referenciar o CT-e que foi emitido pela ferrovia de origem
  > Informe chCTeFerroOrigem.
585 emitente [G111]
  IE Emitente não autorizada a emitir CT-e para o modal informado
  > A inscrição do emitente não tem autorização para este modal: peça o credenciamento à SEFAZ.
586 dados [G008 H004]
  Data e Justificativa de entrada em contingência não devem ser informadas para tipo de emissão diferente de
    FS-DA
  > Retire dhCont e xJust, ou corrija o tpEmis.
587 dados [G009 H005 I07]
  Data e Justificativa de entrada em contingência devem ser informadas
  > Informe dhCont e xJust, ou corrija o tpEmis.
588 dados [G010 H006 I08]
  Data de entrada em contingência posterior a data de emissão
  > Corrija dhCont ou dhEmi.
589 distribuicao [NT 2015.002]
  O NSU pedido é maior que o último que existe
  > O NSU guardado aqui está adiante do da SEFAZ: confira se o banco de dados é o desta empresa e deste
    ambiente.
595 programa [N15]
  Chave de acesso inválida (modelo diferente de 57 ou 67)
  > Este evento não existe para este modelo de documento.
598 programa [C02]
  Usar somente o namespace padrão do CT-e
  > Use só o namespace do CT-e.
599 programa [C03]
  Não é permitida a presença de caracteres de edição no início/fim da mensagem ou entre as tags da mensagem
  > Gere o XML sem espaços, tabulações e quebras de linha entre as tags.
600 duplicidade [L06 N22]
  Chave de Acesso difere da existente em BD
  > O número já é de um CT-e com outra chave. Consulte a chave que a SEFAZ mostrou antes de usar outro número.
601 dados [G038]
  Quantidade de documentos informados no remetente excede limite de 2000
  > Divida a carga em mais de um CT-e.
614 cadastro [G107 H081]
  IE do Substituto Tributário inválida
  > Corrija ou retire a IEST.
617 cadastro [G024 H093 I15]
  UF do tomador não aceita ISENTO com Inscrição Estadual
  > Use indIEToma 1 com a IE do tomador, ou 9 para não contribuinte.
618 evento [Q13]
  GTV informada em duplicidade no evento
  > Retire a GTV repetida do evento.
619 evento [Q14]
  GTV já informada em outro evento para o mesmo CT-e
  > A GTV já está em outro evento deste documento; retire-a.
627 certificado [N04]
  CNPJ do autor do evento inválido
  > Corrija o CNPJ do autor do evento.
628 programa [N06]
  Erro Atributo ID do evento não corresponde a concatenação dos campos ('ID' + tpEvento + chCTe + nSeqEvento)
  > O Id do evento não corresponde aos campos; peça o evento de novo por aqui.
629 programa [N07]
  O tpEvento informado inválido
  > Este tipo de evento não existe no CT-e.
630 programa [N10]
  Falha no Schema XML específico para o evento
  > Corrija os campos do evento: eles não passam no leiaute próprio dele.
631 duplicidade [N16]
  Duplicidade de evento
  > O evento já existe: o serviço consulta a chave e compara. Se for outro conteúdo, usa a próxima sequência.
632 certificado [N17]
  O autor do evento diverge do emissor do CT-e
  > Peça o evento com o certificado do emitente do CT-e.
633 certificado [N18]
  O autor do evento não é um órgão autorizado a gerar o evento
  > Só um órgão autorizado pode gerar este evento.
634 relogio [N23]
  A data do evento não pode ser menor que a data de emissão do CT-e
  > Acerte o relógio e peça o evento de novo: ele não pode ser anterior à emissão.
635 relogio [N25]
  A data do evento não pode ser maior que a data do processamento
  > Acerte o relógio desta máquina (NTP) e peça o evento de novo.
636 programa [O01]
  O número sequencial do evento é maior que o permitido
  > A sequência passou do máximo deste tipo de evento; não cabem mais eventos assim neste documento.
637 relogio [N24]
  A data do evento não pode ser menor que a data de autorização do CT-e
  > Acerte o relógio e peça o evento de novo: ele não pode ser anterior à autorização.
638 svc [O06]
  Já existe CT-e autorizado com esta numeração
  > O número já é de um CT-e autorizado: use outro.
639 svc [O07]
  Existe EPEC emitido há mais de 7 dias (168h) sem a emissão do CT-e no ambiente normal de autorização
  > Há EPEC com mais de 7 dias sem o CT-e correspondente: envie os CT-e pendentes.
640 epec [G185]
  Tipo de emissão do CT-e difere de EPEC com EPEC autorizado na SVC-XX para este documento
  > Há um EPEC para este número: envie o CT-e com tpEmis 4 que corresponde a ele.
641 epec [G186]
  O evento prévio deste CT-e não foi autorizado na SVC ou ainda não foi sincronizado
  > O EPEC ainda não chegou ao autorizador: espere alguns minutos; o serviço tenta de novo.
642 dados [G187]
  Os valores de ICMS, ICMS ST, Prestação e Total da Carga do CT-e devem ser iguais aos informados no EPEC
643 dados [G188]
  As informações do tomador de serviço do CT-e devem ser iguais as informadas no EPEC
644 dados [G189]
  A informação do modal do CT-e deve ser igual a informada no EPEC
645 dados [G190]
  A UF de início e fim de prestação do CT-e devem ser iguais as informadas no EPEC
646 dados [G002 I02]
  CT-e emitido em ambiente de homologação com Razão Social do remetente diferente de CTE EMITIDO EM AMBIENTE DE
    HOMOLOGACAO - SEM VALOR FISCAL
  > Em homologação, informe o nome exatamente assim: CTE EMITIDO EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL
647 dados [G003]
  CT-e emitido em ambiente de homologação com Razão Social do expedidor diferente de CTE EMITIDO EM AMBIENTE DE
    HOMOLOGACAO - SEM VALOR FISCAL
  > Em homologação, informe o nome exatamente assim: CTE EMITIDO EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL
648 dados [G004]
  CT-e emitido em ambiente de homologação com Razão Social do recebedor diferente de CTE EMITIDO EM AMBIENTE DE
    HOMOLOGACAO - SEM VALOR FISCAL
  > Em homologação, informe o nome exatamente assim: CTE EMITIDO EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL
649 dados [G005 I03]
  CT-e emitido em ambiente de homologação com Razão Social do destinatário diferente de CTE EMITIDO EM AMBIENTE
    DE HOMOLOGACAO - SEM VALOR FISCAL
  > Em homologação, informe o nome exatamente assim: CTE EMITIDO EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL
650 dados [G046 H054]
  Valor total do serviço superior ao limite permitido (R$ 9.999.999,99)
  > Confira o valor; se estiver certo, peça à SEFAZ da sua UF o aumento do limite.
651 dados [G057]
  Referenciar o CT-e Multimodal que foi emitido pelo OTM
  > Informe a chave do CT-e multimodal.
652 referencia [G043 O14]
  NF-e não pode estar cancelada ou denegada
  > A NF-e está cancelada ou denegada: retire-a ou peça outra ao remetente.
653 svc [O02]
  Tipo de evento não é permitido em ambiente de autorização Normal
  > O EPEC vai para a SVC, e deixou de existir: gere um CT-e normal ou em SVC.
655 referencia [G165 H106]
  CT-e complementado deve estar com a situação autorizada (não pode estar cancelado)
  > O documento complementado está cancelado; emita um CT-e normal.
656 consumo [NT 2015.002]
  Consumo indevido da distribuição
  > Nada a fazer: a distribuição espera uma hora. Veja se outro programa usa o mesmo certificado.
657 referencia [G166 H107]
  CT-e complementado não pode ter sido substituído
  > O documento complementado foi substituído; complemente o substituto.
659 referencia [G083 H066]
  CT-e substituído não pode ter sido complementado
  > O documento tem complemento e não pode ser substituído.
660 fim [O13]
  Vedado o cancelamento se possuir CT-e complementar associado
  > Cancele primeiro o CT-e complementar, e peça o cancelamento de novo.
661 referencia [G041 O12]
  NF-e inexistente na base de dados da SEFAZ
  > A SEFAZ não tem a NF-e: confira a chave com o remetente.
662 referencia [G042 O13]
  NF-e com diferença de Chave de Acesso
  > A NF-e existe com outra chave: confira-a com o remetente.
664 fim [O02 O04 O05 O07]
  Evento não permitido para CT-e Substituído
  > O documento foi substituído; o evento vale só para o substituto.
667 dados [G075]
  CNPJ-Base do Tomador deve ser igual ao CNPJ-Base do Emitente do CT-e multimodal
  > Corrija o tomador ou a chave do CT-e multimodal.
670 dados [G006 H002 I04 N03]
  Série utilizada não permitida no webservice
  > Emita em outra série.
671 referencia [G163 H104]
  CT-e complementado no CT-e complementar com diferença de Chave de Acesso
673 referencia [G080 H063]
  CT-e substituído com diferença de Chave de Acesso
675 tributo [G047 H055]
  Valor do imposto não corresponde à base de cálculo X alíquota
  > Corrija a base, a alíquota ou o valor do ICMS (diferença máxima de 0,01).
676 tributo [G049 H058]
  CFOP informado inválido
  > Corrija o CFOP.
677 endereco [N02]
  Órgão de recepção do evento inválido
  > O órgão do evento (cOrgao) não é o da UF da chave: corrija o evento.
678 consumo [MOC 8.2]
  Consumo Indevido
  > Nada vai a esse serviço por uma hora. Descubra o que repetia a mesma mensagem antes que o bloqueio vire
    definitivo.
679 evento [O02]
  O modal do CT-e deve ser Multimodal para Evento Registros do Multimodal
  > O registro multimodal só vale para CT-e do modal multimodal (06).
680 svc [O03]
  Tipo de Emissão diferente de EPEC
  > A chave não é de EPEC (tpEmis 4), que deixou de existir: gere um CT-e normal ou em SVC.
681 evento [O02]
  Informação não pode ser alterada por carta de correção
  > Este campo não pode ser mudado por carta de correção; avalie a substituição do CT-e.
690 referencia [G072]
  CT-e multimodal referenciado inexistente na base de dados da SEFAZ
691 referencia [G073]
  CT-e multimodal referenciado existe com diferença de chave de acesso
692 referencia [G074]
  CT-e multimodal referenciado não pode estar cancelado
693 dados [G036]
  Grupo Documentos Transportados deve ser informado para tipo de serviço diferente de redespacho intermediário e
    serviço vinculado a multimodal
  > Informe o grupo infDoc ou corrija o tpServ.
694 dados [G037]
  Grupo Documentos Transportados não pode ser informado para tipo de serviço redespacho intermediário e serviço
    vinculado a multimodal
  > Retire o grupo infDoc ou corrija o tpServ.
695 svc [O04]
  CT-e com emissão anterior ao evento prévio (EPEC)
  > A chave é de mês anterior ao do EPEC: gere a chave de novo.
697 relogio [G191]
  CT-e com emissão anterior ao evento prévio (EPEC)
  > Gere o CT-e com a mesma data de emissão do EPEC.
698 fim [O08]
  Evento Prévio autorizado há mais de 7 dias (168 horas)
  > O prazo de 168 horas do EPEC passou.
699 emitente [G193 H121 I63]
  CNPJ autorizado para download inválido
  > Corrija o CNPJ em autXML.
700 emitente [G194 H122 I64]
  CPF autorizado para download inválido
  > Corrija o CPF em autXML.
709 referencia [G033]
  CT-e da Ferrovia de Origem referenciado inexistente na base de dados da SEFAZ
710 referencia [G034]
  CT-e da Ferrovia de Origem referenciado existe com diferença de chave de acesso
711 referencia [G035]
  CT-e da Ferrovia de Origem referenciado não pode estar cancelado
712 emitente [G112 H085 I25]
  Código de Município diverge da UF de localização do emitente
  > Corrija o município ou a UF do emitente.
713 emitente [G113 H086 I26]
  Município do Emitente inexistente
  > Corrija o código do município do emitente.
714 dados [G070]
  Chave de CT-e duplicada na relação de CT-e Multimodal
  > Retire a chave repetida.
715 emitente [G195 H123 I65]
  Documento autorizado ao XML duplicado no CT-e
  > Retire o autXML repetido.
716 cadastro [G121 I34]
  IE do Remetente não informada
717 cadastro [G139]
  IE do Expedidor não informada
718 cadastro [G147]
  IE do Recebedor não informada
719 cadastro [G155 H097 I52 O12]
  IE do Tomador não informada
720 dados [G184]
  CT-e EPEC deve ser do tipo Normal
721 programa [H010 N13]
  Chave de acesso inválida (modelo diferente de 67)
  > Gere a chave com o modelo do documento.
722 dados [G198]
  Tomador do serviço deve ser remetente ou destinatário para CT-e Globalizado
  > Corrija o tomador ou retire indGlobalizado.
723 dados [G199]
  CT-e Globalizado deve conter apenas NF-e nos documentos transportados
  > Informe as NF-e em infDoc ou retire indGlobalizado.
724 dados [G200]
  CT-e Globalizado deve conter NF-e com CNPJ diferentes para múltiplos remetentes
  > Inclua as NF-e que faltam ou retire indGlobalizado.
725 dados [G202]
  Razão Social do Remetente do CT-e Globalizado inválido
  > Preencha rem/xNome com DIVERSOS.
726 dados [G203]
  Razão Social do Destinatário do CT-e Globalizado inválido
  > Preencha dest/xNome com DIVERSOS.
727 dados [G204]
  CNPJ do remetente do CT-e Globalizado deve ser o mesmo do emitente do CT-e
  > Preencha rem/CNPJ com o CNPJ do emitente.
728 dados [G205]
  CNPJ do destinatário do CT-e Globalizado deve ser o mesmo do emitente do CT-e
  > Preencha dest/CNPJ com o CNPJ do emitente.
729 dados [G207]
  NF-e de múltiplos emitentes informadas nos documentos transportados sem indicador de CT-e Globalizado
730 dados [G208]
  Razão Social inválida para remetente/destinatário sem indicador de CT-e Globalizado
731 fim [L02]
  Consulta a uma Chave de Acesso muito antiga
  > A SEFAZ só responde por documentos dos últimos 6 meses; use o XML guardado ou o portal.
732 programa [G013 N12]
  Chave de acesso inválida (modelo diferente de 57)
  > Gere a chave com o modelo do documento.
733 dados [G062]
  Emitente do documento anterior deve ser o mesmo indicado no grupo emiDocAnt
  > Corrija o emissor ou a chave do documento anterior.
734 referencia [G094]
  As NF-e transportadas do CT-e substituto devem ser iguais às informadas no CT-e substituído
737 dados [G206]
  O CT-e globalizado deve conter pelo menos 5 NF-e para o mesmo emitente
  > Inclua as NF-e que faltam ou retire indGlobalizado.
738 referencia [G097]
  A indicação do tomador do CT-e de substituição deve ser igual à do CT-e substituído
739 referencia [G084 H067]
  O CT-e substituído deve possuir evento de Prestação do Serviço em Desacordo
  > O tomador precisa antes declarar o desacordo (evento 610110); depois, envie a substituição de novo.
740 referencia [G099]
  O CNPJ base do tomador do CT-e substituto deve estar relacionado nos papéis do CT-e substituído para a
    alteração de tomador
741 referencia [G100]
  A UF do tomador do CT-e substituto deve ser a mesma do tomador do CT-e substituído para alteração de tomador
742 referencia [G101]
  Tomador do CT-e substituto igual ao informado no CT-e substituído para operação de alteração de tomador
743 dados [G197]
  CT-e Globalizado não pode ser utilizado para operação interestadual
  > Emita CT-e comuns para a operação interestadual.
744 dados [G201]
  CT-e Globalizado para tomador remetente com NF-e de emitentes diferentes
  > Separe as NF-e por emitente ou retire indGlobalizado.
745 dados [G063]
  CPF/CNPJ base do tomador deve ser igual ao CPF/CNPJ base indicado no grupo emiDocAnt
  > Corrija o tomador ou o emissor do documento anterior.
746 referencia [G064]
  Tipo de Serviço inválido para o tomador informado
  > O tomador também é transportadora: o serviço é subcontratação ou redespacho; corrija o tpServ.
747 dados [G060]
  Documentos anteriores informados para Tipo de Serviço
  > Retire o grupo docAnt ou corrija o tpServ.
748 referencia [G066]
  CT-e referenciado em documentos anteriores inexistente na base de dados da SEFAZ
749 referencia [G067]
  CT-e referenciado em documentos anteriores existe com diferença de chave de acesso
750 referencia [G068]
  CT-e referenciado em documentos anteriores não pode estar cancelado
751 dados [H019]
  UF de início e Fim da prestação devem estar preenchidas para Transporte de Pessoas
  > Informe UFIni e UFFim.
752 dados [H020]
  Município de início e Fim da prestação devem estar preenchidos para Transporte de Pessoas
  > Informe cMunIni e cMunFim.
753 dados [H021]
  Percurso inválido
  > Informe em infPercurso as UFs intermediárias, na ordem.
754 dados [H028]
  Os documentos referenciados devem estar preenchidos para excesso de bagagem
  > Informe o grupo infDocRef.
755 certificado [N19]
  Autor do evento prestação do serviço em desacordo deve ser o tomador do serviço do CT-e
  > Peça o evento com o certificado do CNPJ do tomador do serviço.
756 relogio [G192]
  Data de emissão do CT-e deve ser igual à data de emissão da EPEC
  > Gere o CT-e com a mesma data de emissão do EPEC.
757 dados [H022]
  O tomador do serviço deve estar informado para Transporte de Pessoas e Valores
  > Informe o grupo toma.
758 referencia [H036]
  Existe CT-e OS de Transporte de Valores autorizado há mais de 45 dias sem informar as GTV
  > Informe as GTV dos CT-e OS de valores com mais de 45 dias (evento 110170).
760 dados [H057]
  INSS deve ser preenchido para tomador pessoa jurídica
  > Informe imp/infTribFed/vINSS.
787 fim [O05]
  Data do evento de Prestação do Serviço em desacordo deve ocorrer em até 45 dias da autorização do CT-e
  > O prazo de 45 dias para declarar desacordo passou.
798 dados [H015]
  Os dados específicos do modal devem estar preenchidos para Transporte de Pessoas e Excesso de Bagagem
  > Informe o grupo infModal.
799 cadastro [G156 I53]
  Identificação do tomador utilizada em outro papel no CT-e (CNPJ/CPF ou IE)
  > Indique o participante como tomador, em vez de repetir os dados dele.
800 referencia [G168]
  CNPJ/CPF do remetente do CT-e complementar deve ser igual ao informado no CT-e complementado
801 referencia [G169]
  CNPJ/CPF do destinatário do CT-e complementar deve ser igual ao informado no CT-e complementado
802 referencia [G170]
  O CNPJ/CPF do expedidor do CT-e complementar deve ser igual ao informado no CT-e complementado
803 referencia [G171]
  O CNPJ/CPF do recebedor do CT-e complementar deve ser igual ao informado no CT-e complementado
804 referencia [G172 H109]
  O CNPJ/CPF do tomador do CT-e complementar deve ser igual ao informado no CT-e complementado
805 referencia [G173 H110]
  A IE do emitente do CT-e complementar deve ser igual ao informado no CT-e complementado
811 referencia [G174 H111]
  A UF de início da prestação deve ser igual ao informado no CT-e complementado
812 referencia [G175 H112]
  A UF de fim da prestação deve ser igual ao informado no CT-e complementado
813 dados [G045]
  Tipo de Documento inválido para operação interestadual
  > Corrija o documento transportado ou as UFs da prestação.
814 dados [G058]
  Não devem ser informados CT-e Multimodais para Tipo de Serviço diferente de Serviço Vinculado a Multimodal
  > Retire infServVinc ou corrija o tpServ.
815 dados [H037]
  Não é permitido referenciar CT-e cancelado para este tipo de serviço
  > Retire refCTeCanc.
824 referencia [H039]
  CT-e referenciado inexistente na base de dados da SEFAZ
825 referencia [H040]
  CT-e referenciado existe com diferença de chave de acesso
826 referencia [H041]
  CT-e referenciado deve estar cancelado
827 dados [H042]
  CT-e referenciado deve ser do mesmo emitente do CT-e
  > Corrija refCTeCanc.
828 emitente [G196 H124 I66]
  CNPJ/CPF autorizado já declarado no CT-e (remet/dest/exped/receb/tom)
  > Retire o autXML: o participante já tem acesso ao documento.
829 dados [H018]
  Grupo infModal não deve ser preenchido
  > Retire o grupo infModal.
830 referencia [H043]
  CT-e referenciado deve ser do mesmo tipo de serviço
831 referencia [H044]
  Número do Registro Estadual Inválido
  > Confira o Número do Registro Estadual com o órgão da sua UF.
832 referencia [G069]
  Município de início e fim de prestação do CT-e de subcontratação devem ser iguais ao CT-e subcontratado
834 referencia [G095 H074]
  O tipo de serviço do CT-e de substituição deve ser igual ao CT-e substituído
835 referencia [G176 H113]
  O tipo de serviço do CT-e complementar deve ser igual ao CT-e complementado
836 emitente [G210 H126 I68]
  CNPJ do desenvolvedor do sistema inválido (zerado ou dígito inválido)
  > Corrija o CNPJ do responsável técnico na configuração do sistema emissor.
837 dados [H026]
  Data e hora da viagem deve ser informada para tipo de fretamento eventual
  > Informe infFretamento/dhViagem.
838 dados [H027]
  Data e hora da viagem deve ser superior a data de emissão do CT-e
  > Corrija dhViagem ou emita antes da viagem.
839 dados [H023]
  Número do Registro Estadual é obrigatório para transporte de pessoas rodoviário nas operações internas
  > Informe rodoOS/NroRegEstadual.
840 dados [H024]
  Termo de Autorização de Fretamento é obrigatório para transporte de pessoas rodoviário interestadual
  > Informe rodoOS/TAF.
841 dados [H025]
  Informação do fretamento é obrigatória para transporte de pessoas
  > Informe rodoOS/infFretamento.
842 dados [G032]
  Chave de acesso do CT-e da Ferrovia de Origem inválida
  > Corrija chCTeFerroOrigem.
843 dados [G040]
  Chave de acesso da NF-e transportada inválida
  > Corrija a chave da NF-e.
844 dados [G065]
  Chave de acesso do CT-e anterior inválida
  > Corrija a chave do documento anterior.
845 dados [G071]
  Chave de acesso do CT-e multimodal inválida
  > Corrija a chave do CT-e multimodal.
847 dados [G078]
  Chave de acesso do CT-e substituído inválida
  > Corrija a chave do CT-e substituído.
849 dados [G161]
  Chave de acesso do CT-e complementado inválida
  > Corrija a chave do CT-e complementado.
850 programa [G212 H128 I70]
  O QR Code do CT-e deve ser informado
  > Inclua o QR Code antes de assinar; em documento sem assinatura o separador o inclui sozinho.
851 programa [G213 H129 I71]
  Endereço do site da UF da Consulta via QR Code diverge do previsto
  > Corrija o endereço do QR Code no sistema emissor.
852 programa [G214 H130 I72]
  Parâmetro chave de acesso do QR Code divergente do CT-e
  > Gere o QR Code com a chave do próprio documento.
853 programa [G215 H131 I73]
  Parâmetro sign não informado no QR Code para emissão em contingência
  > Gere o QR Code com o parâmetro sign.
854 programa [G216 H132 I74]
  Parâmetro sign não deve ser informado no QR Code para emissão Normal
  > Gere o QR Code sem o parâmetro sign.
855 programa [G217 H133 I75]
  Assinatura do QR-Code difere do calculado
  > Gere o sign com o mesmo certificado da assinatura do documento.
856 dados [H038]
  Chave de acesso do CT-e referenciado inválida
  > Corrija refCTeCanc.
858 dados [H061]
  Chave de acesso do CT-e OS substituído inválida
  > Corrija a chave do CT-e OS substituído.
859 dados [H102]
  Chave de acesso do CT-e OS complementado inválida
  > Corrija a chave do CT-e OS complementado.
860 evento [O11]
  Chave de acesso da NF-e indicada no comprovante de entrega inválida
  > Corrija a chave da NF-e do comprovante de entrega.
861 evento [O15]
  NF-e em duplicidade no evento comprovante de entrega
  > Retire a NF-e repetida do comprovante.
862 fim [Q16 Q17]
  Vedado o cancelamento quando houver evento de Comprovante de Entrega associado
  > Cancele primeiro o comprovante de entrega, e peça o cancelamento de novo.
863 evento [O16]
  NF-e já possui comprovante de entrega para este CT-e
  > Esta NF-e já tem comprovante neste CT-e; retire-a.
864 evento [O17]
  NF-e não possui relação com este CT-e
  > A NF-e não é deste CT-e; retire-a do comprovante.
865 evento [O09]
  Comprovante de entrega deve relacionar NF-e para CT-e de tipo de serviço Normal
  > Informe as NF-e entregues no comprovante.
866 evento [O03]
  Protocolo do evento a ser cancelado não existe, não está associado ao CT-e ou já está cancelado
  > O evento a cancelar não existe ou já foi cancelado: consulte a chave.
867 emitente [G209 H125 I67]
  Obrigatória as informações do responsável técnico
  > Configure o responsável técnico (sefaz.responsavel_tecnico), ou inclua infRespTec na exportação.
868 emitente [G211 H127 I69]
  Obrigatória a informação do identificador do CSRT e do Hash do CSRT
  > Configure id_csrt e csrt em sefaz.responsavel_tecnico; esta UF exige o CSRT.
869 evento [O05]
  Evento não permitido para CT-e Complementar
  > CT-e complementar não recebe este evento.
870 evento [O08]
  Não é permitido mais de um comprovante de entrega para CT-e (exceto CT-e Globalizado)
  > Já há comprovante de entrega; cancele o anterior para registrar outro.
871 evento [O10]
  Comprovante de entrega não pode informar NF-e para CT-e de tipo de serviço diferente de Normal
  > Retire as NF-e do comprovante: este tipo de serviço não as admite.
872 evento [O06]
  Data e hora da entrega inválida
  > Corrija a data e a hora da entrega: entre a emissão e agora.
873 evento [O07]
  Data e hora do hash do comprovante de entrega inválida
  > Corrija a data e a hora do hash: entre a emissão e agora.
874 dados [I06]
  Data e Justificativa de entrada em contingência não devem ser informadas para tipo de emissão diferente de
    Contingência Off-line
  > Retire dhCont e xJust, ou corrija o tpEmis.
875 programa [I10 N14]
  Chave de acesso inválida (modelo diferente de 64)
  > Gere a chave com o modelo do documento.
876 fim [O07]
  GTV-e autorizada há mais de 45 dias
  > O prazo de 45 dias da GTV-e passou; não é mais possível cancelar.
877 dados [I59]
  Código de Município diverge da UF de origem
  > Corrija o município ou a UF de origem.
878 dados [I60]
  Município de Origem inexistente
  > Corrija o código do município de origem.
879 dados [I61]
  Código de Município diverge da UF de destino
  > Corrija o município ou a UF de destino.
880 dados [I62]
  Município de destino inexistente
  > Corrija o código do município de destino.
881 dados [H045]
  Informações da GTV-e não podem ser preenchidas para CT-e OS diferente de transporte de valores
  > Retire infGTVe ou corrija o tpServ.
882 dados [H046]
  Chave de acesso da GTV-e inválida
  > Corrija a chave da GTV-e.
883 referencia [H047]
  GTV-e inexistente
884 referencia [H048]
  GTV-e com diferença de Chave de Acesso
885 referencia [H049]
  GTV-e referenciada não pode estar cancelada
886 dados [H050]
  GTV-e referenciada deve ser do mesmo emitente do CT-e OS
  > Corrija a chave da GTV-e.
887 dados [H051]
  GTV-e em duplicidade no CT-e OS
  > Retire a GTV-e repetida.
888 fim [Q18]
  Cancelamento não permitido para GTV-e com CT-e OS Autorizado
  > Há CT-e OS autorizado com esta GTV-e: cancele-o primeiro.
889 evento [O05]
  CT-e deve ser do tipo de serviço Transporte de Valores
  > Este evento só vale para CT-e OS de transporte de valores.
890 evento [O06]
  Evento GTV não é permitido para CT-e OS que relaciona GTV-e
  > O CT-e OS já traz as GTV-e; o evento não é necessário.
891 dados [H029]
  Chave de acesso do BP-e referenciado inválida
  > Corrija a chave do BP-e.
892 referencia [H030]
  BP-e referenciado inexistente
893 referencia [H031]
  BP-e referenciado com diferença de Chave de Acesso
894 referencia [H032]
  O BP-e referenciado não pode estar cancelado ou substituído
895 referencia [H033]
  O BP-e referenciado não pode possuir evento de não embarque
896 referencia [H034]
  O BP-e referenciado deve possuir evento de excesso de bagagem
897 dados [H035]
  O BP-e referenciado deve ser do mesmo CNPJ emitente do BP-e
  > Corrija a chave do BP-e.
898 dados [H052]
  O nome do componente da GTV-e para o tipo outros deve ser informado
  > Informe xComp.
899 dados [H053]
  A soma dos componentes da GTV-e deve ser igual ao valor da prestação do serviço
  > Corrija os componentes ou o valor da prestação.
900 programa [A08]
  CT-e do Regime Especial da Nota fiscal fácil deve ser transmitido exclusivamente pelo e-CNPJ da SVRS
  > Documento da Nota Fiscal Fácil só sai pelo portal dela.
901 programa [E04]
  CT-e do Regime Especial da Nota fiscal fácil deve ser assinado exclusivamente pelo e-CNPJ da SVRS
  > Documento da Nota Fiscal Fácil só sai pelo portal dela.
902 programa [G218 N26]
  Grupo de informações do pedido de emissão da NFF deve ser preenchido apenas para forma de emissão NFF
  > Retire infSolicNFF.
904 programa [A10]
  Evento de emitente do CT-e do Regime Especial da Nota fiscal fácil deve ser transmitido exclusivamente pelo
    e-CNPJ da SVRS
  > Evento da Nota Fiscal Fácil só sai pelo portal dela.
905 programa [N05]
  CPF do autor inválido
  > Corrija o CPF do autor do evento.
906 programa [A09]
  NFF autorizada apenas pela SVRS
  > Documento da Nota Fiscal Fácil só sai pelo portal dela.
907 dados [G177 H114]
  CT-e complementado não pode estar repetido no mesmo CT-e Complementar
  > Retire a chave repetida.
908 tributo [G052]
  CFOP inválido, não informar 5932 ou 6932
  > Use o CFOP da prestação comum.
909 programa [E05]
  CNPJ do PAA inválido
910 programa [E06]
  CNPJ do PAA difere do CNPJ de assinatura
911 programa [E07]
  Provedor de Assinatura e Autorização não existe na base da SEFAZ
912 programa [E08]
  Emitente não associado ao PAA
913 programa [E09]
  Chave RSA não corresponde a relação contribuinte x PAA
914 programa [E10]
  Assinatura RSA do MEI inválida
915 emitente [G111a]
  CNPJ MEI inexistente na base de dados para emissão pelo PAA
  > Confira o CNPJ do MEI e o cadastro dele na SEFAZ.
916 emitente [G111b]
  CNPJ MEI não habilitado para emissão de CT-e através de PAA
  > Habilite o MEI na SEFAZ para emitir por este provedor.
917 emitente [G111c]
  O CRT do emitente usuário do PAA deve ser igual a MEI
  > Corrija o CRT do emitente.
997 parada [MOC 3.00]
  XML referenciado indisponível no momento para validação
  > Nada a fazer: os mesmos bytes vão de novo mais tarde.
999 parada [MOC 3.00]
  Erro não catalogado
  > O serviço consulta e tenta de novo algumas vezes; se persistir, abra chamado na SEFAZ com a hora e a chave.
1051 tributo [NT 2026.004]
  Regra da reforma tributária (NT 2026.004)
1052 tributo [NT 2026.004]
  Regra da reforma tributária (NT 2026.004)
1053 tributo [NT 2026.004]
  Regra da reforma tributária (NT 2026.004)
"""
