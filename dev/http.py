"""Whether a local HTTP server is up."""

import http.client


def answers(
    port: int,
    path: str,
    method: str = "GET",
    *,
    host: str = "127.0.0.1",
    timeout: float = 0.5,
) -> bool:
    """Whether a request for `path` gives 200."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request(method, path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
