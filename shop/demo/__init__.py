"""The demo exporter as data and drawings; it is loaded by the ordinary import."""
