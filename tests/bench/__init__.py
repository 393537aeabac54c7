"""How fast the library is: beside floors written by hand (``bench.py``), and beside the packages of others (``peers``)."""
