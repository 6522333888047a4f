"""Whether a local HTTP server is up."""

import http.client


def answers(port: int, path: str, method: str = "GET", *, timeout: float = 0.5) -> bool:
    """Whether a request for `path` on 127.0.0.1 gives 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
