"""The TLS socket of the client, where the other side is gone before TLS begins."""

import gc
import socket
import ssl
import struct
import time

import pytest

from separador.capacidades.sefaz.rede.prazo import SocketComPrazo


@pytest.mark.requisito("SEFAZ-04")
def test_o_socket_derrubado_enquanto_e_feito_e_fechado() -> None:
    """Whatever is left open is told by the collector, and is an error here."""
    with socket.create_server(("127.0.0.1", 0)) as servidor:
        cru = socket.create_connection(servidor.getsockname())
        outro, _ = servidor.accept()
        outro.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        outro.close()  # a reset, not an orderly end
        contexto = ssl.create_default_context()
        contexto.sslsocket_class = SocketComPrazo
        limite_s = time.monotonic() + 5
        while time.monotonic() < limite_s:
            try:
                cru.getpeername()
            except OSError:
                break
            time.sleep(0.01)
        with pytest.raises(OSError, match="reset"):
            contexto.wrap_socket(cru, server_hostname="localhost")
    gc.collect()
