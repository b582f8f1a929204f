"""问策 Wence: answers on public support for firms, each claim cited to a clause."""

__version__ = "0.1.0"
