"""How many files a process may have open, and so how many connections of clients it may hold."""

import resource

MOST = 4096  # connections of one process; each may hold a head and some buffers
RESERVE = 256  # descriptors besides: the database's connections, files, mails and webhooks that are being sent


def raise_descriptor_limit() -> None:
    """Let this process, and those it starts, open as many files as it is allowed to and could use."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + RESERVE if hard == resource.RLIM_INFINITY else min(hard, MOST + RESERVE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def room_for_connections(descriptors: int) -> int:
    """How many connections a process may hold that may open so many files (-1: any number).

    All but the reserve; where there are hardly more than that, half of them, for a process without either is of no use.
    """
    if descriptors == resource.RLIM_INFINITY:
        return MOST
    return min(MOST, max(descriptors - RESERVE, descriptors // 2))
