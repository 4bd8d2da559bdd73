"""Parts that are sold for a machine, and serials of machines: one that fits, one that is too old, one of another machine."""

from shop.catalogue.serials import check_letter

COUPLING, SEAL, PLAN = "HB-SP-CP", "HB-SP-BS", "HB-SV-MC12"


def serial(body: str) -> str:
    """A serial with its right check letter: `HBBL2618-00001` -> `HBBL2618-00001-X`."""
    plain = body.replace("-", "")
    return f"{body}-{check_letter(plain)}"


GOOD, OLD, KETTLE = serial("HBBL2634-00417"), serial("HBBL2501-00417"), serial("HBKT2634-00417")
