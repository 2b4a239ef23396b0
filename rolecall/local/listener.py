"""The socket of the embedded AWS: loopback only."""

import socket

LOOPBACK = "127.0.0.1"


def bind(port: int) -> socket.socket:
    """Bind and listen on a port of the loopback interface (0: any free one).

    Raises:
        OSError: the port is in use, or may not be used.
        OverflowError: there is no such port.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Only skips the wait after an earlier server's last connections (TIME_WAIT); a
        # port that someone listens on stays refused.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener
