"""Answers as bytes, for whoever is let go before anything of the shop has read what they want."""

from http import HTTPStatus

COME_AGAIN = 5  # seconds, for whom there is no room


def _refusal(status: HTTPStatus) -> bytes:
    words = status.phrase.encode()
    again = b"retry-after: %d\r\n" % COME_AGAIN if status == HTTPStatus.SERVICE_UNAVAILABLE else b""
    return (
        b"HTTP/1.1 %d %s\r\ncontent-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n"
        b"%scontent-length: %d\r\nconnection: close\r\n\r\n%s"
    ) % (status, words, again, len(words), words)


REFUSALS = {
    str(each.value): _refusal(each)
    for each in (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
}
