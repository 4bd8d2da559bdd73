"""Which hosts are reached over wires that belong to others: what goes there goes encrypted, or not at all."""

from ipaddress import ip_address

OWN_NETWORKS = (".internal", ".local", ".lan", ".home.arpa")


def is_loopback(host: str) -> bool:
    """Whether this is the machine itself; a socket in the file system (no host, or a path) is."""
    if host in ("", "localhost") or host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_foreign(host: str) -> bool:
    """Whether the host is neither this machine nor one of a network of one's own: a private address, a name without a dot
    (a container's) or one that is reserved for such networks.
    """
    if is_loopback(host):
        return False
    try:
        return not ip_address(host).is_private
    except ValueError:
        name = host.rstrip(".").lower()
        return "." in name and not name.endswith(OWN_NETWORKS)
