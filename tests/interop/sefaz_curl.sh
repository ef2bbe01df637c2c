#!/bin/sh
# Calls every service of the local SEFAZ with curl, openssl, gzip and base64 alone, as anybody with a certificate could.
#
# Usage: sefaz_curl.sh URL ca.pem cliente.pem DIR
# DIR holds signed files: cte.xml ctesimp.xml cteos.xml gtve.xml (root element alone), and sit.xml, sta.xml, dist.xml.
# The caller makes evento.xml once it knows the protocol. When it is not there, nothing is sent to its service.
# It prints one line per call: SERVICE cStat. The answers stay in DIR (*.ret).
set -eu

url=$1 ca=$2 pem=$3 dir=$4
ns=http://www.portalfiscal.inf.br/cte/wsdl

enviar() { # service operation prefix file
    {
        printf '<?xml version="1.0" encoding="UTF-8"?>'
        printf '<soap12:Envelope xmlns:soap12="http://www.w3.org/2003/05/soap-envelope"><soap12:Body>'
        cat
        printf '</soap12:Body></soap12:Envelope>'
    } >"$dir/$4.env"
    http=$(curl --silent --show-error --cacert "$ca" --cert "$pem" --tlsv1.2 \
        --header "Content-Type: application/soap+xml; charset=utf-8; action=\"$ns/$1/$2\"" \
        --data-binary "@$dir/$4.env" --output "$dir/$4.ret" --write-out '%{http_code}' "$url/$3/$1/$1.asmx")
    test "$http" = 200 || { echo "$1: HTTP $http" >&2; exit 1; }
    echo "$1 $(sed -n 's:.*<cStat>\([0-9]*\)</cStat>.*:\1:p' "$dir/$4.ret")"
}

compactado() { # service operation file
    { printf '<cteDadosMsg xmlns="%s/%s">' "$ns" "$1"; gzip -c "$dir/$3" | base64 | tr -d '\n'; printf '</cteDadosMsg>'; } |
        enviar "$1" "$2" ws "$3"
}

aberto() { # service operation file
    { printf '<cteDadosMsg xmlns="%s/%s">' "$ns" "$1"; cat "$dir/$3"; printf '</cteDadosMsg>'; } | enviar "$1" "$2" ws "$3"
}

if test -f "$dir/evento.xml"; then
    aberto CTeRecepcaoEventoV4 cteRecepcaoEvento evento.xml
    aberto CTeConsultaV4 cteConsultaCT sit.xml
    exit 0
fi
aberto CTeStatusServicoV4 cteStatusServicoCT sta.xml
compactado CTeRecepcaoSincV4 cteRecepcao cte.xml
compactado CTeRecepcaoSimpV4 cteRecepcaoSimp ctesimp.xml
compactado CTeRecepcaoOSV4 cteRecepcaoOS cteos.xml
compactado CTeRecepcaoGTVeV4 cteRecepcaoGTVe gtve.xml
aberto CTeConsultaV4 cteConsultaCT sit.xml
{
    printf '<cteDistDFeInteresse xmlns="%s/CTeDistribuicaoDFe"><cteDadosMsg>' "$ns"
    cat "$dir/dist.xml"
    printf '</cteDadosMsg></cteDistDFeInteresse>'
} | enviar CTeDistribuicaoDFe cteDistDFeInteresse an dist.xml
curl --silent --show-error --fail --cacert "$ca" --cert "$pem" --output "$dir/wsdl" "$url/ws/CTeConsultaV4/CTeConsultaV4.asmx?wsdl"
echo "WSDL $(sed -n 's:.*soapAction="[^"]*/\([A-Za-z]*\)".*:\1:p' "$dir/wsdl")"
if curl --silent --cacert "$ca" --output /dev/null "$url/ws/CTeStatusServicoV4/CTeStatusServicoV4.asmx" 2>/dev/null; then
    echo "sem certificado: aceito" >&2
    exit 1
fi
