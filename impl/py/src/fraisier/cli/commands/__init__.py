"""The commands of ``fraisier``, one file for each group of them."""
